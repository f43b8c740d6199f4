@NullMarked
package trent.crypto;

import org.jspecify.annotations.NullMarked;
