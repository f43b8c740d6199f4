package trent.crypto.attestation;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What an attestation document says, of a Nitro Enclave or of NitroTPM; {@link AttestationRoots}
 * proves it. Source: AWS Nitro Enclaves User Guide, "Verifying the root of trust"; Amazon EC2 User
 * Guide, "Validate a NitroTPM Attestation Document".
 */
public final class AttestationDocument {

    private static final int REGISTERS = 32;
    private static final int MAX_CERTIFICATE_BYTES = 1024;
    private static final int MAX_BUNDLE = 16;
    private static final int MAX_PUBLIC_KEY_BYTES = 1024;
    private static final int MAX_USER_BYTES = 1024;
    private static final int MIN_RSA_BITS = 2048;
    private static final int MAX_RSA_BITS = 4096;

    /** The native provider takes no larger one. */
    private static final int MAX_EXPONENT_BITS = 33;

    /** What made it. */
    public enum Source {
        NITRO_ENCLAVE,
        NITRO_TPM
    }

    private final Source source;
    private final SortedMap<Integer, String> registers;
    private final Instant timestamp;
    private final byte[] certificate;
    private final List<byte[]> bundle;
    private final byte[] encodedPublicKey;
    private final RSAPublicKey publicKey;

    private AttestationDocument(Fields fields) throws InvalidAttestation {
        require(fields.moduleId != null && !fields.moduleId.isEmpty(), "module_id");
        require("SHA384".equals(fields.digest), "digest");
        require(fields.timestamp > 0, "timestamp");
        require(fields.enclave == null || fields.tpm == null, "pcrs");
        this.source = fields.tpm == null ? Source.NITRO_ENCLAVE : Source.NITRO_TPM;
        this.registers = present(fields.tpm == null ? fields.enclave : fields.tpm, "pcrs");
        this.timestamp = Instant.ofEpochMilli(fields.timestamp);
        this.certificate = present(fields.certificate, "certificate");
        this.bundle = present(fields.bundle, "cabundle");
        this.encodedPublicKey = present(fields.publicKey, "public_key");
        this.publicKey = rsa(encodedPublicKey);
    }

    /** Reads the payload of a document whose signature is not verified yet. */
    static AttestationDocument read(byte[] payload) throws InvalidAttestation {
        Fields fields = new Fields();
        try (Cbor cbor = new Cbor(payload)) {
            cbor.beginMap();
            for (String field = cbor.textKey(); field != null; field = cbor.textKey()) {
                fields.read(field, cbor);
            }
            cbor.end();
        } catch (IOException _) {
            throw new InvalidAttestation("its payload is malformed");
        }
        return new AttestationDocument(fields);
    }

    public Source source() {
        return source;
    }

    /** The platform configuration registers by their index, in lower-case hexadecimal. */
    public SortedMap<Integer, String> registers() {
        return registers;
    }

    /** The RSA key of 2048 to 4096 bits that answers are to be encrypted under. */
    public PublicKey publicKey() {
        return publicKey;
    }

    Instant timestamp() {
        return timestamp;
    }

    /** Of who signed the document. */
    byte[] certificate() {
        return certificate;
    }

    /** From the root to the issuer of {@link #certificate}. */
    List<byte[]> bundle() {
        return bundle;
    }

    private static RSAPublicKey rsa(byte[] spki) throws InvalidAttestation {
        try {
            PublicKey key =
                    KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(spki));
            if (key instanceof RSAPublicKey rsa && Arrays.equals(key.getEncoded(), spki)) {
                int bits = rsa.getModulus().bitLength();
                require(bits >= MIN_RSA_BITS && bits <= MAX_RSA_BITS, "public_key");
                requireOdd(rsa.getModulus());
                requireOdd(rsa.getPublicExponent());
                require(rsa.getPublicExponent().bitLength() <= MAX_EXPONENT_BITS, "public_key");
                return rsa;
            }
        } catch (GeneralSecurityException _) { // answered below
        }
        throw invalid("public_key");
    }

    private static void requireOdd(BigInteger number) throws InvalidAttestation {
        require(number.testBit(0), "public_key");
    }

    private static <T> T present(@Nullable T value, String field) throws InvalidAttestation {
        if (value == null) {
            throw invalid(field);
        }
        return value;
    }

    private static void require(boolean holds, String field) throws InvalidAttestation {
        if (!holds) {
            throw invalid(field);
        }
    }

    private static InvalidAttestation invalid(String field) {
        return new InvalidAttestation("its " + field + " is missing or invalid");
    }

    /** The fields as they are read, in any order. */
    private static final class Fields {

        private @Nullable String moduleId;
        private @Nullable String digest;
        private long timestamp;
        private @Nullable SortedMap<Integer, String> enclave;
        private @Nullable SortedMap<Integer, String> tpm;
        private byte @Nullable [] certificate;
        private @Nullable List<byte[]> bundle;
        private byte @Nullable [] publicKey;

        void read(String field, Cbor cbor) throws IOException, InvalidAttestation {
            switch (field) {
                case "module_id" -> moduleId = cbor.text();
                case "digest" -> digest = cbor.text();
                case "timestamp" -> timestamp = cbor.integer();
                case "pcrs" -> enclave = registers(cbor);
                case "nitrotpm_pcrs" -> tpm = registers(cbor);
                case "certificate" -> certificate = certificate(cbor.bytes(), field);
                case "cabundle" -> bundle = bundle(cbor, field);
                case "public_key" -> publicKey = atMost(MAX_PUBLIC_KEY_BYTES, cbor, field);
                case "user_data", "nonce" -> atMost(MAX_USER_BYTES, cbor, field);
                default -> cbor.skip(); // of a version to come
            }
        }

        private static SortedMap<Integer, String> registers(Cbor cbor)
                throws IOException, InvalidAttestation {
            SortedMap<Integer, String> registers = new TreeMap<>();
            cbor.beginMap();
            for (String index = cbor.integerKey(); index != null; index = cbor.integerKey()) {
                byte[] value = cbor.bytes();
                require(index.length() <= 2 && Integer.parseInt(index) < REGISTERS, "pcrs");
                require(value.length == 32 || value.length == 48 || value.length == 64, "pcrs");
                registers.put(Integer.parseInt(index), HexFormat.of().formatHex(value));
            }
            require(!registers.isEmpty(), "pcrs");
            return registers;
        }

        private static List<byte[]> bundle(Cbor cbor, String field)
                throws IOException, InvalidAttestation {
            List<byte[]> bundle = new ArrayList<>();
            cbor.beginArray();
            for (byte[] one = cbor.bytesOrEnd(); one != null; one = cbor.bytesOrEnd()) {
                require(bundle.size() < MAX_BUNDLE, field);
                bundle.add(certificate(one, field));
            }
            require(!bundle.isEmpty(), field);
            return bundle;
        }

        private static byte[] certificate(byte[] der, String field) throws InvalidAttestation {
            require(der.length > 0 && der.length <= MAX_CERTIFICATE_BYTES, field);
            return der;
        }

        /** Null, which real documents write for what is absent, is absent. */
        private static byte @Nullable [] atMost(int bytes, Cbor cbor, String field)
                throws IOException, InvalidAttestation {
            byte[] value = cbor.bytesOrNull();
            require(value == null || value.length <= bytes, field);
            return value;
        }
    }
}
