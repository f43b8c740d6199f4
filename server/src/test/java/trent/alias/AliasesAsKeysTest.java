package trent.alias;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import trent.House;
import trent.api.KmsOperation;

/**
 * Where an alias may stand for a key, and where not. Source: AWS KMS API Reference,
 * KeyId, and recorded replies.
 */
class AliasesAsKeysTest {

    private static final String REFUSED =
            "InvalidArnException: Key Aliases are not supported for this operation.";

    /** Operations that take aliases, with the members they need beside KeyId. */
    private static final Map<String, List<Object>> TAKE_ALIASES =
            Map.of(
                    "DescribeKey", List.of(),
                    "Encrypt", List.of("Plaintext", "eA=="),
                    "GenerateDataKey", List.of("KeySpec", "AES_256"),
                    "GenerateDataKeyWithoutPlaintext", List.of("NumberOfBytes", 8));

    /** Operations that refuse them. */
    private static final Map<String, List<Object>> REFUSE_ALIASES =
            Map.ofEntries(
                    Map.entry("ScheduleKeyDeletion", List.of()),
                    Map.entry("CancelKeyDeletion", List.of()),
                    Map.entry("EnableKey", List.of()),
                    Map.entry("DisableKey", List.of()),
                    Map.entry(
                            "TagResource",
                            List.of("Tags", List.of(Map.of("TagKey", "a", "TagValue", "b")))),
                    Map.entry("UntagResource", List.of("TagKeys", List.of("a"))),
                    Map.entry("ListResourceTags", List.of()),
                    Map.entry("UpdateKeyDescription", List.of("Description", "x")),
                    Map.entry("GetKeyPolicy", List.of()),
                    Map.entry("PutKeyPolicy", List.of("Policy", "{}")),
                    Map.entry("ListKeyPolicies", List.of()),
                    Map.entry("ListAliases", List.of()));

    /** Shown in tests of their own, or without a key member. */
    private static final Set<String> OTHERS =
            Set.of(
                    "Decrypt",
                    "ReEncrypt",
                    "CreateAlias",
                    "UpdateAlias",
                    "DeleteAlias",
                    "CreateKey",
                    "ListKeys",
                    "GenerateRandom");

    private final House house = new House();
    private final House.Caller caller = house.caller();
    private String key = "";

    @BeforeEach
    void makeKey() {
        key = caller.newKey();
        caller.newAlias("alias/x", key);
    }

    @AfterEach
    void close() {
        house.close();
    }

    static Set<String> takeAliases() {
        return TAKE_ALIASES.keySet();
    }

    static Set<String> refuseAliases() {
        return REFUSE_ALIASES.keySet();
    }

    @Test
    void everyRowIsAnOperation() {
        Set<String> all = new TreeSet<>(OTHERS);
        all.addAll(TAKE_ALIASES.keySet());
        all.addAll(REFUSE_ALIASES.keySet());
        assertThat(house.operations()).containsAll(all);
        assertThat(all).hasSize(TAKE_ALIASES.size() + REFUSE_ALIASES.size() + OTHERS.size());
    }

    @ParameterizedTest
    @MethodSource("takeAliases")
    void fourFormsStandForOneKey(String operation) {
        String arn = caller.arn(key).toString();
        for (String form : List.of(key, arn, "alias/x", caller.alias("alias/x").toString())) {
            assertThat(tried(operation, form, TAKE_ALIASES)).as(form).isEqualTo(House.OK);
        }
        assertThat(tried(operation, "alias/none", TAKE_ALIASES))
                .isEqualTo(
                        "NotFoundException: Alias arn:aws:kms:us-east-2:111122223333:alias/none is not found.");
        assertThat(tried(operation, "x", TAKE_ALIASES))
                .as("no prefix, so no alias")
                .isEqualTo("NotFoundException: Invalid keyId 'x'");
        assertThat(tried(operation, "arn:aws:kms:eu-west-1:111122223333:alias/x", TAKE_ALIASES))
                .isEqualTo("NotFoundException: Invalid arn eu-west-1");
    }

    /** Before any lookup, whether the alias exists or not. */
    @ParameterizedTest
    @MethodSource("refuseAliases")
    void aliasesAreRefused(String operation) {
        for (String form :
                List.of(
                        "alias/x",
                        "alias/none",
                        "alias/aws/s3",
                        "alias/",
                        caller.alias("alias/x").toString(),
                        "arn:aws:kms:us-east-2:111122223333:alias/none",
                        "arn:aws:kms:eu-west-1:444455556666:alias/x")) {
            assertThat(tried(operation, form, REFUSE_ALIASES)).as(form).isEqualTo(REFUSED);
        }
        assertThat(tried(operation, caller.arn(key).toString(), REFUSE_ALIASES))
                .isNotEqualTo(REFUSED);
    }

