package trent.explain;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import trent.access.Access;
import trent.access.Decision;
import trent.access.Denial;
import trent.access.Detail;
import trent.access.Details;
import trent.access.Explanation;
import trent.access.Explanation.Outcome;
import trent.access.ServiceFacts;
import trent.api.AccessDeniedException;
import trent.api.EncryptionAlgorithmSpec;
import trent.api.GrantOperation;
import trent.api.KeySpec;
import trent.api.NotFoundException;
import trent.call.Action;
import trent.call.Call;
import trent.call.Origin;
import trent.call.Principal;
import trent.call.Session;
import trent.explain.Answer.Way;
import trent.identity.EntityArn;
import trent.identity.StoredIdentities;
import trent.language.Policy;
import trent.name.AccountId;
import trent.name.AliasArn;
import trent.name.KeyArn;
import trent.name.KeyReference;
import trent.name.KeyReference.ToAlias;
import trent.name.KeyReference.ToKey;
import trent.store.Alias;
import trent.store.Entity;
import trent.store.EntityKind;
import trent.store.Grant;
import trent.store.Key;
import trent.store.Store;

/**
 * Explains decisions about an account's own keys, by the lines that make them. Who may simulate a
 * principal may ask about it; who may simulate all of the account may ask who can use a key.
 */
public final class Explainer {

    /** So many principals, or grants, are looked at for a page of who may. */
    static final int PAGE = 200;

    private static final String PERMISSION = "iam:SimulatePrincipalPolicy";
    private static final String EVERYTHING = "*";
    private static final String SESSION = "explained";

    /** Belongs to nobody: what it may do, everyone may. */
    private static final AccountId NO_ACCOUNT = new AccountId("999999999999");

    private static final int ARN_PARTS = 6;

    private final Access access;
    private final Store store;
    private final StoredIdentities identities;
    private final InstantSource clock;

    public Explainer(Access access, Store store, StoredIdentities identities, InstantSource clock) {
        this.access = access;
        this.store = store;
        this.identities = identities;
        this.clock = clock;
    }

    /** What is asked about, once it is known to be there. */
    private record Subject(Call asker, Action action, Key key, Question question) {}

    /**
     * Answers a question.
     *
     * @throws AccessDeniedException if the caller may not ask it
     * @throws CannotExplain if it makes no sense; the message says what would
     * @throws NotFoundException if there is no such key
     */
    public Answer answer(Call call, Question question) {
        String as = question.as();
        return as == null ? who(call, question) : why(call, question, as);
    }

    private Answer why(Call call, Question question, String as) {
        EntityArn arn = EntityArn.parse(as);
        AccountId account = arn == null ? null : arn.account();
        requirePermitted(call, as, arn);
        if (arn == null || account == null) {
            throw new CannotExplain(
                    "%s is not the ARN of a user, a role, a session of a role or a root. Give one such as"
                                    .formatted(as)
                            + " arn:aws:iam::%s:user/NAME.".formatted(call.account()));
        }
        Subject subject = subject(call, question);
        List<String> notes = new ArrayList<>();
        Principal principal = principal(call, as, arn, account, notes);
        Call imagined = imagined(subject, principal);
        Explanation why =
                account.equals(call.account())
                        ? access.explain(
                                imagined, subject.action(), subject.key(), details(subject))
                        : access.explainAbroad(
                                imagined, subject.action(), subject.key(), details(subject));
        return new Answer(why, List.of(), notes, null);
    }

    // ---- who may ask

