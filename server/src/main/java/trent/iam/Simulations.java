package trent.iam;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import trent.access.ConditionKeys;
import trent.access.Decision;
import trent.access.Decisions;
import trent.access.Denial;
import trent.access.PolicyKind;
import trent.access.ServiceFacts;
import trent.api.iam.ContextEntry;
import trent.api.iam.ContextKeyTypeEnum;
import trent.api.iam.EvaluationResult;
import trent.api.iam.IamOperation;
import trent.api.iam.InvalidInputException;
import trent.api.iam.PermissionsBoundaryDecisionDetail;
import trent.api.iam.PolicyEvaluationDecisionType;
import trent.api.iam.PolicyEvaluationException;
import trent.api.iam.PolicySourceType;
import trent.api.iam.Position;
import trent.api.iam.ResourceSpecificResult;
import trent.api.iam.SimulateCustomPolicyRequest;
import trent.api.iam.SimulatePolicyResponse;
import trent.api.iam.SimulatePrincipalPolicyRequest;
import trent.api.iam.Statement;
import trent.api.query.AccessDenied;
import trent.call.Call;
import trent.call.Principal;
import trent.call.Session;
import trent.identity.AwsManagedPolicies;
import trent.identity.AwsManagedPolicies.AwsManagedPolicy;
import trent.identity.EntityArn;
import trent.identity.IdentityPolicy;
import trent.identity.Subject;
import trent.language.Policy;
import trent.language.PolicySyntaxException;
import trent.language.Request;
import trent.language.Span;
import trent.name.AccountId;
import trent.store.Entity;
import trent.store.EntityKind;
import trent.store.EntityPolicies.Inline;
import trent.store.EntityPolicies.Version;
import trent.store.Tx;

/**
 * SimulatePrincipalPolicy and SimulateCustomPolicy: what policies say of requests that nobody made,
 * by the lines that decide real ones. A key's own policy counts only where the request brings it.
 * Source: IAM API Reference, "SimulatePrincipalPolicy".
 */
record Simulations(IamCalls calls, Documents documents) {

    private static final Pattern ACTION = Pattern.compile("[A-Za-z0-9-]+:[A-Za-z0-9]+");
    private static final String EVERYTHING = "*";
    private static final int ARN_PARTS = 6;

    /** Characters of policies that are judged for one page, each once for each result. */
    private static final long PAGE_CHARACTERS = 32L << 20;

    /** Whose policies are asked where nobody is said to call. */
    private static final String NOBODY_IN_PARTICULAR = "simulated";

    /** A policy with what answers say of where it comes from. */
    private record Source(String id, PolicySourceType type, String document, Policy policy) {

        IdentityPolicy asIdentity() {
            return new IdentityPolicy(id, policy);
        }
    }

    /** What is in the store of whom a simulation is about: texts, not compiled inside the read. */
    private record Text(String id, PolicySourceType type, String document) {}

    private record Stored(List<Text> policies, @Nullable Text boundary, Map<String, String> tags) {}

    /**
     * All that the decisions of one request have in common.
     *
     * @param known whether it is said who would call
     * @param resourcePolicy null if none is given
     * @param owner of resources whose ARN names no account
     */
    private record Setting(
            Call call,
            boolean known,
            List<Source> policies,
            @Nullable Source boundary,
            Subject subject,
            @Nullable Source resourcePolicy,
            AccountId owner,
            ServiceFacts facts) {}

    /** What both operations are asked alike. */
    private record Asked(
            List<String> actions,
            List<String> resources,
            List<String> policies,
            List<String> boundary,
            @Nullable String resourcePolicy,
            @Nullable String resourceOwner,
            @Nullable String callerArn,
            List<ContextEntry> context,
            @Nullable Integer maxItems,
            @Nullable String marker) {}

