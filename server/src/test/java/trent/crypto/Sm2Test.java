package trent.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.HexFormat;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.BERSequence;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.gm.GMObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import trent.api.AlgorithmSpec;
import trent.api.KeySpec;
import trent.api.SigningAlgorithmSpec;
import trent.crypto.signature.Signer;
import trent.key.KeySpecs;

/** SM2 by the examples of its standard, and what else a ciphertext or signature could be. */
class Sm2Test {

    private static final KeyPairs PAIRS = KeySpecs.of(KeySpec.SM2).pairs();
    private static final Signer SIGNER = Signer.of(SigningAlgorithmSpec.SM2DSA);

    /** GB/T 32918.5, annexes A.2 and C.2: the key of the examples. */
    private static final String D =
            "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8";

    private static final String X =
            "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020";
    private static final String Y =
            "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13";

    /** Annex A.2: the signature of {@code message digest}. */
    private static final String R =
            "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3";

    private static final String S =
            "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa";

    /** Annex A.2: the e of that message, key and ID. */
    private static final String E =
            "f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640";

    /** Annex C.2: {@code encryption standard}, encrypted. */
    private static final String C1_X =
            "04ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73";

    private static final String C1_Y =
            "e858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df0";
    private static final String C3 =
            "59983c18f809e262923c53aec295d30383b54e39d609d160afcb1908d0bd8766";
    private static final String C2 = "21886ca989ca9c7d58087307ca93092d651efa";

    private static final byte[] MESSAGE = "message digest".getBytes(US_ASCII);

    @Test
    void theKeyOfTheStandardHasItsPublicKey() throws Exception {
        assertThat(PAIRS.publicOf(privateKey(), pkcs8())).isEqualTo(spki());
        assertThat(PAIRS.publicOf(privateKey(), PAIRS.checked(pkcs8()))).isEqualTo(spki());
        assertThat(PAIRS.encodePublic(PAIRS.publicKey(spki()))).isEqualTo(spki());
    }

    @Test
    void theSignatureOfTheStandardVerifies() throws Exception {
        byte[] signature = sequence(number(R), number(S));
        assertThat(SIGNER.verify(publicKey(), MESSAGE, signature, MessageKind.RAW)).isTrue();
        assertThat(SIGNER.verify(publicKey(), hex(E), signature, MessageKind.DIGEST)).isTrue();
    }

    @Test
    void signaturesVerifyAsMessageAndAsDigest() throws Exception {
        byte[] raw = SIGNER.sign(privateKey(), MESSAGE, MessageKind.RAW);
        byte[] digest = SIGNER.sign(privateKey(), hex(E), MessageKind.DIGEST);
        for (byte[] signature : new byte[][] {raw, digest}) {
            assertThat(SIGNER.verify(publicKey(), MESSAGE, signature, MessageKind.RAW)).isTrue();
            assertThat(SIGNER.verify(publicKey(), hex(E), signature, MessageKind.DIGEST)).isTrue();
        }
    }

    /** Whatever one changes, the signature is none, and no exception tells why. */
    @Test
    void noOtherBytesAreTheSignature() throws Exception {
        byte[] signature = sequence(number(R), number(S));
        for (int bit = 0; bit < signature.length * 8; bit++) {
            byte[] flipped = flip(signature, bit);
            assertThat(SIGNER.verify(publicKey(), MESSAGE, flipped, MessageKind.RAW))
                    .as("bit %d", bit)
                    .isFalse();
        }
        for (int length = 0; length < signature.length; length++) {
            byte[] part = Arrays.copyOf(signature, length);
            assertThat(SIGNER.verify(publicKey(), MESSAGE, part, MessageKind.RAW)).isFalse();
        }
        BigInteger n = KeyEncodings.domain(PAIRS).getN();
        for (BigInteger wrong :
                new BigInteger[] {
                    BigInteger.ZERO, n, n.add(number(R)), number(R).negate(), BigInteger.ONE
                }) {
            assertThat(
                            SIGNER.verify(
                                    publicKey(),
                                    MESSAGE,
                                    sequence(wrong, number(S)),
                                    MessageKind.RAW))
                    .as("r = %s", wrong)
                    .isFalse();
            assertThat(
                            SIGNER.verify(
                                    publicKey(),
                                    MESSAGE,
                                    sequence(number(R), wrong),
                                    MessageKind.RAW))
                    .as("s = %s", wrong)
                    .isFalse();
        }
    }

