package trent.language;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import trent.language.Mismatch.Element;
import trent.language.PolicyReader.Part;

/** One statement of a policy, compiled. */
public final class Statement {

    private static final Condition[] UNCONDITIONAL = {};

    private final String name;
    private final boolean allow;

    /** Null in a policy without principals. */
    private final @Nullable NamedPrincipals principals;

    /** Null if it has no such element, and then no effect; so of the resources of a key's policy. */
    private final Glob @Nullable [] actions;

    private final boolean notAction;
    private final ArnPattern @Nullable [] resources;
    private final boolean notResource;
    private final Condition[] conditions;
    private final List<String> resourceVariables;

    private Statement(
            String name,
            boolean allow,
            @Nullable NamedPrincipals principals,
            Glob @Nullable [] actions,
            boolean notAction,
            ArnPattern @Nullable [] resources,
            boolean notResource,
            Condition[] conditions,
            List<String> resourceVariables) {
        this.name = name;
        this.allow = allow;
        this.principals = principals;
        this.actions = actions;
        this.notAction = notAction;
        this.resources = resources;
        this.notResource = notResource;
        this.conditions = conditions;
        this.resourceVariables = resourceVariables;
    }

    static Statement of(
            Part part,
            int index,
            Policy.Kind kind,
            boolean variables,
            Vocabulary vocabulary,
            PrincipalIds ids) {
        List<String> names = new ArrayList<>();
        List<Condition> conditions = new ArrayList<>();
        for (Map.Entry<Operator, Map<String, List<String>>> operator :
                part.conditions().entrySet()) {
            operator.getValue()
                    .forEach(
                            (key, values) ->
                                    conditions.add(
                                            new Condition(
                                                    operator.getKey(),
                                                    key,
                                                    values,
                                                    variables,
                                                    vocabulary)));
        }
        ArnPattern[] resources =
                part.resources() == null
                        ? null
                        : part.resources().stream()
                                .map(
                                        text ->
                                                ArnPattern.resource(
                                                        GlobalArn.compared(text),
                                                        variables ? vocabulary : null,
                                                        names))
                                .toArray(ArnPattern[]::new);
        if (kind == Policy.Kind.TRUST) { // the resource is the role
            resources = new ArnPattern[] {ArnPattern.EVERYTHING};
        }
        Glob[] actions =
                part.actions() == null
                        ? null
                        : part.actions().stream()
                                .map(text -> Glob.wildcards(text.toLowerCase(Locale.ROOT)))
                                .toArray(Glob[]::new);
        return new Statement(
                part.sid() == null || part.sid().isEmpty()
                        ? "statement " + (index + 1)
                        : part.sid(),
                part.allow(),
                part.principals() == null
                        ? null
                        : new NamedPrincipals(part.principals(), part.notPrincipal(), ids),
                actions,
                part.notAction(),
                resources,
                part.notResource(),
                conditions.toArray(UNCONDITIONAL),
                List.copyOf(names));
    }

    /** Its Sid, or its place such as {@code statement 2} where it has none. */
    public String name() {
        return name;
    }

    /** Whether its effect is Allow, not Deny. */
    public boolean isAllow() {
        return allow;
    }

    /**
     * Whether its principals are some in particular, so neither {@code *} nor all but some; false in
     * a policy without principals.
     */
    public boolean namesPrincipals() {
        return principals != null && principals.specific();
    }

    /** Whether it says something only under conditions. */
    public boolean isConditional() {
        return conditions.length > 0;
    }

    /** The condition keys that it asks for, as they are written, those of variables included. */
    public List<String> conditionKeys() {
        List<String> keys = new ArrayList<>(resourceVariables);
        for (Condition condition : conditions) {
            keys.addAll(condition.keys());
        }
        return keys;
    }

    /** Whether it could have an effect on this action, for some resource, caller and conditions. */
    boolean covers(String action) {
        if (actions == null || resources == null) {
            return false;
        }
        for (Glob each : actions) {
            if (each.matchesSmall(action)) {
                return !notAction;
            }
        }
        return notAction;
    }

    /** Whether all but the action, which is covered, matches. */
    boolean matches(Request request) {
        return (principals == null
                        || (allow
                                ? principals.allowed(request.principal()) != 0
                                : principals.denied(request.principal())))
                && matchesResource(request)
                && matchesConditions(request);
    }

    /** How it names the caller, a set of {@link Policy.Named#bit}; of an Allow only. */
    int ways(Request request) {
        return principals == null ? 0 : principals.allowed(request.principal());
    }

    boolean matchesResource(Request request) {
        if (resources == null) {
            return false;
        }
        String resource = GlobalArn.compared(request.resource());
        for (ArnPattern each : resources) {
            if (each.matches(resource, request)) {
                return !notResource;
            }
        }
        return notResource;
    }

    boolean matchesConditions(Request request) {
        for (Condition each : conditions) {
            if (!each.holds(request, allow)) {
                return false;
            }
        }
        return true;
    }

    /** Why it says nothing of a request; null if it does say something. */
    @Nullable Mismatch mismatch(Request request) {
        if (principals != null
                && (allow
                        ? principals.allowed(request.principal()) == 0
                        : !principals.denied(request.principal()))) {
            return Mismatch.of(Element.PRINCIPAL, request.principal().arn());
        }
        if (!covers(request.action()) && resources != null) {
            return Mismatch.of(Element.ACTION, request.action());
        }
        if (!matchesResource(request)) {
            return Mismatch.of(Element.RESOURCE, request.resource());
        }
        for (Condition each : conditions) {
            if (!each.holds(request, allow)) {
                return each.mismatch(request);
            }
        }
        return null;
    }

    long bytes() {
        long sum = 56 + Sizes.of(name) + 16;
        for (String each : resourceVariables) {
            sum += 4 + Sizes.of(each);
        }
        sum += principals == null ? 0 : principals.bytes();
        for (Glob each : actions == null ? new Glob[0] : actions) {
            sum += 4 + each.bytes();
        }
        for (ArnPattern each : resources == null ? new ArnPattern[0] : resources) {
            sum += 4 + each.bytes();
        }
        for (Condition each : conditions) {
            sum += 4 + each.bytes();
        }
        return sum + 48;
    }
}
