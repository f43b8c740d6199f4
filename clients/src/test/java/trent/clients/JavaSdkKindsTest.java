package trent.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.EdDSAParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.AlgorithmSpec;
import software.amazon.awssdk.services.kms.model.AlreadyExistsException;
import software.amazon.awssdk.services.kms.model.CreateGrantResponse;
import software.amazon.awssdk.services.kms.model.CustomKeyStoreNotFoundException;
import software.amazon.awssdk.services.kms.model.DataKeyPairSpec;
import software.amazon.awssdk.services.kms.model.DataKeySpec;
import software.amazon.awssdk.services.kms.model.DryRunOperationException;
import software.amazon.awssdk.services.kms.model.EncryptionAlgorithmSpec;
import software.amazon.awssdk.services.kms.model.ExpirationModelType;
import software.amazon.awssdk.services.kms.model.GrantListEntry;
import software.amazon.awssdk.services.kms.model.GrantOperation;
import software.amazon.awssdk.services.kms.model.IncorrectKeyMaterialException;
import software.amazon.awssdk.services.kms.model.InvalidAliasNameException;
import software.amazon.awssdk.services.kms.model.InvalidCiphertextException;
import software.amazon.awssdk.services.kms.model.InvalidGrantIdException;
import software.amazon.awssdk.services.kms.model.InvalidGrantTokenException;
import software.amazon.awssdk.services.kms.model.InvalidImportTokenException;
import software.amazon.awssdk.services.kms.model.InvalidKeyUsageException;
import software.amazon.awssdk.services.kms.model.KeyLastUsageTrackingOperation;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyState;
import software.amazon.awssdk.services.kms.model.KeyUsageType;
import software.amazon.awssdk.services.kms.model.KmsException;
import software.amazon.awssdk.services.kms.model.KmsInvalidMacException;
import software.amazon.awssdk.services.kms.model.KmsInvalidSignatureException;
import software.amazon.awssdk.services.kms.model.KmsInvalidStateException;
import software.amazon.awssdk.services.kms.model.LimitExceededException;
import software.amazon.awssdk.services.kms.model.MacAlgorithmSpec;
import software.amazon.awssdk.services.kms.model.MalformedPolicyDocumentException;
import software.amazon.awssdk.services.kms.model.MessageType;
import software.amazon.awssdk.services.kms.model.MultiRegionKeyType;
import software.amazon.awssdk.services.kms.model.NotFoundException;
import software.amazon.awssdk.services.kms.model.OriginType;
import software.amazon.awssdk.services.kms.model.RotationType;
import software.amazon.awssdk.services.kms.model.SigningAlgorithmSpec;
import software.amazon.awssdk.services.kms.model.UnsupportedOperationException;
import software.amazon.awssdk.services.kms.model.WrappingKeySpec;

/**
 * The AWS SDK for Java 2 with every kind of key; what a key signs, encrypts or agrees on, the JDK's
 * own providers check.
 */
@ExtendWith(Workplace.class)
@TestInstance(Lifecycle.PER_CLASS)
class JavaSdkKindsTest {

    private static final byte[] MESSAGE = "attack at dawn".getBytes(UTF_8);
    private static final SdkBytes SECRET = SdkBytes.fromByteArray(MESSAGE);
    private static final String ALICE = "arn:aws:iam::000000000000:root";

    private final TrentProcess trent = TrentProcess.server().start();
    private final KmsClient kms = client(Region.US_EAST_2);

    @AfterAll
    void stop() {
        kms.close();
        trent.close();
    }

    // ---- encryption

