/** Why somebody may or may not use a key, for who administers it: never for who was denied. */
@NullMarked
package trent.explain;

import org.jspecify.annotations.NullMarked;
