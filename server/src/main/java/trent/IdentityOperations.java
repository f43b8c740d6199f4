package trent;

import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.locks.Lock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import trent.access.Access;
import trent.api.iam.IamOperation;
import trent.api.sts.StsOperation;
import trent.call.Operation;
import trent.crypto.Entropy;
import trent.iam.AccessKeyUses;
import trent.iam.IamOperations;
import trent.iam.IamQuotas;
import trent.identity.PrincipalNames;
import trent.identity.SessionTokens;
import trent.identity.StoredCredentials;
import trent.identity.StoredIdentities;
import trent.identity.oidc.IdTokens;
import trent.identity.oidc.IssuerKeys;
import trent.language.CompiledPolicies;
import trent.language.Policy;
import trent.name.AccountId;
import trent.store.Entity;
import trent.store.EntityKind;
import trent.store.Store;
import trent.sts.AssumeRole;
import trent.sts.AssumeRole.Roots;
import trent.sts.AssumeRoleWithWebIdentity;
import trent.sts.GetAccessKeyInfo;
import trent.sts.GetCallerIdentity;
import trent.sts.GetFederationToken;
import trent.sts.GetSessionToken;
import trent.sts.Role;
import trent.sts.Sessions;
import trent.wire.Routes;

/**
 * Which class answers which operation of IAM and STS.
 *
 * @param roots whether an account's root may assume roles
 * @param wall by which identity tokens end, as their issuers' clocks have it
 */
record IdentityOperations(
        Access access,
        Store store,
        CompiledPolicies compiled,
        PrincipalNames names,
        StoredIdentities identities,
        StoredCredentials credentials,
        SessionTokens tokens,
        IssuerKeys issuerKeys,
        AccessKeyUses uses,
        Roots roots,
        IdentityTurns turns,
        Entropy entropy,
        InstantSource clock,
        InstantSource wall) {

    void addTo(Routes routes) {
        iam().each(
                        new IamOperations.Taker() {
                            @Override
                            public <I, O> void take(
                                    IamOperation<I, O> operation, Operation<I, O> answer) {
                                routes.aside(
                                        operation,
                                        (call, request) ->
                                                inTurn(
                                                        call.account(),
                                                        () -> answer.answer(call, request)));
                            }
                        });
        Sessions sessions = new Sessions(tokens, entropy, clock);
        IdTokens idTokens = new IdTokens(credentials, issuerKeys, wall);
        routes.aside(StsOperation.GET_CALLER_IDENTITY, new GetCallerIdentity())
                .aside(
                        StsOperation.ASSUME_ROLE,
                        ofOneMoment(
                                new AssumeRole(
                                        access,
                                        this::role,
                                        this::hasManagedPolicy,
                                        sessions,
                                        roots)))
                .aside(StsOperation.GET_SESSION_TOKEN, new GetSessionToken(sessions))
                .aside(
                        StsOperation.GET_FEDERATION_TOKEN,
                        ofOneMoment(
                                new GetFederationToken(access, this::hasManagedPolicy, sessions)))
                .aside(
                        StsOperation.ASSUME_ROLE_WITH_WEB_IDENTITY,
                        ofOneMoment(
                                new AssumeRoleWithWebIdentity(
                                        access,
                                        this::role,
                                        this::hasManagedPolicy,
                                        idTokens,
                                        sessions)))
                .aside(StsOperation.GET_ACCESS_KEY_INFO, new GetAccessKeyInfo(access, credentials));
    }

    /** Where other nodes change things, all that a call reads must have been so at one moment. */
    private <I, O> Operation<I, O> ofOneMoment(Operation<I, O> answer) {
        return store.shared()
                ? (call, request) -> store.checked(() -> answer.answer(call, request))
                : answer;
    }

    /** The calls to IAM of one account, one after the other. */
    private <O> O inTurn(AccountId account, Supplier<O> answer) {
        Lock turn = turns.of(account);
        turn.lock();
        try {
            return store.checked(answer);
        } finally {
            turn.unlock();
        }
    }

    IamOperations iam() {
        return new IamOperations(
                access, store, compiled, names, uses, IamQuotas.DEFAULT, entropy, clock);
    }

    private @Nullable Role role(AccountId account, String path, String name) {
        Entity role = identities.find(account, EntityKind.ROLE, name);
        if (role == null || !role.path().equals(path)) {
            return null;
        }
        Policy trust = identities.trustPolicy(role.id());
        return new Role(
                account,
                role.id(),
                path,
                name,
                identities.tagsOf(role.id()),
                trust == null ? Policy.NOTHING : trust,
                Objects.requireNonNullElse(role.maxSessionSeconds(), 3600));
    }

    private boolean hasManagedPolicy(AccountId account, String arn) {
        return identities.managedPolicy(account, arn) != null;
    }
}