    @ParameterizedTest
    @CsvSource({
        "RSA_2048, RSAES_OAEP_SHA_1,   214",
        "RSA_2048, RSAES_OAEP_SHA_256, 190",
        "RSA_3072, RSAES_OAEP_SHA_1,   342",
        "RSA_3072, RSAES_OAEP_SHA_256, 318",
        "RSA_4096, RSAES_OAEP_SHA_1,   470",
        "RSA_4096, RSAES_OAEP_SHA_256, 446"
    })
    void whatTheJdkEncryptsTheKeyDecrypts(
            KeySpec spec, EncryptionAlgorithmSpec algorithm, int limitBytes)
            throws GeneralSecurityException {
        String key = createKey(spec, KeyUsageType.ENCRYPT_DECRYPT);
        byte[] longest = new byte[limitBytes];
        Arrays.fill(longest, (byte) 7);
        boolean sha1 = algorithm == EncryptionAlgorithmSpec.RSAES_OAEP_SHA_1;
        Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
        cipher.init(
                Cipher.ENCRYPT_MODE,
                publicKey(key, "RSA"),
                new OAEPParameterSpec(
                        sha1 ? "SHA-1" : "SHA-256",
                        "MGF1",
                        sha1 ? MGF1ParameterSpec.SHA1 : MGF1ParameterSpec.SHA256,
                        PSource.PSpecified.DEFAULT));
        SdkBytes theirs = SdkBytes.fromByteArray(cipher.doFinal(longest));
        SdkBytes ours =
                kms.encrypt(
                                e ->
                                        e.keyId(key)
                                                .plaintext(SdkBytes.fromByteArray(longest))
                                                .encryptionAlgorithm(algorithm))
                        .ciphertextBlob();
        for (SdkBytes blob : List.of(theirs, ours)) {
            var opened =
                    kms.decrypt(
                            d -> d.keyId(key).ciphertextBlob(blob).encryptionAlgorithm(algorithm));
            assertThat(opened.plaintext().asByteArray()).isEqualTo(longest);
            assertThat(opened.keyId()).isEqualTo(describe(key).arn());
            assertThat(opened.encryptionAlgorithm()).isEqualTo(algorithm);
            assertThat(opened.keyMaterialId()).isNull();
        }
        refused(
                InvalidCiphertextException.class,
                () ->
                        kms.decrypt(
                                d ->
                                        d.keyId(key)
                                                .ciphertextBlob(SECRET)
                                                .encryptionAlgorithm(algorithm)));
        refused(InvalidCiphertextException.class, () -> kms.decrypt(d -> d.ciphertextBlob(ours)));
        refused(
                InvalidKeyUsageException.class,
                () -> kms.generateDataKey(g -> g.keyId(key).keySpec(DataKeySpec.AES_256)));
    }

    @ParameterizedTest
    @CsvSource({
        "RSA_2048,              RSA",
        "RSA_3072,              RSA",
        "RSA_4096,              RSA",
        "ECC_NIST_P256,         EC",
        "ECC_NIST_P384,         EC",
        "ECC_NIST_P521,         EC",
        "ECC_SECG_P256_K1,      ",
        "ECC_NIST_EDWARDS25519, Ed25519"
    })
    void aDataKeyPairOpensAgain(DataKeyPairSpec spec, @Nullable String jca)
            throws GeneralSecurityException {
        String key = createKey(KeySpec.SYMMETRIC_DEFAULT, KeyUsageType.ENCRYPT_DECRYPT);
        var pair = kms.generateDataKeyPair(g -> g.keyId(key).keyPairSpec(spec));
        assertThat(pair.keyPairSpec()).isEqualTo(spec);
        assertThat(kms.decrypt(d -> d.ciphertextBlob(pair.privateKeyCiphertextBlob())).plaintext())
                .isEqualTo(pair.privateKeyPlaintext());
        if (jca != null) { // the JDK has no secp256k1
            assertThat(decode(pair.publicKey(), jca).getEncoded())
                    .isEqualTo(pair.publicKey().asByteArray());
        }
        assertThat(
                        kms.generateDataKeyPairWithoutPlaintext(g -> g.keyId(key).keyPairSpec(spec))
                                .privateKeyCiphertextBlob())
                .isNotNull();
    }

    // ---- signatures

    private enum Way {
        MESSAGE,
        DIGEST
    }

