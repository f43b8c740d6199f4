package trent.alias;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trent.House;
import trent.api.KmsOperation;

/**
 * Aliases and keys of others: what is theirs is neither changed nor told of. Source: AWS KMS
 * Developer Guide, "Aliases".
 */
class AccountsAndRegionsTest {

    private static final String HIDDEN =
            "AccessDeniedException: User: arn:aws:iam::111122223333:root is not authorized to perform: kms:%s on this"
                    + " resource because the resource does not exist in this Region, no resource-based policies allow access,"
                    + " or a resource-based policy explicitly denies access";

    private final House house = new House();
    private final House.Caller caller = house.caller();
    private final House.Caller stranger = house.root(House.OTHER_ACCOUNT, House.REGION);
    private final House.Caller elsewhere = house.root(House.ACCOUNT, House.OTHER_REGION);
    private String theirKey = "";

    @BeforeEach
    void makeTheirs() {
        theirKey = stranger.newKey();
        stranger.newAlias("alias/theirs", theirKey);
    }

    @AfterEach
    void close() {
        house.close();
    }

    /** What exists and what does not get the same answer. */
    @ParameterizedTest
    @CsvSource({
        "DescribeKey,",
        "EnableKey,",
        "DisableKey,",
        "ScheduleKeyDeletion,",
        "CancelKeyDeletion,",
        "GetKeyPolicy,",
        "ListKeyPolicies,",
        "ListResourceTags,",
        "ListAliases,",
        "Encrypt,Plaintext",
        "UpdateKeyDescription,Description",
        "GenerateDataKey,KeySpec",
        "GenerateDataKeyWithoutPlaintext,KeySpec"
    })
    void aForeignKeyIsHidden(String operation, @Nullable String more) {
        String value = "KeySpec".equals(more) ? "AES_256" : "eA==";
        String existing =
                more == null
                        ? caller.tried(operation, "KeyId", stranger.arn(theirKey).toString())
                        : caller.tried(
                                operation, "KeyId", stranger.arn(theirKey).toString(), more, value);
        String missing =
                more == null
                        ? caller.tried(
                                operation, "KeyId", stranger.arn(House.UNKNOWN_KEY).toString())
                        : caller.tried(
                                operation,
                                "KeyId",
                                stranger.arn(House.UNKNOWN_KEY).toString(),
                                more,
                                value);
        assertThat(existing).isEqualTo(HIDDEN.formatted(operation)).isEqualTo(missing);
    }

    @Test
    void aForeignAliasIsHidden() {
        for (String name : List.of("alias/theirs", "alias/none")) {
            assertThat(caller.tried("DescribeKey", "KeyId", stranger.alias(name).toString()))
                    .isEqualTo(HIDDEN.formatted("DescribeKey"));
            assertThat(
                            caller.tried(
                                    "Encrypt",
                                    "KeyId",
                                    stranger.alias(name).toString(),
                                    "Plaintext",
                                    new byte[1]))
                    .isEqualTo(HIDDEN.formatted("Encrypt"));
        }
    }

    @Test
    void anAliasIsMadeMovedAndDeletedInTheCallersAccountOnly() {
        String ours = caller.newKey();
        assertThat(
                        caller.tried(
                                "CreateAlias",
                                "AliasName",
                                "alias/x",
                                "TargetKeyId",
                                stranger.arn(theirKey).toString()))
                .isEqualTo(HIDDEN.formatted("CreateAlias"));
        assertThat(caller.tried("CreateAlias", "AliasName", "alias/x", "TargetKeyId", theirKey))
                .as("a bare id is looked up in the caller's account")
                .isEqualTo("NotFoundException: Key '" + caller.arn(theirKey) + "' does not exist");
        assertThat(caller.tried("UpdateAlias", "AliasName", "alias/theirs", "TargetKeyId", ours))
                .isEqualTo(
                        "NotFoundException: Alias arn:aws:kms:us-east-2:111122223333:alias/theirs is not found.");
        assertThat(caller.tried("DeleteAlias", "AliasName", "alias/theirs"))
                .isEqualTo(
                        "NotFoundException: Alias arn:aws:kms:us-east-2:111122223333:alias/theirs is not found.");
        caller.newAlias("alias/mine", ours);
        assertThat(
                        caller.tried(
                                "UpdateAlias",
                                "AliasName",
                                "alias/mine",
                                "TargetKeyId",
                                stranger.arn(theirKey).toString()))
                .isEqualTo(HIDDEN.formatted("UpdateAlias"));
        assertThat(stranger.aliasNames()).containsExactly("alias/theirs");
        assertThat(caller.aliasNames()).containsExactly("alias/mine");
    }