    @Test
    void theCiphertextOfTheStandardOpens() throws Exception {
        assertThat(Sm2Pke.decrypt(privateKey(), standardCiphertext()))
                .asString(US_ASCII)
                .isEqualTo("encryption standard");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 31, 32, 33, 1023, 1024})
    void whatIsEncryptedOpens(int bytes) throws Exception {
        byte[] plaintext = new byte[bytes];
        Arrays.fill(plaintext, (byte) bytes);
        byte[] ciphertext = Sm2Pke.encrypt(publicKey(), plaintext);
        assertThat(Sm2Pke.decrypt(privateKey(), ciphertext)).isEqualTo(plaintext);
        assertThat(Sm2Pke.encrypt(publicKey(), plaintext)).isNotEqualTo(ciphertext);
    }

    @Test
    void aFlippedBitOrAMissingByteDoesNotOpen() throws Exception {
        byte[] ciphertext = standardCiphertext();
        for (int bit = 0; bit < ciphertext.length * 8; bit++) {
            doesNotOpen(flip(ciphertext, bit));
        }
        for (int length = 0; length < ciphertext.length; length++) {
            doesNotOpen(Arrays.copyOf(ciphertext, length));
        }
        doesNotOpen(Arrays.copyOf(ciphertext, ciphertext.length + 1));
    }

    /** The same numbers in other bytes are refused, and what is no point of the curve. */
    @Test
    void onlyTheDerOfAWholeCiphertextOpens() throws Exception {
        BigInteger p = KeyEncodings.domain(PAIRS).getCurve().getField().getCharacteristic();
        ASN1Integer x = new ASN1Integer(number(C1_X));
        ASN1Integer y = new ASN1Integer(number(C1_Y));
        DEROctetString hash = new DEROctetString(hex(C3));
        DEROctetString masked = new DEROctetString(hex(C2));
        doesNotOpen(new BERSequence(vector(x, y, hash, masked)).getEncoded());
        doesNotOpen(new DERSequence(vector(x, y, masked, hash)).getEncoded());
        doesNotOpen(new DERSequence(vector(x, y, hash)).getEncoded());
        doesNotOpen(new DERSequence(vector(x, y, hash, masked, masked)).getEncoded());
        doesNotOpen(
                new DERSequence(vector(x, y, hash, new DEROctetString(new byte[0]))).getEncoded());
        doesNotOpen(
                new DERSequence(vector(x, y, new DEROctetString(new byte[31]), masked))
                        .getEncoded());
        for (BigInteger wrong :
                new BigInteger[] {
                    BigInteger.ZERO,
                    number(C1_X).add(p),
                    number(C1_X).negate(),
                    BigInteger.ONE.shiftLeft(4096)
                }) {
            doesNotOpen(
                    new DERSequence(vector(new ASN1Integer(wrong), y, hash, masked)).getEncoded());
            doesNotOpen(
                    new DERSequence(vector(x, new ASN1Integer(wrong), hash, masked)).getEncoded());
        }
        doesNotOpen(hex("04" + C1_X + C1_Y + C3 + C2)); // without ASN.1
        doesNotOpen(hex("04" + C1_X + C1_Y + C2 + C3));
    }

    @Test
    void anotherKeyDoesNotOpen() throws Exception {
        byte[] ciphertext = Sm2Pke.encrypt(PAIRS.generate().getPublic(), MESSAGE);
        doesNotOpen(ciphertext);
    }

    @Test
    void wrappedMaterialIsUnwrapped() throws Exception {
        byte[] material = PAIRS.encodePrivate(PAIRS.generate().getPrivate());
        byte[] wrapped = Sm2Pke.encrypt(publicKey(), material);
        assertThat(KeyUnwrapping.unwrap(AlgorithmSpec.SM2PKE, privateKey(), wrapped))
                .isEqualTo(material);
        assertThatThrownBy(
                        () ->
                                KeyUnwrapping.unwrap(
                                        AlgorithmSpec.SM2PKE, privateKey(), flip(wrapped, 2000)))
                .isInstanceOf(DoesNotOpen.class);
    }

    @Test
    void keysOfOtherCurvesAreNoSm2Keys() {
        byte[] p256 =
                KeySpecs.of(KeySpec.ECC_NIST_P256)
                        .pairs()
                        .encodePrivate(
                                KeySpecs.of(KeySpec.ECC_NIST_P256).pairs().generate().getPrivate());
        assertThatThrownBy(() -> PAIRS.checked(p256)).isInstanceOf(InvalidKeyMaterial.class);
        byte[] sm2 = PAIRS.encodePrivate(PAIRS.generate().getPrivate());
        assertThatThrownBy(() -> KeySpecs.of(KeySpec.ECC_NIST_P256).pairs().checked(sm2))
                .isInstanceOf(InvalidKeyMaterial.class);
    }

    @Test
    void bothSidesAgreeOnASecret() throws Exception {
        KeyPair mine = PAIRS.generate();
        KeyPair yours = PAIRS.generate();
        byte[] secret =
                Ecdh.agree(
                        KeySpecs.of(KeySpec.SM2).pairs(),
                        mine.getPrivate(),
                        PAIRS.encodePublic(yours.getPublic()));
        assertThat(secret)
                .hasSize(32)
                .isEqualTo(
                        Ecdh.agree(
                                KeySpecs.of(KeySpec.SM2).pairs(),
                                yours.getPrivate(),
                                PAIRS.encodePublic(mine.getPublic())));
        // The X coordinate: with the private key 1 it is the peer's own.
        assertThat(
                        Ecdh.agree(
                                KeySpecs.of(KeySpec.SM2).pairs(),
                                PAIRS.privateKey(pkcs8(BigInteger.ONE)),
                                spki()))
                .isEqualTo(hex(X));
        byte[] p256 =
                KeySpecs.of(KeySpec.ECC_NIST_P256)
                        .pairs()
                        .encodePublic(
                                KeySpecs.of(KeySpec.ECC_NIST_P256).pairs().generate().getPublic());
        assertThatThrownBy(
                        () -> Ecdh.agree(KeySpecs.of(KeySpec.SM2).pairs(), mine.getPrivate(), p256))
                .isInstanceOf(InvalidKeyMaterial.class);
    }

    private static void doesNotOpen(byte[] ciphertext) throws Exception {
        PrivateKey key = privateKey();
        assertThatThrownBy(() -> Sm2Pke.decrypt(key, ciphertext))
                .as(HexFormat.of().formatHex(ciphertext))
                .isInstanceOf(DoesNotOpen.class);
    }

    private static byte[] standardCiphertext() throws IOException {
        return new DERSequence(
                        vector(
                                new ASN1Integer(number(C1_X)),
                                new ASN1Integer(number(C1_Y)),
                                new DEROctetString(hex(C3)),
                                new DEROctetString(hex(C2))))
                .getEncoded();
    }

    private static byte[] sequence(BigInteger r, BigInteger s) throws IOException {
        return new DERSequence(vector(new ASN1Integer(r), new ASN1Integer(s))).getEncoded();
    }

    private static ASN1EncodableVector vector(ASN1Encodable... parts) {
        ASN1EncodableVector vector = new ASN1EncodableVector();
        vector.addAll(parts);
        return vector;
    }

    private static PrivateKey privateKey() throws IOException {
        return PAIRS.privateKey(pkcs8());
    }

    private static PublicKey publicKey() throws IOException {
        return PAIRS.publicKey(spki());
    }

    private static byte[] pkcs8() throws IOException {
        return pkcs8(number(D));
    }

    private static byte[] pkcs8(BigInteger d) throws IOException {
        return new PrivateKeyInfo(curve(), new ECPrivateKey(256, d)).getEncoded();
    }

    private static byte[] spki() throws IOException {
        return new SubjectPublicKeyInfo(curve(), hex("04" + X + Y)).getEncoded();
    }

    private static AlgorithmIdentifier curve() {
        return new AlgorithmIdentifier(
                X9ObjectIdentifiers.id_ecPublicKey, GMObjectIdentifiers.sm2p256v1);
    }

    private static byte[] flip(byte[] bytes, int bit) {
        byte[] flipped = bytes.clone();
        flipped[bit / 8] ^= (byte) (1 << (bit % 8));
        return flipped;
    }

    private static BigInteger number(String hex) {
        return new BigInteger(hex, 16);
    }

    private static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex);
    }
}
