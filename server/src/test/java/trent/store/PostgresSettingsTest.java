package trent.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a URL of a database means, that nothing secret is in it, and whose password file is read. */
@Tag("sqlite")
class PostgresSettingsTest {

    @TempDir Path folder = Path.of("");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            postgresql://db/keys               | jdbc:postgresql://db:5432/keys
            postgres://db/keys                 | jdbc:postgresql://db:5432/keys
            jdbc:postgresql://db:6000/keys     | jdbc:postgresql://db:6000/keys
            postgresql://trent@db/keys         | jdbc:postgresql://db:5432/keys?user=trent
            postgresql://a%40b%3Ac@db/keys     | jdbc:postgresql://db:5432/keys?user=a%40b%3Ac
            postgresql://a+b@db/k%20y+s        | jdbc:postgresql://db:5432/k%20y%2Bs?user=a%2Bb
            postgresql://127.0.0.1/keys        | jdbc:postgresql://127.0.0.1:5432/keys
            postgresql://[::1]:6000/keys       | jdbc:postgresql://[::1]:6000/keys
            postgresql://a,b:1,c/keys          | jdbc:postgresql://a:5432,b:1,c:5432/keys?targetServerType=primary
            postgresql://a,b/keys?targetServerType=any | jdbc:postgresql://a:5432,b:5432/keys?targetServerType=any
            postgresql://db/keys?sslmode=verify-full&sslrootcert=/etc/ca.pem | jdbc:postgresql://db:5432/keys?sslmode=verify-full&sslrootcert=%2Fetc%2Fca.pem
            postgresql://db/keys?ssl%6Dode=require | jdbc:postgresql://db:5432/keys?sslmode=require
            postgresql://u@db/keys?sslcert=/c&sslkey=/k&channelBinding=require | jdbc:postgresql://db:5432/keys?sslcert=%2Fc&sslkey=%2Fk&channelBinding=require&user=u
            """)
    void aUrlIsWrittenAnewForTheDriver(String given, String jdbc) {
        PostgresSettings settings = PostgresSettings.of(given);
        assertThat(settings.url()).isEqualTo(jdbc);
        assertThat(PostgresSettings.of(jdbc)).as("read again").isEqualTo(settings);
        assertThat(settings.toString()).contains(jdbc);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            postgresql://u:s3cret@db/keys               | holds a password before its @
            postgresql://:s3cret@db/keys                | holds a password before its @
            postgresql://u:s3/cret@db/keys              | holds a password before its @
            postgresql://u:s3?cret@db/keys              | holds a password before its @
            postgresql://u:s3#cret@db/keys              | holds a password before its @
            postgresql://u:s3@cret@db/keys              | holds a password before its @
            postgresql://u:s3cret@                      | holds a password before its @
            postgresql://u:%zz@s3cret:x                 | holds a password before its @
            jdbc:postgresql://u:s3cret@db:1/keys        | holds a password before its @
            postgresql://db/keys?password=s3cret        | holds a password as a parameter
            postgresql://db/keys?PassWord=s3cret        | holds a password as a parameter
            postgresql://db/keys?p%61ssword=s3cret      | holds a password as a parameter
            postgresql://db/keys?sslpassword=s3cret     | holds a password as a parameter
            postgresql://db/keys?user=u&password=s3cret | holds a password as a parameter
            postgresql://db/keys?PGPASSWORD=s3cret      | holds a password as a parameter
            s3cret                                      | is none that Trent knows
            mysql://u:s3cret@db/keys                    | is none that Trent knows
            POSTGRESQL://u:s3cret@db/keys               | is none that Trent knows
            jdbc:postgresql:s3cret                      | is none that Trent knows
            postgresql://db                             | names no database
            postgresql://db/                            | names no database
            postgresql://db/?user=s3cret                | names no database
            postgresql:///s3cret                        | names a host that is none
            postgresql://db,/s3cret                     | names a host that is none
            postgresql://s3 cret/keys                   | names a host that is none
            postgresql://db:s3cret/keys                 | names a host that is none
            postgresql://%2Fs3cret/keys                 | names a host that is none
            postgresql://db:0/s3cret                    | names a port beyond 1 to 65535
            postgresql://db:65536/s3cret                | names a port beyond 1 to 65535
            postgresql://u@db/keys?user=s3cret          | names its user twice
            postgresql://db/keys?user=u@s3cret          | holds an @ or a # within a name
            postgresql://db/keys#s3cret                 | holds an @ or a # within a name
            postgresql://db/s3cret%                     | holds a % that is not followed by
            postgresql://db/keys?user=s3cret%00x        | is empty or holds control characters
            postgresql://db/keys?sslmod=s3cret          | has a parameter that Trent does not know
            postgresql://db/keys?SSLMODE=s3cret         | has a parameter that Trent does not know
            postgresql://db/keys?s3cret                 | has a parameter that Trent does not know
            postgresql://db/keys?socketFactory=s3cret   | has a parameter that Trent does not know
            postgresql://db/keys?connectTimeout=5       | time-outs are settings
            postgresql://db/keys?options=-csynchronous_commit%3Doff | has a parameter that Trent does not know
            postgresql://db/keys?sslmode=s3cret         | has a parameter sslmode that is not one of disable
            postgresql://db/keys?targetServerType=secondary | is not one of primary
            postgresql://db/keys?user                   | has the parameter user without a value
            postgresql://db/keys?sslmode=require&sslmode=s3cret | has a parameter sslmode that is not one of
            postgresql://db/keys?sslmode=require&sslmode=disable | has the parameter sslmode twice
            """)
    void whatIsWrongIsSaidAndNothingOfItShown(String url, String says) {
        assertThatThrownBy(() -> PostgresSettings.of(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasNoCause()
                .hasMessageContaining(says)
                .message()
                .doesNotContain("s3", "cret");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            postgresql://db/keys                          | sslmode=prefer
            postgresql://db/keys?sslmode=disable          | sslmode=disable
            postgresql://db/keys?sslmode=require          | sslmode=require
            postgresql://db/keys?sslmode=verify-ca        | sslmode=verify-ca
            postgresql://db/keys?sslmode=verify-full      |
            postgresql://localhost/keys                   |
            postgresql://LocalHost:1/keys                 |
            postgresql://127.0.0.9/keys?sslmode=disable   |
            postgresql://[::1]/keys                       |
            postgresql://10.0.0.1/keys                    | sslmode=prefer
            postgresql://[fd00::1]/keys                   | sslmode=prefer
            postgresql://127.0.0.1,db/keys                | sslmode=prefer
            postgresql://localhost.example.com/keys       | sslmode=prefer
            """)
    void whoMayPassForTheDatabaseIsWarnedOf(String url, @Nullable String of) {
        String warning = PostgresSettings.of(url).warning();
        if (of == null) {
            assertThat(warning).isNull();
        } else {
            assertThat(warning).contains("reached with " + of + ",", "sslmode=verify-full");
        }
    }

    @Test
    void aSettingThatCannotWorkIsRefused() {
        PostgresSettings usual = PostgresSettings.of("postgresql://localhost/keys");
        assertThatThrownBy(() -> usual.withLease(Duration.ofMillis(99), usual.poll()))
                .hasMessage("--store-lease takes 100 ms to 60 s, not 99 ms");
        assertThatThrownBy(() -> usual.withLease(Duration.ofMillis(100), Duration.ofMillis(21)))
                .hasMessageStartingWith(
                        "--store-lease must be at least 5 times --store-poll, 21 ms");
    }

    // ---- the password

    @ParameterizedTest
    @CsvSource({
        "s3cret,              s3cret",
        "s3cret\\n,           s3cret",
        "s3cret\\r\\n,        s3cret",
        "s3cret\\nmore\\n,    s3cret",
        "' s3 cret \\n',      ' s3 cret '",
        "schlüssel\\n,        schlüssel",
    })
    void thePasswordIsTheFirstLine(String text, String password) throws IOException {
        PostgresSettings settings = withPassword(text.replace("\\n", "\n").replace("\\r", "\r"));
        settings.check();
        assertThat(settings.readPassword()).isEqualTo(password);
        assertThat(settings.toString()).doesNotContain(password);
    }

    @Test
    void aPasswordThatWasChangedIsReadAnew() throws IOException {
        PostgresSettings settings = withPassword("first\n");
        assertThat(settings.readPassword()).isEqualTo("first");
        Files.writeString(file(), "second\n");
        assertThat(settings.readPassword()).isEqualTo("second");
    }

    @Test
    void withoutAFileThereIsNoPassword() throws IOException {
        PostgresSettings settings = PostgresSettings.of("postgresql://localhost/keys");
        settings.check();
        assertThat(settings.readPassword()).isNull();
    }

    @Test
    void aFileThatHoldsNoPasswordIsRefused() throws IOException {
        assertThatThrownBy(withPassword("\ns3cret")::readPassword)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the first line of " + file() + " is empty");
        assertThatThrownBy(withPassword("s3cret".repeat(2000))::readPassword)
                .hasMessageContaining("is longer than")
                .message()
                .doesNotContain("s3cret");
        Files.write(file(), new byte[] {(byte) 0xff, '\n'});
        assertThatThrownBy(settings()::check).hasMessageContaining("is no text in UTF-8");
        Files.delete(file());
        assertThatThrownBy(settings()::check).isInstanceOf(NoSuchFileException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "rw-------, taken,   taken",
        "r--------, taken,   taken",
        "rw-r-----, taken,   taken", // with a warning, once
        "rw-r--r--, refused, taken",
        "rw--w----, refused, refused",
        "rw-----w-, refused, refused",
    })
    void whoMayReadThePasswordFile(String mode, String plain, String asMounted) throws IOException {
        PostgresSettings settings = withPassword("s3cret\n");
        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString(mode));
        assertThat(outcome(settings)).isEqualTo(plain);
        assertThat(
                        outcome(
                                new PostgresSettings(
                                        settings.url(),
                                        file(),
                                        true,
                                        settings.connections(),
                                        settings.connectTimeout(),
                                        settings.socketTimeout(),
                                        settings.statementTimeout(),
                                        settings.lease(),
                                        settings.poll())))
                .isEqualTo(asMounted);
    }

    private static String outcome(PostgresSettings settings) {
        try {
            settings.check();
            String _ = settings.readPassword();
            return "taken";
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("the database's password is not guarded");
            return "refused";
        }
    }

    private PostgresSettings withPassword(String text) throws IOException {
        Files.writeString(file(), text, StandardCharsets.UTF_8);
        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-------"));
        return settings();
    }

    private PostgresSettings settings() {
        return PostgresSettings.of("postgresql://localhost/keys").withPasswordFile(file());
    }

    private Path file() {
        return folder.resolve("password");
    }
}
