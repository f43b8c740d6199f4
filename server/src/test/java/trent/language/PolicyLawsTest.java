package trent.language;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import trent.Principals;
import trent.call.Principal;
import trent.language.Policy.Kind;
import trent.language.Policy.Named;

/** Laws that hold for every policy and every request. */
class PolicyLawsTest {

    private static final String SESSION = "arn:aws:sts::111122223333:assumed-role/app/s1";

    /** Whether a request passes where nothing but this policy speaks. */
    private static boolean passes(Policy policy, Request request) {
        return policy.denies(request) == Policy.NONE && policy.allows(request) != Policy.NONE;
    }

    @Provide
    static Arbitrary<String> elements() {
        Arbitrary<String> principal =
                Arbitraries.of(
                        "\"Principal\":\"*\"",
                        "\"Principal\":{\"AWS\":\"111122223333\"}",
                        "\"Principal\":{\"AWS\":\"arn:aws:iam::111122223333:user/Alice\"}",
                        "\"Principal\":{\"AWS\":[\"arn:aws:iam::111122223333:role/app\",\""
                                + SESSION
                                + "\"]}",
                        "\"NotPrincipal\":{\"AWS\":\"arn:aws:iam::111122223333:user/Alice\"}",
                        "\"NotPrincipal\":{\"AWS\":[\"111122223333\",\"arn:aws:iam::111122223333:role/app\"]}");
        Arbitrary<String> action =
                Arbitraries.of(
                        "\"Action\":\"*\"",
                        "\"Action\":[\"kms:De*\",\"kms:Encrypt\"]",
                        "\"NotAction\":\"kms:Encrypt\"",
                        "\"NotAction\":[\"kms:D*\",\"iam:*\"]",
                        "\"Action\":\"kms:?ncrypt\"");
        Arbitrary<String> resource =
                Arbitraries.of(
                        "\"Resource\":\"*\"",
                        "\"Resource\":\"arn:aws:kms:*:111122223333:key/*\"",
                        "\"NotResource\":\"arn:aws:kms:*:*:key/1*\"",
                        "\"Resource\":\"arn:aws:kms:us-east-2:111122223333:key/${k}*\"");
        Arbitrary<String> condition =
                Arbitraries.of(
                                "StringEquals",
                                "StringNotEquals",
                                "StringLike",
                                "StringEqualsIfExists",
                                "ForAnyValue:StringEquals",
                                "ForAllValues:StringNotEquals",
                                "Null",
                                "ArnNotLike",
                                "NumericLessThan",
                                "BoolIfExists")
                        .flatMap(
                                operator ->
                                        Combinators.combine(
                                                        Arbitraries.of("k", "K", "m:k"),
                                                        Arbitraries.of(
                                                                "a", "a*", "true", "5", "${k}"))
                                                .as(
                                                        (key, value) ->
                                                                "\"%s\":{\"%s\":[\"%s\",\"b\"]}"
                                                                        .formatted(
                                                                                operator, key,
                                                                                value)));
        return Combinators.combine(principal, action, resource, condition.injectNull(0.4))
                .as(
                        (who, what, where, when) ->
                                who
                                        + ","
                                        + what
                                        + ","
                                        + where
                                        + (when == null ? "" : ",\"Condition\":{" + when + "}"));
    }

    @Provide
    static Arbitrary<List<String>> statements() {
        return Combinators.combine(Arbitraries.of("Allow", "Deny"), elements())
                .as((effect, elements) -> "{\"Effect\":\"" + effect + "\"," + elements + "}")
                .list()
                .ofMinSize(1)
                .ofMaxSize(6);
    }

