package trent.crypto.signature;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.EdDSAParameterSpec;
import trent.crypto.MessageKind;
import trent.crypto.Providers;

/** EdDSA on Curve25519, pure or pre-hashed. Source: RFC 8032. */
record Ed25519(boolean preHashed) implements Signer {

    @Override
    public int digestBytes() {
        return Hash.SHA_512.bytes();
    }

    @Override
    public byte[] sign(PrivateKey key, byte[] message, MessageKind kind) {
        return engine().sign(key, message);
    }

    @Override
    public boolean verify(PublicKey key, byte[] message, byte[] signature, MessageKind kind) {
        return engine().verify(key, message, signature);
    }

    private JcaEngine engine() {
        return new JcaEngine("Ed25519", this::newEngine);
    }

    private Signature newEngine() throws GeneralSecurityException {
        String name = preHashed ? "Ed25519ph" : "Ed25519";
        Provider provider = Providers.nativeFor("Signature", name);
        if (provider != null) {
            return Signature.getInstance(name, provider);
        }
        Signature engine = Signature.getInstance("EdDSA");
        engine.setParameter(new EdDSAParameterSpec(preHashed));
        return engine;
    }
}
