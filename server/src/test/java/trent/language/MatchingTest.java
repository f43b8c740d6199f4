package trent.language;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import trent.Golden;
import trent.Principals;
import trent.call.Principal;
import trent.call.Session;
import trent.language.Policy.Kind;
import trent.language.Policy.Named;
import trent.name.AccountId;

/** Whom, which actions and which resources statements mean, by tables. */
class MatchingTest {

    private static final String K = "arn:aws:kms:us-east-2:111122223333:key/1234";

    @Test
    void actionsResourcesAndVariables() {
        Golden table = Golden.of("language/actions-and-resources.txt");
        List<String> lines = new ArrayList<>();
        String heading = "";
        for (String line : table.text().lines().toList()) {
            if (line.startsWith("#") || line.isBlank()) {
                heading = line.startsWith("##") ? line : heading;
                lines.add(line);
                continue;
            }
            String[] columns = line.split("\\|", -1);
            String version = columns[0].startsWith("2008: ") ? "2008-10-17" : "2012-10-17";
            String pattern = columns[0].replace("2008: ", "").strip();
            String request = columns[1].strip();
            boolean matches =
                    heading.startsWith("## Action")
                            ? matchesAction(pattern, request)
                            : heading.startsWith("## Variables in values")
                                    ? holds(version, pattern, request)
                                    : matchesResource(version, pattern, request);
            lines.add(line.substring(0, line.lastIndexOf('|') + 1) + " " + matches);
        }
        table.check(String.join("\n", lines) + "\n");
    }

    private static boolean matchesAction(String actions, String request) {
        boolean not = actions.startsWith("not ");
        return allows(
                "\"%s\":[%s],\"Resource\":\"*\""
                        .formatted(not ? "NotAction" : "Action", quoted(actions)),
                "2012-10-17",
                asked().action(request));
    }

    private static boolean matchesResource(String version, String resources, String request) {
        boolean not = resources.startsWith("not ");
        return allows(
                "\"Action\":\"*\",\"%s\":[%s]"
                        .formatted(not ? "NotResource" : "Resource", quoted(resources)),
                version,
                asked().on(request.equals("K") ? K : request));
    }

    private static boolean holds(String version, String condition, String value) {
        String[] parts = condition.split(" ", 2);
        return allows(
                "\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{\"%s\":{\"k\":[%s]}}"
                        .formatted(parts[0], quoted(parts[1])),
                version,
                asked().with("k", value));
    }

    private static Asked asked() {
        return new Asked()
                .with("aws:username", "alice")
                .with("aws:PrincipalTag/team", "a*")
                .with("aws:flag", "true")
                .with("aws:number", "5")
                .with("aws:ip", "10.0.0.1")
                .with("aws:date", "2026")
                .with("m:k", "x", "y");
    }

    /** As a statement of a key policy, which takes any resource, and any action. */
    private static boolean allows(String elements, String version, Asked asked) {
        Policy policy =
                Policies.of(
                        Kind.KEY,
                        "{\"Version\":\"%s\",\"Statement\":{\"Effect\":\"Allow\",\"Principal\":\"*\",%s}}"
                                .formatted(version, elements));
        boolean allows = policy.allows(asked) == 0;
        assertThat(policy.why(0, asked) == null).isEqualTo(allows);
        return allows;
    }

    private static String quoted(String list) {
        String texts = list.startsWith("not ") ? list.substring("not ".length()) : list;
        // A default has a comma of its own.
        return Arrays.stream(texts.split(", (?!')", -1))
                .map(text -> '"' + text + '"')
                .collect(Collectors.joining(","));
    }

    @Test
    void principals() {
        Map<String, Principal> callers = new LinkedHashMap<>();
        callers.put("root", Principals.of(Asked.ACCOUNT, "arn:aws:iam::111122223333:root"));
        callers.put("Alice", Asked.ALICE);
        callers.put(
                "s1",
                Principals.of(Asked.ACCOUNT, "arn:aws:sts::111122223333:assumed-role/app/s1"));
        callers.put(
                "s2",
                Principals.of(Asked.ACCOUNT, "arn:aws:sts::111122223333:assumed-role/app/s2"));
        callers.put(
                "Fred",
                Principals.of(Asked.ACCOUNT, "arn:aws:sts::111122223333:federated-user/Fred"));
        callers.put("web", web());
        callers.put("B", Principal.root(new AccountId("444455556666"), "aws"));
        Golden table = Golden.of("language/principals.txt");
        table.check(
                table.text()
                        .lines()
                        .map(
                                line ->
                                        line.contains(" | ") && !line.startsWith("Principal")
                                                ? row(line, callers)
                                                : line)
                        .collect(Collectors.joining("\n", "", "\n")));
    }

