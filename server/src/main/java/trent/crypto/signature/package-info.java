/**
 * Signing algorithms over bytes and the JDK's key types, a file for each family.
 *
 * <p>Like all of {@code crypto} it knows no KMS key, caller or policy.
 */
@NullMarked
package trent.crypto.signature;

import org.jspecify.annotations.NullMarked;
