package trent.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trent.House;
import trent.api.EncryptionAlgorithmSpec;
import trent.api.KeyListEntry;
import trent.api.KeyManagerType;
import trent.api.KeyMetadata;
import trent.api.KeySpec;
import trent.api.KeyState;
import trent.api.KeyUsageType;
import trent.api.KmsOperation;
import trent.api.ListKeysResponse;
import trent.api.OriginType;

/**
 * CreateKey and what it makes. Source: AWS KMS API Reference, CreateKey and
 * KeyMetadata, and recorded replies.
 */
class CreateKeyTest {

    private final House house = new House();
    private final House.Caller caller = house.caller();

    @AfterEach
    void close() {
        house.close();
    }

    /** The members that a symmetric key has, and no other. */
    @Test
    void aNewKeyShowsTheseMembers() {
        KeyMetadata made =
                Objects.requireNonNull(caller.ask(KmsOperation.CREATE_KEY).keyMetadata());
        KeyMetadata expected =
                KeyMetadata.builder()
                        .awsAccountId("111122223333")
                        .keyId(made.keyId())
                        .arn("arn:aws:kms:us-east-2:111122223333:key/" + made.keyId())
                        .creationDate(House.START)
                        .enabled(true)
                        .description("")
                        .keyUsage(KeyUsageType.ENCRYPT_DECRYPT)
                        .keyState(KeyState.ENABLED)
                        .origin(OriginType.AWS_KMS)
                        .keyManager(KeyManagerType.CUSTOMER)
                        .customerMasterKeySpec(KeySpec.SYMMETRIC_DEFAULT)
                        .keySpec(KeySpec.SYMMETRIC_DEFAULT)
                        .encryptionAlgorithms(List.of(EncryptionAlgorithmSpec.SYMMETRIC_DEFAULT))
                        .multiRegion(false)
                        .currentKeyMaterialId(made.currentKeyMaterialId())
                        .build();
        assertThat(made).isEqualTo(expected).isEqualTo(caller.describe(made.keyId()));
        assertThat(made.currentKeyMaterialId()).matches("[0-9a-f]{64}");
    }

    @ParameterizedTest
    @CsvSource({
        "RSA_2048, SIGN_VERIFY",
        "ECC_SECG_P256K1, SIGN_VERIFY",
        "ECC_NIST_EDWARDS25519, SIGN_VERIFY",
        "HMAC_224, GENERATE_VERIFY_MAC",
        "ML_DSA_44, SIGN_VERIFY"
    })
    void theDeprecatedMemberRepeatsTheSpecAlsoWhereItsEnumerationLacksIt(
            KeySpec spec, KeyUsageType usage) {
        KeyMetadata made =
                Objects.requireNonNull(
                        caller.ask(
                                        KmsOperation.CREATE_KEY,
                                        "KeySpec",
                                        spec.wire(),
                                        "KeyUsage",
                                        usage.wire())
                                .keyMetadata());
        assertThat(made.keySpec()).isEqualTo(spec);
        assertThat(made.customerMasterKeySpec()).isEqualTo(spec);
        if (usage == KeyUsageType.SIGN_VERIFY) {
            assertThat(
                            caller.ask(KmsOperation.GET_PUBLIC_KEY, "KeyId", made.keyId())
                                    .customerMasterKeySpec())
                    .isEqualTo(spec);
        }
    }

