/**
 * Keys and their life: one class for each operation from CreateKey to ScheduleKeyDeletion, tags and
 * policies.
 *
 * <p>Uses {@code access} and {@code store}; knows nothing of HTTP, JSON or SQL. Source: AWS KMS API
 * Reference.
 */
@NullMarked
package trent.key;

import org.jspecify.annotations.NullMarked;
