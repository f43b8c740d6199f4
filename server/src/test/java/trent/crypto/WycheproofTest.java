package trent.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static trent.api.SigningAlgorithmSpec.ECDSA_SHA_256;
import static trent.api.SigningAlgorithmSpec.ECDSA_SHA_384;
import static trent.api.SigningAlgorithmSpec.ECDSA_SHA_512;
import static trent.api.SigningAlgorithmSpec.ED25519_SHA_512;
import static trent.api.SigningAlgorithmSpec.ML_DSA_SHAKE_256;
import static trent.api.SigningAlgorithmSpec.RSASSA_PKCS1_V1_5_SHA_256;
import static trent.api.SigningAlgorithmSpec.RSASSA_PKCS1_V1_5_SHA_384;
import static trent.api.SigningAlgorithmSpec.RSASSA_PKCS1_V1_5_SHA_512;
import static trent.api.SigningAlgorithmSpec.RSASSA_PSS_SHA_256;
import static trent.api.SigningAlgorithmSpec.RSASSA_PSS_SHA_384;
import static trent.api.SigningAlgorithmSpec.RSASSA_PSS_SHA_512;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.params.MLDSAParameters;
import org.bouncycastle.crypto.params.MLDSAPrivateKeyParameters;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import trent.api.AlgorithmSpec;
import trent.api.KeySpec;
import trent.api.MacAlgorithmSpec;
import trent.api.SigningAlgorithmSpec;
import trent.crypto.Wycheproof.Case;
import trent.crypto.Wycheproof.Outcome;
import trent.crypto.Wycheproof.Row;
import trent.crypto.Wycheproof.Rule;
import trent.crypto.signature.Signer;
import trent.key.KeySpecs;

/**
 * All of Trent's cryptography against the vectors of Project Wycheproof, with the
 * native provider and without.
 */
@ParameterizedClass
@EnumSource(ProviderChoice.class)
class WycheproofTest {

    private static final KeyPairs WRAPPING = KeySpecs.of(KeySpec.RSA_2048).pairs();

    @Parameter ProviderChoice choice = ProviderChoice.NATIVE;

    private @Nullable KeyPair wrapping;

    @BeforeEach
    void choose() {
        choice.choose();
    }

    @AfterEach
    void back() {
        ProviderChoice.NATIVE.choose();
    }

