package trent.crypto;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import trent.api.AlgorithmSpec;

/**
 * Opens key material that was wrapped for its way here. Source: AWS KMS Developer Guide, "Select a
 * wrapping algorithm"; RFC 5649 for the AES key wrap with padding.
 */
public final class KeyUnwrapping {

    private static final String KWP = "AES/KWP/NoPadding";
    private static final int AES_BYTES = 32;

    private KeyUnwrapping() {}

    /**
     * The material.
     *
     * @throws DoesNotOpen whatever is wrong with what was wrapped
     * @throws IllegalArgumentException if the algorithm is none that is offered
     */
    public static byte[] unwrap(AlgorithmSpec algorithm, PrivateKey wrapping, byte[] wrapped)
            throws DoesNotOpen {
        return switch (algorithm) {
            case RSAES_OAEP_SHA_1 -> Oaep.SHA_1.decrypt(wrapping, wrapped);
            case RSAES_OAEP_SHA_256 -> Oaep.SHA_256.decrypt(wrapping, wrapped);
            case RSA_AES_KEY_WRAP_SHA_1 -> twoSteps(Oaep.SHA_1, wrapping, wrapped);
            case RSA_AES_KEY_WRAP_SHA_256 -> twoSteps(Oaep.SHA_256, wrapping, wrapped);
            case SM2PKE -> Sm2Pke.decrypt(wrapping, wrapped);
            case RSAES_PKCS1_V1_5 ->
                    throw new IllegalArgumentException("not offered: " + algorithm.wire());
        };
    }

    /** An AES key under RSA, followed by the material under the AES key. */
    private static byte[] twoSteps(Oaep oaep, PrivateKey wrapping, byte[] wrapped)
            throws DoesNotOpen {
        int modulusBytes = KeyPairs.modulusBytes(wrapping);
        if (wrapped.length <= modulusBytes) {
            throw new DoesNotOpen();
        }
        byte[] aesKey = oaep.decrypt(wrapping, Arrays.copyOf(wrapped, modulusBytes));
        try {
            if (aesKey.length != AES_BYTES) {
                throw new DoesNotOpen();
            }
            SecretKey key = new SecretKeySpec(aesKey, "AES");
            Cipher cipher = Cipher.getInstance(KWP, "SunJCE");
            cipher.init(Cipher.UNWRAP_MODE, key);
            byte[] material = Arrays.copyOfRange(wrapped, modulusBytes, wrapped.length);
            return cipher.unwrap(material, "RAW", Cipher.SECRET_KEY).getEncoded();
        } catch (GeneralSecurityException _) {
            throw new DoesNotOpen();
        } finally {
            Arrays.fill(aesKey, (byte) 0);
        }
    }
}
