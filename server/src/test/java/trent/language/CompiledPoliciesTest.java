package trent.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import trent.language.Policy.Kind;

/** Policies that are shared, and what they say of themselves. */
class CompiledPoliciesTest {

    private static final String TEXT =
            """
            {"Version":"2012-10-17","Statement":[
             {"Sid":"One","Effect":"Allow","Principal":{"AWS":["arn:aws:iam::111122223333:user/Alice","111122223333","*"]},
              "Action":"kms:Decrypt","Resource":"arn:aws:kms:*:*:key/${aws:PrincipalTag/Team}",
              "Condition":{"StringEquals":{"kms:EncryptionContext:Dept":"${aws:username}","KMS:encryptioncontext:dept":"x"}}},
             {"Effect":"Deny","NotPrincipal":{"AWS":"arn:aws:iam::111122223333:user/Alice"},"Action":"kms:*","Resource":"*"},
             {"Sid":"","Effect":"Deny","Principal":{"AWS":"arn:aws:iam::111122223333:role/app"},"Action":"kms:*","Resource":"*"}]}""";

    private final CompiledPolicies policies = new CompiledPolicies(Asked.VOCABULARY, 1 << 20);

    @Test
    void equalTextsWithEqualIdsAreOnePolicy() throws PolicySyntaxException {
        Map<String, String> ids = new HashMap<>(Policies.IDS);
        Policy one = policies.of(TEXT, Kind.KEY, ids);
        assertThat(policies.of(String.valueOf(TEXT.toCharArray()), Kind.KEY, Policies.IDS))
                .isSameAs(one);
        ids.put("arn:aws:iam::111122223333:user/Alice", "AIDAANOTHER2222222222");
        assertThat(policies.of(TEXT, Kind.KEY, ids)).isNotSameAs(one);
        assertThat(policies.of(TEXT, Kind.KEY, Policies.IDS)).isSameAs(one);
        assertThat(one.allows(new Asked(), Policy.Named.USER)).isEqualTo(Policy.NONE);
    }

    @Test
    void aTextThatIsNoPolicyIsRefusedEachTime() {
        for (int i = 0; i < 2; i++) {
            assertThat(catchThrowable(() -> policies.of("{}", Kind.KEY, Map.of())))
                    .isInstanceOf(PolicySyntaxException.class);
        }
        assertThat(catchThrowable(() -> policies.of(TEXT, Kind.IDENTITY, Map.of())))
                .isInstanceOf(PolicySyntaxException.class);
    }

    @Test
    void aPolicyKnowsWhatItIsMadeOf() {
        Policy policy = Policies.of(Kind.KEY, TEXT);
        assertThat(policy.principals())
                .containsExactly(
                        "arn:aws:iam::111122223333:user/Alice",
                        "111122223333",
                        "arn:aws:iam::111122223333:role/app");
        assertThat(policy.conditionKeys())
                .containsExactly(
                        "aws:PrincipalTag/Team", "kms:EncryptionContext:Dept", "aws:username");
        assertThat(IntStream.range(0, 3).mapToObj(policy::nameOf))
                .containsExactly("One", "statement 2", "statement 3");
        assertThat(policy.statements().stream().map(Statement::namesPrincipals))
                .containsExactly(false, false, true);
        assertThat(policy.statements().stream().map(Statement::isConditional))
                .containsExactly(true, false, false);
        assertThat(Policy.NOTHING.statements()).isEmpty();
        assertThat(Policy.NOTHING.allows(new Asked())).isEqualTo(Policy.NONE);
        assertThat(Policy.NOTHING.denies(new Asked())).isEqualTo(Policy.NONE);
        assertThat(Policy.NOTHING.allowsAs(new Asked())).isZero();
    }

    @Test
    void aStatementThatSaysNothingSaysWhy() {
        Policy policy = Policies.of(Kind.KEY, TEXT);
        assertThat(policy.why(0, new Asked().action("kms:Encrypt")))
                .isEqualTo(Mismatch.of(Mismatch.Element.ACTION, "kms:Encrypt"));
        assertThat(policy.why(0, new Asked()))
                .isEqualTo(Mismatch.of(Mismatch.Element.RESOURCE, Asked.KEY));
        assertThat(policy.why(1, new Asked()))
                .isEqualTo(Mismatch.of(Mismatch.Element.PRINCIPAL, Asked.ALICE.arn()));
        String id = Asked.KEY.substring(Asked.KEY.indexOf('/') + 1);
        Asked asked = new Asked().with("aws:PrincipalTag/team", id);
        assertThat(policy.why(0, asked)).isEqualTo(condition(null));
        asked.with("kms:EncryptionContext:DEPT", "it");
        assertThat(policy.why(0, asked)).isEqualTo(condition(List.of("it")));
        asked.with("aws:username", "it");
        assertThat(policy.why(0, asked))
                .isEqualTo(
                        new Mismatch(
                                Mismatch.Element.CONDITION,
                                "StringEquals",
                                "KMS:encryptioncontext:dept",
                                List.of("it")));
    }

    private static Mismatch condition(@Nullable List<String> seen) {
        return new Mismatch(
                Mismatch.Element.CONDITION, "StringEquals", "kms:EncryptionContext:Dept", seen);
    }

    /** More actions than are remembered, and ones that no service has, are answered as well. */
    @Test
    void anyNumberOfActionsIsAnswered() {
        Policy policy =
                Policies.of(
                        Kind.IDENTITY,
                        """
                        {"Statement":[{"Effect":"Allow","Action":"kms:*7","Resource":"*"},
                         {"Effect":"Deny","Action":"kms:*77","Resource":"*"}]}""");
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 1_000; i++) {
                Asked asked = new Asked().action("kms:Action" + i);
                assertThat(policy.allows(asked)).isEqualTo(i % 10 == 7 ? 0 : Policy.NONE);
                assertThat(policy.denies(asked)).isEqualTo(i % 100 == 77 ? 1 : Policy.NONE);
            }
        }
        assertThat(policy.allows(new Asked().action("kms:" + "x".repeat(100) + "7"))).isZero();
    }
}
