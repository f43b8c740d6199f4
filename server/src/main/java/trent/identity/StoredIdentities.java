package trent.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy.Eviction;
import com.github.benmanes.caffeine.cache.RemovalCause;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import trent.call.Principal;
import trent.call.Session;
import trent.identity.AwsManagedPolicies.AwsManagedPolicy;
import trent.language.CompiledPolicies;
import trent.language.Policy;
import trent.language.PolicySyntaxException;
import trent.name.AccountId;
import trent.store.Account;
import trent.store.Entity;
import trent.store.EntityKind;
import trent.store.EntityPolicies;
import trent.store.EntityPolicies.Inline;
import trent.store.EntityPolicies.Version;
import trent.store.HeapShare;
import trent.store.ProviderValues;
import trent.store.Store;
import trent.store.Tx;
import trent.store.Weights;

/**
 * The identities in the store, as they are now.
 *
 * <p>What is remembered of one is as good as the version of its account that it was read at; the
 * account's row, which {@code store} forgets with each commit that changes it, says which that is.
 * So what was acknowledged counts for the next call, and one look at the account tells it.
 */
public final class StoredIdentities implements Identities {

    private static final Logger LOG = LoggerFactory.getLogger(StoredIdentities.class);

    /** Entry, entity, subject, lists and map, without what is in them. */
    private static final int KNOWN_BYTES = 900;

    /** What one policy more in a list takes, what is compiled of it aside. */
    private static final int POLICY_BYTES = 120;

    private static final int NAME_BYTES = 300;

    private final Store store;
    private final CompiledPolicies policies;
    private final boolean anyAccount;

    private final Cache<String, Known> byId =
            Caffeine.newBuilder()
                    .maximumWeight(HeapShare.IDENTITIES.bytes())
                    .weigher((String _, Known known) -> known.bytes())
                    .removalListener(this::released)
                    .executor(Runnable::run)
                    .build();

    /** Counts towards the same share as {@link #byId}. */
    private final HeldPolicies held = new HeldPolicies();

    private final Cache<Name, NamedId> byName =
            Caffeine.newBuilder()
                    .maximumWeight(HeapShare.IDENTITY_NAMES.bytes())
                    .weigher((Name name, NamedId _) -> NAME_BYTES + Weights.of(name.name()))
                    .executor(Runnable::run)
                    .build();

    /**
     * Those of this store.
     *
     * @param anyAccount whether an account exists by being named, as in development
     */
    public StoredIdentities(Store store, CompiledPolicies policies, boolean anyAccount) {
        this.store = store;
        this.policies = policies;
        this.anyAccount = anyAccount;
    }

    private record Name(AccountId account, EntityKind kind, String name) {}

    /** The id under a name at a version of the account; null if nobody has it. */
    private record NamedId(long version, @Nullable String id) {}

    /**
     * What is known of an id.
     *
     * @param entity null if there is none
     * @param subject of a user or role; null too if one of its policies cannot be read
     * @param policy of a managed policy: the version that counts
     * @param trust of a role
     * @param clientIds of a provider
     * @param held all policies in it
     * @param bytes without them
     */
    private record Known(
            long version,
            @Nullable Entity entity,
            @Nullable Subject subject,
            @Nullable IdentityPolicy policy,
            @Nullable Policy trust,
            List<String> clientIds,
            List<Policy> held,
            int bytes) {

        static Known nothing(long version) {
            return new Known(
                    version, null, null, null, null, List.of(), List.of(), KNOWN_BYTES / 4);
        }
    }

    /**
     * What the database has of an id, all of one moment.
     *
     * @param other of a managed policy the version that counts, of a user or role its boundary
     * @param trusted the ids of those whom a role's policy names
     */
    private record Rows(
            long version,
            Entity entity,
            Map<String, String> tags,
            List<Document> policies,
            @Nullable Document other,
            Map<String, String> trusted,
            List<String> clientIds) {}

    /**
     * A policy that is not compiled yet.
     *
     * @param text null if it is lost
     */
    private record Document(String name, @Nullable String text) {}

    private void released(@Nullable String id, @Nullable Known known, RemovalCause cause) {
        if (known != null) {
            held.release(known.held());
        }
    }

