package trent.lifecycle;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import trent.access.Detail;
import trent.access.Details;
import trent.api.KmsOperation;
import trent.api.ScheduleKeyDeletionRequest;
import trent.api.ScheduleKeyDeletionResponse;
import trent.api.ValidationException;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.key.KeyFinder;
import trent.key.KeyStates;
import trent.key.LatestUses;
import trent.name.KeyArn;
import trent.store.Key;
import trent.store.Store;

/**
 * ScheduleKeyDeletion: the key is deleted after a waiting period, with its aliases,
 * unless that is cancelled.
 */
public record ScheduleKeyDeletion(KeyFinder keys, Store store, InstantSource clock, LatestUses uses)
        implements Operation<ScheduleKeyDeletionRequest, ScheduleKeyDeletionResponse> {

    private static final KmsOperation<ScheduleKeyDeletionRequest, ScheduleKeyDeletionResponse>
            OPERATION = KmsOperation.SCHEDULE_KEY_DELETION;
    private static final Action ACTION = Action.of(OPERATION);
    private static final int MIN_DAYS = 7;
    private static final int MAX_DAYS = 30;

    @Override
    public ScheduleKeyDeletionResponse answer(Call call, ScheduleKeyDeletionRequest request) {
        int days = request.pendingWindowInDays() == null ? MAX_DAYS : request.pendingWindowInDays();
        Details details =
                new Details()
                        .with(
                                Detail.SCHEDULE_KEY_DELETION_PENDING_WINDOW_IN_DAYS,
                                Integer.toString(days));
        TrailingDays trailing = new TrailingDays(uses);
        trailing.in(details);
        KeyArn arn = keys.managed(call, ACTION, request.keyId(), details).arn();
        if (days < MIN_DAYS || days > MAX_DAYS) { // the model allows 1 to 365
            throw new ValidationException("PendingWindowInDays must be between 7 and 30");
        }
        Instant deletion =
                clock.instant().truncatedTo(ChronoUnit.MILLIS).plus(Duration.ofDays(days));
        Key pending =
                store.write(
                        tx -> {
                            Key key = KeyFinder.orNotFound(arn, tx.keys().find(arn));
                            KeyStates.require(OPERATION, key);
                            trailing.requireUnmoved(tx, key);
                            // A primary waits until its last replica is deleted.
                            Key changed =
                                    key.primary() && tx.keys().related(arn).size() > 1
                                            ? key.pendingReplicaDeletion(days)
                                            : key.pendingDeletion(deletion);
                            tx.keys().update(changed);
                            return changed;
                        });
        return ScheduleKeyDeletionResponse.builder()
                .keyId(arn.toString())
                .deletionDate(pending.deletion())
                .keyState(pending.state())
                .pendingWindowInDays(days)
                .build();
    }
}
