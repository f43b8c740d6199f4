/** The house: {@link trent.Trent} builds it by hand, in one place. */
@NullMarked
package trent;

import org.jspecify.annotations.NullMarked;
