package trent.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.util.HexFormat;
import java.util.Objects;
import java.util.zip.ZipFile;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/**
 * The JDK's AES-GCM and HKDF, asked for as {@link MessageCipher} asks, against the vectors of
 * Project Wycheproof.
 */
class WycheproofTest {

    /**
     * With the key, nonce and tag lengths that Trent uses; the other lengths are left out, since it
     * never asks for them.
     */
    @Test
    void aesGcm() throws Exception {
        int ran = 0;
        int leftOut = 0;
        for (JsonNode group : vectors("aes_gcm_test.json").get("testGroups")) {
            boolean asUsed =
                    group.get("keySize").intValue() == 256
                            && group.get("ivSize").intValue() == 96
                            && group.get("tagSize").intValue() == 128;
            for (JsonNode test : group.get("tests")) {
                if (asUsed) {
                    aesGcm(test);
                    ran++;
                } else {
                    leftOut++;
                }
            }
        }
        System.out.printf(
                "Wycheproof AES-GCM: %d ran, %d left out (other lengths of key, nonce or tag)%n",
                ran, leftOut);
        assertThat(ran).isPositive();
    }

    @Test
    void hkdfSha256() throws Exception {
        int ran = 0;
        for (JsonNode group : vectors("hkdf_sha256_test.json").get("testGroups")) {
            for (JsonNode test : group.get("tests")) {
                String name = "HKDF " + test.get("tcId");
                boolean valid = test.get("result").textValue().equals("valid");
                try {
                    byte[] derived =
                            KDF.getInstance("HKDF-SHA256")
                                    .deriveData(
                                            HKDFParameterSpec.ofExtract()
                                                    .addIKM(bytes(test, "ikm"))
                                                    .addSalt(bytes(test, "salt"))
                                                    .thenExpand(
                                                            bytes(test, "info"),
                                                            test.get("size").intValue()));
                    assertThat(valid).as(name).isTrue();
                    assertThat(derived).as(name).isEqualTo(bytes(test, "okm"));
                } catch (InvalidAlgorithmParameterException e) {
                    assertThat(valid).as(name + ": " + e.getMessage()).isFalse();
                }
                ran++;
            }
        }
        System.out.printf("Wycheproof HKDF-SHA-256: %d ran, none left out%n", ran);
        assertThat(ran).isPositive();
    }

    private static void aesGcm(JsonNode test) throws GeneralSecurityException {
        String name = "AES-GCM " + test.get("tcId");
        SecretKeySpec key = new SecretKeySpec(bytes(test, "key"), "AES");
        GCMParameterSpec nonce = new GCMParameterSpec(128, bytes(test, "iv"));
        byte[] sealed =
                HexFormat.of().parseHex(test.get("ct").textValue() + test.get("tag").textValue());
        boolean valid = test.get("result").textValue().equals("valid");

        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(Cipher.DECRYPT_MODE, key, nonce);
        cipher.updateAAD(bytes(test, "aad"));
        try {
            byte[] opened = cipher.doFinal(sealed);
            assertThat(valid).as(name).isTrue();
            assertThat(opened).as(name).isEqualTo(bytes(test, "msg"));
        } catch (AEADBadTagException _) {
            assertThat(valid).as(name).isFalse();
        }
        if (valid) {
            Cipher encrypting = Cipher.getInstance("AES/GCM/NoPadding");
            encrypting.init(Cipher.ENCRYPT_MODE, key, nonce);
            encrypting.updateAAD(bytes(test, "aad"));
            assertThat(encrypting.doFinal(bytes(test, "msg"))).as(name).isEqualTo(sealed);
        }
    }

    private static byte[] bytes(JsonNode test, String member) {
        return HexFormat.of().parseHex(test.get(member).textValue());
    }

    private static JsonNode vectors(String name) throws IOException {
        Path zip = Path.of(System.getProperty("trent.vectors", "vectors"), "wycheproof.zip");
        if (!Files.exists(zip)) {
            System.out.printf(
                    "skipped: %s needs %s, made from the testvectors_v1 of github.com/C2SP/wycheproof; name its folder with"
                            + " -Dtrent.vectors=FOLDER%n",
                    name, zip);
        }
        assumeTrue(Files.exists(zip), "no Wycheproof vectors");
        try (ZipFile files = new ZipFile(zip.toFile());
                InputStream file =
                        files.getInputStream(Objects.requireNonNull(files.getEntry(name)))) {
            return new ObjectMapper().readTree(file);
        }
    }
}