    @ParameterizedTest
    @CsvSource({
        "RSA_2048,      RSASSA_PKCS1_V1_5_SHA_256, SHA256withRSA,   SHA-256",
        "RSA_2048,      RSASSA_PKCS1_V1_5_SHA_384, SHA384withRSA,   SHA-384",
        "RSA_2048,      RSASSA_PKCS1_V1_5_SHA_512, SHA512withRSA,   SHA-512",
        "RSA_2048,      RSASSA_PSS_SHA_256,        RSASSA-PSS,      SHA-256",
        "RSA_3072,      RSASSA_PSS_SHA_384,        RSASSA-PSS,      SHA-384",
        "RSA_4096,      RSASSA_PSS_SHA_512,        RSASSA-PSS,      SHA-512",
        "RSA_3072,      RSASSA_PKCS1_V1_5_SHA_256, SHA256withRSA,   SHA-256",
        "RSA_4096,      RSASSA_PKCS1_V1_5_SHA_512, SHA512withRSA,   SHA-512",
        "ECC_NIST_P256, ECDSA_SHA_256,             SHA256withECDSA, SHA-256",
        "ECC_NIST_P384, ECDSA_SHA_384,             SHA384withECDSA, SHA-384",
        "ECC_NIST_P521, ECDSA_SHA_512,             SHA512withECDSA, SHA-512"
    })
    void whatTheKeySignsTheJdkVerifies(
            KeySpec spec, SigningAlgorithmSpec algorithm, String jca, String hash)
            throws GeneralSecurityException {
        String key = createKey(spec, KeyUsageType.SIGN_VERIFY);
        PublicKey outside = publicKey(key, jca.endsWith("ECDSA") ? "EC" : "RSA");
        byte[] digest = MessageDigest.getInstance(hash).digest(MESSAGE);
        for (Way way : Way.values()) {
            boolean message = way == Way.MESSAGE;
            SdkBytes signature =
                    signAndVerify(
                            key,
                            algorithm,
                            message ? MessageType.RAW : MessageType.DIGEST,
                            message ? MESSAGE : digest);
            Signature engine = Signature.getInstance(jca);
            if (jca.equals("RSASSA-PSS")) {
                engine.setParameter(
                        new PSSParameterSpec(
                                hash,
                                "MGF1",
                                new MGF1ParameterSpec(hash),
                                digest.length,
                                PSSParameterSpec.TRAILER_FIELD_BC));
            }
            assertVerifies(engine, outside, MESSAGE, signature);
        }
    }

    @Test
    void secp256k1SignsMessagesAndDigests() throws GeneralSecurityException {
        String key = createKey(KeySpec.ECC_SECG_P256_K1, KeyUsageType.SIGN_VERIFY);
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(MESSAGE);
        SdkBytes signature =
                signAndVerify(key, SigningAlgorithmSpec.ECDSA_SHA_256, MessageType.RAW, MESSAGE);
        assertThat(
                        kms.verify(
                                        v ->
                                                v.keyId(key)
                                                        .message(SdkBytes.fromByteArray(digest))
                                                        .messageType(MessageType.DIGEST)
                                                        .signingAlgorithm(
                                                                SigningAlgorithmSpec.ECDSA_SHA_256)
                                                        .signature(signature))
                                .signatureValid())
                .isTrue();
    }

    @Test
    void whatEd25519SignsTheJdkVerifies() throws GeneralSecurityException {
        String key = createKey(KeySpec.ECC_NIST_EDWARDS25519, KeyUsageType.SIGN_VERIFY);
        PublicKey outside = publicKey(key, "Ed25519");
        byte[] digest = MessageDigest.getInstance("SHA-512").digest(MESSAGE);
        assertVerifies(
                Signature.getInstance("Ed25519"),
                outside,
                MESSAGE,
                signAndVerify(key, SigningAlgorithmSpec.ED25519_SHA_512, MessageType.RAW, MESSAGE));
        // The service hashes the digest once more, as Ed25519ph does with any message.
        Signature prehashed = Signature.getInstance("Ed25519");
        prehashed.setParameter(new EdDSAParameterSpec(true));
        assertVerifies(
                prehashed,
                outside,
                digest,
                signAndVerify(
                        key, SigningAlgorithmSpec.ED25519_PH_SHA_512, MessageType.DIGEST, digest));
    }

