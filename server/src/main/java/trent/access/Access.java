package trent.access;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import trent.access.Decision.Allowed;
import trent.access.Decision.NotAllowed;
import trent.access.KmsActions.Row;
import trent.access.ServiceRequest.Known;
import trent.api.AccessDeniedException;
import trent.api.GrantOperation;
import trent.api.KeySpec;
import trent.api.KeyState;
import trent.api.KeyUsageType;
import trent.api.KmsOperation;
import trent.api.OriginType;
import trent.call.Action;
import trent.call.Call;
import trent.call.Principal;
import trent.identity.Identities;
import trent.identity.Subject;
import trent.language.Policy;
import trent.language.Request;
import trent.name.AccountId;
import trent.name.AliasArn;
import trent.name.AliasName;
import trent.name.Arn;
import trent.name.KeyArn;
import trent.store.Grant;
import trent.store.Key;

/**
 * Lets calls pass or denies them in AWS's words: looks up what a decision needs, and words what
 * {@link Decisions} decides.
 */
public final class Access {

    private static final Action RETIRE_GRANT = Action.of(KmsOperation.RETIRE_GRANT);
    private static final Row PUT_KEY_POLICY_ROW =
            KmsActions.onKey(Action.of(KmsOperation.PUT_KEY_POLICY));

    /** Compiled; a policy of 32 KiB may be 200 KB of it. */
    private static final long LONG_POLICY_BYTES = 64_000;

    private static final int MANY_POLICIES = 20;
    private static final Details NO_DETAILS = new Details();

    private final GrantTokens tokens;
    private final Sources sources;

    /**
     * Access as policies and grants give it.
     *
     * @param aliasesPerKey the quota: of a key that has more, no condition on aliases allows
     *     anything
     */
    public Access(
            GrantTokens tokens,
            KeySources keys,
            Identities identities,
            InstantSource clock,
            int aliasesPerKey) {
        this.tokens = tokens;
        this.sources = new Sources(keys, identities, clock, aliasesPerKey, Sources.decoy());
    }

    /**
     * Lets the call on the key pass, or throws AccessDeniedException in AWS's words: of another
     * account's key those that it has for one that does not exist.
     */
    public void require(Call call, Action action, Key key, Details details) {
        call.about(key.arn());
        Decision decision = decideOn(call, action, key, details);
        if (decision instanceof Allowed) {
            return;
        }
        if (key.arn().account().equals(call.account())) {
            throw denied(call, action, "resource: " + key.arn(), decision);
        }
        throw details.isFromCiphertext()
                ? worded(call, action, details, null, Denial.OF_CIPHERTEXT)
                : worded(call, action, details, asNamed(key, details), Denial.THIS_RESOURCE);
    }

    /**
     * Lets the call on the alias pass as far as the alias is concerned. Only the policies of the
     * caller's own account decide, and the alias must be of it.
     */
    public void require(Call call, Action action, AliasArn alias, Details details) {
        call.about(alias);
        if (!alias.account().equals(call.account())) {
            throw worded(call, action, details, alias, Denial.THIS_RESOURCE);
        }
        requireAllowed(call, action, alias.toString(), decideOn(call, action, alias, details));
    }

    /** Lets a call pass that is about no key and no alias, such as CreateKey and ListKeys. */
    public void requireAnywhere(Call call, Action action, Details details) {
        requireAllowed(call, action, "*", decideAnywhere(call, action, details));
    }

    /**
     * Lets a call about a principal pass, which must be of the caller's account: of
     * ListRetirableGrants.
     */
    public void requirePrincipal(Call call, Action action, String principalArn) {
        String[] arn = principalArn.split(":", 6); // a service's name has no account
        Decision decision =
                arn.length == 6 && arn[4].equals(call.account().value())
                        ? decideAnywhere(call, action, principalArn, NO_DETAILS)
                        : new NotAllowed(PolicyKind.IDENTITY);
        requireAllowed(call, action, principalArn, decision);
    }

