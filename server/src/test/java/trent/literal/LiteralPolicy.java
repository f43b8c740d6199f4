package trent.literal;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What one policy says of a request, read from its parsed JSON anew each time. The numbers are
 * sections of the specification.
 *
 * @param document the policy as parsed JSON: maps, lists, Strings, numbers and booleans
 * @param principals whether it is of a kind that names principals: a key policy, a trust policy
 * @param resources whether its statements need a resource: all but trust policies
 * @param fault an error to make; null for none
 */
record LiteralPolicy(
        Map<String, Object> document,
        boolean principals,
        boolean resources,
        @Nullable Fault fault) {

    /** How an Allow statement names the caller (§3.2). */
    enum Naming {
        SESSION,
        USER,
        STAR,
        ROLE,
        ACCOUNT
    }

    static final int NONE = -1;

    /** The first Deny statement that matches. */
    int denies(Asked asked) {
        return firstThatMatches("Deny", asked, null);
    }

    /** The first Allow statement that matches. */
    int allows(Asked asked) {
        return firstThatMatches("Allow", asked, null);
    }

    /** The first Allow statement that matches and names the caller so. */
    int allows(Asked asked, Naming named) {
        return firstThatMatches("Allow", asked, named);
    }

    /** All ways in which Allow statements that match name the caller. */
    TreeSet<Naming> allowsAs(Asked asked) {
        TreeSet<Naming> all = new TreeSet<>();
        for (Map<String, Object> statement : statements()) {
            if ("Allow".equals(statement.get("Effect")) && matches(statement, asked)) {
                all.addAll(namings(statement, asked));
            }
        }
        return all;
    }

    private int firstThatMatches(String effect, Asked asked, @Nullable Naming named) {
        List<Map<String, Object>> statements = statements();
        for (int i = 0; i < statements.size(); i++) {
            Map<String, Object> statement = statements.get(i);
            // §2.1: Effect is case-sensitive.
            if (effect.equals(statement.get("Effect"))
                    && matches(statement, asked)
                    && (named == null || namings(statement, asked).contains(named))) {
                return i;
            }
        }
        return NONE;
    }

    /** §2.1: an object or an array of objects. */
    private List<Map<String, Object>> statements() {
        List<Map<String, Object>> statements = new ArrayList<>();
        for (Object statement : listOf(document.get("Statement"))) {
            statements.add(object(statement));
        }
        return statements;
    }

    private boolean matches(Map<String, Object> statement, Asked asked) {
        return (!principals || !namings(statement, asked).isEmpty())
                && actionMatches(statement, asked)
                && (!resources || resourceMatches(statement, asked))
                && conditionsHold(statement, asked);
    }

    // §2.3 principals

    /** How a statement names the caller alone; an account listed beside him spares nobody else. */
    private static Naming own(Caller caller) {
        return switch (caller.kind()) {
            case ROOT -> Naming.ACCOUNT;
            case USER -> Naming.USER;
            default -> Naming.SESSION;
        };
    }

    /** How the statement names the caller; empty if it does not mean him. */
    private TreeSet<Naming> namings(Map<String, Object> statement, Asked asked) {
        Caller caller = asked.caller();
        boolean deny = "Deny".equals(statement.get("Effect"));
        if (statement.containsKey("NotPrincipal")) {
            TreeSet<Naming> listed = new TreeSet<>();
            for (String entry : principalsIn(statement.get("NotPrincipal"))) {
                Naming named = naming(entry, caller);
                if (named != null) {
                    listed.add(named);
                }
            }
            // §2.3: everybody except the listed; with Deny, for a role session all of session ARN,
            // role ARN and account must be listed to be exempt.
            boolean all =
                    deny
                            && caller.kind() == Caller.Kind.ROLE_SESSION
                            && fault != Fault.NOT_PRINCIPAL_EXEMPTS_BY_ONE_NAME;
            boolean exempt =
                    all
                            ? listed.contains(Naming.STAR)
                                    || listed.containsAll(
                                            Set.of(Naming.SESSION, Naming.ROLE, Naming.ACCOUNT))
                            : deny
                                    ? listed.contains(Naming.STAR) || listed.contains(own(caller))
                                    : !listed.isEmpty();
            // §2.3: everyone else in the world, as * does.
            TreeSet<Naming> named = new TreeSet<>();
            if (!exempt) {
                named.add(Naming.STAR);
            }
            return named;
        }
        TreeSet<Naming> named = new TreeSet<>();
        // §2.3: several entries are OR.
        for (String entry : principalsIn(statement.get("Principal"))) {
            Naming how = naming(entry, caller);
            if (how == Naming.ACCOUNT
                    && deny
                    && fault == Fault.ACCOUNT_IN_DENY_MEANS_ITS_ROOT_ONLY
                    && !caller.isRoot()) {
                how = null;
            }
            if (how != null) {
                named.add(how);
            }
        }
        return named;
    }

    /** §2.3: the entries of type AWS; services and canonical users never call. */
    private static List<String> principalsIn(@Nullable Object principal) {
        if ("*".equals(principal)) {
            return List.of("*"); // "*" = {"AWS":"*"}
        }
        List<String> entries = new ArrayList<>();
        if (principal != null) {
            for (Object entry : listOf(object(principal).get("AWS"))) {
                entries.add((String) entry);
            }
        }
        return entries;
    }

    /** How one entry names the caller; null if it means somebody else. */
    private @Nullable Naming naming(String entry, Caller caller) {
        if (entry.equals("*")) {
            return Naming.STAR; // §2.3: everyone in every account
        }
        // §2.3: the account id and its root ARN are identical forms, and not only the root user.
        if (entry.equals(caller.account())
                || entry.equals("arn:aws:iam::" + caller.account() + ":root")) {
            return Naming.ACCOUNT;
        }
        if (caller.isRoot()) {
            return null; // §3.1: a root answers to its account alone
        }
        // §2.3: matching is by unique id; what an ARN meant was found when the policy was written.
        String id =
                entry.startsWith("AIDA") || entry.startsWith("AROA") ? entry : World.idOf(entry);
        if (fault == Fault.ROLE_COMPARED_BY_NAME && entry.contains(":role/")) {
            boolean named =
                    caller.kind() == Caller.Kind.ROLE_SESSION
                            && entry.contains("::" + caller.account() + ":")
                            && entry.endsWith("/" + caller.name());
            return named ? Naming.ROLE : null;
        }
        if (fault == Fault.PRINCIPAL_COMPARED_BY_ARN && entry.equals(caller.principalArn())) {
            return caller.kind() == Caller.Kind.USER ? Naming.USER : Naming.ROLE;
        }
        if (id == null) {
            return null;
        }
        if (fault == Fault.SESSION_NAME_IGNORED && id.startsWith(caller.id() + ":")) {
            return Naming.SESSION;
        }
        return switch (caller.kind()) {
            case USER -> id.equals(caller.id()) ? Naming.USER : null;
            // §3.1: a role session answers to its session ARN and its role's ARN; a federated
            // session to its own and, limited, to the ARN of the user who issued it.
            case ROLE_SESSION, FEDERATED_USER ->
                    id.equals(caller.userId())
                            ? Naming.SESSION
                            : id.equals(caller.id()) ? Naming.ROLE : null;
            case ROOT -> null;
        };
    }

    // §2.2 actions

    private boolean actionMatches(Map<String, Object> statement, Asked asked) {
        if (statement.containsKey("NotAction")) {
            boolean listed = anyAction(statement.get("NotAction"), asked.action());
            return fault == Fault.NOT_ACTION_READ_AS_ACTION ? listed : !listed;
        }
        // §2.1: a key policy's statement without action has no effect.
        return anyAction(statement.get("Action"), asked.action());
    }

    private boolean anyAction(@Nullable Object patterns, String action) {
        for (Object entry : listOf(patterns)) {
            // §2.1: prefix and name are compared without case.
            String pattern = (String) entry;
            boolean matches =
                    fault == Fault.ACTION_COMPARED_WITH_CASE
                            ? glob(pieces(pattern, true), action)
                            : glob(
                                    pieces(pattern.toLowerCase(Locale.ROOT), true),
                                    action.toLowerCase(Locale.ROOT));
            if (matches) {
                return true;
            }
        }
        return false;
    }

    // §2.2 resources

    private boolean resourceMatches(Map<String, Object> statement, Asked asked) {
        if (statement.containsKey("NotResource")) {
            boolean listed = anyResource(statement.get("NotResource"), asked);
            return fault == Fault.NOT_RESOURCE_READ_AS_RESOURCE ? listed : !listed;
        }
        if (!statement.containsKey("Resource")) {
            // §2.1: a key policy's statement without resource has no effect.
            return fault == Fault.MISSING_RESOURCE_READ_AS_STAR;
        }
        return anyResource(statement.get("Resource"), asked);
    }

    private boolean anyResource(@Nullable Object patterns, Asked asked) {
        for (Object pattern : listOf(patterns)) {
            if (resourceMatches((String) pattern, asked)) {
                return true;
            }
        }
        return false;
    }

    private boolean resourceMatches(String pattern, Asked asked) {
        if (pattern.equals("*")) {
            return true;
        }
        String[] parts = pattern.split(":", 6);
        String[] asks = asked.resource().split(":", 6);
        List<String> region = asked.valuesOf("aws:RequestedRegion");
        if (asked.resource().equals("*") && region != null) {
            // §1: arn:aws:kms:<region>:<acct>:* covers the operations without resource.
            String everything =
                    "arn:aws:kms:%s:%s:*".formatted(region.getFirst(), asked.caller().account());
            asks = everything.split(":", 6);
        }
        if (parts.length < 6) {
            return false; // §2.1: any other value matches nothing
        }
        // §2.5: variables only after the fifth colon; §2.5: missing without default matches
        // nothing.
        List<Piece> last = substituted(parts[5], asked, true);
        if (last == null) {
            return false;
        }
        if (fault == Fault.STAR_CROSSES_THE_FIVE_COLONS_OF_A_RESOURCE) {
            String front = pattern.substring(0, pattern.length() - parts[5].length());
            List<Piece> whole = new ArrayList<>(pieces(front, true));
            whole.addAll(last);
            return glob(whole, asked.resource());
        }
        if (asks.length < 6) {
            return false;
        }
        for (int i = 0; i < 5; i++) {
            // §2.2: wildcards inside a part; none in the service.
            if (!glob(pieces(parts[i], i != 2), asks[i])) {
                return false;
            }
        }
        return glob(last, asks[5]);
    }

    // §2.4 conditions

    private boolean conditionsHold(Map<String, Object> statement, Asked asked) {
        if (!statement.containsKey("Condition")) {
            return true;
        }
        boolean deny = "Deny".equals(statement.get("Effect"));
        boolean all = true;
        boolean any = false;
        // All operators AND; all keys of one operator AND.
        for (Map.Entry<String, Object> operator : object(statement.get("Condition")).entrySet()) {
            for (Map.Entry<String, Object> key : object(operator.getValue()).entrySet()) {
                boolean holds =
                        holds(operator.getKey(), key.getKey(), listOf(key.getValue()), asked, deny);
                all &= holds;
                any |= holds;
            }
        }
        return fault == Fault.ONE_OF_THE_CONDITIONS_SUFFICES ? (any || all) : all;
    }

    private boolean holds(
            String operator, String key, List<Object> listed, Asked asked, boolean deny) {
        String name = operator;
        boolean forAnyValue = name.startsWith("ForAnyValue:");
        boolean forAllValues = name.startsWith("ForAllValues:");
        if (forAnyValue || forAllValues) {
            name = name.substring(name.indexOf(':') + 1);
        }
        if (forAllValues && fault == Fault.FOR_ALL_VALUES_READ_AS_FOR_ANY_VALUE) {
            forAllValues = false;
            forAnyValue = true;
        }
        boolean ifExists = name.endsWith("IfExists");
        if (ifExists) {
            name = name.substring(0, name.length() - "IfExists".length());
        }
        boolean negated = name.contains("Not");

        // §2.1: condition key names are compared without case.
        List<String> values =
                fault == Fault.KEY_NAMES_COMPARED_WITH_CASE
                        ? asked.context().get(key)
                        : asked.valuesOf(key);
        // §2.4, Null: an empty multi-valued key counts as absent.
        boolean present = values != null && !values.isEmpty();

        if (name.equals("Null")) {
            if (fault == Fault.NULL_TAKES_EMPTY_FOR_PRESENT) {
                present = values != null;
            }
            for (Object value : listed) {
                if (text(value).equals(present ? "false" : "true")) {
                    return true;
                }
            }
            return false;
        }

        if (values == null || values.isEmpty()) {
            if (ifExists && fault != Fault.IF_EXISTS_IGNORED) {
                return true; // …IfExists: if the key is absent the condition is true
            }
            if (forAnyValue) {
                return fault == Fault.FOR_ANY_VALUE_TRUE_ON_ABSENCE;
            }
            if (forAllValues) {
                return fault != Fault.FOR_ALL_VALUES_FALSE_ON_ABSENCE;
            }
            if (name.equals("Bool") && fault == Fault.BOOL_TRUE_ON_ABSENCE) {
                return true;
            }
            // Key missing: false, but true for the negated operators.
            return negated && fault != Fault.NEGATED_FALSE_ON_ABSENCE;
        }

        boolean some = false;
        boolean every = true;
        for (String value : values) {
            boolean satisfied = satisfies(name, negated, value, listed, asked);
            some |= satisfied;
            every &= satisfied;
        }
        if (!Asked.multiValued(key)) {
            // One value, which a set operator takes as a set. Two tags that differ in case only:
            // all for Allow, any for Deny (§5.1).
            return deny ? some : every;
        }
        if (forAnyValue) {
            return some;
        }
        if (forAllValues) {
            return every;
        }
        // Several values without set operator: positive ones as ForAnyValue, negated as
        // ForAllValues.
        return negated ? every : some;
    }

    /** Whether one value of the request satisfies the operator against the list. */
    private boolean satisfies(
            String operator, boolean negated, String value, List<Object> listed, Asked asked) {
        boolean one = false;
        boolean differs = false;
        for (Object entry : listed) {
            Boolean compared = compared(operator, value, entry, asked);
            if (compared == null) {
                if (negated && fault == Fault.UNPARSABLE_VALUE_FAILS_NEGATED_OPERATORS) {
                    return false;
                }
                compared = false; // unparsable value: no match; the negated operator is then true
            }
            one |= compared;
            differs |= !compared;
        }
        if (negated && fault == Fault.NEGATED_TRUE_IF_ONE_VALUE_DIFFERS) {
            return differs;
        }
        // The values of one key are OR; of negated operators NOR.
        return negated ? !one : one;
    }

    /** Whether the values match under the operator's positive form; null if one cannot be read. */
    private @Nullable Boolean compared(String operator, String value, Object entry, Asked asked) {
        String listed = text(entry);
        return switch (operator) {
            case "StringEquals", "StringNotEquals" -> {
                boolean wild = fault == Fault.STRING_EQUALS_HONOURS_WILDCARDS;
                List<Piece> pattern = substituted(listed, asked, wild);
                yield pattern != null && glob(pattern, value);
            }
            case "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase" -> {
                List<Piece> pattern = substituted(listed, asked, false);
                yield pattern != null && plain(pattern).equalsIgnoreCase(value);
            }
            case "StringLike", "StringNotLike" -> {
                List<Piece> pattern = substituted(listed, asked, true);
                if (pattern != null && fault == Fault.STRING_LIKE_WITHOUT_CASE) {
                    pattern = pattern.stream().map(Piece::inLowerCase).toList();
                    yield glob(pattern, value.toLowerCase(Locale.ROOT));
                }
                yield pattern != null && glob(pattern, value);
            }
            case "ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike" ->
                    arnMatches(substituted(listed, asked, true), value);
            case "NumericEquals", "NumericNotEquals" ->
                    Values.numbers(value, listed, fault, order -> order == 0);
            case "NumericLessThan" -> Values.numbers(value, listed, fault, order -> order < 0);
            case "NumericLessThanEquals" ->
                    Values.numbers(value, listed, fault, order -> order <= 0);
            case "NumericGreaterThan" -> Values.numbers(value, listed, fault, order -> order > 0);
            case "NumericGreaterThanEquals" ->
                    Values.numbers(value, listed, fault, order -> order >= 0);
            case "DateEquals", "DateNotEquals" ->
                    Values.dates(value, listed, fault, order -> order == 0);
            case "DateLessThan" -> Values.dates(value, listed, fault, order -> order < 0);
            case "DateLessThanEquals" -> Values.dates(value, listed, fault, order -> order <= 0);
            case "DateGreaterThan" -> Values.dates(value, listed, fault, order -> order > 0);
            case "DateGreaterThanEquals" -> Values.dates(value, listed, fault, order -> order >= 0);
            case "Bool" -> Values.booleans(value, listed);
            case "BinaryEquals" -> Values.bytes(value, listed);
            case "IpAddress", "NotIpAddress" -> Values.inBlock(value, listed, fault);
            default -> throw new IllegalArgumentException("no operator " + operator);
        };
    }

    /**
     * §2.4: six parts separately, each with wildcards, with case; a request value with more colons
     * is compared part by part.
     */
    private @Nullable Boolean arnMatches(@Nullable List<Piece> pattern, String value) {
        if (pattern == null) {
            return false;
        }
        if (fault == Fault.STAR_CROSSES_THE_FIVE_COLONS_UNDER_ARN_LIKE) {
            return glob(pattern, value);
        }
        List<List<Piece>> parts = new ArrayList<>();
        parts.add(new ArrayList<>());
        for (Piece piece : pattern) {
            if (piece.character() == ':' && parts.size() < 6) {
                parts.add(new ArrayList<>());
            } else {
                parts.getLast().add(piece);
            }
        }
        String[] asks = value.split(":", 6);
        if (parts.size() < 6 || asks.length < 6) {
            return null;
        }
        for (int i = 0; i < 6; i++) {
            if (!glob(parts.get(i), asks[i])) {
                return false;
            }
        }
        return true;
    }

    // §2.2 wildcards, §2.5 variables

    /** A character of a pattern, which stands for itself or is a wildcard. */
    private record Piece(char character, boolean wild) {

        Piece inLowerCase() {
            return new Piece(Character.toLowerCase(character), wild);
        }
    }

    private static List<Piece> pieces(String text, boolean wildcards) {
        List<Piece> pieces = new ArrayList<>();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            pieces.add(new Piece(c, wildcards && (c == '*' || c == '?')));
        }
        return pieces;
    }

    private static String plain(List<Piece> pieces) {
        StringBuilder text = new StringBuilder();
        pieces.forEach(piece -> text.append(piece.character()));
        return text.toString();
    }

    /** §2.5: the text with its variables replaced; null if one is missing and has no default. */
    private @Nullable List<Piece> substituted(String text, Asked asked, boolean wildcards) {
        // §2.1: in a policy of 2008-10-17, or without version, ${…} is literal text.
        if (!"2012-10-17".equals(document.get("Version")) && fault != Fault.VARIABLES_IN_2008) {
            return pieces(text, wildcards);
        }
        List<Piece> pieces = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            int end = text.startsWith("${", at) ? text.indexOf('}', at) : -1;
            if (end < 0) {
                pieces.addAll(pieces(text.substring(at, at + 1), wildcards));
                at++;
                continue;
            }
            String variable = text.substring(at + 2, end);
            at = end + 1;
            if (variable.equals("*") || variable.equals("?") || variable.equals("$")) {
                pieces.addAll(pieces(variable, false)); // §2.2: the literal character
                continue;
            }
            int comma = variable.indexOf(", '");
            String key = comma < 0 ? variable : variable.substring(0, comma);
            String value = comma < 0 ? null : variable.substring(comma + 3, variable.length() - 1);
            if (fault == Fault.DEFAULT_OF_VARIABLE_IGNORED) {
                value = null;
            }
            // §2.5: any single-valued key that is present; multi-valued ones cannot be used.
            List<String> values = asked.valuesOf(key);
            if (!Asked.multiValued(key) && values != null && values.size() == 1) {
                value = values.getFirst();
            }
            if (value == null && fault == Fault.MISSING_VARIABLE_READ_AS_EMPTY) {
                value = "";
            }
            if (value == null) {
                return null;
            }
            // §2.5: wildcards in a substituted value are literal characters.
            pieces.addAll(
                    pieces(
                            value,
                            wildcards && fault == Fault.WILDCARDS_HONOURED_IN_SUBSTITUTED_VALUES));
        }
        return pieces;
    }

    /** §2.2: * any run, ? one character; a table of which beginnings match which. */
    private boolean glob(List<Piece> pattern, String text) {
        boolean[][] matches = new boolean[pattern.size() + 1][text.length() + 1];
        matches[0][0] = true;
        for (int p = 0; p < pattern.size(); p++) {
            Piece piece = pattern.get(p);
            boolean star = piece.wild() && piece.character() == '*';
            boolean one = piece.wild() && piece.character() == '?';
            for (int t = 0; t <= text.length(); t++) {
                if (star) {
                    matches[p + 1][t] = matches[p][t] || (t > 0 && matches[p + 1][t - 1]);
                } else if (one) {
                    matches[p + 1][t] =
                            (t > 0 && matches[p][t - 1])
                                    || (fault == Fault.QUESTION_MARK_MATCHES_NONE && matches[p][t]);
                } else {
                    matches[p + 1][t] =
                            t > 0 && matches[p][t - 1] && text.charAt(t - 1) == piece.character();
                }
            }
        }
        return matches[pattern.size()][text.length()];
    }

    // JSON

    /** §2.1: wherever an array is allowed a single value may stand. */
    static List<Object> listOf(@Nullable Object value) {
        return switch (value) {
            case null -> List.of();
            case List<?> list -> List.copyOf(list);
            default -> List.of(value);
        };
    }

    /** A condition's value, a JSON string, number or boolean, as text. */
    private static String text(Object value) {
        return String.valueOf(value);
    }

    @SuppressWarnings("unchecked") // the keys of a JSON object are Strings
    static Map<String, Object> object(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return (Map<String, Object>) map;
        }
        throw new IllegalArgumentException("no JSON object: " + value);
    }
}
