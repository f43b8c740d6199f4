package trent.sts;

import java.util.LinkedHashSet;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import trent.access.Access;
import trent.access.Decision;
import trent.access.Denial;
import trent.access.ServiceFacts;
import trent.api.query.AccessDenied;
import trent.api.query.InvalidParameterValue;
import trent.api.query.ValidationError;
import trent.api.sts.AssumeRoleRequest;
import trent.api.sts.AssumeRoleResponse;
import trent.api.sts.AssumedRoleUser;
import trent.call.Call;
import trent.call.Operation;
import trent.call.Principal;
import trent.call.Session;
import trent.sts.Role.ManagedPolicies;
import trent.sts.Role.Roles;

/**
 * AssumeRole: temporary credentials of a role, for whom its trust policy lets. A role that does not
 * exist is answered like one that the caller may not assume.
 *
 * @param roots whether an account's root may assume a role: in development only, AWS forbids it
 */
public record AssumeRole(
        Access access, Roles roles, ManagedPolicies managed, Sessions sessions, Roots roots)
        implements Operation<AssumeRoleRequest, AssumeRoleResponse> {

    static final String TAG_SESSION = "sts:TagSession";
    static final String SET_SOURCE_IDENTITY = "sts:SetSourceIdentity";

    private static final String ACTION = "sts:AssumeRole";

    /** What a root may. */
    public enum Roots {
        MAY_NOT,
        MAY_IN_DEVELOPMENT
    }

    @Override
    public AssumeRoleResponse answer(Call call, AssumeRoleRequest request) {
        Principal caller = call.principal();
        RoleArn arn = RoleArn.of(request.roleArn(), call.region().partition());
        if (!request.providedContexts().isEmpty()) {
            throw new InvalidParameterValue("ProvidedContexts are not supported.");
        }
        if (caller.isRoot() && roots == Roots.MAY_NOT) {
            throw new AccessDenied("Roles may not be assumed by root accounts.");
        }
        if (caller.kind() == Principal.Kind.FEDERATED_USER) { // may call nothing of STS
            throw denied(call, ACTION, arn);
        }
        Session calling = caller.session();
        Map<String, String> requested = SessionTags.pairs(request.tags());
        SessionTags tags =
                SessionTags.of(
                        requested, new LinkedHashSet<>(request.transitiveTagKeys()), calling);
        Sessions.refuseMfa(request.serialNumber(), request.tokenCode());
        String sourceIdentity = sourceIdentity(call, arn, request.sourceIdentity(), calling);

        Role role = roles.find(arn.account(), arn.path(), arn.name());
        if (role == null) {
            throw denied(call, ACTION, arn);
        }
        ServiceFacts facts =
                new ServiceFacts()
                        .with("sts:ExternalId", request.externalId())
                        .with("sts:RoleSessionName", request.roleSessionName())
                        .with("sts:SourceIdentity", sourceIdentity)
                        .with("sts:TransitiveTagKeys", tags.transitive().stream().toList())
                        .tags(tags.all())
                        .resourceTags("iam", role.tags());
        require(call, ACTION, arn, role, facts);
        if (!tags.all().isEmpty()) {
            require(call, TAG_SESSION, arn, role, facts);
        }
        if (sourceIdentity != null) {
            require(call, SET_SOURCE_IDENTITY, arn, role, facts);
        }

        // After the permission: which policies another account has is told to nobody.
        SessionPolicies policies =
                SessionPolicies.of(request.policy(), request.policyArns(), arn.account(), managed);
        int seconds = seconds(role, request.durationSeconds(), caller);
        Sessions.Issued issued =
                sessions.issue(
                        Principal.Kind.ROLE_SESSION,
                        role.account(),
                        role.id(),
                        null,
                        sessions.session(
                                request.roleSessionName(),
                                seconds,
                                tags,
                                policies,
                                sourceIdentity,
                                null,
                                role.account(),
                                calling));
        return new AssumeRoleResponse(
                issued.credentials(),
                user(role, request.roleSessionName(), call.region().partition()),
                issued.packedPolicySize(),
                sourceIdentity);
    }

    /** Once set it is carried on, and cannot be another. */
    private static @Nullable String sourceIdentity(
            Call call, RoleArn arn, @Nullable String requested, @Nullable Session calling) {
        String carried = calling == null ? null : calling.sourceIdentity();
        if (carried != null && requested != null && !carried.equals(requested)) {
            throw denied(call, SET_SOURCE_IDENTITY, arn);
        }
        return carried == null ? requested : carried;
    }

    private void require(Call call, String action, RoleArn arn, Role role, ServiceFacts facts) {
        Decision decision =
                access.decideTrust(call, action, arn.text(), role.account(), role.trust(), facts);
        if (!(decision instanceof Decision.Allowed)) {
            throw denied(call, action, arn);
        }
    }

    private static AccessDenied denied(Call call, String action, RoleArn arn) {
        return new AccessDenied(Denial.sentence(call.principal(), action, "resource: " + arn));
    }

    /** How long, unless that is longer than the role's sessions or a chain of roles may last. */
    private static int seconds(Role role, @Nullable Integer requested, Principal caller) {
        int seconds = requested == null ? Sessions.HOUR_SECONDS : requested;
        boolean chained = caller.kind() == Principal.Kind.ROLE_SESSION;
        if (chained && seconds > Sessions.HOUR_SECONDS) {
            throw new ValidationError(
                    "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining");
        }
        requireWithin(role, seconds);
        return seconds;
    }

    static void requireWithin(Role role, int seconds) {
        if (seconds > role.maxSessionSeconds()) {
            throw new ValidationError(
                    "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
        }
    }

    static AssumedRoleUser user(Role role, String sessionName, String partition) {
        return new AssumedRoleUser(
                role.id() + ":" + sessionName,
                "arn:%s:sts::%s:assumed-role/%s/%s"
                        .formatted(partition, role.account(), role.name(), sessionName));
    }
}
