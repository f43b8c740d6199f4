package trent.name;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trent.House;
import trent.api.InvalidArnException;

/**
 * How requests name keys. Source: AWS KMS Developer Guide, "Key identifiers
 * (KeyId)", and recorded replies.
 */
class KeyReferenceTest {

    private static final String ALIASES =
            "InvalidArnException: Key Aliases are not supported for this operation.";

    /** {@code A} is the ARN of this account and Region up to the resource. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
            1234abcd-12ab-34cd-56ef-1234567890ab            | NotFoundException: Key 'A:key/1234abcd-12ab-34cd-56ef-1234567890ab' does not exist
            1234ABCD-12AB-34CD-56EF-1234567890AB            | NotFoundException: Key 'A:key/1234ABCD-12AB-34CD-56EF-1234567890AB' does not exist
            mrk-1234abcd12ab34cd56ef1234567890ab            | NotFoundException: Key 'A:key/mrk-1234abcd12ab34cd56ef1234567890ab' does not exist
            mrk-1234ABCD12AB34CD56EF1234567890AB            | NotFoundException: Key 'A:key/mrk-1234ABCD12AB34CD56EF1234567890AB' does not exist
            A:key/1234abcd-12ab-34cd-56ef-1234567890ab      | NotFoundException: Key 'A:key/1234abcd-12ab-34cd-56ef-1234567890ab' does not exist
            x                                               | NotFoundException: Invalid keyId 'x'
            ExampleAlias                                    | NotFoundException: Invalid keyId 'ExampleAlias'
            1234abcd-12ab-34cd-56ef-1234567890a             | NotFoundException: Invalid keyId '1234abcd-12ab-34cd-56ef-1234567890a'
            1234abcd-12ab-34cd-56ef-1234567890abc           | NotFoundException: Invalid keyId '1234abcd-12ab-34cd-56ef-1234567890abc'
            1234abcd-12ab-34cd-56ef-1234567890ag            | NotFoundException: Invalid keyId '1234abcd-12ab-34cd-56ef-1234567890ag'
            1234abcd+12ab-34cd-56ef-1234567890ab            | NotFoundException: Invalid keyId '1234abcd+12ab-34cd-56ef-1234567890ab'
            1234abcd12ab34cd56ef1234567890ab                | NotFoundException: Invalid keyId '1234abcd12ab34cd56ef1234567890ab'
            MRK-1234abcd12ab34cd56ef1234567890ab            | NotFoundException: Invalid keyId 'MRK-1234abcd12ab34cd56ef1234567890ab'
            mrk-1234abcd-12ab-34cd-56ef-1234567890ab        | NotFoundException: Invalid keyId 'mrk-1234abcd-12ab-34cd-56ef-1234567890ab'
            key/1234abcd-12ab-34cd-56ef-1234567890ab        | NotFoundException: Invalid keyId 'key/1234abcd-12ab-34cd-56ef-1234567890ab'
            Alias/x                                         | NotFoundException: Invalid keyId 'Alias/x'
            A:key/x                                         | NotFoundException: Invalid keyId x
            A:key/                                          | "NotFoundException: Invalid keyId "
            arn:aws:kms:eu-west-1:111122223333:key/x        | NotFoundException: Invalid arn eu-west-1
            arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab | NotFoundException: Invalid arn eu-west-1
            arn:aws-cn:kms:us-east-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab | NotFoundException: Invalid arn us-east-2
            arn:aws:iam::111122223333:root                  | InvalidArnException: Invalid arn arn:aws:iam::111122223333:root
            arn:aws:kms:us-east-2:1111:key/x                | InvalidArnException: Invalid arn arn:aws:kms:us-east-2:1111:key/x
            arn:aws:kms                                     | InvalidArnException: Invalid arn arn:aws:kms
            A:grant/x                                       | InvalidArnException: Invalid arn A:grant/x
            """)
    void keysThatAreNone(String given, String expected) {
        String arn = "arn:aws:kms:us-east-2:111122223333";
        String keyId = given.replace("A:", arn + ":");
        String outcome = expected.replace("A:", arn + ":");
        try (House house = new House()) {
            assertThat(house.caller().tried("DescribeKey", "KeyId", keyId)).isEqualTo(outcome);
            assertThat(house.caller().tried("EnableKey", "KeyId", keyId)).isEqualTo(outcome);
            assertThat(house.caller().tried("Encrypt", "KeyId", keyId, "Plaintext", new byte[1]))
                    .isEqualTo(outcome);
            assertThat(house.caller().tried("ListAliases", "KeyId", keyId)).isEqualTo(outcome);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            alias/x                                   | NotFoundException: Alias arn:aws:kms:us-east-2:111122223333:alias/x is not found.
            alias/aws/other                              | NotFoundException: Alias arn:aws:kms:us-east-2:111122223333:alias/aws/other is not found.
            alias/                                    | NotFoundException: Alias arn:aws:kms:us-east-2:111122223333:alias/ is not found.
            arn:aws:kms:us-east-2:111122223333:alias/x | NotFoundException: Alias arn:aws:kms:us-east-2:111122223333:alias/x is not found.
            arn:aws:kms:eu-west-1:111122223333:alias/x | NotFoundException: Invalid arn eu-west-1
            arn:aws:kms:eu-west-1:1:alias/x           | InvalidArnException: Invalid arn arn:aws:kms:eu-west-1:1:alias/x
            """)
    void aliasesThatAreNone(String keyId, String whereAliasesMayStand) {
        try (House house = new House()) {
            assertThat(house.caller().tried("DescribeKey", "KeyId", keyId))
                    .isEqualTo(whereAliasesMayStand);
            assertThat(house.caller().tried("EnableKey", "KeyId", keyId)).isEqualTo(ALIASES);
        }
    }

    @Test
    void anEmptyKeyIdIsRefusedAsAMember() {
        try (House house = new House()) {
            assertThat(house.caller().tried("DescribeKey", "KeyId", ""))
                    .isEqualTo(
                            "ValidationException: 2 validation errors detected: Value '' at 'keyId' failed to satisfy"
                                    + " constraint: Member must have length greater than or equal to 1; Value '' at 'keyId'"
                                    + " failed to satisfy constraint: Member must satisfy regular expression pattern:"
                                    + " ^\\p{ASCII}+$");
        }
    }

    /** An upper-case id is well formed, and no key's. */
    @Test
    void keyIdsAreComparedWithCase() {
        try (House house = new House()) {
            String key = house.caller().newKey();
            String upper = key.toUpperCase(Locale.ROOT);
            if (!upper.equals(key)) {
                assertThat(house.caller().tried("DescribeKey", "KeyId", upper))
                        .isEqualTo(
                                "NotFoundException: Key '"
                                        + house.caller().arn(upper)
                                        + "' does not exist");
            }
            assertThat(
                            house.caller()
                                    .tried(
                                            "DescribeKey",
                                            "KeyId",
                                            house.caller().arn(key).toString()))
                    .isEqualTo(House.OK);
        }
    }

    @Property(tries = 200)
    void keyIdsReadBackFromTheirBytes(
            @ForAll @Size(16) byte[] random, @ForAll boolean multiRegion) {
        KeyId id = KeyId.of(random, multiRegion);
        assertThat(id.value())
                .matches(
                        multiRegion
                                ? "mrk-[0-9a-f]{32}"
                                : "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
        assertThat(id.bytes()).hasSize(KeyId.BYTES);
        assertThat(KeyId.parse(id.bytes(), 0)).isEqualTo(id);
        assertThat(id.multiRegion()).isEqualTo(multiRegion);
    }

    @Test
    void valuesCannotExistWrong() {
        assertThatThrownBy(() -> new KeyId("x")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(
                        () ->
                                KeyId.parse(
                                        new byte[] {
                                            2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
                                        },
                                        0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new AccountId("11112222333"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new AccountId("11112222333x"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Region("US-EAST-2"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Region("")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> KeyReference.parseKey("alias/x", House.ACCOUNT, House.REGION))
                .isInstanceOf(InvalidArnException.class);
    }
}
