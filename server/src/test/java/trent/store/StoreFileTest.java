package trent.store;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
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
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import trent.House;
import trent.api.KmsOperation;
import trent.crypto.Entropy;
import trent.name.KeyArn;
import trent.seal.RootKeyFile;

/** A store in a folder: what outlives a restart, what is refused, and what may be read by whom. */
@Timeout(60)
@Tag("sqlite")
class StoreFileTest {

    private static final Entropy ENTROPY = new SecureRandom()::nextBytes;

    @TempDir Path folder = Path.of("");

    @Test
    void everythingIsFoundAgain() throws Exception {
        String key;
        String pending;
        byte[] blob;
        Map<String, String> context = Map.of("a", "b");
        try (House house = open()) {
            House.Caller caller = house.caller();
            key = caller.newKey();
            pending = caller.newKey();
            caller.newAlias("alias/x", key);
            caller.ask(
                    KmsOperation.UPDATE_KEY_DESCRIPTION, "KeyId", key, "Description", "für alle");
            caller.ask(
                    KmsOperation.TAG_RESOURCE,
                    "KeyId",
                    key,
                    "Tags",
                    List.of(Map.of("TagKey", "a", "TagValue", "b")));
            caller.ask(KmsOperation.SCHEDULE_KEY_DELETION, "KeyId", pending);
            blob = caller.encrypt("alias/x", new byte[] {1, 2, 3}, context);
        }
        try (House house = open()) {
            House.Caller caller = house.caller();
            assertThat(caller.decrypt(blob, context)).containsExactly(1, 2, 3);
            assertThat(caller.describe("alias/x").keyId()).isEqualTo(key);
            assertThat(caller.describe(key).description()).isEqualTo("für alle");
            assertThat(caller.describe(key).creationDate()).isEqualTo(House.START);
            assertThat(caller.describe(pending).deletionDate())
                    .isEqualTo(House.START.plus(Duration.ofDays(30)));
            assertThat(caller.aliases().getFirst().creationDate()).isEqualTo(House.START);
            assertThat(caller.ask(KmsOperation.LIST_RESOURCE_TAGS, "KeyId", key).tags()).hasSize(1);
            assertThat(caller.ask(KmsOperation.GET_KEY_POLICY, "KeyId", key).policy())
                    .contains("key-default-1");
        }
    }

