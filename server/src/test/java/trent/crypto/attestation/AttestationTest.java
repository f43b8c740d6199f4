package trent.crypto.attestation;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;
import static trent.Hypervisor.ES384;
import static trent.Hypervisor.cose;
import static trent.Hypervisor.encode;
import static trent.Hypervisor.filled;
import static trent.Hypervisor.newKey;
import static trent.Hypervisor.newRsaKey;
import static trent.Hypervisor.pem;
import static trent.Hypervisor.sign;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import trent.Hypervisor;
import trent.Hypervisor.Null;
import trent.crypto.Providers;
import trent.crypto.attestation.AttestationDocument.Source;

/** Attestation documents: those that are in order, and every way in which one is not. */
class AttestationTest {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");
    private static final Hypervisor HYPERVISOR = new Hypervisor(NOW);
    private static final byte[] ROOT = HYPERVISOR.root().certificate();

    private static final String NO_COSE = "it is no COSE_Sign1";
    private static final String MALFORMED = "its payload is malformed";
    private static final String CERTIFICATE = "one of its certificates is malformed";
    private static final String SIGNATURE = "its signature is not that of its certificate";
    private static final String CHAIN =
            "its certificates do not link it to a configured root, or are not valid now";
    private static final String AGE = "it was not made within the last 5 minutes";

    @TempDir private Path folder = Path.of("");

    @BeforeAll
    static void load() {
        Providers.loadNow();
    }

    @Test
    void aDocumentSaysWhoItIsFor() throws Exception {
        AttestationDocument document = verify(HYPERVISOR.document());
        assertThat(document.source()).isEqualTo(Source.NITRO_ENCLAVE);
        assertThat(document.publicKey()).isEqualTo(HYPERVISOR.recipient().getPublic());
        assertThat(document.registers())
                .containsExactly(
                        Map.entry(0, "a0".repeat(48)),
                        Map.entry(1, "01".repeat(48)),
                        Map.entry(4, "04".repeat(48)));
    }

    @TestFactory
    Stream<DynamicTest> documentsInOrder() {
        Map<String, byte[]> documents = new LinkedHashMap<>();
        documents.put("with the tag of COSE_Sign1", tagged(0xD2, HYPERVISOR.document()));
        documents.put("without optional fields", changed(f -> remove(f, "user_data", "nonce")));
        documents.put(
                "with all optional fields",
                changed(
                        f -> {
                            f.put("user_data", filled(1024, 1));
                            f.put("nonce", new byte[0]);
                        }));
        documents.put("with a field of a version to come", changed(f -> f.put("x", List.of(1))));
        documents.put("5 minutes old", at(NOW.minus(Duration.ofMinutes(5))));
        documents.put("5 minutes early", at(NOW.plus(Duration.ofMinutes(5))));
        documents.put(
                "with registers of 32 and 64 bytes",
                changed(f -> f.put("pcrs", Map.of(31, filled(32, 1), 30, filled(64, 1)))));
        documents.put(
                "with all registers",
                changed(
                        f ->
                                f.put(
                                        "pcrs",
                                        new TreeMap<>(
                                                IntStream.range(0, 32)
                                                        .boxed()
                                                        .collect(
                                                                Collectors.toMap(
                                                                        i -> i,
                                                                        _ -> filled(48, 9)))))));
        documents.put(
                "for a key of 4096 bits",
                changed(f -> f.put("public_key", newRsaKey(4096).getPublic().getEncoded())));
        documents.put(
                "without the root in its bundle",
                changed(f -> f.put("cabundle", List.of(HYPERVISOR.middle().certificate()))));
        documents.put(
                "by a signer right under the root",
                changed(
                        f -> {
                            f.put(
                                    "certificate",
                                    HYPERVISOR
                                            .signer(
                                                    HYPERVISOR.signerKey(),
                                                    "r",
                                                    HYPERVISOR.rootKey())
                                            .certificate());
                            f.put("cabundle", List.of(ROOT));
                        }));
        documents.put(
                "of indefinite length", HYPERVISOR.signed(indefinite(encode(HYPERVISOR.fields()))));
        return documents.entrySet().stream()
                .map(
                        one ->
                                dynamicTest(
                                        one.getKey(),
                                        () ->
                                                assertThat(verify(one.getValue()).source())
                                                        .isEqualTo(Source.NITRO_ENCLAVE)));
    }

