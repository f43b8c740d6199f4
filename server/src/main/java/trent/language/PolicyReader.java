package trent.language;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import trent.api.Json;
import trent.language.Operator.Family;
import trent.language.Policy.Kind;
import trent.language.PolicySyntaxException.Problem;

/**
 * The grammar: reads a policy's text and refuses what its kind cannot have, check after check over
 * the whole document. Source: AWS IAM User Guide, "Grammar of the IAM JSON policy language".
 */
final class PolicyReader {

    private static final int MAX_DEPTH = 32;
    private static final String VERSION = "2012-10-17";
    private static final String OLD_VERSION = "2008-10-17";
    private static final Set<String> TOP = Set.of("Version", "Id", "Statement");
    private static final Set<String> ELEMENTS =
            Set.of(
                    "Sid",
                    "Effect",
                    "Principal",
                    "NotPrincipal",
                    "Action",
                    "NotAction",
                    "Resource",
                    "NotResource",
                    "Condition");
    private static final Pattern PRINCIPAL_ARN =
            Pattern.compile(
                    "arn:[a-z-]+:(iam::[0-9]{12}:(root|(user|role)/.+)"
                            + "|sts::[0-9]{12}:(assumed-role/[^/]+/[^/]+|federated-user/[^/]+))");
    private static final Pattern SID = Pattern.compile("[A-Za-z0-9]*");
    private static final Pattern PARTITION = Pattern.compile("aws(-[a-z]+)*|\\*");
    private static final Pattern VENDOR = Pattern.compile("[a-zA-Z0-9.-]+|\\*");
    private static final int ARN_PARTS = 6;

    /** Of an escape such as {@code \\u0041}. */
    private static final int ESCAPE = 6;

    /** A value of JSON, as far as policies tell values apart. */
    private sealed interface Node {

        /** An object. */
        record Members(Map<String, Node> members) implements Node {}

        /** An array. */
        record Elements(List<Node> elements) implements Node {}

        /** A string. */
        record Text(String text) implements Node {}

        /** A number or a boolean, as it is written. */
        record Bare(String text) implements Node {}

        /** JSON's null. */
        record Nothing() implements Node {}
    }

    /** Kinds of principals. */
    enum PrincipalKind {
        AWS,
        SERVICE,
        FEDERATED,
        CANONICAL_USER
    }

    /** One name of a principal. */
    record PrincipalName(PrincipalKind kind, String value) {}

    /**
     * A policy that is well-formed.
     *
     * @param variables whether {@code ${…}} means something in it
     */
    record Document(boolean variables, List<Part> statements) {}

    /**
     * A statement; null is an element that it does not have.
     *
     * @param conditions by operator and key, both as they are written
     */
    record Part(
            @Nullable String sid,
            boolean allow,
            @Nullable List<PrincipalName> principals,
            boolean notPrincipal,
            @Nullable List<String> actions,
            boolean notAction,
            @Nullable List<String> resources,
            boolean notResource,
            Map<Operator, Map<String, List<String>>> conditions) {}

    /** A statement whose form is known and whose contents are not yet looked at. */
    private record Draft(
            @Nullable String sid,
            @Nullable Node effect,
            @Nullable Node principal,
            boolean notPrincipal,
            @Nullable List<String> actions,
            boolean notAction,
            @Nullable List<String> resources,
            boolean notResource,
            Map<Operator, Map<String, List<String>>> conditions) {}

    private final Kind kind;

    private PolicyReader(Kind kind) {
        this.kind = kind;
    }

    /** Reads a policy of this kind. */
    static Document read(String json, Kind kind) throws PolicySyntaxException {
        return new PolicyReader(kind).document(parse(json));
    }

