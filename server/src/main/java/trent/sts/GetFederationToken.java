package trent.sts;

import java.util.Map;
import java.util.Objects;
import java.util.Set;
import trent.access.Access;
import trent.access.Decision;
import trent.access.Denial;
import trent.access.ServiceFacts;
import trent.api.query.AccessDenied;
import trent.api.sts.FederatedUser;
import trent.api.sts.GetFederationTokenRequest;
import trent.api.sts.GetFederationTokenResponse;
import trent.call.Call;
import trent.call.Operation;
import trent.call.Principal;
import trent.call.Session;
import trent.sts.Role.ManagedPolicies;

/**
 * GetFederationToken: temporary credentials for somebody whom the calling user names, with what
 * both the user's and the session's policies allow.
 */
public record GetFederationToken(Access access, ManagedPolicies managed, Sessions sessions)
        implements Operation<GetFederationTokenRequest, GetFederationTokenResponse> {

    private static final String ACTION = "sts:GetFederationToken";
    private static final String TAG_SESSION = "sts:TagSession";

    @Override
    public GetFederationTokenResponse answer(Call call, GetFederationTokenRequest request) {
        Principal caller = call.principal();
        if (caller.session() != null) {
            throw new AccessDenied("Cannot call GetFederationToken with session credentials");
        }
        Map<String, String> requested = SessionTags.pairs(request.tags());
        SessionTags tags = SessionTags.of(requested, Set.of(), null);
        SessionPolicies policies =
                SessionPolicies.of(
                        request.policy(), request.policyArns(), caller.account(), managed);

        String arn =
                "arn:%s:sts::%s:federated-user/%s"
                        .formatted(caller.partition(), caller.account(), request.name());
        ServiceFacts facts = new ServiceFacts().tags(requested);
        require(call, ACTION, arn, facts);
        if (!requested.isEmpty()) {
            require(call, TAG_SESSION, arn, facts);
        }

        Session session =
                sessions.session(
                        request.name(),
                        GetSessionToken.seconds(caller, request.durationSeconds()),
                        tags,
                        policies,
                        null,
                        null,
                        caller.account(),
                        null);
        Sessions.Issued issued =
                sessions.issue(
                        Principal.Kind.FEDERATED_USER,
                        caller.account(),
                        caller.id(),
                        null,
                        session);
        return new GetFederationTokenResponse(
                issued.credentials(),
                new FederatedUser(caller.account() + ":" + request.name(), arn),
                Objects.requireNonNullElse(issued.packedPolicySize(), 0));
    }

    private void require(Call call, String action, String arn, ServiceFacts facts) {
        Decision decision = access.decideIdentity(call, action, arn, facts);
        if (!(decision instanceof Decision.Allowed)) {
            throw new AccessDenied(
                    Denial.sentence(call.principal(), action, "resource: " + arn, decision));
        }
    }
}