    @Test
    void aTpmAttestsToo() throws Exception {
        AttestationDocument document =
                verify(
                        changed(
                                f -> {
                                    remove(f, "pcrs");
                                    f.put("nitrotpm_pcrs", Map.of(7, filled(48, 7)));
                                }));
        assertThat(document.source()).isEqualTo(Source.NITRO_TPM);
        assertThat(document.registers()).containsExactly(Map.entry(7, "07".repeat(48)));
    }

    @TestFactory
    Stream<DynamicTest> wrongFields() {
        Wrong wrong = new Wrong();
        for (String field :
                List.of(
                        "module_id",
                        "digest",
                        "timestamp",
                        "pcrs",
                        "certificate",
                        "cabundle",
                        "public_key")) {
            wrong.field("no " + field, missing(field), f -> remove(f, field));
            wrong.field(
                    field + " is null",
                    field.equals("public_key") ? missing(field) : MALFORMED,
                    f -> f.put(field, Null.NULL));
            wrong.field(
                    field + " is a list in a list",
                    MALFORMED,
                    f -> f.put(field, List.of(List.of())));
            wrong.field(field + " is a fraction", MALFORMED, f -> f.put(field, 1.5));
        }
        wrong.field("module_id is empty", missing("module_id"), f -> f.put("module_id", ""));
        wrong.field("module_id is long", MALFORMED, f -> f.put("module_id", "x".repeat(1025)));
        wrong.field("module_id is bytes", MALFORMED, f -> f.put("module_id", new byte[1]));
        wrong.field("another digest", missing("digest"), f -> f.put("digest", "SHA256"));
        wrong.field("timestamp 0", missing("timestamp"), f -> f.put("timestamp", 0));
        wrong.field("timestamp -1", missing("timestamp"), f -> f.put("timestamp", -1));
        wrong.field("timestamp is text", MALFORMED, f -> f.put("timestamp", "1"));
        wrong.field("timestamp in seconds", AGE, f -> f.put("timestamp", NOW.getEpochSecond()));
        wrong.field(
                "timestamp of 64 bits",
                MALFORMED,
                f -> f.put("timestamp", BigInteger.TWO.pow(64).subtract(BigInteger.ONE)));
        wrong.field("the last timestamp", AGE, f -> f.put("timestamp", Long.MAX_VALUE));
        wrong.document("old", AGE, at(NOW.minus(Duration.ofMinutes(5)).minusMillis(1)));
        wrong.document("early", AGE, at(NOW.plus(Duration.ofMinutes(5)).plusMillis(1)));
        wrong.field("no register", missing("pcrs"), f -> f.put("pcrs", Map.of()));
        for (int index : new int[] {32, 99, 100, 4096, Integer.MAX_VALUE}) {
            wrong.field(
                    "register " + index,
                    missing("pcrs"),
                    f -> f.put("pcrs", Map.of(index, filled(48, 1))));
        }
        wrong.field("register -1", MALFORMED, f -> f.put("pcrs", Map.of(-1, filled(48, 1))));
        wrong.field("register \"0\"", MALFORMED, f -> f.put("pcrs", Map.of("0", filled(48, 1))));
        for (int length : new int[] {0, 31, 33, 47, 49, 63, 65, 512}) {
            wrong.field(
                    "a register of %d bytes".formatted(length),
                    missing("pcrs"),
                    f -> f.put("pcrs", Map.of(0, filled(length, 1))));
        }
        wrong.field("a register is text", MALFORMED, f -> f.put("pcrs", Map.of(0, "x")));
        wrong.field(
                "registers of both kinds",
                missing("pcrs"),
                f -> f.put("nitrotpm_pcrs", Map.of(0, filled(48, 1))));
        wrong.field("an empty bundle", missing("cabundle"), f -> f.put("cabundle", List.of()));
        wrong.field(
                "a bundle of 17",
                missing("cabundle"),
                f -> f.put("cabundle", Collections.nCopies(17, ROOT)));
        wrong.field("a bundle of texts", MALFORMED, f -> f.put("cabundle", List.of("x")));
        for (int length : new int[] {0, 1025}) {
            wrong.field(
                    "a certificate of %d bytes".formatted(length),
                    missing("certificate"),
                    f -> f.put("certificate", new byte[length]));
            wrong.field(
                    "an authority of %d bytes".formatted(length),
                    missing("cabundle"),
                    f -> f.put("cabundle", List.of(new byte[length])));
        }
        wrong.field(
                "a certificate that is none",
                CERTIFICATE,
                f -> f.put("certificate", filled(100, 0x30)));
        wrong.field(
                "an authority that is none",
                CERTIFICATE,
                f -> f.put("cabundle", List.of(filled(100, 0x30))));
        wrong.field(
                "a certificate and one byte",
                CERTIFICATE,
                f -> f.put("certificate", longer(bytes(f, "certificate"))));
        wrong.field(
                "a certificate in PEM",
                CERTIFICATE,
                f -> f.put("certificate", pem(bytes(f, "certificate")).getBytes(US_ASCII)));
        wrong.field(
                "a key of 1025 bytes",
                missing("public_key"),
                f -> f.put("public_key", new byte[1025]));
        wrong.field("an empty key", missing("public_key"), f -> f.put("public_key", new byte[0]));
        wrong.field(
                "an EC key",
                missing("public_key"),
                f -> f.put("public_key", newKey("secp384r1").getPublic().getEncoded()));
        wrong.field(
                "a key of 1024 bits",
                missing("public_key"),
                f -> f.put("public_key", newRsaKey(1024).getPublic().getEncoded()));
        wrong.field(
                "a key of 2047 bits",
                missing("public_key"),
                f -> f.put("public_key", rsa(2047, 65_537)));
        wrong.field(
                "a key of 4097 bits",
                missing("public_key"),
                f -> f.put("public_key", rsa(4097, 65_537)));
        for (long exponent : new long[] {0, 1, 2, 65_536, (1L << 33) + 1}) {
            wrong.field(
                    "a key with the exponent " + exponent,
                    missing("public_key"),
                    f -> f.put("public_key", rsa(2048, exponent)));
        }
        wrong.field(
                "a key and one byte",
                missing("public_key"),
                f -> f.put("public_key", longer(bytes(f, "public_key"))));
        for (String field : List.of("user_data", "nonce")) {
            wrong.field(
                    field + " of 1025 bytes", missing(field), f -> f.put(field, new byte[1025]));
            wrong.field(field + " is text", MALFORMED, f -> f.put(field, "x"));
        }
        wrong.field(
                "an unknown field five deep",
                MALFORMED,
                f -> f.put("x", List.of(List.of(List.of(List.of(1))))));
        return wrong.tests();
    }

