package trent.iam;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import trent.api.Empty;
import trent.api.iam.DeleteLoginProfileRequest;
import trent.api.iam.GetAccountPasswordPolicyRequest;
import trent.api.iam.GetAccountPasswordPolicyResponse;
import trent.api.iam.GetAccountSummaryRequest;
import trent.api.iam.GetAccountSummaryResponse;
import trent.api.iam.GetLoginProfileRequest;
import trent.api.iam.GetLoginProfileResponse;
import trent.api.iam.IamOperation;
import trent.api.iam.ListAccountAliasesRequest;
import trent.api.iam.ListAccountAliasesResponse;
import trent.api.iam.ListInstanceProfilesForRoleRequest;
import trent.api.iam.ListInstanceProfilesForRoleResponse;
import trent.api.iam.ListMFADevicesRequest;
import trent.api.iam.ListMFADevicesResponse;
import trent.api.iam.ListSSHPublicKeysRequest;
import trent.api.iam.ListSSHPublicKeysResponse;
import trent.api.iam.ListServiceSpecificCredentialsRequest;
import trent.api.iam.ListServiceSpecificCredentialsResponse;
import trent.api.iam.ListSigningCertificatesRequest;
import trent.api.iam.ListSigningCertificatesResponse;
import trent.api.iam.ListVirtualMFADevicesRequest;
import trent.api.iam.ListVirtualMFADevicesResponse;
import trent.api.iam.NoSuchEntityException;
import trent.api.iam.SummaryKeyType;
import trent.call.Call;
import trent.store.EntityKind;

/**
 * What nobody has here: passwords, MFA devices, certificates, instance profiles. Tools ask for it
 * before they delete a user or role. And how much of the rest an account has.
 */
record EmptyAnswers(IamCalls calls) {

    ListInstanceProfilesForRoleResponse listInstanceProfilesForRole(
            Call call, ListInstanceProfilesForRoleRequest request) {
        calls.permitted(
                call,
                IamOperation.LIST_INSTANCE_PROFILES_FOR_ROLE,
                EntityKind.ROLE,
                request.roleName(),
                IamCalls.NOTHING);
        return new ListInstanceProfilesForRoleResponse(List.of(), false, null);
    }

    ListMFADevicesResponse listMfaDevices(Call call, ListMFADevicesRequest request) {
        permitted(call, IamOperation.LIST_MFA_DEVICES, request.userName());
        return new ListMFADevicesResponse(List.of(), false, null);
    }

    ListSigningCertificatesResponse listSigningCertificates(
            Call call, ListSigningCertificatesRequest request) {
        permitted(call, IamOperation.LIST_SIGNING_CERTIFICATES, request.userName());
        return new ListSigningCertificatesResponse(List.of(), false, null);
    }

    ListSSHPublicKeysResponse listSshPublicKeys(Call call, ListSSHPublicKeysRequest request) {
        permitted(call, IamOperation.LIST_SSH_PUBLIC_KEYS, request.userName());
        return new ListSSHPublicKeysResponse(List.of(), false, null);
    }

    ListServiceSpecificCredentialsResponse listServiceSpecificCredentials(
            Call call, ListServiceSpecificCredentialsRequest request) {
        permitted(call, IamOperation.LIST_SERVICE_SPECIFIC_CREDENTIALS, request.userName());
        return new ListServiceSpecificCredentialsResponse(List.of(), null, false);
    }

    ListVirtualMFADevicesResponse listVirtualMfaDevices(
            Call call, ListVirtualMFADevicesRequest request) {
        calls.permitListing(call, IamOperation.LIST_VIRTUAL_MFA_DEVICES, null);
        return new ListVirtualMFADevicesResponse(List.of(), false, null);
    }

    ListAccountAliasesResponse listAccountAliases(Call call, ListAccountAliasesRequest request) {
        calls.permitListing(call, IamOperation.LIST_ACCOUNT_ALIASES, null);
        return new ListAccountAliasesResponse(List.of(), false, null);
    }

    GetAccountPasswordPolicyResponse getAccountPasswordPolicy(
            Call call, GetAccountPasswordPolicyRequest request) {
        calls.permitListing(call, IamOperation.GET_ACCOUNT_PASSWORD_POLICY, null);
        throw new NoSuchEntityException(
                "The Password Policy with domain name " + call.account() + " cannot be found.");
    }

    GetLoginProfileResponse getLoginProfile(Call call, GetLoginProfileRequest request) {
        String user = permitted(call, IamOperation.GET_LOGIN_PROFILE, request.userName());
        throw noLoginProfile(user);
    }

