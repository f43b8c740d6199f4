/**
 * What the tests of several modules share: a real PostgreSQL that nobody has to install,
 * and wires that can be cut.
 *
 * <p>Nothing of it is ever shipped; modules depend on it with the scope of tests only.
 */
@NullMarked
package trent.testing;

import org.jspecify.annotations.NullMarked;
