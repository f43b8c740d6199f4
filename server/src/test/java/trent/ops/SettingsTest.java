package trent.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import trent.ops.Settings.Place.Folder;
import trent.ops.Settings.Place.InMemory;
import trent.ops.Settings.Place.Shared;
import trent.seal.RootKeyFile;
import trent.store.PostgresSettings;

/** Where a command line keeps the state, and what is said of one that contradicts itself. */
class SettingsTest {

    private static final String STORE = "postgresql://trent@db.example.com/keys";
    private static final String JDBC = "jdbc:postgresql://db.example.com:5432/keys?user=trent";

    @Test
    void devKeepsItsStateInMemory() throws WrongUse {
        assertThat(dev("").place()).isEqualTo(new InMemory());
    }

    @Test
    void aFolderHasItsRootKeyInsideUnlessItIsNamed() throws WrongUse {
        assertThat(server("--data /d").place())
                .isEqualTo(new Folder(Path.of("/d"), new RootKeyFile(Path.of("/d/root.key"))));
        assertThat(dev("--data /d --seal file:/k --seal-readable-by-others").place())
                .isEqualTo(new Folder(Path.of("/d"), new RootKeyFile(Path.of("/k"), true)));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDatabaseHasItsDefaults(boolean development) throws WrongUse {
        String line = "--store " + STORE + " --seal file:/k";
        assertThat((development ? dev(line) : server(line)).place())
                .isEqualTo(new Shared(PostgresSettings.of(STORE), new RootKeyFile(Path.of("/k"))));
    }

    @Test
    void everythingOfADatabaseIsASetting() throws WrongUse {
        String line =
                "--seal-readable-by-others --store-password-file /p --store-connections 20 --store-connect-timeout 2"
                        + " --store-socket-timeout 60 --store-statement-timeout 30 --store-lease 10 --store-poll 50";
        assertThat(server("--seal file:/k --store " + STORE + " " + line).place())
                .isEqualTo(
                        new Shared(
                                new PostgresSettings(
                                        JDBC,
                                        Path.of("/p"),
                                        true,
                                        20,
                                        Duration.ofSeconds(2),
                                        Duration.ofSeconds(60),
                                        Duration.ofSeconds(30),
                                        Duration.ofSeconds(10),
                                        Duration.ofMillis(50)),
                                new RootKeyFile(Path.of("/k"), true)));
    }

    @Test
    void theEnvironmentNamesTheDatabaseToo() throws WrongUse {
        Map<String, String> environment =
                Map.of("TRENT_STORE", STORE, "TRENT_SEAL", "file:/k", "TRENT_STORE_LEASE", "7");
        Flags flags = Flags.parse(EnumSet.allOf(Flag.class), List.of(), environment);
        assertThat(SettingsReader.place(flags))
                .isEqualTo(
                        new Shared(
                                PostgresSettings.of(STORE)
                                        .withLease(Duration.ofSeconds(7), PostgresSettings.POLL),
                                new RootKeyFile(Path.of("/k"))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            textBlock =
                    """
            ''                                   | Missing: --data DIR, the folder that the state is kept in, or --store URL, the database.
            --seal file:/k                       | --seal goes with --data DIR or --store URL: a store in memory has a root key in memory.
            --data /d --seal /k                  | --seal takes file:PATH, the root key in a file of its own.
            --store b://h/d --seal file:/k       | the URL of --store is none that Trent knows
            --store STORE                        | Missing: --seal file:PATH, the root key, of which every node needs the same. It is never in the database.
            --store STORE --data /d              | --store and --data exclude each other: the state is in a database or in a folder.
            --store STORE --data /d --seal file:/k | --store and --data exclude each other
            --data /d --store-password-file /p   | --store-password-file goes with --store URL.
            --data /d --store-poll 20            | --store-poll goes with --store URL.
            SHARED --store-connections 0         | --store-connections takes 1 to 500, not 0.
            SHARED --store-connections many      | --store-connections takes a whole number, such as 8, not "many".
            SHARED --store-connect-timeout 301   | --store-connect-timeout takes 1 s to 300 s, not 301 s.
            SHARED --store-connect-timeout 0     | --store-connect-timeout takes 1 s to 300 s, not 0 s.
            SHARED --store-connect-timeout 1.5   | --store-connect-timeout takes a whole number, such as 5, not "1.5".
            SHARED --store-socket-timeout 0      | --store-socket-timeout takes 1 s to 3600 s, not 0 s.
            SHARED --store-socket-timeout 3601   | --store-socket-timeout takes 1 s to 3600 s, not 3601 s.
            SHARED --store-statement-timeout 15  | --store-statement-timeout must be shorter than --store-socket-timeout, 15 s
            SHARED --store-lease 0               | --store-lease takes 100 ms to 60 s, not 0 s.
            SHARED --store-lease 61              | --store-lease takes 100 ms to 60 s, not 61 s.
            SHARED --store-lease -5              | --store-lease takes a whole number, such as 5, not "-5".
            SHARED --store-lease 4 --store-poll 1000 | --store-lease must be at least 5 times --store-poll, 1 s
            SHARED --store-poll 0                | --store-poll takes 1 ms to 1 s, not 0 s.
            SHARED --store-poll 1001             | --store-poll takes 1 ms to 1 s, not 1001 ms.
            """)
    void whatContradictsItselfIsSaid(String line, String message) {
        assertThatThrownBy(
                        () ->
                                server(
                                        line.replace("SHARED", "--store STORE --seal file:/k")
                                                .replace("STORE", STORE)))
                .isInstanceOf(WrongUse.class)
                .hasMessageStartingWith(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgresql://trent:s3cret@db/keys",
                "postgresql://db/keys?user=trent&password=s3cret",
                "s3cret",
                "mysql://trent:s3cret@db/keys",
            })
    void noPasswordInAUrlIsPrinted(String url) {
        for (String line : List.of("--store %s --seal file:/k", "--store=%s")) {
            assertThatThrownBy(() -> server(line.formatted(url)))
                    .isInstanceOf(WrongUse.class)
                    .message()
                    .doesNotContain("s3cret");
        }
    }

    private static Settings dev(String line) throws WrongUse {
        return SettingsReader.dev(flags(line), Map.of());
    }

    private static Settings server(String line) throws WrongUse {
        return SettingsReader.server(flags(line), Map.of());
    }

    private static Flags flags(String line) throws WrongUse {
        List<String> words = line.isEmpty() ? List.of() : Arrays.asList(line.split(" ", -1));
        return Flags.parse(EnumSet.allOf(Flag.class), words, Map.of());
    }
}
