package trent.grant;

import static org.assertj.core.api.Assertions.assertThat;
import static trent.House.OK;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trent.House;
import trent.House.Caller;
import trent.Stores;
import trent.api.CreateGrantResponse;
import trent.api.KmsOperation;
import trent.crypto.Entropy;
import trent.store.Store;

/** Tokens name grants, give nothing by themselves, and cannot be made up. */
class GrantTokensTest {

    private static final String FORGED = "InvalidGrantTokenException";
    private static final Entropy ENTROPY = new SecureRandom()::nextBytes;

    private final House house = new House();
    private final Caller caller = house.caller();
    private final String key = caller.newKey();

    @AfterEach
    void close() {
        house.close();
    }

    @Test
    void everyOperationThatTakesTokensTakesAGoodOne() {
        String token = grant(caller, key).grantToken();
        byte[] ciphertext = caller.encrypt(key);
        List<String> tokens = List.of(Objects.requireNonNull(token));
        assertThat(caller.tried("DescribeKey", "KeyId", key, "GrantTokens", tokens)).isEqualTo(OK);
        assertThat(
                        caller.tried(
                                "Encrypt",
                                "KeyId",
                                key,
                                "Plaintext",
                                new byte[1],
                                "GrantTokens",
                                tokens))
                .isEqualTo(OK);
        assertThat(caller.tried("Decrypt", "CiphertextBlob", ciphertext, "GrantTokens", tokens))
                .isEqualTo(OK);
        assertThat(
                        caller.tried(
                                "ReEncrypt",
                                "CiphertextBlob",
                                ciphertext,
                                "DestinationKeyId",
                                key,
                                "GrantTokens",
                                tokens))
                .isEqualTo(OK);
        assertThat(
                        caller.tried(
                                "GenerateDataKey",
                                "KeyId",
                                key,
                                "KeySpec",
                                "AES_256",
                                "GrantTokens",
                                tokens))
                .isEqualTo(OK);
        assertThat(createWith(token)).isEqualTo(OK);
        assertThat(createWith("Zm9yZ2Vk")).isEqualTo(FORGED);
    }

    @Test
    void aFlippedByteIsAForgery() {
        String token = Objects.requireNonNull(grant(caller, key).grantToken());
        byte[] bytes = Base64.getDecoder().decode(token);
        for (int i = 0; i < bytes.length; i++) {
            byte[] flipped = bytes.clone();
            flipped[i] ^= (byte) (1 << (i % 8));
            assertThat(described(Base64.getEncoder().encodeToString(flipped)))
                    .as("byte " + i)
                    .isEqualTo(FORGED);
        }
        for (int i = 0; i < token.length(); i++) {
            for (char other : new char[] {'A', 'B', '/', '=', '*'}) {
                String changed = token.substring(0, i) + other + token.substring(i + 1);
                assertThat(described(changed))
                        .as("character " + i)
                        .isEqualTo(changed.equals(token) ? OK : FORGED);
            }
        }
        assertThat(described(token)).isEqualTo(OK);
    }

    @Test
    void aShorterOrLongerTokenIsAForgery() {
        String token = Objects.requireNonNull(grant(caller, key).grantToken());
        byte[] bytes = Base64.getDecoder().decode(token);
        for (int length = 0; length < bytes.length; length++) {
            String cut = Base64.getEncoder().encodeToString(Arrays.copyOf(bytes, length));
            assertThat(described(cut.isEmpty() ? "=" : cut)).isEqualTo(FORGED);
        }
        for (String more : List.of("A", "=", " ", "\n", token)) {
            assertThat(described(token + more)).isEqualTo(FORGED);
        }
    }

    @Test
    void oneBadTokenAmongGoodOnesIsTold() {
        List<String> tokens = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            tokens.add(Objects.requireNonNull(grant(caller, key).grantToken()));
        }
        tokens.add("bad");
        assertThat(caller.tried("DescribeKey", "KeyId", key, "GrantTokens", tokens))
                .isEqualTo(FORGED);
    }

    @Test
    void aTokenOfAnotherStoreIsAForgery() {
        try (House other = new House()) {
            Caller root = other.caller();
            assertThat(described(Objects.requireNonNull(grant(root, root.newKey()).grantToken())))
                    .isEqualTo(FORGED);
        }
    }

    @Test
    void aTokenForAnotherPurposeIsAForgery() {
        assertThat(described(house.store().sealToken("import", new byte[70]))).isEqualTo(FORGED);
    }

    @Test
    void aTokenOfAnotherKeyOrRegionOrOfAGoneGrantIsWithoutEffect() {
        String other = Objects.requireNonNull(grant(caller, caller.newKey()).grantToken());
        Caller elsewhere = house.root(House.ACCOUNT, House.OTHER_REGION);
        String abroad = Objects.requireNonNull(grant(elsewhere, elsewhere.newKey()).grantToken());
        String revoked = Objects.requireNonNull(grant(caller, key).grantToken());
        caller.ask(KmsOperation.RETIRE_GRANT, "GrantToken", revoked);
        for (String token : List.of(other, abroad, revoked)) {
            assertThat(described(token)).isEqualTo(OK);
        }
    }

    @Test
    void noTwoTokensAreTheSame() {
        Set<String> tokens = new TreeSet<>();
        for (int i = 0; i < 100; i++) {
            tokens.add(
                    Objects.requireNonNull(
                            caller.ask(
                                            KmsOperation.CREATE_GRANT,
                                            "KeyId",
                                            key,
                                            "GranteePrincipal",
                                            "arn:aws:iam::111122223333:user/alice",
                                            "Operations",
                                            List.of("Encrypt"),
                                            "Name",
                                            "same")
                                    .grantToken()));
        }
        assertThat(tokens).hasSize(100);
    }

    @Test
    void grantsAndTheirTokensOutliveARestart(@TempDir Path folder)
            throws IOException, Store.CannotOpen {
        Stores.Place place = Stores.in(folder);
        String kept;
        CreateGrantResponse made;
        try (House first = new House(place.open(ENTROPY), ENTROPY)) {
            kept = first.caller().newKey();
            made = grant(first.caller(), kept);
        }
        try (House second = new House(place.open(ENTROPY), ENTROPY)) {
            Caller root = second.caller();
            assertThat(
                            Objects.requireNonNull(
                                    root.ask(KmsOperation.LIST_GRANTS, "KeyId", kept).grants()))
                    .extracting(grant -> Objects.requireNonNull(grant.grantId()))
                    .containsExactly(Objects.requireNonNull(made.grantId()));
            assertThat(root.tried("RetireGrant", "GrantToken", made.grantToken())).isEqualTo(OK);
            assertThat(root.ask(KmsOperation.LIST_GRANTS, "KeyId", kept).grants()).isEmpty();
        }
    }

    private String described(String token) {
        return caller.tried("DescribeKey", "KeyId", key, "GrantTokens", List.of(token));
    }

    private String createWith(@Nullable String token) {
        return caller.tried(
                "CreateGrant",
                "KeyId",
                key,
                "GranteePrincipal",
                "arn:aws:iam::111122223333:user/alice",
                "Operations",
                List.of("Encrypt"),
                "GrantTokens",
                List.of(Objects.requireNonNull(token)));
    }

    private static CreateGrantResponse grant(Caller caller, String key) {
        return caller.ask(
                KmsOperation.CREATE_GRANT,
                "KeyId",
                key,
                "GranteePrincipal",
                "arn:aws:iam::111122223333:user/alice",
                "Operations",
                List.of("Encrypt"));
    }
}