    @Test
    void anAliasNameIsTheCallersOwn() {
        assertThat(caller.tried("DescribeKey", "KeyId", "alias/theirs"))
                .isEqualTo(
                        "NotFoundException: Alias arn:aws:kms:us-east-2:111122223333:alias/theirs is not found.");
        String ours = caller.newKey();
        caller.newAlias("alias/theirs", ours);
        assertThat(caller.describe("alias/theirs").keyId()).isEqualTo(ours);
        assertThat(stranger.describe("alias/theirs").keyId()).isEqualTo(theirKey);
    }

    /** A foreign ciphertext, one of another Region and one of a key that is gone get one answer. */
    @Test
    void aForeignCiphertextIsHidden() {
        String hidden =
                "AccessDeniedException: User: arn:aws:iam::111122223333:root is not authorized to perform: kms:%s on the"
                        + " resource associated with this ciphertext because the resource does not exist in this Region, no"
                        + " resource-based policies allow access, or a resource-based policy explicitly denies access";
        String ours = caller.newKey();
        for (byte[] blob :
                List.of(stranger.encrypt(theirKey), elsewhere.encrypt(elsewhere.newKey()))) {
            assertThat(caller.tried("Decrypt", "CiphertextBlob", blob))
                    .isEqualTo(hidden.formatted("Decrypt"));
            assertThat(caller.tried("Decrypt", "CiphertextBlob", blob, "KeyId", ours))
                    .isEqualTo(hidden.formatted("Decrypt"));
            assertThat(caller.tried("ReEncrypt", "CiphertextBlob", blob, "DestinationKeyId", ours))
                    .isEqualTo(hidden.formatted("ReEncryptFrom"));
        }
        byte[] own = caller.encrypt(ours);
        assertThat(
                        caller.tried(
                                "ReEncrypt",
                                "CiphertextBlob",
                                own,
                                "DestinationKeyId",
                                stranger.arn(theirKey).toString()))
                .isEqualTo(HIDDEN.formatted("ReEncryptTo"));
    }

    @Test
    void anotherRegionIsNamedBeforeAnyLookup() {
        String there = elsewhere.newKey();
        elsewhere.newAlias("alias/x", there);
        for (String form :
                List.of(elsewhere.arn(there).toString(), elsewhere.alias("alias/x").toString())) {
            assertThat(caller.tried("DescribeKey", "KeyId", form))
                    .isEqualTo("NotFoundException: Invalid arn eu-west-1");
        }
        assertThat(caller.tried("DescribeKey", "KeyId", there))
                .isEqualTo("NotFoundException: Key '" + caller.arn(there) + "' does not exist");
        assertThat(
                        caller.tried(
                                "CreateAlias",
                                "AliasName",
                                "alias/y",
                                "TargetKeyId",
                                elsewhere.arn(there).toString()))
                .isEqualTo("NotFoundException: Invalid arn eu-west-1");
    }

    /** Code with an alias name works in every Region. */
    @Test
    void oneNameInSeveralRegionsIsSeveralAliases() {
        caller.newAlias("alias/app", caller.newKey());
        elsewhere.newAlias("alias/app", elsewhere.newKey());
        for (House.Caller each : List.of(caller, elsewhere)) {
            byte[] blob = each.encrypt("alias/app", new byte[] {1}, Map.of());
            assertThat(each.decrypt(blob, Map.of())).containsExactly(1);
        }
        caller.ask(KmsOperation.DELETE_ALIAS, "AliasName", "alias/app");
        assertThat(elsewhere.aliasNames()).containsExactly("alias/app");
    }
}
