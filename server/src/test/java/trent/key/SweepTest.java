package trent.key;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import trent.House;
import trent.api.KmsOperation;
import trent.name.KeyArn;

/** A run over the keys that are due: none keeps the others from their turn. */
class SweepTest {

    private static final int BAD = 200;
    private static final int GOOD = 150;

    @Test
    void keysThatFailForGoodKeepNoOtherAwayForEver() {
        try (House house = new House()) {
            House.Caller caller = house.caller();
            List<KeyArn> bad = due(caller, BAD);
            house.advance(Duration.ofSeconds(1));
            List<KeyArn> good = due(caller, GOOD);
            house.advance(Duration.ofDays(8));
            Set<KeyArn> seen = new HashSet<>();
            List<Integer> failures = new ArrayList<>();
            Sweep.Place place = new Sweep.Place();
            for (int run = 0; run < 4; run++) {
                failures.add(
                        Sweep.over(
                                        house.store(),
                                        place,
                                        (tx, last, limit) ->
                                                tx.keys().dueForDeletion(house.now(), last, limit),
                                        arn -> {
                                            if (bad.contains(arn)) {
                                                throw new IllegalStateException("damaged");
                                            }
                                            return seen.add(arn);
                                        })
                                .failed());
            }
            assertThat(seen).containsExactlyInAnyOrderElementsOf(good);
            // A hundred in each run; after the end it begins anew, since they may be mended.
            assertThat(failures).containsExactly(100, 100, 0, 100);
        }
    }

    private static List<KeyArn> due(House.Caller caller, int count) {
        List<KeyArn> keys = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String key = caller.newKey();
            caller.ask(KmsOperation.SCHEDULE_KEY_DELETION, "KeyId", key, "PendingWindowInDays", 7);
            keys.add(caller.arn(key));
        }
        return keys;
    }
}
