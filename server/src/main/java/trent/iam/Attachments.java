package trent.iam;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import trent.access.ServiceFacts;
import trent.api.Empty;
import trent.api.iam.AttachGroupPolicyRequest;
import trent.api.iam.AttachRolePolicyRequest;
import trent.api.iam.AttachUserPolicyRequest;
import trent.api.iam.AttachedPolicy;
import trent.api.iam.DetachGroupPolicyRequest;
import trent.api.iam.DetachRolePolicyRequest;
import trent.api.iam.DetachUserPolicyRequest;
import trent.api.iam.EntityType;
import trent.api.iam.IamOperation;
import trent.api.iam.ListAttachedGroupPoliciesRequest;
import trent.api.iam.ListAttachedGroupPoliciesResponse;
import trent.api.iam.ListAttachedRolePoliciesRequest;
import trent.api.iam.ListAttachedRolePoliciesResponse;
import trent.api.iam.ListAttachedUserPoliciesRequest;
import trent.api.iam.ListAttachedUserPoliciesResponse;
import trent.api.iam.ListEntitiesForPolicyRequest;
import trent.api.iam.ListEntitiesForPolicyResponse;
import trent.api.iam.NoSuchEntityException;
import trent.api.iam.PolicyGroup;
import trent.api.iam.PolicyRole;
import trent.api.iam.PolicyUsageType;
import trent.api.iam.PolicyUser;
import trent.call.Call;
import trent.store.Entity;
import trent.store.EntityKind;
import trent.store.Tx;

/** Which managed policies users, groups and roles have. */
record Attachments(IamCalls calls) {

    private static final int ENTITIES_AT_ONCE = 256;

    /** Before an id in a position: those who have the policy attached come first. */
    private static final char ATTACHED = 'a';

    private static final char BOUNDED = 'b';

    Empty attachUserPolicy(Call call, AttachUserPolicyRequest request) {
        return attach(
                call,
                IamOperation.ATTACH_USER_POLICY,
                EntityKind.USER,
                request.userName(),
                request.policyArn());
    }

    Empty attachRolePolicy(Call call, AttachRolePolicyRequest request) {
        return attach(
                call,
                IamOperation.ATTACH_ROLE_POLICY,
                EntityKind.ROLE,
                request.roleName(),
                request.policyArn());
    }

    Empty attachGroupPolicy(Call call, AttachGroupPolicyRequest request) {
        return attach(
                call,
                IamOperation.ATTACH_GROUP_POLICY,
                EntityKind.GROUP,
                request.groupName(),
                request.policyArn());
    }

    private Empty attach(
            Call call, IamOperation<?, ?> operation, EntityKind kind, String name, String arn) {
        return calls.change(
                call,
                operation,
                kind,
                name,
                facts -> facts.with("iam:PolicyARN", arn),
                (tx, owner) -> {
                    String policyId = PolicyArns.idOf(tx, call, arn);
                    if (policyId == null) {
                        throw new NoSuchEntityException(
                                "Policy " + arn + " does not exist or is not attachable.");
                    }
                    List<String> attached = tx.entityPolicies().attached(owner.id());
                    if (!attached.contains(policyId)) {
                        IamQuotas.require(
                                switch (kind) {
                                    case USER -> "PoliciesPerUser";
                                    case GROUP -> "PoliciesPerGroup";
                                    default -> "PoliciesPerRole";
                                },
                                attached.size(),
                                calls.quotas().attached());
                        tx.entityPolicies().attach(owner, policyId);
                    }
                    return Empty.EMPTY;
                });
    }

    Empty detachUserPolicy(Call call, DetachUserPolicyRequest request) {
        return detach(
                call,
                IamOperation.DETACH_USER_POLICY,
                EntityKind.USER,
                request.userName(),
                request.policyArn());
    }

    Empty detachRolePolicy(Call call, DetachRolePolicyRequest request) {
        return detach(
                call,
                IamOperation.DETACH_ROLE_POLICY,
                EntityKind.ROLE,
                request.roleName(),
                request.policyArn());
    }

