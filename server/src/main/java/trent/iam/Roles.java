package trent.iam;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import trent.api.Empty;
import trent.api.iam.AttachedPermissionsBoundary;
import trent.api.iam.CreateRoleRequest;
import trent.api.iam.CreateRoleResponse;
import trent.api.iam.DeleteRoleRequest;
import trent.api.iam.GetRoleRequest;
import trent.api.iam.GetRoleResponse;
import trent.api.iam.IamOperation;
import trent.api.iam.ListRolesRequest;
import trent.api.iam.ListRolesResponse;
import trent.api.iam.Role;
import trent.api.iam.RoleLastUsed;
import trent.api.iam.Tag;
import trent.api.iam.UpdateAssumeRolePolicyRequest;
import trent.api.iam.UpdateRoleDescriptionRequest;
import trent.api.iam.UpdateRoleDescriptionResponse;
import trent.api.iam.UpdateRoleRequest;
import trent.api.iam.UpdateRoleResponse;
import trent.call.Call;
import trent.store.Entity;
import trent.store.EntityKind;
import trent.store.Tx;
import trent.store.Weights;

/** Roles: made, found, changed, deleted; and who may assume them. */
record Roles(IamCalls calls, Documents documents) {

    private static final EntityKind ROLE = EntityKind.ROLE;

    /** Without MaxSessionDuration; in seconds. */
    private static final int SESSION_SECONDS = 3600;

    /** A role as it was read, all of one moment. */
    record Read(
            Entity role,
            Map<String, String> trusted,
            @Nullable AttachedPermissionsBoundary boundary,
            @Nullable List<Tag> tags) {}

    CreateRoleResponse createRole(Call call, CreateRoleRequest request) {
        String path = request.path() == null ? "/" : request.path();
        String boundary = request.permissionsBoundary();
        calls.permitCreating(
                call,
                IamOperation.CREATE_ROLE,
                IamOperation.TAG_ROLE,
                ROLE,
                path,
                request.roleName(),
                request.tags(),
                facts -> facts.with("iam:PermissionsBoundary", boundary));
        TagRules.require(ROLE, request.tags());
        String trust = request.assumeRolePolicyDocument();
        documents.requireTrust(trust);
        Map<String, String> trusted = documents.trusted(trust, call.region().partition());
        Integer seconds = request.maxSessionDuration();
        Entity role =
                Entity.created(
                                call.account(),
                                ROLE,
                                calls.ids().entity(ROLE),
                                request.roleName(),
                                path,
                                calls.now())
                        .asRole(
                                trust,
                                request.description(),
                                seconds == null ? SESSION_SECONDS : seconds);
        Read made =
                calls.store()
                        .write(
                                Weights.of(trust),
                                tx -> {
                                    Entity bounded =
                                            boundary == null
                                                    ? role
                                                    : role.withBoundary(
                                                            Boundaries.policyId(
                                                                    tx, call, boundary));
                                    calls.insert(tx, bounded, request.tags());
                                    tx.entities().putTrust(bounded, trust, trusted);
                                    return read(tx, call, bounded);
                                });
        return new CreateRoleResponse(shown(call, made, null));
    }

    GetRoleResponse getRole(Call call, GetRoleRequest request) {
        Read role =
                calls.read(
                        call,
                        IamOperation.GET_ROLE,
                        ROLE,
                        request.roleName(),
                        (tx, found) -> read(tx, call, found));
        // As AWS has it for one that was not used since uses are tracked.
        return new GetRoleResponse(shown(call, role, new RoleLastUsed(null, null)));
    }

    ListRolesResponse listRoles(Call call, ListRolesRequest request) {
        Page<Entity> page =
                calls.page(
                        call,
                        IamOperation.LIST_ROLES,
                        ROLE,
                        request.pathPrefix(),
                        request.marker(),
                        request.maxItems());
        List<Read> roles =
                calls.store()
                        .read(
                                tx ->
                                        page.map(
                                                role ->
                                                        new Read(
                                                                role,
                                                                tx.entities().trusted(role.id()),
                                                                null,
                                                                null)));
        return new ListRolesResponse(
                roles.stream().map(role -> shown(call, role, null)).toList(),
                page.truncated(),
                page.marker());
    }

    UpdateRoleResponse updateRole(Call call, UpdateRoleRequest request) {
        Integer seconds = request.maxSessionDuration();
        return calls.change(
                call,
                IamOperation.UPDATE_ROLE,
                ROLE,
                request.roleName(),
                IamCalls.NOTHING,
                (tx, role) -> {
                    tx.entities()
                            .putRole(
                                    role,
                                    request.description() == null
                                            ? role.description()
                                            : request.description(),
                                    seconds == null ? sessionSeconds(role) : seconds);
                    return new UpdateRoleResponse();
                });
    }

    UpdateRoleDescriptionResponse updateRoleDescription(
            Call call, UpdateRoleDescriptionRequest request) {
        Read changed =
                calls.change(
                        call,
                        IamOperation.UPDATE_ROLE_DESCRIPTION,
                        ROLE,
                        request.roleName(),
                        IamCalls.NOTHING,
                        (tx, role) -> {
                            tx.entities()
                                    .putRole(role, request.description(), sessionSeconds(role));
                            return read(
                                    tx,
                                    call,
                                    Objects.requireNonNull(tx.entities().find(role.id())));
                        });
        return new UpdateRoleDescriptionResponse(shown(call, changed, null));
    }

    Empty updateAssumeRolePolicy(Call call, UpdateAssumeRolePolicyRequest request) {
        calls.permitted(
                call,
                IamOperation.UPDATE_ASSUME_ROLE_POLICY,
                ROLE,
                request.roleName(),
                IamCalls.NOTHING);
        String trust = request.policyDocument();
        documents.requireTrust(trust);
        Map<String, String> trusted = documents.trusted(trust, call.region().partition());
        return calls.change(
                call,
                IamOperation.UPDATE_ASSUME_ROLE_POLICY,
                ROLE,
                request.roleName(),
                IamCalls.NOTHING,
                (tx, role) -> {
                    tx.entities().putTrust(role, trust, trusted);
                    return Empty.EMPTY;
                });
    }

    Empty deleteRole(Call call, DeleteRoleRequest request) {
        return calls.change(
                call,
                IamOperation.DELETE_ROLE,
                ROLE,
                request.roleName(),
                IamCalls.NOTHING,
                (tx, role) -> {
                    Users.requireWithoutPolicies(tx, role);
                    tx.entities().delete(role);
                    return Empty.EMPTY;
                });
    }

    static Read read(Tx tx, Call call, Entity role) {
        return new Read(
                role,
                tx.entities().trusted(role.id()),
                Boundaries.shown(tx, call, role),
                TagRules.shown(tx, role.id()));
    }

    private Role shown(Call call, Read read, @Nullable RoleLastUsed lastUsed) {
        Entity role = read.role();
        String partition = call.region().partition();
        return new Role(
                role.path(),
                role.name(),
                role.id(),
                role.arn(partition),
                role.created(),
                documents.shownTrust(role, read.trusted(), partition),
                role.description(),
                sessionSeconds(role),
                read.boundary(),
                read.tags(),
                lastUsed);
    }

    private static int sessionSeconds(Entity role) {
        Integer seconds = role.maxSessionSeconds();
        return seconds == null ? SESSION_SECONDS : seconds;
    }
}
