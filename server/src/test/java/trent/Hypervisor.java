package trent;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;
import trent.crypto.attestation.AttestationRoots;

/**
 * Makes attestation documents as a Nitro hypervisor does, under authorities of the test's own: a
 * root, an intermediate and a signer. Every part can be made wrong.
 */
public final class Hypervisor {

    /** The map {1: -35}. */
    public static final byte[] ES384 = HexFormat.of().parseHex("a1013822");

    /** The register 0 of its enclaves. */
    public static final byte[] IMAGE = filled(48, 0xA0);

    private static final CBORFactory CBOR = new CBORFactory();

    private final Instant now;
    private final KeyPair rootKey = newKey("secp384r1");
    private final KeyPair middleKey = newKey("secp384r1");
    private final KeyPair signerKey = newKey("secp384r1");
    private final KeyPair recipient = newRsaKey(2048);

    /** At this time its certificates are valid, and its documents made. */
    public Hypervisor(Instant now) {
        this.now = now;
    }

    /** How a certificate is to be. */
    public static final class Plan {
        private final String name;
        private final KeyPair key;
        private final String issuerName;
        private final PrivateKey issuerKey;
        private @Nullable BasicConstraints constraints;
        private @Nullable KeyUsage usage;
        private Instant from;
        private Instant to;

        private Plan(
                String name,
                KeyPair key,
                String issuerName,
                PrivateKey issuerKey,
                @Nullable BasicConstraints constraints,
                int usage,
                Instant now) {
            this.name = name;
            this.key = key;
            this.issuerName = issuerName;
            this.issuerKey = issuerKey;
            this.constraints = constraints;
            this.usage = new KeyUsage(usage);
            this.from = now.minus(1, ChronoUnit.DAYS);
            this.to = now.plus(1, ChronoUnit.DAYS);
        }

        public Plan constraints(@Nullable BasicConstraints other) {
            constraints = other;
            return this;
        }

        public Plan usage(@Nullable KeyUsage other) {
            usage = other;
            return this;
        }

        public Plan valid(Instant first, Instant last) {
            from = first;
            to = last;
            return this;
        }

