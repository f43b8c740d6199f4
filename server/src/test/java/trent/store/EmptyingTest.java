package trent.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import trent.House;
import trent.api.KmsOperation;
import trent.crypto.Entropy;
import trent.name.AccountId;
import trent.name.KeyArn;
import trent.seal.RootKeyFile;
import trent.seal.Secret;
import trent.testing.EmbeddedPostgres;

/** A store that was emptied is one that was just made, in every table, and under the same root key. */
@Timeout(120)
class EmptyingTest {

    private static final Entropy ENTROPY = new SecureRandom()::nextBytes;
    private static final AccountId ACCOUNT = new AccountId("444455556666");

    @TempDir Path folder = Path.of("");

    @Test
    @Tag("sqlite")
    void nothingIsLeftInAnyTable() throws Exception {
        try (Store store = open()) {
            Map<String, Long> fresh = counted();
            assertThat(fresh.keySet())
                    .as("a table that nobody empties would keep what was in it")
                    .containsExactlyInAnyOrderElementsOf(known());
            fill(store);
            Map<String, Long> filled = counted();
            assertThat(filled.values().stream().mapToLong(Long::longValue).sum())
                    .isGreaterThan(fresh.values().stream().mapToLong(Long::longValue).sum() + 10);

            store.empty(ENTROPY);

            fresh.merge("setting", 1L, Long::sum); // which era this is
            assertThat(counted()).isEqualTo(fresh);
            fill(store); // it takes the same things again
            assertThat(counted().get("kms_key")).isEqualTo(filled.get("kms_key"));
        }
    }

    @Test
    @Tag("sqlite")
    void memoryForgetsAndTheNextStartFindsItEmpty() throws Exception {
        KeyArn key;
        try (Store store = open()) {
            key = fill(store);
            assertThat(store.key(key)).isNotNull();
            assertThat(store.materials(key).all()).isNotEmpty();
            assertThat(store.account(ACCOUNT).listed()).isTrue();

            store.empty(ENTROPY);

            assertThat(store.key(key)).isNull();
            assertThat(store.materials(key).all()).isEmpty();
            assertThat(store.keyPolicy(key)).isNull();
            assertThat(store.tagsOf(key)).isEmpty();
            assertThat(store.account(ACCOUNT).listed()).isFalse();
            assertThat(store.accessKey("AKIAIOSFODNN7EXAMPLE").isNobodys()).isTrue();
        }
        try (Store store = open()) {
            assertThat(store.key(key)).isNull();
            KeyArn again = fill(store);
            assertThat(store.materials(again).all()).hasSize(1);
        }
    }

    @Test
    @Tag("sqlite")
    void tokensOfBeforeOpenNoMore() throws Exception {
        String first;
        String second;
        try (Store store = open()) {
            first = store.sealToken("session", new byte[] {1});
            assertThat(store.openToken("session", first)).isPresent();
            store.empty(ENTROPY);
            assertThat(store.openToken("session", first)).isEmpty();
            second = store.sealToken("session", new byte[] {2});
            assertThat(store.openToken("session", second)).contains(new byte[] {2});
        }
        try (Store store = open()) {
            assertThat(store.openToken("session", first)).isEmpty();
            assertThat(store.openToken("session", second)).contains(new byte[] {2});
            store.empty(ENTROPY);
            assertThat(store.openToken("session", second)).isEmpty();
        }
    }

    /** The same file takes the next test's keys: it does not grow from one to the next. */
    @Test
    @Tag("sqlite")
    void aHundredTimesLeaveTheFileAsItIs() throws Exception {
        try (Store store = open()) {
            fill(store);
            store.empty(ENTROPY);
            long pages = pages();
            for (int i = 0; i < 100; i++) {
                fill(store);
                store.empty(ENTROPY);
            }
            assertThat(pages()).isLessThanOrEqualTo(pages + 2);
        }
    }

