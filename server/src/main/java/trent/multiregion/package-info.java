/**
 * One key in several Regions: its replicas and which of them is the primary.
 *
 * <p>Uses {@code tag}, {@code policy}, {@code access} and {@code store}; knows nothing of HTTP,
 * JSON or SQL. Source: AWS KMS Developer Guide, "Multi-Region keys in AWS KMS".
 */
@NullMarked
package trent.multiregion;

import org.jspecify.annotations.NullMarked;