    @Override
    public @Nullable Subject of(Principal caller) {
        if (!exists(caller.account())) {
            return null;
        }
        return switch (caller.kind()) {
            case ROOT -> Subject.ROOT;
            case NOBODY -> null;
            case USER, ROLE_SESSION, FEDERATED_USER -> subject(caller);
        };
    }

    private @Nullable Subject subject(Principal caller) {
        if (caller.id().equals(caller.account().value())) {
            return Subject.ROOT; // a root's federated user
        }
        Known known = known(caller.id());
        Entity entity = known.entity();
        return entity == null || !entity.account().equals(caller.account())
                ? null
                : known.subject();
    }

    @Override
    public List<IdentityPolicy> sessionPolicies(Principal caller) {
        Session session = caller.session();
        if (session == null || !session.hasPolicies()) {
            return List.of();
        }
        List<IdentityPolicy> found = new ArrayList<>();
        if (session.policy() != null) {
            found.add(ofSession(session.policy()));
        }
        for (String arn : session.policyArns()) {
            IdentityPolicy managed = managedPolicy(caller.account(), arn);
            // One that is gone allows nothing, and does not make the session any freer.
            found.add(managed == null ? new IdentityPolicy(arn, Policy.NOTHING) : managed);
        }
        return found;
    }

    /** It was checked when it was sent; one that cannot be read allows nothing. */
    private IdentityPolicy ofSession(String document) {
        try {
            return new IdentityPolicy("session policy", compiled(document));
        } catch (PolicySyntaxException e) {
            LOG.atError()
                    .log("a session policy cannot be read and allows nothing: {}", e.problem());
            return new IdentityPolicy("session policy", Policy.NOTHING);
        }
    }

    /**
     * The managed policy of this ARN, if it is AWS's or this account's, in its version that counts;
     * else null.
     */
    public @Nullable IdentityPolicy managedPolicy(AccountId account, String arn) {
        EntityArn parsed = EntityArn.parse(arn);
        if (parsed == null || parsed.type() != EntityArn.Type.POLICY) {
            return null;
        }
        if (parsed.account() == null) {
            AwsManagedPolicy aws = AwsManagedPolicies.ofName(parsed.name());
            return aws == null || !aws.arn(parsed.partition()).equals(arn) ? null : aws(aws);
        }
        Entity policy = account.equals(parsed.account()) ? find(parsed) : null;
        return policy == null ? null : known(policy.id()).policy();
    }

    @Override
    public boolean exists(AccountId account) {
        Account known = store.account(account);
        return switch (known.state()) {
            case ENABLED -> anyAccount || known.listed();
            case DISABLED -> false;
            case UNKNOWN -> anyAccount;
        };
    }

    @Override
    public @Nullable String idOf(String arn) {
        EntityArn parsed = EntityArn.parse(arn);
        if (parsed == null || parsed.account() == null) {
            return null;
        }
        return switch (parsed.type()) {
            case USER, ROLE -> {
                Entity entity = find(parsed);
                yield entity == null ? null : entity.id();
            }
            case ROLE_SESSION -> {
                Entity role = find(parsed.account(), EntityKind.ROLE, parsed.name());
                yield role == null ? null : role.id() + ":" + parsed.session();
            }
            case FEDERATED_USER ->
                    exists(parsed.account()) ? parsed.account() + ":" + parsed.name() : null;
            case ROOT, GROUP, POLICY, PROVIDER -> null;
        };
    }

    @Override
    public boolean has(String uniqueId) {
        Entity entity = entity(uniqueId);
        return entity != null
                && (entity.kind() == EntityKind.USER || entity.kind() == EntityKind.ROLE);
    }

    @Override
    public @Nullable String arnOf(String uniqueId, String partition) {
        Entity entity = entity(uniqueId);
        return entity == null ? null : entity.arn(partition);
    }

    /** The user, group, role, policy or provider with this unique id, or null. */
    public @Nullable Entity entity(String uniqueId) {
        return known(uniqueId).entity();
    }

    /** The one that this ARN names, path and all; null if there is none. */
    public @Nullable Entity find(EntityArn arn) {
        EntityKind kind = arn.type().kind();
        AccountId account = arn.account();
        Entity found = account == null || kind == null ? null : find(account, kind, arn.name());
        return found == null || !found.path().equals(arn.path()) ? null : found;
    }

