package trent.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import trent.call.Principal;
import trent.call.Principal.Kind;
import trent.call.Session;
import trent.crypto.Entropy;
import trent.identity.Credentials.Unusable;
import trent.name.AccountId;
import trent.store.Store;

class SessionTokensTest {

    private static final AccountId ACCOUNT = new AccountId("111122223333");
    private static final String ROLE = "AROACKCEVSQ6C2EXAMPLE";
    private static final String ROLE_ARN = "arn:aws:iam::111122223333:role/team/app";
    private static final String ISSUER = "login.example.com/realm";
    private static final Entropy ENTROPY = new SecureRandom()::nextBytes;

    private final KnownHolders known = KnownHolders.nobody();

    SessionTokensTest() {
        known.arns.put(ROLE, ROLE_ARN);
        known.providers.put(
                ACCOUNT + " " + ISSUER,
                new WebIdentityProviders.Registered(
                        new Holder.Provider("OIDC1", ISSUER), Set.of("client")));
    }

    @Test
    void whatGoesInComesOut() {
        Holder.Temporary holder = holder(Kind.ROLE_SESSION, ROLE, full());

        SessionTokens.Issued issued = known.tokens.issue(holder, ENTROPY);

        Credential credential = opened(issued.token());
        assertThat(credential.accessKeyId()).isEqualTo(issued.key().id()).startsWith("ASIA");
        assertThat(credential.holder()).isEqualTo(holder);
        assertThat(credential.<String>readSecretAccessKey(SessionTokensTest::text))
                .isEqualTo(issued.key().shown())
                .hasSize(40);
        assertThat(issued.token()).startsWith("TRENT").hasSizeLessThan(SessionTokens.MAX_LENGTH);
        assertThat(issued.packed()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"ROOT", "USER", "ROLE_SESSION", "FEDERATED_USER"})
    void eachKindOfHolderComesOut(Kind kind) {
        Holder.Temporary holder = holder(kind, ROLE, plain("name"));

        SessionTokens.Issued issued = known.tokens.issue(holder, ENTROPY);

        assertThat(opened(issued.token()).holder()).isEqualTo(holder);
        assertThat(issued.packed()).isFalse();
        assertThat(issued.percent()).isBetween(1, 10);
    }

    @Test
    void anOpenedTokenIsTheSameObjectAgain() {
        String token = issue(ROLE).token();

        assertThat(opened(token)).isSameAs(opened(token));
        assertThat(opened(new String(token))).isSameAs(opened(token));
    }

    @Test
    void noTwoTokensAreAlike() {
        assertThat(issue(ROLE).token()).isNotEqualTo(issue(ROLE).token());
    }

    /** Every character changed, one at a time; and cut off anywhere. */
    @Test
    void aTokenThatWasTouchedIsNone() {
        String token = issue(ROLE).token();

        for (int i = 0; i < token.length(); i++) {
            char other = token.charAt(i) == 'A' ? 'B' : 'A';
            assertThat(known.tokens.open(token.substring(0, i) + other + token.substring(i + 1)))
                    .as("character %d", i)
                    .isNull();
            assertThat(known.tokens.open(token.substring(0, i))).as("cut at %d", i).isNull();
        }
        assertThat(known.tokens.open(token + "A")).isNull();
        assertThat(known.tokens.open(token + "AAAA")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "TRENT", "TRENTé", "FwoGZXIvYXdzEXAMPLE//token==", "TRENT€€€€"})
    void otherTextsAreNone(String text) {
        assertThat(known.tokens.open(text)).isNull();
        assertThat(known.tokens.open(text + "A".repeat(10_000))).isNull();
    }

