/**
 * What keeps secrets secret: {@link trent.seal.Secret}, the root key and the
 * wrapping of key material.
 *
 * <p>Uses {@code name} and {@code crypto}; knows no table. Source: AWS KMS
 * Cryptographic Details, "Key hierarchy".
 */
@NullMarked
package trent.seal;

import org.jspecify.annotations.NullMarked;