    @Test
    @Tag("sqlite")
    void noSealedMaterialIsLeftInTheFile() throws Exception {
        List<byte[]> sealed = new ArrayList<>();
        try (Store store = open()) {
            House.Caller caller = new House(store, ENTROPY).caller();
            for (int i = 0; i < 50; i++) {
                String _ = caller.newKey();
            }
            try (Connection connection = connect();
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("select value from seal")) {
                while (rows.next()) {
                    sealed.add(rows.getBytes(1));
                }
            }
            store.empty(ENTROPY);
        } // which writes the log into the database
        assertThat(sealed).hasSizeGreaterThanOrEqualTo(50);
        byte[] file = Files.readAllBytes(folder.resolve("trent.db"));
        assertThat(sealed).noneMatch(each -> contains(file, each));
    }

    @Test
    @Tag("postgresql")
    void aStoreThatNodesShareIsNotEmptied() throws Exception {
        RootKeyFile rootKey = new RootKeyFile(folder.resolve("shared.key"));
        PostgresSettings place = PostgresSettings.of(EmbeddedPostgres.shared().newDatabase());
        Store.init(place, rootKey, ENTROPY);
        try (Store store = Store.open(place, rootKey, ENTROPY)) {
            assertThatIllegalStateException().isThrownBy(() -> store.empty(ENTROPY));
        }
    }

    private static boolean contains(byte[] file, byte[] part) {
        for (int at = 0; at + part.length <= file.length; at++) {
            int same = 0;
            while (same < part.length && file[at + same] == part[same]) {
                same++;
            }
            if (same == part.length) {
                return true;
            }
        }
        return false;
    }

    private static List<String> known() {
        List<String> tables = new ArrayList<>(List.of("seal", "setting"));
        Emptying.STATEMENTS.forEach(each -> tables.add(each.substring("delete from ".length())));
        return tables;
    }

    /** A key with what can be its own, and an account with an access key. */
    private static KeyArn fill(Store store) {
        House.Caller caller = new House(store, ENTROPY).caller();
        String key = caller.newKey();
        caller.ask(KmsOperation.CREATE_ALIAS, "AliasName", "alias/emptied", "TargetKeyId", key);
        caller.ask(
                KmsOperation.TAG_RESOURCE,
                "KeyId",
                key,
                "Tags",
                List.of(Map.of("TagKey", "team", "TagValue", "blue")));
        caller.ask(
                KmsOperation.CREATE_GRANT,
                "KeyId",
                key,
                "GranteePrincipal",
                "arn:aws:iam::" + House.ACCOUNT + ":root",
                "Operations",
                List.of("Encrypt"));
        store.write(
                tx -> {
                    boolean _ = tx.accounts().add(ACCOUNT);
                    try (Secret secret = new Secret(new byte[40])) {
                        return tx.accessKeys()
                                .insert(
                                        "AKIAIOSFODNN7EXAMPLE",
                                        ACCOUNT,
                                        ACCOUNT.value(),
                                        secret,
                                        Instant.parse("2026-01-02T03:04:05Z"));
                    }
                });
        return caller.arn(key);
    }

    private Store open() throws IOException, Store.CannotOpen {
        return Store.open(folder, new RootKeyFile(folder.resolve("root.key")), ENTROPY);
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("trent.db"));
    }

    private long pages() throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("pragma page_count")) {
            return rows.getLong(1);
        }
    }

    private Map<String, Long> counted() throws SQLException {
        Map<String, Long> counts = new TreeMap<>();
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            List<String> tables = new ArrayList<>();
            try (ResultSet rows =
                    statement.executeQuery(
                            "select name from sqlite_master where type = 'table' and name not like 'sqlite%'")) {
                while (rows.next()) {
                    tables.add(rows.getString(1));
                }
            }
            for (String table : tables) {
                try (ResultSet rows = statement.executeQuery("select count(*) from " + table)) {
                    counts.put(table, rows.getLong(1));
                }
            }
        }
        return counts;
    }
}
