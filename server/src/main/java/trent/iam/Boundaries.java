package trent.iam;

import org.jspecify.annotations.Nullable;
import trent.api.Empty;
import trent.api.iam.AttachedPermissionsBoundary;
import trent.api.iam.DeleteRolePermissionsBoundaryRequest;
import trent.api.iam.DeleteUserPermissionsBoundaryRequest;
import trent.api.iam.IamOperation;
import trent.api.iam.NoSuchEntityException;
import trent.api.iam.PermissionsBoundaryAttachmentType;
import trent.api.iam.PutRolePermissionsBoundaryRequest;
import trent.api.iam.PutUserPermissionsBoundaryRequest;
import trent.call.Call;
import trent.store.Entity;
import trent.store.EntityKind;
import trent.store.Tx;

/** Permissions boundaries of users and roles: one managed policy each. */
record Boundaries(IamCalls calls) {

    Empty putUserPermissionsBoundary(Call call, PutUserPermissionsBoundaryRequest request) {
        return put(
                call,
                IamOperation.PUT_USER_PERMISSIONS_BOUNDARY,
                EntityKind.USER,
                request.userName(),
                request.permissionsBoundary());
    }

    Empty putRolePermissionsBoundary(Call call, PutRolePermissionsBoundaryRequest request) {
        return put(
                call,
                IamOperation.PUT_ROLE_PERMISSIONS_BOUNDARY,
                EntityKind.ROLE,
                request.roleName(),
                request.permissionsBoundary());
    }

    Empty deleteUserPermissionsBoundary(Call call, DeleteUserPermissionsBoundaryRequest request) {
        return delete(
                call,
                IamOperation.DELETE_USER_PERMISSIONS_BOUNDARY,
                EntityKind.USER,
                request.userName());
    }

    Empty deleteRolePermissionsBoundary(Call call, DeleteRolePermissionsBoundaryRequest request) {
        return delete(
                call,
                IamOperation.DELETE_ROLE_PERMISSIONS_BOUNDARY,
                EntityKind.ROLE,
                request.roleName());
    }

    private Empty put(
            Call call, IamOperation<?, ?> operation, EntityKind kind, String name, String arn) {
        return calls.change(
                call,
                operation,
                kind,
                name,
                facts -> facts.with("iam:PermissionsBoundary", arn),
                (tx, entity) -> {
                    tx.entities().putBoundary(entity, policyId(tx, call, arn));
                    return Empty.EMPTY;
                });
    }

    private Empty delete(Call call, IamOperation<?, ?> operation, EntityKind kind, String name) {
        return calls.change(
                call,
                operation,
                kind,
                name,
                IamCalls.NOTHING,
                (tx, entity) -> {
                    tx.entities().putBoundary(entity, null);
                    return Empty.EMPTY;
                });
    }

    /** The id of the managed policy that is to be a boundary. */
    static String policyId(Tx tx, Call call, String arn) {
        String id = PolicyArns.idOf(tx, call, arn);
        if (id == null) {
            throw new NoSuchEntityException(
                    "Scope ARN: " + arn + " does not exist or is not attachable.");
        }
        return id;
    }

    /** As answers have it; null where there is none. */
    static @Nullable AttachedPermissionsBoundary shown(Tx tx, Call call, Entity entity) {
        String boundary = entity.boundary();
        return boundary == null
                ? null
                : new AttachedPermissionsBoundary(
                        PermissionsBoundaryAttachmentType.PERMISSIONS_BOUNDARY_POLICY,
                        IamCalls.policy(tx, boundary).arn(call.region().partition()));
    }
}
