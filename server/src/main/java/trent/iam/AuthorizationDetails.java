package trent.iam;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import trent.api.iam.EntityType;
import trent.api.iam.GetAccountAuthorizationDetailsRequest;
import trent.api.iam.GetAccountAuthorizationDetailsResponse;
import trent.api.iam.GroupDetail;
import trent.api.iam.IamOperation;
import trent.api.iam.ManagedPolicyDetail;
import trent.api.iam.Policy;
import trent.api.iam.PolicyDetail;
import trent.api.iam.PolicyVersion;
import trent.api.iam.RoleDetail;
import trent.api.iam.UserDetail;
import trent.call.Call;
import trent.identity.AwsManagedPolicies;
import trent.identity.AwsManagedPolicies.AwsManagedPolicy;
import trent.store.Entity;
import trent.store.EntityKind;
import trent.store.EntityPolicies.Version;
import trent.store.Tx;

/** GetAccountAuthorizationDetails: everybody in the account, with all policies. */
record AuthorizationDetails(IamCalls calls, Documents documents) {

    /** Each may come with all versions of a policy, or all policies of a role, encoded. */
    private static final int MOST = 25;

    /** In the order of a listing; a part's digit begins its positions. */
    private enum Part {
        USERS('0', EntityType.USER),
        GROUPS('1', EntityType.GROUP),
        ROLES('2', EntityType.ROLE),
        LOCAL_POLICIES('3', EntityType.LOCAL_MANAGED_POLICY),
        AWS_POLICIES('4', EntityType.AWS_MANAGED_POLICY);

        private final char digit;
        private final EntityType type;

        Part(char digit, EntityType type) {
            this.digit = digit;
            this.type = type;
        }

        EntityKind kind() {
            return switch (this) {
                case USERS -> EntityKind.USER;
                case GROUPS -> EntityKind.GROUP;
                case ROLES -> EntityKind.ROLE;
                case LOCAL_POLICIES, AWS_POLICIES -> EntityKind.POLICY;
            };
        }

        String position(String folded) {
            return digit + folded;
        }
    }

    /** One of the account's, or a policy of AWS's. */
    private sealed interface Item {

        String position();

        record Own(String position, Entity entity) implements Item {}

        record Aws(String position, AwsManagedPolicy policy) implements Item {}
    }

    /** A page, and what it has, as it is collected. */
    private static final class Collected {

        private final Page<Item> page;

        private final List<UserDetail> users = new ArrayList<>();
        private final List<GroupDetail> groups = new ArrayList<>();
        private final List<Roles.Read> roles = new ArrayList<>();
        private final List<RoleDetail> roleDetails = new ArrayList<>();
        private final List<ManagedPolicyDetail> policies = new ArrayList<>();

        private Collected(Page<Item> page) {
            this.page = page;
        }
    }

    GetAccountAuthorizationDetailsResponse getAccountAuthorizationDetails(
            Call call, GetAccountAuthorizationDetailsRequest request) {
        IamOperation<?, ?> operation = IamOperation.GET_ACCOUNT_AUTHORIZATION_DETAILS;
        calls.permitListing(call, operation, null);
        String after = Page.position(operation, request.marker());
        int limit = Math.min(Page.limit(request.maxItems()), MOST);
        Collected found =
                calls.store()
                        .read(
                                tx -> {
                                    Collected all =
                                            new Collected(
                                                    Page.of(
                                                            operation,
                                                            items(
                                                                    tx, call, request, after,
                                                                    limit + 1),
                                                            limit,
                                                            Item::position));
                                    all.page.items().forEach(item -> add(tx, call, item, all));
                                    return all;
                                });
        // Outside of the read: whom trust policies name is looked up elsewhere.
        for (int i = 0; i < found.roles.size(); i++) {
            found.roleDetails.set(i, withTrust(call, found.roleDetails.get(i), found.roles.get(i)));
        }
        return new GetAccountAuthorizationDetailsResponse(
                found.users,
                found.groups,
                found.roleDetails,
                found.policies,
                found.page.truncated(),
                found.page.marker());
    }