    Empty deleteLoginProfile(Call call, DeleteLoginProfileRequest request) {
        String user = permitted(call, IamOperation.DELETE_LOGIN_PROFILE, request.userName());
        throw noLoginProfile(user);
    }

    private static NoSuchEntityException noLoginProfile(String user) {
        return new NoSuchEntityException("Login Profile for User " + user + " cannot be found.");
    }

    /** The user whom the request is about; empty for a root, who has none of it either. */
    private String permitted(Call call, IamOperation<?, ?> operation, @Nullable String userName) {
        String name = calls.userName(call, userName);
        if (name == null) {
            calls.permitListing(call, operation, null);
            return "";
        }
        calls.permitted(call, operation, EntityKind.USER, name, IamCalls.NOTHING);
        return name;
    }

    GetAccountSummaryResponse getAccountSummary(Call call, GetAccountSummaryRequest request) {
        calls.permitListing(call, IamOperation.GET_ACCOUNT_SUMMARY, null);
        IamQuotas quotas = calls.quotas();
        Map<SummaryKeyType, Integer> summary = new EnumMap<>(SummaryKeyType.class);
        summary.put(SummaryKeyType.USERS_QUOTA, quotas.users());
        summary.put(SummaryKeyType.GROUPS_QUOTA, quotas.groups());
        summary.put(SummaryKeyType.ROLES_QUOTA, quotas.roles());
        summary.put(SummaryKeyType.POLICIES_QUOTA, quotas.policies());
        summary.put(SummaryKeyType.GROUPS_PER_USER_QUOTA, quotas.groupsPerUser());
        summary.put(SummaryKeyType.ACCESS_KEYS_PER_USER_QUOTA, quotas.accessKeys());
        summary.put(SummaryKeyType.ATTACHED_POLICIES_PER_USER_QUOTA, quotas.attached());
        summary.put(SummaryKeyType.ATTACHED_POLICIES_PER_ROLE_QUOTA, quotas.attached());
        summary.put(SummaryKeyType.ATTACHED_POLICIES_PER_GROUP_QUOTA, quotas.attached());
        summary.put(SummaryKeyType.VERSIONS_PER_POLICY_QUOTA, quotas.versions());
        summary.put(SummaryKeyType.POLICY_SIZE_QUOTA, IamQuotas.POLICY_SIZE);
        summary.put(SummaryKeyType.ASSUME_ROLE_POLICY_SIZE_QUOTA, IamQuotas.TRUST_SIZE);
        summary.put(SummaryKeyType.USER_POLICY_SIZE_QUOTA, IamQuotas.inlineSize(EntityKind.USER));
        summary.put(SummaryKeyType.GROUP_POLICY_SIZE_QUOTA, IamQuotas.inlineSize(EntityKind.GROUP));
        summary.put(SummaryKeyType.ROLE_POLICY_SIZE_QUOTA, IamQuotas.inlineSize(EntityKind.ROLE));
        summary.put(SummaryKeyType.MFA_DEVICES, 0);
        summary.put(SummaryKeyType.MFA_DEVICES_IN_USE, 0);
        summary.put(SummaryKeyType.ACCOUNT_MFA_ENABLED, 0);
        summary.put(SummaryKeyType.ACCOUNT_PASSWORD_PRESENT, 0);
        summary.put(SummaryKeyType.ACCOUNT_SIGNING_CERTIFICATES_PRESENT, 0);
        summary.put(SummaryKeyType.INSTANCE_PROFILES, 0);
        summary.put(SummaryKeyType.SERVER_CERTIFICATES, 0);
        return calls.store()
                .read(
                        tx -> {
                            count(summary, SummaryKeyType.USERS, tx, call, EntityKind.USER);
                            count(summary, SummaryKeyType.GROUPS, tx, call, EntityKind.GROUP);
                            count(summary, SummaryKeyType.ROLES, tx, call, EntityKind.ROLE);
                            count(summary, SummaryKeyType.POLICIES, tx, call, EntityKind.POLICY);
                            count(summary, SummaryKeyType.PROVIDERS, tx, call, EntityKind.PROVIDER);
                            summary.put(
                                    SummaryKeyType.ACCOUNT_ACCESS_KEYS_PRESENT,
                                    tx.accessKeys().of(call.account().value()).isEmpty() ? 0 : 1);
                            return new GetAccountSummaryResponse(summary);
                        });
    }

    private static void count(
            Map<SummaryKeyType, Integer> summary,
            SummaryKeyType key,
            trent.store.Tx tx,
            Call call,
            EntityKind kind) {
        summary.put(key, tx.entities().count(call.account(), kind));
    }
}
