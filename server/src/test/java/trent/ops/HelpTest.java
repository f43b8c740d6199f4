package trent.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import trent.Golden;
import trent.ops.Commands.Command;

/** The words of help, and the files that are made of them. */
@Tag("sqlite")
class HelpTest {

    private static final Path PACKAGING = LauncherTest.HOME.resolve("packaging");

    static Set<String> files() {
        return Help.files().keySet();
    }

    /** What the launcher, the manual and the shells say is what the server's table says. */
    @ParameterizedTest
    @MethodSource("files")
    void theFilesAreThoseOfTheTable(String name) {
        Golden.ofTree("packaging/" + name).check(Objects.requireNonNull(Help.files().get(name)));
    }

    @Test
    void nothingElseIsHelp() throws IOException {
        try (Stream<Path> files = Files.list(PACKAGING.resolve("help"))) {
            assertThat(files.map(file -> "help/" + file.getFileName())).isSubsetOf(files());
        }
    }

    @Test
    void everyFlagIsInTheHelpOfItsCommands() {
        for (Command command : Command.values()) {
            for (Flag flag : command.flags()) {
                assertThat(Help.of(command)).contains("  " + flag);
            }
        }
        String environment = Help.of(Help.Topic.ENVIRONMENT);
        for (Flag flag : Flag.values()) {
            assertThat(environment).contains("  " + flag.variable());
        }
        assertThat(Help.general()).contains(Commands.names());
    }

    @Test
    void helpOfWhatThereIsNotNamesTheNearest() {
        assertThatThrownBy(() -> Help.about("enviroment"))
                .isInstanceOf(WrongUse.class)
                .hasMessageStartingWith(
                        "There is no command or topic enviroment. Did you mean environment? There are: account, completion, dev, ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            trent s                       | server
            trent re                      | release-deletions
            trent --h                     | --help
            trent help env                | environment
            trent help ser                | server
            trent server --tls-           | --tls-cert --tls-key
            trent dev --host              | --host-name
            trent server --host           | ''
            trent explain --as a --fac    | --fact
            trent account res             | reset-root
            trent verify --a              | --all
            trent dev --unknown-principals a | accept
            trent dev --data server       | ''
            """)
    void bashCompletes(String line, String expected) throws Exception {
        String script =
                """
                source "$1"
                shift
                COMP_WORDS=("$@")
                COMP_CWORD=$(($# - 1))
                _trent
                printf '%s\\n' ${COMPREPLY[@]+"${COMPREPLY[@]}"}
                """;
        List<String> words =
                Stream.concat(
                                Stream.of(
                                        "-c",
                                        script,
                                        "bash",
                                        PACKAGING.resolve("completion/trent.bash").toString()),
                                Arrays.stream(line.strip().split(" +", -1)))
                        .toList();
        LauncherTest.Ended ended = LauncherTest.bash(Map.of(), words);
        assertThat(ended.err()).isEmpty();
        assertThat(
                        new TreeSet<>(
                                ended.out()
                                        .lines()
                                        .filter(each -> !each.isEmpty())
                                        .collect(Collectors.toSet())))
                .hasToString(
                        new TreeSet<>(
                                        Arrays.stream(expected.split(" ", -1))
                                                .filter(each -> !each.isEmpty())
                                                .toList())
                                .toString());
    }

    @Test
    void zshReadsItsCompletion() throws Exception {
        Path zsh = Path.of("/bin/zsh");
        assumeTrue(Files.isExecutable(zsh), "zsh is not installed");
        LauncherTest.Ended ended =
                LauncherTest.run(
                        Map.of(),
                        List.of(
                                zsh.toString(),
                                "-n",
                                PACKAGING.resolve("completion/_trent").toString()));
        assertThat(ended).isEqualTo(new LauncherTest.Ended(0, "", ""));
    }
}