    /** The one of exactly this name, or null. */
    public @Nullable Entity find(AccountId account, EntityKind kind, String name) {
        Name key = new Name(account, kind, name);
        NamedId named = byName.getIfPresent(key);
        if (named == null || named.version() != store.account(account).identityVersion()) {
            named = store.read(tx -> named(tx, key));
            byName.put(key, named);
        }
        return named.id() == null ? null : entity(named.id());
    }

    private static NamedId named(Tx tx, Name name) {
        Entity found = tx.entities().find(name.account(), name.kind(), name.name());
        return new NamedId(
                tx.accounts().get(name.account()).identityVersion(),
                found == null || !found.name().equals(name.name()) ? null : found.id());
    }

    /** The tags of the user or role with this unique id; empty if it is gone. */
    public Map<String, String> tagsOf(String uniqueId) {
        Subject subject = known(uniqueId).subject();
        return subject == null ? Map.of() : subject.tags();
    }

    /** Who may assume the role; null if it is gone or its policy cannot be read. */
    public @Nullable Policy trustPolicy(String roleId) {
        return known(roleId).trust();
    }

    /** The client ids of a provider of web identities; null if there is no such provider. */
    public @Nullable List<String> clientIds(AccountId account, String url) {
        Entity provider = find(account, EntityKind.PROVIDER, url);
        return provider == null ? null : known(provider.id()).clientIds();
    }

    private Known known(String id) {
        Known known = byId.getIfPresent(id);
        if (known != null) {
            Entity entity = known.entity();
            // An id that nobody has never comes to be somebody's.
            if (entity == null
                    || known.version() == store.account(entity.account()).identityVersion()) {
                return known;
            }
        }
        // Compiled after the read: many large policies must not keep a reader from others.
        Rows rows = store.<@Nullable Rows>read(tx -> rows(tx, id));
        Known loaded = rows == null ? Known.nothing(0) : known(rows);
        held.hold(loaded.held());
        byId.put(id, loaded);
        fit();
        return loaded;
    }

    /** What all hold together stays within the share: their policies take from the room of all. */
    private synchronized void fit() {
        Eviction<String, Known> eviction = byId.policy().eviction().orElseThrow();
        long before;
        do {
            before = held.bytes();
            eviction.setMaximum(Math.max(0, HeapShare.IDENTITIES.bytes() - before));
        } while (held.bytes() < before); // who had to go has given room back
    }

    /** What the identities that are remembered hold, in bytes. */
    long heldBytes() {
        return byId.policy().eviction().orElseThrow().weightedSize().orElse(0) + held.bytes();
    }

    private static @Nullable Rows rows(Tx tx, String id) {
        Entity entity = tx.entities().find(id);
        if (entity == null) {
            return null;
        }
        // First: what is older than its version says would never be read again.
        long version = tx.accounts().get(entity.account()).identityVersion();
        EntityKind kind = entity.kind();
        List<Document> documents = new ArrayList<>();
        if (kind == EntityKind.USER || kind == EntityKind.ROLE) {
            addPolicies(tx, entity, "", documents);
        }
        if (kind == EntityKind.USER) {
            for (Entity group : tx.groupMembers().groupsOf(id)) {
                addPolicies(tx, group, " of group " + group.name(), documents);
            }
        }
        String boundary = entity.boundary();
        return new Rows(
                version,
                entity,
                tx.entityTags().of(id),
                documents,
                kind == EntityKind.POLICY
                        ? counting(tx, entity)
                        : boundary == null ? null : managed(tx, boundary),
                kind == EntityKind.ROLE ? tx.entities().trusted(id) : Map.of(),
                kind == EntityKind.PROVIDER
                        ? tx.providerValues().of(id, ProviderValues.Kind.CLIENT_ID)
                        : List.of());
    }

    private static void addPolicies(Tx tx, Entity owner, String where, List<Document> documents) {
        EntityPolicies table = tx.entityPolicies();
        for (Inline inline : table.inline(owner.id())) {
            documents.add(
                    new Document("inline policy " + inline.name() + where, inline.document()));
        }
        for (String policyId : table.attached(owner.id())) {
            documents.add(managed(tx, policyId));
        }
    }

    private static Document managed(Tx tx, String policyId) {
        AwsManagedPolicy aws = AwsManagedPolicies.ofId(policyId);
        if (aws != null) {
            return new Document(aws.arn("aws"), aws.document());
        }
        Entity policy = tx.entities().find(policyId);
        return policy == null
                ? new Document("the managed policy " + policyId, null)
                : counting(tx, policy);
    }