    @Provide
    static Arbitrary<Asked> requests() {
        Arbitrary<Principal> who =
                Arbitraries.of(
                                "111122223333:root",
                                "111122223333:user/Alice",
                                "111122223333:assumed-role/app/s1",
                                "111122223333:assumed-role/app/s2",
                                "111122223333:federated-user/Fred")
                        .map(arn -> Principals.of(Asked.ACCOUNT, "arn:aws:iam::" + arn));
        return Combinators.combine(
                        who,
                        Arbitraries.of("kms:Decrypt", "kms:Encrypt", "iam:GetUser"),
                        Arbitraries.of(Asked.KEY, "arn:aws:kms:us-east-2:111122223333:key/ab", "*"),
                        Arbitraries.of("a", "b", "ab", "true", "3").list().ofMaxSize(1),
                        Arbitraries.of("a", "b", "ab", "true", "3").list().ofMaxSize(2))
                .as(
                        (caller, action, resource, one, several) -> {
                            Asked asked = new Asked().by(caller).action(action).on(resource);
                            one.forEach(value -> asked.with("k", value));
                            return asked.with("m:k", several.toArray(String[]::new));
                        });
    }

    private static Policy policy(List<String> statements) {
        return Policies.of(
                Kind.KEY,
                "{\"Version\":\"2012-10-17\",\"Statement\":["
                        + String.join(",", statements)
                        + "]}");
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void theOrderOfStatementsDoesNotMatter(
            @ForAll("statements") List<String> statements,
            @ForAll("requests") Asked asked,
            @ForAll long seed) {
        List<String> shuffled = new ArrayList<>(statements);
        Collections.shuffle(shuffled, new Random(seed));
        Policy one = policy(statements);
        Policy other = policy(shuffled);
        assertThat(passes(other, asked)).isEqualTo(passes(one, asked));
        assertThat(other.allowsAs(asked)).isEqualTo(one.allowsAs(asked));
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void anAllowNeverTakesAccessAway(
            @ForAll("statements") List<String> statements,
            @ForAll("elements") String elements,
            @ForAll("requests") Asked asked) {
        List<String> more = new ArrayList<>(statements);
        more.add("{\"Effect\":\"Allow\"," + elements + "}");
        int before = policy(statements).allowsAs(asked);
        assertThat(policy(more).denies(asked)).isEqualTo(policy(statements).denies(asked));
        assertThat(policy(more).allowsAs(asked) & before).isEqualTo(before);
        assertThat(passes(policy(more), asked) || !passes(policy(statements), asked)).isTrue();
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void aDenyNeverGivesAccess(
            @ForAll("statements") List<String> statements,
            @ForAll("elements") String elements,
            @ForAll("requests") Asked asked) {
        List<String> more = new ArrayList<>(statements);
        more.add("{\"Effect\":\"Deny\"," + elements + "}");
        assertThat(policy(more).allowsAs(asked)).isEqualTo(policy(statements).allowsAs(asked));
        assertThat(passes(policy(more), asked) && !passes(policy(statements), asked)).isFalse();
    }

    /** What is answered at once, what is answered in detail and what is explained agree. */
    @Property(edgeCases = EdgeCasesMode.NONE)
    void allAnswersAgree(
            @ForAll("statements") List<String> statements, @ForAll("requests") Asked asked) {
        Policy policy = policy(statements);
        int firstAllow = Policy.NONE;
        int firstDeny = Policy.NONE;
        for (int i = statements.size() - 1; i >= 0; i--) {
            if (policy.why(i, asked) == null) {
                if (policy.statements().get(i).isAllow()) {
                    firstAllow = i;
                } else {
                    firstDeny = i;
                }
            }
        }
        assertThat(policy.allows(asked)).isEqualTo(firstAllow);
        assertThat(policy.denies(asked)).isEqualTo(firstDeny);
        int ways = 0;
        for (Named named : Named.values()) {
            ways |= policy.allows(asked, named) == Policy.NONE ? 0 : named.bit();
        }
        assertThat(policy.allowsAs(asked)).isEqualTo(ways);
        assertThat(ways == 0).isEqualTo(firstAllow == Policy.NONE);
    }
}
