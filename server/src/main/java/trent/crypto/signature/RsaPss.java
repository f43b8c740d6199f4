package trent.crypto.signature;

import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.crypto.signers.PSSSigner;
import org.jspecify.annotations.Nullable;
import trent.crypto.MessageKind;
import trent.crypto.Providers;

/**
 * RSASSA-PSS, the salt as long as the hash, MGF1 with the same hash. Source: RFC 8017.
 *
 * <p>No engine takes a digest that was computed elsewhere. For those, and where the native provider
 * is not, Bouncy Castle makes the encoding and the preferred provider computes the power; the
 * native one at 4 times the speed of the JDK.
 */
record RsaPss(Hash hash) implements Signer {

    private static final String NAME = "RSASSA-PSS";
    private static final SecureRandom SALTS = new SecureRandom();

    @Override
    public int digestBytes() {
        return hash.bytes();
    }

    @Override
    public byte[] sign(PrivateKey key, byte[] message, MessageKind kind) {
        Provider provider = engineProvider(kind);
        return provider == null
                ? signDigest(key, hash.of(message, kind))
                : engine(provider).sign(key, message);
    }

    @Override
    public boolean verify(PublicKey key, byte[] message, byte[] signature, MessageKind kind) {
        if (!RsaPower.isInRange(key, signature)) {
            return false;
        }
        Provider provider = engineProvider(kind);
        return provider == null
                ? verifyDigest(key, hash.of(message, kind), signature)
                : engine(provider).verify(key, message, signature);
    }

    /** Whose engine does all of it, the hash included; null where there is none. */
    private static @Nullable Provider engineProvider(MessageKind kind) {
        return kind == MessageKind.RAW ? Providers.nativeFor("Signature", NAME) : null;
    }

    private JcaEngine engine(Provider provider) {
        return new JcaEngine(
                NAME,
                () -> {
                    Signature engine = Signature.getInstance(NAME, provider);
                    engine.setParameter(
                            new PSSParameterSpec(
                                    hash.jca(),
                                    "MGF1",
                                    new MGF1ParameterSpec(hash.jca()),
                                    hash.bytes(),
                                    PSSParameterSpec.TRAILER_FIELD_BC));
                    return engine;
                });
    }

    private byte[] signDigest(PrivateKey key, byte[] digest) {
        RsaPower power = new RsaPower(key);
        PSSSigner encoding = encoding(power);
        encoding.init(true, new ParametersWithRandom(power.parameters(), SALTS));
        encoding.update(digest, 0, digest.length);
        try {
            return encoding.generateSignature();
        } catch (CryptoException e) {
            throw new IllegalStateException("RSASSA-PSS cannot sign", e);
        }
    }

    private boolean verifyDigest(PublicKey key, byte[] digest, byte[] signature) {
        RsaPower power = new RsaPower(key);
        PSSSigner encoding = encoding(power);
        encoding.init(false, power.parameters());
        encoding.update(digest, 0, digest.length);
        boolean valid = encoding.verifySignature(signature);
        power.requireNoFault();
        return valid;
    }

    private PSSSigner encoding(RsaPower power) {
        return PSSSigner.createRawSigner(
                power,
                hash.forBouncyCastle(),
                hash.forBouncyCastle(),
                hash.bytes(),
                PSSSigner.TRAILER_IMPLICIT);
    }
}
