package trent.iam;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trent.access.ServiceFacts;
import trent.api.Empty;
import trent.api.iam.CreatePolicyRequest;
import trent.api.iam.CreatePolicyResponse;
import trent.api.iam.CreatePolicyVersionRequest;
import trent.api.iam.CreatePolicyVersionResponse;
import trent.api.iam.DeleteConflictException;
import trent.api.iam.DeletePolicyRequest;
import trent.api.iam.DeletePolicyVersionRequest;
import trent.api.iam.GetPolicyRequest;
import trent.api.iam.GetPolicyResponse;
import trent.api.iam.GetPolicyVersionRequest;
import trent.api.iam.GetPolicyVersionResponse;
import trent.api.iam.IamOperation;
import trent.api.iam.LimitExceededException;
import trent.api.iam.ListPoliciesRequest;
import trent.api.iam.ListPoliciesResponse;
import trent.api.iam.ListPolicyVersionsRequest;
import trent.api.iam.ListPolicyVersionsResponse;
import trent.api.iam.NoSuchEntityException;
import trent.api.iam.Policy;
import trent.api.iam.PolicyScopeType;
import trent.api.iam.PolicyUsageType;
import trent.api.iam.PolicyVersion;
import trent.api.iam.SetDefaultPolicyVersionRequest;
import trent.api.iam.Tag;
import trent.api.query.AccessDenied;
import trent.call.Call;
import trent.identity.AwsManagedPolicies;
import trent.identity.AwsManagedPolicies.AwsManagedPolicy;
import trent.identity.EntityArn;
import trent.name.AccountId;
import trent.store.Entity;
import trent.store.EntityKind;
import trent.store.EntityPolicies.Version;
import trent.store.Tx;
import trent.store.Weights;

/** Managed policies and their versions; AWS's are found among them and never changed. */
record ManagedPolicies(IamCalls calls, Documents documents) {

    private static final EntityKind POLICY = EntityKind.POLICY;

    private static final String VERSION_1 = "v1";

    /** Before a local policy's name in a position, so that AWS's come first. */
    private static final char LOCAL = 'l';

    private static final char AWS = 'a';
    private static final int POLICIES_AT_ONCE = 256;

    /** A managed policy as requests are about it: AWS's, or the account's own. */
    private sealed interface Managed {

        record Aws(AwsManagedPolicy policy) implements Managed {}

        record Own(Entity policy) implements Managed {}
    }

    CreatePolicyResponse createPolicy(Call call, CreatePolicyRequest request) {
        String path = request.path() == null ? "/" : request.path();
        calls.permitCreating(
                call,
                IamOperation.CREATE_POLICY,
                IamOperation.TAG_POLICY,
                POLICY,
                path,
                request.policyName(),
                request.tags(),
                IamCalls.NOTHING);
        TagRules.require(POLICY, request.tags());
        String document = request.policyDocument();
        documents.requireManaged(document);
        Instant now = calls.now();
        Entity policy =
                Entity.created(
                                call.account(),
                                POLICY,
                                calls.ids().entity(POLICY),
                                request.policyName(),
                                path,
                                now)
                        .asPolicy(request.description());
        return calls.store()
                .write(
                        Weights.of(document),
                        tx -> {
                            calls.insert(tx, policy, request.tags());
                            tx.entityPolicies().addVersion(policy, new Version(1, document, now));
                            return new CreatePolicyResponse(
                                    shown(tx, call, policy, null, TagRules.shown(tx, policy.id())));
                        });
    }

    GetPolicyResponse getPolicy(Call call, GetPolicyRequest request) {
        String arn = request.policyArn();
        permit(call, IamOperation.GET_POLICY, arn);
        return calls.store()
                .read(
                        tx ->
                                new GetPolicyResponse(
                                        switch (managed(tx, call, arn)) {
                                            case Managed.Aws(AwsManagedPolicy aws) ->
                                                    shown(tx, call, aws, aws.description());
                                            case Managed.Own(Entity own) ->
                                                    shown(
                                                            tx,
                                                            call,
                                                            own,
                                                            own.description(),
                                                            TagRules.shown(tx, own.id()));
                                        }));
    }

