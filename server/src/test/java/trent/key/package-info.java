@NullMarked
package trent.key;

import org.jspecify.annotations.NullMarked;
