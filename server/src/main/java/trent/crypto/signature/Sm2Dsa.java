package trent.crypto.signature;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.math.BigInteger;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import org.bouncycastle.crypto.CipherParameters;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.params.ParametersWithID;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.crypto.signers.SM2Signer;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.crypto.util.PublicKeyFactory;
import trent.crypto.MessageKind;

/**
 * SM2 signatures, DER SEQUENCE {r, s}, by Bouncy Castle. A message is hashed with SM3, after the
 * hash of the default distinguishing ID and the public key. Source: GM/T 0003.2, which is GB/T
 * 32918.2; GM/T 0009 for the ID.
 */
record Sm2Dsa() implements Signer {

    private static final int DIGEST_BYTES = 32;

    private static final byte[] ID = "1234567812345678".getBytes(US_ASCII);
    private static final SecureRandom RANDOM = new SecureRandom();

    @Override
    public int digestBytes() {
        return DIGEST_BYTES;
    }

    @Override
    public byte[] sign(PrivateKey key, byte[] message, MessageKind kind) {
        SM2Signer signer = signer(message, kind);
        try {
            signer.init(
                    true,
                    named(
                            new ParametersWithRandom(
                                    PrivateKeyFactory.createKey(key.getEncoded()), RANDOM)));
            signer.update(message, 0, message.length);
            return signer.generateSignature();
        } catch (IOException | CryptoException e) {
            throw new IllegalStateException("SM2DSA cannot sign", e);
        }
    }

    @Override
    public boolean verify(PublicKey key, byte[] message, byte[] signature, MessageKind kind) {
        SM2Signer signer = signer(message, kind);
        try {
            signer.init(false, named(PublicKeyFactory.createKey(key.getEncoded())));
        } catch (IOException e) {
            throw new IllegalStateException("SM2DSA cannot verify", e);
        }
        signer.update(message, 0, message.length);
        return signer.verifySignature(signature);
    }

    private static CipherParameters named(CipherParameters key) {
        return new ParametersWithID(key, ID);
    }

    private static SM2Signer signer(byte[] message, MessageKind kind) {
        return switch (kind) {
            case RAW -> new SM2Signer();
            case DIGEST -> new OfDigest(new BigInteger(1, message));
            case EXTERNAL_MU -> throw new IllegalArgumentException("only ML-DSA has a mu");
        };
    }

    /** Signs the number that somebody else's hash gave, the standard's {@code e}. */
    private static final class OfDigest extends SM2Signer {

        private final BigInteger e;

        private OfDigest(BigInteger e) {
            this.e = e;
        }

        @Override
        protected BigInteger calculateE(BigInteger n, byte[] hashOfMessage) {
            return e;
        }
    }
}
