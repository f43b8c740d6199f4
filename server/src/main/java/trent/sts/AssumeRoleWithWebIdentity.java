package trent.sts;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import trent.access.Access;
import trent.access.Decision;
import trent.access.ServiceFacts;
import trent.api.query.AccessDenied;
import trent.api.query.ValidationError;
import trent.api.sts.AssumeRoleWithWebIdentityRequest;
import trent.api.sts.AssumeRoleWithWebIdentityResponse;
import trent.api.sts.InvalidIdentityTokenException;
import trent.call.Call;
import trent.call.Operation;
import trent.call.Principal;
import trent.call.Session;
import trent.identity.oidc.IdTokens;
import trent.identity.oidc.WebIdentity;
import trent.sts.Role.ManagedPolicies;
import trent.sts.Role.Roles;

/**
 * AssumeRoleWithWebIdentity: temporary credentials of a role, for whom an identity provider vouches
 * that the role's account has registered. The call is not signed.
 */
public record AssumeRoleWithWebIdentity(
        Access access, Roles roles, ManagedPolicies managed, IdTokens idTokens, Sessions sessions)
        implements Operation<AssumeRoleWithWebIdentityRequest, AssumeRoleWithWebIdentityResponse> {

    private static final String ACTION = "sts:AssumeRoleWithWebIdentity";

    /** As the model has them for requests; a claim is checked here only. */
    private static final Pattern TAG_KEY = Pattern.compile("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]{1,128}");

    private static final Pattern TAG_VALUE =
            Pattern.compile("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]{0,256}");
    private static final Pattern SOURCE_IDENTITY = Pattern.compile("[\\w+=,.@-]{2,64}");

    @Override
    public AssumeRoleWithWebIdentityResponse answer(
            Call call, AssumeRoleWithWebIdentityRequest request) {
        String partition = call.region().partition();
        RoleArn arn = RoleArn.of(request.roleArn(), partition);
        if (request.providerId() != null) {
            throw new ValidationError(
                    "ProviderId is for access tokens of OAuth 2.0, which are not supported.");
        }
        WebIdentity identity = idTokens.verify(request.webIdentityToken(), arn.account());
        SessionTags tags = tags(identity);
        SessionPolicies policies =
                SessionPolicies.of(request.policy(), request.policyArns(), arn.account(), managed);

        Role role = roles.find(arn.account(), arn.path(), arn.name());
        if (role == null) {
            throw denied(ACTION);
        }
        int seconds =
                request.durationSeconds() == null
                        ? Sessions.HOUR_SECONDS
                        : request.durationSeconds();
        Session session =
                sessions.session(
                        request.roleSessionName(),
                        seconds,
                        tags,
                        policies,
                        identity.sourceIdentity(),
                        identity.provider(),
                        role.account(),
                        null);
        require(call, role, arn, identity, tags, session);
        AssumeRole.requireWithin(role, seconds);

        Sessions.Issued issued =
                sessions.issue(
                        Principal.Kind.ROLE_SESSION,
                        role.account(),
                        role.id(),
                        identity.provider(),
                        session);
        return new AssumeRoleWithWebIdentityResponse(
                issued.credentials(),
                identity.subject(),
                AssumeRole.user(role, request.roleSessionName(), partition),
                issued.packedPolicySize(),
                identity.provider().arn(role.account(), partition),
                identity.audience(),
                identity.sourceIdentity());
    }

    /** The trust policy decides alone, about the session that would be. */
    private void require(
            Call call,
            Role role,
            RoleArn arn,
            WebIdentity identity,
            SessionTags tags,
            Session session) {
        String url = identity.provider().url();
        ServiceFacts facts =
                new ServiceFacts()
                        .with(url + ":aud", identity.audience())
                        .with(url + ":sub", identity.subject())
                        .with(url + ":azp", identity.authorizedParty())
                        .with(url + ":amr", identity.methods())
                        .with("sts:RoleSessionName", session.name())
                        .with("sts:SourceIdentity", identity.sourceIdentity())
                        .with("sts:TransitiveTagKeys", tags.transitive().stream().toList())
                        .tags(tags.all());
        Call wouldBe =
                new Call(
                        Principal.roleSession(
                                role.account(),
                                call.region().partition(),
                                role.path(),
                                role.name(),
                                role.id(),
                                session),
                        call.region(),
                        call.requestId(),
                        call.origin());
        require(wouldBe, ACTION, arn, role, facts);
        if (!tags.all().isEmpty()) {
            require(wouldBe, AssumeRole.TAG_SESSION, arn, role, facts);
        }
        if (identity.sourceIdentity() != null) {
            require(wouldBe, AssumeRole.SET_SOURCE_IDENTITY, arn, role, facts);
        }
    }

    private void require(Call call, String action, RoleArn arn, Role role, ServiceFacts facts) {
        if (!(access.decideWebIdentity(call, action, arn.text(), role.trust(), facts)
                instanceof Decision.Allowed)) {
            throw denied(action);
        }
    }

    /** Claims are an issuer's, not of the request: its validation has not seen them. */
    private static SessionTags tags(WebIdentity identity) {
        Map<String, String> tags = identity.tags();
        Set<String> seen = new LinkedHashSet<>();
        tags.keySet().forEach(key -> SessionTags.requireNew(key, seen));
        String sourceIdentity = identity.sourceIdentity();
        if (tags.size() > SessionTags.MOST
                || !tags.keySet().stream().allMatch(key -> TAG_KEY.matcher(key).matches())
                || !tags.values().stream().allMatch(value -> TAG_VALUE.matcher(value).matches())
                || (sourceIdentity != null && !SOURCE_IDENTITY.matcher(sourceIdentity).matches())) {
            throw new InvalidIdentityTokenException(
                    "The token's session tags or source identity are not valid");
        }
        return SessionTags.of(tags, identity.transitiveTags(), null);
    }

    private static AccessDenied denied(String action) {
        return new AccessDenied("Not authorized to perform " + action);
    }
}
