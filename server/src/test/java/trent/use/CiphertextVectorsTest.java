package trent.use;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.CRC32C;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import trent.House;
import trent.api.Blob;
import trent.crypto.Entropy;
import trent.name.KeyId;
import trent.seal.Secret;
import trent.store.KeyMaterial;
import trent.store.KeyMaterial.Facts;

/** The test vectors of docs/ciphertext.md, in both directions. */
class CiphertextVectorsTest {

    /** One vector as the document prints it. */
    record Vector(Map<String, String> fields) {

        String text(String name) {
            return Objects.requireNonNull(fields.get(name), name);
        }

        byte[] bytes(String name) {
            return HexFormat.of().parseHex(text(name));
        }

        Map<String, String> context() throws IOException {
            return new ObjectMapper()
                    .readValue(text("context"), new TypeReference<Map<String, String>>() {});
        }

        @Override
        public String toString() {
            return text("key id") + " " + text("context");
        }
    }

    static List<Vector> vectors() throws IOException {
        String page =
                Files.readString(
                        Path.of(System.getProperty("trent.home"), "docs", "ciphertext.md"));
        List<Vector> vectors = new ArrayList<>();
        for (String block : page.substring(page.indexOf("## Test vectors")).split("```", -1)) {
            if (block.startsWith("\nkey id")) {
                Map<String, String> fields = new HashMap<>();
                block.strip()
                        .lines()
                        .forEach(
                                line ->
                                        fields.put(
                                                line.substring(0, 14).strip(), line.substring(14)));
                vectors.add(new Vector(fields));
            }
        }
        return vectors;
    }

    @Test
    void thereAreThree() throws IOException {
        assertThat(vectors()).hasSize(3);
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void trentMakesTheCiphertext(Vector vector) throws IOException {
        Secret secret = new Secret(vector.bytes("material"));
        KeyMaterial material =
                new KeyMaterial(
                        Facts.first(vector.text("material id"), null, Instant.EPOCH), secret);
        EncryptionContext context = EncryptionContext.of(vector.context());
        assertThat(context.canonical()).isEqualTo(vector.bytes("canonical"));

        Entropy salt =
                bytes -> {
                    byte[] known = vector.bytes("salt");
                    assertThat(bytes).hasSameSizeAs(known);
                    System.arraycopy(known, 0, bytes, 0, known.length);
                };
        Blob blob =
                CiphertextBlob.encrypt(
                        new KeyId(vector.text("key id")),
                        material,
                        secret,
                        context,
                        vector.bytes("plaintext"),
                        salt);
        assertThat(HexFormat.of().formatHex(blob.bytes())).isEqualTo(vector.text("ciphertext"));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void trentOpensTheCiphertext(Vector vector) throws IOException {
        Secret secret = new Secret(vector.bytes("material"));
        CiphertextBlob blob = CiphertextBlob.parse(new Blob(vector.bytes("ciphertext")));
        assertThat(blob.keyId()).hasToString(vector.text("key id"));
        assertThat(blob.materialId()).isEqualTo(vector.text("material id"));
        assertThat(blob.decrypt(secret, EncryptionContext.of(vector.context())))
                .isEqualTo(vector.bytes("plaintext"));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void theDocumentSufficesToOpenIt(Vector vector) throws Exception {
        byte[] blob = vector.bytes("ciphertext");
        Opened opened = openAsDocumented(blob, vector.bytes("material"), vector.context());
        assertThat(opened.keyId()).isEqualTo(vector.text("key id"));
        assertThat(opened.materialId()).isEqualTo(vector.text("material id"));
        assertThat(opened.plaintextHex()).isEqualTo(vector.text("plaintext"));
    }

    /** What the service makes today opens by the document too. */
    @Test
    void theDocumentDescribesTheService() throws Exception {
        try (House house = new House()) {
            House.Caller caller = house.caller();
            String key = caller.newKey();
            Map<String, String> context = Map.of("b", "2", "a", "1", "", "", "é", "ü");
            byte[] blob = caller.encrypt(key, new byte[] {1, 2, 3}, context);
            byte[] material =
                    Objects.requireNonNull(
                                    house.store()
                                            .materials(caller.arn(key))
                                            .all()
                                            .getFirst()
                                            .secret())
                            .read(byte[]::clone);
            Opened opened = openAsDocumented(blob, material, context);
            assertThat(opened.keyId()).isEqualTo(key);
            assertThat(opened.materialId()).isEqualTo(caller.describe(key).currentKeyMaterialId());
            assertThat(opened.plaintextHex()).isEqualTo("010203");
            assertThat(
                            hmac(
                                    hmac(Arrays.copyOfRange(blob, 1, 18), material),
                                    "trent key material id 2".getBytes(US_ASCII),
                                    new byte[] {1}))
                    .isEqualTo(HexFormat.of().parseHex(opened.materialId()));
        }
    }

    /** What a ciphertext says. */
    private record Opened(String keyId, String materialId, String plaintextHex) {}

    /** Written from docs/ciphertext.md alone, with nothing of Trent. */
    private static Opened openAsDocumented(
            byte[] blob, byte[] material, Map<String, String> context)
            throws GeneralSecurityException, IOException {
        assertThat(blob.length).isGreaterThanOrEqualTo(102);
        assertThat(blob[0]).isEqualTo((byte) 1);
        String digits = HexFormat.of().formatHex(blob, 2, 18);
        String keyId =
                switch (blob[1]) {
                    case 0 ->
                            digits.replaceFirst(
                                    "(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5");
                    case 1 -> "mrk-" + digits;
                    default -> throw new IllegalArgumentException("kind of key id");
                };
        byte[] salt = Arrays.copyOfRange(blob, 50, 82);
        CRC32C crc = new CRC32C();
        crc.update(blob, 0, 82);
        assertThat(ByteBuffer.wrap(blob, 82, 4).getInt()).isEqualTo((int) crc.getValue());

        byte[] pseudorandom = hmac(salt, material);
        byte[] info = "trent ciphertext 1".getBytes(US_ASCII);
        byte[] first = hmac(pseudorandom, info, new byte[] {1});
        byte[] second = hmac(pseudorandom, first, info, new byte[] {2});

        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(
                Cipher.DECRYPT_MODE,
                new SecretKeySpec(first, "AES"),
                new GCMParameterSpec(128, Arrays.copyOf(second, 12)));
        cipher.updateAAD(blob, 0, 86);
        cipher.updateAAD(canonical(context));
        byte[] plaintext = cipher.doFinal(blob, 86, blob.length - 86);
        return new Opened(
                keyId, HexFormat.of().formatHex(blob, 18, 50), HexFormat.of().formatHex(plaintext));
    }

    private static byte[] canonical(Map<String, String> context) throws IOException {
        List<byte[][]> pairs = new ArrayList<>();
        context.forEach(
                (key, value) ->
                        pairs.add(new byte[][] {key.getBytes(UTF_8), value.getBytes(UTF_8)}));
        pairs.sort((one, other) -> Arrays.compareUnsigned(one[0], other[0]));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(number(pairs.size()));
        for (byte[][] pair : pairs) {
            for (byte[] text : pair) {
                out.write(number(text.length));
                out.write(text);
            }
        }
        return out.toByteArray();
    }

    private static byte[] number(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    private static byte[] hmac(byte[] key, byte[]... parts) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        for (byte[] part : parts) {
            mac.update(part);
        }
        return mac.doFinal();
    }
}