    private Document document(Map<String, Node> policy) throws PolicySyntaxException {
        for (String name : policy.keySet()) {
            if (!TOP.contains(name) || (name.equals("Id") && identity())) {
                throw problem(Problem.SYNTAX, name);
            }
        }
        if (policy.containsKey("Id") && !(policy.get("Id") instanceof Node.Text)) {
            throw problem(Problem.SYNTAX, "Id");
        }
        List<Draft> drafts = drafts(policy.get("Statement"));
        boolean variables = requireVersion(policy.get("Version"));
        requireEffects(drafts);
        if (kind != Kind.KEY) {
            requireSids(drafts);
        }
        List<@Nullable List<PrincipalName>> principals = principals(drafts);
        if (kind != Kind.KEY) {
            requireActionsAndResources(drafts);
        }
        requireConditions(drafts);
        List<Part> parts = new ArrayList<>(drafts.size());
        for (int i = 0; i < drafts.size(); i++) {
            Draft draft = drafts.get(i);
            parts.add(
                    new Part(
                            draft.sid(),
                            draft.effect() instanceof Node.Text(String effect)
                                    && effect.equals("Allow"),
                            principals.get(i),
                            draft.notPrincipal(),
                            draft.actions(),
                            draft.notAction(),
                            draft.resources(),
                            draft.notResource(),
                            draft.conditions()));
        }
        return new Document(variables, parts);
    }

    private boolean identity() {
        return kind == Kind.IDENTITY || kind == Kind.MANAGED;
    }

    private List<Draft> drafts(@Nullable Node statement) throws PolicySyntaxException {
        List<Node> statements =
                switch (statement) {
                    case null -> List.of();
                    case Node.Elements(List<Node> elements) -> elements;
                    case Node.Members one -> List.of(one);
                    default -> throw problem(Problem.SYNTAX, "Statement");
                };
        if (statements.isEmpty()) {
            throw problem(Problem.NO_STATEMENT, "");
        }
        List<Draft> drafts = new ArrayList<>(statements.size());
        for (Node each : statements) {
            if (!(each instanceof Node.Members(Map<String, Node> members))) {
                throw problem(Problem.SYNTAX, "Statement");
            }
            drafts.add(draft(members));
        }
        return drafts;
    }

    private Draft draft(Map<String, Node> members) throws PolicySyntaxException {
        for (String name : members.keySet()) {
            if (!ELEMENTS.contains(name)) {
                throw problem(Problem.SYNTAX, name);
            }
            if (members.containsKey("Not" + name)) {
                throw problem(Problem.SYNTAX, name);
            }
        }
        boolean notPrincipal = members.containsKey("NotPrincipal");
        boolean notAction = members.containsKey("NotAction");
        boolean notResource = members.containsKey("NotResource");
        Node principal = members.get(notPrincipal ? "NotPrincipal" : "Principal");
        if (identity() && principal != null) {
            throw problem(Problem.PRINCIPAL_NOT_ALLOWED, "");
        }
        String resource = notResource ? "NotResource" : "Resource";
        if (kind == Kind.TRUST && members.containsKey(resource)) {
            throw problem(Problem.RESOURCE_NOT_ALLOWED, resource);
        }
        return new Draft(
                sid(members.get("Sid")),
                members.get("Effect"),
                principal,
                notPrincipal,
                texts(members, notAction ? "NotAction" : "Action"),
                notAction,
                texts(members, resource),
                notResource,
                conditions(members.get("Condition")));
    }

    private static @Nullable String sid(@Nullable Node sid) throws PolicySyntaxException {
        return switch (sid) {
            case null -> null;
            case Node.Text(String text) -> text;
            default -> throw problem(Problem.SYNTAX, "Sid");
        };
    }

    private Map<Operator, Map<String, List<String>>> conditions(@Nullable Node condition)
            throws PolicySyntaxException {
        if (condition == null) {
            return Map.of();
        }
        if (!(condition instanceof Node.Members(Map<String, Node> operators))) {
            throw problem(Problem.SYNTAX, "Condition");
        }
        Map<Operator, Map<String, List<String>>> found = new LinkedHashMap<>();
        for (Map.Entry<String, Node> each : operators.entrySet()) {
            Operator operator = Operator.of(each.getKey());
            if (operator == null
                    || !(each.getValue() instanceof Node.Members(Map<String, Node> keys))) {
                throw problem(Problem.SYNTAX, each.getKey());
            }
            Map<String, List<String>> values = new LinkedHashMap<>();
            for (Map.Entry<String, Node> key : keys.entrySet()) {
                values.put(key.getKey(), values(key.getKey(), key.getValue()));
            }
            found.put(operator, values);
        }
        return found;
    }

