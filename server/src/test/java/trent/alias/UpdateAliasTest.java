package trent.alias;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.EnumSet;
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
import trent.name.KeyArn;

/**
 * UpdateAlias, check by check. Source: AWS KMS API Reference, UpdateAlias, and recorded replies.
 */
class UpdateAliasTest {

    private final House house = new House();
    private final House.Caller caller = house.caller();
    private String oldKey = "";
    private String newKey = "";

    @BeforeEach
    void makeKeys() {
        oldKey = caller.newKey();
        newKey = caller.newKey();
        caller.newAlias("alias/x", oldKey);
    }

    @AfterEach
    void close() {
        house.close();
    }

    @Test
    void theAliasStandsForTheNewKeyFromNowOn() {
        house.advance(Duration.ofMinutes(5));
        assertThat(update("alias/x", newKey)).isEqualTo(House.OK);

        AliasListEntry alias = caller.aliases("KeyId", newKey).getFirst();
        assertThat(alias.targetKeyId()).isEqualTo(newKey);
        assertThat(alias.creationDate()).isEqualTo(House.START);
        assertThat(alias.lastUpdatedDate()).isEqualTo(House.START.plus(Duration.ofMinutes(5)));
        assertThat(caller.aliases("KeyId", oldKey)).isEmpty();
        assertThat(caller.describe("alias/x").keyId()).isEqualTo(newKey);
    }

