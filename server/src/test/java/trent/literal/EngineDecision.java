package trent.literal;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import trent.access.Access;
import trent.access.ConditionKeys;
import trent.access.Detail;
import trent.access.Details;
import trent.access.GrantTokens;
import trent.access.KeySources;
import trent.api.AccessDeniedException;
import trent.api.GrantOperation;
import trent.api.KeySpec;
import trent.api.KeyState;
import trent.api.KeyUsageType;
import trent.api.OriginType;
import trent.call.Action;
import trent.call.Call;
import trent.call.Origin;
import trent.call.Principal;
import trent.identity.Identities;
import trent.identity.IdentityPolicy;
import trent.identity.Subject;
import trent.language.Policy;
import trent.language.PolicySyntaxException;
import trent.language.PrincipalIds;
import trent.literal.Situation.Constrained;
import trent.literal.Situation.TheGrant;
import trent.name.AccountId;
import trent.name.AliasName;
import trent.name.KeyArn;
import trent.name.KeyId;
import trent.name.Region;
import trent.store.Alias;
import trent.store.Grant;
import trent.store.Key;
import trent.store.Store;

/** The engine, asked about a situation: it finds in it what a store and accounts would tell. */
final class EngineDecision implements KeySources, Identities, AutoCloseable {

    private static final Region REGION = new Region("us-east-1");
    private static final int ALIASES_PER_KEY = 50;

    private final Store store = Store.inMemory(new SecureRandom()::nextBytes);
    private final Access access =
            new Access(new GrantTokens(store), this, this, () -> Situation.NOW, ALIASES_PER_KEY);

    private @Nullable Situation situation;
    private @Nullable Policy keyPolicy;
    private @Nullable Subject subject;
    private List<IdentityPolicy> sessions = List.of();

    /** What a denied caller reads; empty if he is allowed. */
    String sentence(Situation asked) throws PolicySyntaxException {
        situation = asked;
        keyPolicy =
                Policy.compile(
                        Case.write(asked.key().policy()),
                        Policy.Kind.KEY,
                        ConditionKeys.VOCABULARY,
                        World::idOf);
        Map<String, Object> boundary = asked.boundary();
        subject =
                asked.caller().isRoot()
                        ? Subject.ROOT
                        : new Subject(
                                asked.tags(),
                                compiled(asked.identities()),
                                boundary == null ? null : compiled(boundary));
        sessions = compiled(asked.sessions());
        Call call =
                new Call(
                        asked.caller()
                                .principal(
                                        asked.sessions().isEmpty()
                                                ? null
                                                : Case.write(asked.sessions().getFirst()),
                                        List.of()),
                        REGION,
                        "00000000-0000-4000-8000-000000000000",
                        new Origin(Situation.SOURCE_IP, true, Situation.USER_AGENT, null));
        try {
            Action action = new Action(asked.action());
            if (asked.onAlias()) {
                AliasName alias = new AliasName(Situation.ALIAS);
                access.require(
                        call,
                        action,
                        alias.in(new AccountId(asked.caller().account()), REGION),
                        details(asked));
            } else if (asked.onNothing()) {
                access.requireAnywhere(call, action, details(asked));
            } else {
                access.require(call, action, key(asked), details(asked));
            }
            return "";
        } catch (AccessDeniedException denied) {
            return Objects.requireNonNull(denied.getMessage());
        }
    }

    private static Key key(Situation asked) {
        Key key =
                Key.created(
                        arnOf(asked.key().arn()),
                        KeySpec.SYMMETRIC_DEFAULT,
                        KeyUsageType.ENCRYPT_DECRYPT,
                        OriginType.AWS_KMS,
                        KeyState.ENABLED,
                        "",
                        Situation.NOW,
                        asked.key().multiRegion() == null ? null : REGION);
        return key;
    }

    private static KeyArn arnOf(String arn) {
        String[] parts = arn.split(":", 6);
        return new KeyArn(
                new Region(parts[3]),
                new AccountId(parts[4]),
                new KeyId(parts[5].substring("key/".length())));
    }

