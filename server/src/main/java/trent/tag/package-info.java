/**
 * Tags on keys, one class for each operation.
 *
 * <p>Uses {@code key}, {@code access} and {@code store}; knows nothing of HTTP, JSON or SQL.
 * Source: AWS KMS Developer Guide, "Tags in AWS KMS".
 */
@NullMarked
package trent.tag;

import org.jspecify.annotations.NullMarked;
