package trent.iam;

import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import trent.access.Access;
import trent.api.iam.IamOperation;
import trent.call.Call;
import trent.call.Operation;
import trent.crypto.Entropy;
import trent.identity.PrincipalNames;
import trent.language.CompiledPolicies;
import trent.seal.Secret;
import trent.store.Store;

/** The table of IAM's operations that there are here: which method answers which. */
public final class IamOperations {

    private final IamCalls calls;
    private final Documents documents;
    private final AccessKeyUses uses;

    /** Takes what answers each operation. */
    @FunctionalInterface
    public interface Taker {
        <I, O> void take(IamOperation<I, O> operation, Operation<I, O> answer);
    }

    /**
     * Operations over this store.
     *
     * @param names who may be named as principal of a trust policy
     */
    public IamOperations(
            Access access,
            Store store,
            CompiledPolicies policies,
            PrincipalNames names,
            AccessKeyUses uses,
            IamQuotas quotas,
            Entropy entropy,
            InstantSource clock) {
        this.calls = new IamCalls(access, store, new UniqueIds(entropy), quotas, clock);
        this.documents = new Documents(policies, names);
        this.uses = uses;
    }

    /** Hands out all of them. */
    public void each(Taker all) {
        Taker taker = new Guarded(all);
        users(taker);
        roles(taker);
        groups(taker);
        managedPolicies(taker);
        attachments(taker);
        inlinePolicies(taker);
        tags(taker);
        providers(taker);
        others(taker);
    }

    /**
     * CreateAccessKey with an id and secret that an operator declares.
     *
     * @param userName null for the root that calls
     */
    public void createAccessKey(Call call, @Nullable String userName, String id, Secret secret) {
        new UserAccessKeys(calls, uses).give(call, userName, id, secret);
    }

    /** Each is asked by those only who may ask IAM at all. */
    private record Guarded(Taker all) implements Taker {

        @Override
        public <I, O> void take(IamOperation<I, O> operation, Operation<I, O> answer) {
            all.take(
                    operation,
                    (call, request) -> {
                        IamCalls.requireTakenHere(call.principal());
                        return answer.answer(call, request);
                    });
        }
    }

    private void users(Taker taker) {
        Users users = new Users(calls);
        taker.take(IamOperation.CREATE_USER, users::createUser);
        taker.take(IamOperation.GET_USER, users::getUser);
        taker.take(IamOperation.LIST_USERS, users::listUsers);
        taker.take(IamOperation.UPDATE_USER, users::updateUser);
        taker.take(IamOperation.DELETE_USER, users::deleteUser);
        UserAccessKeys keys = new UserAccessKeys(calls, uses);
        taker.take(IamOperation.CREATE_ACCESS_KEY, keys::createAccessKey);
        taker.take(IamOperation.LIST_ACCESS_KEYS, keys::listAccessKeys);
        taker.take(IamOperation.UPDATE_ACCESS_KEY, keys::updateAccessKey);
        taker.take(IamOperation.DELETE_ACCESS_KEY, keys::deleteAccessKey);
        taker.take(IamOperation.GET_ACCESS_KEY_LAST_USED, keys::getAccessKeyLastUsed);
    }

    private void roles(Taker taker) {
        Roles roles = new Roles(calls, documents);
        taker.take(IamOperation.CREATE_ROLE, roles::createRole);
        taker.take(IamOperation.GET_ROLE, roles::getRole);
        taker.take(IamOperation.LIST_ROLES, roles::listRoles);
        taker.take(IamOperation.UPDATE_ROLE, roles::updateRole);
        taker.take(IamOperation.UPDATE_ROLE_DESCRIPTION, roles::updateRoleDescription);
        taker.take(IamOperation.UPDATE_ASSUME_ROLE_POLICY, roles::updateAssumeRolePolicy);
        taker.take(IamOperation.DELETE_ROLE, roles::deleteRole);
        Boundaries boundaries = new Boundaries(calls);
        taker.take(
                IamOperation.PUT_USER_PERMISSIONS_BOUNDARY, boundaries::putUserPermissionsBoundary);
        taker.take(
                IamOperation.PUT_ROLE_PERMISSIONS_BOUNDARY, boundaries::putRolePermissionsBoundary);
        taker.take(
                IamOperation.DELETE_USER_PERMISSIONS_BOUNDARY,
                boundaries::deleteUserPermissionsBoundary);
        taker.take(
                IamOperation.DELETE_ROLE_PERMISSIONS_BOUNDARY,
                boundaries::deleteRolePermissionsBoundary);
    }

