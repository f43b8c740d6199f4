package trent.iam;

import java.util.List;
import org.jspecify.annotations.Nullable;
import trent.api.Empty;
import trent.api.iam.IamOperation;
import trent.api.iam.ListOpenIDConnectProviderTagsRequest;
import trent.api.iam.ListOpenIDConnectProviderTagsResponse;
import trent.api.iam.ListPolicyTagsRequest;
import trent.api.iam.ListPolicyTagsResponse;
import trent.api.iam.ListRoleTagsRequest;
import trent.api.iam.ListRoleTagsResponse;
import trent.api.iam.ListUserTagsRequest;
import trent.api.iam.ListUserTagsResponse;
import trent.api.iam.Tag;
import trent.api.iam.TagOpenIDConnectProviderRequest;
import trent.api.iam.TagPolicyRequest;
import trent.api.iam.TagRoleRequest;
import trent.api.iam.TagUserRequest;
import trent.api.iam.UntagOpenIDConnectProviderRequest;
import trent.api.iam.UntagPolicyRequest;
import trent.api.iam.UntagRoleRequest;
import trent.api.iam.UntagUserRequest;
import trent.call.Call;
import trent.store.Entity;
import trent.store.EntityKind;
import trent.store.EntityTags;
import trent.store.Tx;

/** Tags of users, roles, policies and providers. */
record EntityTagging(IamCalls calls) {

    Empty tagUser(Call call, TagUserRequest request) {
        TagRules.require(EntityKind.USER, request.tags());
        return calls.change(
                call,
                IamOperation.TAG_USER,
                EntityKind.USER,
                request.userName(),
                facts -> facts.tags(TagRules.map(request.tags())),
                (tx, user) -> put(tx, user, request.tags()));
    }

    Empty tagRole(Call call, TagRoleRequest request) {
        TagRules.require(EntityKind.ROLE, request.tags());
        return calls.change(
                call,
                IamOperation.TAG_ROLE,
                EntityKind.ROLE,
                request.roleName(),
                facts -> facts.tags(TagRules.map(request.tags())),
                (tx, role) -> put(tx, role, request.tags()));
    }

    Empty tagPolicy(Call call, TagPolicyRequest request) {
        TagRules.require(EntityKind.POLICY, request.tags());
        return ManagedPolicies.onOwn(
                calls,
                call,
                IamOperation.TAG_POLICY,
                request.policyArn(),
                facts -> facts.tags(TagRules.map(request.tags())),
                (tx, policy) -> put(tx, policy, request.tags()));
    }

    Empty tagOpenIdConnectProvider(Call call, TagOpenIDConnectProviderRequest request) {
        TagRules.require(EntityKind.PROVIDER, request.tags());
        return calls.change(
                call,
                IamOperation.TAG_OPEN_ID_CONNECT_PROVIDER,
                EntityKind.PROVIDER,
                OpenIdProviders.url(calls, call, request.openIDConnectProviderArn()),
                facts -> facts.tags(TagRules.map(request.tags())),
                (tx, provider) -> put(tx, provider, request.tags()));
    }

    private Empty put(Tx tx, Entity owner, List<Tag> tags) {
        TagRules.put(tx, owner, tags, calls.quotas().tags());
        return Empty.EMPTY;
    }

    Empty untagUser(Call call, UntagUserRequest request) {
        return calls.change(
                call,
                IamOperation.UNTAG_USER,
                EntityKind.USER,
                request.userName(),
                facts -> facts.tagKeys(request.tagKeys()),
                (tx, user) -> remove(tx, user, request.tagKeys()));
    }

    Empty untagRole(Call call, UntagRoleRequest request) {
        return calls.change(
                call,
                IamOperation.UNTAG_ROLE,
                EntityKind.ROLE,
                request.roleName(),
                facts -> facts.tagKeys(request.tagKeys()),
                (tx, role) -> remove(tx, role, request.tagKeys()));
    }

    Empty untagPolicy(Call call, UntagPolicyRequest request) {
        return ManagedPolicies.onOwn(
                calls,
                call,
                IamOperation.UNTAG_POLICY,
                request.policyArn(),
                facts -> facts.tagKeys(request.tagKeys()),
                (tx, policy) -> remove(tx, policy, request.tagKeys()));
    }

    Empty untagOpenIdConnectProvider(Call call, UntagOpenIDConnectProviderRequest request) {
        return calls.change(
                call,
                IamOperation.UNTAG_OPEN_ID_CONNECT_PROVIDER,
                EntityKind.PROVIDER,
                OpenIdProviders.url(calls, call, request.openIDConnectProviderArn()),
                facts -> facts.tagKeys(request.tagKeys()),
                (tx, provider) -> remove(tx, provider, request.tagKeys()));
    }

    private static Empty remove(Tx tx, Entity owner, List<String> keys) {
        tx.entityTags().remove(owner, keys);
        return Empty.EMPTY;
    }

    ListUserTagsResponse listUserTags(Call call, ListUserTagsRequest request) {
        Page<Tag> page =
                tags(
                        call,
                        IamOperation.LIST_USER_TAGS,
                        EntityKind.USER,
                        request.userName(),
                        request.marker(),
                        request.maxItems());
        return new ListUserTagsResponse(page.items(), page.truncated(), page.marker());
    }

    ListRoleTagsResponse listRoleTags(Call call, ListRoleTagsRequest request) {
        Page<Tag> page =
                tags(
                        call,
                        IamOperation.LIST_ROLE_TAGS,
                        EntityKind.ROLE,
                        request.roleName(),
                        request.marker(),
                        request.maxItems());
        return new ListRoleTagsResponse(page.items(), page.truncated(), page.marker());
    }

    ListPolicyTagsResponse listPolicyTags(Call call, ListPolicyTagsRequest request) {
        String arn = request.policyArn();
        ManagedPolicies.requireThere(calls, call, IamOperation.LIST_POLICY_TAGS, arn);
        Page<Tag> page =
                tags(
                        call,
                        IamOperation.LIST_POLICY_TAGS,
                        EntityKind.POLICY,
                        PolicyArns.parse(arn).name(),
                        request.marker(),
                        request.maxItems());
        return new ListPolicyTagsResponse(page.items(), page.truncated(), page.marker());
    }

    ListOpenIDConnectProviderTagsResponse listOpenIdConnectProviderTags(
            Call call, ListOpenIDConnectProviderTagsRequest request) {
        Page<Tag> page =
                tags(
                        call,
                        IamOperation.LIST_OPEN_ID_CONNECT_PROVIDER_TAGS,
                        EntityKind.PROVIDER,
                        OpenIdProviders.url(calls, call, request.openIDConnectProviderArn()),
                        request.marker(),
                        request.maxItems());
        return new ListOpenIDConnectProviderTagsResponse(
                page.items(), page.truncated(), page.marker());
    }

    private Page<Tag> tags(
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
                                TagRules.list(tx.entityTags().of(owner.id())),
                                tag -> EntityTags.folded(kind, tag.key()),
                                marker,
                                maxItems));
    }
}