    private void requirePermitted(Call call, String resource, @Nullable EntityArn arn) {
        String asked = resource;
        ServiceFacts facts = new ServiceFacts();
        if (arn != null && arn.account() != null && arn.type() == EntityArn.Type.ROLE_SESSION) {
            Entity role = identities.find(arn.account(), EntityKind.ROLE, arn.name());
            asked =
                    role == null
                            ? "arn:%s:iam::%s:role/%s"
                                    .formatted(arn.partition(), arn.account(), arn.name())
                            : role.arn(arn.partition());
        }
        EntityArn named = EntityArn.parse(asked);
        Entity entity = named == null ? null : identities.find(named);
        if (entity != null && entity.account().equals(call.account())) {
            facts.resourceTags("iam", store.read(tx -> tx.entityTags().of(entity.id())));
        }
        Decision decision = access.decideIdentity(call, PERMISSION, asked, facts);
        if (!(decision instanceof Decision.Allowed)) {
            throw new AccessDeniedException(
                    Denial.sentence(
                            call.principal(), PERMISSION, "resource: " + resource, decision));
        }
    }

    // ---- what is asked about

    private Subject subject(Call call, Question question) {
        return new Subject(call, action(question.action()), key(call, question.key()), question);
    }

    private static Action action(String asked) {
        String name = asked.indexOf(':') < 0 ? "kms:" + asked : asked;
        for (String known : Access.actionsOnKeys()) {
            if (known.equalsIgnoreCase(name)) {
                return new Action(known);
            }
        }
        if (name.equalsIgnoreCase("kms:ReEncrypt")) {
            throw new CannotExplain(
                    "ReEncrypt takes kms:ReEncryptFrom on one key and kms:ReEncryptTo on the other:"
                            + " ask for each.");
        }
        throw new CannotExplain(
                "%s is no action that is checked on a key. Those are: %s."
                        .formatted(asked, String.join(", ", Access.actionsOnKeys())));
    }

    private Key key(Call call, String named) {
        KeyReference reference = KeyReference.parse(named, call.account(), call.region());
        KeyArn arn =
                switch (reference) {
                    case ToKey(KeyArn key) -> key;
                    case ToAlias(AliasArn alias) -> target(call, alias);
                };
        requireOwn(call, arn.account());
        call.about(arn);
        Key key = store.key(arn);
        if (key == null) {
            throw new NotFoundException("Key '" + arn + "' does not exist");
        }
        return key;
    }

    private KeyArn target(Call call, AliasArn alias) {
        requireOwn(call, alias.account());
        Alias found = store.alias(alias);
        if (found == null) {
            throw new NotFoundException("Alias " + alias + " is not found.");
        }
        return found.targetArn();
    }

    private static void requireOwn(Call call, AccountId account) {
        if (!account.equals(call.account())) {
            throw new CannotExplain(
                    "A key of account %s is explained to that account alone: ask with its credentials."
                            .formatted(account));
        }
    }

    /** Who would call; of somebody who is not, nothing can be told. */
    private Principal principal(
            Call call, String as, EntityArn arn, AccountId account, List<String> notes) {
        String partition = call.region().partition();
        Principal found =
                switch (arn.type()) {
                    case ROOT -> Principal.root(account, partition);
                    case USER -> user(arn, account, partition);
                    case ROLE, ROLE_SESSION -> role(arn, account, partition);
                    case FEDERATED_USER ->
                            throw new CannotExplain(
                                    "What a federated user may is in its session, which is stored nowhere: ask about"
                                            + " the user who issued it.");
                    case GROUP, POLICY, PROVIDER ->
                            throw new CannotExplain(
                                    "%s calls nothing: ask about a user, a role, a session of a role or a root."
                                            .formatted(as));
                };
        if (found == null || !identities.exists(account)) {
            throw new CannotExplain(
                    "There is no %s. aws iam list-users and aws iam list-roles show who there is;"
                                    .formatted(as)
                            + " the path belongs to the ARN.");
        }
        if (found.kind() == Principal.Kind.ROLE_SESSION) {
            notes.add(
                    "A session's policies and tags are in its token and stored nowhere: judged as a session without"
                            + " them.");
        }
        return found;
    }

    private @Nullable Principal user(EntityArn arn, AccountId account, String partition) {
        Entity user = identities.find(arn);
        return user == null ? null : identities.principal(user.id(), account, partition, null);
    }

