package trent.iam;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import trent.api.Empty;
import trent.api.iam.DeleteGroupPolicyRequest;
import trent.api.iam.DeleteRolePolicyRequest;
import trent.api.iam.DeleteUserPolicyRequest;
import trent.api.iam.GetGroupPolicyRequest;
import trent.api.iam.GetGroupPolicyResponse;
import trent.api.iam.GetRolePolicyRequest;
import trent.api.iam.GetRolePolicyResponse;
import trent.api.iam.GetUserPolicyRequest;
import trent.api.iam.GetUserPolicyResponse;
import trent.api.iam.IamOperation;
import trent.api.iam.ListGroupPoliciesRequest;
import trent.api.iam.ListGroupPoliciesResponse;
import trent.api.iam.ListRolePoliciesRequest;
import trent.api.iam.ListRolePoliciesResponse;
import trent.api.iam.ListUserPoliciesRequest;
import trent.api.iam.ListUserPoliciesResponse;
import trent.api.iam.NoSuchEntityException;
import trent.api.iam.PutGroupPolicyRequest;
import trent.api.iam.PutRolePolicyRequest;
import trent.api.iam.PutUserPolicyRequest;
import trent.call.Call;
import trent.store.EntityKind;
import trent.store.EntityPolicies.Inline;

/** Policies that stand in a user, group or role. */
record InlinePolicies(IamCalls calls, Documents documents) {

    Empty putUserPolicy(Call call, PutUserPolicyRequest request) {
        return put(
                call,
                IamOperation.PUT_USER_POLICY,
                EntityKind.USER,
                request.userName(),
                request.policyName(),
                request.policyDocument());
    }

    Empty putRolePolicy(Call call, PutRolePolicyRequest request) {
        return put(
                call,
                IamOperation.PUT_ROLE_POLICY,
                EntityKind.ROLE,
                request.roleName(),
                request.policyName(),
                request.policyDocument());
    }

    Empty putGroupPolicy(Call call, PutGroupPolicyRequest request) {
        return put(
                call,
                IamOperation.PUT_GROUP_POLICY,
                EntityKind.GROUP,
                request.groupName(),
                request.policyName(),
                request.policyDocument());
    }

    private Empty put(
            Call call,
            IamOperation<?, ?> operation,
            EntityKind kind,
            String name,
            String policy,
            String document) {
        calls.permitted(call, operation, kind, name, IamCalls.NOTHING);
        documents.requireInline(document);
        return calls.change(
                call,
                operation,
                kind,
                name,
                IamCalls.NOTHING,
                (tx, owner) -> {
                    int sum = Documents.size(document);
                    for (Inline other : tx.entityPolicies().inline(owner.id())) {
                        if (!other.name().equals(policy)) {
                            sum += Documents.size(other.document());
                        }
                    }
                    Documents.requireInlineSize(kind, name, sum);
                    tx.entityPolicies().putInline(owner, policy, document);
                    return Empty.EMPTY;
                });
    }

    GetUserPolicyResponse getUserPolicy(Call call, GetUserPolicyRequest request) {
        return new GetUserPolicyResponse(
                request.userName(),
                request.policyName(),
                get(
                        call,
                        IamOperation.GET_USER_POLICY,
                        EntityKind.USER,
                        request.userName(),
                        request.policyName()));
    }

    GetRolePolicyResponse getRolePolicy(Call call, GetRolePolicyRequest request) {
        return new GetRolePolicyResponse(
                request.roleName(),
                request.policyName(),
                get(
                        call,
                        IamOperation.GET_ROLE_POLICY,
                        EntityKind.ROLE,
                        request.roleName(),
                        request.policyName()));
    }

    GetGroupPolicyResponse getGroupPolicy(Call call, GetGroupPolicyRequest request) {
        return new GetGroupPolicyResponse(
                request.groupName(),
                request.policyName(),
                get(
                        call,
                        IamOperation.GET_GROUP_POLICY,
                        EntityKind.GROUP,
                        request.groupName(),
                        request.policyName()));
    }

    private String get(
            Call call, IamOperation<?, ?> operation, EntityKind kind, String name, String policy) {
        return calls.read(
                call,
                operation,
                kind,
                name,
                (tx, owner) -> {
                    String document = tx.entityPolicies().inline(owner.id(), policy);
                    if (document == null) {
                        throw notFound(kind, policy);
                    }
                    return Documents.encoded(document);
                });
    }

    Empty deleteUserPolicy(Call call, DeleteUserPolicyRequest request) {
        return delete(
                call,
                IamOperation.DELETE_USER_POLICY,
                EntityKind.USER,
                request.userName(),
                request.policyName());
    }

    Empty deleteRolePolicy(Call call, DeleteRolePolicyRequest request) {
        return delete(
                call,
                IamOperation.DELETE_ROLE_POLICY,
                EntityKind.ROLE,
                request.roleName(),
                request.policyName());
    }

    Empty deleteGroupPolicy(Call call, DeleteGroupPolicyRequest request) {
        return delete(
                call,
                IamOperation.DELETE_GROUP_POLICY,
                EntityKind.GROUP,
                request.groupName(),
                request.policyName());
    }

    private Empty delete(
            Call call, IamOperation<?, ?> operation, EntityKind kind, String name, String policy) {
        return calls.change(
                call,
                operation,
                kind,
                name,
                IamCalls.NOTHING,
                (tx, owner) -> {
                    if (tx.entityPolicies().inline(owner.id(), policy) == null) {
                        throw notFound(kind, policy);
                    }
                    tx.entityPolicies().deleteInline(owner, policy);
                    return Empty.EMPTY;
                });
    }

    ListUserPoliciesResponse listUserPolicies(Call call, ListUserPoliciesRequest request) {
        Page<String> page =
                names(
                        call,
                        IamOperation.LIST_USER_POLICIES,
                        EntityKind.USER,
                        request.userName(),
                        request.marker(),
                        request.maxItems());
        return new ListUserPoliciesResponse(page.items(), page.truncated(), page.marker());
    }

    ListRolePoliciesResponse listRolePolicies(Call call, ListRolePoliciesRequest request) {
        Page<String> page =
                names(
                        call,
                        IamOperation.LIST_ROLE_POLICIES,
                        EntityKind.ROLE,
                        request.roleName(),
                        request.marker(),
                        request.maxItems());
        return new ListRolePoliciesResponse(page.items(), page.truncated(), page.marker());
    }

    ListGroupPoliciesResponse listGroupPolicies(Call call, ListGroupPoliciesRequest request) {
        Page<String> page =
                names(
                        call,
                        IamOperation.LIST_GROUP_POLICIES,
                        EntityKind.GROUP,
                        request.groupName(),
                        request.marker(),
                        request.maxItems());
        return new ListGroupPoliciesResponse(page.items(), page.truncated(), page.marker());
    }

    private Page<String> names(
            Call call,
            IamOperation<?, ?> operation,
            EntityKind kind,
            String name,
            @Nullable String marker,
            @Nullable Integer maxItems) {
        return calls.read(
                call,
                operation,
                kind,
                name,
                (tx, owner) ->
                        Page.ofAll(
                                operation,
                                tx.entityPolicies().inline(owner.id()).stream()
                                        .map(Inline::name)
                                        .toList(),
                                Function.identity(),
                                marker,
                                maxItems));
    }

    private static NoSuchEntityException notFound(EntityKind kind, String policy) {
        return new NoSuchEntityException(
                "The " + kind.noun() + " policy with name " + policy + " cannot be found.");
    }
}
