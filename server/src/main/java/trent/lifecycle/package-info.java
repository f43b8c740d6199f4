/**
 * The life of a key from CreateKey to ScheduleKeyDeletion, one class for each operation.
 *
 * <p>Uses {@code imported}, {@code rotation}, {@code tag}, {@code policy}, {@code access}
 * and {@code store}; knows nothing of HTTP, JSON or SQL. Source: AWS KMS Developer Guide,
 * "Create a KMS key".
 */
@NullMarked
package trent.lifecycle;

import org.jspecify.annotations.NullMarked;
