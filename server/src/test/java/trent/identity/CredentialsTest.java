package trent.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trent.call.Principal;
import trent.identity.Credentials.Unusable;
import trent.name.AccountId;

class CredentialsTest {

    private static final AccountId ACCOUNT = new AccountId("111122223333");
    private static final String ID = "AKIAIOSFODNN7EXAMPLE";
    private static final Holder ALICE =
            new Holder.User(ACCOUNT, "/team/", "Alice", "AIDACKCEVSQ6C2EXAMPLE");

    private final KnownHolders known = KnownHolders.nobody();

    @ParameterizedTest
    @CsvSource({
        "111122223333, aws, arn:aws:iam::111122223333:root",
        "111122223333, aws-cn, arn:aws-cn:iam::111122223333:root",
        "AKIAIOSFODNN7EXAMPLE, aws, arn:aws:iam::000000000000:root",
        "11112222333, aws, arn:aws:iam::000000000000:root",
        "'', aws, arn:aws:iam::000000000000:root",
    })
    void inDevelopmentTwelveDigitsNameTheAccount(String accessKeyId, String partition, String arn) {
        Principal principal =
                Objects.requireNonNull(known.anyones().anyone(accessKeyId, partition));

        assertThat(known.anyones().find(accessKeyId, null)).isEqualTo(Unusable.ANYONES);
        assertThat(principal.arn()).isEqualTo(arn);
        assertThat(arn).contains(principal.account().value());
    }

    @Test
    void inDevelopmentADisabledAccountIsNobodys() {
        known.disabled.add(ACCOUNT);

        assertThat(known.anyones().anyone(ACCOUNT.value(), "aws")).isNull();
    }

    @Test
    void aCredentialPrintsOnlyItsAccessKeyId() {
        Credential credential = credential(ID, "notToBeSeen");

        assertThat(credential).hasToString(ID);
        assertThat(credential.<String>readSecretAccessKey(CredentialsTest::text))
                .isEqualTo("notToBeSeen");
    }

    @Test
    void aStoredAccessKeyIsTheSameUntilItChanges() {
        Credential credential = credential(ID, "secret");
        known.put(credential, true);
        Credentials credentials = known.credentials();

        assertThat(credentials.find(ID, null)).isSameAs(credential);
        assertThat(credentials.find("akiaiosfodnn7example", null)).isEqualTo(Unusable.ACCESS_KEY);

        known.put(credential, false);
        assertThat(credentials.find(ID, null)).isEqualTo(Unusable.ACCESS_KEY);
        assertThat(known.anyones().find(ID, null)).isEqualTo(Unusable.ACCESS_KEY);
    }

    @Test
    void theCredentialGivenIsNotLookedUp() {
        Credential given = new Credential("root", new Holder.Root(ACCOUNT), new byte[] {1});
        Credentials credentials =
                Credentials.issued(given, known, known.tokens, known.holders(), known);

        assertThat(credentials.find("root", null)).isSameAs(given);
        assertThat(credentials.find("other", null)).isEqualTo(Unusable.ACCESS_KEY);
        assertThat(arn(credentials, given, "aws-cn"))
                .isEqualTo("arn:aws-cn:iam::111122223333:root");

        known.disabled.add(ACCOUNT);
        assertThat(credentials.principal(given, "aws", null)).isNull();
    }

    @Test
    void arnsAreInThePartitionOfTheCall() {
        Credential credential = credential(ID, "secret");

        assertThat(arn(known.credentials(), credential, "aws-us-gov"))
                .isEqualTo("arn:aws-us-gov:iam::111122223333:user/team/Alice");
    }

    @ParameterizedTest
    @CsvSource({"'', secret", "a/b, secret", "AKIA, ''"})
    void anAccessKeyHasAnIdWithoutSlashesAndASecret(String accessKeyId, String secret) {
        assertThatIllegalArgumentException().isThrownBy(() -> credential(accessKeyId, secret));
    }

    private static String arn(Credentials credentials, Credential credential, String partition) {
        return Objects.requireNonNull(credentials.principal(credential, partition, null)).arn();
    }

    private static Credential credential(String accessKeyId, String secret) {
        return new Credential(accessKeyId, ALICE, secret.getBytes(StandardCharsets.US_ASCII));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.US_ASCII);
    }
}
