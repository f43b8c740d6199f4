@NullMarked
package trent.seal;

import org.jspecify.annotations.NullMarked;