    private void groups(Taker taker) {
        Groups groups = new Groups(calls);
        taker.take(IamOperation.CREATE_GROUP, groups::createGroup);
        taker.take(IamOperation.GET_GROUP, groups::getGroup);
        taker.take(IamOperation.LIST_GROUPS, groups::listGroups);
        taker.take(IamOperation.UPDATE_GROUP, groups::updateGroup);
        taker.take(IamOperation.DELETE_GROUP, groups::deleteGroup);
        taker.take(IamOperation.ADD_USER_TO_GROUP, groups::addUserToGroup);
        taker.take(IamOperation.REMOVE_USER_FROM_GROUP, groups::removeUserFromGroup);
        taker.take(IamOperation.LIST_GROUPS_FOR_USER, groups::listGroupsForUser);
    }

    private void managedPolicies(Taker taker) {
        ManagedPolicies policies = new ManagedPolicies(calls, documents);
        taker.take(IamOperation.CREATE_POLICY, policies::createPolicy);
        taker.take(IamOperation.GET_POLICY, policies::getPolicy);
        taker.take(IamOperation.GET_POLICY_VERSION, policies::getPolicyVersion);
        taker.take(IamOperation.LIST_POLICIES, policies::listPolicies);
        taker.take(IamOperation.LIST_POLICY_VERSIONS, policies::listPolicyVersions);
        taker.take(IamOperation.CREATE_POLICY_VERSION, policies::createPolicyVersion);
        taker.take(IamOperation.DELETE_POLICY_VERSION, policies::deletePolicyVersion);
        taker.take(IamOperation.SET_DEFAULT_POLICY_VERSION, policies::setDefaultPolicyVersion);
        taker.take(IamOperation.DELETE_POLICY, policies::deletePolicy);
    }

    private void attachments(Taker taker) {
        Attachments attachments = new Attachments(calls);
        taker.take(IamOperation.ATTACH_USER_POLICY, attachments::attachUserPolicy);
        taker.take(IamOperation.ATTACH_ROLE_POLICY, attachments::attachRolePolicy);
        taker.take(IamOperation.ATTACH_GROUP_POLICY, attachments::attachGroupPolicy);
        taker.take(IamOperation.DETACH_USER_POLICY, attachments::detachUserPolicy);
        taker.take(IamOperation.DETACH_ROLE_POLICY, attachments::detachRolePolicy);
        taker.take(IamOperation.DETACH_GROUP_POLICY, attachments::detachGroupPolicy);
        taker.take(IamOperation.LIST_ATTACHED_USER_POLICIES, attachments::listAttachedUserPolicies);
        taker.take(IamOperation.LIST_ATTACHED_ROLE_POLICIES, attachments::listAttachedRolePolicies);
        taker.take(
                IamOperation.LIST_ATTACHED_GROUP_POLICIES, attachments::listAttachedGroupPolicies);
        taker.take(IamOperation.LIST_ENTITIES_FOR_POLICY, attachments::listEntitiesForPolicy);
    }

    private void inlinePolicies(Taker taker) {
        InlinePolicies inline = new InlinePolicies(calls, documents);
        taker.take(IamOperation.PUT_USER_POLICY, inline::putUserPolicy);
        taker.take(IamOperation.PUT_ROLE_POLICY, inline::putRolePolicy);
        taker.take(IamOperation.PUT_GROUP_POLICY, inline::putGroupPolicy);
        taker.take(IamOperation.GET_USER_POLICY, inline::getUserPolicy);
        taker.take(IamOperation.GET_ROLE_POLICY, inline::getRolePolicy);
        taker.take(IamOperation.GET_GROUP_POLICY, inline::getGroupPolicy);
        taker.take(IamOperation.DELETE_USER_POLICY, inline::deleteUserPolicy);
        taker.take(IamOperation.DELETE_ROLE_POLICY, inline::deleteRolePolicy);
        taker.take(IamOperation.DELETE_GROUP_POLICY, inline::deleteGroupPolicy);
        taker.take(IamOperation.LIST_USER_POLICIES, inline::listUserPolicies);
        taker.take(IamOperation.LIST_ROLE_POLICIES, inline::listRolePolicies);
        taker.take(IamOperation.LIST_GROUP_POLICIES, inline::listGroupPolicies);
    }