    private List<Row> table() {
        return List.of(
                new Row("aes_gcm_test.json", this::aesGcm),
                new Row("aes_kwp_test.json", this::aesKeyWrapWithPadding),
                new Row("aes_wrap_test.json", this::aesKeyWrapWithoutPadding),
                new Row("ecdh_secp256r1_test.json", ecdh(KeySpec.ECC_NIST_P256)),
                new Row("ecdh_secp384r1_test.json", ecdh(KeySpec.ECC_NIST_P384)),
                new Row("ecdh_secp521r1_test.json", ecdh(KeySpec.ECC_NIST_P521)),
                verify("ecdsa_secp256k1_sha256_test.json", KeySpec.ECC_SECG_P256K1, ECDSA_SHA_256),
                verify("ecdsa_secp256r1_sha256_test.json", KeySpec.ECC_NIST_P256, ECDSA_SHA_256),
                verify("ecdsa_secp384r1_sha384_test.json", KeySpec.ECC_NIST_P384, ECDSA_SHA_384),
                verify("ecdsa_secp521r1_sha512_test.json", KeySpec.ECC_NIST_P521, ECDSA_SHA_512),
                verify("ed25519_test.json", KeySpec.ECC_NIST_EDWARDS25519, ED25519_SHA_512),
                new Row("hkdf_sha256_test.json", this::hkdf),
                new Row("hkdf_sha512_test.json", (_, _) -> new Outcome.LeftOut(Rule.HKDF_SHA_512)),
                new Row("hmac_sha224_test.json", hmac(MacAlgorithmSpec.HMAC_SHA_224)),
                new Row("hmac_sha256_test.json", hmac(MacAlgorithmSpec.HMAC_SHA_256)),
                new Row("hmac_sha384_test.json", hmac(MacAlgorithmSpec.HMAC_SHA_384)),
                new Row("hmac_sha512_test.json", hmac(MacAlgorithmSpec.HMAC_SHA_512)),
                new Row("mldsa_44_sign_noseed_test.json", mlDsaSign(KeySpec.ML_DSA_44)),
                new Row("mldsa_44_sign_seed_test.json", mlDsaSign(KeySpec.ML_DSA_44)),
                new Row("mldsa_44_verify_test.json", mlDsaVerify(KeySpec.ML_DSA_44)),
                new Row("mldsa_65_sign_noseed_test.json", mlDsaSign(KeySpec.ML_DSA_65)),
                new Row("mldsa_65_sign_seed_test.json", mlDsaSign(KeySpec.ML_DSA_65)),
                new Row("mldsa_65_verify_test.json", mlDsaVerify(KeySpec.ML_DSA_65)),
                new Row("mldsa_87_sign_noseed_test.json", mlDsaSign(KeySpec.ML_DSA_87)),
                new Row("mldsa_87_sign_seed_test.json", mlDsaSign(KeySpec.ML_DSA_87)),
                new Row("mldsa_87_verify_test.json", mlDsaVerify(KeySpec.ML_DSA_87)),
                new Row("rsa_oaep_2048_sha1_mgf1sha1_test.json", this::oaep),
                new Row("rsa_oaep_2048_sha256_mgf1sha256_test.json", this::oaep),
                new Row("rsa_oaep_3072_sha256_mgf1sha256_test.json", this::oaep),
                new Row("rsa_oaep_4096_sha256_mgf1sha256_test.json", this::oaep),
                new Row("rsa_oaep_misc_test.json", this::oaep),
                new Row("rsa_pkcs1_2048_sig_gen_test.json", this::pkcs1Sign),
                new Row("rsa_pkcs1_3072_sig_gen_test.json", this::pkcs1Sign),
                new Row("rsa_pkcs1_4096_sig_gen_test.json", this::pkcs1Sign),
                new Row("rsa_pss_2048_sha256_mgf1_32_test.json", this::pss),
                new Row("rsa_pss_2048_sha384_mgf1_48_test.json", this::pss),
                new Row("rsa_pss_3072_sha256_mgf1_32_test.json", this::pss),
                new Row("rsa_pss_4096_sha256_mgf1_32_test.json", this::pss),
                new Row("rsa_pss_4096_sha384_mgf1_48_test.json", this::pss),
                new Row("rsa_pss_4096_sha512_mgf1_64_test.json", this::pss),
                new Row("rsa_pss_misc_test.json", this::pss),
                new Row("rsa_signature_2048_sha256_test.json", this::pkcs1Verify),
                new Row("rsa_signature_2048_sha384_test.json", this::pkcs1Verify),
                new Row("rsa_signature_2048_sha512_test.json", this::pkcs1Verify),
                new Row("rsa_signature_3072_sha256_test.json", this::pkcs1Verify),
                new Row("rsa_signature_3072_sha384_test.json", this::pkcs1Verify),
                new Row("rsa_signature_3072_sha512_test.json", this::pkcs1Verify),
                new Row("rsa_signature_4096_sha256_test.json", this::pkcs1Verify),
                new Row("rsa_signature_4096_sha512_test.json", this::pkcs1Verify));
    }