    @ParameterizedTest
    @CsvSource({"ML_DSA_44, ML-DSA-44", "ML_DSA_65, ML-DSA-65", "ML_DSA_87, ML-DSA-87"})
    void whatMlDsaSignsTheJdkVerifies(KeySpec spec, String jca) throws GeneralSecurityException {
        String key = createKey(spec, KeyUsageType.SIGN_VERIFY);
        assertVerifies(
                Signature.getInstance(jca),
                publicKey(key, jca),
                MESSAGE,
                signAndVerify(
                        key, SigningAlgorithmSpec.ML_DSA_SHAKE_256, MessageType.RAW, MESSAGE));
        signAndVerify(
                key, SigningAlgorithmSpec.ML_DSA_SHAKE_256, MessageType.EXTERNAL_MU, new byte[64]);
    }

    // ---- MACs and key agreement

    @ParameterizedTest
    @CsvSource({
        "HMAC_224, HMAC_SHA_224, 28",
        "HMAC_256, HMAC_SHA_256, 32",
        "HMAC_384, HMAC_SHA_384, 48",
        "HMAC_512, HMAC_SHA_512, 64"
    })
    void macsAreMadeAndVerified(KeySpec spec, MacAlgorithmSpec algorithm, int bytes) {
        String key = createKey(spec, KeyUsageType.GENERATE_VERIFY_MAC);
        SdkBytes mac =
                kms.generateMac(g -> g.keyId(key).message(SECRET).macAlgorithm(algorithm)).mac();
        assertThat(mac.asByteArray()).hasSize(bytes);
        assertThat(
                        kms.verifyMac(
                                        v ->
                                                v.keyId(key)
                                                        .message(SECRET)
                                                        .macAlgorithm(algorithm)
                                                        .mac(mac))
                                .macValid())
                .isTrue();
        refused(
                KmsInvalidMacException.class,
                () ->
                        kms.verifyMac(
                                v ->
                                        v.keyId(key)
                                                .message(SECRET)
                                                .macAlgorithm(algorithm)
                                                .mac(SECRET)));
        refused(UnsupportedOperationException.class, () -> kms.getPublicKey(g -> g.keyId(key)));
    }

