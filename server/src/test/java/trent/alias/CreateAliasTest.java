package trent.alias;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trent.House;
import trent.api.AliasListEntry;
import trent.api.KeySpec;
import trent.api.KeyState;
import trent.api.KeyUsageType;
import trent.api.KmsOperation;

/**
 * CreateAlias, check by check. Source: AWS KMS API Reference, CreateAlias, and recorded replies.
 */
class CreateAliasTest {

    private static final int QUOTA = 50;

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
    void aNewAliasStandsForItsKey() {
        caller.newAlias("alias/ExampleAlias", key);

        AliasListEntry alias = caller.aliases().getFirst();
        assertThat(alias.aliasName()).isEqualTo("alias/ExampleAlias");
        assertThat(alias.aliasArn())
                .isEqualTo("arn:aws:kms:us-east-2:111122223333:alias/ExampleAlias");
        assertThat(alias.targetKeyId()).isEqualTo(key);
        assertThat(alias.creationDate()).isEqualTo(House.START).isEqualTo(alias.lastUpdatedDate());
    }

    @Test
    void theTargetMayBeGivenAsArn() {
        assertThat(create("alias/x", caller.arn(key).toString())).isEqualTo(House.OK);
        assertThat(caller.describe("alias/x").keyId()).isEqualTo(key);
    }

    @Test
    void caseMatters() {
        assertThat(create("alias/A", key)).isEqualTo(House.OK);
        assertThat(create("alias/a", key)).isEqualTo(House.OK);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            alias/y                                                | ValidationException: Aliases must refer to keys. Not aliases
            alias/none                                             | ValidationException: Aliases must refer to keys. Not aliases
            arn:aws:kms:us-east-2:111122223333:alias/y             | ValidationException: Aliases must refer to keys. Not aliases
            arn:aws:kms:eu-west-1:444455556666:alias/y             | ValidationException: Aliases must refer to keys. Not aliases
            x                                                      | NotFoundException: Invalid keyId 'x'
            arn:aws:kms:us-east-2:111122223333:key/x               | NotFoundException: Invalid keyId x
            arn:aws:kms:eu-west-1:111122223333:key/x               | NotFoundException: Invalid arn eu-west-1
            1234abcd-12ab-34cd-56ef-1234567890ab                   | NotFoundException: Key 'arn:aws:kms:us-east-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab' does not exist
            arn:aws:kms:us-east-2:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab | AccessDeniedException: User: arn:aws:iam::111122223333:root is not authorized to perform: kms:CreateAlias on this resource because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access
            """)
    void targetsThatAreNone(String target, String expected) {
        caller.newAlias("alias/y", key);
        assertThat(create("alias/x", target)).isEqualTo(expected);
        assertThat(names()).containsExactly("alias/y");
    }

    @Test
    void theCallerMustBeAllowed() {
        assertThat(
                        house.user(House.ACCOUNT, House.REGION)
                                .tried("CreateAlias", "AliasName", "alias/x", "TargetKeyId", key))
                .isEqualTo(
                        "AccessDeniedException: User: arn:aws:iam::111122223333:user/alice is not authorized to perform:"
                                + " kms:CreateAlias on resource: arn:aws:kms:us-east-2:111122223333:alias/x because no"
                                + " identity-based policy allows the kms:CreateAlias action");
        assertThat(names()).isEmpty();
    }

    @Test
    void aKeyThatAwaitsItsDeletionGetsNoAlias() {
        for (KeyState state : EnumSet.allOf(KeyState.class)) {
            house.setState(caller.arn(key), state);
            String expected =
                    switch (state) {
                        case PENDING_DELETION ->
                                "KMSInvalidStateException: "
                                        + caller.arn(key)
                                        + " is pending deletion.";
                        case PENDING_REPLICA_DELETION ->
                                "KMSInvalidStateException: "
                                        + caller.arn(key)
                                        + " is pending replica deletion.";
                        default -> House.OK;
                    };
            assertThat(create("alias/" + state.wire(), key)).as(state.wire()).isEqualTo(expected);
        }
        assertThat(names()).hasSize(KeyState.values().length - 2);
    }

    @Test
    void aNameIsTakenOnceInItsAccountAndRegion() {
        caller.newAlias("alias/x", key);
        String taken =
                "AlreadyExistsException: An alias with the name arn:aws:kms:us-east-2:111122223333:alias/x already exists";
        assertThat(create("alias/x", key)).as("the same target").isEqualTo(taken);
        assertThat(create("alias/x", caller.newKey())).as("another target").isEqualTo(taken);
        assertThat(caller.describe("alias/x").keyId()).isEqualTo(key);

        for (House.Caller elsewhere :
                List.of(
                        house.root(House.ACCOUNT, House.OTHER_REGION),
                        house.root(House.OTHER_ACCOUNT, House.REGION))) {
            assertThat(
                            elsewhere.tried(
                                    "CreateAlias",
                                    "AliasName",
                                    "alias/x",
                                    "TargetKeyId",
                                    elsewhere.newKey()))
                    .isEqualTo(House.OK);
        }
    }

    @Test
    void aKeyHasAtMostFiftyAliases() {
        fill(key);
        assertThat(create("alias/one-more", key))
                .isEqualTo(
                        "LimitExceededException: Aliases per key quota for this account in this region is 50, current usage"
                                + " is 50.");
        assertThat(names()).hasSize(QUOTA).doesNotContain("alias/one-more");
        assertThat(create("alias/one-more", caller.newKey())).as("another key").isEqualTo(House.OK);

        caller.ask(KmsOperation.DELETE_ALIAS, "AliasName", "alias/7");
        assertThat(create("alias/7", key)).as("after one was deleted").isEqualTo(House.OK);
    }

    /**
     * Of two faults the earlier check of the documentation answers. Each row: the two
     * faults, and who answers.
     */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            alias/a:b    | alias/y  | contains invalid characters
            alias/aws/x  | alias/y  | NotAuthorizedException
            alias/       | alias/y  | InvalidAliasNameException
            x            | alias/y  | must start with the prefix
            alias/aws/x  | x        | NotAuthorizedException
            alias/aws/x  | unknown  | NotAuthorizedException
            alias/aws/x  | foreign  | NotAuthorizedException
            alias/aws/x  | pending  | NotAuthorizedException
            alias/aws/x  | full     | NotAuthorizedException
            alias/taken  | alias/y  | Aliases must refer to keys
            alias/taken  | x        | Invalid keyId
            alias/taken  | unknown  | does not exist
            alias/taken  | foreign  | AccessDeniedException
            alias/taken  | pending  | is pending deletion.
            alias/taken  | full     | AlreadyExistsException
            alias/x      | pending+full | is pending deletion.
            alias/taken  | pending+full | is pending deletion.
            """)
    void theEarlierCheckAnswers(String name, String fault, String expected) {
        caller.newAlias("alias/taken", key);
        String target =
                switch (fault) {
                    case "unknown" -> House.UNKNOWN_KEY;
                    case "foreign" -> "arn:aws:kms:us-east-2:444455556666:key/" + House.UNKNOWN_KEY;
                    case "pending", "full", "pending+full" -> caller.newKey();
                    default -> fault;
                };
        if (fault.contains("full")) {
            fill(target);
        }
        if (fault.contains("pending")) {
            caller.ask(KmsOperation.SCHEDULE_KEY_DELETION, "KeyId", target);
        }
        assertThat(create(name, target)).contains(expected);
    }

