package trent.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trent.House;
import trent.api.KmsOperation;

/**
 * Key policies: the default, what is refused, and the way back. Source: AWS KMS
 * Developer Guide, "Key policies".
 */
class KeyPolicyTest {

    private static final String LOCKED_OUT =
            "MalformedPolicyDocumentException: The new key policy will not allow you to update the key policy in the future.";

    private final House house = new House();
    private final House.Caller caller = house.caller();
    private String key = "";

    @BeforeEach
    void makeKey() {
        key = caller.newKey();
    }

    @AfterEach
    void close() {
        house.close();
    }

    @Test
    void theDefaultPolicyIsAwsToTheLetter() {
        String expected =
                """
                {
                  "Version" : "2012-10-17",
                  "Id" : "key-default-1",
                  "Statement" : [ {
                    "Sid" : "Enable IAM User Permissions",
                    "Effect" : "Allow",
                    "Principal" : {
                      "AWS" : "arn:aws:iam::111122223333:root"
                    },
                    "Action" : "kms:*",
                    "Resource" : "*"
                  } ]
                }""";
        var policy = caller.ask(KmsOperation.GET_KEY_POLICY, "KeyId", key);
        assertThat(policy.policy()).isEqualTo(expected);
        assertThat(policy.policyName()).isEqualTo("default");
        assertThat(caller.tried("PutKeyPolicy", "KeyId", key, "Policy", expected))
                .isEqualTo(House.OK);
    }

    @Test
    void thereIsOnePolicyNamedDefault() {
        var policies = caller.ask(KmsOperation.LIST_KEY_POLICIES, "KeyId", key);
        assertThat(policies.policyNames()).containsExactly("default");
        assertThat(policies.truncated()).isFalse();
        assertThat(caller.tried("GetKeyPolicy", "KeyId", key, "PolicyName", "default"))
                .isEqualTo(House.OK);
        assertThat(caller.tried("GetKeyPolicy", "KeyId", key, "PolicyName", "other"))
                .isEqualTo("NotFoundException: No such policy exists");
        assertThat(
                        caller.tried(
                                "PutKeyPolicy",
                                "KeyId",
                                key,
                                "PolicyName",
                                "other",
                                "Policy",
                                "{}"))
                .isEqualTo("NotFoundException: No such policy exists");
        assertThat(caller.tried("PutKeyPolicy", "KeyId", key))
                .isEqualTo(
                        "ValidationException: 1 validation error detected: Value null at 'policy' failed to satisfy constraint:"
                                + " Member must not be null");
    }

