package trent.language;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trent.language.Policy.Kind;

/** Users and roles are the same under the ARN of every partition, and so a statement counts for all. */
class GlobalArnTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    arn:aws:iam::111122223333:policy/Boundary | arn:aws-cn:iam::111122223333:policy/Boundary     | true
                    arn:aws-cn:iam::111122223333:policy/B*    | arn:aws:iam::111122223333:policy/Boundary        | true
                    arn:aws-us-gov:iam::*:user/*              | arn:aws-cn:iam::111122223333:user/x              | true
                    arn:aws:iam::111122223333:policy/Boundary | arn:aws-cn:iam::111122223333:policy/Other        | false
                    arn:aws:kms:*:111122223333:key/x          | arn:aws-cn:kms:cn-north-1:111122223333:key/x     | false
                    """)
    void aDenyHoldsInEveryPartition(String written, String asked, boolean denied) {
        Policy byResource =
                Policies.of(
                        Kind.IDENTITY,
                        """
                        {"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"%s"}}"""
                                .formatted(written));
        assertThat(byResource.denies(new Asked().on(asked)) != Policy.NONE).isEqualTo(denied);
        for (String operator : new String[] {"ArnLike", "StringLike"}) {
            Policy byCondition =
                    Policies.of(
                            Kind.IDENTITY,
                            """
                            {"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*",
                             "Condition":{"%s":{"iam:PolicyARN":"%s"}}}}"""
                                    .formatted(operator, written));
            assertThat(byCondition.denies(new Asked().with("iam:PolicyARN", asked)) != Policy.NONE)
                    .as(operator)
                    .isEqualTo(denied);
        }
    }
}
