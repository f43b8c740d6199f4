package trent.crypto;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import javax.crypto.KeyAgreement;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import trent.api.KeySpec;

/** ECDH with cofactor one: the X coordinate of the shared point. Source: NIST SP 800-56A. */
public final class Ecdh {

    private static final String ECDH = "ECDH";

    private Ecdh() {}

    /**
     * The shared secret, as long as the field: 32, 48 or 66 bytes.
     *
     * @param peer SubjectPublicKeyInfo
     * @throws InvalidKeyMaterial if the peer's key is not a valid one of the same curve
     */
    public static byte[] agree(KeySpec spec, PrivateKey key, byte[] peer)
            throws InvalidKeyMaterial {
        KeyPairs curve = KeyPairs.of(spec);
        requireValid(curve, peer);
        try {
            PublicKey publicKey = curve.factory().generatePublic(new X509EncodedKeySpec(peer));
            KeyAgreement agreement =
                    KeyAgreement.getInstance(ECDH, curve.provider("KeyAgreement", ECDH));
            agreement.init(key);
            agreement.doPhase(publicKey, true);
            return agreement.generateSecret();
        } catch (GeneralSecurityException _) {
            throw invalid();
        }
    }

    /** Full validation: on the curve, not at infinity, of the curve's order. */
    private static void requireValid(KeyPairs curve, byte[] peer) throws InvalidKeyMaterial {
        try {
            SubjectPublicKeyInfo info =
                    SubjectPublicKeyInfo.getInstance(ASN1Primitive.fromByteArray(peer));
            if (!info.getAlgorithm().getAlgorithm().equals(X9ObjectIdentifiers.id_ecPublicKey)
                    || !info.getAlgorithm().getParameters().equals(curve.curve())) {
                throw invalid();
            }
            ECDomainParameters domain = new ECDomainParameters(curve.domain());
            ECPublicKeyParameters point =
                    new ECPublicKeyParameters(
                            curve.domain()
                                    .getCurve()
                                    .decodePoint(info.getPublicKeyData().getBytes()),
                            domain);
            if (!point.getQ().isValid()) {
                throw invalid();
            }
        } catch (IOException
                | RuntimeException e) { // what the readers throw at bytes that are no key
            throw invalid();
        }
    }

    private static InvalidKeyMaterial invalid() {
        return new InvalidKeyMaterial("no valid public key of the curve");
    }
}