    @Test
    void aTokenOfAnotherRootKeyIsNone() {
        SessionTokens others = new SessionTokens(Store.inMemory(ENTROPY));
        String token = others.issue(holder(Kind.ROLE_SESSION, ROLE, plain("s")), ENTROPY).token();
        String own = issue(ROLE).token();

        assertThat(known.tokens.open(token)).isNull();
        // Also where it claims to be sealed with this root key.
        assertThat(known.tokens.open(own.substring(0, 28) + token.substring(28))).isNull();
        assertThat(SessionTokens.isMarked(token)).isTrue();
        assertThat(known.anyones().find("ASIAIOSFODNN7EXAMPLE", token))
                .isEqualTo(Unusable.SESSION_TOKEN);
    }

    @Test
    void aTokenOfAnotherPurposeIsNone() {
        String own = issue(ROLE).token();
        String grant = known.store.sealToken("grant", Base64.getDecoder().decode(own));

        assertThat(known.tokens.open(own.substring(0, 28) + grant)).isNull();
    }

    @Test
    void theAccessKeyMustBeTheTokens() {
        SessionTokens.Issued one = issue(ROLE);
        SessionTokens.Issued other = issue(ROLE);
        Credentials credentials = known.credentials();

        assertThat(credentials.find(one.key().id(), one.token())).isInstanceOf(Credential.class);
        assertThat(credentials.find(one.key().id(), other.token()))
                .isEqualTo(Unusable.SESSION_TOKEN);
        assertThat(credentials.find(one.key().id(), null)).isEqualTo(Unusable.ACCESS_KEY);
    }

    @Test
    void aSessionEndsWithItsRoleForEver() {
        Credential credential = opened(issue(ROLE).token());
        Credentials credentials = known.credentials();
        Principal before = Objects.requireNonNull(credentials.principal(credential, "aws", null));
        assertThat(before.arn()).isEqualTo("arn:aws:sts::111122223333:assumed-role/app/s");
        assertThat(before.principalArn()).isEqualTo(ROLE_ARN);
        assertThat(credentials.principal(credential, "aws", before)).isSameAs(before);

        known.arns.remove(ROLE);
        known.arns.put("AROAOTHEROTHEROTHER22", ROLE_ARN); // made again under its old name

        assertThat(credentials.principal(credential, "aws", before)).isNull();
    }

    @Test
    void aSessionEndsWithItsProvider() {
        Holder.Temporary holder =
                new Holder.Temporary(
                        Kind.ROLE_SESSION,
                        ACCOUNT,
                        ROLE,
                        new Holder.Provider("OIDC1", ISSUER),
                        full());
        Credential credential = opened(known.tokens.issue(holder, ENTROPY).token());
        Credentials credentials = known.credentials();
        Principal cn = Objects.requireNonNull(credentials.principal(credential, "aws-cn", null));
        Session session = Objects.requireNonNull(cn.session());
        assertThat(session.federatedProvider())
                .isEqualTo("arn:aws-cn:iam::111122223333:oidc-provider/" + ISSUER);
        assertThat(session.policyArns())
                .containsExactly("arn:aws-cn:iam::111122223333:policy/limits");

        known.providers.put(
                ACCOUNT + " " + ISSUER,
                new WebIdentityProviders.Registered(
                        new Holder.Provider("OIDC2", ISSUER), Set.of("client")));

        assertThat(credentials.principal(credential, "aws-cn", cn)).isNull();
    }

    @Test
    void aSessionEndsWithItsAccount() {
        Credential role = opened(issue(ROLE).token());
        Credential root =
                opened(
                        known.tokens
                                .issue(holder(Kind.ROOT, ACCOUNT.value(), plain(null)), ENTROPY)
                                .token());
        Credentials credentials = known.credentials();
        assertThat(credentials.principal(root, "aws", null)).isNotNull();

        known.disabled.add(ACCOUNT);

        assertThat(credentials.principal(role, "aws", null)).isNull();
        assertThat(credentials.principal(root, "aws", null)).isNull();
    }

