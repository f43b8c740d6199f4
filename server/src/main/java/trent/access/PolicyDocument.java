package trent.access;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import trent.api.InvalidArnException;
import trent.api.Json;
import trent.api.MalformedPolicyDocumentException;
import trent.call.Principal;
import trent.name.AccountId;
import trent.name.Region;

/**
 * A key policy as a document: its form, and whether it leaves its writer able to change it again.
 * Source: AWS KMS Developer Guide, "Key policies in AWS KMS".
 */
public record PolicyDocument(List<Statement> statements) {

    private static final String PUT_KEY_POLICY = "kms:putkeypolicy";
    private static final int MAX_DEPTH = 32;
    private static final Set<String> VERSIONS = Set.of("2012-10-17", "2008-10-17");
    private static final Pattern PRINCIPAL_ARN =
            Pattern.compile(
                    "arn:(?<partition>[a-z-]+):(iam|sts)::([0-9]{12}):(root|(user|role|assumed-role|federated-user)/.+)");

    /**
     * One statement, as far as the checks need it; principals that are no AWS
     * ones carry their kind.
     */
    record Statement(
            boolean allow,
            Set<String> principals,
            boolean notPrincipal,
            List<String> actions,
            boolean notAction,
            boolean conditional) {

        /** Whether it says something of this principal and PutKeyPolicy. */
        boolean concerns(Set<String> names) {
            boolean named = principals.stream().anyMatch(names::contains) != notPrincipal;
            boolean covered =
                    actions.stream().anyMatch(PolicyDocument::coversPutKeyPolicy) != notAction;
            return named && covered && !actions.isEmpty();
        }
    }