    @Test
    void everyCallMakesAKey() {
        Set<String> keys = new HashSet<>();
        Set<@Nullable String> materials = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            String key = caller.newKey();
            keys.add(key);
            materials.add(caller.describe(key).currentKeyMaterialId());
        }
        assertThat(keys).hasSize(20);
        assertThat(materials).hasSize(20);
    }

    @Test
    void enabledIsTrueInTheEnabledStateOnly() {
        String key = caller.newKey();
        for (KeyState state : KeyState.values()) {
            house.setState(caller.arn(key), state);
            assertThat(caller.describe(key).enabled())
                    .as(state.wire())
                    .isEqualTo(state == KeyState.ENABLED);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
            {}                                                       | ok
            {"KeySpec":"SYMMETRIC_DEFAULT","KeyUsage":"ENCRYPT_DECRYPT","Origin":"AWS_KMS","MultiRegion":false} | ok
            {"CustomerMasterKeySpec":"SYMMETRIC_DEFAULT"}            | ok
            {"KeyUsage":"SIGN_VERIFY"}                               | ValidationException: KeyUsage SIGN_VERIFY is not compatible with KeySpec SYMMETRIC_DEFAULT
            {"KeyUsage":"GENERATE_VERIFY_MAC","KeySpec":"RSA_2048"}  | ValidationException: KeyUsage GENERATE_VERIFY_MAC is not compatible with KeySpec RSA_2048
            {"KeyUsage":"KEY_AGREEMENT","KeySpec":"ECC_SECG_P256K1"} | ValidationException: KeyUsage KEY_AGREEMENT is not compatible with KeySpec ECC_SECG_P256K1
            {"KeyUsage":"ENCRYPT_DECRYPT","KeySpec":"HMAC_256"}      | ValidationException: KeyUsage ENCRYPT_DECRYPT is not compatible with KeySpec HMAC_256
            {"KeyUsage":"ENCRYPT_DECRYPT","KeySpec":"ECC_NIST_P256"} | ValidationException: KeyUsage ENCRYPT_DECRYPT is not compatible with KeySpec ECC_NIST_P256
            {"KeyUsage":"KEY_AGREEMENT","KeySpec":"ML_DSA_44"}       | ValidationException: KeyUsage KEY_AGREEMENT is not compatible with KeySpec ML_DSA_44
            {"KeySpec":"RSA_2048"}                                   | ValidationException: You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.
            {"CustomerMasterKeySpec":"ML_DSA_44","KeyUsage":"SIGN_VERIFY"} | ValidationException: 1 validation error detected: Value 'ML_DSA_44' at 'customerMasterKeySpec' failed to satisfy constraint: Member must satisfy enum value set: [RSA_2048, RSA_3072, RSA_4096, ECC_NIST_P256, ECC_NIST_P384, ECC_NIST_P521, ECC_SECG_P256K1, SYMMETRIC_DEFAULT, HMAC_224, HMAC_256, HMAC_384, HMAC_512, SM2]
            {"CustomerMasterKeySpec":"HMAC_256"}                     | ValidationException: You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.
            {"KeySpec":"SYMMETRIC_DEFAULT","CustomerMasterKeySpec":"SYMMETRIC_DEFAULT"} | ValidationException: You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.
            {"Origin":"AWS_CLOUDHSM"}                                | ValidationException: CustomKeyStoreId is required for a KMS key with origin AWS_CLOUDHSM.
            {"Origin":"EXTERNAL_KEY_STORE"}                          | ValidationException: CustomKeyStoreId is required for a KMS key with origin EXTERNAL_KEY_STORE.
            {"CustomKeyStoreId":"cks-1234567890abcdef0"}             | ValidationException: CustomKeyStoreId is not valid for a KMS key with origin AWS_KMS.
            {"Origin":"AWS_CLOUDHSM","CustomKeyStoreId":"cks-1234567890abcdef0"} | CustomKeyStoreNotFoundException
            {"XksKeyId":"x"}                                         | ValidationException: XksKeyId is valid only for a KMS key with origin EXTERNAL_KEY_STORE.
            {"KeySpec":"SM2","KeyUsage":"SIGN_VERIFY"}               | UnsupportedOperationException: KeySpec SM2 is not supported in this Region
            {"KeySpec":"RSA_2048","KeyUsage":"SIGN_VERIFY"}          | ok
            {"Origin":"EXTERNAL"}                                    | ok
            {"MultiRegion":true}                                     | ok
            """)
    void kindsOfKeys(String body, String expected) {
        assertThat(caller.triedBody("CreateKey", body)).isEqualTo(expected);
        assertThat(caller.ask(KmsOperation.LIST_KEYS).keys())
                .hasSize(expected.equals(House.OK) ? 1 : 0);
    }

    @Test
    void whatIsGivenIsKept() {
        KeyMetadata key =
                Objects.requireNonNull(
                        caller.ask(
                                        KmsOperation.CREATE_KEY,
                                        "Description",
                                        "für Ümläute 🔑",
                                        "Tags",
                                        List.of(Map.of("TagKey", "a", "TagValue", "")))
                                .keyMetadata());
        assertThat(key.description()).isEqualTo("für Ümläute 🔑");
        assertThat(caller.ask(KmsOperation.LIST_RESOURCE_TAGS, "KeyId", key.keyId()).tags())
                .singleElement()
                .satisfies(tag -> assertThat(tag.tagKey() + "=" + tag.tagValue()).isEqualTo("a="));
    }

    @Test
    void theCallerMustBeAllowedOnEverything() {
        assertThat(house.user(House.ACCOUNT, House.REGION).tried("CreateKey"))
                .isEqualTo(
                        "AccessDeniedException: User: arn:aws:iam::111122223333:user/alice is not authorized to perform:"
                                + " kms:CreateKey on resource: * because no identity-based policy allows the kms:CreateKey"
                                + " action");
    }

    @Test
    void descriptionsChange() {
        String key = caller.newKey();
        for (String description : List.of("x", "", "x".repeat(8192))) {
            caller.ask(
                    KmsOperation.UPDATE_KEY_DESCRIPTION, "KeyId", key, "Description", description);
            assertThat(caller.describe(key).description()).isEqualTo(description);
        }
        assertThat(caller.tried("UpdateKeyDescription", "KeyId", key))
                .contains("Value null at 'description'");
        assertThat(
                        caller.tried(
                                "UpdateKeyDescription",
                                "KeyId",
                                key,
                                "Description",
                                "x".repeat(8193)))
                .contains("less than or equal to 8192");
    }

    @Test
    void enablingAndDisablingTwiceChangesNothing() {
        String key = caller.newKey();
        assertThat(caller.tried("EnableKey", "KeyId", key)).isEqualTo(House.OK);
        for (int i = 0; i < 2; i++) {
            assertThat(caller.tried("DisableKey", "KeyId", key)).isEqualTo(House.OK);
            assertThat(caller.describe(key).keyState()).isEqualTo(KeyState.DISABLED);
        }
        for (int i = 0; i < 2; i++) {
            assertThat(caller.tried("EnableKey", "KeyId", key)).isEqualTo(House.OK);
            assertThat(caller.describe(key).keyState()).isEqualTo(KeyState.ENABLED);
        }
    }

    @Test
    void keysAreListedPageByPageWhateverTheirState() {
        List<String> keys =
                new ArrayList<>(
                        IntStream.range(0, 25).mapToObj(_ -> caller.newKey()).sorted().toList());
        caller.ask(KmsOperation.SCHEDULE_KEY_DELETION, "KeyId", keys.get(3));
        caller.ask(KmsOperation.DISABLE_KEY, "KeyId", keys.get(4));
        House.Caller stranger = house.root(House.OTHER_ACCOUNT, House.REGION);
        stranger.newKey();

        List<String> found = new ArrayList<>();
        String marker = null;
        do {
            ListKeysResponse page =
                    caller.ask(KmsOperation.LIST_KEYS, "Limit", 10, "Marker", marker);
            for (KeyListEntry entry : Objects.requireNonNull(page.keys())) {
                String id = Objects.requireNonNull(entry.keyId());
                assertThat(entry.keyArn()).isEqualTo(caller.arn(id).toString());
                found.add(id);
            }
            marker = page.nextMarker();
            assertThat(page.truncated()).isEqualTo(marker != null);
        } while (marker != null);
        assertThat(found).isEqualTo(keys);
    }
}