    private List<String> values(String key, Node node) throws PolicySyntaxException {
        List<String> values = new ArrayList<>();
        for (Node value : node instanceof Node.Elements(List<Node> all) ? all : List.of(node)) {
            switch (value) {
                case Node.Text(String text) -> values.add(text);
                case Node.Bare(String text) -> values.add(text);
                default -> throw problem(Problem.SYNTAX, key);
            }
        }
        if (values.isEmpty() && kind != Kind.KEY) {
            throw problem(Problem.SYNTAX, key);
        }
        return values;
    }

    private boolean requireVersion(@Nullable Node version) throws PolicySyntaxException {
        String text = version instanceof Node.Text(String given) ? given : "";
        boolean known = version == null || text.equals(VERSION) || text.equals(OLD_VERSION);
        if (!known || (kind == Kind.MANAGED && !text.equals(VERSION))) {
            throw problem(Problem.VERSION, text);
        }
        return text.equals(VERSION);
    }

    private static void requireEffects(List<Draft> drafts) throws PolicySyntaxException {
        for (Draft draft : drafts) {
            String effect = draft.effect() instanceof Node.Text(String text) ? text : "";
            if (!effect.equals("Allow") && !effect.equals("Deny")) {
                throw problem(Problem.EFFECT, effect);
            }
        }
    }

    private static void requireSids(List<Draft> drafts) throws PolicySyntaxException {
        Set<String> seen = new HashSet<>();
        for (Draft draft : drafts) {
            String sid = draft.sid();
            if (sid != null && !SID.matcher(sid).matches()) {
                throw problem(Problem.SID, sid);
            }
        }
        for (Draft draft : drafts) {
            String sid = draft.sid();
            if (sid != null && !sid.isEmpty() && !seen.add(sid)) {
                throw problem(Problem.SID_TWICE, sid);
            }
        }
    }

    private List<@Nullable List<PrincipalName>> principals(List<Draft> drafts)
            throws PolicySyntaxException {
        List<@Nullable List<PrincipalName>> all = new ArrayList<>();
        if (identity()) {
            drafts.forEach(_ -> all.add(null));
            return all;
        }
        for (Draft draft : drafts) {
            if (isEmpty(draft.principal())) {
                throw problem(Problem.NO_PRINCIPAL, "");
            }
        }
        for (Draft draft : drafts) {
            all.add(names(draft.principal()));
        }
        return all;
    }

    private static boolean isEmpty(@Nullable Node principal) {
        return switch (principal) {
            case null -> true;
            case Node.Members(Map<String, Node> kinds) ->
                    kinds.values().stream()
                            .allMatch(
                                    names ->
                                            names instanceof Node.Elements(List<Node> all)
                                                    && all.isEmpty());
            case Node.Elements(List<Node> all) -> all.isEmpty();
            case Node.Nothing _ -> true;
            default -> false;
        };
    }

    private static List<PrincipalName> names(@Nullable Node principal)
            throws PolicySyntaxException {
        if (principal instanceof Node.Text(String all)) {
            if (!all.equals("*")) {
                throw problem(Problem.PRINCIPAL, quoted("AWS", all));
            }
            return List.of(new PrincipalName(PrincipalKind.AWS, all));
        }
        if (!(principal instanceof Node.Members(Map<String, Node> kinds))) {
            throw problem(Problem.SYNTAX, "Principal");
        }
        List<PrincipalName> found = new ArrayList<>();
        for (Map.Entry<String, Node> each : kinds.entrySet()) {
            PrincipalKind kindOfName =
                    switch (each.getKey()) {
                        case "AWS" -> PrincipalKind.AWS;
                        case "Service" -> PrincipalKind.SERVICE;
                        case "Federated" -> PrincipalKind.FEDERATED;
                        case "CanonicalUser" -> PrincipalKind.CANONICAL_USER;
                        default -> throw problem(Problem.PRINCIPAL, each.getKey());
                    };
            List<String> names = texts(kinds, each.getKey());
            for (String name : names == null ? List.<String>of() : names) {
                if (kindOfName == PrincipalKind.AWS) {
                    requirePrincipal(name);
                }
                found.add(new PrincipalName(kindOfName, name));
            }
        }
        return found;
    }

