package trent.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trent.OpenSsl;
import trent.crypto.Entropy;
import trent.seal.RootKeyFile;
import trent.store.Store.CannotOpen;
import trent.testing.EmbeddedPostgres;

/** By whom a node is let in, and whom it takes for its database. */
@Tag("sqlite") // whatever engine other tests run on, this is about the other one
@Timeout(120)
class DatabaseLoginTest {

    private static final Entropy RANDOM = new SecureRandom()::nextBytes;
    private static final List<String> NEW_KEY =
            List.of("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256");

    @TempDir static Path folder = Path.of("");

    private static EmbeddedPostgres database = EmbeddedPostgres.shared();

    /** One whose roles must show who they are, by a password or a certificate. */
    @BeforeAll
    static void guard() throws Exception {
        OpenSsl openssl = new OpenSsl(folder);
        authority(openssl, "ca");
        authority(openssl, "other-ca");
        signed(openssl, "server", "/CN=db.example.com", "subjectAltName=IP:127.0.0.1");
        signed(openssl, "client", "/CN=certified", "keyUsage=digitalSignature");

        database = EmbeddedPostgres.start();
        for (String role : List.of("node", "certified")) {
            database.execute("create role %s login password 'first'".formatted(role));
            database.execute("create database of_%s owner %s".formatted(role, role));
        }
        put("server.pem", Files.readAllBytes(folder.resolve("server.pem")));
        put("server.key", Files.readAllBytes(folder.resolve("server.key.pem")));
        put("ca.pem", Files.readAllBytes(folder.resolve("ca.pem")));
        put(
                "pg_hba.conf",
                """
                hostssl all certified 127.0.0.1/32 cert
                host    all node      127.0.0.1/32 scram-sha-256
                host    all trent     127.0.0.1/32 trust
                """
                        .getBytes(UTF_8));
        database.execute("alter system set ssl_cert_file = 'server.pem'");
        database.execute("alter system set ssl_key_file = 'server.key'");
        database.execute("alter system set ssl_ca_file = 'ca.pem'");
        database.execute("alter system set ssl = on");
        database.restart();
        Store.init(withPassword("first"), rootKey(), RANDOM);
    }

    @AfterAll
    static void close() {
        database.close();
    }

    @Test
    void aPasswordThatIsChangedIsReadForTheNextConnection() throws Exception {
        PostgresSettings settings = withPassword("first");
        try (Store store = Store.open(settings, rootKey(), RANDOM)) {
            database.execute("alter role node password 'second'");
            PostgresSettings _ = withPassword("second");
            database.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'node'");
            boolean written =
                    store.write(
                            tx -> {
                                Settings.put(tx, "seen", "by a new connection");
                                return true;
                            });
            assertThat(written).isTrue();
            assertThat(store.<@Nullable String>read(tx -> Settings.find(tx.sql(), "seen")))
                    .isNotNull();
        } finally {
            database.execute("alter role node password 'first'");
        }
    }

    @Test
    void aWrongPasswordIsSaidAndNotShown() throws IOException {
        CannotOpen thrown =
                catchThrowableOfType(CannotOpen.class, () -> Store.exists(withPassword("wr0ng")));
        assertThat(thrown)
                .hasMessageContaining("password authentication failed for user \"node\"")
                .hasMessageContaining("--store-password-file")
                .matches(e -> !e.mayPass(), "waiting does not help");
        assertThat(thrown.getMessage()).doesNotContain("wr0ng");
    }

