/**
 * What a test of somebody's own code does to {@code trent dev}, on the admin address: empty it, move
 * its time, have calls fail.
 *
 * <p>Uses {@code wire}; knows nothing of what is in the store. In {@code trent server} nothing of it
 * exists.
 */
@NullMarked
package trent.dev;

import org.jspecify.annotations.NullMarked;