    /**
     * Lets the call retire the grant, or throws AccessDeniedException: the grant decides, not the
     * key's policy. Source: AWS KMS Developer Guide, "Retiring and revoking grants".
     *
     * @param key that the grant is on
     */
    public void requireRetirable(Call call, Grant grant, Key key) {
        call.about(grant.key());
        Details details = new Details().constraint(grant.contextEquals(), grant.contextSubset());
        Decision decision = decideRetiring(call, grant, key, details);
        if (decision instanceof Allowed) {
            return;
        }
        throw key.arn().account().equals(call.account())
                ? denied(call, RETIRE_GRANT, "resource: " + key.arn(), decision)
                : worded(call, RETIRE_GRANT, details, key.arn(), Denial.THIS_RESOURCE);
    }

    /** Whether the caller may do it on the key, and why. */
    public Decision decide(Call call, Action action, Key key, Details details) {
        return decideOn(call, action, key, details);
    }

    /** Whether the caller may do it on the alias, as far as the alias is concerned. */
    public Decision decide(Call call, Action action, AliasArn alias, Details details) {
        return decideOn(call, action, alias, details);
    }

    /** Whether the caller may do it on {@code *}. */
    public Decision decideAnywhere(Call call, Action action, Details details) {
        return decideAnywhere(call, action, everything(call), details);
    }

    /**
     * Why the caller may or may not do it on the key, source by source. For who administers the key:
     * it tells what a denial must not.
     */
    public Explanation explain(Call call, Action action, Key key, Details details) {
        @Nullable Subject subject = sources.identities().of(call.principal());
        @Nullable Policy policy = sources.keys().keyPolicy(key.arn());
        KmsRequest request =
                KmsRequest.on(key, call, subject, sources, KmsActions.onKey(action), details);
        return Explanations.onKey(
                request,
                decideOn(call, action, key, details),
                policy == null ? Policy.NOTHING : policy,
                subject,
                sources.identities().sessionPolicies(call.principal()),
                request);
    }

    /** The names of the actions that are checked on keys: those that can be explained. */
    public static Set<String> actionsOnKeys() {
        return KmsActions.onKeys();
    }

    /** The operation of a grant that gives this action on a key; null if none does. */
    public static @Nullable GrantOperation grantable(Action onKey) {
        return KmsActions.onKey(onKey).grantable();
    }

    /**
     * What the key's account says of another account's principal. What that account says is not
     * asked: it is not the key owner's to know.
     */
    public Explanation explainAbroad(Call call, Action action, Key key, Details details) {
        Row row = KmsActions.onKey(action);
        @Nullable Policy policy = sources.keys().keyPolicy(key.arn());
        return Explanations.ofKeysAccount(
                KmsRequest.on(key, call, null, sources, row, details),
                row.worksAbroad(),
                policy == null ? Policy.NOTHING : policy);
    }

    /** The same of what is not about a key: an alias's ARN or {@code *}, or another service's. */
    public Explanation explainIdentity(
            Call call, String action, String resource, ServiceFacts facts) {
        @Nullable Subject subject = sources.identities().of(call.principal());
        return Explanations.byIdentity(
                imagined(call, subject, action, resource, facts),
                decideIdentity(call, action, resource, facts),
                subject,
                sources.identities().sessionPolicies(call.principal()));
    }

    /**
     * A request that nobody made, for {@link Decisions}.
     *
     * @param call of who would make it
     * @param subject whose tags it has; null: none
     * @param facts all that it has, beside what follows from the call unless they say otherwise
     */
    public Request imagined(
            Call call,
            @Nullable Subject subject,
            String action,
            String resource,
            ServiceFacts facts) {
        return new ServiceRequest(
                call, subject, sources.clock(), action, resource, facts, Known.CALL);
    }

    /**
     * A request of IAM's simulator: from nowhere, so that what it does not give is missing.
     *
     * @param call of who would make it
     * @param caller whether it is said who would
     */
    public Request simulated(
            Call call,
            boolean caller,
            Subject subject,
            String action,
            String resource,
            ServiceFacts facts) {
        return new ServiceRequest(
                call,
                subject,
                sources.clock(),
                action,
                resource,
                facts,
                caller ? Known.CALLER : Known.MOMENT);
    }

