@NullMarked
package trent;

import org.jspecify.annotations.NullMarked;