    GetPolicyVersionResponse getPolicyVersion(Call call, GetPolicyVersionRequest request) {
        String arn = request.policyArn();
        permit(call, IamOperation.GET_POLICY_VERSION, arn);
        return calls.store()
                .read(
                        tx ->
                                new GetPolicyVersionResponse(
                                        switch (managed(tx, call, arn)) {
                                            case Managed.Aws(AwsManagedPolicy aws) -> {
                                                if (!request.versionId().equals(VERSION_1)) {
                                                    throw noVersion(arn, request.versionId());
                                                }
                                                yield version(aws, true);
                                            }
                                            case Managed.Own(Entity own) ->
                                                    shown(
                                                            own,
                                                            version(
                                                                    tx,
                                                                    own,
                                                                    arn,
                                                                    request.versionId()),
                                                            true);
                                        }));
    }

    ListPolicyVersionsResponse listPolicyVersions(Call call, ListPolicyVersionsRequest request) {
        String arn = request.policyArn();
        permit(call, IamOperation.LIST_POLICY_VERSIONS, arn);
        return calls.store()
                .read(
                        tx -> {
                            List<PolicyVersion> all =
                                    switch (managed(tx, call, arn)) {
                                        case Managed.Aws(AwsManagedPolicy aws) ->
                                                List.of(version(aws, false));
                                        case Managed.Own(Entity own) ->
                                                tx.entityPolicies().versions(own.id()).stream()
                                                        .map(version -> shown(own, version, false))
                                                        .toList();
                                    };
                            Page<PolicyVersion> page =
                                    Page.ofAll(
                                            IamOperation.LIST_POLICY_VERSIONS,
                                            all,
                                            ManagedPolicies::position,
                                            request.marker(),
                                            request.maxItems());
                            return new ListPolicyVersionsResponse(
                                    page.items(), page.truncated(), page.marker());
                        });
    }

    /** The newest first. */
    private static String position(PolicyVersion version) {
        String id = version.versionId();
        return "%08x".formatted(Integer.MAX_VALUE - (id == null ? 0 : number(id)));
    }

    ListPoliciesResponse listPolicies(Call call, ListPoliciesRequest request) {
        calls.permitListing(call, IamOperation.LIST_POLICIES, POLICY);
        String after = Page.position(IamOperation.LIST_POLICIES, request.marker());
        int limit = Page.limit(request.maxItems());
        return calls.store()
                .read(
                        tx -> {
                            Page<Listed> page =
                                    Page.of(
                                            IamOperation.LIST_POLICIES,
                                            listed(tx, call, request, after, limit + 1),
                                            limit,
                                            Listed::position);
                            return new ListPoliciesResponse(
                                    page.map(Listed::policy), page.truncated(), page.marker());
                        });
    }

    private record Listed(String position, Policy policy) {}

    private static List<Listed> listed(
            Tx tx, Call call, ListPoliciesRequest request, String after, int limit) {
        List<Listed> found = new ArrayList<>();
        String prefix = request.pathPrefix() == null ? "/" : request.pathPrefix();
        PolicyScopeType scope = request.scope();
        if (scope != PolicyScopeType.LOCAL && AwsManagedPolicies.PATH.startsWith(prefix)) {
            for (AwsManagedPolicy aws : sorted()) {
                String position = AWS + POLICY.fold(aws.name());
                if (position.compareTo(after) > 0
                        && wanted(tx, call.account(), request, aws.id())) {
                    found.add(new Listed(position, shown(tx, call, aws, null)));
                }
            }
        }
        if (scope != PolicyScopeType.AWS) {
            String last = after.isEmpty() || after.charAt(0) != LOCAL ? "" : after.substring(1);
            List<Entity> next;
            do {
                next = tx.entities().list(call.account(), POLICY, prefix, last, POLICIES_AT_ONCE);
                for (Entity own : next) {
                    last = POLICY.fold(own.name());
                    if (found.size() < limit && wanted(tx, call.account(), request, own.id())) {
                        found.add(new Listed(LOCAL + last, shown(tx, call, own, null, null)));
                    }
                }
            } while (next.size() == POLICIES_AT_ONCE && found.size() < limit);
        }
        return found.subList(0, Math.min(found.size(), limit));
    }

    private static List<AwsManagedPolicy> sorted() {
        List<AwsManagedPolicy> all = new ArrayList<>(AwsManagedPolicies.all());
        all.sort(Comparator.comparing(policy -> POLICY.fold(policy.name())));
        return all;
    }