    private static void requirePrincipal(String name) throws PolicySyntaxException {
        if (name.startsWith("arn:")) {
            Matcher arn = PRINCIPAL_ARN.matcher(name);
            if (!arn.matches()) {
                throw problem(Problem.PRINCIPAL_ARN, quoted("AWS", name));
            }
            if (name.indexOf('*') >= 0 || name.indexOf('?') >= 0) { // only "*" alone may
                throw problem(Problem.PRINCIPAL, quoted("AWS", name));
            }
        } else if (!name.equals("*") && !NamedPrincipals.isId(name)) {
            throw problem(Problem.PRINCIPAL, quoted("AWS", name));
        }
    }

    private void requireActionsAndResources(List<Draft> drafts) throws PolicySyntaxException {
        for (Draft draft : drafts) {
            if (draft.actions() == null || draft.actions().isEmpty()) {
                throw problem(Problem.NO_ACTION, "");
            }
        }
        if (identity()) {
            for (Draft draft : drafts) {
                if (draft.resources() == null || draft.resources().isEmpty()) {
                    throw problem(Problem.NO_RESOURCE, "");
                }
            }
            for (Draft draft : drafts) {
                for (String resource : list(draft.resources())) {
                    requireResource(resource);
                }
            }
        }
        for (Draft draft : drafts) {
            for (String action : list(draft.actions())) {
                requireAction(action);
            }
        }
    }

    private static void requireResource(String resource) throws PolicySyntaxException {
        if (resource.equals("*")) {
            return;
        }
        String[] parts = resource.split(":", ARN_PARTS);
        if (!parts[0].equals("arn") || parts.length == 1) {
            throw problem(Problem.RESOURCE_ARN, resource);
        }
        if (!PARTITION.matcher(parts[1]).matches()) {
            throw problem(Problem.RESOURCE_PARTITION, resource);
        }
        if (parts.length == 2 || parts[2].isEmpty() || hasPattern(parts[2])) {
            throw problem(Problem.RESOURCE_VENDOR, resource);
        }
        if (parts.length < ARN_PARTS) {
            throw problem(Problem.LEGACY_PARSING, resource);
        }
    }

    private static boolean hasPattern(String text) {
        return text.indexOf('*') >= 0 || text.indexOf('?') >= 0 || text.indexOf('$') >= 0;
    }

    private static void requireAction(String action) throws PolicySyntaxException {
        int colon = action.indexOf(':');
        if (colon < 0 && !action.equals("*")) {
            throw problem(Problem.ACTION_VENDOR, action);
        }
        if (colon >= 0 && action.indexOf(':', colon + 1) >= 0) {
            throw problem(Problem.ACTION_COLONS, action);
        }
        if (colon >= 0 && !VENDOR.matcher(action.substring(0, colon)).matches()) {
            throw problem(Problem.ACTION_VENDOR_INVALID, action.substring(0, colon));
        }
    }

    private void requireConditions(List<Draft> drafts) throws PolicySyntaxException {
        for (Draft draft : drafts) {
            for (Map.Entry<Operator, Map<String, List<String>>> each :
                    draft.conditions().entrySet()) {
                Operator operator = each.getKey();
                for (Map.Entry<String, List<String>> key : each.getValue().entrySet()) {
                    if (kind == Kind.KEY
                            && Condition.overlyPermissive(operator, key.getKey()) != null) {
                        throw problem(Problem.FOR_ALL_VALUES_OF_SINGLE, key.getKey());
                    }
                    if (kind == Kind.MANAGED && operator.comparison().family() == Family.DATE) {
                        requireDates(key.getValue());
                    }
                }
            }
        }
    }

    private static void requireDates(List<String> dates) throws PolicySyntaxException {
        for (String date : dates) {
            if (Instants.micros(date) == Instants.NONE) {
                throw problem(Problem.LEGACY_PARSING, date);
            }
        }
    }

    private static List<String> list(@Nullable List<String> texts) {
        return texts == null ? List.of() : texts;
    }

    private static @Nullable List<String> texts(Map<String, Node> members, String name)
            throws PolicySyntaxException {
        Node node = members.get(name);
        if (node == null) {
            return null;
        }
        List<String> texts = new ArrayList<>();
        for (Node each : node instanceof Node.Elements(List<Node> all) ? all : List.of(node)) {
            if (!(each instanceof Node.Text(String text))) {
                throw problem(Problem.SYNTAX, name);
            }
            texts.add(text);
        }
        return texts;
    }