    /**
     * Whether a key policy would let the caller change it again: with the policies that the caller
     * has, and without grants.
     */
    public Decision wouldAllow(Call call, Key key, Policy newPolicy) {
        @Nullable Subject subject = sources.identities().of(call.principal());
        return wouldAllow(
                KmsRequest.on(key, call, subject, sources, PUT_KEY_POLICY_ROW, NO_DETAILS),
                key,
                newPolicy,
                subject);
    }

    /**
     * The same of a key that is not in the store yet.
     *
     * @param tags those that it will have
     */
    public Decision wouldAllow(Call call, Key key, Map<String, String> tags, Policy newPolicy) {
        @Nullable Subject subject = sources.identities().of(call.principal());
        return wouldAllow(
                KmsRequest.onNew(key, tags, call, subject, sources, PUT_KEY_POLICY_ROW, NO_DETAILS),
                key,
                newPolicy,
                subject);
    }

    /**
     * Whether the caller may do what IAM or STS does, by the policies of its own account.
     *
     * @param action for example {@code iam:GetUser}
     * @param resource an ARN, or {@code *}
     */
    public Decision decideIdentity(Call call, String action, String resource, ServiceFacts facts) {
        @Nullable Subject subject = sources.identities().of(call.principal());
        return Decisions.byIdentity(
                imagined(call, subject, action, resource, facts),
                subject,
                sources.identities().sessionPolicies(call.principal()));
    }

    /**
     * Whether the caller may assume the role, or do what goes with it ({@code sts:TagSession},
     * {@code sts:SetSourceIdentity}).
     *
     * @param owner the role's account
     */
    public Decision decideTrust(
            Call call,
            String action,
            String roleArn,
            AccountId owner,
            Policy trust,
            ServiceFacts facts) {
        @Nullable Subject subject = sources.identities().of(call.principal());
        return Decisions.onRole(
                imagined(call, subject, action, roleArn, facts),
                owner.equals(call.account()),
                trust,
                subject,
                sources.identities().sessionPolicies(call.principal()));
    }

    /**
     * Whether the role may be assumed with a web identity.
     *
     * @param call of the session that it would be, which names the identity's provider
     */
    public Decision decideWebIdentity(
            Call call, String action, String roleArn, Policy trust, ServiceFacts facts) {
        return Decisions.onRoleByWebIdentity(
                new ServiceRequest(
                        call, null, sources.clock(), action, roleArn, facts, Known.CALL_OF_NOBODY),
                trust);
    }

    /**
     * The one answer about a key of another account, whether it exists or not: from what the
     * caller's own account says, without any attribute of the key. Takes as long as a decision.
     *
     * @param named the key's or the alias's ARN as the request has it
     * @param missing what was looked for: of what an alias stands for if there is none, a key that
     *     nobody has, another for each alias
     */
    public AccessDeniedException hidden(
            Call call, Action action, Details details, Arn named, KeyArn missing) {
        decideOnDecoy(call, action, missing, details);
        return worded(call, action, details, named, Denial.THIS_RESOURCE);
    }

    /** The same where a ciphertext names the key: one that does not exist, or another account's. */
    public AccessDeniedException hiddenByCiphertext(
            Call call, Action action, Details details, KeyArn missing) {
        decideOnDecoy(call, action, missing, details);
        return worded(call, action, details, null, Denial.OF_CIPHERTEXT);
    }

    private Decision decideOn(Call call, Action action, Key key, Details details) {
        Row row = KmsActions.onKey(action);
        @Nullable Subject subject = sources.identities().of(call.principal());
        KmsRequest request = KmsRequest.on(key, call, subject, sources, row, details);
        @Nullable Policy policy = sources.keys().keyPolicy(key.arn());
        asideIfLong(policy, subject);
        return Decisions.onKey(
                request,
                key.arn().account().equals(call.account()),
                row.worksAbroad(),
                policy,
                subject,
                sources.identities().sessionPolicies(call.principal()),
                request);
    }

    /** Large policies are not looked through on a thread that others wait for. */
    private void asideIfLong(@Nullable Policy policy, @Nullable Subject subject) {
        if ((policy != null && policy.bytes() > LONG_POLICY_BYTES)
                || (subject != null && subject.policies().size() > MANY_POLICIES)) {
            sources.keys().takesLong();
        }
    }

