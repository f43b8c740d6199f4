/**
 * What an attested environment proves of itself, and answers that only it can read.
 *
 * <p>Like all of {@code crypto} it knows no KMS key, caller or policy.
 */
@NullMarked
package trent.crypto.attestation;

import org.jspecify.annotations.NullMarked;