    @TestFactory
    Stream<DynamicTest> wrongPayloads() {
        byte[] payload = encode(HYPERVISOR.fields());
        Wrong wrong = new Wrong();
        wrong.payload("nothing", new byte[0]);
        wrong.payload("a list", encode(List.of()));
        wrong.payload("a number", encode(1));
        wrong.payload("one byte too many", longer(payload));
        wrong.payload("one byte too few", Arrays.copyOf(payload, payload.length - 1));
        wrong.payload("a tag in front", tagged(0xC1, payload));
        wrong.payload("two documents", joined(payload, payload));
        // a9: nine fields; aa: ten, of which the last is there already
        byte[] twice = joined(payload, encode("nonce"), encode(Null.NULL));
        twice[0]++;
        wrong.payload("a field twice", twice);
        byte[] register = joined(new byte[] {0, 0x58, 48}, filled(48, 2));
        String hex = HexFormat.of().formatHex(payload);
        String registers = HexFormat.of().formatHex(encode("pcrs")) + "a3";
        assertThat(hex).contains(registers);
        wrong.payload(
                "a register twice",
                HexFormat.of()
                        .parseHex(
                                hex.replace(
                                        registers,
                                        registers.substring(0, registers.length() - 2)
                                                + "a4"
                                                + HexFormat.of().formatHex(register))));
        wrong.payload(
                "a tag on a field",
                HexFormat.of()
                        .parseHex(
                                hex.replace(
                                        HexFormat.of().formatHex(encode("SHA384")),
                                        "c1" + HexFormat.of().formatHex(encode("SHA384")))));
        return wrong.tests();
    }

