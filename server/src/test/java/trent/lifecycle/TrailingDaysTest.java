package trent.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import trent.House;
import trent.access.Access;
import trent.access.GrantTokens;
import trent.access.StoredKeySources;
import trent.api.DisableKeyRequest;
import trent.api.KeyLastUsageTrackingOperation;
import trent.api.KeyState;
import trent.api.ScheduleKeyDeletionRequest;
import trent.call.Call;
import trent.call.Principal;
import trent.identity.KnownHolders;
import trent.key.KeyFinder;
import trent.key.LatestUses;
import trent.store.Store;

/** A key that is used between the check and the change is one that is in use. */
class TrailingDaysTest {

    private static final String ONLY_UNUSED =
            """
            {"Version": "2012-10-17", "Statement": [
              {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "kms:*",
               "Resource": "*"},
              {"Effect": "Deny", "Principal": "*", "Action": ["kms:DisableKey",
               "kms:ScheduleKeyDeletion"], "Resource": "*",
               "Condition": {"NumericLessThan": {"kms:TrailingDaysWithoutKeyUsage": "30"}}}]}
            """;

    /** Does once, when it is asked for the time, what the test says. */
    private static final class Clock implements InstantSource {

        private Instant now = House.START;
        private @Nullable Runnable once;

        @Override
        public Instant instant() {
            Runnable then = once;
            once = null;
            if (then != null) {
                then.run();
            }
            return now;
        }
    }

    private final House house = new House();
    private final House.Caller caller = house.caller();
    private final Store store = house.store();
    private final Clock clock = new Clock();
    private final LatestUses uses = new LatestUses(store, clock);
    private final KeyFinder keys =
            new KeyFinder(
                    store,
                    new Access(
                            new GrantTokens(store),
                            new StoredKeySources(store),
                            KnownHolders.nobody(),
                            clock,
                            50));
    private String key = "";

    @BeforeEach
    void makeKey() {
        key = caller.newKey();
        assertThat(caller.tried("PutKeyPolicy", "KeyId", key, "Policy", ONLY_UNUSED))
                .isEqualTo(House.OK);
        clock.now = House.START.plus(Duration.ofDays(40));
    }

    @AfterEach
    void close() {
        house.close();
    }

    @Test
    void whatHasNotBeenUsedMayBeDeletedAndDisabled() {
        assertThat(disabled()).isEqualTo(House.OK);
        assertThat(scheduled()).isEqualTo(House.OK);
    }

    @Test
    void aUseAfterTheCheckKeepsAKeyFromDeletion() {
        clock.once = this::use;
        assertThat(scheduled()).startsWith("AccessDeniedException");
        assertThat(caller.describe(key).keyState()).isEqualTo(KeyState.ENABLED);
    }

    @Test
    void aUseAfterTheCheckThatIsWrittenKeepsAKeyFromBeingDisabled() {
        clock.once =
                () -> {
                    use();
                    uses.flush();
                };
        assertThat(disabled()).startsWith("AccessDeniedException");
        assertThat(caller.describe(key).keyState()).isEqualTo(KeyState.ENABLED);
    }

    private void use() {
        uses.note(caller.arn(key), KeyLastUsageTrackingOperation.ENCRYPT, "request");
    }

    private String scheduled() {
        ScheduleKeyDeletion operation = new ScheduleKeyDeletion(keys, store, clock, uses);
        ScheduleKeyDeletionRequest request = new ScheduleKeyDeletionRequest(key, 7);
        return House.outcome(() -> store.checked(() -> operation.answer(call(), request)));
    }

    private String disabled() {
        DisableKey operation = new DisableKey(keys, store, uses);
        DisableKeyRequest request = new DisableKeyRequest(key);
        return House.outcome(() -> store.checked(() -> operation.answer(call(), request)));
    }

    private static Call call() {
        return new Call(Principal.root(House.ACCOUNT, "aws"), House.REGION, "test");
    }
}
