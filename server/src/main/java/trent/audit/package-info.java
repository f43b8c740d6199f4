/**
 * One record for each call, whatever came of it.
 *
 * <p>Uses {@code call}; keeps names and ids, never values.
 */
@NullMarked
package trent.audit;

import org.jspecify.annotations.NullMarked;