    @TestFactory
    Stream<DynamicTest> wrongEnvelopes() {
        byte[] payload = encode(HYPERVISOR.fields());
        byte[] signature = sign(HYPERVISOR.signerKey(), payload);
        byte[] document = HYPERVISOR.document();
        String algorithm = "it is not signed with ES384";
        String length = "its signature has not 96 bytes";
        Wrong wrong = new Wrong();
        wrong.document("nothing", NO_COSE, new byte[0]);
        wrong.document("JSON", NO_COSE, "{}".getBytes(US_ASCII));
        wrong.document("zeros", NO_COSE, new byte[262_144]);
        wrong.document("deep", NO_COSE, filled(262_144, 0x81));
        wrong.document(
                "a length beyond all", NO_COSE, HexFormat.of().parseHex("845bffffffffffffffff"));
        wrong.document("a long length", NO_COSE, HexFormat.of().parseHex("845b000000007fffffff"));
        wrong.document("one byte too many", NO_COSE, longer(document));
        wrong.document("two documents", NO_COSE, joined(document, document));
        wrong.document("three parts", NO_COSE, encode(List.of(ES384, Map.of(), payload)));
        wrong.document(
                "five parts",
                NO_COSE,
                encode(List.of(ES384, Map.of(), payload, signature, new byte[0])));
        wrong.document("the tag of COSE_Sign", NO_COSE, tagged(0xD8, tagged(98, document)));
        wrong.document("the tag of COSE_Mac0", NO_COSE, tagged(0xD1, document));
        wrong.document("the tag twice", NO_COSE, tagged(0xD2, tagged(0xD2, document)));
        wrong.document(
                "the tag of CBOR", NO_COSE, joined(HexFormat.of().parseHex("d9d9f7"), document));
        wrong.document(
                "a header that is no bytes",
                NO_COSE,
                cose(Map.of(1, -35), Map.of(), payload, signature));
        wrong.document(
                "an unprotected header",
                NO_COSE,
                cose(ES384, Map.of(4, new byte[1]), payload, signature));
        wrong.document("an unprotected list", NO_COSE, cose(ES384, List.of(), payload, signature));
        wrong.document("a payload elsewhere", NO_COSE, cose(ES384, Map.of(), Null.NULL, signature));
        wrong.document(
                "a payload that is no bytes",
                NO_COSE,
                cose(ES384, Map.of(), HYPERVISOR.fields(), signature));
        wrong.document(
                "a signature that is text",
                NO_COSE,
                cose(ES384, Map.of(), payload, "x".repeat(96)));
        for (String header : List.of("", "a0", "a10126", "a1013823", "a201382204", "a1011822")) {
            wrong.document(
                    "the header " + header,
                    algorithm,
                    cose(HexFormat.of().parseHex(header), Map.of(), payload, signature));
        }
        wrong.document(
                "a header with a key id",
                algorithm,
                cose(encode(new TreeMap<>(Map.of(1, -35, 4, "x"))), Map.of(), payload, signature));
        wrong.document(
                "a signature in DER",
                length,
                cose(
                        ES384,
                        Map.of(),
                        payload,
                        sign("SHA384withECDSA", HYPERVISOR.signerKey(), payload)));
        for (int bytes : new int[] {0, 95, 97}) {
            wrong.document(
                    "a signature of %d bytes".formatted(bytes),
                    length,
                    cose(ES384, Map.of(), payload, Arrays.copyOf(signature, bytes)));
        }
        wrong.document(
                "a signature of zeros", SIGNATURE, cose(ES384, Map.of(), payload, new byte[96]));
        wrong.document(
                "a signature of ones", SIGNATURE, cose(ES384, Map.of(), payload, filled(96, 0xFF)));
        wrong.document(
                "a signature of somebody else",
                SIGNATURE,
                cose(ES384, Map.of(), payload, sign(HYPERVISOR.middleKey(), payload)));
        wrong.document(
                "a signature of the payload alone",
                SIGNATURE,
                cose(
                        ES384,
                        Map.of(),
                        payload,
                        sign("SHA384withECDSAinP1363Format", HYPERVISOR.signerKey(), payload)));
        for (List<Object> other :
                List.<List<Object>>of(
                        List.of("Signature", ES384, new byte[0], payload),
                        List.of("Signature1", new byte[0], new byte[0], payload),
                        List.of("Signature1", ES384, new byte[1], payload),
                        List.of("Signature1", ES384, payload))) {
            wrong.document(
                    "a signature of another structure",
                    SIGNATURE,
                    cose(
                            ES384,
                            Map.of(),
                            payload,
                            sign(
                                    "SHA384withECDSAinP1363Format",
                                    HYPERVISOR.signerKey(),
                                    encode(other))));
        }
        wrong.document(
                "a signature of another document",
                SIGNATURE,
                cose(
                        ES384,
                        Map.of(),
                        encode(with(HYPERVISOR.fields(), f -> f.put("user_data", new byte[1]))),
                        signature));
        return wrong.tests();
    }

