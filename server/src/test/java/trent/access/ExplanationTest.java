package trent.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import trent.api.GrantOperation;

/** Why, source by source: the statement or grant that decided, or the condition that failed. */
class ExplanationTest {

    @Test
    void aFailedConditionIsToldWithWhatTheRequestHad() {
        Scene scene = new Scene();
        scene.identity(
                Scene.ALICE,
                List.of(
                        "Allow kms:Encrypt; Allow kms:* if StringEquals kms:EncryptionContext:dept IT"),
                null,
                Map.of());
        assertThat(
                        explained(
                                scene,
                                "Decrypt",
                                new Details().encryptionContext(Map.of("Dept", "HR"))))
                .isEqualTo(
                        """
                        DOES_NOT_ALLOW kms:Decrypt on %s by arn:aws:iam::111122223333:user/alice: no identity-based policy allows it
                          ALLOWS key policy
                            ALLOWS names the account, which may delegate: statement 1
                          SAYS_NOTHING identity-based policies
                            SAYS_NOTHING Allow kms:Encrypt; Allow kms:* if StringEquals kms:EncryptionContext:dept IT
                              SAYS_NOTHING statement 1: is not about this action
                              SAYS_NOTHING statement 2: StringEquals kms:EncryptionContext:dept: the request has "HR"
                          NONE permissions boundary: none is set
                          NONE session policies: the session has none
                          SAYS_NOTHING grants: none allows it
                        """
                                .formatted(Scene.K.arn()));
    }

    @Test
    void aDenyAndAGrantAreNamed() {
        Scene scene = new Scene();
        scene.keyPolicies.put(Scene.K.arn(), Scene.keyPolicy("Deny alice kms:Decrypt"));
        scene.grants.add(
                Scene.grant(
                        Scene.ALICE.id(),
                        null,
                        Scene.A,
                        List.of(GrantOperation.DECRYPT),
                        null,
                        null));
        assertThat(explained(scene, "Decrypt", new Details()))
                .isEqualTo(
                        """
                        DENIES kms:Decrypt on %s by arn:aws:iam::111122223333:user/alice: explicit deny in a resource-based policy: statement 1
                          DENIES key policy: statement 1
                          NONE identity-based policies: there are none
                          NONE permissions boundary: none is set
                          NONE session policies: the session has none
                          ALLOWS grants: grant %s to AIDAALICE00000000001
                        """
                                .formatted(Scene.K.arn(), "0".repeat(64)));
    }

    private static String explained(Scene scene, String action, Details details) {
        StringBuilder text = new StringBuilder();
        print(
                scene.access.explain(
                        Scene.call(Scene.ALICE), Scene.action(action), Scene.K, details),
                "",
                text);
        return text.toString();
    }

    private static void print(Explanation explanation, String indent, StringBuilder text) {
        text.append(indent)
                .append(explanation.outcome())
                .append(' ')
                .append(explanation.source())
                .append(explanation.reason().isEmpty() ? "" : ": " + explanation.reason())
                .append('\n');
        explanation.parts().forEach(part -> print(part, indent + "  ", text));
    }
}