    Empty detachGroupPolicy(Call call, DetachGroupPolicyRequest request) {
        return detach(
                call,
                IamOperation.DETACH_GROUP_POLICY,
                EntityKind.GROUP,
                request.groupName(),
                request.policyArn());
    }

    private Empty detach(
            Call call, IamOperation<?, ?> operation, EntityKind kind, String name, String arn) {
        return calls.change(
                call,
                operation,
                kind,
                name,
                facts -> facts.with("iam:PolicyARN", arn),
                (tx, owner) -> {
                    String policyId = PolicyArns.idOf(tx, call, arn);
                    if (policyId == null || !tx.entityPolicies().detach(owner, policyId)) {
                        throw PolicyArns.notFound(arn);
                    }
                    return Empty.EMPTY;
                });
    }

    ListAttachedUserPoliciesResponse listAttachedUserPolicies(
            Call call, ListAttachedUserPoliciesRequest request) {
        Page<AttachedPolicy> page =
                attached(
                        call,
                        IamOperation.LIST_ATTACHED_USER_POLICIES,
                        EntityKind.USER,
                        request.userName(),
                        request.pathPrefix(),
                        request.marker(),
                        request.maxItems());
        return new ListAttachedUserPoliciesResponse(page.items(), page.truncated(), page.marker());
    }

    ListAttachedRolePoliciesResponse listAttachedRolePolicies(
            Call call, ListAttachedRolePoliciesRequest request) {
        Page<AttachedPolicy> page =
                attached(
                        call,
                        IamOperation.LIST_ATTACHED_ROLE_POLICIES,
                        EntityKind.ROLE,
                        request.roleName(),
                        request.pathPrefix(),
                        request.marker(),
                        request.maxItems());
        return new ListAttachedRolePoliciesResponse(page.items(), page.truncated(), page.marker());
    }

    ListAttachedGroupPoliciesResponse listAttachedGroupPolicies(
            Call call, ListAttachedGroupPoliciesRequest request) {
        Page<AttachedPolicy> page =
                attached(
                        call,
                        IamOperation.LIST_ATTACHED_GROUP_POLICIES,
                        EntityKind.GROUP,
                        request.groupName(),
                        request.pathPrefix(),
                        request.marker(),
                        request.maxItems());
        return new ListAttachedGroupPoliciesResponse(page.items(), page.truncated(), page.marker());
    }

    private Page<AttachedPolicy> attached(
            Call call,
            IamOperation<?, ?> operation,
            EntityKind kind,
            String name,
            @Nullable String pathPrefix,
            @Nullable String marker,
            @Nullable Integer maxItems) {
        String prefix = pathPrefix == null ? "/" : pathPrefix;
        return calls.read(
                call,
                operation,
                kind,
                name,
                (tx, owner) ->
                        Page.ofAll(
                                operation,
                                shown(tx, call, owner, prefix),
                                policy -> String.valueOf(policy.policyArn()),
                                marker,
                                maxItems));
    }

    /** The managed policies of one, in the order of their names. */
    static List<AttachedPolicy> shown(Tx tx, Call call, Entity owner, String pathPrefix) {
        List<AttachedPolicy> shown = new ArrayList<>();
        for (String id : tx.entityPolicies().attached(owner.id())) {
            IamCalls.PolicyRef policy = IamCalls.policy(tx, id);
            if (policy.path().startsWith(pathPrefix)) {
                shown.add(new AttachedPolicy(policy.name(), policy.arn(call.region().partition())));
            }
        }
        shown.sort(Comparator.comparing(policy -> String.valueOf(policy.policyName())));
        return shown;
    }