    @Test
    void aUsersSessionIsUnderTheUsersNameOfToday() {
        String user = "AIDACKCEVSQ6C2EXAMPLE";
        known.arns.put(user, "arn:aws:iam::111122223333:user/Alice");
        Credential credential =
                opened(known.tokens.issue(holder(Kind.USER, user, plain(null)), ENTROPY).token());
        Credentials credentials = known.credentials();
        Principal before = Objects.requireNonNull(credentials.principal(credential, "aws", null));

        known.arns.put(user, "arn:aws:iam::111122223333:user/team/Alicia");

        Principal after = Objects.requireNonNull(credentials.principal(credential, "aws", before));
        assertThat(before.arn()).isEqualTo("arn:aws:iam::111122223333:user/Alice");
        assertThat(after.arn()).isEqualTo("arn:aws:iam::111122223333:user/team/Alicia");
        assertThat(after.name()).isEqualTo("Alicia");
        assertThat(after.id()).isEqualTo(user);
    }

    @Test
    void theShareOfTheTokenTellsWhenItIsTooLong() {
        Map<String, String> tags = new HashMap<>();
        List<Integer> percents = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            tags.put("key" + i, Base64.getEncoder().encodeToString(ENTROPY.bytes(180)));
            SessionTokens.Issued issued =
                    known.tokens.issue(
                            holder(Kind.ROLE_SESSION, ROLE, tagged(Map.copyOf(tags))), ENTROPY);
            percents.add(issued.percent());
            assertThat(issued.token().length() <= SessionTokens.MAX_LENGTH)
                    .isEqualTo(issued.percent() <= 100);
            assertThat(known.tokens.open(issued.token()) != null)
                    .isEqualTo(issued.percent() <= 100);
        }
        assertThat(percents).isSorted();
        assertThat(percents.getFirst()).isLessThan(20);
        assertThat(percents.getLast()).isGreaterThan(100);
    }

    @ParameterizedTest
    @CsvSource({"000000000000", "111122223333", "999999999999", "123456789012"})
    void theIdOfATemporaryKeyTellsItsAccount(String account) {
        for (int i = 0; i < 20; i++) {
            String id = NewAccessKey.temporary(new AccountId(account), ENTROPY).id();
            assertThat(id).matches("ASIA[A-Z2-7]{16}");
            assertThat(NewAccessKey.accountOf(id).value()).isEqualTo(account);
        }
    }

    private Credential opened(String token) {
        return Objects.requireNonNull(known.tokens.open(token));
    }

    private SessionTokens.Issued issue(String role) {
        return known.tokens.issue(holder(Kind.ROLE_SESSION, role, plain("s")), ENTROPY);
    }

    private static Holder.Temporary holder(Kind kind, String id, Session session) {
        return new Holder.Temporary(kind, ACCOUNT, id, null, session);
    }

    private static Session plain(@Nullable String name) {
        return session(name, Map.of(), null, null, List.of());
    }

    private static Session tagged(Map<String, String> tags) {
        return session("s", tags, null, null, List.of());
    }

    private static Session full() {
        return new Session(
                "s1",
                Instant.ofEpochSecond(1_767_323_045),
                Instant.ofEpochSecond(1_767_326_645),
                Map.of("team", "blue", "grün", "ja"),
                Set.of("team"),
                "alice@example.com",
                null,
                true,
                "{\"Version\":\"2012-10-17\",\"Statement\":[]}",
                List.of("arn:aws:iam::111122223333:policy/limits"),
                12);
    }

    private static Session session(
            @Nullable String name,
            Map<String, String> tags,
            @Nullable String sourceIdentity,
            @Nullable String policy,
            List<String> policyArns) {
        return new Session(
                name,
                Instant.ofEpochSecond(1_767_323_045),
                Instant.ofEpochSecond(1_767_326_645),
                tags,
                Set.of(),
                sourceIdentity,
                null,
                false,
                policy,
                policyArns,
                null);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.US_ASCII);
    }
}
