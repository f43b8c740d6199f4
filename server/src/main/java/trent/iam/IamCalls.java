package trent.iam;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import trent.access.Access;
import trent.access.Decision;
import trent.access.Denial;
import trent.access.ServiceFacts;
import trent.api.iam.EntityAlreadyExistsException;
import trent.api.iam.IamOperation;
import trent.api.iam.NoSuchEntityException;
import trent.api.iam.Tag;
import trent.api.query.AccessDenied;
import trent.api.query.InvalidClientTokenId;
import trent.api.query.ValidationError;
import trent.call.Call;
import trent.call.Principal;
import trent.call.Session;
import trent.identity.AwsManagedPolicies;
import trent.identity.AwsManagedPolicies.AwsManagedPolicy;
import trent.name.AccountId;
import trent.store.Entity;
import trent.store.EntityKind;
import trent.store.Store;
import trent.store.Tx;

/**
 * What all operations do: they look up whom a request names, ask whether the caller may, and read
 * or change.
 *
 * <p>The check is outside of the write; what it saw is compared inside, and if it has changed the
 * call is checked again, as {@link Store#checked} has it.
 */
record IamCalls(Access access, Store store, UniqueIds ids, IamQuotas quotas, InstantSource clock) {

    /** The request says nothing that conditions may ask for. */
    static final UnaryOperator<ServiceFacts> NOTHING = facts -> facts;

    /** Operations whose condition key iam:PermissionsBoundary is that of the user or role. */
    private static final Set<IamOperation<?, ?>> BOUNDED =
            Set.of(
                    IamOperation.ATTACH_USER_POLICY,
                    IamOperation.ATTACH_ROLE_POLICY,
                    IamOperation.DETACH_USER_POLICY,
                    IamOperation.DETACH_ROLE_POLICY,
                    IamOperation.PUT_USER_POLICY,
                    IamOperation.PUT_ROLE_POLICY,
                    IamOperation.DELETE_USER_POLICY,
                    IamOperation.DELETE_ROLE_POLICY,
                    IamOperation.DELETE_USER_PERMISSIONS_BOUNDARY,
                    IamOperation.DELETE_ROLE_PERMISSIONS_BOUNDARY);

    /** Reads or changes what a request is about. */
    @FunctionalInterface
    interface Work<T> {
        T on(Tx tx, Entity entity);
    }

    /**
     * One that a request names, as it is at the moment.
     *
     * @param entity null if there is none
     * @param boundary the ARN of its permissions boundary
     */
    record Seen(
            String name,
            @Nullable Entity entity,
            Map<String, String> tags,
            @Nullable String boundary) {

        boolean isStill(Tx tx, Entity now) {
            return entity != null
                    && entity.id().equals(now.id())
                    && Objects.equals(entity.boundary(), now.boundary())
                    && entity.path().equals(now.path())
                    && entity.name().equals(now.name())
                    && tags.equals(tx.entityTags().of(now.id()));
        }
    }

    Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    /**
     * Refuses temporary credentials that AWS does not take here: of federated users, and of
     * GetSessionToken without MFA. Source: AWS IAM User Guide, "Compare AWS STS credentials".
     */
    static void requireTakenHere(Principal caller) {
        Session session = caller.session();
        boolean refused =
                switch (caller.kind()) {
                    case FEDERATED_USER -> true;
                    case USER, ROOT -> session != null && session.secondsSinceMfa() == null;
                    case ROLE_SESSION -> false;
                    case NOBODY -> true;
                };
        if (refused) {
            throw new InvalidClientTokenId(
                    "The security token included in the request is invalid.");
        }
    }

    /** Changes the one of this name in the caller's account. */
    <T> T change(
            Call call,
            IamOperation<?, ?> operation,
            EntityKind kind,
            String name,
            UnaryOperator<ServiceFacts> asked,
            Work<T> work) {
        Seen seen = permitted(call, operation, kind, name, asked);
        return store.write(
                tx -> {
                    Entity now = get(tx, call.account(), kind, name);
                    if (!call.principal().isRoot() && !seen.isStill(tx, now)) {
                        throw tx.moved(); // it is another now, or has other tags
                    }
                    return work.on(tx, now);
                });
    }

