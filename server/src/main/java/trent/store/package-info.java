/**
 * Tables, migrations and group commit; all SQL is here, and what is read often is kept in memory.
 *
 * <p>Uses {@code name}, {@code call}, {@code crypto} and {@code seal}; knows no operation.
 */
@NullMarked
package trent.store;

import org.jspecify.annotations.NullMarked;
