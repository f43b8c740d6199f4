package trent.crypto;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import javax.crypto.KeyAgreement;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.math.ec.ECPoint;

/** ECDH with cofactor one: the X coordinate of the shared point. Source: NIST SP 800-56A. */
public final class Ecdh {

    private static final String ECDH = "ECDH";

    private Ecdh() {}

    /**
     * The shared secret, as long as the field: 32, 48 or 66 bytes.
     *
     * @param peer SubjectPublicKeyInfo in DER, its point uncompressed or compressed
     * @throws InvalidKeyMaterial if the peer's key is not a valid one of the same curve, named
     */
    public static byte[] agree(KeyPairs curve, PrivateKey key, byte[] peer)
            throws InvalidKeyMaterial {
        byte[] valid = valid(curve, peer);
        try {
            PublicKey publicKey = curve.factory().generatePublic(new X509EncodedKeySpec(valid));
            KeyAgreement agreement =
                    KeyAgreement.getInstance(ECDH, curve.provider("KeyAgreement", ECDH));
            agreement.init(key);
            agreement.doPhase(publicKey, true);
            return agreement.generateSecret();
        } catch (GeneralSecurityException _) {
            throw invalid();
        }
    }

    /**
     * Full validation: on the curve, not at infinity, of the curve's order. What comes back is the
     * same key with its point uncompressed, which every provider reads.
     */
    private static byte[] valid(KeyPairs curve, byte[] peer) throws InvalidKeyMaterial {
        try {
            SubjectPublicKeyInfo info =
                    SubjectPublicKeyInfo.getInstance(ASN1Primitive.fromByteArray(peer));
            // DER has one encoding for each key: what is written differently is none.
            if (!Arrays.equals(info.getEncoded("DER"), peer)
                    || !info.getAlgorithm()
                            .getAlgorithm()
                            .equals(X9ObjectIdentifiers.id_ecPublicKey)
                    || !info.getAlgorithm().getParameters().equals(KeyEncodings.curve(curve))) {
                throw invalid();
            }
            X9ECParameters domain = KeyEncodings.domain(curve);
            byte[] encoded = info.getPublicKeyData().getOctets();
            ECPoint point = domain.getCurve().decodePoint(encoded);
            boolean hybrid = encoded[0] == 6 || encoded[0] == 7; // no RFC 5480 key
            if (hybrid || point.isInfinity() || !point.isValid()) {
                throw invalid();
            }
            return new SubjectPublicKeyInfo(info.getAlgorithm(), point.getEncoded(false))
                    .getEncoded("DER");
        } catch (IOException | RuntimeException _) {
            throw invalid(); // what the readers throw at bytes that are no key
        }
    }

    private static InvalidKeyMaterial invalid() {
        return new InvalidKeyMaterial("no valid public key of the curve");
    }
}