    private static boolean wanted(
            Tx tx, AccountId account, ListPoliciesRequest request, String policyId) {
        PolicyUsageType usage = request.policyUsageFilter();
        boolean asBoundary = usage == PolicyUsageType.PERMISSIONS_BOUNDARY;
        if (!request.onlyAttached() && usage == null) {
            return true;
        }
        return (!asBoundary && tx.entityPolicies().attachments(account, policyId) > 0)
                || ((usage == null || asBoundary)
                        && tx.entities().boundedBy(account, policyId) > 0);
    }

    CreatePolicyVersionResponse createPolicyVersion(Call call, CreatePolicyVersionRequest request) {
        String document = request.policyDocument();
        permit(call, IamOperation.CREATE_POLICY_VERSION, request.policyArn());
        documents.requireManaged(document);
        return change(
                call,
                IamOperation.CREATE_POLICY_VERSION,
                request.policyArn(),
                (tx, policy) -> {
                    if (tx.entityPolicies().versions(policy.id()).size()
                            >= calls.quotas().versions()) {
                        throw new LimitExceededException(
                                "A managed policy can have up to %d versions. Before you create a new version, you must delete an existing version."
                                        .formatted(calls.quotas().versions()));
                    }
                    int number = policy.lastVersion() + 1;
                    boolean counts = request.setAsDefault();
                    Version version = new Version(number, document, calls.now());
                    tx.entityPolicies().addVersion(policy, version);
                    tx.entities()
                            .putVersions(
                                    policy,
                                    counts ? number : policy.defaultVersion(),
                                    number,
                                    calls.now());
                    return new CreatePolicyVersionResponse(
                            new PolicyVersion(null, "v" + number, counts, version.created()));
                });
    }

    Empty deletePolicyVersion(Call call, DeletePolicyVersionRequest request) {
        return change(
                call,
                IamOperation.DELETE_POLICY_VERSION,
                request.policyArn(),
                (tx, policy) -> {
                    Version version = version(tx, policy, request.policyArn(), request.versionId());
                    if (version.number() == policy.defaultVersion()) {
                        throw new DeleteConflictException(
                                "Cannot delete the default version of a policy.");
                    }
                    tx.entityPolicies().deleteVersion(policy, version.number());
                    return Empty.EMPTY;
                });
    }

    Empty setDefaultPolicyVersion(Call call, SetDefaultPolicyVersionRequest request) {
        return change(
                call,
                IamOperation.SET_DEFAULT_POLICY_VERSION,
                request.policyArn(),
                (tx, policy) -> {
                    Version version = version(tx, policy, request.policyArn(), request.versionId());
                    tx.entities()
                            .putVersions(
                                    policy, version.number(), policy.lastVersion(), calls.now());
                    return Empty.EMPTY;
                });
    }

    Empty deletePolicy(Call call, DeletePolicyRequest request) {
        return change(
                call,
                IamOperation.DELETE_POLICY,
                request.policyArn(),
                (tx, policy) -> {
                    if (tx.entityPolicies().attachments(call.account(), policy.id()) > 0
                            || tx.entities().boundedBy(call.account(), policy.id()) > 0) {
                        throw new DeleteConflictException(
                                "Cannot delete a policy attached to entities.");
                    }
                    if (tx.entityPolicies().versions(policy.id()).size() > 1) {
                        throw new DeleteConflictException(
                                "This policy has more than one version. Before you delete a policy,"
                                        + " you must delete the policy's versions. The default version"
                                        + " is deleted with the policy.");
                    }
                    tx.entities().delete(policy);
                    return Empty.EMPTY;
                });
    }

    /** Changes a policy of the account; AWS's nobody may. */
    private <T> T change(
            Call call, IamOperation<?, ?> operation, String arn, IamCalls.Work<T> work) {
        EntityArn parsed = PolicyArns.parse(arn);
        if (parsed.account() == null) {
            permit(call, operation, arn);
            throw new AccessDenied(
                    "User: %s is not authorized to perform: iam:%s on resource: policy %s"
                            .formatted(call.principal(), operation.name(), arn));
        }
        return onOwn(calls, call, operation, arn, IamCalls.NOTHING, work);
    }

