/**
 * Aliases: friendly names for keys, one class for each operation.
 *
 * <p>Uses {@code key}, {@code access} and {@code store}; knows nothing of HTTP, JSON or SQL.
 * Source: AWS KMS Developer Guide, "Aliases in AWS KMS".
 */
@NullMarked
package trent.alias;

import org.jspecify.annotations.NullMarked;