    @TestFactory
    Stream<DynamicTest> wrongCertificates() {
        Hypervisor h = HYPERVISOR;
        byte[] middle = h.middle().certificate();
        Instant earlier = NOW.minus(Duration.ofDays(2));
        Instant later = NOW.plus(Duration.ofDays(2));
        Instant justBefore = NOW.minusSeconds(1);
        Instant justAfter = NOW.plusSeconds(1);
        KeyPair stranger = newKey("secp384r1");
        Wrong wrong = new Wrong();
        wrong.chain("another root", h.root("x", stranger).certificate(), middle);
        wrong.chain("another root of that name", h.root("r", stranger).certificate(), middle);
        wrong.chain(
                "everything under another root of that name",
                h.root("r", stranger).certificate(),
                h.middle("m", h.middleKey(), "r", stranger).certificate());
        wrong.chain("no intermediate", ROOT);
        wrong.chain("the order is the other way round", middle, ROOT);
        wrong.chain("an intermediate too many", ROOT, middle, middle);
        wrong.chain(
                "another intermediate of that name",
                ROOT,
                h.middle("m", stranger, "r", h.rootKey()).certificate());
        wrong.chain(
                "an expired intermediate",
                ROOT,
                h.middle().valid(earlier, justBefore).certificate());
        wrong.chain(
                "an intermediate of the future",
                ROOT,
                h.middle().valid(justAfter, later).certificate());
        wrong.chain(
                "an intermediate that is no authority",
                ROOT,
                h.middle().constraints(new BasicConstraints(false)).certificate());
        wrong.chain(
                "an intermediate without constraints",
                ROOT,
                h.middle().constraints(null).certificate());
        wrong.chain(
                "an intermediate that may not sign certificates",
                ROOT,
                h.middle().usage(new KeyUsage(KeyUsage.digitalSignature)).certificate());
        wrong.chain("an intermediate without a usage", ROOT, h.middle().usage(null).certificate());
        wrong.signer("an expired signer", h.signer().valid(earlier, justBefore));
        wrong.signer("a signer of the future", h.signer().valid(justAfter, later));
        wrong.signer(
                "a signer that is an authority",
                h.signer().constraints(new BasicConstraints(true)));
        wrong.signer(
                "a signer that may not sign",
                h.signer().usage(new KeyUsage(KeyUsage.keyEncipherment)));
        wrong.signer("a signer without a usage", h.signer().usage(null));
        wrong.signer("a signer of somebody else's", h.signer(h.signerKey(), "m", stranger));
        wrong.signer("a signer of another name", h.signer(h.signerKey(), "x", h.middleKey()));
        wrong.field(
                "an authority between them that allows none below",
                CHAIN,
                f -> {
                    KeyPair lower = newKey("secp384r1");
                    f.put("certificate", h.signer(h.signerKey(), "n", lower).certificate());
                    f.put(
                            "cabundle",
                            List.of(
                                    ROOT,
                                    h.middle().constraints(new BasicConstraints(0)).certificate(),
                                    h.middle("n", lower, "m", h.middleKey()).certificate()));
                });
        wrong.field(
                "somebody else's certificate",
                SIGNATURE,
                f -> f.put("certificate", h.signer(stranger, "m", h.middleKey()).certificate()));
        for (KeyPair other : List.of(newKey("secp256r1"), newKey("secp521r1"), newRsaKey(2048))) {
            wrong.field(
                    "a signer with a key of " + other.getPublic().getEncoded().length + " bytes",
                    SIGNATURE,
                    f -> f.put("certificate", h.signer(other, "m", h.middleKey()).certificate()));
        }
        return wrong.tests();
    }

