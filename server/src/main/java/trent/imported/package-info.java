/**
 * Key material that a customer brings: its import, expiry and deletion, one
 * class for each operation.
 *
 * <p>Uses {@code key}, {@code access} and {@code store}; knows nothing of HTTP, JSON or SQL.
 * Source: AWS KMS Developer Guide, "Importing key material for AWS KMS keys".
 */
@NullMarked
package trent.imported;

import org.jspecify.annotations.NullMarked;
