package trent.lifecycle;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import trent.api.GetKeyLastUsageRequest;
import trent.api.GetKeyLastUsageResponse;
import trent.api.KeyLastUsageData;
import trent.api.KmsOperation;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.key.KeyFinder;
import trent.key.KeyStates;
import trent.key.LatestUses;
import trent.store.Key;
import trent.store.Usage;

/** GetKeyLastUsage: when a key last did its work, and in which call. */
public record GetKeyLastUsage(KeyFinder keys, LatestUses uses)
        implements Operation<GetKeyLastUsageRequest, GetKeyLastUsageResponse> {

    private static final KmsOperation<GetKeyLastUsageRequest, GetKeyLastUsageResponse> OPERATION =
            KmsOperation.GET_KEY_LAST_USAGE;
    private static final Action ACTION = Action.of(OPERATION);

    @Override
    public GetKeyLastUsageResponse answer(Call call, GetKeyLastUsageRequest request) {
        Key key = keys.managed(call, ACTION, request.keyId());
        KeyStates.require(OPERATION, key);
        Instant tracked = uses.trackedSince();
        return GetKeyLastUsageResponse.builder()
                .keyId(key.arn().toString())
                .keyCreationDate(key.created())
                .trackingStartDate(tracked.isAfter(key.created()) ? tracked : key.created())
                .keyLastUsage(data(uses.of(key)))
                .build();
    }

    /** Without a use it is there, and empty. */
    private static KeyLastUsageData data(@Nullable Usage usage) {
        if (usage == null) {
            return KeyLastUsageData.builder().build();
        }
        return KeyLastUsageData.builder()
                .operation(usage.operation())
                .timestamp(Instant.ofEpochMilli(usage.millis()).truncatedTo(ChronoUnit.SECONDS))
                .kmsRequestId(usage.requestId())
                .cloudTrailEventId(usage.requestId()) // audit records go by the request's id
                .build();
    }
}