    @Test
    void onlyTheOwnerMayReadTheFiles() throws Exception {
        Path inside = folder.resolve("data");
        try (Store store =
                        Store.open(inside, new RootKeyFile(inside.resolve("root.key")), ENTROPY);
                House house = new House(store, ENTROPY)) {
            house.caller().newKey();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(inside)))
                    .isEqualTo("rwx------");
            assertThat(
                            PosixFilePermissions.toString(
                                    Files.getPosixFilePermissions(inside.resolve("root.key"))))
                    .isEqualTo("rw-------");
            try (Stream<Path> files = Files.list(inside)) {
                List<Path> databases =
                        files.filter(file -> file.getFileName().toString().startsWith("trent.db"))
                                .toList();
                assertThat(databases)
                        .hasSizeGreaterThanOrEqualTo(3); // with what SQLite keeps beside it
                for (Path file : databases) {
                    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .as(file.toString())
                            .isEqualTo("rw-------");
                }
            }
        }
    }

    /**
     * Neither as bytes nor as the texts that bytes are written in; the ids of
     * materials may be there.
     */
    @Test
    void materialIsNeverInTheFilesInClear() throws Exception {
        byte[][] secrets = new byte[20][];
        byte[] rootKey;
        try (House house = open()) {
            House.Caller caller = house.caller();
            for (int i = 0; i < secrets.length; i++) {
                KeyArn arn = caller.arn(caller.newKey());
                secrets[i] =
                        Objects.requireNonNull(
                                        house.store().materials(arn).all().getFirst().secret())
                                .read(byte[]::clone);
            }
            byte[] line = Files.readAllBytes(rootKey().path());
            rootKey =
                    Base64.getDecoder()
                            .decode(new String(line, US_ASCII).strip().split(":", -1)[1]);
            assertNowhere(secrets, rootKey);
        }
        assertNowhere(secrets, rootKey);
    }

    @Test
    void aMissingRootKeyIsRefusedAndNoneIsMade() throws Exception {
        fill();
        Files.move(rootKey().path(), folder.resolve("elsewhere"));
        refused(
                "the root key "
                        + rootKey().path()
                        + " is missing, and without it the store in "
                        + folder
                        + " cannot be read. Nothing was changed, and no new root key was made. Put the file back, or name its"
                        + " place with --seal file:PATH");
        assertThat(rootKey().exists()).isFalse();
        Files.move(folder.resolve("elsewhere"), rootKey().path());
        opensAsBefore();
    }

    @Test
    void aWrongRootKeyIsRefused() throws Exception {
        fill();
        Path right = folder.resolve("right");
        Files.move(rootKey().path(), right);
        String given = rootKey().create(ENTROPY).id();
        String expected = new RootKeyFile(right).read(ENTROPY).id();
        refused(
                "the root key in %s does not open this store (sealed with root key %.8s…, given %.8s…). Nothing was changed. Give the right one with --seal file:PATH, or restore a backup made with this one"
                        .formatted(rootKey().path(), expected, given));
        Files.delete(rootKey().path());
        Files.move(right, rootKey().path());
        opensAsBefore();
    }

    /** And the folder is free again at once. */
    @Test
    void aFileThatIsNoRootKeyIsRefused() throws Exception {
        fill();
        byte[] right = Files.readAllBytes(rootKey().path());
        for (String wrong :
                List.of(
                        "",
                        "x",
                        "trent-root-key-1:",
                        "trent-root-key-1:AAAA\n",
                        "trent-root-key-1:!\n",
                        "x".repeat(10_000))) {
            Files.writeString(rootKey().path(), wrong);
            assertThatThrownBy(this::open)
                    .isInstanceOf(IOException.class)
                    .hasMessage(rootKey().path() + " is not a root key file");
        }
        Files.write(rootKey().path(), right);
        opensAsBefore();
    }

    @Test
    void aSecondOpeningIsRefused() throws Exception {
        try (House first = open()) {
            String key = first.caller().newKey();
            assertThatThrownBy(this::open)
                    .isInstanceOf(Store.CannotOpen.class)
                    .hasMessage(
                            "another process has the store in "
                                    + folder
                                    + " open. Stop it first, or give this one its own --data");
            assertThat(first.caller().describe(key).keyId()).isEqualTo(key);
        }
        open().close();
    }

    @Test
    void aStoreOfANewerTrentIsRefused() throws Exception {
        fill();
        String version = setting("schema version");
        sql("update setting set value = '99' where name = 'schema version'");
        assertThatThrownBy(this::open)
                .isInstanceOf(Store.CannotOpen.class)
                .hasMessageMatching(
                        "this store was written by a newer Trent \\(schema 99, this one knows \\d+\\); nothing was changed\\. It is in "
                                + folder);
        sql("update setting set value = '" + version + "' where name = 'schema version'");
        opensAsBefore();
    }

    /** Accounts are the only identities that an older Trent knew. */
    private static String root(int number) {
        return "arn:aws:iam::%012d:root".formatted(number);
    }

    /** Tables that schema 3 had not. */
    private static final List<String> LATER_TABLES =
            List.of(
                    "account",
                    "iam_entity",
                    "iam_trusted",
                    "iam_policy_version",
                    "iam_attachment",
                    "iam_inline_policy",
                    "iam_member",
                    "iam_tag",
                    "iam_provider_value",
                    "access_key");

    /** They have no digest of what was asked for, by which a grant is found again. */
    @Test
    void namedGrantsOfAnOlderTrentAreFoundAgain() throws Exception {
        List<String> ids = new ArrayList<>();
        String key;
        try (House house = open()) {
            key = house.caller().newKey();
            for (int i = 0; i < 1100; i++) {
                ids.add(grant(house.caller(), key, "name-" + i % 2, root(i / 2)));
            }
            assertThat(ids).doesNotHaveDuplicates();
        }
        // Rows that no Trent writes keep neither the store nor the other grants shut.
        sql("update key_grant set operations = 'Guess' where grant_id = '" + ids.get(2) + "'");
        sql("update key_grant set context_equals = '9:x' where grant_id = '" + ids.get(3) + "'");
        sql("update key_grant set issuing_account = 'x' where grant_id = '" + ids.get(4) + "'");
        sql("update key_grant set key_id = 'x' where grant_id = '" + ids.get(5) + "'");
        sql("drop index key_grant_request");
        sql("alter table key_grant drop column request_digest");
        sql("create index key_grant_name on key_grant (account, region, key_id, name)");
        for (String later : LATER_TABLES) {
            sql("drop table " + later);
        }
        for (String index : List.of("key_grant_grantee", "key_grant_retiring_id", "kms_key_id")) {
            sql("drop index " + index);
        }
        sql("alter table key_grant drop column grantee_id");
        sql("alter table key_grant drop column retiring_id");
        sql("alter table key_policy drop column principal_ids");
        sql("alter table kms_key drop column service");
        sql("update setting set value = '3' where name = 'schema version'");
        try (House house = open()) {
            for (int i : new int[] {0, 1, 499, 500, 1000, 1099}) {
                assertThat(grant(house.caller(), key, "name-" + i % 2, root(i / 2)))
                        .isEqualTo(ids.get(i));
            }
            assertThat(ids).doesNotContain(grant(house.caller(), key, "name-2", root(0)));
            for (int i : new int[] {2, 3, 4, 5}) { // without a digest nobody finds it, nor fails
                assertThat(ids)
                        .doesNotContain(grant(house.caller(), key, "name-" + i % 2, root(i / 2)));
            }
        }
    }

    private static String grant(House.Caller caller, String key, String name, String grantee) {
        return Objects.requireNonNull(
                caller.ask(
                                KmsOperation.CREATE_GRANT,
                                "KeyId",
                                key,
                                "Name",
                                name,
                                "GranteePrincipal",
                                grantee,
                                "Operations",
                                List.of("Encrypt", "Decrypt"))
                        .grantId());
    }

    @Test
    void anAlteredMaterialIsNotUsed() throws Exception {
        String key;
        try (House house = open()) {
            key = house.caller().newKey();
        }
        for (int at : new int[] {1, 2, 20, 40, 81}) { // version, salt, ciphertext, tag
            sql(
                    "update seal set value = cast(substr(value, 1, %d) as blob) || x'%02x' || substr(value, %d)"
                            .formatted(at - 1, 0xa5, at + 1));
            assertDamaged(key);
        }
    }

    /** Rows of equal form are bound to their place. */
    @Test
    void exchangedMaterialsAreNotUsed() throws Exception {
        String one;
        String two;
        try (House house = open()) {
            one = house.caller().newKey();
            two = house.caller().newKey();
        }
        sql("create table held as select key_id, sealed from key_material");
        sql(
                "update key_material set sealed ="
                        + " (select sealed from held where held.key_id != key_material.key_id)");
        sql("drop table held");
        assertDamaged(one);
        assertDamaged(two);
    }

    @Test
    void aMaterialOfAnotherRegionIsNotUsed() throws Exception {
        String key;
        try (House house = open()) {
            key = house.caller().newKey();
        }
        sql("update key_material set region = 'eu-west-1'");
        sql("update kms_key set region = 'eu-west-1'");
        sql("update key_policy set region = 'eu-west-1'");
        try (House house = open()) {
            House.Caller elsewhere = house.root(House.ACCOUNT, House.OTHER_REGION);
            assertThatThrownBy(() -> elsewhere.encrypt(key))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("was altered or belongs elsewhere");
        }
    }

    @Test
    void aClosedStoreSaysSoAndDoesNotHang() throws Exception {
        House house = open();
        String key = house.caller().newKey();
        house.close();
        assertThatThrownBy(() -> house.caller().aliases()).isInstanceOf(StoreException.class);
        assertThat(house.caller().tried("CreateKey")).startsWith("ServiceUnavailable");
        assertThatThrownBy(() -> house.caller().describe(key)).isInstanceOf(StoreException.class);
    }

    private void assertDamaged(String key) throws Exception {
        try (House house = open()) {
            assertThat(house.caller().describe(key).keyId())
                    .as("the key itself is there")
                    .isEqualTo(key);
            assertThatThrownBy(() -> house.caller().encrypt(key))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith(
                            "the sealed value of " + house.caller().arn(key) + "/material/")
                    .hasMessageContaining(" was altered or belongs elsewhere")
                    .hasMessageContaining("No other key is affected");
        }
    }

    private void fill() throws Exception {
        try (House house = open()) {
            house.caller().newAlias("alias/x", house.caller().newKey());
        }
    }

    private void opensAsBefore() throws Exception {
        try (House house = open()) {
            assertThat(
                            house.caller()
                                    .tried("Encrypt", "KeyId", "alias/x", "Plaintext", new byte[1]))
                    .isEqualTo(House.OK);
        }
    }

    /** Refuses to open, with these words, and leaves every byte of the store as it was. */
    private void refused(String message) throws Exception {
        Map<String, String> before = files();
        assertThatThrownBy(this::open).isInstanceOf(Store.CannotOpen.class).hasMessage(message);
        assertThat(files()).isEqualTo(before);
    }

    private Map<String, String> files() throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.list(folder)) {
            for (Path file : all.toList()) {
                files.put(
                        file.getFileName().toString(),
                        HexFormat.of().formatHex(Files.readAllBytes(file)));
            }
        }
        return files;
    }

    private void assertNowhere(byte[][] secrets, byte[] rootKey) throws IOException {
        List<String> forbidden = new ArrayList<>();
        for (byte[] secret : secrets) {
            forbidden.add(new String(secret, ISO_8859_1));
            forbidden.add(HexFormat.of().formatHex(secret));
            forbidden.add(Base64.getEncoder().withoutPadding().encodeToString(secret));
        }
        forbidden.add(new String(rootKey, ISO_8859_1));
        forbidden.add(HexFormat.of().formatHex(rootKey));
        forbidden.add(Base64.getEncoder().withoutPadding().encodeToString(rootKey));
        try (Stream<Path> all = Files.list(folder)) {
            for (Path file : all.filter(each -> !each.equals(rootKey().path())).toList()) {
                String content = new String(Files.readAllBytes(file), ISO_8859_1);
                for (String secret : forbidden) {
                    assertThat(content.contains(secret))
                            .as(Objects.requireNonNull(file.getFileName()).toString())
                            .isFalse();
                }
            }
        }
    }

    private void sql(String statement) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("trent.db"));
                Statement sql = connection.createStatement()) {
            sql.executeUpdate(statement);
        }
    }

    private String setting(String name) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("trent.db"));
                Statement sql = connection.createStatement();
                ResultSet found =
                        sql.executeQuery("select value from setting where name = '" + name + "'")) {
            return found.getString(1);
        }
    }

    private RootKeyFile rootKey() {
        return new RootKeyFile(folder.resolve("root.key"));
    }

    private House open() throws IOException, Store.CannotOpen {
        return new House(Store.open(folder, rootKey(), ENTROPY), ENTROPY);
    }
}