    @Test
    void theCurrentTargetAgainOnlyMovesTheDate() {
        house.advance(Duration.ofMinutes(5));
        assertThat(update("alias/x", oldKey)).isEqualTo(House.OK);
        AliasListEntry alias = caller.aliases().getFirst();
        assertThat(alias.targetKeyId()).isEqualTo(oldKey);
        assertThat(alias.lastUpdatedDate()).isEqualTo(House.START.plus(Duration.ofMinutes(5)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            alias/x    | alias/x  | ValidationException: Aliases must refer to keys. Not aliases
            alias/none | alias/x  | ValidationException: Aliases must refer to keys. Not aliases
            alias/none | x        | NotFoundException: Invalid keyId 'x'
            alias/none | arn:aws:kms:eu-west-1:111122223333:key/x | NotFoundException: Invalid arn eu-west-1
            alias/none | 1234abcd-12ab-34cd-56ef-1234567890ab | NotFoundException: Alias arn:aws:kms:us-east-2:111122223333:alias/none is not found.
            alias/none | arn:aws:kms:us-east-2:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab | NotFoundException: Alias arn:aws:kms:us-east-2:111122223333:alias/none is not found.
            alias/x    | 1234abcd-12ab-34cd-56ef-1234567890ab | NotFoundException: Key 'arn:aws:kms:us-east-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab' does not exist
            alias/x    | arn:aws:kms:us-east-2:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab | AccessDeniedException: User: arn:aws:iam::111122223333:root is not authorized to perform: kms:UpdateAlias on this resource because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access
            alias/aws/x | alias/x | NotAuthorizedException
            """)
    void checksInAwsOrder(String name, String target, String expected) {
        assertThat(update(name, target)).isEqualTo(expected);
    }

    @Test
    void theCallerMustBeAllowed() {
        assertThat(
                        house.user(House.ACCOUNT, House.REGION)
                                .tried(
                                        "UpdateAlias",
                                        "AliasName",
                                        "alias/x",
                                        "TargetKeyId",
                                        newKey))
                .isEqualTo(
                        "AccessDeniedException: User: arn:aws:iam::111122223333:user/alice is not authorized to perform:"
                                + " kms:UpdateAlias on resource: arn:aws:kms:us-east-2:111122223333:alias/x because no"
                                + " identity-based policy allows the kms:UpdateAlias action");
    }

    /**
     * Usage first, then the kind of key; between asymmetric keys of one usage
     * an alias moves freely.
     */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            SYMMETRIC_DEFAULT ENCRYPT_DECRYPT     | RSA_2048 SIGN_VERIFY          | key usage ENCRYPT_DECRYPT, SIGN_VERIFY
            SYMMETRIC_DEFAULT ENCRYPT_DECRYPT     | HMAC_256 GENERATE_VERIFY_MAC  | key usage ENCRYPT_DECRYPT, GENERATE_VERIFY_MAC
            ECC_NIST_P256 KEY_AGREEMENT           | ECC_NIST_P256 SIGN_VERIFY     | key usage KEY_AGREEMENT, SIGN_VERIFY
            RSA_4096 SIGN_VERIFY                  | RSA_4096 ENCRYPT_DECRYPT      | key usage SIGN_VERIFY, ENCRYPT_DECRYPT
            SYMMETRIC_DEFAULT ENCRYPT_DECRYPT     | RSA_2048 ENCRYPT_DECRYPT      | key type SYMMETRIC, ASYMMETRIC
            RSA_2048 ENCRYPT_DECRYPT              | SYMMETRIC_DEFAULT ENCRYPT_DECRYPT | key type ASYMMETRIC, SYMMETRIC
            RSA_2048 SIGN_VERIFY                  | ECC_NIST_P256 SIGN_VERIFY     | ok
            ECC_SECG_P256K1 SIGN_VERIFY           | ML_DSA_44 SIGN_VERIFY         | ok
            RSA_2048 ENCRYPT_DECRYPT              | RSA_4096 ENCRYPT_DECRYPT      | ok
            HMAC_224 GENERATE_VERIFY_MAC          | HMAC_512 GENERATE_VERIFY_MAC  | ok
            SYMMETRIC_DEFAULT ENCRYPT_DECRYPT     | SYMMETRIC_DEFAULT ENCRYPT_DECRYPT | ok
            """)
    void anAliasKeepsTheUseOfItsKey(String from, String to, String expected) {
        caller.newAlias("alias/y", insert(from));
        String outcome = update("alias/y", insert(to));
        if (expected.equals(House.OK)) {
            assertThat(outcome).isEqualTo(House.OK);
            return;
        }
        String what = expected.substring(0, expected.indexOf(' ', "key ".length()));
        String[] values = expected.substring(what.length() + 1).split(", ", -1);
        assertThat(outcome)
                .isEqualTo(
                        "ValidationException: Alias alias/y cannot be changed from a CMK with %s %s to a CMK with %s %s. The %s of the current CMK and the new CMK must be the same."
                                .formatted(what, values[0], what, values[1], what));
    }

    @Test
    void onlyANewTargetThatAwaitsItsDeletionIsRefused() {
        for (KeyState state : EnumSet.allOf(KeyState.class)) {
            house.setState(caller.arn(newKey), state);
            String expected =
                    switch (state) {
                        case PENDING_DELETION ->
                                "KMSInvalidStateException: "
                                        + caller.arn(newKey)
                                        + " is pending deletion.";
                        case PENDING_REPLICA_DELETION ->
                                "KMSInvalidStateException: "
                                        + caller.arn(newKey)
                                        + " is pending replica deletion.";
                        default -> House.OK;
                    };
            assertThat(update("alias/x", newKey)).as("to %s", state).isEqualTo(expected);

            house.setState(caller.arn(newKey), KeyState.ENABLED);
            update("alias/x", newKey);
            house.setState(caller.arn(newKey), state);
            assertThat(update("alias/x", oldKey)).as("from %s", state).isEqualTo(House.OK);
        }
    }

    @Test
    void theQuotaHoldsForTheNewKeyToo() {
        for (int i = 0; i < 50; i++) {
            caller.newAlias("alias/" + i, newKey);
        }
        assertThat(update("alias/x", newKey))
                .isEqualTo(
                        "LimitExceededException: Aliases per key quota for this account in this region is 50, current usage"
                                + " is 50.");
        assertThat(caller.describe("alias/x").keyId()).isEqualTo(oldKey);
        assertThat(update("alias/7", newKey))
                .as("an alias that it has already")
                .isEqualTo(House.OK);
    }

    /** Usage before state, state before quota. */
    @Test
    void theEarlierCheckAnswers() {
        KeyArn rsa = house.insertKey(caller, KeySpec.RSA_2048, KeyUsageType.SIGN_VERIFY);
        for (int i = 0; i < 50; i++) {
            caller.newAlias("alias/" + i, rsa.id().value());
            caller.newAlias("alias/new/" + i, newKey);
        }
        house.setState(rsa, KeyState.PENDING_DELETION);
        house.setState(caller.arn(newKey), KeyState.PENDING_DELETION);
        assertThat(update("alias/x", rsa.id().value()))
                .startsWith("ValidationException: Alias alias/x cannot be changed");
        assertThat(update("alias/x", newKey)).endsWith("is pending deletion.");
    }

    private String insert(String specAndUsage) {
        String[] words = specAndUsage.split(" ", -1);
        return house.insertKey(caller, KeySpec.valueOf(words[0]), KeyUsageType.valueOf(words[1]))
                .id()
                .value();
    }

    private String update(String name, String target) {
        return caller.tried("UpdateAlias", "AliasName", name, "TargetKeyId", target);
    }
}