    @ParameterizedTest
    @CsvSource({"ECC_NIST_P256, secp256r1", "ECC_NIST_P384, secp384r1", "ECC_NIST_P521, secp521r1"})
    void theKeyAndTheJdkAgreeOnASecret(KeySpec spec, String curve) throws GeneralSecurityException {
        String key = createKey(spec, KeyUsageType.KEY_AGREEMENT);
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec(curve));
        KeyPair own = generator.generateKeyPair();
        var reply =
                kms.deriveSharedSecret(
                        d ->
                                d.keyId(key)
                                        .keyAgreementAlgorithm("ECDH")
                                        .publicKey(
                                                SdkBytes.fromByteArray(
                                                        own.getPublic().getEncoded())));
        KeyAgreement outside = KeyAgreement.getInstance("ECDH");
        outside.init(own.getPrivate());
        outside.doPhase(publicKey(key, "EC"), true);
        assertThat(reply.sharedSecret().asByteArray()).isEqualTo(outside.generateSecret());
        assertThat(reply.keyId()).isEqualTo(describe(key).arn());
        assertThat(reply.keyOriginAsString()).isEqualTo("AWS_KMS");
    }

    // ---- rotation and import

    @Test
    void aKeyRotatesAndOpensWhatItClosedBefore() {
        String key = createKey(KeySpec.SYMMETRIC_DEFAULT, KeyUsageType.ENCRYPT_DECRYPT);
        SdkBytes blob = kms.encrypt(e -> e.keyId(key).plaintext(SECRET)).ciphertextBlob();
        kms.enableKeyRotation(e -> e.keyId(key).rotationPeriodInDays(90));
        var status = kms.getKeyRotationStatus(g -> g.keyId(key));
        assertThat(status.keyRotationEnabled()).isTrue();
        assertThat(status.rotationPeriodInDays()).isEqualTo(90);
        String before = describe(key).currentKeyMaterialId();
        kms.rotateKeyOnDemand(r -> r.keyId(key));
        kms.rotateKeyOnDemand(r -> r.keyId(key));
        assertThat(kms.listKeyRotationsPaginator(l -> l.keyId(key).limit(1)).rotations().stream())
                .hasSize(2)
                .allMatch(rotation -> rotation.rotationType() == RotationType.ON_DEMAND);
        assertThat(kms.decrypt(d -> d.ciphertextBlob(blob)).keyMaterialId()).isEqualTo(before);
        kms.disableKeyRotation(d -> d.keyId(key));
        assertThat(kms.getKeyRotationStatus(g -> g.keyId(key)).keyRotationEnabled()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "HMAC_224, HMAC_SHA_224, HmacSHA224, 28",
        "HMAC_256, HMAC_SHA_256, HmacSHA256, 32",
        "HMAC_384, HMAC_SHA_384, HmacSHA384, 48",
        "HMAC_512, HMAC_SHA_512, HmacSHA512, 64"
    })
    void anImportedHmacKeyMakesTheMacsOfTheJdk(
            KeySpec spec, MacAlgorithmSpec algorithm, String jca, int bytes)
            throws GeneralSecurityException {
        String key = external(spec, KeyUsageType.GENERATE_VERIFY_MAC);
        byte[] material = new byte[bytes];
        Arrays.fill(material, (byte) bytes);
        importMaterial(key, material);
        Mac outside = Mac.getInstance(jca);
        outside.init(new SecretKeySpec(material, jca));
        assertThat(
                        kms.generateMac(g -> g.keyId(key).message(SECRET).macAlgorithm(algorithm))
                                .mac()
                                .asByteArray())
                .isEqualTo(outside.doFinal(MESSAGE));
    }

    @Test
    void importedMaterialIsDeletedAndBroughtBack() throws GeneralSecurityException {
        String key = external(KeySpec.SYMMETRIC_DEFAULT, KeyUsageType.ENCRYPT_DECRYPT);
        byte[] material = new byte[32];
        String id = importMaterial(key, material);
        assertThat(describe(key).expirationModel())
                .isEqualTo(ExpirationModelType.KEY_MATERIAL_DOES_NOT_EXPIRE);
        SdkBytes blob = kms.encrypt(e -> e.keyId(key).plaintext(SECRET)).ciphertextBlob();
        assertThat(kms.deleteImportedKeyMaterial(d -> d.keyId(key)).keyMaterialId()).isEqualTo(id);
        refused(KmsInvalidStateException.class, () -> kms.decrypt(d -> d.ciphertextBlob(blob)));
        byte[] other = new byte[32];
        other[0] = 1;
        refused(IncorrectKeyMaterialException.class, () -> importMaterial(key, other));
        assertThat(importMaterial(key, material)).isEqualTo(id);
        assertThat(kms.decrypt(d -> d.ciphertextBlob(blob)).plaintext()).isEqualTo(SECRET);
        refused(
                InvalidImportTokenException.class,
                () ->
                        kms.importKeyMaterial(
                                i ->
                                        i.keyId(key)
                                                .importToken(SECRET)
                                                .encryptedKeyMaterial(SECRET)
                                                .expirationModel(
                                                        ExpirationModelType
                                                                .KEY_MATERIAL_DOES_NOT_EXPIRE)));
    }

    private String external(KeySpec spec, KeyUsageType usage) {
        return kms.createKey(c -> c.keySpec(spec).keyUsage(usage).origin(OriginType.EXTERNAL))
                .keyMetadata()
                .keyId();
    }

    private String importMaterial(String key, byte[] material) throws GeneralSecurityException {
        var parameters =
                kms.getParametersForImport(
                        g ->
                                g.keyId(key)
                                        .wrappingAlgorithm(AlgorithmSpec.RSAES_OAEP_SHA_256)
                                        .wrappingKeySpec(WrappingKeySpec.RSA_2048));
        Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
        cipher.init(
                Cipher.ENCRYPT_MODE,
                decode(parameters.publicKey(), "RSA"),
                new OAEPParameterSpec(
                        "SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT));
        SdkBytes wrapped = SdkBytes.fromByteArray(cipher.doFinal(material));
        return kms.importKeyMaterial(
                        i ->
                                i.keyId(key)
                                        .importToken(parameters.importToken())
                                        .encryptedKeyMaterial(wrapped)
                                        .expirationModel(
                                                ExpirationModelType.KEY_MATERIAL_DOES_NOT_EXPIRE))
                .keyMaterialId();
    }

    // ---- several Regions, grants, last use, dry runs

    @ParameterizedTest
    @CsvSource({
        "SYMMETRIC_DEFAULT,     ENCRYPT_DECRYPT",
        "HMAC_384,              GENERATE_VERIFY_MAC",
        "ECC_NIST_EDWARDS25519, SIGN_VERIFY"
    })
    void aReplicaHasTheSameMaterial(KeySpec spec, KeyUsageType usage) {
        String key =
                kms.createKey(c -> c.keySpec(spec).keyUsage(usage).multiRegion(true))
                        .keyMetadata()
                        .keyId();
        KeyMetadata made =
                kms.replicateKey(r -> r.keyId(key).replicaRegion("eu-west-1")).replicaKeyMetadata();
        assertThat(made.keyState()).isEqualTo(KeyState.CREATING);
        refused(
                AlreadyExistsException.class,
                () -> kms.replicateKey(r -> r.keyId(key).replicaRegion("eu-west-1")));
        try (KmsClient ireland = client(Region.EU_WEST_1)) {
            KeyMetadata replica = ireland.describeKey(d -> d.keyId(key)).keyMetadata();
            assertThat(replica.keyState()).isEqualTo(KeyState.ENABLED);
            assertThat(replica.multiRegionConfiguration().multiRegionKeyType())
                    .isEqualTo(MultiRegionKeyType.REPLICA);
            if (usage == KeyUsageType.ENCRYPT_DECRYPT) {
                SdkBytes blob = kms.encrypt(e -> e.keyId(key).plaintext(SECRET)).ciphertextBlob();
                assertThat(ireland.decrypt(d -> d.ciphertextBlob(blob)).keyId())
                        .isEqualTo(replica.arn());
            } else if (usage == KeyUsageType.SIGN_VERIFY) {
                assertThat(ireland.getPublicKey(g -> g.keyId(key)).publicKey())
                        .isEqualTo(kms.getPublicKey(g -> g.keyId(key)).publicKey());
            }
            kms.updatePrimaryRegion(u -> u.keyId(key).primaryRegion("eu-west-1"));
            assertThat(
                            ireland.scheduleKeyDeletion(s -> s.keyId(key).pendingWindowInDays(7))
                                    .keyState())
                    .isEqualTo(KeyState.PENDING_REPLICA_DELETION);
            ireland.cancelKeyDeletion(c -> c.keyId(key));
        }
    }

    @Test
    void grantsAreMadeListedRetiredAndRevoked() {
        String key = createKey(KeySpec.SYMMETRIC_DEFAULT, KeyUsageType.ENCRYPT_DECRYPT);
        List<CreateGrantResponse> made = Stream.generate(() -> grant(key)).limit(7).toList();
        assertThat(kms.listGrantsPaginator(l -> l.keyId(key).limit(3)).grants().stream())
                .extracting(GrantListEntry::grantId)
                .containsExactlyInAnyOrderElementsOf(
                        made.stream().map(CreateGrantResponse::grantId).toList());
        assertThat(
                        kms
                                .listRetirableGrantsPaginator(
                                        l -> l.retiringPrincipal(ALICE).limit(3))
                                .grants()
                                .stream())
                .hasSize(7);
        GrantListEntry entry =
                kms.listGrants(l -> l.keyId(key).grantId(made.getFirst().grantId()))
                        .grants()
                        .getFirst();
        assertThat(entry.keyId()).isEqualTo(describe(key).arn());
        assertThat(entry.operations()).containsExactly(GrantOperation.DECRYPT);
        assertThat(entry.issuingAccount()).isEqualTo("arn:aws:iam::000000000000:root");

        String token = made.getFirst().grantToken();
        kms.encrypt(e -> e.keyId(key).plaintext(SECRET).grantTokens(token));
        refused(
                InvalidGrantTokenException.class,
                () -> kms.encrypt(e -> e.keyId(key).plaintext(SECRET).grantTokens("made-up")));
        refused(
                InvalidGrantIdException.class,
                () -> kms.revokeGrant(r -> r.keyId(key).grantId("x")));
        kms.retireGrant(r -> r.grantToken(token));
        String second = made.getLast().grantId();
        kms.revokeGrant(r -> r.keyId(key).grantId(second));
        refused(NotFoundException.class, () -> kms.revokeGrant(r -> r.keyId(key).grantId(second)));
        assertThat(kms.listGrants(l -> l.keyId(key)).grants()).hasSize(5);
    }

    @Test
    void theLastUseOfAKeyIsTold() {
        String key = createKey(KeySpec.SYMMETRIC_DEFAULT, KeyUsageType.ENCRYPT_DECRYPT);
        assertThat(kms.getKeyLastUsage(g -> g.keyId(key)).keyLastUsage().operation()).isNull();
        String request =
                kms.encrypt(e -> e.keyId(key).plaintext(SECRET)).responseMetadata().requestId();
        var reply = kms.getKeyLastUsage(g -> g.keyId(key));
        assertThat(reply.keyId()).isEqualTo(describe(key).arn());
        assertThat(reply.keyLastUsage().operation())
                .isEqualTo(KeyLastUsageTrackingOperation.ENCRYPT);
        assertThat(reply.keyLastUsage().kmsRequestId()).isEqualTo(request);
    }

    @Test
    void dryRunsOfAllKinds() {
        String key = createKey(KeySpec.SYMMETRIC_DEFAULT, KeyUsageType.ENCRYPT_DECRYPT);
        String signer = createKey(KeySpec.ECC_NIST_P256, KeyUsageType.SIGN_VERIFY);
        String mac = createKey(KeySpec.HMAC_256, KeyUsageType.GENERATE_VERIFY_MAC);
        CreateGrantResponse grant = grant(key);
        Stream.<ThrowingCallable>of(
                        () ->
                                kms.createGrant(
                                        g ->
                                                g.keyId(key)
                                                        .granteePrincipal(ALICE)
                                                        .operations(GrantOperation.DECRYPT)
                                                        .dryRun(true)),
                        () -> kms.retireGrant(r -> r.grantToken(grant.grantToken()).dryRun(true)),
                        () ->
                                kms.revokeGrant(
                                        r -> r.keyId(key).grantId(grant.grantId()).dryRun(true)),
                        () ->
                                kms.sign(
                                        s ->
                                                s.keyId(signer)
                                                        .message(SECRET)
                                                        .signingAlgorithm(
                                                                SigningAlgorithmSpec.ECDSA_SHA_256)
                                                        .dryRun(true)),
                        () ->
                                kms.generateMac(
                                        g ->
                                                g.keyId(mac)
                                                        .message(SECRET)
                                                        .macAlgorithm(MacAlgorithmSpec.HMAC_SHA_256)
                                                        .dryRun(true)),
                        () ->
                                kms.generateDataKeyPair(
                                        g ->
                                                g.keyId(key)
                                                        .keyPairSpec(DataKeyPairSpec.ECC_NIST_P256)
                                                        .dryRun(true)))
                .forEach(call -> refused(DryRunOperationException.class, call));
        assertThat(kms.listGrants(l -> l.keyId(key)).grants()).hasSize(1);
    }

    @Test
    void moreRefusalsHaveTheTypesOfTheSdk() {
        String key = createKey(KeySpec.SYMMETRIC_DEFAULT, KeyUsageType.ENCRYPT_DECRYPT);
        refused(
                InvalidAliasNameException.class,
                () -> kms.createAlias(a -> a.aliasName("alias/").targetKeyId(key)));
        refused(
                MalformedPolicyDocumentException.class,
                () -> kms.putKeyPolicy(p -> p.keyId(key).policy("{")));
        refused(
                LimitExceededException.class,
                () -> kms.putKeyPolicy(p -> p.keyId(key).policy(" ".repeat(40_000))));
        refused(
                CustomKeyStoreNotFoundException.class,
                () ->
                        kms.generateRandom(
                                g -> g.numberOfBytes(1).customKeyStoreId("cks-1234567890abcdef0")));
        refused(
                InvalidKeyUsageException.class,
                () ->
                        kms.sign(
                                s ->
                                        s.keyId(key)
                                                .message(SECRET)
                                                .signingAlgorithm(
                                                        SigningAlgorithmSpec.ECDSA_SHA_256)));
    }

    private CreateGrantResponse grant(String key) {
        return kms.createGrant(
                g ->
                        g.keyId(key)
                                .granteePrincipal(ALICE)
                                .retiringPrincipal(ALICE)
                                .operations(GrantOperation.DECRYPT));
    }

    /** A signature that the service itself verifies, and refuses once it is changed. */
    private SdkBytes signAndVerify(
            String key, SigningAlgorithmSpec algorithm, MessageType type, byte[] message) {
        SdkBytes bytes = SdkBytes.fromByteArray(message);
        SdkBytes signature =
                kms.sign(
                                s ->
                                        s.keyId(key)
                                                .message(bytes)
                                                .messageType(type)
                                                .signingAlgorithm(algorithm))
                        .signature();
        assertThat(
                        kms.verify(
                                        v ->
                                                v.keyId(key)
                                                        .message(bytes)
                                                        .messageType(type)
                                                        .signingAlgorithm(algorithm)
                                                        .signature(signature))
                                .signatureValid())
                .isTrue();
        byte[] changed = signature.asByteArray();
        changed[changed.length - 1] ^= 1;
        refused(
                KmsInvalidSignatureException.class,
                () ->
                        kms.verify(
                                v ->
                                        v.keyId(key)
                                                .message(bytes)
                                                .messageType(type)
                                                .signingAlgorithm(algorithm)
                                                .signature(SdkBytes.fromByteArray(changed))));
        return signature;
    }

    private static void assertVerifies(
            Signature engine, PublicKey key, byte[] message, SdkBytes signature)
            throws GeneralSecurityException {
        engine.initVerify(key);
        engine.update(message);
        assertThat(engine.verify(signature.asByteArray())).isTrue();
    }

    private PublicKey publicKey(String key, String jca) throws GeneralSecurityException {
        return decode(kms.getPublicKey(g -> g.keyId(key)).publicKey(), jca);
    }

    private static PublicKey decode(SdkBytes encoded, String jca) throws GeneralSecurityException {
        return KeyFactory.getInstance(jca)
                .generatePublic(new X509EncodedKeySpec(encoded.asByteArray()));
    }

    private KmsClient client(Region region) {
        AwsBasicCredentials root =
                AwsBasicCredentials.create(
                        Signer.ROOT.accessKeyId(), Signer.ROOT.secretAccessKey());
        return KmsClient.builder()
                .endpointOverride(trent.url())
                .region(region)
                .credentialsProvider(StaticCredentialsProvider.create(root))
                .httpClientBuilder(Apache5HttpClient.builder())
                .build();
    }

    private String createKey(KeySpec spec, KeyUsageType usage) {
        return kms.createKey(c -> c.keySpec(spec).keyUsage(usage)).keyMetadata().keyId();
    }

    private KeyMetadata describe(String key) {
        return kms.describeKey(k -> k.keyId(key)).keyMetadata();
    }

    private static void refused(Class<? extends KmsException> type, ThrowingCallable call) {
        assertThatExceptionOfType(type).isThrownBy(call);
    }
}
