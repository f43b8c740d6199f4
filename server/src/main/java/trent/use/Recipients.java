package trent.use;

import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import trent.api.RecipientInfo;
import trent.api.UnsupportedOperationException;
import trent.api.ValidationException;
import trent.call.Attestation;
import trent.call.Attestation.Platform;
import trent.call.Call;
import trent.crypto.attestation.AttestationDocument;
import trent.crypto.attestation.AttestationRoots;
import trent.crypto.attestation.InvalidAttestation;
import trent.key.LongWork;
import trent.store.Store;

/**
 * Who answers are for: the caller, or the attested environment whose document comes with the
 * request. Source: AWS KMS Developer Guide, "Cryptographic attestation support in AWS KMS".
 *
 * @param roots those of the documents that are believed; null if none is configured
 */
public record Recipients(
        Store store, @Nullable AttestationRoots roots, InstantSource clock, LongWork work) {

    /**
     * Whom the answer is for. Comes before all checks of the key, since permissions may depend on
     * what is attested.
     */
    Recipient of(Call call, @Nullable RecipientInfo info) {
        if (info == null) {
            return Recipient.CALLER;
        }
        if (info.attestationDocument() == null || info.keyEncryptionAlgorithm() == null) {
            throw new ValidationException(
                    "Recipient needs an AttestationDocument and a KeyEncryptionAlgorithm.");
        }
        AttestationRoots believed = roots;
        if (believed == null) {
            throw new UnsupportedOperationException(
                    "Recipient is not supported: no root for attestation documents is configured.");
        }
        store.takesLong();
        byte[] document = info.attestationDocument().bytes();
        try {
            AttestationDocument verified =
                    work.computes(call.account(), () -> believed.verify(document, clock.instant()));
            call.attestedBy(attestation(verified));
            return new Recipient(verified.publicKey());
        } catch (InvalidAttestation e) {
            throw new ValidationException("Invalid attestation document: " + e.getMessage() + ".");
        }
    }

    private static Attestation attestation(AttestationDocument document) {
        Platform platform =
                switch (document.source()) {
                    case NITRO_ENCLAVE -> Platform.NITRO_ENCLAVE;
                    case NITRO_TPM -> Platform.NITRO_TPM;
                };
        return new Attestation(platform, document.registers());
    }
}
