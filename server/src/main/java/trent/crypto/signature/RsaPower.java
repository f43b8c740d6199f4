package trent.crypto.signature;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.PrivateKey;
import java.security.PublicKey;
import javax.crypto.Cipher;
import org.bouncycastle.crypto.AsymmetricBlockCipher;
import org.bouncycastle.crypto.CipherParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.jspecify.annotations.Nullable;
import trent.crypto.KeyPairs;
import trent.crypto.Providers;

/**
 * A number to the power of an RSA key's exponent, computed by the preferred provider for an
 * encoding that Bouncy Castle makes. Each signature and each verification takes a new one.
 */
final class RsaPower implements AsymmetricBlockCipher {

    private static final String CIPHER = "RSA/ECB/NoPadding";

    private final Key key;
    private final int modulusBytes;
    private @Nullable GeneralSecurityException fault;

    RsaPower(Key key) {
        this.key = key;
        this.modulusBytes = KeyPairs.modulusBytes(key);
    }

    /** Whether this is as long as the modulus, and as a number less. Source: RFC 8017, RSAVP1. */
    static boolean isInRange(PublicKey key, byte[] signature) {
        BigInteger modulus = KeyPairs.modulus(key);
        return signature.length == (modulus.bitLength() + 7) / 8
                && new BigInteger(1, signature).compareTo(modulus) < 0;
    }

    /** What the encoding needs to know of the key, which is its length only. */
    CipherParameters parameters() {
        return new RSAKeyParameters(false, KeyPairs.modulus(key), BigInteger.valueOf(65_537), true);
    }

    /** A fault of ours must not pass for a wrong signature, as Bouncy Castle has it. */
    void requireNoFault() {
        if (fault != null) {
            throw new IllegalStateException("RSA cannot compute", fault);
        }
    }

    @Override
    public void init(boolean forSigning, CipherParameters parameters) {
        // The key is known already.
    }

    @Override
    public int getInputBlockSize() {
        return modulusBytes;
    }

    @Override
    public int getOutputBlockSize() {
        return modulusBytes;
    }

    @Override
    public byte[] processBlock(byte[] input, int offset, int length) {
        try {
            Cipher cipher = Providers.cipher(CIPHER);
            byte[] padded = new byte[modulusBytes];
            System.arraycopy(input, offset, padded, modulusBytes - length, length);
            cipher.init(key instanceof PrivateKey ? Cipher.DECRYPT_MODE : Cipher.ENCRYPT_MODE, key);
            return cipher.doFinal(padded);
        } catch (GeneralSecurityException e) {
            fault = e;
            throw new IllegalStateException("RSA cannot compute", e);
        }
    }
}
