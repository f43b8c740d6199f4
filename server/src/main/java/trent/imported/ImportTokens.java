package trent.imported;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.security.PrivateKey;
import java.time.Instant;
import java.util.Arrays;
import trent.api.AlgorithmSpec;
import trent.api.Blob;
import trent.api.ExpiredImportTokenException;
import trent.api.InvalidCiphertextException;
import trent.api.InvalidImportTokenException;
import trent.api.KeySpec;
import trent.api.WrappingKeySpec;
import trent.crypto.DoesNotOpen;
import trent.crypto.KeyUnwrapping;
import trent.key.KeySpecs;
import trent.name.KeyArn;
import trent.store.Store;

/**
 * Import tokens: the private half of a wrapping key, sealed, together with what it
 * is for. They are not stored, so that a caller may ask for any number. Source: AWS
 * KMS API Reference, GetParametersForImport.
 */
public record ImportTokens(Store store) {

    private static final String PURPOSE = "import";

    /**
     * A new token.
     *
     * @param key the only key that it is good for
     * @param privateKey PKCS #8 of the wrapping key
     * @param validTo in whole milliseconds
     */
    Blob issue(
            KeyArn key,
            WrappingKeySpec spec,
            AlgorithmSpec algorithm,
            byte[] privateKey,
            Instant validTo) {
        byte[] head = (key + " " + spec.wire() + " " + algorithm.wire()).getBytes(US_ASCII);
        byte[] content =
                ByteBuffer.allocate(Long.BYTES + Short.BYTES + head.length + privateKey.length)
                        .putLong(validTo.toEpochMilli())
                        .putShort((short) head.length)
                        .put(head)
                        .put(privateKey)
                        .array();
        try {
            return new Blob(store.sealToken(PURPOSE, content).getBytes(US_ASCII));
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }

    /**
     * Opens a token.
     *
     * @throws InvalidImportTokenException if {@link #issue} did not make it, or for another key
     * @throws ExpiredImportTokenException if its time is over
     */
    Wrapping open(Blob token, KeyArn key, Instant now) {
        byte[] content =
                store.openToken(PURPOSE, new String(token.bytes(), US_ASCII))
                        .orElseThrow(InvalidImportTokenException::new);
        byte[] privateKey = {};
        try {
            ByteBuffer in = ByteBuffer.wrap(content);
            Instant validTo = Instant.ofEpochMilli(in.getLong());
            byte[] head = new byte[in.getShort()];
            in.get(head);
            String[] words = new String(head, US_ASCII).split(" ", 3);
            if (!words[0].equals(key.toString())) {
                throw new InvalidImportTokenException();
            }
            if (now.isAfter(validTo)) {
                throw new ExpiredImportTokenException();
            }
            KeySpec spec = KeySpec.ofWire(words[1]);
            AlgorithmSpec algorithm = AlgorithmSpec.ofWire(words[2]);
            if (spec == null || algorithm == null) {
                throw new IllegalStateException("an import token of a newer Trent");
            }
            privateKey = new byte[in.remaining()];
            in.get(privateKey);
            return new Wrapping(algorithm, KeySpecs.of(spec).pairs().privateKey(privateKey));
        } finally {
            Arrays.fill(content, (byte) 0);
            Arrays.fill(privateKey, (byte) 0);
        }
    }

    /** How material was wrapped for its way here. Not a record, since records print themselves. */
    static final class Wrapping {

        private final AlgorithmSpec algorithm;
        private final PrivateKey key;

        private Wrapping(AlgorithmSpec algorithm, PrivateKey key) {
            this.algorithm = algorithm;
            this.key = key;
        }

        /**
         * The material; the caller wipes it.
         *
         * @throws InvalidCiphertextException whatever is wrong with what was wrapped
         */
        byte[] unwrap(Blob wrapped) {
            try {
                return KeyUnwrapping.unwrap(algorithm, key, wrapped.bytes());
            } catch (DoesNotOpen _) {
                throw new InvalidCiphertextException();
            }
        }
    }
}
