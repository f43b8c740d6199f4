package trent.crypto;

import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.MGF1ParameterSpec;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;

/** RSAES-OAEP, one hash for message and mask, empty label. Source: RFC 8017. */
public enum Oaep {
    SHA_1("SHA-1", 20),
    SHA_256("SHA-256", 32);

    private static final String CIPHER = "RSA/ECB/OAEPPadding";

    private final String hash;
    private final int hashBytes;

    Oaep(String hash, int hashBytes) {
        this.hash = hash;
        this.hashBytes = hashBytes;
    }

    /** The longest plaintext for a modulus of so many bytes. */
    public int maxPlaintextBytes(int modulusBytes) {
        return modulusBytes - 2 * hashBytes - 2;
    }

    /** Encrypts no more than {@link #maxPlaintextBytes} bytes. */
    public byte[] encrypt(PublicKey key, byte[] plaintext) {
        try {
            return cipher(Cipher.ENCRYPT_MODE, key).doFinal(plaintext);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("RSAES-OAEP cannot encrypt", e);
        }
    }

    /**
     * Decrypts.
     *
     * @throws DoesNotOpen whatever is wrong with the ciphertext
     */
    public byte[] decrypt(PrivateKey key, byte[] ciphertext) throws DoesNotOpen {
        if (ciphertext.length != KeyPairs.modulusBytes(key)) {
            throw new DoesNotOpen();
        }
        try {
            return cipher(Cipher.DECRYPT_MODE, key).doFinal(ciphertext);
        } catch (GeneralSecurityException _) {
            throw new DoesNotOpen();
        }
    }

    private Cipher cipher(int mode, Key key) throws GeneralSecurityException {
        Cipher cipher = Providers.cipher(CIPHER);
        cipher.init(
                mode,
                key,
                new OAEPParameterSpec(
                        hash, "MGF1", new MGF1ParameterSpec(hash), PSource.PSpecified.DEFAULT));
        return cipher;
    }
}
