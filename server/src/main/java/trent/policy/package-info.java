/**
 * Key policies as they are written, read and stored, one class for each operation; what they allow
 * is decided in {@code access}.
 *
 * <p>Uses {@code key}, {@code access} and {@code store}; knows nothing of HTTP, JSON or SQL.
 * Source: AWS KMS Developer Guide, "Key policies in AWS KMS".
 */
@NullMarked
package trent.policy;

import org.jspecify.annotations.NullMarked;
