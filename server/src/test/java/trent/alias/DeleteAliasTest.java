package trent.alias;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.EnumSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import trent.House;
import trent.api.KeyState;
import trent.api.KmsOperation;

/**
 * DeleteAlias, and what the deletion of a key does to its aliases. Source: AWS
 * KMS API Reference, DeleteAlias.
 */
class DeleteAliasTest {

    private final House house = new House();
    private final House.Caller caller = house.caller();
    private String key = "";

    @BeforeEach
    void makeKey() {
        key = caller.newKey();
    }

    @AfterEach
    void close() {
        house.close();
    }

    @Test
    void anAliasGoesAndItsKeyStays() {
        for (KeyState state : EnumSet.allOf(KeyState.class)) {
            house.setState(caller.arn(key), KeyState.ENABLED);
            caller.newAlias("alias/x", key);
            house.setState(caller.arn(key), state);
            assertThat(delete("alias/x")).as(state.wire()).isEqualTo(House.OK);
            assertThat(caller.describe(key).keyState()).isEqualTo(state);
        }
        assertThat(caller.aliases()).isEmpty();
    }

    @Test
    void anUnknownAliasIsNotFound() {
        String unknown =
                "NotFoundException: Alias arn:aws:kms:us-east-2:111122223333:alias/x is not found.";
        assertThat(delete("alias/x")).isEqualTo(unknown);
        caller.newAlias("alias/x", key);
        assertThat(delete("alias/X")).isEqualTo(unknown.replace("alias/x", "alias/X"));
        assertThat(delete("alias/x")).isEqualTo(House.OK);
        assertThat(delete("alias/x")).isEqualTo(unknown);
    }

    @Test
    void predefinedNamesAreRefused() {
        assertThat(delete("alias/aws/s3")).isEqualTo("NotAuthorizedException");
    }

    @Test
    void theCallerMustBeAllowed() {
        caller.newAlias("alias/x", key);
        assertThat(
                        house.user(House.ACCOUNT, House.REGION)
                                .tried("DeleteAlias", "AliasName", "alias/x"))
                .isEqualTo(
                        "AccessDeniedException: User: arn:aws:iam::111122223333:user/alice is not authorized to perform:"
                                + " kms:DeleteAlias on resource: arn:aws:kms:us-east-2:111122223333:alias/x because no"
                                + " identity-based policy allows the kms:DeleteAlias action");
        assertThat(caller.aliases()).hasSize(1);
    }

    @Test
    void aliasesStayWhileTheirKeyAwaitsItsDeletion() {
        String other = caller.newKey();
        caller.newAlias("alias/stays", key);
        caller.newAlias("alias/deleted", key);
        caller.newAlias("alias/moved", key);
        caller.ask(KmsOperation.SCHEDULE_KEY_DELETION, "KeyId", key);

        assertThat(caller.aliases("KeyId", key)).as("still listed").hasSize(3);
        assertThat(caller.describe("alias/stays").keyState())
                .as("still resolved")
                .isEqualTo(KeyState.PENDING_DELETION);
        assertThat(caller.tried("Encrypt", "KeyId", "alias/stays", "Plaintext", new byte[1]))
                .isEqualTo(
                        "KMSInvalidStateException: " + caller.arn(key) + " is pending deletion.");
        assertThat(delete("alias/deleted")).isEqualTo(House.OK);
        assertThat(caller.tried("UpdateAlias", "AliasName", "alias/moved", "TargetKeyId", other))
                .isEqualTo(House.OK);
    }

    @Test
    void allAliasesGoWithTheirKeyAndTheirNamesAreFree() {
        String other = caller.newKey();
        caller.newAlias("alias/x", key);
        caller.newAlias("alias/y", key);
        caller.newAlias("alias/other", other);
        caller.ask(KmsOperation.SCHEDULE_KEY_DELETION, "KeyId", key, "PendingWindowInDays", 7);
        house.advance(Duration.ofDays(7));
        house.deleteWhatIsDue();

        assertThat(caller.aliases())
                .singleElement()
                .satisfies(alias -> assertThat(alias.aliasName()).isEqualTo("alias/other"));
        assertThat(caller.tried("DescribeKey", "KeyId", "alias/x"))
                .isEqualTo(
                        "NotFoundException: Alias arn:aws:kms:us-east-2:111122223333:alias/x is not found.");
        assertThat(delete("alias/y")).startsWith("NotFoundException");
        assertThat(caller.tried("CreateAlias", "AliasName", "alias/x", "TargetKeyId", other))
                .isEqualTo(House.OK);
    }

    private String delete(String name) {
        return caller.tried("DeleteAlias", "AliasName", name);
    }
}