    /** The request's members come first, the rules of the operation after. */
    @Test
    void theRefusalComesBetweenMembersAndRules() {
        assertThat(caller.tried("TagResource", "KeyId", "alias/x"))
                .isEqualTo(
                        "ValidationException: 1 validation error detected: Value null at 'tags' failed to satisfy"
                                + " constraint: Member must not be null");
        assertThat(
                        caller.tried(
                                "ScheduleKeyDeletion",
                                "KeyId",
                                "alias/x",
                                "PendingWindowInDays",
                                5))
                .isEqualTo(REFUSED);
        assertThat(
                        caller.tried(
                                "ScheduleKeyDeletion",
                                "KeyId",
                                "alias/x",
                                "PendingWindowInDays",
                                0))
                .startsWith(
                        "ValidationException: 1 validation error detected: Value '0' at 'pendingWindowInDays'");
        assertThat(caller.tried("GetKeyPolicy", "KeyId", "alias/x", "PolicyName", "other"))
                .isEqualTo(REFUSED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"CreateAlias", "UpdateAlias"})
    void anAliasIsNoTarget(String operation) {
        for (String form : List.of("alias/x", "alias/none", caller.alias("alias/x").toString())) {
            assertThat(caller.tried(operation, "AliasName", "alias/x", "TargetKeyId", form))
                    .isEqualTo("ValidationException: Aliases must refer to keys. Not aliases");
        }
    }

    @Test
    void decryptAndReEncryptTakeAllFormsInEveryMember() {
        byte[] blob = caller.encrypt(key);
        for (String form :
                List.of(
                        key,
                        caller.arn(key).toString(),
                        "alias/x",
                        caller.alias("alias/x").toString())) {
            assertThat(caller.tried("Decrypt", "CiphertextBlob", blob, "KeyId", form))
                    .as(form)
                    .isEqualTo(House.OK);
            assertThat(
                            caller.tried(
                                    "ReEncrypt",
                                    "CiphertextBlob",
                                    blob,
                                    "SourceKeyId",
                                    form,
                                    "DestinationKeyId",
                                    form))
                    .as(form)
                    .isEqualTo(House.OK);
        }
        String none =
                "NotFoundException: Alias arn:aws:kms:us-east-2:111122223333:alias/none is not found.";
        assertThat(caller.tried("Decrypt", "CiphertextBlob", blob, "KeyId", "alias/none"))
                .isEqualTo(none);
        assertThat(
                        caller.tried(
                                "ReEncrypt",
                                "CiphertextBlob",
                                blob,
                                "SourceKeyId",
                                "alias/none",
                                "DestinationKeyId",
                                key))
                .isEqualTo(none);
        assertThat(
                        caller.tried(
                                "ReEncrypt",
                                "CiphertextBlob",
                                blob,
                                "DestinationKeyId",
                                "alias/none"))
                .isEqualTo(none);
    }

    @Test
    void anAliasThatMovedIsAnotherKeyForOldCiphertexts() {
        byte[] blob = caller.encrypt("alias/x");
        String newKey = caller.newKey();
        caller.ask(KmsOperation.UPDATE_ALIAS, "AliasName", "alias/x", "TargetKeyId", newKey);
        String wrong =
                "IncorrectKeyException: The key ID in the request does not identify a CMK that can perform this operation.";
        assertThat(caller.tried("Decrypt", "CiphertextBlob", blob, "KeyId", "alias/x"))
                .isEqualTo(wrong);
        assertThat(
                        caller.tried(
                                "ReEncrypt",
                                "CiphertextBlob",
                                blob,
                                "SourceKeyId",
                                "alias/x",
                                "DestinationKeyId",
                                "alias/x"))
                .isEqualTo(wrong);
        assertThat(caller.tried("Decrypt", "CiphertextBlob", blob))
                .as("the alias is no part of it")
                .isEqualTo(House.OK);
    }

    @Test
    void repliesNameTheKeyAndNeverTheAlias() {
        String arn = caller.arn(key).toString();
        assertThat(
                        caller.ask(
                                        KmsOperation.ENCRYPT,
                                        "KeyId",
                                        "alias/x",
                                        "Plaintext",
                                        new byte[1])
                                .keyId())
                .isEqualTo(arn);
        assertThat(
                        caller.ask(
                                        KmsOperation.GENERATE_DATA_KEY,
                                        "KeyId",
                                        "alias/x",
                                        "NumberOfBytes",
                                        8)
                                .keyId())
                .isEqualTo(arn);
        assertThat(
                        caller.ask(
                                        KmsOperation.GENERATE_DATA_KEY_WITHOUT_PLAINTEXT,
                                        "KeyId",
                                        "alias/x",
                                        "NumberOfBytes",
                                        8)
                                .keyId())
                .isEqualTo(arn);
        byte[] blob = caller.encrypt("alias/x");
        assertThat(
                        caller.ask(KmsOperation.DECRYPT, "CiphertextBlob", blob, "KeyId", "alias/x")
                                .keyId())
                .isEqualTo(arn);
        var moved =
                caller.ask(
                        KmsOperation.RE_ENCRYPT,
                        "CiphertextBlob",
                        blob,
                        "SourceKeyId",
                        "alias/x",
                        "DestinationKeyId",
                        "alias/x");
        assertThat(moved.keyId()).isEqualTo(arn);
        assertThat(moved.sourceKeyId()).isEqualTo(arn);
        assertThat(caller.describe("alias/x").arn()).isEqualTo(arn);
    }

    private String tried(String operation, String keyId, Map<String, List<Object>> table) {
        List<Object> more = Objects.requireNonNull(table.get(operation));
        @Nullable Object[] members = new @Nullable Object[more.size() + 2];
        members[0] = "KeyId";
        members[1] = keyId;
        for (int i = 0; i < more.size(); i++) {
            members[i + 2] = more.get(i);
        }
        return caller.tried(operation, members);
    }
}