    ListEntitiesForPolicyResponse listEntitiesForPolicy(
            Call call, ListEntitiesForPolicyRequest request) {
        String arn = request.policyArn();
        if (PolicyArns.parse(arn).account() == null) {
            calls.require(
                    call,
                    IamOperation.LIST_ENTITIES_FOR_POLICY,
                    arn,
                    "policy " + arn,
                    new ServiceFacts());
        } else {
            ManagedPolicies.requireThere(calls, call, IamOperation.LIST_ENTITIES_FOR_POLICY, arn);
            calls.permitted(
                    call,
                    IamOperation.LIST_ENTITIES_FOR_POLICY,
                    EntityKind.POLICY,
                    PolicyArns.parse(arn).name(),
                    IamCalls.NOTHING);
        }
        String after = Page.position(IamOperation.LIST_ENTITIES_FOR_POLICY, request.marker());
        int limit = Page.limit(request.maxItems());
        Page<Holder> page =
                calls.store()
                        .read(
                                tx ->
                                        Page.of(
                                                IamOperation.LIST_ENTITIES_FOR_POLICY,
                                                holders(tx, call, request, after, limit + 1),
                                                limit,
                                                Holder::position));
        List<PolicyGroup> groups = new ArrayList<>();
        List<PolicyUser> users = new ArrayList<>();
        List<PolicyRole> roles = new ArrayList<>();
        for (Holder holder : page.items()) {
            Entity entity = holder.entity();
            switch (entity.kind()) {
                case GROUP -> groups.add(new PolicyGroup(entity.name(), entity.id()));
                case USER -> users.add(new PolicyUser(entity.name(), entity.id()));
                case ROLE -> roles.add(new PolicyRole(entity.name(), entity.id()));
                case POLICY, PROVIDER -> {}
            }
        }
        return new ListEntitiesForPolicyResponse(
                groups, users, roles, page.truncated(), page.marker());
    }

    /** Somebody who has the policy. */
    private record Holder(String position, Entity entity) {}

    private static List<Holder> holders(
            Tx tx, Call call, ListEntitiesForPolicyRequest request, String after, int limit) {
        String policyId = PolicyArns.idOf(tx, call, request.policyArn());
        if (policyId == null) {
            throw PolicyArns.notFound(request.policyArn());
        }
        String prefix = request.pathPrefix() == null ? "/" : request.pathPrefix();
        Predicate<Entity> wanted =
                entity ->
                        entity.path().startsWith(prefix)
                                && isOf(request.entityFilter(), entity.kind());
        PolicyUsageType usage = request.policyUsageFilter();
        List<Holder> found = new ArrayList<>();
        if (usage != PolicyUsageType.PERMISSIONS_BOUNDARY) {
            String last = after.isEmpty() || after.charAt(0) == ATTACHED ? rest(after) : null;
            while (last != null && found.size() < limit) {
                List<Entity> next =
                        tx.entityPolicies()
                                .attachedTo(call.account(), policyId, last, ENTITIES_AT_ONCE);
                next.stream()
                        .filter(wanted)
                        .forEach(entity -> found.add(new Holder(ATTACHED + entity.id(), entity)));
                last = next.size() < ENTITIES_AT_ONCE ? null : next.getLast().id();
            }
        }
        if (usage != PolicyUsageType.PERMISSIONS_POLICY) {
            String last = !after.isEmpty() && after.charAt(0) == BOUNDED ? rest(after) : "";
            while (last != null && found.size() < limit) {
                List<Entity> next =
                        tx.entityPolicies()
                                .boundedBy(call.account(), policyId, last, ENTITIES_AT_ONCE);
                next.stream()
                        .filter(wanted)
                        .filter(entity -> usage != null || !has(tx, entity, policyId))
                        .forEach(entity -> found.add(new Holder(BOUNDED + entity.id(), entity)));
                last = next.size() < ENTITIES_AT_ONCE ? null : next.getLast().id();
            }
        }
        return found.subList(0, Math.min(found.size(), limit));
    }

    private static boolean has(Tx tx, Entity entity, String policyId) {
        return tx.entityPolicies().attached(entity.id()).contains(policyId);
    }

    private static String rest(String position) {
        return position.isEmpty() ? "" : position.substring(1);
    }

    private static boolean isOf(@Nullable EntityType filter, EntityKind kind) {
        return switch (filter) {
            case null -> true;
            case USER -> kind == EntityKind.USER;
            case ROLE -> kind == EntityKind.ROLE;
            case GROUP -> kind == EntityKind.GROUP;
            case LOCAL_MANAGED_POLICY, AWS_MANAGED_POLICY -> true; // they say which policies
        };
    }
}
