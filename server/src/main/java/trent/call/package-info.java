/**
 * Who calls, from which account and in which Region, and what an operation is.
 *
 * <p>Uses {@code name} and {@code trent.api}; knows nothing of HTTP, so that
 * operations do not either.
 */
@NullMarked
package trent.call;

import org.jspecify.annotations.NullMarked;
