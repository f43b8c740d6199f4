package trent.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import trent.call.Principal;
import trent.name.AccountId;

class CredentialsTest {

    private static final AccountId ACCOUNT = new AccountId("111122223333");
    private static final Principal ALICE =
            new Principal(ACCOUNT, "arn:aws:iam::111122223333:user/Alice");

    @ParameterizedTest
    @CsvSource({
        "111122223333, aws, arn:aws:iam::111122223333:root",
        "111122223333, aws-cn, arn:aws-cn:iam::111122223333:root",
        "AKIAIOSFODNN7EXAMPLE, aws, arn:aws:iam::000000000000:root",
        "11112222333, aws, arn:aws:iam::000000000000:root",
        "'', aws, arn:aws:iam::000000000000:root",
    })
    void inDevelopmentTwelveDigitsNameTheAccount(String accessKeyId, String partition, String arn) {
        Principal principal = new Credentials.Anyone().principal(accessKeyId, partition);

        assertThat(principal.arn()).isEqualTo(arn);
        assertThat(arn).contains(principal.account().value());
    }

    @Test
    void aCredentialPrintsOnlyItsAccessKeyId() {
        Credential credential = credential("AKIAIOSFODNN7EXAMPLE", "notToBeSeen");

        assertThat(credential).hasToString("AKIAIOSFODNN7EXAMPLE");
        assertThat(credential.<String>readSecretAccessKey(CredentialsTest::text))
                .isEqualTo("notToBeSeen");
    }

    @Test
    void onlyTheCredentialsGivenAreKnown() {
        Credential credential = credential("AKIAIOSFODNN7EXAMPLE", "secret");
        Map<String, Credential> given = new HashMap<>(Map.of("AKIAIOSFODNN7EXAMPLE", credential));
        Credentials.Known known = new Credentials.Known(given);
        given.clear();

        assertThat(known.find("AKIAIOSFODNN7EXAMPLE")).isSameAs(credential);
        assertThat(known.find("akiaiosfodnn7example")).isNull();
    }

    @Test
    void aCredentialIsFiledUnderItsOwnId() {
        Map<String, Credential> wrong =
                Map.of("AKIAI44QH8DHBEXAMPLE", credential("AKIA", "secret"));

        assertThatIllegalArgumentException().isThrownBy(() -> new Credentials.Known(wrong));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Alice",
                "arn:aws:iam::444455556666:root",
                "arn:aws:iam::111122223333:",
                "urn:aws:iam::111122223333:root",
            })
    void aPrincipalHasAnArnOfItsAccount(String arn) {
        assertThatIllegalArgumentException().isThrownBy(() -> new Principal(ACCOUNT, arn));
    }

    @ParameterizedTest
    @CsvSource({"'', secret", "a/b, secret", "AKIA, ''"})
    void anAccessKeyHasAnIdWithoutSlashesAndASecret(String accessKeyId, String secret) {
        assertThatIllegalArgumentException().isThrownBy(() -> credential(accessKeyId, secret));
    }

    private static Credential credential(String accessKeyId, String secret) {
        return new Credential(accessKeyId, ALICE, secret.getBytes(StandardCharsets.US_ASCII));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.US_ASCII);
    }
}
