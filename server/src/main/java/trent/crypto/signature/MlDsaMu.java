package trent.crypto.signature;

import java.io.IOException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.crypto.signers.MLDSASigner;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.crypto.util.PublicKeyFactory;

/**
 * ML-DSA over an external mu, by Bouncy Castle: where the native provider is not, nobody else has
 * it.
 */
final class MlDsaMu {

    private static final SecureRandom HEDGE = new SecureRandom();

    private MlDsaMu() {}

    static byte[] sign(PrivateKey key, byte[] mu) {
        MLDSASigner signer = new MLDSASigner();
        try {
            signer.init(
                    true,
                    new ParametersWithRandom(PrivateKeyFactory.createKey(key.getEncoded()), HEDGE));
            return signer.generateMuSignature(mu);
        } catch (IOException | CryptoException e) {
            throw new IllegalStateException("ML-DSA cannot sign a mu", e);
        }
    }

    static boolean verify(PublicKey key, byte[] mu, byte[] signature) {
        MLDSASigner signer = new MLDSASigner();
        try {
            signer.init(false, PublicKeyFactory.createKey(key.getEncoded()));
            return signer.verifyMuSignature(mu, signature);
        } catch (IOException e) {
            throw new IllegalStateException("ML-DSA cannot verify a mu", e);
        }
    }
}
