package trent.crypto.signature;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;

/** How a signature engine of the JCA is run, whichever algorithm it is of. */
record JcaEngine(String algorithm, Maker maker) {

    /** Makes a new engine with all its parameters set. */
    @FunctionalInterface
    interface Maker {
        Signature make() throws GeneralSecurityException;
    }

    byte[] sign(PrivateKey key, byte[] input) {
        try {
            Signature engine = maker.make();
            engine.initSign(key);
            engine.update(input);
            return engine.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(algorithm + " cannot sign", e);
        }
    }

    boolean verify(PublicKey key, byte[] input, byte[] signature) {
        try {
            Signature engine = maker.make();
            engine.initVerify(key);
            engine.update(input);
            return engine.verify(signature);
        } catch (SignatureException _) { // some engines throw it at bytes that are no signature
            return false;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(algorithm + " cannot verify", e);
        }
    }
}
