/**
 * Grants: permissions that a key gives to somebody, one class for each operation.
 *
 * <p>Uses {@code key}, {@code access} and {@code store}; knows nothing of HTTP, JSON or SQL.
 * Source: AWS KMS Developer Guide, "Grants in AWS KMS".
 */
@NullMarked
package trent.grant;

import org.jspecify.annotations.NullMarked;