    private @Nullable Principal role(EntityArn arn, AccountId account, String partition) {
        boolean session = arn.type() == EntityArn.Type.ROLE_SESSION;
        Entity role =
                session
                        ? identities.find(account, EntityKind.ROLE, arn.name())
                        : identities.find(arn);
        String name = arn.session();
        return role == null
                ? null
                : identities.principal(
                        role.id(), account, partition, session(name == null ? SESSION : name));
    }

    private Session session(String name) {
        Instant now = clock.instant();
        return new Session(
                name, now, now, Map.of(), Set.of(), null, null, false, null, List.of(), null);
    }

    /** The call that is asked about: from where, only the question says. */
    private static Call imagined(Subject subject, Principal principal) {
        Origin asker = subject.asker().origin();
        String ip = fact(subject, "aws:SourceIp");
        String secure = fact(subject, "aws:SecureTransport");
        Origin origin =
                new Origin(
                        ip == null ? asker.sourceIp() : ip,
                        secure == null ? asker.secure() : secure.equalsIgnoreCase("true"),
                        fact(subject, "aws:UserAgent"),
                        fact(subject, "aws:Referer"));
        return new Call(principal, subject.asker().region(), subject.asker().requestId(), origin);
    }

    private static @Nullable String fact(Subject subject, String name) {
        for (Map.Entry<String, String> fact : subject.question().facts().entrySet()) {
            if (fact.getKey().equalsIgnoreCase(name)) {
                return fact.getValue();
            }
        }
        return null;
    }

    private static final Set<String> OF_ORIGIN =
            Set.of("aws:sourceip", "aws:securetransport", "aws:useragent", "aws:referer");

    private static Details details(Subject subject) {
        Question question = subject.question();
        Details details = new Details().encryptionContext(question.context());
        for (Map.Entry<String, String> given : question.facts().entrySet()) {
            String name = given.getKey().toLowerCase(Locale.ROOT);
            if (OF_ORIGIN.contains(name)) {
                continue;
            }
            Detail detail = detail(name);
            if (detail == null) {
                throw new CannotExplain(
                        "%s cannot be given. What can: aws:SourceIp, aws:SecureTransport, aws:UserAgent, aws:Referer, %s."
                                .formatted(
                                        given.getKey(),
                                        String.join(
                                                ", ",
                                                Arrays.stream(Detail.values())
                                                        .map(Detail::wire)
                                                        .toList())));
            }
            if (detail == Detail.GRANT_OPERATIONS) {
                Map<String, String> pairs = question.context();
                details.grant(operations(given.getValue()), pairs.isEmpty() ? null : pairs, null);
            } else {
                details.with(detail, given.getValue());
            }
        }
        if (KeyReference.isAlias(question.key()) && !has(question, Detail.REQUEST_ALIAS)) {
            String named = question.key();
            details.with(
                    Detail.REQUEST_ALIAS,
                    named.startsWith("arn:") ? named.split(":", ARN_PARTS)[5] : named);
        }
        if (subject.key().spec() == KeySpec.SYMMETRIC_DEFAULT
                && !has(question, Detail.ENCRYPTION_ALGORITHM)) {
            details.with(
                    Detail.ENCRYPTION_ALGORITHM, EncryptionAlgorithmSpec.SYMMETRIC_DEFAULT.wire());
        }
        return details;
    }

    private static List<GrantOperation> operations(String joined) {
        List<GrantOperation> operations = new ArrayList<>();
        for (String name : joined.split(",", -1)) {
            GrantOperation operation = GrantOperation.ofWire(name);
            if (operation == null) {
                throw new CannotExplain(name + " is no operation that a grant can give.");
            }
            operations.add(operation);
        }
        return operations;
    }

    private static boolean has(Question question, Detail detail) {
        return question.facts().keySet().stream()
                .anyMatch(name -> name.equalsIgnoreCase(detail.wire()));
    }