    @Test
    void theRootCountsToo() {
        Hypervisor h = HYPERVISOR;
        Instant earlier = NOW.minus(Duration.ofDays(2));
        byte[] expired = h.root().valid(earlier, NOW.minusSeconds(1)).certificate();
        byte[] future =
                h.root().valid(NOW.plusSeconds(1), NOW.plus(Duration.ofDays(2))).certificate();
        byte[] above = h.root().constraints(new BasicConstraints(0)).certificate();
        for (byte[] root : new byte[][] {expired, future, above}) {
            AttestationRoots roots = Hypervisor.roots(folder, root);
            byte[] document =
                    changed(f -> f.put("cabundle", List.of(root, h.middle().certificate())));
            assertThatThrownBy(() -> roots.verify(document, NOW)).hasMessage(CHAIN);
        }
        AttestationRoots others =
                Hypervisor.roots(folder, h.root("r", newKey("secp384r1")).certificate());
        assertThatThrownBy(() -> others.verify(h.document(), NOW)).hasMessage(CHAIN);
    }

    @Test
    void anyOfSeveralRootsWillDo() throws Exception {
        AttestationRoots roots =
                Hypervisor.roots(
                        folder,
                        HYPERVISOR.root("r", newKey("secp384r1")).certificate(),
                        HYPERVISOR.root("x", newKey("secp384r1")).certificate(),
                        ROOT);
        assertThat(roots.verify(HYPERVISOR.document(), NOW).source())
                .isEqualTo(Source.NITRO_ENCLAVE);
    }

    /** No bit is idle: not one can be flipped, with or without the tag. */
    @Test
    void everyFlippedBitIsRefused() {
        AttestationRoots roots = Hypervisor.roots(folder, ROOT);
        for (byte[] document :
                new byte[][] {HYPERVISOR.document(), tagged(0xD2, HYPERVISOR.document())}) {
            // Of the second only what differs: the tag.
            int bits = document[0] == (byte) 0xD2 ? 8 : document.length * 8;
            List<Integer> accepted =
                    IntStream.range(0, bits)
                            .parallel()
                            .filter(
                                    bit -> {
                                        byte[] flipped = document.clone();
                                        flipped[bit / 8] ^= (byte) (1 << (bit % 8));
                                        return accepts(roots, flipped);
                                    })
                            .boxed()
                            .toList();
            assertThat(accepted).isEmpty();
        }
    }

    @Test
    void noPartOfADocumentIsOne() {
        AttestationRoots roots = Hypervisor.roots(folder, ROOT);
        byte[] document = HYPERVISOR.document();
        for (int length = 0; length < document.length; length++) {
            byte[] part = Arrays.copyOf(document, length);
            assertThat(accepts(roots, part)).as("%d bytes", length).isFalse();
        }
    }

    /** Whatever the bytes, the answer is a refusal: no other exception, and soon. */
    @Test
    void noiseIsRefused() {
        AttestationRoots roots = Hypervisor.roots(folder, ROOT);
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        byte[] document = HYPERVISOR.document();
        byte[] payload = encode(HYPERVISOR.fields());
        for (int round = 0; round < 20_000; round++) {
            byte[] noise = (round % 2 == 0 ? document : payload).clone();
            for (int change = random.nextInt(8); change >= 0; change--) {
                noise[random.nextInt(round % 4 < 2 ? 200 : noise.length)] = (byte) random.nextInt();
            }
            if (round % 2 == 0) {
                accepts(roots, noise);
            } else {
                try {
                    AttestationDocument.read(noise);
                } catch (InvalidAttestation e) {
                    assertThat(e).hasMessageStartingWith("i");
                }
            }
        }
    }

