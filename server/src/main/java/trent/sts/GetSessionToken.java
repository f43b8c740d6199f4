package trent.sts;

import org.jspecify.annotations.Nullable;
import trent.api.query.AccessDenied;
import trent.api.sts.GetSessionTokenRequest;
import trent.api.sts.GetSessionTokenResponse;
import trent.call.Call;
import trent.call.Operation;
import trent.call.Principal;

/**
 * GetSessionToken: temporary credentials of a user or root, with all its permissions. Needs no
 * permission itself.
 */
public record GetSessionToken(Sessions sessions)
        implements Operation<GetSessionTokenRequest, GetSessionTokenResponse> {

    private static final int DEFAULT_SECONDS = 43_200;

    @Override
    public GetSessionTokenResponse answer(Call call, GetSessionTokenRequest request) {
        Principal caller = call.principal();
        if (caller.session() != null) {
            throw new AccessDenied("Cannot call GetSessionToken with session credentials");
        }
        Sessions.refuseMfa(request.serialNumber(), request.tokenCode());
        return new GetSessionTokenResponse(
                sessions.issue(
                                caller.kind(),
                                caller.account(),
                                caller.id(),
                                null,
                                sessions.session(
                                        null,
                                        seconds(caller, request.durationSeconds()),
                                        SessionTags.NONE,
                                        SessionPolicies.NONE,
                                        null,
                                        null,
                                        caller.account(),
                                        null))
                        .credentials());
    }

    /** A root's is an hour at most: what is beyond is cut, not refused. */
    static int seconds(Principal caller, @Nullable Integer requested) {
        int seconds = requested == null ? DEFAULT_SECONDS : requested;
        return caller.isRoot() ? Math.min(seconds, Sessions.HOUR_SECONDS) : seconds;
    }
}
