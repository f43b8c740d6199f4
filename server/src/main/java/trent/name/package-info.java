/**
 * Account ids, Regions, key ids, alias names and their ARNs: values that cannot exist wrong.
 *
 * <p>Uses only {@code trent.api}; knows no store, caller or protocol. Source: AWS KMS Developer
 * Guide, "Key identifiers (KeyId)".
 */
@NullMarked
package trent.name;

import org.jspecify.annotations.NullMarked;