    SimulatePolicyResponse simulatePrincipalPolicy(
            Call call, SimulatePrincipalPolicyRequest request) {
        IamOperation<?, ?> operation = IamOperation.SIMULATE_PRINCIPAL_POLICY;
        Entity entity = entity(call, operation, request.policySourceArn());
        Stored stored = calls.store().read(tx -> stored(tx, entity));
        return simulated(
                call,
                operation,
                entity,
                stored,
                new Asked(
                        request.actionNames(),
                        request.resourceArns(),
                        request.policyInputList(),
                        request.permissionsBoundaryPolicyInputList(),
                        request.resourcePolicy(),
                        request.resourceOwner(),
                        request.callerArn(),
                        request.contextEntries(),
                        request.maxItems(),
                        request.marker()));
    }

    SimulatePolicyResponse simulateCustomPolicy(Call call, SimulateCustomPolicyRequest request) {
        IamOperation<?, ?> operation = IamOperation.SIMULATE_CUSTOM_POLICY;
        calls.require(call, operation, EVERYTHING, EVERYTHING, new ServiceFacts());
        return simulated(
                call,
                operation,
                null,
                new Stored(List.of(), null, Map.of()),
                new Asked(
                        request.actionNames(),
                        request.resourceArns(),
                        request.policyInputList(),
                        request.permissionsBoundaryPolicyInputList(),
                        request.resourcePolicy(),
                        request.resourceOwner(),
                        request.callerArn(),
                        request.contextEntries(),
                        request.maxItems(),
                        request.marker()));
    }

    /** Whose policies are simulated, if the caller may. */
    private Entity entity(Call call, IamOperation<?, ?> operation, String arn) {
        EntityArn parsed = EntityArn.parse(arn);
        EntityKind kind = parsed == null ? null : parsed.type().kind();
        boolean named =
                parsed != null
                        && switch (parsed.type()) {
                            case USER, GROUP, ROLE -> true;
                            default -> false;
                        };
        if (parsed == null || kind == null || !named) {
            throw new InvalidInputException(
                    "Invalid Entity Arn: %s does not clearly define entity type and name."
                            .formatted(arn));
        }
        if (!call.account().equals(parsed.account())) {
            throw new AccessDenied(
                    Denial.sentence(
                            call.principal(),
                            "iam:" + operation.name(),
                            "resource: " + arn,
                            new Decision.NotAllowed(PolicyKind.RESOURCE)));
        }
        Entity entity =
                calls.permitted(call, operation, kind, parsed.name(), IamCalls.NOTHING).entity();
        if (entity == null || !entity.arn(parsed.partition()).equals(arn)) {
            throw IamCalls.noSuch(kind, parsed.name());
        }
        return entity;
    }

    private SimulatePolicyResponse simulated(
            Call call,
            IamOperation<?, ?> operation,
            @Nullable Entity entity,
            Stored stored,
            Asked asked) {
        asked.actions().forEach(Simulations::requireAction);
        List<String> resources =
                asked.resources().isEmpty() ? List.of(EVERYTHING) : asked.resources();
        resources.forEach(Simulations::requireResource);
        Setting setting = setting(call, entity, stored, asked);
        String after = Page.position(operation, asked.marker());
        long first = after.isEmpty() ? 0 : Long.parseLong(after) + 1;
        long all = (long) asked.actions().size() * resources.size();
        int limit = limit(setting, asked);
        List<Long> places = new ArrayList<>();
        for (long place = first; place < all && place < first + limit + 1; place++) {
            places.add(place);
        }
        Page<Long> page = Page.of(operation, places, limit, String::valueOf);
        return new SimulatePolicyResponse(
                page.map(
                        place ->
                                result(
                                        setting,
                                        asked.actions().get((int) (place / resources.size())),
                                        resources.get((int) (place % resources.size())))),
                page.truncated(),
                page.marker());
    }

    /** How many results a page has: with very long policies fewer than were asked for. */
    private static int limit(Setting setting, Asked asked) {
        long characters = 1;
        for (Source source : sources(setting, true)) {
            characters += source.document().length();
        }
        return Math.clamp(PAGE_CHARACTERS / characters, 1, Page.limit(asked.maxItems()));
    }