    /** What is done for a key that exists, so that the time of an answer does not tell of it. */
    private void decideOnDecoy(Call call, Action action, KeyArn arn, Details details) {
        Row row = KmsActions.naming(action);
        Key decoy =
                Key.created(
                        arn,
                        KeySpec.SYMMETRIC_DEFAULT,
                        KeyUsageType.ENCRYPT_DECRYPT,
                        OriginType.AWS_KMS,
                        KeyState.ENABLED,
                        "",
                        Instant.EPOCH,
                        null);
        @Nullable Policy policy = sources.keys().keyPolicy(arn);
        @Nullable Subject subject = sources.identities().of(call.principal());
        asideIfLong(policy, subject);
        KmsRequest request = KmsRequest.on(decoy, call, subject, sources, row, details);
        Decision _ =
                Decisions.onKey(
                        request,
                        false,
                        row.worksAbroad(),
                        policy == null ? sources.decoyPolicy() : policy,
                        subject,
                        sources.identities().sessionPolicies(call.principal()),
                        request);
    }

    private Decision decideOn(Call call, Action action, AliasArn alias, Details details) {
        @Nullable Subject subject = sources.identities().of(call.principal());
        return Decisions.byIdentity(
                KmsRequest.on(alias, call, subject, sources, KmsActions.onAlias(action), details),
                subject,
                sources.identities().sessionPolicies(call.principal()));
    }

    private Decision decideAnywhere(Call call, Action action, String resource, Details details) {
        @Nullable Subject subject = sources.identities().of(call.principal());
        return Decisions.byIdentity(
                KmsRequest.on(
                        resource, call, subject, sources, KmsActions.anywhere(action), details),
                subject,
                sources.identities().sessionPolicies(call.principal()));
    }

    /** Covered by {@code *} and by the same pattern, but by none for keys or aliases. */
    private static String everything(Call call) {
        return "arn:%s:kms:%s:%s:*"
                .formatted(call.region().partition(), call.region(), call.account());
    }

    private Decision decideRetiring(Call call, Grant grant, Key key, Details details) {
        @Nullable Subject subject = sources.identities().of(call.principal());
        return Decisions.onGrant(
                KmsRequest.on(key, call, subject, sources, KmsActions.onKey(RETIRE_GRANT), details),
                grant,
                subject,
                sources.identities().sessionPolicies(call.principal()));
    }

    private Decision wouldAllow(
            KmsRequest request, Key key, Policy newPolicy, @Nullable Subject subject) {
        return Decisions.onKey(
                request,
                key.arn().account().equals(request.principal().account()),
                false,
                newPolicy,
                subject,
                sources.identities().sessionPolicies(request.principal()),
                Decisions.Grants.NONE);
    }

    private AccessDeniedException worded(
            Call call, Action action, Details details, @Nullable Arn named, String on) {
        Principal caller = call.principal();
        @Nullable Subject subject = sources.identities().of(caller);
        KmsRequest request =
                KmsRequest.hidden(
                        named, call, subject, sources, KmsActions.naming(action), details);
        Decision decision =
                Decisions.hidden(request, subject, sources.identities().sessionPolicies(caller));
        return denied(call, action, on, decision);
    }

    /** The ARN that the request had: what a key's alias is called is no secret to who calls it so. */
    private static Arn asNamed(Key key, Details details) {
        @Nullable String alias = details.value(Detail.REQUEST_ALIAS, null);
        return alias != null
                ? new AliasName(alias).in(key.arn().account(), key.arn().region())
                : key.arn();
    }

    private static void requireAllowed(
            Call call, Action action, String resource, Decision decision) {
        if (!(decision instanceof Allowed)) {
            throw denied(call, action, "resource: " + resource, decision);
        }
    }

    private static AccessDeniedException denied(
            Call call, Action action, String on, Decision decision) {
        return new AccessDeniedException(
                Denial.sentence(call.principal(), action.name(), on, decision));
    }

    /**
     * Refuses grant tokens that no CreateGrant of this service gave out. Those of grants that are
     * gone, or of other keys, are without effect.
     */
    public void requireKnown(List<String> grantTokens) {
        grantTokens.forEach(tokens::read);
    }
}
