package trent.crypto.attestation;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.util.Arrays;
import java.util.HexFormat;
import trent.crypto.Providers;

/**
 * One message with one signature by ES384, tagged or not. Source: RFC 9052, COSE_Sign1.
 *
 * <p>Neither the tag nor the unprotected header is signed; so a tag must be that of COSE_Sign1, and
 * the header must be empty.
 */
final class CoseSign1 {

    private static final int TAG = 18;
    private static final String CONTEXT = "Signature1";

    /** The map {1: -35}: the algorithm is ES384, and nothing else. */
    private static final byte[] ES384 = HexFormat.of().parseHex("a1013822");

    private static final String ENGINE = "SHA384withECDSAinP1363Format";
    private static final int SIGNATURE_BYTES = 96;
    private static final byte[] NOTHING = new byte[0];

    private final byte[] payload;
    private final byte[] signature;

    private CoseSign1(byte[] payload, byte[] signature) {
        this.payload = payload;
        this.signature = signature;
    }

    /** Reads what somebody sent, and believes none of it. */
    static CoseSign1 read(byte[] encoded) throws InvalidAttestation {
        try (Cbor cbor = new Cbor(encoded)) {
            cbor.beginArray(TAG);
            byte[] header = cbor.bytes();
            cbor.beginMap();
            cbor.endMap();
            byte[] payload = cbor.bytes();
            byte[] signature = cbor.bytes();
            cbor.endArray();
            cbor.end();
            if (!Arrays.equals(header, ES384)) {
                throw new InvalidAttestation("it is not signed with ES384");
            }
            if (signature.length != SIGNATURE_BYTES) {
                throw new InvalidAttestation("its signature has not 96 bytes");
            }
            return new CoseSign1(payload, signature);
        } catch (IOException _) {
            throw new InvalidAttestation("it is no COSE_Sign1");
        }
    }

    byte[] payload() {
        return payload;
    }

    /** Whether the holder of this key on P-384 signed the payload. */
    boolean isSignedBy(PublicKey key) {
        try {
            Signature engine = Signature.getInstance(ENGINE, Providers.of("Signature", ENGINE));
            engine.initVerify(key);
            engine.update(Cbor.array(CONTEXT, ES384, NOTHING, payload));
            return engine.verify(signature);
        } catch (InvalidKeyException | SignatureException _) {
            return false; // the key is off the curve, or the signature none at all
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("ES384 cannot verify", e);
        }
    }
}