    @Test
    void rootsThatAreNoneAreNamed() throws Exception {
        assertRefused("", "it holds no certificate");
        assertRefused("no PEM", "it is no PEM file of certificates");
        assertRefused(pem(filled(100, 0x30)), "it is no PEM file of certificates");
        assertRefused(
                pem(ROOT, HYPERVISOR.signer().certificate()), "CN=s is no certificate authority");
        assertRefused(
                pem(HYPERVISOR.root().usage(null).certificate()),
                "CN=r is no certificate authority");
        assertRefused(pem(ROOT).repeat(3000), "it is larger than 1 MiB");
        Path missing = folder.resolve("missing.pem");
        assertThatThrownBy(() -> AttestationRoots.read(missing))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(missing + " cannot be used: it cannot be read. Give");
    }

    private void assertRefused(String content, String why) throws IOException {
        Path file = Files.writeString(folder.resolve("other.pem"), content);
        assertThatThrownBy(() -> AttestationRoots.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file + " cannot be used: " + why + ". Give a PEM file");
    }

    private AttestationDocument verify(byte[] document) throws InvalidAttestation {
        return Hypervisor.roots(folder, ROOT).verify(document, NOW);
    }

    private static boolean accepts(AttestationRoots roots, byte[] document) {
        try {
            roots.verify(document, NOW);
            return true;
        } catch (InvalidAttestation _) {
            return false;
        }
    }

    /** Documents and why each is refused. */
    private final class Wrong {

        private final List<DynamicTest> tests = new ArrayList<>();

        void document(String name, String why, byte[] document) {
            tests.add(
                    dynamicTest(
                            name,
                            () ->
                                    assertThatThrownBy(() -> verify(document))
                                            .isInstanceOf(InvalidAttestation.class)
                                            .hasMessage(why)));
        }

        void field(String name, String why, Consumer<Map<String, Object>> change) {
            document(name, why, changed(change));
        }

        void payload(String name, byte[] payload) {
            document(name, MALFORMED, HYPERVISOR.signed(payload));
        }

        void chain(String name, byte[]... bundle) {
            field(name, CHAIN, f -> f.put("cabundle", List.of(bundle)));
        }

        void signer(String name, Hypervisor.Plan signer) {
            field(name, CHAIN, f -> f.put("certificate", signer.certificate()));
        }

        Stream<DynamicTest> tests() {
            return tests.stream();
        }
    }

    private static byte[] changed(Consumer<Map<String, Object>> change) {
        return HYPERVISOR.document(change);
    }

    private static byte[] at(Instant time) {
        return changed(f -> f.put("timestamp", time.toEpochMilli()));
    }

    private static Map<String, Object> with(
            Map<String, Object> fields, Consumer<Map<String, Object>> change) {
        change.accept(fields);
        return fields;
    }

    private static void remove(Map<String, Object> fields, String... names) {
        fields.keySet().removeAll(List.of(names));
    }

    private static byte[] bytes(Map<String, Object> fields, String name) {
        return (byte[]) Objects.requireNonNull(fields.get(name));
    }

    private static String missing(String field) {
        return "its " + field + " is missing or invalid";
    }

    private static byte[] rsa(int bits, long exponent) {
        try {
            return new SubjectPublicKeyInfo(
                            new AlgorithmIdentifier(
                                    PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                            new RSAPublicKey(
                                    BigInteger.ONE.shiftLeft(bits - 1).setBit(0),
                                    BigInteger.valueOf(exponent)))
                    .getEncoded("DER");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] tagged(int tag, byte[] encoded) {
        return joined(new byte[] {(byte) tag}, encoded);
    }

    /** The same map without its number of fields in front. */
    private static byte[] indefinite(byte[] map) {
        byte[] open = joined(map, new byte[] {(byte) 0xFF});
        open[0] = (byte) 0xBF;
        return open;
    }

    private static byte[] longer(byte[] bytes) {
        return joined(bytes, new byte[1]);
    }

    private static byte[] joined(byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        byte[] all = new byte[length];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }
}