    private Setting setting(Call call, @Nullable Entity entity, Stored stored, Asked asked) {
        List<Source> policies = new ArrayList<>();
        for (Text text : stored.policies()) {
            policies.add(ofStore(text));
        }
        policies.addAll(given("PolicyInputList", asked.policies()));
        List<Source> boundaries = given("PermissionsBoundaryPolicyInputList", asked.boundary());
        if (boundaries.size() > 1) {
            throw new InvalidInputException(
                    "A simulation takes at most one permissions boundary policy.");
        }
        Text own = stored.boundary();
        Source boundary =
                !boundaries.isEmpty() ? boundaries.getFirst() : own == null ? null : ofStore(own);
        Principal caller = caller(call, entity, asked.callerArn());
        if (caller == null && asked.resourcePolicy() != null) {
            throw new InvalidInputException(
                    "A ResourcePolicy needs a CallerArn that names an IAM user, where"
                            + " PolicySourceArn names none.");
        }
        Principal who =
                caller == null
                        ? Principal.user(
                                call.account(),
                                call.principal().partition(),
                                "/",
                                NOBODY_IN_PARTICULAR,
                                NOBODY_IN_PARTICULAR,
                                null)
                        : caller;
        boolean tagged = entity != null && caller != null && caller.id().equals(entity.id());
        return new Setting(
                new Call(who, call.region(), call.requestId()),
                caller != null,
                policies,
                boundary,
                new Subject(
                        tagged ? stored.tags() : Map.of(),
                        policies.stream().map(Source::asIdentity).toList(),
                        boundary == null ? null : boundary.asIdentity()),
                asked.resourcePolicy() == null ? null : ofResource(asked.resourcePolicy(), asked),
                owner(asked.resourceOwner(), who),
                facts(asked.context()));
    }

    private static void requireAction(String action) {
        if (!ACTION.matcher(action).matches()) {
            throw new InvalidInputException(
                    "Invalid Input Action: %s. An action is a service and an operation, such as"
                                    .formatted(action)
                            + " kms:Decrypt, without wildcards.");
        }
    }

    private static void requireResource(String resource) {
        if (!resource.equals(EVERYTHING)
                && (!resource.startsWith("arn:")
                        || resource.split(":", ARN_PARTS).length < ARN_PARTS)) {
            throw new InvalidInputException(
                    "Invalid Input Resource: %s must be in ARN format or \"*\"."
                            .formatted(resource));
        }
    }

    /** Who would call: whom CallerArn names, else the user or role that is simulated, else null. */
    private @Nullable Principal caller(
            Call call, @Nullable Entity entity, @Nullable String callerArn) {
        String partition = call.principal().partition();
        if (callerArn != null) {
            EntityArn parsed = EntityArn.parse(callerArn);
            AccountId account = parsed == null ? null : parsed.account();
            if (parsed == null || account == null || parsed.type() != EntityArn.Type.USER) {
                throw new InvalidInputException(
                        "Invalid Caller Arn: %s is not the ARN of an IAM user."
                                .formatted(callerArn));
            }
            return Principal.user(
                    account, partition, parsed.path(), parsed.name(), idOf(callerArn), null);
        }
        if (entity == null) {
            return null;
        }
        return switch (entity.kind()) {
            case USER ->
                    Principal.user(
                            entity.account(),
                            partition,
                            entity.path(),
                            entity.name(),
                            entity.id(),
                            null);
            case ROLE ->
                    Principal.roleSession(
                            entity.account(),
                            partition,
                            entity.path(),
                            entity.name(),
                            entity.id(),
                            session(calls.now()));
            case GROUP, POLICY, PROVIDER -> null;
        };
    }

    private static Session session(Instant now) {
        return new Session(
                NOBODY_IN_PARTICULAR,
                now,
                now,
                Map.of(),
                Set.of(),
                null,
                null,
                false,
                null,
                List.of(),
                null);
    }

    /** Somebody whom nobody here knows is told by his ARN: a policy may name him all the same. */
    private String idOf(String arn) {
        String id = documents.names().idOf(arn);
        return id == null ? arn : id;
    }

