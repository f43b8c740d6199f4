/**
 * Rotation: new key material for an old key, by the clock and on demand, one
 * class for each operation.
 *
 * <p>Uses {@code imported}, {@code access} and {@code store}; knows nothing of HTTP, JSON or SQL.
 * Source: AWS KMS Developer Guide, "Rotate AWS KMS keys".
 */
@NullMarked
package trent.rotation;

import org.jspecify.annotations.NullMarked;