    /** Changes the policy of this ARN, which must be of the account. */
    static <T> T onOwn(
            IamCalls calls,
            Call call,
            IamOperation<?, ?> operation,
            String arn,
            java.util.function.UnaryOperator<ServiceFacts> asked,
            IamCalls.Work<T> work) {
        requireThere(calls, call, operation, arn);
        return calls.change(
                call,
                operation,
                POLICY,
                PolicyArns.parse(arn).name(),
                asked,
                (tx, policy) -> {
                    if (!policy.arn(call.region().partition()).equals(arn)) {
                        throw PolicyArns.notFound(arn);
                    }
                    return work.on(tx, policy);
                });
    }

    /** In the words for policies, which are about ARNs, and after the caller may ask. */
    static void requireThere(IamCalls calls, Call call, IamOperation<?, ?> operation, String arn) {
        Entity own = calls.store().<@Nullable Entity>read(tx -> PolicyArns.own(tx, call, arn));
        if (own == null) {
            calls.require(call, operation, arn, "policy " + arn, new ServiceFacts());
            throw PolicyArns.notFound(arn);
        }
    }

    /** Lets a call that reads a policy pass. */
    private void permit(Call call, IamOperation<?, ?> operation, String arn) {
        EntityArn parsed = PolicyArns.parse(arn);
        if (parsed.account() == null) {
            calls.require(call, operation, arn, "policy " + arn, new ServiceFacts());
        } else {
            requireThere(calls, call, operation, arn);
            calls.permitted(call, operation, POLICY, parsed.name(), IamCalls.NOTHING);
        }
    }

    private static Managed managed(Tx tx, Call call, String arn) {
        AwsManagedPolicy aws = PolicyArns.aws(call, arn);
        if (aws != null) {
            return new Managed.Aws(aws);
        }
        Entity own = PolicyArns.own(tx, call, arn);
        if (own == null) {
            throw PolicyArns.notFound(arn);
        }
        return new Managed.Own(own);
    }

    private static Version version(Tx tx, Entity policy, String arn, String versionId) {
        Version version = tx.entityPolicies().version(policy.id(), number(versionId));
        if (version == null) {
            throw noVersion(arn, versionId);
        }
        return version;
    }

    /** The number in {@code v7}; what has none that there can be is 0, which no version is. */
    private static int number(String versionId) {
        int end = versionId.indexOf('.');
        String digits = versionId.substring(1, end < 0 ? versionId.length() : end);
        try {
            return end < 0 ? Integer.parseInt(digits) : 0;
        } catch (NumberFormatException _) { // more than there can be
            return 0;
        }
    }

    private static NoSuchEntityException noVersion(String arn, String versionId) {
        return new NoSuchEntityException(
                "Policy "
                        + arn
                        + " version "
                        + versionId
                        + " does not exist or is not attachable.");
    }

    static Policy shown(
            Tx tx,
            Call call,
            Entity policy,
            @Nullable String description,
            @Nullable List<Tag> tags) {
        return new Policy(
                policy.name(),
                policy.id(),
                policy.arn(call.region().partition()),
                policy.path(),
                "v" + policy.defaultVersion(),
                tx.entityPolicies().attachments(call.account(), policy.id()),
                tx.entities().boundedBy(call.account(), policy.id()),
                true,
                description,
                policy.created(),
                policy.updated(),
                tags);
    }

    static Policy shown(Tx tx, Call call, AwsManagedPolicy policy, @Nullable String description) {
        return new Policy(
                policy.name(),
                policy.id(),
                policy.arn(call.region().partition()),
                AwsManagedPolicies.PATH,
                VERSION_1,
                tx.entityPolicies().attachments(call.account(), policy.id()),
                tx.entities().boundedBy(call.account(), policy.id()),
                true,
                description,
                AwsManagedPolicy.CREATED,
                AwsManagedPolicy.CREATED,
                null);
    }

    /** Its only version; listings have no document. */
    static PolicyVersion version(AwsManagedPolicy policy, boolean withDocument) {
        return new PolicyVersion(
                withDocument ? Documents.encoded(policy.document()) : null,
                VERSION_1,
                true,
                AwsManagedPolicy.CREATED);
    }

    static PolicyVersion shown(Entity policy, Version version, boolean withDocument) {
        return new PolicyVersion(
                withDocument ? Documents.encoded(version.document()) : null,
                "v" + version.number(),
                version.number() == policy.defaultVersion(),
                version.created());
    }
}
