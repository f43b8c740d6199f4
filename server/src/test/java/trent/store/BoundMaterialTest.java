package trent.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import trent.House;
import trent.Stores;
import trent.api.KmsOperation;
import trent.crypto.Entropy;
import trent.name.AccountId;
import trent.name.KeyArn;
import trent.name.Region;

/** What stands beside a sealed material cannot be changed unseen, and hurts its own key only. */
@Timeout(60)
class BoundMaterialTest {

    private static final Entropy ENTROPY = new SecureRandom()::nextBytes;
    private static final Duration BOUND = Duration.ofSeconds(30);
    private static final String DONE = "materials bound, sealed";

    @TempDir Path folder = Path.of("");
    private Stores.Place place;

    @BeforeEach
    void choose() {
        place = Stores.in(folder);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "update kms_key set spec = 'RSA_2048' where key_id = '%s'",
                "update kms_key set key_usage = 'KEY_AGREEMENT' where key_id = '%s'",
                "update kms_key set origin = 'EXTERNAL' where key_id = '%s'",
                "update key_material set valid_to_ms = 9999999999999 where key_id = '%s'",
                "update key_material set expiration_model = 'KEY_MATERIAL_DOES_NOT_EXPIRE' where key_id = '%s'",
                "update key_material set public_key = (select public_key from key_material where key_id = '%s')"
                        + " where key_id = '%s'",
                "update key_material set public_key = null where key_id = '%s'",
                "update key_material set sealed = (select sealed from key_material where key_id = '%s')"
                        + " where key_id = '%s'",
                "update seal set value = (select value from seal where id = (select min(id) from seal))"
                        + " where id = (select max(id) from seal)",
                "update seal set value = x'' where id = (select max(id) from seal)",
                "delete from seal where id = (select max(id) from seal)",
            })
    void whatIsAlteredIsRefusedForItsKeyAlone(String edit) throws Exception {
        String stranger;
        String key;
        try (House house = open()) {
            stranger = ecc(house.caller());
            key = ecc(house.caller());
            assertThat(publicKey(house.caller(), key))
                    .isNotEqualTo(publicKey(house.caller(), stranger));
        }
        long places = edit.chars().filter(c -> c == '%').count();
        sql(places == 2 ? edit.formatted(stranger, key) : edit.formatted(key));
        try (House house = open()) {
            assertThatThrownBy(() -> publicKey(house.caller(), key))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("the sealed value of " + house.caller().arn(key))
                    .hasMessageContaining("was altered");
            assertThat(publicKey(house.caller(), stranger)).isNotEmpty();
        }
    }

    /** Made by a real server of the version before. */
    @Test
    @Tag("sqlite")
    void aStoreOfTheOldFormIsBoundAndThenTakesNoOldRow() throws Exception {
        Properties facts = oldStore();
        String symmetric = facts.getProperty("symmetric");
        List<byte[]> old =
                blobs("select sealed from key_material where key_id = '%s'".formatted(symmetric));
        assertThat(old).hasSize(2).allMatch(each -> each[0] == 1);
        try (House house = open()) {
            assertWorks(house, facts); // at once
            await(() -> setting(DONE) != null);
            assertWorks(house, facts);
        }
        assertThat(blobs("select sealed from key_material where sealed is not null"))
                .hasSize(7)
                .allMatch(Seals::numbered);
        try (House house = open()) {
            assertWorks(house, facts);
        }

        // An attacker puts the rows of an old copy back.
        byte[] held = blobs("select sealed from key_material where sequence = 0").getFirst();
        for (byte[] each : old) {
            sql(
                    "update key_material set sealed = x'%s' where key_id = '%s' and sequence = %d"
                            .formatted(
                                    HexFormat.of().formatHex(each), symmetric, old.indexOf(each)));
        }
        assertThat(held).isNotEmpty();
        try (House house = open()) {
            assertThatThrownBy(() -> root(house).encrypt(symmetric))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("is of the old form");
            assertThat(root(house).encrypt(facts.getProperty("multiRegion"))).isNotEmpty();
        }
    }

    /** One that does not open is said, and keeps nothing of the others back. */
    @Test
    @Tag("sqlite")
    void aDamagedRowOfAnOldStoreDoesNotStopTheOthers() throws Exception {
        Properties facts = oldStore();
        sql(
                "update key_material set sealed = x'01' || substr(sealed, 3) || x'00' where key_id = '%s'"
                        .formatted(facts.getProperty("hmac")));
        try (House house = open()) {
            await(() -> setting(DONE) != null);
            assertThat(root(house).decrypt(blob(facts, "ciphertext"), Map.of()))
                    .isEqualTo("old".getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Its key's row is wrong, or its own. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "update kms_key set spec = 'NONSENSE' where key_id = '%s'",
                "update key_material set key_id = 'x', account = 'none' where key_id = '%s'",
            })
    @Tag("sqlite")
    void aRowThatCannotBeReadDoesNotStopTheOthers(String edit) throws Exception {
        Properties facts = oldStore();
        sql(edit.formatted(facts.getProperty("hmac")));
        try (House house = open()) {
            await(() -> setting(DONE) != null);
            assertThat(root(house).decrypt(blob(facts, "ciphertext"), Map.of()))
                    .isEqualTo("old".getBytes(StandardCharsets.UTF_8));
        }
    }

    /** A database that takes no new form, for a reason that stays. */
    @Test
    @Tag("sqlite")
    void bindingThatFailsKeepsNoErasingBack() throws Exception {
        oldStore();
        try (House _ = open()) {
            await(() -> setting(DONE) != null); // so that all tables are there
        }
        sql("delete from setting where name = '" + DONE + "'");
        sql("update key_material set sealed = zeroblob(100) where sequence = 0");
        sql(
                "create trigger no before insert on setting when new.name = '%s'".formatted(DONE)
                        + " begin select raise(abort, 'no'); end");
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        Logger log = (Logger) LoggerFactory.getLogger(Housekeeping.class);
        log.addAppender(lines);
        try (House house = open()) {
            KeyArn key = house.caller().arn(house.caller().newKey());
            int present = present();
            house.store()
                    .write(
                            tx -> {
                                tx.keys().delete(key);
                                return true;
                            });
            await(() -> present() < present);
            assertThat(setting(DONE)).isNull();
        } finally {
            log.detachAppender(lines);
        }
        assertThat(lines.list).hasSizeBetween(1, 3);
    }

    private int present() {
        try {
            return blobs("select value from seal where hex(substr(value, 1, 1)) = '02'").size();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whoever could write the setting could let the old rows in again, or keep them out. */
    @Test
    @Tag("sqlite")
    void theSettingIsSealed() throws Exception {
        open().close();
        sql("update setting set value = 'AAAA' where name = '" + DONE + "'");
        assertThatThrownBy(this::open).hasMessageContaining("was altered");
    }

    private static void assertWorks(House house, Properties facts) {
        House.Caller caller = root(house);
        byte[] old = "old".getBytes(StandardCharsets.UTF_8);
        assertThat(caller.decrypt(blob(facts, "ciphertext"), Map.of())).isEqualTo(old);
        assertThat(caller.decrypt(blob(facts, "importedCiphertext"), Map.of())).isEqualTo(old);
        assertThat(publicKey(caller, facts.getProperty("ecc"))).isEqualTo(blob(facts, "public"));
        assertThat(
                        Objects.requireNonNull(
                                        caller.ask(
                                                        KmsOperation.GENERATE_MAC,
                                                        "KeyId",
                                                        facts.getProperty("hmac"),
                                                        "MacAlgorithm",
                                                        "HMAC_SHA_256",
                                                        "Message",
                                                        old)
                                                .mac())
                                .bytes())
                .isEqualTo(blob(facts, "mac"));
        House.Caller elsewhere = house.root(new AccountId("000000000000"), new Region("eu-west-1"));
        assertThat(elsewhere.decrypt(blob(facts, "replicated"), Map.of())).isEqualTo(old);
    }

    private static byte[] blob(Properties facts, String name) {
        return Base64.getDecoder().decode(facts.getProperty(name));
    }

    private static House.Caller root(House house) {
        return house.root(new AccountId("000000000000"), new Region("us-east-1"));
    }

    private static String ecc(House.Caller caller) {
        return Objects.requireNonNull(
                        caller.ask(
                                        KmsOperation.CREATE_KEY,
                                        "KeySpec",
                                        "ECC_NIST_P256",
                                        "KeyUsage",
                                        "SIGN_VERIFY")
                                .keyMetadata())
                .keyId();
    }

    private static byte[] publicKey(House.Caller caller, String key) {
        return Objects.requireNonNull(
                        caller.ask(KmsOperation.GET_PUBLIC_KEY, "KeyId", key).publicKey())
                .bytes();
    }

    private Properties oldStore() throws IOException {
        Properties facts = new Properties();
        try (InputStream file =
                        Objects.requireNonNull(
                                BoundMaterialTest.class.getResourceAsStream("schema-2.zip"));
                ZipInputStream zip = new ZipInputStream(file)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (entry.getName().equals("facts.properties")) {
                    facts.load(zip);
                } else {
                    Path to = folder.resolve(entry.getName());
                    Files.write(to, zip.readAllBytes());
                    Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rw-------"));
                }
            }
        }
        return facts;
    }

    private List<byte[]> blobs(String query) throws SQLException {
        try (Connection connection = place.connect();
                Statement sql = connection.createStatement();
                ResultSet rows = sql.executeQuery(query)) {
            List<byte[]> found = new ArrayList<>();
            while (rows.next()) {
                found.add(rows.getBytes(1));
            }
            return found;
        }
    }

    private @Nullable String setting(String name) {
        try (Connection connection = place.connect();
                Statement sql = connection.createStatement();
                ResultSet rows =
                        sql.executeQuery("select value from setting where name = '" + name + "'")) {
            return rows.next() ? rows.getString(1) : null;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void sql(String statement) throws SQLException {
        int _ = place.update(statement);
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + BOUND.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("not within " + BOUND);
            }
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }

    private House open() throws IOException, Store.CannotOpen {
        return new House(place.open(ENTROPY), ENTROPY);
    }
}