    /**
     * Reads a policy of a key in this Region.
     *
     * @throws MalformedPolicyDocumentException if it is no policy, or names principals that its
     *     Region's partition cannot have
     * @throws InvalidArnException if a principal is no ARN of a principal
     */
    public static PolicyDocument parse(String text, Region region) {
        Object document;
        try (JsonParser json = Json.FACTORY.createParser(text)) {
            json.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION.mappedFeature());
            json.nextToken();
            document = value(json, 0);
            if (json.nextToken() != null) {
                throw malformed("Syntax errors in policy.");
            }
        } catch (IOException _) { // the text of the exception would quote the policy
            throw malformed("Syntax errors in policy.");
        }
        if (!(document instanceof Map<?, ?> policy)) {
            throw malformed("Syntax errors in policy.");
        }
        Object version = policy.get("Version");
        if (version != null && !(version instanceof String name && VERSIONS.contains(name))) {
            throw malformed("The policy must contain a valid version string");
        }
        List<Statement> statements = new ArrayList<>();
        for (Object statement : listOf(policy.get("Statement"))) {
            if (!(statement instanceof Map<?, ?> members)) {
                throw malformed("Syntax errors in policy.");
            }
            statements.add(statement(members, region));
        }
        if (statements.isEmpty()) {
            throw malformed("Could not parse the policy: Statement is empty!");
        }
        return new PolicyDocument(List.copyOf(statements));
    }

    /**
     * Refuses a policy that would lock its writer out.
     *
     * @throws MalformedPolicyDocumentException if the principal could not
     *     call PutKeyPolicy under it
     */
    public void requireChangeableBy(Principal principal) {
        Set<String> names = Set.of("*", principal.account().value(), principal.arn());
        boolean allowed = false;
        for (Statement statement : statements) {
            if (statement.concerns(names)) {
                if (!statement.allow() && !statement.conditional()) {
                    throw lockedOut();
                }
                allowed |= statement.allow();
            }
        }
        if (!allowed) {
            throw lockedOut();
        }
    }

    private static Statement statement(Map<?, ?> members, Region region) {
        boolean allow = "Allow".equals(members.get("Effect"));
        if (!allow && !"Deny".equals(members.get("Effect"))) {
            throw malformed("Invalid effect in policy.");
        }
        boolean not = members.containsKey("NotPrincipal");
        Object principal = members.get(not ? "NotPrincipal" : "Principal");
        List<String> principals = principals(principal, region);
        if (principals.isEmpty()) {
            throw malformed("Policy contains a statement with no principal");
        }
        boolean notAction = members.containsKey("NotAction");
        List<String> actions = texts(members.get(notAction ? "NotAction" : "Action"));
        // AWS takes a statement without resource, and it has no effect.
        boolean hasResource = members.containsKey("Resource") || members.containsKey("NotResource");
        return new Statement(
                allow,
                Set.copyOf(principals),
                not,
                hasResource ? actions : List.of(),
                notAction,
                members.containsKey("Condition"));
    }

    private static List<String> principals(@Nullable Object principal, Region region) {
        if (principal instanceof String all) {
            if (!all.equals("*")) {
                throw invalidPrincipal();
            }
            return List.of(all);
        }
        if (!(principal instanceof Map<?, ?> kinds)) {
            return List.of();
        }
        List<String> found = new ArrayList<>();
        for (Map.Entry<?, ?> kind : kinds.entrySet()) {
            for (String name : texts(kind.getValue())) {
                if (kind.getKey().equals("AWS")) {
                    requirePrincipal(name, region);
                    found.add(name);
                } else if (!kind.getKey().equals("Service")
                        && !kind.getKey().equals("Federated")
                        && !kind.getKey().equals("CanonicalUser")) {
                    throw invalidPrincipal();
                } else {
                    found.add(kind.getKey() + " " + name);
                }
            }
        }
        return found;
    }

    private static void requirePrincipal(String name, Region region) {
        if (name.startsWith("arn:")) {
            Matcher arn = PRINCIPAL_ARN.matcher(name);
            if (!arn.matches()) {
                throw new InvalidArnException("An ARN in the specified key policy is invalid.");
            }
            boolean many = name.indexOf('*') >= 0 || name.indexOf('?') >= 0; // only "*" alone may
            if (many || !arn.group("partition").equals(region.partition())) {
                throw invalidPrincipal();
            }
        } else if (!name.equals("*") && !AccountId.isValid(name)) {
            throw invalidPrincipal();
        }
    }

    private static boolean coversPutKeyPolicy(String action) {
        return matches(action.toLowerCase(Locale.ROOT), PUT_KEY_POLICY);
    }

    /**
     * Wildcards, where {@code *} is any run and {@code ?} one character; not a regular expression,
     * which could take for ever.
     */
    private static boolean matches(String pattern, String text) {
        int at = 0;
        int inText = 0;
        int lastStar = -1;
        int afterStar = 0;
        while (inText < text.length()) {
            char c = at < pattern.length() ? pattern.charAt(at) : '\0';
            if (c == '*') {
                lastStar = at++;
                afterStar = inText;
            } else if (c == '?' || c == text.charAt(inText)) {
                at++;
                inText++;
            } else if (lastStar >= 0) { // let the last star take one character more
                at = lastStar + 1;
                inText = ++afterStar;
            } else {
                return false;
            }
        }
        while (at < pattern.length() && pattern.charAt(at) == '*') {
            at++;
        }
        return at == pattern.length();
    }

    private static List<?> listOf(@Nullable Object value) {
        return value == null ? List.of() : value instanceof List<?> list ? list : List.of(value);
    }

    private static List<String> texts(@Nullable Object value) {
        List<String> texts = new ArrayList<>();
        for (Object element : listOf(value)) {
            if (!(element instanceof String text)) {
                throw malformed("Syntax errors in policy.");
            }
            texts.add(text);
        }
        return texts;
    }

    private static @Nullable Object value(JsonParser json, int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            throw malformed("Syntax errors in policy.");
        }
        JsonToken token = json.currentToken();
        if (token == JsonToken.START_OBJECT) {
            Map<String, @Nullable Object> members = new LinkedHashMap<>();
            for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                json.nextToken();
                members.put(name, value(json, depth + 1));
            }
            return members;
        }
        if (token == JsonToken.START_ARRAY) {
            List<@Nullable Object> elements = new ArrayList<>();
            while (json.nextToken() != JsonToken.END_ARRAY) {
                elements.add(value(json, depth + 1));
            }
            return elements;
        }
        if (token == null || token == JsonToken.VALUE_NULL) {
            return null;
        }
        return json.getText();
    }

    private static MalformedPolicyDocumentException malformed(String text) {
        return new MalformedPolicyDocumentException(text);
    }

    private static MalformedPolicyDocumentException invalidPrincipal() {
        return malformed("Policy contains a statement with one or more invalid principals.");
    }

    private static MalformedPolicyDocumentException lockedOut() {
        return malformed(
                "The new key policy will not allow you to update the key policy in the future.");
    }
}