    /** Reads the one of this name in the caller's account. */
    <T> T read(
            Call call, IamOperation<?, ?> operation, EntityKind kind, String name, Work<T> work) {
        permitted(call, operation, kind, name, NOTHING);
        return store.read(tx -> work.on(tx, get(tx, call.account(), kind, name)));
    }

    /** Lets the call on this one pass, which must exist. */
    Seen permitted(
            Call call,
            IamOperation<?, ?> operation,
            EntityKind kind,
            String name,
            UnaryOperator<ServiceFacts> asked) {
        Seen seen = see(call, kind, name);
        Entity entity = seen.entity();
        String arn =
                entity == null
                        ? Entity.arn(call.principal().partition(), call.account(), kind, "/", name)
                        : entity.arn(call.principal().partition());
        ServiceFacts facts = asked.apply(new ServiceFacts()).resourceTags("iam", seen.tags());
        if (BOUNDED.contains(operation)) {
            facts.with("iam:PermissionsBoundary", seen.boundary());
        }
        require(call, operation, arn, shown(kind, name, arn), facts);
        if (entity == null) {
            throw noSuch(kind, name);
        }
        return seen;
    }

    private Seen see(Call call, EntityKind kind, String name) {
        return store.read(
                tx -> {
                    Entity entity = find(tx, call.account(), kind, name);
                    if (entity == null) {
                        return new Seen(name, null, Map.of(), null);
                    }
                    String boundary = entity.boundary();
                    return new Seen(
                            name,
                            entity,
                            tx.entityTags().of(entity.id()),
                            boundary == null
                                    ? null
                                    : policy(tx, boundary).arn(call.principal().partition()));
                });
    }

    /** Lets a call pass that makes something, in the caller's account. */
    void permitCreating(
            Call call,
            IamOperation<?, ?> operation,
            IamOperation<?, ?> tagging,
            EntityKind kind,
            String path,
            String name,
            List<Tag> tags,
            UnaryOperator<ServiceFacts> asked) {
        String arn = Entity.arn(call.principal().partition(), call.account(), kind, path, name);
        UnaryOperator<ServiceFacts> all = facts -> asked.apply(facts).tags(TagRules.map(tags));
        String shown = shown(kind, name, arn);
        require(call, operation, arn, shown, all.apply(new ServiceFacts()));
        if (!tags.isEmpty()) {
            require(call, tagging, arn, shown, all.apply(new ServiceFacts()));
        }
    }

    /** Lets a call about all of a kind pass, or about the account. */
    void permitListing(Call call, IamOperation<?, ?> operation, @Nullable EntityKind kind) {
        String arn =
                kind == null
                        ? "*"
                        : Entity.arn(call.principal().partition(), call.account(), kind, "/", "");
        require(call, operation, arn, arn, new ServiceFacts());
    }

    void require(
            Call call, IamOperation<?, ?> operation, String arn, String shown, ServiceFacts facts) {
        String action = "iam:" + operation.name();
        Decision decision = access.decideIdentity(call, action, arn, facts);
        if (!(decision instanceof Decision.Allowed)) {
            throw new AccessDenied(
                    Denial.sentence(call.principal(), action, "resource: " + shown, decision));
        }
    }

    /**
     * Adds a new one, with its tags.
     *
     * @throws EntityAlreadyExistsException if its name is taken
     * @throws trent.api.iam.LimitExceededException if the account has as many as it may
     */
    void insert(Tx tx, Entity entity, List<Tag> tags) {
        if (tx.entities().find(entity.account(), entity.kind(), entity.name()) != null) {
            throw taken(entity.kind(), entity.name());
        }
        quotas.requireRoomFor(entity.kind(), tx.entities().count(entity.account(), entity.kind()));
        if (!tx.entities().insert(entity)) {
            throw taken(entity.kind(), entity.name());
        }
        for (Tag tag : tags) {
            tx.entityTags().put(entity, tag.key(), tag.value());
        }
    }

