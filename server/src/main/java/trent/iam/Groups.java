package trent.iam;

import java.util.List;
import trent.api.Empty;
import trent.api.iam.AddUserToGroupRequest;
import trent.api.iam.CreateGroupRequest;
import trent.api.iam.CreateGroupResponse;
import trent.api.iam.DeleteConflictException;
import trent.api.iam.DeleteGroupRequest;
import trent.api.iam.GetGroupRequest;
import trent.api.iam.GetGroupResponse;
import trent.api.iam.Group;
import trent.api.iam.IamOperation;
import trent.api.iam.ListGroupsForUserRequest;
import trent.api.iam.ListGroupsForUserResponse;
import trent.api.iam.ListGroupsRequest;
import trent.api.iam.ListGroupsResponse;
import trent.api.iam.RemoveUserFromGroupRequest;
import trent.api.iam.UpdateGroupRequest;
import trent.call.Call;
import trent.store.Entity;
import trent.store.EntityKind;

/** Groups, and who is in them. */
record Groups(IamCalls calls) {

    private static final EntityKind GROUP = EntityKind.GROUP;

    CreateGroupResponse createGroup(Call call, CreateGroupRequest request) {
        String path = request.path() == null ? "/" : request.path();
        calls.permitCreating(
                call,
                IamOperation.CREATE_GROUP,
                IamOperation.CREATE_GROUP,
                GROUP,
                path,
                request.groupName(),
                List.of(),
                IamCalls.NOTHING);
        Entity group =
                Entity.created(
                        call.account(),
                        GROUP,
                        calls.ids().entity(GROUP),
                        request.groupName(),
                        path,
                        calls.now());
        return calls.store()
                .write(
                        tx -> {
                            calls.insert(tx, group, List.of());
                            return new CreateGroupResponse(shown(call, group));
                        });
    }

    GetGroupResponse getGroup(Call call, GetGroupRequest request) {
        String after = Page.position(IamOperation.GET_GROUP, request.marker());
        int limit = Page.limit(request.maxItems());
        return calls.read(
                call,
                IamOperation.GET_GROUP,
                GROUP,
                request.groupName(),
                (tx, group) -> {
                    Page<Entity> page =
                            Page.of(
                                    IamOperation.GET_GROUP,
                                    tx.groupMembers().usersIn(group.id(), after, limit + 1),
                                    limit,
                                    user -> user.kind().fold(user.name()));
                    return new GetGroupResponse(
                            shown(call, group),
                            page.map(user -> Users.listed(call, user)),
                            page.truncated(),
                            page.marker());
                });
    }

    ListGroupsResponse listGroups(Call call, ListGroupsRequest request) {
        Page<Entity> page =
                calls.page(
                        call,
                        IamOperation.LIST_GROUPS,
                        GROUP,
                        request.pathPrefix(),
                        request.marker(),
                        request.maxItems());
        return new ListGroupsResponse(
                page.map(group -> shown(call, group)), page.truncated(), page.marker());
    }

    Empty updateGroup(Call call, UpdateGroupRequest request) {
        return Renaming.rename(
                calls,
                call,
                IamOperation.UPDATE_GROUP,
                GROUP,
                request.groupName(),
                request.newGroupName(),
                request.newPath());
    }

    Empty deleteGroup(Call call, DeleteGroupRequest request) {
        return calls.change(
                call,
                IamOperation.DELETE_GROUP,
                GROUP,
                request.groupName(),
                IamCalls.NOTHING,
                (tx, group) -> {
                    if (!tx.groupMembers().usersIn(group.id(), "", 1).isEmpty()) {
                        throw new DeleteConflictException(
                                "Cannot delete entity, must remove users from group first.");
                    }
                    Users.requireWithoutPolicies(tx, group);
                    tx.entities().delete(group);
                    return Empty.EMPTY;
                });
    }

    Empty addUserToGroup(Call call, AddUserToGroupRequest request) {
        return calls.change(
                call,
                IamOperation.ADD_USER_TO_GROUP,
                GROUP,
                request.groupName(),
                IamCalls.NOTHING,
                (tx, group) -> {
                    Entity user =
                            IamCalls.get(tx, call.account(), EntityKind.USER, request.userName());
                    List<Entity> groups = tx.groupMembers().groupsOf(user.id());
                    if (groups.stream().noneMatch(in -> in.id().equals(group.id()))) {
                        IamQuotas.require(
                                "GroupsPerUser", groups.size(), calls.quotas().groupsPerUser());
                        tx.groupMembers().add(group, user);
                    }
                    return Empty.EMPTY;
                });
    }

    Empty removeUserFromGroup(Call call, RemoveUserFromGroupRequest request) {
        return calls.change(
                call,
                IamOperation.REMOVE_USER_FROM_GROUP,
                GROUP,
                request.groupName(),
                IamCalls.NOTHING,
                (tx, group) -> {
                    tx.groupMembers()
                            .remove(
                                    group,
                                    IamCalls.get(
                                            tx,
                                            call.account(),
                                            EntityKind.USER,
                                            request.userName()));
                    return Empty.EMPTY;
                });
    }

    ListGroupsForUserResponse listGroupsForUser(Call call, ListGroupsForUserRequest request) {
        return calls.read(
                call,
                IamOperation.LIST_GROUPS_FOR_USER,
                EntityKind.USER,
                request.userName(),
                (tx, user) -> {
                    Page<Entity> page =
                            Page.ofAll(
                                    IamOperation.LIST_GROUPS_FOR_USER,
                                    tx.groupMembers().groupsOf(user.id()),
                                    group -> group.kind().fold(group.name()),
                                    request.marker(),
                                    request.maxItems());
                    return new ListGroupsForUserResponse(
                            page.map(group -> shown(call, group)), page.truncated(), page.marker());
                });
    }

    static Group shown(Call call, Entity group) {
        return new Group(
                group.path(),
                group.name(),
                group.id(),
                group.arn(call.region().partition()),
                group.created());
    }
}
