package trent.language;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A policy, compiled: what it says of a request. Immutable, and shared by all who have its text. */
public final class Policy {

    /** No statement. */
    public static final int NONE = -1;

    /** Where a policy stands, which decides its grammar. */
    public enum Kind {
        /** On a key: principals, spaces in a Sid, statements without action or resource. */
        KEY,
        /** Of a user, group or role, managed, a permissions boundary or a session's: no principal. */
        IDENTITY,
        /** The same with what CreatePolicy wants beside: its Version, and dates that are such. */
        MANAGED,
        /** Of a role: who may assume it; principals, no resource. */
        TRUST
    }

    /** How an Allow statement of a policy with principals names the caller. */
    public enum Named {
        /** The session itself: of a role, or of a federated user. */
        SESSION(1 << 0),
        /** The user. */
        USER(1 << 1),
        /** Everyone. */
        STAR(1 << 2),
        /** The role of a session, or the user who issued a federated user's. */
        ROLE(1 << 3),
        /** The account. */
        ACCOUNT(1 << 4);

        private final int bit;

        Named(int bit) {
            this.bit = bit;
        }

        /** Its place in the set that {@link Policy#allowsAs} gives. */
        public int bit() {
            return bit;
        }
    }

    /** Neither allows nor denies anything. */
    public static final Policy NOTHING = new Policy(List.of(), List.of());

    private final Statement[] statements;
    private final List<String> principals;
    private final Coverage coverage;
    private final long bytes;

    private Policy(List<Statement> statements, List<String> principals) {
        this.statements = statements.toArray(Statement[]::new);
        this.principals = principals;
        coverage = new Coverage(this.statements);
        long sum = 48 + coverage.bytes();
        for (Statement statement : statements) {
            sum += 4 + statement.bytes();
        }
        for (String principal : principals) {
            sum += 4 + Sizes.of(principal);
        }
        bytes = sum;
    }

    /**
     * Compiles a policy.
     *
     * @throws PolicySyntaxException if it is none of this kind
     */
    public static Policy compile(
            String json, Kind kind, Vocabulary vocabulary, PrincipalIds principals)
            throws PolicySyntaxException {
        PolicyReader.Document document = PolicyReader.read(json, kind);
        List<Statement> statements = new ArrayList<>(document.statements().size());
        Set<String> names = new LinkedHashSet<>();
        for (PolicyReader.Part part : document.statements()) {
            statements.add(
                    Statement.of(
                            part,
                            statements.size(),
                            kind,
                            document.variables(),
                            vocabulary,
                            principals));
            if (part.principals() != null) {
                part.principals().stream()
                        .filter(name -> name.kind() == PolicyReader.PrincipalKind.AWS)
                        .map(PolicyReader.PrincipalName::value)
                        .filter(name -> !name.equals("*"))
                        .forEach(names::add);
            }
        }
        return new Policy(statements, List.copyOf(names));
    }

    /**
     * Refuses a policy, of those that {@link #compile} takes, whose escapes stand for what is no
     * text: U+0000, or half a surrogate pair. What it names is kept as text, and no database keeps
     * those. Asked when a policy is written only: one that is there already means what it meant.
     *
     * @throws PolicySyntaxException if there is such an escape
     */
    public static void requireTexts(String json) throws PolicySyntaxException {
        PolicyReader.requireTexts(json);
    }

    /** The index of the first Deny statement that matches, or {@link #NONE}. */
    public int denies(Request request) {
        for (int statement : coverage.of(request.action()).denies()) {
            if (statements[statement].matches(request)) {
                return statement;
            }
        }
        return NONE;
    }

    /** The index of the first Allow statement that matches, or {@link #NONE}. */
    public int allows(Request request) {
        for (int statement : coverage.of(request.action()).allows()) {
            if (statements[statement].matches(request)) {
                return statement;
            }
        }
        return NONE;
    }

    /**
     * How the Allow statements that match name the caller: a set of {@link Named#bit}, 0 if none
     * matches. Of a policy with principals only.
     */
    public int allowsAs(Request request) {
        int ways = 0;
        for (int statement : coverage.of(request.action()).allows()) {
            int more = statements[statement].ways(request) & ~ways;
            if (more != 0
                    && statements[statement].matchesResource(request)
                    && statements[statement].matchesConditions(request)) {
                ways |= more;
            }
        }
        return ways;
    }

    /** The first Allow statement that matches and names the caller so, or {@link #NONE}. */
    public int allows(Request request, Named named) {
        for (int statement : coverage.of(request.action()).allows()) {
            if ((statements[statement].ways(request) & named.bit()) != 0
                    && statements[statement].matchesResource(request)
                    && statements[statement].matchesConditions(request)) {
                return statement;
            }
        }
        return NONE;
    }

    /** Its statements, in order. */
    public List<Statement> statements() {
        return List.of(statements);
    }

    /** A statement's Sid, or its place such as {@code statement 2} where it has none. */
    public String nameOf(int statement) {
        return statements[statement].name();
    }

    /** Why a statement says nothing of a request; null if it says something. */
    public @Nullable Mismatch why(int statement, Request request) {
        return statements[statement].mismatch(request);
    }

    /**
     * The names under {@code AWS} in Principal and NotPrincipal, as they are written and each once:
     * ARNs, accounts and unique ids, without {@code *}. Whether they exist is not checked here.
     */
    public List<String> principals() {
        return principals;
    }

    /**
     * The condition keys that it asks for, as they are written first, those of variables included;
     * each once, whatever its case.
     */
    public List<String> conditionKeys() {
        Map<String, String> keys = new LinkedHashMap<>();
        for (Statement statement : statements) {
            for (String key : statement.conditionKeys()) {
                keys.putIfAbsent(key.toLowerCase(Locale.ROOT), key);
            }
        }
        return List.copyOf(keys.values());
    }

    /** About how much memory it retains, in bytes. */
    public long bytes() {
        return bytes;
    }
}
