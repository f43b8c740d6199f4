package trent.call;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a verified attestation document says of where the caller runs: what the conditions {@code
 * kms:RecipientAttestation:*} of policies are about. Source: AWS KMS Developer Guide, "Condition
 * keys for attested platforms".
 *
 * @param platform what made the document
 * @param registers the platform configuration registers by index, in lower-case hexadecimal
 */
public record Attestation(Platform platform, SortedMap<Integer, String> registers) {

    /** What can make one. */
    public enum Platform {
        NITRO_ENCLAVE,
        NITRO_TPM
    }

    public Attestation {
        registers = Collections.unmodifiableSortedMap(new TreeMap<>(registers));
    }

    /** The SHA-384 of the image of an enclave, which is its register 0; null of other platforms. */
    public @Nullable String imageSha384() {
        return platform == Platform.NITRO_ENCLAVE ? registers.get(0) : null;
    }
}
