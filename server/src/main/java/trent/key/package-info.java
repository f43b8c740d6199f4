/**
 * What every operation needs to know of a key: its spec, its state, how it is found, what
 * is shown of it.
 *
 * <p>Uses {@code access} and {@code store}; knows nothing of HTTP, JSON or SQL. Source: AWS KMS
 * Developer Guide, "AWS KMS keys".
 */
@NullMarked
package trent.key;

import org.jspecify.annotations.NullMarked;
