/**
 * A key put to use: Encrypt, Decrypt, ReEncrypt, data keys and random bytes, one
 * class for each operation.
 *
 * <p>Uses {@code key}, {@code access}, {@code store} and {@code crypto}; knows nothing of HTTP,
 * JSON or SQL. Source: AWS KMS API Reference.
 */
@NullMarked
package trent.use;

import org.jspecify.annotations.NullMarked;
