/** The seed file: what is to be there at a start, and how it comes to be. */
@NullMarked
package trent.seed;

import org.jspecify.annotations.NullMarked;