    private static AccountId owner(@Nullable String given, Principal caller) {
        if (given == null) {
            return caller.account();
        }
        String[] arn = given.split(":", ARN_PARTS);
        String account = arn.length == ARN_PARTS ? arn[4] : given;
        if (!AccountId.isValid(account)) {
            throw new InvalidInputException(
                    "Invalid Resource Owner: %s names no account.".formatted(given));
        }
        return new AccountId(account);
    }

    // ---- policies

    private static Stored stored(Tx tx, Entity entity) {
        List<Text> policies = new ArrayList<>();
        addPolicies(tx, entity, policies);
        if (entity.kind() == EntityKind.USER) {
            for (Entity group : tx.groupMembers().groupsOf(entity.id())) {
                addPolicies(tx, group, policies);
            }
        }
        String boundary = entity.boundary();
        return new Stored(
                policies,
                boundary == null ? null : managed(tx, boundary),
                tx.entityTags().of(entity.id()));
    }

    private static void addPolicies(Tx tx, Entity owner, List<Text> policies) {
        PolicySourceType type =
                switch (owner.kind()) {
                    case USER -> PolicySourceType.USER;
                    case GROUP -> PolicySourceType.GROUP;
                    case ROLE -> PolicySourceType.ROLE;
                    case POLICY, PROVIDER -> PolicySourceType.NONE;
                };
        for (Inline inline : tx.entityPolicies().inline(owner.id())) {
            policies.add(
                    new Text(
                            type.wire() + "_" + owner.name() + "_" + inline.name(),
                            type,
                            inline.document()));
        }
        for (String policyId : tx.entityPolicies().attached(owner.id())) {
            policies.add(managed(tx, policyId));
        }
    }

    private static Text managed(Tx tx, String id) {
        AwsManagedPolicy aws = AwsManagedPolicies.ofId(id);
        if (aws != null) {
            return new Text(aws.name(), PolicySourceType.AWS_MANAGED, aws.document());
        }
        Entity policy = tx.entities().find(id);
        Version version =
                policy == null ? null : tx.entityPolicies().version(id, policy.defaultVersion());
        if (policy == null || version == null) {
            throw new IllegalStateException("the managed policy " + id + " is missing");
        }
        return new Text(policy.name(), PolicySourceType.USER_MANAGED, version.document());
    }

    private Source ofStore(Text text) {
        try {
            return new Source(
                    text.id(),
                    text.type(),
                    text.document(),
                    documents.policies().of(text.document(), Policy.Kind.IDENTITY, Map.of()));
        } catch (PolicySyntaxException _) {
            throw new PolicyEvaluationException(
                    "The policy %s cannot be read. Put it again.".formatted(text.id()));
        }
    }

    /** Not remembered: whoever simulates must not push out what real calls need. */
    private static List<Source> given(String member, List<String> texts) {
        List<Source> sources = new ArrayList<>();
        for (String text : texts) {
            String id = member + "." + (sources.size() + 1);
            try {
                sources.add(
                        new Source(
                                id,
                                PolicySourceType.NONE,
                                text,
                                Policy.compile(
                                        text,
                                        Policy.Kind.IDENTITY,
                                        ConditionKeys.VOCABULARY,
                                        _ -> null)));
            } catch (PolicySyntaxException e) {
                throw new InvalidInputException(
                        "%s is no valid policy: %s".formatted(id, PolicyProblems.ofIdentity(e)));
            }
        }
        return sources;
    }

    private Source ofResource(String text, Asked asked) {
        // A role's trust policy has no resource: it is the role's.
        boolean trust = asked.actions().stream().allMatch(Simulations::isOnRole);
        try {
            return new Source(
                    "ResourcePolicy",
                    PolicySourceType.RESOURCE,
                    text,
                    Policy.compile(
                            text,
                            trust ? Policy.Kind.TRUST : Policy.Kind.KEY,
                            ConditionKeys.VOCABULARY,
                            this::idOf));
        } catch (PolicySyntaxException e) {
            throw new InvalidInputException(
                    "ResourcePolicy is no valid policy: "
                            + (trust
                                    ? PolicyProblems.ofTrustOrSession(e)
                                    : PolicyProblems.ofIdentity(e)));
        }
    }

    private static boolean isOnRole(String action) {
        return action.regionMatches(true, 0, "sts:", 0, 4);
    }