    /**
     * A caller without permission learns of a missing key of his own account first, then of
     * permission, then of state.
     */
    @Test
    void permissionIsCheckedBetweenExistenceAndState() {
        House.Caller user = house.user(House.ACCOUNT, House.REGION);
        caller.newAlias("alias/taken", key);
        caller.ask(KmsOperation.SCHEDULE_KEY_DELETION, "KeyId", key);
        assertThat(
                        user.tried(
                                "CreateAlias",
                                "AliasName",
                                "alias/taken",
                                "TargetKeyId",
                                House.UNKNOWN_KEY))
                .contains("does not exist");
        assertThat(user.tried("CreateAlias", "AliasName", "alias/taken", "TargetKeyId", key))
                .startsWith("AccessDeniedException")
                .contains("on resource: arn:aws:kms:us-east-2:111122223333:alias/taken ");
    }

    @Test
    void everyKindOfKeyMayHaveAliases() {
        String rsa =
                house.insertKey(caller, KeySpec.RSA_2048, KeyUsageType.SIGN_VERIFY).id().value();
        assertThat(create("alias/rsa", rsa)).isEqualTo(House.OK);
    }

    @Test
    void aNewAliasOfAnOldNameIsNew() {
        caller.newAlias("alias/x", key);
        caller.ask(KmsOperation.DELETE_ALIAS, "AliasName", "alias/x");
        house.advance(Duration.ofHours(1));
        caller.newAlias("alias/x", key);
        assertThat(caller.aliases().getFirst().creationDate())
                .isEqualTo(House.START.plus(Duration.ofHours(1)));
    }

    private void fill(String target) {
        for (int i = 0; i < QUOTA; i++) {
            caller.newAlias("alias/" + i, target);
        }
    }

    private String create(String name, String target) {
        return caller.tried("CreateAlias", "AliasName", name, "TargetKeyId", target);
    }

    private List<String> names() {
        return caller.aliasNames("Limit", 100);
    }
}