    /** {@code S} is one statement that allows the account everything. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
            {"Statement":S}                            | ok
            {"Statement":[S]}                          | ok
            {"Version":"2008-10-17","Statement":[S,S]} | ok
            {"Version":"2012-10-17","Id":"x","Statement":[S]} | ok
            {"Version":"2026-01-01","Statement":[S]}   | MalformedPolicyDocumentException: The policy must contain a valid version string
            {"Version":1,"Statement":[S]}              | MalformedPolicyDocumentException: The policy must contain a valid version string
            {                                          | MalformedPolicyDocumentException: Syntax errors in policy.
            {"Statement":[S]} x                        | MalformedPolicyDocumentException: Syntax errors in policy.
            {"Id":"\\u0000","Statement":[S]}            | MalformedPolicyDocumentException: Syntax errors in policy.
            {"Id":"\\ud83d","Statement":[S]}            | MalformedPolicyDocumentException: Syntax errors in policy.
            {"Id":"\\ud83d\\ude00","Statement":[S]}      | ok
            {"Statement":[S],"Statement":[S]}          | MalformedPolicyDocumentException: Syntax errors in policy.
            [S]                                        | MalformedPolicyDocumentException: Syntax errors in policy.
            "x"                                        | MalformedPolicyDocumentException: Syntax errors in policy.
            x                                          | MalformedPolicyDocumentException: Syntax errors in policy.
            {"Statement":["x"]}                        | MalformedPolicyDocumentException: Syntax errors in policy.
            {"Statement":[{"Effect":"Allow","Principal":"*","Action":{},"Resource":"*"}]} | MalformedPolicyDocumentException: Syntax errors in policy.
            {}                                         | MalformedPolicyDocumentException: Could not parse the policy: Statement is empty!
            {"Statement":[]}                           | MalformedPolicyDocumentException: Could not parse the policy: Statement is empty!
            {"Statement":[{"Principal":"*","Action":"kms:*","Resource":"*"}]} | MalformedPolicyDocumentException: Invalid effect in policy.
            {"Statement":[{"Effect":"allow","Principal":"*","Action":"kms:*","Resource":"*"}]} | MalformedPolicyDocumentException: Invalid effect in policy.
            {"Statement":[S,{"Effect":"Allow","Action":"kms:*","Resource":"*"}]} | MalformedPolicyDocumentException: Policy contains a statement with no principal.
            {"Statement":[S,{"Effect":"Allow","Principal":{"AWS":[]},"Action":"kms:*","Resource":"*"}]} | MalformedPolicyDocumentException: Policy contains a statement with no principal.
            """)
    void documents(String policy, String expected) {
        String text =
                policy.replaceAll(
                        "\\bS\\b",
                        "{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"111122223333\"},\"Action\":\"kms:*\",\"Resource\":\"*\"}");
        assertBoth(text, expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
            "*"                                                     | ok
            {"AWS":"*"}                                             | ok
            {"AWS":"111122223333"}                                  | ok
            {"AWS":"arn:aws:iam::111122223333:root"}                | ok
            {"AWS":["arn:aws:iam::444455556666:user/path/x","arn:aws:iam::444455556666:role/x"]} | ok
            {"AWS":"arn:aws:sts::444455556666:assumed-role/x/y"}    | ok
            {"Service":"x.amazonaws.com","AWS":"444455556666"}      | ok
            {"Federated":"cognito-identity.amazonaws.com"}          | ok
            "111122223333"                                          | MalformedPolicyDocumentException: Policy contains a statement with one or more invalid principals.
            {"AWS":"x"}                                             | MalformedPolicyDocumentException: Policy contains a statement with one or more invalid principals.
            {"AWS":"11112222333"}                                   | MalformedPolicyDocumentException: Policy contains a statement with one or more invalid principals.
            {"AWS":"AIDAUNKNOWNUSEROFNOONE"}                        | MalformedPolicyDocumentException: Policy contains a statement with one or more invalid principals.
            {"Other":"x"}                                           | MalformedPolicyDocumentException: Policy contains a statement with one or more invalid principals.
            {"AWS":["arn:aws:iam::444455556666:root","arn:aws-cn:iam::444455556666:root"]} | MalformedPolicyDocumentException: Policy contains a statement with one or more invalid principals.
            {"AWS":"arn:aws-us-gov:iam::444455556666:role/x"}       | MalformedPolicyDocumentException: Policy contains a statement with one or more invalid principals.
            {"AWS":"arn:aws:iam::444455556666:role/*"}              | MalformedPolicyDocumentException: Policy contains a statement with one or more invalid principals.
            {"AWS":"arn:aws:iam::444455556666:user/*"}              | MalformedPolicyDocumentException: Policy contains a statement with one or more invalid principals.
            {"AWS":"arn:aws:iam::444455556666:group/x"}             | InvalidArnException: An ARN in the specified key policy is invalid.
            {"AWS":"arn:aws:iam::4444:root"}                        | InvalidArnException: An ARN in the specified key policy is invalid.
            {"AWS":"arn:aws:iam::444455556666:user/"}               | InvalidArnException: An ARN in the specified key policy is invalid.
            {"AWS":"arn:"}                                          | InvalidArnException: An ARN in the specified key policy is invalid.
            """)
    void principals(String principal, String expected) {
        assertBoth(
                "{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":%s,\"Action\":\"kms:Decrypt\",\"Resource\":\"*\"},{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"*\"}]}"
                        .formatted(principal),
                expected);
    }

    /** Statements for the account's root; those that keep PutKeyPolicy open to it are taken. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
            {"Effect":"Allow","Principal":"*","Action":"kms:PutKeyPolicy","Resource":"*"}            | ok
            {"Effect":"Allow","Principal":"*","Action":"KMS:putkeypolicy","Resource":"*"}            | ok
            {"Effect":"Allow","Principal":"*","Action":["kms:Encrypt","kms:Put*"],"Resource":"*"}    | ok
            {"Effect":"Allow","Principal":"*","Action":"kms:P?tKeyPolicy","Resource":"*"}            | ok
            {"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}                           | ok
            {"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"kms:*","Resource":"*"}    | ok
            {"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"} | ok
            {"Effect":"Allow","Principal":"*","NotAction":"kms:Encrypt","Resource":"*"}              | ok
            {"Effect":"Allow","Principal":"*","Action":"kms:Put","Resource":"*"}                     | locked out
            {"Effect":"Allow","Principal":"*","Action":"kms:PutKeyPolic","Resource":"*"}             | locked out
            {"Effect":"Allow","Principal":"*","Action":"kms:.*","Resource":"*"}                      | locked out
            {"Effect":"Allow","Principal":"*","Resource":"*"}                                        | locked out
            {"Effect":"Allow","Principal":"*","Action":"kms:*"}                                      | locked out
            {"Effect":"Allow","Principal":"*","NotAction":["kms:Encrypt","kms:Put*"],"Resource":"*"} | locked out
            {"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"kms:*","Resource":"*"}    | locked out
            {"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/x"},"Action":"kms:*","Resource":"*"} | locked out
            {"Effect":"Allow","Principal":{"Service":"111122223333"},"Action":"kms:*","Resource":"*"} | locked out
            {"Effect":"Allow","NotPrincipal":{"AWS":"111122223333"},"Action":"kms:*","Resource":"*"} | locked out
            {"Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"*"}                        | locked out
            {"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"},{"Effect":"Deny","Principal":"*","Action":"kms:Put*","Resource":"*"}    | locked out
            {"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"},{"Effect":"Deny","Principal":"*","Action":"kms:Encrypt","Resource":"*"} | ok
            """)
    void nobodyLocksHimselfOut(String statements, String expected) {
        assertBoth(
                "{\"Statement\":[" + statements + "]}",
                expected.equals("locked out") ? LOCKED_OUT : expected);
    }

    /**
     * As a regular expression each star doubles the time, and some thousands of
     * them overflow the stack.
     */
    @Test
    @Timeout(10)
    void wildcardsCostNoTime() {
        String policy =
                "{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"%s\",\"Resource\":\"*\"}}";
        assertBoth(policy.formatted("*".repeat(40) + "x"), LOCKED_OUT);
        assertBoth(policy.formatted("*".repeat(30_000) + "x"), LOCKED_OUT);
        assertBoth(policy.formatted("*".repeat(30_000) + "y"), House.OK);
    }

