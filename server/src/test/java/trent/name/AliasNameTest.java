package trent.name;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import trent.House;

/**
 * Names of aliases as customers give them. Source: AWS KMS API Reference,
 * CreateAlias, and recorded replies.
 */
class AliasNameTest {

    private static final String PREFIX =
            "ValidationException: Alias must start with the prefix \"alias/\". Please see"
                    + " https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            alias/ExampleAlias  | ok
            alias/alias/x_-/    | ok
            alias/my-alias_/    | ok
            alias//x//          | ok
            alias/awsome        | ok
            alias/aws           | ok
            alias/AWS/s3        | ok
            ExampleAlias        | prefix
            Alias/x             | prefix
            alias               | prefix
            aws/s3              | prefix
            a:b                 | prefix
            arn:aws:kms:us-east-2:111122223333:alias/x     | prefix
            arn:aws:kms:us-east-2:111122223333:alias/aws/x | prefix
            alias/aws/          | NotAuthorizedException
            alias/aws/s3        | NotAuthorizedException
            alias/aws/a:b       | NotAuthorizedException
            alias/a:b           | ValidationException: alias/a:b contains invalid characters for an alias
            alias/:             | ValidationException: alias/: contains invalid characters for an alias
            alias/              | InvalidAliasNameException: Alias name must not be empty
            """)
    void namesThatACustomerMayUse(String name, String expected) {
        assertThat(House.outcome(() -> AliasName.ofCustomer(name)))
                .isEqualTo(expected.equals("prefix") ? PREFIX : expected);
    }

    /**
     * Every check before the lookup, in the order of the documentation, and for
     * all three operations alike.
     */
    @ParameterizedTest
    @ValueSource(strings = {"CreateAlias", "UpdateAlias", "DeleteAlias"})
    void checksComeInAwsOrderInEveryOperation(String operation) {
        String target =
                operation.equals("DeleteAlias")
                        ? ""
                        : ",\"TargetKeyId\":\"" + House.UNKNOWN_KEY + "\"";
        String long256 = "alias/" + "x".repeat(250);
        String constraint = " at 'aliasName' failed to satisfy constraint: Member must ";
        String pattern = constraint + "satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$";
        try (House house = new House()) {
            House.Caller caller = house.caller();
            assertThat(caller.triedBody(operation, "{\"AliasName\":1" + target + "}"))
                    .isEqualTo(
                            "SerializationException: NUMBER_VALUE can not be converted to a String");
            assertThat(caller.triedBody(operation, "{\"X\":1" + target + "}"))
                    .isEqualTo(
                            "ValidationException: 1 validation error detected: Value null"
                                    + constraint
                                    + "not be null");
            assertThat(caller.triedBody(operation, "{\"AliasName\":\"\"" + target + "}"))
                    .isEqualTo(
                            "ValidationException: 2 validation errors detected: Value ''"
                                    + constraint
                                    + "have length greater than or equal to 1; Value ''"
                                    + pattern);
            assertThat(
                            caller.triedBody(
                                    operation,
                                    "{\"AliasName\":\"" + long256 + "x\"" + target + "}"))
                    .isEqualTo(
                            "ValidationException: 1 validation error detected: Value '"
                                    + long256
                                    + "x'"
                                    + constraint
                                    + "have length less than or equal to 256");
            assertThat(
                            caller.triedBody(
                                    operation, "{\"AliasName\":\"" + long256 + "\"" + target + "}"))
                    .startsWith("NotFoundException");
            assertThat(caller.triedBody(operation, "{\"AliasName\":\"a b\"" + target + "}"))
                    .isEqualTo(
                            "ValidationException: 1 validation error detected: Value 'a b'"
                                    + pattern);
            assertThat(caller.triedBody(operation, "{\"AliasName\":\"x\"" + target + "}"))
                    .isEqualTo(PREFIX);
            assertThat(caller.triedBody(operation, "{\"AliasName\":\"alias/aws/x\"" + target + "}"))
                    .isEqualTo("NotAuthorizedException");
            assertThat(caller.triedBody(operation, "{\"AliasName\":\"alias/x:\"" + target + "}"))
                    .isEqualTo(
                            "ValidationException: alias/x: contains invalid characters for an alias");
            assertThat(caller.triedBody(operation, "{\"AliasName\":\"alias/\"" + target + "}"))
                    .isEqualTo("InvalidAliasNameException: Alias name must not be empty");
        }
    }

    /** All members together in one message, before the name's own rules. */
    @ParameterizedTest
    @ValueSource(strings = {"CreateAlias", "UpdateAlias"})
    void bothMembersAreCheckedTogether(String operation) {
        try (House house = new House()) {
            String answer =
                    house.caller()
                            .triedBody(operation, "{\"AliasName\":\"a b\",\"TargetKeyId\":\"\"}");
            assertThat(answer)
                    .startsWith(
                            "ValidationException: 3 validation errors detected: Value 'a b' at 'aliasName'")
                    .contains(
                            "; Value '' at 'targetKeyId' failed to satisfy constraint: Member must have length greater than or equal to 1;");
            assertThat(house.caller().triedBody(operation, "{}"))
                    .isEqualTo(
                            "ValidationException: 2 validation errors detected: Value null at 'aliasName' failed to satisfy"
                                    + " constraint: Member must not be null; Value null at 'targetKeyId' failed to satisfy"
                                    + " constraint: Member must not be null");
            assertThat(
                            house.caller()
                                    .tried(
                                            operation,
                                            "AliasName",
                                            "alias/aws/x",
                                            "TargetKeyId",
                                            "é"))
                    .startsWith(
                            "ValidationException: 1 validation error detected: Value 'é' at 'targetKeyId'");
        }
    }

    @Test
    void aNameWithoutPrefixIsOurMistake() {
        assertThatThrownBy(() -> new AliasName("x")).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "us-east-2,aws",
        "cn-north-1,aws-cn",
        "us-gov-west-1,aws-us-gov",
        "eusc-de-east-1,aws-eusc",
        "my-home,aws"
    })
    void theArnNamesThePartitionOfTheRegion(String region, String partition) {
        assertThat(new AliasName("alias/x").in(House.ACCOUNT, new Region(region)))
                .hasToString("arn:" + partition + ":kms:" + region + ":111122223333:alias/x");
    }
}