    @Test
    void aPasswordFileThatIsNotGuardedIsNotUsed() throws IOException {
        PostgresSettings settings = withPassword("first");
        Files.setPosixFilePermissions(
                folder.resolve("password"), PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> Store.exists(settings))
                .isInstanceOf(CannotOpen.class)
                .hasMessageContaining("the database's password is not guarded");
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, verify-full, ca,       taken",
        "127.0.0.1, verify-full, other-ca, refused",
        "127.0.0.1, verify-ca,   other-ca, refused",
        "localhost, verify-full, ca,       refused", // not the name in the certificate
        "localhost, verify-ca,   ca,       taken",
        "localhost, require,     ca,       taken",
        "127.0.0.1, disable,     ca,       taken",
    })
    void whatIsTakenForTheDatabase(String host, String sslmode, String authority, String outcome)
            throws IOException {
        PostgresSettings settings =
                withPassword(
                        "first",
                        host,
                        "sslmode=%s&sslrootcert=%s"
                                .formatted(sslmode, folder.resolve(authority + ".pem")));
        assertThat(outcome(settings)).isEqualTo(outcome);
    }

    @Test
    void aCertificateLetsANodeInWithoutAPassword() {
        String tls = "sslmode=verify-full&sslrootcert=" + folder.resolve("ca.pem");
        String url =
                "postgresql://certified@127.0.0.1:%d/of_certified?%s"
                        .formatted(database.port(), tls);
        assertThat(outcome(PostgresSettings.of(url))).isEqualTo("refused");
        String certificate =
                "&sslcert=%s&sslkey=%s"
                        .formatted(folder.resolve("client.pem"), folder.resolve("client.key"));
        assertThat(outcome(PostgresSettings.of(url + certificate))).isEqualTo("taken");
    }

    private static String outcome(PostgresSettings settings) {
        try {
            boolean _ = Store.exists(settings);
            return "taken";
        } catch (CannotOpen e) {
            return "refused";
        }
    }

    private static PostgresSettings withPassword(String password) throws IOException {
        return withPassword(password, "127.0.0.1", "");
    }

    private static PostgresSettings withPassword(String password, String host, String parameters)
            throws IOException {
        Path file = folder.resolve("password");
        Files.writeString(file, password + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return PostgresSettings.of(
                        "postgresql://node@%s:%d/of_node?%s"
                                .formatted(host, database.port(), parameters)
                                .replaceFirst("\\?$", ""))
                .withPasswordFile(file);
    }

    private static RootKeyFile rootKey() {
        return new RootKeyFile(folder.resolve("root.key"));
    }

    // ---- certificates, and the database's own files

    private static void authority(OpenSsl openssl, String name) throws IOException {
        String key = newKey(openssl, name);
        byte[] certificate =
                openssl.output(
                        "req", "-x509", "-new", "-key", key, "-subj", "/CN=" + name, "-days", "2");
        String _ = openssl.file(name + ".pem", certificate);
    }

    private static void signed(OpenSsl openssl, String name, String subject, String extension)
            throws IOException {
        String key = newKey(openssl, name);
        String request =
                openssl.file(
                        name + ".csr",
                        openssl.output("req", "-new", "-key", key, "-subj", subject));
        byte[] certificate =
                openssl.output(
                        "x509",
                        "-req",
                        "-in",
                        request,
                        "-CA",
                        folder.resolve("ca.pem").toString(),
                        "-CAkey",
                        folder.resolve("ca.key.pem").toString(),
                        "-CAcreateserial",
                        "-days",
                        "2",
                        "-extfile",
                        openssl.file(name + ".ext", extension.getBytes(UTF_8)));
        String _ = openssl.file(name + ".pem", certificate);
    }

    private static String newKey(OpenSsl openssl, String name) throws IOException {
        String key = openssl.newKey(name + ".key", NEW_KEY.toArray(String[]::new));
        for (String each : List.of(key, key + ".pem")) { // else the driver refuses it
            Files.setPosixFilePermissions(
                    Path.of(each), PosixFilePermissions.fromString("rw-------"));
        }
        return key + ".pem";
    }

    /** Writes a file of the database server's, as the user that it runs as. */
    private static void put(String name, byte[] content) throws SQLException {
        try (Connection connection = EmbeddedPostgres.connect(database.newDatabase());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("show data_directory")) {
            assertThat(row.next()).isTrue();
            statement.execute(
                    "copy (select '%s') to program 'umask 077; base64 -d > %s/%s'"
                            .formatted(
                                    Base64.getEncoder().encodeToString(content),
                                    row.getString(1),
                                    name));
        }
    }
}
