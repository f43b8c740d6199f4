package trent.crypto.signature;

import java.io.IOException;
import java.security.Key;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import trent.crypto.MessageKind;
import trent.crypto.Providers;

/** ECDSA with a DER signature. Source: FIPS 186-5. */
record Ecdsa(Hash hash) implements Signer {

    private static final String ENGINE = "NONEwithECDSA";

    @Override
    public int digestBytes() {
        return hash.bytes();
    }

    @Override
    public byte[] sign(PrivateKey key, byte[] message, MessageKind kind) {
        return engine(key).sign(key, hash.of(message, kind));
    }

    @Override
    public boolean verify(PublicKey key, byte[] message, byte[] signature, MessageKind kind) {
        return isDer(signature) && engine(key).verify(key, hash.of(message, kind), signature);
    }

    private static JcaEngine engine(Key key) {
        return new JcaEngine("ECDSA", () -> Signature.getInstance(ENGINE, provider(key)));
    }

    private static Provider provider(Key key) {
        return key.getClass().getName().startsWith("org.bouncycastle.")
                ? Providers.forSecp256k1("Signature", ENGINE)
                : Providers.of("Signature", ENGINE);
    }

    /** Two positive numbers in DER; the JDK takes a number that lacks its leading zero. */
    private static boolean isDer(byte[] signature) {
        try {
            return ASN1Primitive.fromByteArray(signature) instanceof ASN1Sequence pair
                    && pair.size() == 2
                    && pair.getObjectAt(0) instanceof ASN1Integer r
                    && r.getValue().signum() > 0
                    && pair.getObjectAt(1) instanceof ASN1Integer s
                    && s.getValue().signum() > 0
                    && Arrays.equals(pair.getEncoded("DER"), signature);
        } catch (IOException | IllegalArgumentException _) {
            return false;
        }
    }
}
