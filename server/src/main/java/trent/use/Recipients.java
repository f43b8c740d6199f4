package trent.use;

import org.jspecify.annotations.Nullable;
import trent.api.RecipientInfo;
import trent.api.UnsupportedOperationException;
import trent.api.ValidationException;

/**
 * Attested recipients, of which no root is configured. Source: AWS KMS Developer Guide,
 * "Cryptographic attestation".
 */
final class Recipients {

    private Recipients() {}

    /** Refuses a recipient rather than answer it in the clear. */
    static void requireNone(@Nullable RecipientInfo recipient) {
        if (recipient == null) {
            return;
        }
        if (recipient.attestationDocument() == null || recipient.keyEncryptionAlgorithm() == null) {
            throw new ValidationException(
                    "Recipient needs an AttestationDocument and a KeyEncryptionAlgorithm.");
        }
        throw new UnsupportedOperationException(
                "Recipient is not supported: no root for attestation documents is configured.");
    }
}
