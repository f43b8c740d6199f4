package trent.crypto.signature;

import java.io.IOException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.crypto.signers.MLDSASigner;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.crypto.util.PublicKeyFactory;
import trent.crypto.MessageKind;
import trent.crypto.Providers;

/** Pure, hedged ML-DSA with an empty context, over a message or its mu. Source: FIPS 204. */
record MlDsa() implements Signer {

    private static final SecureRandom HEDGE = new SecureRandom();
    private static final String MESSAGE_ENGINE = "ML-DSA";
    private static final String MU_ENGINE = "ML-DSA-ExtMu";
    private static final int MU_BYTES = 64;

    @Override
    public int digestBytes() {
        return MU_BYTES;
    }

    @Override
    public byte[] sign(PrivateKey key, byte[] message, MessageKind kind) {
        return lacksEngine(kind) ? signMu(key, message) : engine(kind).sign(key, message);
    }

    @Override
    public boolean verify(PublicKey key, byte[] message, byte[] signature, MessageKind kind) {
        return lacksEngine(kind)
                ? verifyMu(key, message, signature)
                : engine(kind).verify(key, message, signature);
    }

    /** The JDK signs no mu: without the native provider Bouncy Castle does it. */
    private static boolean lacksEngine(MessageKind kind) {
        return kind == MessageKind.EXTERNAL_MU
                && Providers.nativeFor("Signature", MU_ENGINE) == null;
    }

    private static JcaEngine engine(MessageKind kind) {
        String name = kind == MessageKind.EXTERNAL_MU ? MU_ENGINE : MESSAGE_ENGINE;
        return new JcaEngine(
                "ML-DSA", () -> Signature.getInstance(name, Providers.of("Signature", name)));
    }

    private static byte[] signMu(PrivateKey key, byte[] mu) {
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

    private static boolean verifyMu(PublicKey key, byte[] mu, byte[] signature) {
        MLDSASigner signer = new MLDSASigner();
        try {
            signer.init(false, PublicKeyFactory.createKey(key.getEncoded()));
            return signer.verifyMuSignature(mu, signature);
        } catch (IOException e) {
            throw new IllegalStateException("ML-DSA cannot verify a mu", e);
        }
    }
}
