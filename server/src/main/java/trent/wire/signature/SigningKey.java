package trent.wire.signature;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import trent.identity.Credential;

/**
 * The key of one access key, day, Region and service. Never printed. Source: AWS IAM User Guide,
 * "Create a signed AWS API request", step 3.
 */
final class SigningKey {

    private static final byte[] PREFIX = "AWS4".getBytes(StandardCharsets.US_ASCII);

    private final SecretKey key;

    private SigningKey(byte[] key) {
        this.key = hmacKey(key);
    }

    /**
     * Derives the key from the secret access key.
     *
     * @param date yyyymmdd
     */
    static SigningKey derive(
            Credential credential, String date, String region, String service, Mac hmac) {
        byte[] ofDate =
                credential.readSecretAccessKey(secret -> hmacWithSecret(secret, date, hmac));
        byte[] ofRegion = hmac(ofDate, region, hmac);
        byte[] ofService = hmac(ofRegion, service, hmac);
        return new SigningKey(hmac(ofService, Scope.TERMINATOR, hmac));
    }

    /** Makes the next text of {@code hmac} one of this key. */
    void initialize(Mac hmac) {
        initialize(hmac, key);
    }

    private static byte[] hmacWithSecret(byte[] secret, String date, Mac hmac) {
        byte[] prefixed = Arrays.copyOf(PREFIX, PREFIX.length + secret.length);
        System.arraycopy(secret, 0, prefixed, PREFIX.length, secret.length);
        try {
            return hmac(prefixed, date, hmac);
        } finally {
            Arrays.fill(prefixed, (byte) 0);
        }
    }

    private static byte[] hmac(byte[] key, String text, Mac hmac) {
        initialize(hmac, hmacKey(key));
        return hmac.doFinal(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static SecretKey hmacKey(byte[] key) {
        return new SecretKeySpec(key, Workbench.HMAC);
    }

    private static void initialize(Mac hmac, SecretKey key) {
        try {
            hmac.init(key);
        } catch (InvalidKeyException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        return "SigningKey";
    }
}
