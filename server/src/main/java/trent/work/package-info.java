/**
 * Where long computations run: two lanes of threads beside the virtual ones, bounded,
 * and fair between accounts.
 *
 * <p>Uses {@code name}; knows nothing of keys or cryptography. A virtual thread that computes is
 * never preempted, so that a few would hold up everybody's writes.
 */
@NullMarked
package trent.work;

import org.jspecify.annotations.NullMarked;
