package trent.crypto;

import java.io.IOException;
import java.math.BigInteger;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.engines.SM2Engine;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.crypto.util.PublicKeyFactory;
import org.bouncycastle.util.BigIntegers;

/**
 * SM2 public key encryption with SM3. Source: GM/T 0003.4, which is GB/T 32918.4.
 *
 * <p>A ciphertext is the DER of GM/T 0009, {@code SEQUENCE {x INTEGER, y INTEGER, hash OCTET
 * STRING, ciphertext OCTET STRING}}: the point C1, the hash C3 and the masked plaintext C2, in the
 * order C1 C3 C2. AWS names GM/T 0003.4, which leaves the encoding open; OpenSSL and the libraries
 * made for the GM standards write this one.
 */
public final class Sm2Pke {

    /** Source: AWS KMS API Reference, Encrypt. */
    public static final int MAX_PLAINTEXT_BYTES = 1024;

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final byte UNCOMPRESSED = 4;
    private static final int FIELD_BYTES = 32;
    private static final int POINT_BYTES = 1 + 2 * FIELD_BYTES;
    private static final int HASH_BYTES = 32;

    private Sm2Pke() {}

    /** Encrypts 1 to {@link #MAX_PLAINTEXT_BYTES} bytes. */
    public static byte[] encrypt(PublicKey key, byte[] plaintext) {
        SM2Engine engine = new SM2Engine(SM2Engine.Mode.C1C3C2);
        try {
            engine.init(
                    true,
                    new ParametersWithRandom(PublicKeyFactory.createKey(key.getEncoded()), RANDOM));
            byte[] c1c3c2 = engine.processBlock(plaintext, 0, plaintext.length);
            int hash = POINT_BYTES;
            int masked = POINT_BYTES + HASH_BYTES;
            return der(
                    new BigInteger(1, Arrays.copyOfRange(c1c3c2, 1, 1 + FIELD_BYTES)),
                    new BigInteger(1, Arrays.copyOfRange(c1c3c2, 1 + FIELD_BYTES, hash)),
                    Arrays.copyOfRange(c1c3c2, hash, masked),
                    Arrays.copyOfRange(c1c3c2, masked, c1c3c2.length));
        } catch (IOException | InvalidCipherTextException e) {
            throw new IllegalStateException("SM2PKE cannot encrypt", e);
        }
    }

    /**
     * Decrypts.
     *
     * @throws DoesNotOpen whatever is wrong with the ciphertext, its encoding included
     */
    public static byte[] decrypt(PrivateKey key, byte[] ciphertext) throws DoesNotOpen {
        byte[] c1c3c2 = read(ciphertext);
        SM2Engine engine = new SM2Engine(SM2Engine.Mode.C1C3C2);
        try {
            engine.init(false, PrivateKeyFactory.createKey(key.getEncoded()));
            return engine.processBlock(c1c3c2, 0, c1c3c2.length);
        } catch (IOException e) {
            throw new IllegalStateException("an SM2 key cannot be read", e);
        } catch (InvalidCipherTextException | IllegalArgumentException _) {
            throw new DoesNotOpen(); // it is another key's, or its point is off the curve
        }
    }

    private static byte[] read(byte[] ciphertext) throws DoesNotOpen {
        require(ciphertext.length > 0); // the ASN.1 reader returns null for no bytes
        try {
            ASN1Sequence parts = ASN1Sequence.getInstance(ASN1Primitive.fromByteArray(ciphertext));
            require(parts.size() == 4);
            BigInteger x = ASN1Integer.getInstance(parts.getObjectAt(0)).getValue();
            BigInteger y = ASN1Integer.getInstance(parts.getObjectAt(1)).getValue();
            byte[] hash = ASN1OctetString.getInstance(parts.getObjectAt(2)).getOctets();
            byte[] masked = ASN1OctetString.getInstance(parts.getObjectAt(3)).getOctets();
            require(x.signum() >= 0 && y.signum() >= 0);
            require(hash.length == HASH_BYTES && masked.length > 0);
            // Two byte strings must not be one ciphertext: BER that is not DER is refused.
            require(Arrays.equals(der(x, y, hash, masked), ciphertext));

            byte[] c1c3c2 = new byte[POINT_BYTES + HASH_BYTES + masked.length];
            c1c3c2[0] = UNCOMPRESSED;
            BigIntegers.asUnsignedByteArray(x, c1c3c2, 1, FIELD_BYTES);
            BigIntegers.asUnsignedByteArray(y, c1c3c2, 1 + FIELD_BYTES, FIELD_BYTES);
            System.arraycopy(hash, 0, c1c3c2, POINT_BYTES, HASH_BYTES);
            System.arraycopy(masked, 0, c1c3c2, POINT_BYTES + HASH_BYTES, masked.length);
            return c1c3c2;
        } catch (IOException | IllegalArgumentException | IllegalStateException _) {
            throw new DoesNotOpen(); // what the ASN.1 reader throws at other bytes
        }
    }

    private static byte[] der(BigInteger x, BigInteger y, byte[] hash, byte[] masked)
            throws IOException {
        ASN1EncodableVector parts = new ASN1EncodableVector();
        parts.add(new ASN1Integer(x));
        parts.add(new ASN1Integer(y));
        parts.add(new DEROctetString(hash));
        parts.add(new DEROctetString(masked));
        return new DERSequence(parts).getEncoded(ASN1Encoding.DER);
    }

    private static void require(boolean holds) throws DoesNotOpen {
        if (!holds) {
            throw new DoesNotOpen();
        }
    }
}