    static List<String> names() {
        return Row.files(new WycheproofTest().table());
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyCase(String file) throws Exception {
        Row row = table().stream().filter(r -> r.file().equals(file)).findFirst().orElseThrow();
        int ran = Wycheproof.runAll(file, choice.toString(), row.check());
        if (!file.equals("hkdf_sha512_test.json")) {
            assertThat(ran).isPositive();
        }
    }

    @Test
    void noFileIsForgotten() throws IOException {
        assertThat(names()).containsExactlyElementsOf(Wycheproof.files());
    }

    /** As {@link MessageCipher} asks for it, with the key and the nonce given. */
    private Outcome aesGcm(JsonNode group, Case test) throws GeneralSecurityException {
        if (group.get("keySize").intValue() != 256
                || group.get("ivSize").intValue() != 96
                || group.get("tagSize").intValue() != 128) {
            return new Outcome.LeftOut(Rule.GCM_LENGTHS);
        }
        byte[] keyAndNonce = concat(test.bytes("key"), test.bytes("iv"));
        byte[] sealed = concat(test.bytes("ct"), test.bytes("tag"));
        Cipher cipher = MessageCipher.started(Cipher.DECRYPT_MODE, keyAndNonce);
        cipher.updateAAD(test.bytes("aad"));
        try {
            assertThat(cipher.doFinal(sealed)).as("%s", test).isEqualTo(test.bytes("msg"));
            assertThat(test.valid()).as("%s", test).isTrue();
        } catch (AEADBadTagException _) {
            assertThat(test.valid()).as("%s", test).isFalse();
        }
        if (test.valid()) {
            Cipher encrypting = MessageCipher.started(Cipher.ENCRYPT_MODE, keyAndNonce);
            encrypting.updateAAD(test.bytes("aad"));
            assertThat(encrypting.doFinal(test.bytes("msg"))).as("%s", test).isEqualTo(sealed);
        }
        return new Outcome.Ran();
    }

    /** The derivation of {@link MessageCipher}: HKDF's output begins the same, however long. */
    private Outcome hkdf(JsonNode group, Case test) throws GeneralSecurityException {
        if (!test.valid()) {
            return new Outcome.LeftOut(Rule.HKDF_LENGTH);
        }
        byte[] derived =
                new MessageCipher(test.bytes("info")).derive(test.bytes("ikm"), test.bytes("salt"));
        byte[] expected = test.bytes("okm");
        int common = Math.min(derived.length, expected.length);
        assertThat(Arrays.copyOf(derived, common))
                .as("%s", test)
                .isEqualTo(Arrays.copyOf(expected, common));
        return new Outcome.Ran();
    }

    private static Wycheproof.Check hmac(MacAlgorithmSpec algorithm) {
        return (group, test) -> {
            MessageMac mac = MessageMac.of(algorithm);
            byte[] key = test.bytes("key");
            byte[] message = test.bytes("msg");
            byte[] tag = test.bytes("tag");
            if (tag.length < mac.tag(key, message).length) {
                assertThat(mac.verify(key, message, tag)).as("%s", test).isFalse();
                return new Outcome.Refused(Rule.TRUNCATED_TAG);
            }
            assertThat(mac.verify(key, message, tag)).as("%s", test).isEqualTo(test.valid());
            if (test.valid()) {
                assertThat(mac.tag(key, message)).as("%s", test).isEqualTo(tag);
            }
            return new Outcome.Ran();
        };
    }

    private Outcome aesKeyWrapWithPadding(JsonNode group, Case test) {
        boolean offered = group.get("keySize").intValue() == 256;
        byte[] material = unwrapped(test);
        assertThat(material)
                .as("%s", test)
                .isEqualTo(offered && test.valid() ? test.bytes("msg") : null);
        return offered ? new Outcome.Ran() : new Outcome.Refused(Rule.AES_256_ONLY);
    }

    private Outcome aesKeyWrapWithoutPadding(JsonNode group, Case test) {
        assertThat(unwrapped(test)).as("%s", test).isNull();
        return new Outcome.Refused(Rule.WITH_PADDING_ONLY);
    }

    /** What RSA_AES_KEY_WRAP finds in the case's ciphertext under the case's key. */
    private byte @Nullable [] unwrapped(Case test) {
        KeyPair pair = wrapping == null ? WRAPPING.generate() : wrapping;
        wrapping = pair;
        byte[] wrappedKey = Oaep.SHA_256.encrypt(pair.getPublic(), test.bytes("key"));
        try {
            return KeyUnwrapping.unwrap(
                    AlgorithmSpec.RSA_AES_KEY_WRAP_SHA_256,
                    pair.getPrivate(),
                    concat(wrappedKey, test.bytes("ct")));
        } catch (DoesNotOpen _) {
            return null;
        }
    }

    private static Wycheproof.Check ecdh(KeySpec spec) {
        KeyPairs curve = KeySpecs.of(spec).pairs();
        return (group, test) -> {
            PrivateKey key =
                    curve.privateKey(
                            new PrivateKeyInfo(
                                            new AlgorithmIdentifier(
                                                    X9ObjectIdentifiers.id_ecPublicKey,
                                                    KeyEncodings.curve(curve)),
                                            new ECPrivateKey(
                                                    curve.bits(),
                                                    new BigInteger(1, test.bytes("private")),
                                                    KeyEncodings.curve(curve)))
                                    .getEncoded("DER"));
            try {
                byte[] secret = Ecdh.agree(KeySpecs.of(spec).pairs(), key, test.bytes("public"));
                assertThat(test.valid()).as("%s", test).isTrue();
                assertThat(secret).as("%s", test).isEqualTo(test.bytes("shared"));
            } catch (InvalidKeyMaterial _) {
                assertThat(test.valid()).as("%s", test).isFalse();
            }
            return new Outcome.Ran();
        };
    }

    private static Row verify(String file, KeySpec spec, SigningAlgorithmSpec algorithm) {
        return new Row(
                file,
                (group, test) -> {
                    verify(group, test, spec, algorithm, test.valid());
                    return new Outcome.Ran();
                });
    }

    /** As a message and, where the algorithm takes one, as a digest. */
    private static void verify(
            JsonNode group,
            Case test,
            KeySpec spec,
            SigningAlgorithmSpec algorithm,
            boolean expected)
            throws GeneralSecurityException {
        PublicKey key = KeySpecs.of(spec).pairs().publicKey(Wycheproof.hex(group, "publicKeyDer"));
        byte[] message = test.bytes("msg");
        byte[] signature = test.bytes("sig");
        Signer signer = Signer.of(algorithm);
        assertThat(signer.verify(key, message, signature, MessageKind.RAW))
                .as("%s", test)
                .isEqualTo(expected);
        if (group.has("sha")) {
            byte[] digest = MessageDigest.getInstance(group.get("sha").textValue()).digest(message);
            assertThat(signer.verify(key, digest, signature, MessageKind.DIGEST))
                    .as("digest of %s", test)
                    .isEqualTo(expected);
        }
    }

    private Outcome pss(JsonNode group, Case test) throws GeneralSecurityException {
        SigningAlgorithmSpec algorithm =
                switch (group.get("sha").textValue()) {
                    case "SHA-256" -> RSASSA_PSS_SHA_256;
                    case "SHA-384" -> RSASSA_PSS_SHA_384;
                    case "SHA-512" -> RSASSA_PSS_SHA_512;
                    default -> null;
                };
        KeySpec spec = rsa(group);
        if (algorithm == null) {
            return new Outcome.LeftOut(Rule.HASH);
        }
        if (spec == null) {
            return new Outcome.LeftOut(Rule.RSA_KEY_SIZE);
        }
        boolean asUsed =
                group.get("mgfSha").equals(group.get("sha"))
                        && group.get("sLen").intValue() == Signer.of(algorithm).digestBytes();
        verify(group, test, spec, algorithm, asUsed && test.valid());
        return asUsed ? new Outcome.Ran() : new Outcome.Refused(Rule.PSS_PARAMETERS);
    }

    private Outcome pkcs1Verify(JsonNode group, Case test) throws GeneralSecurityException {
        SigningAlgorithmSpec algorithm = pkcs1(group);
        KeySpec spec = rsa(group);
        if (algorithm == null) {
            return new Outcome.LeftOut(Rule.HASH);
        }
        if (spec == null) {
            return new Outcome.LeftOut(Rule.RSA_KEY_SIZE);
        }
        verify(group, test, spec, algorithm, test.valid());
        return new Outcome.Ran();
    }

    private Outcome pkcs1Sign(JsonNode group, Case test) throws InvalidKeyMaterial {
        SigningAlgorithmSpec algorithm = pkcs1(group);
        KeySpec spec = rsa(group);
        if (algorithm == null) {
            return new Outcome.LeftOut(Rule.HASH);
        }
        if (spec == null) {
            return new Outcome.LeftOut(Rule.RSA_KEY_SIZE);
        }
        KeyPairs pairs = KeySpecs.of(spec).pairs();
        byte[] pkcs8 = Wycheproof.hex(group, "privateKeyPkcs8");
        PublicKey publicKey = pairs.publicKey(Wycheproof.hex(group, "keyDer"));
        if (publicKey instanceof RSAPublicKey rsa && rsa.getPublicExponent().bitLength() <= 16) {
            assertThatThrownBy(() -> pairs.checked(pkcs8))
                    .as("%s", test)
                    .isInstanceOf(InvalidKeyMaterial.class);
            return new Outcome.Refused(Rule.SMALL_EXPONENT);
        }
        PrivateKey key = pairs.privateKey(pairs.checked(pkcs8));
        byte[] message = test.bytes("msg");
        byte[] signature = Signer.of(algorithm).sign(key, message, MessageKind.RAW);
        assertThat(signature).as("%s", test).isEqualTo(test.bytes("sig"));
        assertThat(Signer.of(algorithm).verify(publicKey, message, signature, MessageKind.RAW))
                .as("%s", test)
                .isTrue();
        return new Outcome.Ran();
    }

    private static @Nullable SigningAlgorithmSpec pkcs1(JsonNode group) {
        return switch (group.get("sha").textValue()) {
            case "SHA-256" -> RSASSA_PKCS1_V1_5_SHA_256;
            case "SHA-384" -> RSASSA_PKCS1_V1_5_SHA_384;
            case "SHA-512" -> RSASSA_PKCS1_V1_5_SHA_512;
            default -> null;
        };
    }

    private static @Nullable KeySpec rsa(JsonNode group) {
        return switch (group.get("keySize").intValue()) {
            case 2048 -> KeySpec.RSA_2048;
            case 3072 -> KeySpec.RSA_3072;
            case 4096 -> KeySpec.RSA_4096;
            default -> null;
        };
    }

    private Outcome oaep(JsonNode group, Case test) {
        KeySpec spec = rsa(group);
        if (spec == null) {
            return new Outcome.LeftOut(Rule.RSA_KEY_SIZE);
        }
        String hash = group.get("sha").textValue();
        boolean asUsed =
                group.get("mgfSha").textValue().equals(hash)
                        && (!test.has("label") || test.text("label").isEmpty())
                        && (hash.equals("SHA-1") || hash.equals("SHA-256"));
        PrivateKey key =
                KeySpecs.of(spec).pairs().privateKey(Wycheproof.hex(group, "privateKeyPkcs8"));
        for (Oaep oaep : Oaep.values()) {
            boolean fits = asUsed && hash.replace('-', '_').equals(oaep.name());
            byte[] opened = null;
            try {
                opened = oaep.decrypt(key, test.bytes("ct"));
            } catch (DoesNotOpen _) {
                // null says so
            }
            assertThat(opened)
                    .as("%s by %s", test, oaep)
                    .isEqualTo(fits && test.valid() ? test.bytes("msg") : null);
        }
        return asUsed ? new Outcome.Ran() : new Outcome.Refused(Rule.OAEP_PARAMETERS);
    }

    private static Wycheproof.Check mlDsaVerify(KeySpec spec) {
        return (group, test) -> {
            byte[] message = test.bytes("msg");
            byte[] signature = test.bytes("sig");
            boolean inContext = inContext(test);
            boolean verified;
            try {
                PublicKey key =
                        KeySpecs.of(spec).pairs().publicKey(Wycheproof.hex(group, "publicKeyDer"));
                verified = mlDsa().verify(key, message, signature, MessageKind.RAW);
            } catch (IllegalStateException _) { // no key
                verified = false;
            }
            assertThat(verified).as("%s", test).isEqualTo(test.valid() && !inContext);
            return inContext ? new Outcome.Refused(Rule.ML_DSA_CONTEXT) : new Outcome.Ran();
        };
    }

    /**
     * Trent's signatures are hedged, so no two are the same: the case's signature must verify, and
     * so must one that is made by its key.
     */
    private static Wycheproof.Check mlDsaSign(KeySpec spec) {
        return (group, test) -> {
            if (!test.valid()) {
                return new Outcome.LeftOut(
                        inContext(test) ? Rule.ML_DSA_LONG_CONTEXT : Rule.ML_DSA_MATERIAL);
            }
            PrivateKey privateKey = KeySpecs.of(spec).pairs().privateKey(mlDsaPrivate(spec, group));
            PublicKey publicKey =
                    KeySpecs.of(spec)
                            .pairs()
                            .publicKey(
                                    new SubjectPublicKeyInfo(
                                                    mlDsaAlgorithm(spec),
                                                    Wycheproof.hex(group, "publicKey"))
                                            .getEncoded("DER"));
            byte[] signature = test.bytes("sig");
            if (test.has("mu")) {
                byte[] mu = test.bytes("mu");
                both(test, publicKey, mu, signature, MessageKind.EXTERNAL_MU);
                both(
                        test,
                        publicKey,
                        mu,
                        mlDsa().sign(privateKey, mu, MessageKind.EXTERNAL_MU),
                        MessageKind.EXTERNAL_MU);
            }
            if (test.has("msg")) {
                byte[] message = test.bytes("msg");
                if (inContext(test)) {
                    assertThat(mlDsa().verify(publicKey, message, signature, MessageKind.RAW))
                            .as("%s", test)
                            .isFalse();
                    return new Outcome.Refused(Rule.ML_DSA_CONTEXT);
                }
                both(test, publicKey, message, signature, MessageKind.RAW);
                byte[] made = mlDsa().sign(privateKey, message, MessageKind.RAW);
                both(test, publicKey, message, made, MessageKind.RAW);
            }
            return new Outcome.Ran();
        };
    }

    /** The signature verifies, and not once a bit is turned. */
    private static void both(
            Case test, PublicKey key, byte[] message, byte[] signature, MessageKind kind) {
        assertThat(mlDsa().verify(key, message, signature, kind)).as("%s %s", kind, test).isTrue();
        byte[] turned = signature.clone();
        turned[7] ^= 1;
        assertThat(mlDsa().verify(key, message, turned, kind)).as("%s %s", kind, test).isFalse();
    }

    private static boolean inContext(Case test) {
        return test.has("ctx") && !test.text("ctx").isEmpty();
    }

    private static Signer mlDsa() {
        return Signer.of(ML_DSA_SHAKE_256);
    }

    /** The expanded key as the JDK and Trent's store write it, whatever the file gives. */
    private static byte[] mlDsaPrivate(KeySpec spec, JsonNode group) throws IOException {
        byte[] expanded =
                group.has("privateKey")
                        ? Wycheproof.hex(group, "privateKey")
                        : new MLDSAPrivateKeyParameters(
                                        mlDsaParameters(spec), Wycheproof.hex(group, "privateSeed"))
                                .getEncoded();
        return new PrivateKeyInfo(mlDsaAlgorithm(spec), new DEROctetString(expanded))
                .getEncoded("DER");
    }

    private static MLDSAParameters mlDsaParameters(KeySpec spec) {
        return switch (spec) {
            case ML_DSA_44 -> MLDSAParameters.ml_dsa_44;
            case ML_DSA_65 -> MLDSAParameters.ml_dsa_65;
            default -> MLDSAParameters.ml_dsa_87;
        };
    }

    private static AlgorithmIdentifier mlDsaAlgorithm(KeySpec spec) {
        ASN1ObjectIdentifier oid =
                switch (spec) {
                    case ML_DSA_44 -> NISTObjectIdentifiers.id_ml_dsa_44;
                    case ML_DSA_65 -> NISTObjectIdentifiers.id_ml_dsa_65;
                    default -> NISTObjectIdentifiers.id_ml_dsa_87;
                };
        return new AlgorithmIdentifier(oid);
    }

    private static byte[] concat(byte[] first, byte[] second) {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(Objects.requireNonNull(first));
        both.writeBytes(second);
        return both.toByteArray();
    }
}