    @Test
    void theLockoutCheckCanBeBypassed() {
        String policy =
                "{\"Statement\":{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"kms:*\",\"Resource\":\"*\"}}";
        assertThat(
                        caller.tried(
                                "PutKeyPolicy",
                                "KeyId",
                                key,
                                "Policy",
                                policy,
                                "BypassPolicyLockoutSafetyCheck",
                                true))
                .isEqualTo(House.OK);
        assertThat(stored()).isEqualTo(policy);
        assertThat(
                        caller.tried(
                                "CreateKey",
                                "Policy",
                                policy,
                                "BypassPolicyLockoutSafetyCheck",
                                true))
                .isEqualTo(House.OK);
    }

    @Test
    void sizesAndCharacters() {
        String policy =
                "{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"kms:*\",\"Resource\":\"*\"}}";
        String full = policy + " ".repeat(32_768 - policy.length());
        assertThat(caller.tried("PutKeyPolicy", "KeyId", key, "Policy", full)).isEqualTo(House.OK);
        assertThat(caller.ask(KmsOperation.GET_KEY_POLICY, "KeyId", key).policy())
                .as("as given")
                .isEqualTo(full);
        assertThat(caller.tried("PutKeyPolicy", "KeyId", key, "Policy", full + " "))
                .startsWith("LimitExceededException");
        assertThat(caller.tried("PutKeyPolicy", "KeyId", key, "Policy", policy + "\u20ac"))
                .startsWith("ValidationException: 1 validation error detected")
                .contains("at 'policy'");
        assertThat(caller.tried("PutKeyPolicy", "KeyId", key, "Policy", ""))
                .startsWith("ValidationException");
        assertThat(caller.tried("PutKeyPolicy", "KeyId", key, "Policy", "[".repeat(1000)))
                .isEqualTo("MalformedPolicyDocumentException: Syntax errors in policy.");
    }

    /** PutKeyPolicy and CreateKey check alike, and a refused policy changes nothing. */
    private void assertBoth(String policy, String expected) {
        String before = stored();
        assertThat(caller.tried("PutKeyPolicy", "KeyId", key, "Policy", policy))
                .isEqualTo(expected);
        assertThat(caller.tried("CreateKey", "Policy", policy)).isEqualTo(expected);
        assertThat(stored()).isEqualTo(expected.equals(House.OK) ? policy : before);
    }

    /** What GetKeyPolicy would show to who may call it. */
    private String stored() {
        return Objects.requireNonNull(house.store().read(tx -> tx.policies().of(caller.arn(key))))
                .document();
    }
}
