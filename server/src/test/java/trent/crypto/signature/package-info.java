@NullMarked
package trent.crypto.signature;

import org.jspecify.annotations.NullMarked;
