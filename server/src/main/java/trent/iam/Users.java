package trent.iam;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trent.api.Empty;
import trent.api.iam.AttachedPermissionsBoundary;
import trent.api.iam.CreateUserRequest;
import trent.api.iam.CreateUserResponse;
import trent.api.iam.DeleteConflictException;
import trent.api.iam.DeleteUserRequest;
import trent.api.iam.GetUserRequest;
import trent.api.iam.GetUserResponse;
import trent.api.iam.IamOperation;
import trent.api.iam.ListUsersRequest;
import trent.api.iam.ListUsersResponse;
import trent.api.iam.Tag;
import trent.api.iam.UpdateUserRequest;
import trent.api.iam.User;
import trent.call.Call;
import trent.name.AccountId;
import trent.store.Entity;
import trent.store.EntityKind;
import trent.store.Tx;

/** Users: made, found, renamed, deleted. */
record Users(IamCalls calls) {

    private static final EntityKind USER = EntityKind.USER;

    CreateUserResponse createUser(Call call, CreateUserRequest request) {
        String path = request.path() == null ? "/" : request.path();
        String boundary = request.permissionsBoundary();
        calls.permitCreating(
                call,
                IamOperation.CREATE_USER,
                IamOperation.TAG_USER,
                USER,
                path,
                request.userName(),
                request.tags(),
                facts -> facts.with("iam:PermissionsBoundary", boundary));
        TagRules.require(USER, request.tags());
        Entity user =
                Entity.created(
                        call.account(),
                        USER,
                        calls.ids().entity(USER),
                        request.userName(),
                        path,
                        calls.now());
        return calls.store()
                .write(
                        tx -> {
                            Entity made =
                                    boundary == null
                                            ? user
                                            : user.withBoundary(
                                                    Boundaries.policyId(tx, call, boundary));
                            calls.insert(tx, made, request.tags());
                            return new CreateUserResponse(shown(tx, call, made));
                        });
    }

    GetUserResponse getUser(Call call, GetUserRequest request) {
        String name = calls.userName(call, request.userName());
        if (name == null) {
            return new GetUserResponse(root(call));
        }
        return calls.read(
                call,
                IamOperation.GET_USER,
                USER,
                name,
                (tx, user) -> new GetUserResponse(shown(tx, call, user)));
    }

    ListUsersResponse listUsers(Call call, ListUsersRequest request) {
        Page<Entity> page =
                calls.page(
                        call,
                        IamOperation.LIST_USERS,
                        USER,
                        request.pathPrefix(),
                        request.marker(),
                        request.maxItems());
        return new ListUsersResponse(
                page.map(user -> listed(call, user)), page.truncated(), page.marker());
    }

    Empty updateUser(Call call, UpdateUserRequest request) {
        return Renaming.rename(
                calls,
                call,
                IamOperation.UPDATE_USER,
                USER,
                request.userName(),
                request.newUserName(),
                request.newPath());
    }

    Empty deleteUser(Call call, DeleteUserRequest request) {
        return calls.change(
                call,
                IamOperation.DELETE_USER,
                USER,
                request.userName(),
                IamCalls.NOTHING,
                (tx, user) -> {
                    requireWithoutPolicies(tx, user);
                    if (!tx.groupMembers().groupsOf(user.id()).isEmpty()) {
                        throw new DeleteConflictException(
                                "Cannot delete entity, must remove users from group first.");
                    }
                    if (!tx.accessKeys().of(user.id()).isEmpty()) {
                        throw new DeleteConflictException(
                                "Cannot delete entity, must delete access keys first.");
                    }
                    tx.entities().delete(user);
                    return Empty.EMPTY;
                });
    }

    /** A user, group or role that is to be deleted must have no policies any more. */
    static void requireWithoutPolicies(Tx tx, Entity entity) {
        if (!tx.entityPolicies().attached(entity.id()).isEmpty()) {
            throw new DeleteConflictException(
                    "Cannot delete entity, must detach all policies first.");
        }
        if (!tx.entityPolicies().inline(entity.id()).isEmpty()) {
            throw new DeleteConflictException("Cannot delete entity, must delete policies first.");
        }
    }

    /** With all that is known of it; listings have less. */
    static User shown(Tx tx, Call call, Entity user) {
        return user(call, user, Boundaries.shown(tx, call, user), TagRules.shown(tx, user.id()));
    }

    static User listed(Call call, Entity user) {
        return user(call, user, null, null);
    }

    private static User user(
            Call call,
            Entity user,
            @Nullable AttachedPermissionsBoundary boundary,
            @Nullable List<Tag> tags) {
        return new User(
                user.path(),
                user.name(),
                user.id(),
                user.arn(call.region().partition()),
                user.created(),
                null,
                boundary,
                tags);
    }

    /** A root has neither name nor path; it is as old as anything here can be. */
    private User root(Call call) {
        AccountId account = call.account();
        Instant created =
                calls.store().<@Nullable Instant>read(tx -> tx.accounts().created(account));
        return new User(
                "/",
                "",
                account.value(),
                call.principal().arn(),
                created == null ? calls.now() : created,
                null,
                null,
                null);
    }
}