    private static List<Item> items(
            Tx tx,
            Call call,
            GetAccountAuthorizationDetailsRequest request,
            String after,
            int limit) {
        List<Item> items = new ArrayList<>();
        for (Part part : Part.values()) {
            boolean wanted = request.filter().isEmpty() || request.filter().contains(part.type);
            boolean passed = !after.isEmpty() && after.charAt(0) > part.digit;
            if (!wanted || passed || items.size() >= limit) {
                continue;
            }
            boolean within = !after.isEmpty() && after.charAt(0) == part.digit;
            String last = within ? after.substring(1) : "";
            if (part == Part.AWS_POLICIES) {
                AwsManagedPolicies.all().stream()
                        .map(aws -> new Item.Aws(part.position(part.kind().fold(aws.name())), aws))
                        .filter(aws -> aws.position().substring(1).compareTo(last) > 0)
                        .sorted(Comparator.comparing(Item.Aws::position))
                        .forEach(items::add);
            } else {
                tx.entities()
                        .list(call.account(), part.kind(), "/", last, limit - items.size())
                        .forEach(
                                entity ->
                                        items.add(
                                                new Item.Own(
                                                        part.position(
                                                                part.kind().fold(entity.name())),
                                                        entity)));
            }
        }
        return items.subList(0, Math.min(items.size(), limit));
    }

    private static void add(Tx tx, Call call, Item item, Collected found) {
        switch (item) {
            case Item.Aws(_, AwsManagedPolicy aws) ->
                    found.policies.add(
                            policy(
                                    ManagedPolicies.shown(tx, call, aws, aws.description()),
                                    List.of(ManagedPolicies.version(aws, true))));
            case Item.Own(_, Entity entity) -> {
                switch (entity.kind()) {
                    case USER -> found.users.add(user(tx, call, entity));
                    case GROUP -> found.groups.add(group(tx, call, entity));
                    case ROLE -> {
                        Roles.Read read = Roles.read(tx, call, entity);
                        found.roles.add(read);
                        found.roleDetails.add(role(tx, call, read));
                    }
                    case POLICY -> {
                        List<PolicyVersion> versions = new ArrayList<>();
                        for (Version version : tx.entityPolicies().versions(entity.id())) {
                            versions.add(ManagedPolicies.shown(entity, version, true));
                        }
                        found.policies.add(
                                policy(
                                        ManagedPolicies.shown(
                                                tx, call, entity, entity.description(), null),
                                        versions));
                    }
                    case PROVIDER -> {}
                }
            }
        }
    }

    private static UserDetail user(Tx tx, Call call, Entity user) {
        return new UserDetail(
                user.path(),
                user.name(),
                user.id(),
                user.arn(call.region().partition()),
                user.created(),
                inline(tx, user),
                tx.groupMembers().groupsOf(user.id()).stream().map(Entity::name).toList(),
                Attachments.shown(tx, call, user, "/"),
                Boundaries.shown(tx, call, user),
                TagRules.shown(tx, user.id()));
    }

    private static GroupDetail group(Tx tx, Call call, Entity group) {
        return new GroupDetail(
                group.path(),
                group.name(),
                group.id(),
                group.arn(call.region().partition()),
                group.created(),
                inline(tx, group),
                Attachments.shown(tx, call, group, "/"));
    }

    private static RoleDetail role(Tx tx, Call call, Roles.Read read) {
        Entity role = read.role();
        return new RoleDetail(
                role.path(),
                role.name(),
                role.id(),
                role.arn(call.region().partition()),
                role.created(),
                null,
                List.of(),
                inline(tx, role),
                Attachments.shown(tx, call, role, "/"),
                read.boundary(),
                read.tags(),
                null);
    }

    private RoleDetail withTrust(Call call, RoleDetail role, Roles.Read read) {
        return new RoleDetail(
                role.path(),
                role.roleName(),
                role.roleId(),
                role.arn(),
                role.createDate(),
                documents.shownTrust(read.role(), read.trusted(), call.region().partition()),
                role.instanceProfileList(),
                role.rolePolicyList(),
                role.attachedManagedPolicies(),
                role.permissionsBoundary(),
                role.tags(),
                role.roleLastUsed());
    }

    private static List<PolicyDetail> inline(Tx tx, Entity owner) {
        return tx.entityPolicies().inline(owner.id()).stream()
                .map(
                        inline ->
                                new PolicyDetail(
                                        inline.name(), Documents.encoded(inline.document())))
                .toList();
    }

    private static ManagedPolicyDetail policy(Policy policy, List<PolicyVersion> versions) {
        return new ManagedPolicyDetail(
                policy.policyName(),
                policy.policyId(),
                policy.arn(),
                policy.path(),
                policy.defaultVersionId(),
                policy.attachmentCount(),
                policy.permissionsBoundaryUsageCount(),
                policy.isAttachable(),
                policy.description(),
                policy.createDate(),
                policy.updateDate(),
                versions);
    }
}