    private static String row(String line, Map<String, Principal> callers) {
        String principal = line.substring(0, line.indexOf('|'));
        return callers.values().stream()
                .map(caller -> how(principal.strip(), caller))
                .collect(Collectors.joining(" | ", principal + "| ", ""));
    }

    private static String how(String principal, Principal caller) {
        String element =
                principal.startsWith("not ")
                        ? "\"NotPrincipal\":" + principal.substring("not ".length())
                        : "\"Principal\":" + principal;
        Policy policy =
                Policies.of(
                        Kind.KEY,
                        """
                        {"Statement":[{"Effect":"Allow",%s,"Action":"*","Resource":"*"},
                                      {"Effect":"Deny",%s,"Action":"*","Resource":"*"}]}"""
                                .formatted(element, element));
        Asked asked = new Asked().by(caller);
        int ways = policy.allowsAs(asked);
        List<String> names = new ArrayList<>();
        for (Named named : Named.values()) {
            boolean so = (ways & named.bit()) != 0;
            assertThat(policy.allows(asked, named)).isEqualTo(so ? 0 : Policy.NONE);
            if (so) {
                names.add(named.name());
            }
        }
        assertThat(policy.allows(asked)).isEqualTo(ways != 0 ? 0 : Policy.NONE);
        assertThat(policy.why(0, asked) == null).isEqualTo(ways != 0);
        boolean denied = policy.denies(asked) == 1;
        assertThat(policy.why(1, asked) == null).isEqualTo(denied);
        String found = String.join("+", names) + (denied ? " D" : "");
        return found.isEmpty() ? "-" : found.strip();
    }

    private static Principal web() {
        return Principal.roleSession(
                Asked.ACCOUNT,
                "aws",
                "/",
                "app",
                Principals.id("AROA", "111122223333app"),
                new Session(
                        "w1",
                        Instant.EPOCH,
                        Instant.EPOCH,
                        Map.of(),
                        Set.of(),
                        null,
                        "arn:aws:iam::111122223333:oidc-provider/idp.example.com",
                        false,
                        null,
                        List.of(),
                        null));
    }

    /** Whoever signs nothing is nobody, also where everyone is meant; but everyone is denied. */
    @Test
    void nobodyIsAllowedNothing() {
        Asked asked = new Asked().by(Principal.nobody(Asked.ACCOUNT, "aws"));
        for (String element :
                List.of("\"Principal\":\"*\"", "\"NotPrincipal\":{\"AWS\":\"444455556666\"}")) {
            Policy policy =
                    Policies.of(
                            Kind.TRUST,
                            """
                            {"Statement":[{"Effect":"Allow",%s,"Action":"*"},{"Effect":"Deny",%s,"Action":"*"}]}"""
                                    .formatted(element, element));
            assertThat(policy.allowsAs(asked)).isZero();
            assertThat(policy.allows(asked)).isEqualTo(Policy.NONE);
            assertThat(policy.denies(asked)).isEqualTo(1);
        }
    }

    /** An account's root may issue a federated user's session: it is then no user who is named. */
    @Test
    void aFederatedUserOfARootIsNamedByTheAccount() {
        Principal fred =
                Principal.federatedUser(Asked.ACCOUNT, "aws", "111122223333", session("Fred"));
        Policy policy =
                Policies.of(
                        Kind.KEY,
                        "{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"111122223333\"},\"Action\":\"*\",\"Resource\":\"*\"}}");
        assertThat(policy.allowsAs(new Asked().by(fred))).isEqualTo(Named.ACCOUNT.bit());
    }

    private static Session session(String name) {
        return new Session(
                name,
                Instant.EPOCH,
                Instant.EPOCH,
                Map.of(),
                Set.of(),
                null,
                null,
                false,
                null,
                List.of(),
                null);
    }

    /** In a key's policy they are taken and without effect, in both effects. */
    @Test
    void withoutActionOrResourceAStatementHasNoEffect() {
        for (String elements :
                List.of("\"Action\":\"*\"", "\"Resource\":\"*\"", "\"NotAction\":\"s3:*\"")) {
            Policy policy =
                    Policies.of(
                            Kind.KEY,
                            """
                            {"Statement":[{"Effect":"Allow","Principal":"*",%s},{"Effect":"Deny","Principal":"*",%s}]}"""
                                    .formatted(elements, elements));
            assertThat(policy.allows(new Asked())).isEqualTo(Policy.NONE);
            assertThat(policy.denies(new Asked())).isEqualTo(Policy.NONE);
            assertThat(policy.why(0, new Asked())).isNotNull();
        }
    }
}
