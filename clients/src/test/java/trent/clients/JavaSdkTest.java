package trent.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.AliasListEntry;
import software.amazon.awssdk.services.kms.model.AlreadyExistsException;
import software.amazon.awssdk.services.kms.model.DataKeySpec;
import software.amazon.awssdk.services.kms.model.DecryptResponse;
import software.amazon.awssdk.services.kms.model.DisabledException;
import software.amazon.awssdk.services.kms.model.DryRunOperationException;
import software.amazon.awssdk.services.kms.model.EncryptResponse;
import software.amazon.awssdk.services.kms.model.IncorrectKeyException;
import software.amazon.awssdk.services.kms.model.InvalidArnException;
import software.amazon.awssdk.services.kms.model.InvalidCiphertextException;
import software.amazon.awssdk.services.kms.model.InvalidMarkerException;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.KeyState;
import software.amazon.awssdk.services.kms.model.KmsException;
import software.amazon.awssdk.services.kms.model.KmsInvalidStateException;
import software.amazon.awssdk.services.kms.model.NotFoundException;
import software.amazon.awssdk.services.kms.model.Tag;
import software.amazon.awssdk.services.kms.model.TagException;
import software.amazon.awssdk.services.kms.paginators.ListAliasesIterable;

/** The AWS SDK for Java 2: the life of an alias and of a key, and the types of its exceptions. */
@ExtendWith(Workplace.class)
@TestInstance(Lifecycle.PER_CLASS)
class JavaSdkTest {

    private static final SdkBytes SECRET = SdkBytes.fromUtf8String("attack at dawn");

    private final TrentProcess trent = TrentProcess.server().start();
    private final KmsClient kms = client("us-east-2");

    @AfterAll
    void stop() {
        kms.close();
        trent.close();
    }

    @Test
    void anAliasIsMadeMovedAndDeleted() {
        String first = createKey();
        String second = createKey();
        kms.createAlias(a -> a.aliasName("alias/Life").targetKeyId(first));
        assertThat(describe("alias/Life").keyId()).isEqualTo(first);

        kms.updateAlias(a -> a.aliasName("alias/Life").targetKeyId(second));
        assertThat(describe("alias/Life").keyId()).isEqualTo(second);
        AliasListEntry alias = kms.listAliases(l -> l.keyId(second)).aliases().getFirst();
        assertThat(alias.aliasName()).isEqualTo("alias/Life");
        assertThat(alias.aliasArn())
                .isEqualTo(describe(second).arn().replaceFirst(":key/.*", ":alias/Life"));
        assertThat(alias.lastUpdatedDate()).isAfterOrEqualTo(alias.creationDate());

        kms.deleteAlias(a -> a.aliasName("alias/Life"));
        assertThatExceptionOfType(NotFoundException.class).isThrownBy(() -> describe("alias/Life"));
    }

    @Test
    void thePaginatorFindsEachAliasOnce() {
        String key = createKey();
        List<String> made = new ArrayList<>();
        for (int i = 10; i < 30; i++) {
            String name = "alias/Page" + i;
            kms.createAlias(a -> a.aliasName(name).targetKeyId(key));
            made.add(name);
        }

        ListAliasesIterable pages = kms.listAliasesPaginator(l -> l.keyId(key).limit(7));

        assertThat(pages.stream().count()).isGreaterThanOrEqualTo(3);
        assertThat(pages.aliases().stream().map(AliasListEntry::aliasName))
                .containsExactlyInAnyOrderElementsOf(made);
        assertThat(kms.listKeysPaginator(l -> l.limit(1)).keys().stream().map(k -> k.keyId()))
                .contains(key)
                .doesNotHaveDuplicates();
    }

    @Test
    void aKeyGoesThroughItsStates() {
        String key = createKey();
        kms.disableKey(k -> k.keyId(key));
        assertThat(describe(key).keyState()).isEqualTo(KeyState.DISABLED);
        kms.enableKey(k -> k.keyId(key));
        assertThat(describe(key).enabled()).isTrue();
        kms.scheduleKeyDeletion(k -> k.keyId(key).pendingWindowInDays(7));
        assertThat(describe(key).keyState()).isEqualTo(KeyState.PENDING_DELETION);
        kms.cancelKeyDeletion(k -> k.keyId(key));
        assertThat(describe(key).keyState()).isEqualTo(KeyState.DISABLED);
        kms.updateKeyDescription(k -> k.keyId(key).description("described"));
        assertThat(describe(key).description()).isEqualTo("described");
    }

    @Test
    void tagsAndPolicies() {
        String key = createKey();
        Tag tag = Tag.builder().tagKey("team").tagValue("blue").build();
        kms.tagResource(t -> t.keyId(key).tags(tag));
        assertThat(kms.listResourceTagsPaginator(l -> l.keyId(key)).tags()).containsExactly(tag);
        kms.untagResource(t -> t.keyId(key).tagKeys("team"));
        assertThat(kms.listResourceTags(l -> l.keyId(key)).tags()).isEmpty();

        String policy = kms.getKeyPolicy(p -> p.keyId(key).policyName("default")).policy();
        kms.putKeyPolicy(p -> p.keyId(key).policyName("default").policy(policy));
        assertThat(kms.getKeyPolicy(p -> p.keyId(key)).policy()).isEqualTo(policy);
        assertThat(kms.listKeyPolicies(p -> p.keyId(key)).policyNames()).containsExactly("default");
    }