    /** As {@link Policy#requireTexts} has it; of what was read as a policy. */
    static void requireTexts(String json) throws PolicySyntaxException {
        int at = json.indexOf('\\');
        while (at >= 0) {
            int next = at + 2;
            if (json.charAt(at + 1) == 'u') {
                char escaped = escaped(json, at);
                next = at + ESCAPE;
                if (Character.isHighSurrogate(escaped)) {
                    boolean pair =
                            json.startsWith("\\u", next)
                                    && Character.isLowSurrogate(escaped(json, next));
                    next = pair ? next + ESCAPE : next;
                    requireText(pair, json, at);
                } else {
                    requireText(escaped != 0 && !Character.isSurrogate(escaped), json, at);
                }
            }
            at = json.indexOf('\\', next);
        }
    }

    private static char escaped(String json, int at) {
        return (char) Integer.parseInt(json, at + 2, at + ESCAPE, 16);
    }

    private static void requireText(boolean isText, String json, int at)
            throws PolicySyntaxException {
        if (!isText) {
            throw problem(Problem.SYNTAX, json.substring(at, at + ESCAPE));
        }
    }

    /** Where the statements of a policy stand. */
    static List<Span> spans(String text) throws PolicySyntaxException {
        List<Span> spans = new ArrayList<>();
        try (JsonParser json = Json.FACTORY.createParser(text)) {
            json.nextToken();
            for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                JsonToken value = json.nextToken();
                if (!name.equals("Statement")) {
                    json.skipChildren();
                } else if (value == JsonToken.START_ARRAY) {
                    while (json.nextToken() == JsonToken.START_OBJECT) {
                        spans.add(span(json));
                    }
                } else if (value == JsonToken.START_OBJECT) {
                    spans.add(span(json));
                }
            }
        } catch (IOException _) { // the text of the exception would quote the policy
            throw problem(Problem.NOT_JSON, "");
        }
        return spans;
    }

    private static Span span(JsonParser json) throws IOException {
        JsonLocation start = json.currentLocation();
        json.skipChildren();
        JsonLocation end = json.currentLocation();
        return new Span(start.getLineNr(), start.getColumnNr(), end.getLineNr(), end.getColumnNr());
    }

    private static Map<String, Node> parse(String text) throws PolicySyntaxException {
        try (JsonParser json = Json.FACTORY.createParser(text)) {
            json.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION.mappedFeature());
            json.nextToken();
            Node document = node(json, 0);
            if (json.nextToken() == null && document instanceof Node.Members(var members)) {
                return members;
            }
        } catch (IOException _) { // the text of the exception would quote the policy
            throw problem(Problem.NOT_JSON, "");
        }
        throw problem(Problem.NOT_JSON, "");
    }

    private static Node node(JsonParser json, int depth) throws IOException, PolicySyntaxException {
        if (depth > MAX_DEPTH) {
            throw problem(Problem.NOT_JSON, "");
        }
        JsonToken token = json.currentToken();
        return switch (token) {
            case START_OBJECT -> {
                Map<String, Node> members = new LinkedHashMap<>();
                for (String name = json.nextFieldName(); name != null; ) {
                    json.nextToken();
                    members.put(name, node(json, depth + 1));
                    name = json.nextFieldName();
                }
                yield new Node.Members(members);
            }
            case START_ARRAY -> {
                List<Node> elements = new ArrayList<>();
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    elements.add(node(json, depth + 1));
                }
                yield new Node.Elements(elements);
            }
            case VALUE_STRING -> new Node.Text(json.getText());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_TRUE, VALUE_FALSE ->
                    new Node.Bare(json.getText());
            case VALUE_NULL -> new Node.Nothing();
            case null, default -> throw problem(Problem.NOT_JSON, "");
        };
    }

    private static String quoted(String principalKind, String name) {
        return '"' + principalKind + "\":\"" + name + '"';
    }

    private static PolicySyntaxException problem(Problem problem, String text) {
        return new PolicySyntaxException(problem, text);
    }
}
