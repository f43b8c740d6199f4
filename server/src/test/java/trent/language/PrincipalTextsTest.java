package trent.language;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrincipalTextsTest {

    private static final String ARN = "arn:aws:iam::111122223333:user/x";

    /** {@code P} is the principal's ARN, and after that what it is replaced by. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
            {"Statement":{"Principal":{"AWS":"P"},"Action":"P"}}                           | {"Statement":{"Principal":{"AWS":"NEW"},"Action":"P"}}
            { "Statement" : [ {"Principal": { "AWS" : [ "P", "*", "P" ] } } ] }            | { "Statement" : [ {"Principal": { "AWS" : [ "NEW", "*", "NEW" ] } } ] }
            {"Statement":{"NotPrincipal":{"Service":"P","AWS":["P"]},"Condition":{"ArnLike":{"aws:PrincipalArn":"P","AWS":"P"}}}} | {"Statement":{"NotPrincipal":{"Service":"P","AWS":["NEW"]},"Condition":{"ArnLike":{"aws:PrincipalArn":"P","AWS":"P"}}}}
            {"Id":"Principal","Statement":[{"Sid":"AWS","Principal":"*"},{"Principal":{"AWS":"P"}}]} | {"Id":"Principal","Statement":[{"Sid":"AWS","Principal":"*"},{"Principal":{"AWS":"NEW"}}]}
            """)
    void onlyPrincipalsAreReplacedAndNotOneCharacterElse(String policy, String expected) {
        String text = policy.replace("\"P\"", '"' + ARN + '"');
        assertThat(
                        PrincipalTexts.replaced(
                                text, principal -> principal.equals(ARN) ? "NEW" : principal))
                .isEqualTo(expected.replace("\"P\"", '"' + ARN + '"'));
    }
}