    private static Document counting(Tx tx, Entity policy) {
        Version version = tx.entityPolicies().version(policy.id(), policy.defaultVersion());
        return new Document(policy.arn("aws"), version == null ? null : version.document());
    }

    private Known known(Rows rows) {
        Entity entity = rows.entity();
        int bytes =
                KNOWN_BYTES
                        + Weights.of(entity.name())
                        + Weights.of(entity.path())
                        + Weights.of(entity.description())
                        + Weights.of(entity.trust());
        for (Map.Entry<String, String> tag : rows.tags().entrySet()) {
            bytes += Weights.of(tag.getKey()) + Weights.of(tag.getValue());
        }
        for (Document policy : rows.policies()) {
            bytes += POLICY_BYTES + Weights.of(policy.name());
        }
        for (String clientId : rows.clientIds()) {
            bytes += Weights.of(clientId);
        }
        Document other = rows.other();
        Subject subject = null;
        IdentityPolicy policy = null;
        Policy trust = null;
        switch (entity.kind()) {
            case USER, ROLE -> {
                subject = readable(entity, () -> subject(rows));
                trust = entity.kind() == EntityKind.ROLE ? trust(rows) : null;
            }
            case POLICY -> policy = other == null ? null : readable(entity, () -> compiled(other));
            case GROUP, PROVIDER -> {}
        }
        return new Known(
                rows.version(),
                entity,
                subject,
                policy,
                trust,
                rows.clientIds(),
                held(subject, policy, trust),
                bytes);
    }

    private Subject subject(Rows rows) throws PolicySyntaxException {
        List<IdentityPolicy> found = new ArrayList<>();
        for (Document policy : rows.policies()) {
            found.add(compiled(policy));
        }
        Document boundary = rows.other();
        return new Subject(rows.tags(), found, boundary == null ? null : compiled(boundary));
    }

    private @Nullable Policy trust(Rows rows) {
        return readable(
                rows.entity(),
                () -> {
                    String document = rows.entity().trust();
                    if (document == null) {
                        throw new IllegalStateException("its trust policy is missing");
                    }
                    return policies.of(document, Policy.Kind.TRUST, rows.trusted());
                });
    }

    private static List<Policy> held(
            @Nullable Subject subject, @Nullable IdentityPolicy policy, @Nullable Policy trust) {
        List<Policy> held = new ArrayList<>();
        if (subject != null) {
            subject.policies().forEach(each -> held.add(each.policy()));
            if (subject.boundary() != null) {
                held.add(subject.boundary().policy());
            }
        }
        if (policy != null) {
            held.add(policy.policy());
        }
        if (trust != null) {
            held.add(trust);
        }
        return List.copyOf(held);
    }

    private IdentityPolicy compiled(Document policy) throws PolicySyntaxException {
        String text = policy.text();
        if (text == null) {
            throw new IllegalStateException(policy.name() + " is missing");
        }
        return new IdentityPolicy(policy.name(), compiled(text));
    }

    private IdentityPolicy aws(AwsManagedPolicy policy) {
        try {
            return new IdentityPolicy(policy.arn("aws"), compiled(policy.document()));
        } catch (PolicySyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private Policy compiled(String document) throws PolicySyntaxException {
        return policies.of(document, Policy.Kind.IDENTITY, Map.of());
    }

    /** Makes something of what an entity has. */
    @FunctionalInterface
    private interface Reader<T> {
        T read() throws PolicySyntaxException;
    }

    /**
     * Null, and nothing is allowed, if a policy cannot be read: it may be one that denies. Whoever
     * has it is named, and nobody else is affected.
     */
    private static <T> @Nullable T readable(Entity entity, Reader<T> reader) {
        try {
            return reader.read();
        } catch (PolicySyntaxException | IllegalStateException e) {
            LOG.atError()
                    .addKeyValue("account", entity.account())
                    .addKeyValue("id", entity.id())
                    .log(
                            "a policy of {} {} cannot be read ({}): it may do nothing until it is"
                                    + " put again or restored from a backup. Nobody else is affected",
                            entity.kind().noun(),
                            entity.name(),
                            e.getMessage());
            return null;
        }
    }
}