    // ---- context

    private static ServiceFacts facts(List<ContextEntry> entries) {
        ServiceFacts facts = new ServiceFacts();
        Set<String> names = new HashSet<>();
        for (ContextEntry entry : entries) {
            String name = entry.contextKeyName();
            ContextKeyTypeEnum type = entry.contextKeyType();
            if (name == null || type == null) {
                throw new InvalidInputException(
                        "A context entry needs ContextKeyName, ContextKeyType and"
                                + " ContextKeyValues.");
            }
            if (!names.add(name.toLowerCase(Locale.ROOT))) {
                throw new InvalidInputException(
                        "The context key %s is given more than once.".formatted(name));
            }
            List<String> values = entry.contextKeyValues();
            if (!type.wire().endsWith("List") && values.size() > 1) {
                throw new InvalidInputException(
                        "The context key %s of type %s takes one value."
                                .formatted(name, type.wire()));
            }
            for (String value : values) {
                if (!form(type).test(value)) {
                    throw new InvalidInputException(
                            "The value %s of the context key %s is not of type %s."
                                    .formatted(value, name, type.wire()));
                }
            }
            facts.with(name, values);
        }
        return facts;
    }

    private static Predicate<String> form(ContextKeyTypeEnum type) {
        return switch (type) {
            case STRING, STRING_LIST -> _ -> true;
            case NUMERIC, NUMERIC_LIST -> Simulations::isNumber;
            case BOOLEAN, BOOLEAN_LIST ->
                    value -> value.equalsIgnoreCase("true") || value.equalsIgnoreCase("false");
            case IP, IP_LIST -> Pattern.compile("[0-9A-Fa-f.:]+(/[0-9]{1,3})?").asMatchPredicate();
            case BINARY, BINARY_LIST -> Pattern.compile("[A-Za-z0-9+/]*={0,2}").asMatchPredicate();
            case DATE, DATE_LIST ->
                    Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.+Z-]+)?|[0-9]+")
                            .asMatchPredicate();
        };
    }

    private static boolean isNumber(String value) {
        try {
            return value.length() <= 64 && new BigDecimal(value).scale() < 64;
        } catch (NumberFormatException _) {
            return false;
        }
    }

    // ---- one decision

    private EvaluationResult result(Setting setting, String action, String resource) {
        Request request =
                calls.access()
                        .simulated(
                                setting.call(),
                                setting.known(),
                                setting.subject(),
                                action,
                                resource,
                                setting.facts());
        boolean own = ownerOf(resource, setting).equals(setting.call().account());
        PolicyEvaluationDecisionType decision = decision(setting, request, own);
        List<Statement> matched = matched(setting, request, decision);
        List<String> missing = missing(setting, request);
        Map<String, PolicyEvaluationDecisionType> details = details(setting, request, own);
        Source boundary = setting.boundary();
        PermissionsBoundaryDecisionDetail limit =
                boundary == null
                        ? null
                        : new PermissionsBoundaryDecisionDetail(
                                boundary.policy().denies(request) == Policy.NONE
                                        && boundary.policy().allows(request) != Policy.NONE);
        boolean specific = !resource.equals(EVERYTHING);
        return new EvaluationResult(
                action,
                resource,
                decision,
                matched,
                missing,
                null,
                limit,
                specific ? details : null,
                specific
                        ? List.of(
                                new ResourceSpecificResult(
                                        resource, decision, matched, missing, details, limit))
                        : null);
    }

    private static AccountId ownerOf(String resource, Setting setting) {
        String[] arn = resource.split(":", ARN_PARTS);
        return arn.length == ARN_PARTS && AccountId.isValid(arn[4])
                ? new AccountId(arn[4])
                : setting.owner();
    }

    private static PolicyEvaluationDecisionType decision(
            Setting setting, Request request, boolean own) {
        Source policy = setting.resourcePolicy();
        if (policy == null) {
            return typed(Decisions.byIdentity(request, setting.subject(), List.of()));
        }
        Decision both =
                Decisions.onKey(
                        request,
                        own,
                        true,
                        policy.policy(),
                        setting.subject(),
                        List.of(),
                        Decisions.Grants.NONE);
        // A key, and a role, must be given by its policy; other services' resources need not.
        boolean mustBeGiven =
                !own
                        || request.action().regionMatches(true, 0, "kms:", 0, 4)
                        || isOnRole(request.action());
        return both instanceof Decision.NotAllowed && !mustBeGiven
                ? typed(Decisions.byIdentity(request, setting.subject(), List.of()))
                : typed(both);
    }

    /** What each side says of a request to another account's resource; empty of the own account's. */
    private static Map<String, PolicyEvaluationDecisionType> details(
            Setting setting, Request request, boolean own) {
        if (own) {
            return Map.of();
        }
        Map<String, PolicyEvaluationDecisionType> details = new TreeMap<>();
        details.put(
                "IAM Policy", typed(Decisions.byIdentity(request, setting.subject(), List.of())));
        Source policy = setting.resourcePolicy();
        if (policy != null) {
            details.put(
                    "Resource Policy",
                    policy.policy().denies(request) != Policy.NONE
                            ? PolicyEvaluationDecisionType.EXPLICIT_DENY
                            : policy.policy().allowsAs(request) != 0
                                    ? PolicyEvaluationDecisionType.ALLOWED
                                    : PolicyEvaluationDecisionType.IMPLICIT_DENY);
        }
        return details;
    }

    private static PolicyEvaluationDecisionType typed(Decision decision) {
        return switch (decision) {
            case Decision.Allowed _ -> PolicyEvaluationDecisionType.ALLOWED;
            case Decision.ExplicitlyDenied _ -> PolicyEvaluationDecisionType.EXPLICIT_DENY;
            case Decision.NotAllowed _ -> PolicyEvaluationDecisionType.IMPLICIT_DENY;
            case Decision.Hidden _ -> PolicyEvaluationDecisionType.IMPLICIT_DENY;
        };
    }

    /** The statements that decided: of a denial the denying ones only. */
    private static List<Statement> matched(
            Setting setting, Request request, PolicyEvaluationDecisionType decision) {
        if (decision == PolicyEvaluationDecisionType.IMPLICIT_DENY) {
            return List.of();
        }
        boolean allow = decision == PolicyEvaluationDecisionType.ALLOWED;
        List<Statement> matched = new ArrayList<>();
        for (Source source : sources(setting, !allow)) {
            List<trent.language.Statement> statements = source.policy().statements();
            List<Span> spans = List.of();
            for (int i = 0; i < statements.size(); i++) {
                if (statements.get(i).isAllow() == allow
                        && source.policy().why(i, request) == null) {
                    spans = spans.isEmpty() ? spans(source) : spans;
                    Span span = spans.get(i);
                    matched.add(
                            new Statement(
                                    source.id(),
                                    source.type(),
                                    new Position(span.startLine(), span.startColumn()),
                                    new Position(span.endLine(), span.endColumn())));
                }
            }
        }
        return matched;
    }

    private static List<Span> spans(Source source) {
        try {
            return Span.of(source.document());
        } catch (PolicySyntaxException e) {
            throw new IllegalStateException("a policy that was compiled", e);
        }
    }

    private static List<Source> sources(Setting setting, boolean withBoundary) {
        List<Source> sources = new ArrayList<>(setting.policies());
        Source boundary = setting.boundary();
        if (withBoundary && boundary != null) {
            sources.add(boundary);
        }
        Source resource = setting.resourcePolicy();
        if (resource != null) {
            sources.add(resource);
        }
        return sources;
    }

    /** The condition keys that the policies ask for and nothing gives. */
    private static List<String> missing(Setting setting, Request request) {
        Map<String, String> missing = new TreeMap<>();
        for (Source source : sources(setting, true)) {
            for (String key : source.policy().conditionKeys()) {
                if (request.count(ConditionKeys.VOCABULARY.key(key)) == Request.ABSENT) {
                    missing.putIfAbsent(key.toLowerCase(Locale.ROOT), key);
                }
            }
        }
        return List.copyOf(missing.values());
    }
}