    @Test
    void whatIsEncryptedCanBeDecrypted() {
        String key = createKey();
        kms.createAlias(a -> a.aliasName("alias/Crypto").targetKeyId(key));
        Map<String, String> context = Map.of("purpose", "test");

        EncryptResponse closed =
                kms.encrypt(
                        e -> e.keyId("alias/Crypto").plaintext(SECRET).encryptionContext(context));
        DecryptResponse opened =
                kms.decrypt(
                        d -> d.ciphertextBlob(closed.ciphertextBlob()).encryptionContext(context));
        assertThat(opened.plaintext()).isEqualTo(SECRET);
        assertThat(opened.keyId()).isEqualTo(describe(key).arn());

        SdkBytes moved =
                kms.reEncrypt(
                                r ->
                                        r.ciphertextBlob(closed.ciphertextBlob())
                                                .sourceEncryptionContext(context)
                                                .destinationKeyId(createKey()))
                        .ciphertextBlob();
        assertThat(kms.decrypt(d -> d.ciphertextBlob(moved)).plaintext()).isEqualTo(SECRET);
    }

    @Test
    void dataKeysAndRandomBytes() {
        String key = createKey();
        var dataKey = kms.generateDataKey(g -> g.keyId(key).keySpec(DataKeySpec.AES_256));
        assertThat(dataKey.plaintext().asByteArray()).hasSize(32);
        assertThat(kms.decrypt(d -> d.ciphertextBlob(dataKey.ciphertextBlob())).plaintext())
                .isEqualTo(dataKey.plaintext());
        var sealedOnly = kms.generateDataKeyWithoutPlaintext(g -> g.keyId(key).numberOfBytes(7));
        assertThat(
                        kms.decrypt(d -> d.ciphertextBlob(sealedOnly.ciphertextBlob()))
                                .plaintext()
                                .asByteArray())
                .hasSize(7);
        assertThat(kms.generateRandom(g -> g.numberOfBytes(11)).plaintext().asByteArray())
                .hasSize(11);
    }

    @Test
    void refusalsHaveTheTypesOfTheSdk() {
        String key = createKey();
        kms.createAlias(a -> a.aliasName("alias/Refusals").targetKeyId(key));
        SdkBytes blob = kms.encrypt(e -> e.keyId(key).plaintext(SECRET)).ciphertextBlob();

        refused(
                AlreadyExistsException.class,
                () -> kms.createAlias(a -> a.aliasName("alias/Refusals").targetKeyId(key)));
        refused(NotFoundException.class, () -> describe("alias/Nobody"));
        refused(InvalidArnException.class, () -> kms.enableKey(k -> k.keyId("alias/Refusals")));
        refused(InvalidCiphertextException.class, () -> kms.decrypt(d -> d.ciphertextBlob(SECRET)));
        refused(
                IncorrectKeyException.class,
                () -> kms.decrypt(d -> d.ciphertextBlob(blob).keyId(createKey())));
        refused(
                DryRunOperationException.class,
                () -> kms.decrypt(d -> d.ciphertextBlob(blob).dryRun(true)));
        refused(
                InvalidMarkerException.class,
                () -> kms.listAliases(l -> l.marker("no marker of ours")));
        Tag reserved = Tag.builder().tagKey("aws:x").tagValue("y").build();
        refused(TagException.class, () -> kms.tagResource(t -> t.keyId(key).tags(reserved)));
        refused(KmsInvalidStateException.class, () -> kms.cancelKeyDeletion(k -> k.keyId(key)));
        kms.disableKey(k -> k.keyId(key));
        refused(DisabledException.class, () -> kms.encrypt(e -> e.keyId(key).plaintext(SECRET)));
    }

    @Test
    void aRefusalCarriesCodeTextAndRequestId() {
        KmsException refused =
                catchThrowableOfType(
                        KmsException.class,
                        () ->
                                kms.createAlias(
                                        a -> a.aliasName("NoPrefix").targetKeyId(createKey())));

        assertThat(refused.awsErrorDetails().errorCode()).isEqualTo("ValidationException");
        assertThat(refused.awsErrorDetails().errorMessage())
                .isEqualTo(
                        "Alias must start with the prefix \"alias/\". Please see "
                                + "https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.requestId()).matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    }

    @Test
    void regionsAreWorldsApart() {
        kms.createAlias(a -> a.aliasName("alias/Regional").targetKeyId(createKey()));
        try (KmsClient ireland = client("eu-west-1")) {
            refused(
                    NotFoundException.class,
                    () -> ireland.describeKey(k -> k.keyId("alias/Regional")));
            String there = ireland.createKey().keyMetadata().keyId();
            ireland.createAlias(a -> a.aliasName("alias/Regional").targetKeyId(there));
            assertThat(ireland.describeKey(k -> k.keyId("alias/Regional")).keyMetadata().keyId())
                    .isEqualTo(there);
        }
        assertThat(describe("alias/Regional").arn()).contains(":us-east-2:");
    }

    private KmsClient client(String region) {
        AwsBasicCredentials root =
                AwsBasicCredentials.create(
                        Signer.ROOT.accessKeyId(), Signer.ROOT.secretAccessKey());
        return KmsClient.builder()
                .endpointOverride(trent.url())
                .region(Region.of(region))
                .credentialsProvider(StaticCredentialsProvider.create(root))
                .httpClientBuilder(Apache5HttpClient.builder())
                .build();
    }

    private String createKey() {
        return kms.createKey().keyMetadata().keyId();
    }

    private KeyMetadata describe(String key) {
        return kms.describeKey(k -> k.keyId(key)).keyMetadata();
    }

    private static void refused(Class<? extends KmsException> type, ThrowingCallable call) {
        assertThatExceptionOfType(type).isThrownBy(call);
    }
}