        /** The certificate in DER. */
        public byte[] certificate() {
            try {
                X509v3CertificateBuilder builder =
                        new X509v3CertificateBuilder(
                                new X500Name("CN=" + issuerName),
                                BigInteger.ONE,
                                Date.from(from),
                                Date.from(to),
                                new X500Name("CN=" + name),
                                SubjectPublicKeyInfo.getInstance(key.getPublic().getEncoded()));
                if (constraints != null) {
                    builder.addExtension(Extension.basicConstraints, true, constraints);
                }
                if (usage != null) {
                    builder.addExtension(Extension.keyUsage, true, usage);
                }
                return builder.build(
                                new JcaContentSignerBuilder("SHA384withECDSA").build(issuerKey))
                        .getEncoded();
            } catch (IOException | OperatorCreationException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    public Plan root() {
        return root("r", rootKey);
    }

    /** A root of this name and key. */
    public Plan root(String name, KeyPair key) {
        return new Plan(
                name,
                key,
                name,
                key.getPrivate(),
                new BasicConstraints(true),
                KeyUsage.keyCertSign,
                now);
    }

    public Plan middle() {
        return middle("m", middleKey, "r", rootKey);
    }

    /** An authority between others. */
    public Plan middle(String name, KeyPair key, String issuerName, KeyPair issuerKey) {
        return new Plan(
                name,
                key,
                issuerName,
                issuerKey.getPrivate(),
                new BasicConstraints(true),
                KeyUsage.keyCertSign,
                now);
    }

    public Plan signer() {
        return signer(signerKey, "m", middleKey);
    }

    /** A signer under another authority. */
    public Plan signer(KeyPair key, String issuerName, KeyPair issuerKey) {
        return new Plan(
                "s", key, issuerName, issuerKey.getPrivate(), null, KeyUsage.digitalSignature, now);
    }

    public KeyPair rootKey() {
        return rootKey;
    }

    public KeyPair middleKey() {
        return middleKey;
    }

    public KeyPair signerKey() {
        return signerKey;
    }

    /** Whom answers to its documents are for. */
    public KeyPair recipient() {
        return recipient;
    }

    /** The roots, after they were written to a file and read. */
    public static AttestationRoots roots(Path folder, byte[]... certificates) {
        try {
            return AttestationRoots.read(
                    Files.writeString(folder.resolve("roots.pem"), pem(certificates)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static String pem(byte[]... certificates) {
        StringBuilder pem = new StringBuilder();
        for (byte[] certificate : certificates) {
            pem.append("-----BEGIN CERTIFICATE-----\n")
                    .append(
                            Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII))
                                    .encodeToString(certificate))
                    .append("\n-----END CERTIFICATE-----\n");
        }
        return pem.toString();
    }

    /** What a document of an enclave says. */
    public Map<String, Object> fields() {
        Map<Object, Object> registers = new TreeMap<>();
        registers.put(0, IMAGE);
        registers.put(1, filled(48, 1));
        registers.put(4, filled(48, 4));
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("module_id", "i-1234567890abcdef0-enc9876543210abcde");
        fields.put("digest", "SHA384");
        fields.put("timestamp", now.toEpochMilli());
        fields.put("pcrs", registers);
        fields.put("certificate", signer().certificate());
        fields.put("cabundle", List.of(root().certificate(), middle().certificate()));
        fields.put("public_key", recipient.getPublic().getEncoded());
        fields.put("user_data", Null.NULL);
        fields.put("nonce", Null.NULL);
        return fields;
    }

    /** What is written as null. */
    public enum Null {
        NULL
    }

    /** A document that is in order. */
    public byte[] document() {
        return document(_ -> {});
    }

    /** A document whose fields are changed before it is signed. */
    public byte[] document(Consumer<Map<String, Object>> change) {
        Map<String, Object> fields = fields();
        change.accept(fields);
        return signed(encode(fields));
    }

    /** A document whose payload is this. */
    public byte[] signed(byte[] payload) {
        return cose(ES384, Map.of(), payload, sign(signerKey, payload));
    }

    /** A COSE_Sign1 without a tag, as the hypervisor writes it. */
    public static byte[] cose(Object header, Object unprotected, Object payload, Object signature) {
        return encode(List.of(header, unprotected, payload, signature));
    }

    /** The signature of a payload as COSE wants it. */
    public static byte[] sign(KeyPair key, byte[] payload) {
        return sign(
                "SHA384withECDSAinP1363Format",
                key,
                encode(List.of("Signature1", ES384, new byte[0], payload)));
    }

    /** Any signature. */
    public static byte[] sign(String algorithm, KeyPair key, byte[] message) {
        try {
            Signature engine = Signature.getInstance(algorithm);
            engine.initSign(key.getPrivate());
            engine.update(message);
            return engine.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** CBOR of lists, maps, texts, numbers and bytes. */
    public static byte[] encode(Object item) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (CBORGenerator generator = CBOR.createGenerator(out)) {
            write(generator, item);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static void write(CBORGenerator generator, @Nullable Object item) throws IOException {
        switch (item) {
            case null -> throw new IllegalArgumentException("write Null.NULL");
            case Null _ -> generator.writeNull();
            case String text -> generator.writeString(text);
            case byte[] bytes -> generator.writeBinary(bytes);
            case Integer number -> generator.writeNumber(number);
            case Long number -> generator.writeNumber(number);
            case Double number -> generator.writeNumber(number);
            case BigInteger number -> generator.writeNumber(number);
            case List<?> list -> {
                generator.writeStartArray(list, list.size());
                for (Object one : list) {
                    write(generator, one);
                }
                generator.writeEndArray();
            }
            case Map<?, ?> map -> {
                generator.writeStartObject(map, map.size());
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    if (entry.getKey() instanceof Integer number) {
                        generator.writeFieldId(number);
                    } else {
                        generator.writeFieldName(entry.getKey().toString());
                    }
                    write(generator, entry.getValue());
                }
                generator.writeEndObject();
            }
            default -> throw new IllegalArgumentException(item.getClass().toString());
        }
    }

    public static KeyPair newKey(String curve) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(curve));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public static KeyPair newRsaKey(int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(bits);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public static byte[] filled(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }
}
