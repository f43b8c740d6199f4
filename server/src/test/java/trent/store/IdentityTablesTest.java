package trent.store;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import trent.Stores;
import trent.crypto.Entropy;
import trent.name.AccountId;
import trent.seal.Secret;

/** The tables of identities: names, versions, and secrets that are in no file. */
@Timeout(60)
class IdentityTablesTest {

    private static final Entropy ENTROPY = new SecureRandom()::nextBytes;
    private static final AccountId ACCOUNT = new AccountId("111122223333");
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final String SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    private static final Duration GONE = Duration.ofSeconds(10);

    @TempDir Path folder = Path.of("");
    private Stores.Place place;

    @BeforeEach
    void choose() {
        place = Stores.in(folder);
    }

    @Test
    void aNameIsTakenWithoutCaseInItsAccountAndKindOnly() throws IOException {
        try (Store store = Stores.fresh(ENTROPY)) {
            assertThat(added(store, ACCOUNT, EntityKind.USER, "AIDA1", "Bob")).isTrue();
            assertThat(added(store, ACCOUNT, EntityKind.USER, "AIDA2", "bOB")).isFalse();
            assertThat(added(store, ACCOUNT, EntityKind.ROLE, "AROA1", "Bob")).isTrue();
            AccountId other = new AccountId("444455556666");
            assertThat(added(store, other, EntityKind.USER, "AIDA3", "Bob")).isTrue();
        }
    }

    /** What was read at a version is as good as that version: each commit raises it, once. */
    @Test
    void everyChangeOfAnIdentityRaisesTheVersionOfItsAccount() throws IOException {
        try (Store store = Stores.fresh(ENTROPY)) {
            assertThat(store.account(ACCOUNT).state()).isEqualTo(Account.State.UNKNOWN);
            long before = store.account(ACCOUNT).identityVersion();
            added(store, ACCOUNT, EntityKind.USER, "AIDA1", "Bob");
            long created = store.account(ACCOUNT).identityVersion();
            assertThat(created).isGreaterThan(before);
            store.write(
                    tx -> {
                        Entity bob = Objects.requireNonNull(tx.entities().find("AIDA1"));
                        tx.entityTags().put(bob, "team", "a");
                        tx.entityTags().put(bob, "TEAM", "b");
                        tx.entityPolicies().putInline(bob, "p", "{}");
                        return true;
                    });
            assertThat(store.account(ACCOUNT).identityVersion()).isEqualTo(created + 1);
            Map<String, String> tags = store.read(tx -> tx.entityTags().of("AIDA1"));
            assertThat(tags).containsExactly(Map.entry("TEAM", "b"));
        }
    }

    @Test
    void anAccessKeyIsKeptSealedAndOutlivesARestart() throws Exception {
        try (Store store = open()) {
            insert(store, "AKIAIOSFODNN7EXAMPLE");
            assertThat(secret(store, "AKIAIOSFODNN7EXAMPLE")).isEqualTo(SECRET);
            assertThat(store.accessKey("AKIAIOSFODNN7NOBODYS").isNobodys()).isTrue();
        }
        try (Store store = open()) {
            assertThat(secret(store, "AKIAIOSFODNN7EXAMPLE")).isEqualTo(SECRET);
            assertThat(filesHold(SECRET)).as("the secret in clear").isFalse();
        }
    }

    @Test
    @Tag("sqlite")
    void aDeletedSecretIsInNoFile() throws Exception {
        try (Store store = open()) {
            insert(store, "AKIAIOSFODNN7EXAMPLE");
            insert(store, "AKIAIOSFODNN7ANOTHER");
            String deleted = sealed("AKIAIOSFODNN7EXAMPLE");
            String kept = sealed("AKIAIOSFODNN7ANOTHER");
            delete(store, "AKIAIOSFODNN7EXAMPLE");
            assertThat(store.accessKey("AKIAIOSFODNN7EXAMPLE").isDeleted()).isTrue();
            assertThat(store.accessKey("AKIAIOSFODNN7EXAMPLE").secret()).isNull();
            assertThat(store.accessKey("AKIAIOSFODNN7EXAMPLE").account())
                    .as("whose it was")
                    .isEqualTo(store.accessKey("AKIAIOSFODNN7ANOTHER").account());
            long end = System.nanoTime() + GONE.toNanos();
            while (filesHold(deleted)) {
                assertThat(System.nanoTime()).as("time to erase it").isLessThan(end);
                LockSupport.parkNanos(20_000_000);
            }
            assertThat(filesHold(kept)).as("the other's sealed secret").isTrue();
            assertThat(secret(store, "AKIAIOSFODNN7ANOTHER")).isEqualTo(SECRET);
        }
    }

    /** In memory nobody erases later. */
    @Test
    @Tag("sqlite")
    void aStoreInMemoryForgetsASecretAtOnce() throws IOException {
        try (Store store = Store.inMemory(ENTROPY)) {
            insert(store, "AKIAIOSFODNN7EXAMPLE");
            delete(store, "AKIAIOSFODNN7EXAMPLE");
            assertThat(store.<Long>read(tx -> Seals.last(tx.sql()))).isZero();
        }
    }

    /** Another's key, by changing whose it is in the database, opens for nobody. */
    @Test
    void aSecretIsBoundToItsOwner() throws Exception {
        try (Store store = open()) {
            insert(store, "AKIAIOSFODNN7EXAMPLE");
        }
        place.update("update access_key set owner_id = 'AIDA7'");
        try (Store store = open()) {
            assertThatThrownBy(() -> store.accessKey("AKIAIOSFODNN7EXAMPLE"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("access key AKIAIOSFODNN7EXAMPLE");
        }
    }

    private static boolean added(
            Store store, AccountId account, EntityKind kind, String id, String name) {
        return store.write(
                tx -> tx.entities().insert(Entity.created(account, kind, id, name, "/", NOW)));
    }

    private static void insert(Store store, String id) {
        boolean inserted =
                store.write(
                        tx ->
                                tx.accessKeys()
                                        .insert(
                                                id,
                                                ACCOUNT,
                                                "AIDA1",
                                                new Secret(SECRET.getBytes(US_ASCII)),
                                                NOW));
        assertThat(inserted).isTrue();
    }

    private static void delete(Store store, String id) {
        store.write(
                tx -> {
                    tx.accessKeys().delete(Objects.requireNonNull(tx.accessKeys().find(id)));
                    return true;
                });
    }

    private static String secret(Store store, String id) {
        Secret secret = store.accessKey(id).secret();
        return secret == null ? "" : secret.read(bytes -> new String(bytes, US_ASCII));
    }

    /** The salt of the sealed secret, which nothing else has. */
    private String sealed(String id) throws SQLException {
        String number;
        try (Connection database = place.connect();
                Statement statement = database.createStatement()) {
            try (ResultSet row =
                    statement.executeQuery(
                            "select hex(sealed) from access_key where id = '" + id + "'")) {
                number = row.next() ? row.getString(1).substring(2) : "";
            }
            try (ResultSet row =
                    statement.executeQuery(
                            "select hex(substr(value, 2, 12)) from seal where id = "
                                    + Long.parseLong(number, 16))) {
                return row.next()
                        ? new String(HexFormat.of().parseHex(row.getString(1)), ISO_8859_1)
                        : "";
            }
        }
    }

    private boolean filesHold(String text) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (new String(Files.readAllBytes(file), ISO_8859_1).contains(text)) {
                    return true;
                }
            }
        }
        return false;
    }

    private Store open() throws IOException, Store.CannotOpen {
        return place.open(ENTROPY);
    }
}
