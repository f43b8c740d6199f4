package trent.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trent.House;
import trent.api.KeyState;
import trent.api.KmsOperation;
import trent.api.ScheduleKeyDeletionResponse;

/**
 * From the wish to delete a key to its end. Source: AWS KMS Developer Guide,
 * "Deleting AWS KMS keys".
 */
class KeyDeletionTest {

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

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            7   | ok
            30  | ok
            6   | ValidationException: PendingWindowInDays must be between 7 and 30
            31  | ValidationException: PendingWindowInDays must be between 7 and 30
            1   | ValidationException: PendingWindowInDays must be between 7 and 30
            365 | ValidationException: PendingWindowInDays must be between 7 and 30
            0   | ValidationException: 1 validation error detected: Value '0' at 'pendingWindowInDays' failed to satisfy constraint: Member must have value greater than or equal to 1
            366 | ValidationException: 1 validation error detected: Value '366' at 'pendingWindowInDays' failed to satisfy constraint: Member must have value less than or equal to 365
            """)
    void theWaitingPeriodIsSevenToThirtyDays(int days, String expected) {
        assertThat(caller.tried("ScheduleKeyDeletion", "KeyId", key, "PendingWindowInDays", days))
                .isEqualTo(expected);
        assertThat(caller.describe(key).keyState())
                .isEqualTo(
                        expected.equals(House.OK) ? KeyState.PENDING_DELETION : KeyState.ENABLED);
    }

    @Test
    void theReplySaysWhenAndTheKeyShowsIt() {
        ScheduleKeyDeletionResponse reply =
                caller.ask(KmsOperation.SCHEDULE_KEY_DELETION, "KeyId", key);
        assertThat(reply.keyId()).isEqualTo(caller.arn(key).toString());
        assertThat(reply.deletionDate()).isEqualTo(House.START.plus(Duration.ofDays(30)));
        assertThat(reply.keyState()).isEqualTo(KeyState.PENDING_DELETION);
        assertThat(reply.pendingWindowInDays()).isEqualTo(30);
        assertThat(caller.describe(key).deletionDate()).isEqualTo(reply.deletionDate());
        assertThat(caller.describe(key).enabled()).isFalse();
    }

    @Test
    void whatWaitsAlreadyCannotBeScheduledAgain() {
        schedule(7);
        assertThat(caller.tried("ScheduleKeyDeletion", "KeyId", key))
                .isEqualTo(
                        "KMSInvalidStateException: " + caller.arn(key) + " is pending deletion.");
        assertThat(caller.describe(key).deletionDate())
                .isEqualTo(House.START.plus(Duration.ofDays(7)));
    }

    @Test
    void aCancelledDeletionLeavesTheKeyDisabled() {
        assertThat(caller.tried("CancelKeyDeletion", "KeyId", key))
                .isEqualTo(
                        "KMSInvalidStateException: "
                                + caller.arn(key)
                                + " is not pending deletion.");
        byte[] blob = caller.encrypt(key);
        schedule(7);
        assertThat(caller.ask(KmsOperation.CANCEL_KEY_DELETION, "KeyId", key).keyId())
                .isEqualTo(caller.arn(key).toString());
        assertThat(caller.describe(key).keyState()).isEqualTo(KeyState.DISABLED);
        assertThat(caller.describe(key).deletionDate()).isNull();

        house.advance(Duration.ofDays(100));
        house.deleteWhatIsDue();
        caller.ask(KmsOperation.ENABLE_KEY, "KeyId", key);
        assertThat(caller.decrypt(blob, Map.of())).containsExactly(42);
    }

    @Test
    void theKeyEndsWhenItsTimeComesAndNotBefore() {
        schedule(7);
        house.advance(Duration.ofDays(7).minusMillis(1));
        house.deleteWhatIsDue();
        assertThat(caller.describe(key).keyState()).isEqualTo(KeyState.PENDING_DELETION);

        house.advance(Duration.ofMillis(1));
        house.deleteWhatIsDue();
        assertThat(caller.tried("DescribeKey", "KeyId", key))
                .isEqualTo("NotFoundException: Key '" + caller.arn(key) + "' does not exist");
    }

    @Test
    void everythingOfTheKeyGoesWithItAndNothingOfOthers() {
        String other = caller.newKey();
        List<Map<String, String>> tags = List.of(Map.of("TagKey", "a", "TagValue", "b"));
        for (String each : List.of(key, other)) {
            caller.newAlias("alias/" + each, each);
            caller.ask(KmsOperation.TAG_RESOURCE, "KeyId", each, "Tags", tags);
        }
        byte[] blob = caller.encrypt(key);
        byte[] otherBlob = caller.encrypt(other);
        schedule(7);
        house.advance(Duration.ofDays(8));
        house.deleteWhatIsDue();

        String gone = "NotFoundException: Key '" + caller.arn(key) + "' does not exist";
        for (String operation :
                List.of(
                        "DescribeKey",
                        "EnableKey",
                        "DisableKey",
                        "ScheduleKeyDeletion",
                        "CancelKeyDeletion",
                        "GetKeyPolicy",
                        "ListKeyPolicies",
                        "ListResourceTags",
                        "ListAliases")) {
            assertThat(caller.tried(operation, "KeyId", key)).as(operation).isEqualTo(gone);
        }
        assertThat(caller.tried("Encrypt", "KeyId", key, "Plaintext", new byte[1])).isEqualTo(gone);
        assertThat(caller.tried("Decrypt", "CiphertextBlob", blob))
                .startsWith("AccessDeniedException")
                .contains(
                        "on the resource associated with this ciphertext because the resource does not exist");
        String left =
                house.store()
                        .read(
                                tx ->
                                        "%s %s %s %s"
                                                .formatted(
                                                        tx.policies().of(caller.arn(key)),
                                                        tx.tags().list(caller.arn(key), "", 10),
                                                        tx.materials().of(caller.arn(key)).all(),
                                                        tx.aliases().of(caller.arn(key))));
        assertThat(left).isEqualTo("null [] [] []");
        assertThat(Objects.requireNonNull(caller.ask(KmsOperation.LIST_KEYS).keys()))
                .singleElement()
                .satisfies(entry -> assertThat(entry.keyId()).isEqualTo(other));

        assertThat(caller.decrypt(otherBlob, Map.of())).containsExactly(42);
        assertThat(caller.aliasNames()).containsExactly("alias/" + other);
        assertThat(caller.ask(KmsOperation.LIST_RESOURCE_TAGS, "KeyId", other).tags()).hasSize(1);
    }

    /** More keys than are deleted at once, of several accounts and Regions. */
    @Test
    void allKeysThatAreDueGoAtOnce() {
        House.Caller stranger = house.root(House.OTHER_ACCOUNT, House.OTHER_REGION);
        for (House.Caller each : List.of(caller, stranger)) {
            for (int i = 0; i < 120; i++) {
                each.ask(
                        KmsOperation.SCHEDULE_KEY_DELETION,
                        "KeyId",
                        each.newKey(),
                        "PendingWindowInDays",
                        7);
            }
        }
        house.advance(Duration.ofDays(7));
        house.deleteWhatIsDue();
        assertThat(caller.ask(KmsOperation.LIST_KEYS, "Limit", 1000).keys()).hasSize(1);
        assertThat(stranger.ask(KmsOperation.LIST_KEYS, "Limit", 1000).keys()).isEmpty();
    }

    private void schedule(int days) {
        caller.ask(KmsOperation.SCHEDULE_KEY_DELETION, "KeyId", key, "PendingWindowInDays", days);
    }
}