    private static Details details(Situation asked) {
        Details details = new Details();
        Map<String, List<String>> left = new TreeMap<>(asked.details());
        Constrained child = asked.child();
        if (child != null) {
            details.grant(operations(child), child.equals(), child.subset());
            left.remove(Detail.GRANT_OPERATIONS.wire());
            left.remove(Detail.GRANT_CONSTRAINT_TYPE.wire());
        } else if (asked.encryptionContext() != null) {
            details.encryptionContext(asked.encryptionContext());
        }
        for (Detail detail : Detail.values()) {
            List<String> values = left.remove(detail.wire());
            if (values != null) {
                details.with(detail, values.getFirst());
            }
        }
        if (!left.isEmpty()) {
            throw new IllegalArgumentException("no details: " + left);
        }
        return details;
    }

    private static List<GrantOperation> operations(Constrained constrained) {
        return constrained.operations().stream()
                .map(name -> Objects.requireNonNull(GrantOperation.ofWire(name)))
                .toList();
    }

    private static List<IdentityPolicy> compiled(List<Map<String, Object>> policies)
            throws PolicySyntaxException {
        List<IdentityPolicy> all = new ArrayList<>();
        for (Map<String, Object> policy : policies) {
            all.add(compiled(policy));
        }
        return all;
    }

    private static IdentityPolicy compiled(Map<String, Object> policy)
            throws PolicySyntaxException {
        return new IdentityPolicy(
                "policy",
                Policy.compile(
                        Case.write(policy),
                        Policy.Kind.IDENTITY,
                        ConditionKeys.VOCABULARY,
                        PrincipalIds.NONE));
    }

    private Situation situation() {
        return Objects.requireNonNull(situation);
    }

    // What a store knows of the key

    @Override
    public @Nullable Policy keyPolicy(KeyArn key) {
        return keyPolicy;
    }

    @Override
    public Map<String, String> tagsOf(KeyArn key) {
        return situation().key().tags();
    }

    @Override
    public List<Alias> aliasesOf(KeyArn key) {
        return situation().key().aliases().stream()
                .map(
                        name ->
                                new Alias(
                                        new AliasName(name).in(key.account(), key.region()),
                                        key.id(),
                                        Situation.NOW,
                                        Situation.NOW))
                .toList();
    }

    @Override
    public List<Grant> grantsFor(KeyArn key, String granteeId) {
        List<Grant> grants = new ArrayList<>();
        for (TheGrant grant : situation().key().grants()) {
            if (granteeId.equals(granteeId(grant.grantee()))) {
                grants.add(
                        new Grant(
                                key,
                                "%064x".formatted(grants.size()),
                                null,
                                key.account(),
                                grant.grantee(),
                                null,
                                operations(grant.gives()),
                                grant.gives().equals(),
                                grant.gives().subset(),
                                Situation.NOW,
                                granteeId,
                                null));
            }
        }
        return grants;
    }

    private static @Nullable String granteeId(String grantee) {
        return grantee.endsWith(":root") ? grantee.split(":", 6)[4] : World.idOf(grantee);
    }

    // What the accounts know of the caller

    @Override
    public @Nullable Subject of(Principal caller) {
        return subject;
    }

    @Override
    public List<IdentityPolicy> sessionPolicies(Principal caller) {
        return sessions;
    }

    @Override
    public boolean exists(AccountId account) {
        return true;
    }

    @Override
    public @Nullable String idOf(String arn) {
        return World.idOf(arn);
    }

    @Override
    public boolean has(String uniqueId) {
        return World.ENTITIES.stream().anyMatch(entity -> entity.id().equals(uniqueId));
    }

    @Override
    public @Nullable String arnOf(String uniqueId, String partition) {
        return World.ENTITIES.stream()
                .filter(entity -> entity.id().equals(uniqueId))
                .map(World.Entity::arn)
                .findFirst()
                .orElse(null);
    }

    @Override
    public void close() throws IOException {
        store.close();
    }
}