    private static @Nullable Detail detail(String lowerCase) {
        for (Detail detail : Detail.values()) {
            if (detail.wire().toLowerCase(Locale.ROOT).equals(lowerCase)) {
                return detail;
            }
        }
        return null;
    }

    // ---- who may

    /** In the order in which they are listed; its digit begins a marker. */
    private enum Part {
        NAMED('0'),
        USERS('1'),
        ROLES('2'),
        GRANTS('3');

        private final char digit;

        Part(char digit) {
            this.digit = digit;
        }

        static Part of(String marker) {
            for (Part part : values()) {
                if (!marker.isEmpty() && marker.charAt(0) == part.digit) {
                    return part;
                }
            }
            throw new CannotExplain("%s is no marker of an answer before.".formatted(marker));
        }

        /** The marker of what comes after it; null if it is the last. */
        static @Nullable String after(Part part) {
            return switch (part) {
                case NAMED -> String.valueOf(USERS.digit);
                case USERS -> String.valueOf(ROLES.digit);
                case ROLES -> String.valueOf(GRANTS.digit);
                case GRANTS -> null;
            };
        }
    }

    private Answer who(Call call, Question question) {
        requirePermitted(call, EVERYTHING, null);
        Subject subject = subject(call, question);
        Part part = Part.NAMED;
        String after = "";
        String marker = question.marker();
        if (marker != null) {
            part = Part.of(marker);
            after = marker.substring(1);
        }
        List<Way> ways = new ArrayList<>();
        String last =
                switch (part) {
                    case NAMED -> named(subject, ways);
                    case USERS -> entities(subject, EntityKind.USER, after, ways);
                    case ROLES -> entities(subject, EntityKind.ROLE, after, ways);
                    case GRANTS -> grants(subject, after, ways);
                };
        String next = last == null ? Part.after(part) : part.digit + last;
        List<String> notes = new ArrayList<>();
        if (marker == null) {
            notes.add(
                    "Conditions were judged for one request: its encryption context is %s, and it has only what the"
                                    .formatted(question.context())
                            + " question gives it.");
            notes.add("Grants are listed as they are: a Deny in a policy goes before them.");
        }
        return new Answer(null, ways, notes, next);
    }

    /** The account's root, and whom the key's policy names in other accounts; few. */
    private @Nullable String named(Subject subject, List<Way> ways) {
        Call asker = subject.asker();
        String partition = asker.region().partition();
        Explanation root = ofOwn(subject, Principal.root(asker.account(), partition));
        if (root.outcome() == Outcome.ALLOWS) {
            ways.add(
                    new Way("arn:%s:iam::%s:root".formatted(partition, asker.account()), by(root)));
        }
        Explanation everyone = ofAbroad(subject, Principal.root(NO_ACCOUNT, partition));
        if (everyone.outcome() == Outcome.ALLOWS) {
            ways.add(
                    new Way(
                            "everyone in any account, as far as the own account allows it",
                            by(everyone)));
        }
        Policy policy = store.keyPolicy(subject.key().arn());
        for (String name : policy == null ? List.<String>of() : policy.principals()) {
            Principal abroad = abroad(name, asker, partition);
            if (abroad != null) {
                Explanation said = ofAbroad(subject, abroad);
                if (said.outcome() == Outcome.ALLOWS) {
                    ways.add(
                            new Way(
                                    (abroad.isRoot() ? "account " + abroad.account() : name)
                                            + ", as far as its own account allows it",
                                    by(said)));
                }
            }
        }
        return null;
    }