    private void tags(Taker taker) {
        EntityTagging tags = new EntityTagging(calls);
        taker.take(IamOperation.TAG_USER, tags::tagUser);
        taker.take(IamOperation.TAG_ROLE, tags::tagRole);
        taker.take(IamOperation.TAG_POLICY, tags::tagPolicy);
        taker.take(IamOperation.TAG_OPEN_ID_CONNECT_PROVIDER, tags::tagOpenIdConnectProvider);
        taker.take(IamOperation.UNTAG_USER, tags::untagUser);
        taker.take(IamOperation.UNTAG_ROLE, tags::untagRole);
        taker.take(IamOperation.UNTAG_POLICY, tags::untagPolicy);
        taker.take(IamOperation.UNTAG_OPEN_ID_CONNECT_PROVIDER, tags::untagOpenIdConnectProvider);
        taker.take(IamOperation.LIST_USER_TAGS, tags::listUserTags);
        taker.take(IamOperation.LIST_ROLE_TAGS, tags::listRoleTags);
        taker.take(IamOperation.LIST_POLICY_TAGS, tags::listPolicyTags);
        taker.take(
                IamOperation.LIST_OPEN_ID_CONNECT_PROVIDER_TAGS,
                tags::listOpenIdConnectProviderTags);
    }

    private void providers(Taker taker) {
        OpenIdProviders providers = new OpenIdProviders(calls);
        taker.take(
                IamOperation.CREATE_OPEN_ID_CONNECT_PROVIDER,
                providers::createOpenIdConnectProvider);
        taker.take(IamOperation.GET_OPEN_ID_CONNECT_PROVIDER, providers::getOpenIdConnectProvider);
        taker.take(
                IamOperation.LIST_OPEN_ID_CONNECT_PROVIDERS, providers::listOpenIdConnectProviders);
        taker.take(
                IamOperation.DELETE_OPEN_ID_CONNECT_PROVIDER,
                providers::deleteOpenIdConnectProvider);
        taker.take(IamOperation.ADD_CLIENT_ID_TO_OPEN_ID_CONNECT_PROVIDER, providers::addClientId);
        taker.take(
                IamOperation.REMOVE_CLIENT_ID_FROM_OPEN_ID_CONNECT_PROVIDER,
                providers::removeClientId);
        taker.take(
                IamOperation.UPDATE_OPEN_ID_CONNECT_PROVIDER_THUMBPRINT,
                providers::updateThumbprint);
    }

    private void others(Taker taker) {
        EmptyAnswers empty = new EmptyAnswers(calls);
        taker.take(
                IamOperation.LIST_INSTANCE_PROFILES_FOR_ROLE, empty::listInstanceProfilesForRole);
        taker.take(IamOperation.LIST_MFA_DEVICES, empty::listMfaDevices);
        taker.take(IamOperation.LIST_SIGNING_CERTIFICATES, empty::listSigningCertificates);
        taker.take(IamOperation.LIST_SSH_PUBLIC_KEYS, empty::listSshPublicKeys);
        taker.take(
                IamOperation.LIST_SERVICE_SPECIFIC_CREDENTIALS,
                empty::listServiceSpecificCredentials);
        taker.take(IamOperation.LIST_VIRTUAL_MFA_DEVICES, empty::listVirtualMfaDevices);
        taker.take(IamOperation.LIST_ACCOUNT_ALIASES, empty::listAccountAliases);
        taker.take(IamOperation.GET_ACCOUNT_PASSWORD_POLICY, empty::getAccountPasswordPolicy);
        taker.take(IamOperation.GET_LOGIN_PROFILE, empty::getLoginProfile);
        taker.take(IamOperation.DELETE_LOGIN_PROFILE, empty::deleteLoginProfile);
        taker.take(IamOperation.GET_ACCOUNT_SUMMARY, empty::getAccountSummary);
        AuthorizationDetails details = new AuthorizationDetails(calls, documents);
        taker.take(
                IamOperation.GET_ACCOUNT_AUTHORIZATION_DETAILS,
                details::getAccountAuthorizationDetails);
        Simulations simulations = new Simulations(calls, documents);
        taker.take(IamOperation.SIMULATE_PRINCIPAL_POLICY, simulations::simulatePrincipalPolicy);
        taker.take(IamOperation.SIMULATE_CUSTOM_POLICY, simulations::simulateCustomPolicy);
    }
}