    static EntityAlreadyExistsException taken(EntityKind kind, String name) {
        return new EntityAlreadyExistsException(
                switch (kind) {
                    case USER -> "User with name " + name + " already exists.";
                    case GROUP -> "Group with name " + name + " already exists.";
                    case ROLE -> "Role with name " + name + " already exists.";
                    case POLICY ->
                            "A policy called "
                                    + name
                                    + " already exists. Duplicate names are not allowed.";
                    case PROVIDER -> "Provider with url https://" + name + " already exists.";
                });
    }

    static NoSuchEntityException noSuch(EntityKind kind, String name) {
        return new NoSuchEntityException(
                "The " + kind.noun() + " with name " + name + " cannot be found.");
    }

    /** The one of exactly this name, or NoSuchEntity. */
    static Entity get(Tx tx, AccountId account, EntityKind kind, String name) {
        Entity found = find(tx, account, kind, name);
        if (found == null) {
            throw noSuch(kind, name);
        }
        return found;
    }

    static @Nullable Entity find(Tx tx, AccountId account, EntityKind kind, String name) {
        Entity found = tx.entities().find(account, kind, name);
        return found == null || !found.name().equals(name) ? null : found;
    }

    /** A managed policy, the account's or AWS's, as others refer to it. */
    record PolicyRef(String id, String name, String path, @Nullable Entity entity) {

        String arn(String partition) {
            if (entity != null) {
                return entity.arn(partition);
            }
            return "arn:"
                    + partition
                    + ":iam::"
                    + AwsManagedPolicies.OWNER
                    + ":policy"
                    + path
                    + name;
        }
    }

    /** The managed policy of this id, which something refers to. */
    static PolicyRef policy(Tx tx, String id) {
        AwsManagedPolicy aws = AwsManagedPolicies.ofId(id);
        if (aws != null) {
            return new PolicyRef(id, aws.name(), AwsManagedPolicies.PATH, null);
        }
        Entity policy = tx.entities().find(id);
        if (policy == null) {
            throw new IllegalStateException("the managed policy " + id + " is missing");
        }
        return new PolicyRef(id, policy.name(), policy.path(), policy);
    }

    /** The user that a request is about: the one it names, else who calls; null for a root. */
    @Nullable String userName(Call call, @Nullable String named) {
        if (named != null) {
            return named;
        }
        Principal caller = call.principal();
        return switch (caller.kind()) {
            case USER -> caller.name();
            case ROOT -> null;
            case ROLE_SESSION, FEDERATED_USER, NOBODY ->
                    throw new ValidationError(
                            "Must specify userName when calling with non-User credentials");
        };
    }

    /** The same where a root has nothing of the kind. */
    String userNameOfUser(Call call, @Nullable String named) {
        String name = userName(call, named);
        if (name == null) {
            throw new ValidationError(
                    "Must specify userName when calling with non-User credentials");
        }
        return name;
    }

    /** As denials print it. */
    private static String shown(EntityKind kind, String name, String arn) {
        return switch (kind) {
            case USER, GROUP, ROLE -> kind.noun() + " " + name;
            case POLICY -> "policy " + arn;
            case PROVIDER -> arn;
        };
    }

    /** One more than fits a page, of all of a kind in the account. */
    Page<Entity> page(
            Call call,
            IamOperation<?, ?> listing,
            EntityKind kind,
            @Nullable String pathPrefix,
            @Nullable String marker,
            @Nullable Integer maxItems) {
        permitListing(call, listing, kind);
        String after = Page.position(listing, marker);
        // Each role comes with its trust policy, encoded: an answer stays below 3 MiB.
        int limit =
                kind == EntityKind.ROLE
                        ? Math.min(Page.limit(maxItems), Page.ITEMS)
                        : Page.limit(maxItems);
        String prefix = pathPrefix == null ? "/" : pathPrefix;
        List<Entity> found =
                store.read(
                        tx -> tx.entities().list(call.account(), kind, prefix, after, limit + 1));
        Function<Entity, String> position = entity -> kind.fold(entity.name());
        return Page.of(listing, found, limit, position);
    }
}