    /** Somebody of another account whom a key's policy names; null if it is not. */
    private @Nullable Principal abroad(String name, Call asker, String partition) {
        AccountId account = null;
        EntityArn arn = EntityArn.parse(name);
        if (AccountId.isValid(name)) {
            account = new AccountId(name);
        } else if (arn != null) {
            account = arn.account();
        }
        if (account == null || account.equals(asker.account())) {
            return null;
        }
        if (arn == null) {
            return Principal.root(account, partition);
        }
        return switch (arn.type()) {
            case ROOT -> Principal.root(account, partition);
            case USER -> user(arn, account, partition);
            case ROLE, ROLE_SESSION -> role(arn, account, partition);
            case GROUP, POLICY, PROVIDER, FEDERATED_USER -> null;
        };
    }

    private @Nullable String entities(
            Subject subject, EntityKind kind, String after, List<Way> ways) {
        AccountId account = subject.asker().account();
        String partition = subject.asker().region().partition();
        List<Entity> found =
                store.read(tx -> tx.entities().list(account, kind, "/", after, PAGE + 1));
        for (Entity entity : found.subList(0, Math.min(PAGE, found.size()))) {
            Session session = kind == EntityKind.ROLE ? session(SESSION) : null;
            Principal principal = identities.principal(entity.id(), account, partition, session);
            if (principal == null) {
                continue; // deleted meanwhile
            }
            Explanation said = ofOwn(subject, principal);
            if (said.outcome() == Outcome.ALLOWS) {
                ways.add(new Way(entity.arn(partition), by(said)));
            }
        }
        return found.size() > PAGE ? kind.fold(found.get(PAGE - 1).name()) : null;
    }

    private @Nullable String grants(Subject subject, String after, List<Way> ways) {
        GrantOperation operation = Access.grantable(subject.action());
        if (operation == null) {
            return null;
        }
        KeyArn key = subject.key().arn();
        List<Grant> found = store.read(tx -> tx.grants().list(key, after, PAGE + 1));
        for (Grant grant : found.subList(0, Math.min(PAGE, found.size()))) {
            if (grant.operations().contains(operation)) {
                ways.add(new Way(grant.grantee(), "grant " + grant.id() + constraint(grant)));
            }
        }
        return found.size() > PAGE ? found.get(PAGE - 1).id() : null;
    }

    private static String constraint(Grant grant) {
        if (grant.contextEquals() != null) {
            return ", if the encryption context equals " + grant.contextEquals();
        }
        return grant.contextSubset() == null
                ? ""
                : ", if the encryption context has " + grant.contextSubset();
    }

    private Explanation ofOwn(Subject subject, Principal principal) {
        return access.explain(
                imagined(subject, principal), subject.action(), subject.key(), details(subject));
    }

    private Explanation ofAbroad(Subject subject, Principal principal) {
        return access.explainAbroad(
                imagined(subject, principal), subject.action(), subject.key(), details(subject));
    }

    /** The statements and the grant that let it pass, in one line. */
    private static String by(Explanation whole) {
        boolean grant = whole.reason().endsWith("a grant");
        boolean identity = whole.reason().contains("identity-based");
        List<String> steps = new ArrayList<>();
        for (Explanation part : whole.parts()) {
            if (part.outcome() != Outcome.ALLOWS) {
                continue;
            }
            switch (part.source()) {
                case "key policy" -> {
                    if (!grant) {
                        Explanation first = part.parts().getFirst();
                        for (Explanation each : part.parts()) {
                            if (identity == each.source().startsWith("names the account")) {
                                first = each;
                                break;
                            }
                        }
                        steps.add("key policy, " + first.reason() + ", " + first.source());
                    }
                }
                case "identity-based policies" -> {
                    if (identity) {
                        part.parts().stream()
                                .filter(each -> each.outcome() == Outcome.ALLOWS)
                                .findFirst()
                                .ifPresent(each -> steps.add(each.source() + ", " + each.reason()));
                    }
                }
                case "grants" -> {
                    if (grant) {
                        steps.add(part.reason());
                    }
                }
                default -> {
                    // Limits that allow it let nobody in by themselves.
                }
            }
        }
        return String.join("; ", steps);
    }
}
