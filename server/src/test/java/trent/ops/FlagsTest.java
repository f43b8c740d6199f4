package trent.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a command line means, and what is said where it means nothing. */
class FlagsTest {

    private static final Set<Flag> ALL = EnumSet.allOf(Flag.class);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            --data /a                          |          | /a
            --data=/a                          |          | /a
            --data /a                          | /b       | /a
                                               | /b       | /b
                                               |          |
            --data=/a=b                        |          | /a=b
            """)
    void aFlagGoesBeforeTheEnvironment(
            @Nullable String line, @Nullable String variable, @Nullable String expected)
            throws WrongUse {
        Map<String, String> environment =
                variable == null ? Map.of() : Map.of("TRENT_DATA", variable);
        assertThat(Flags.parse(ALL, words(line), environment).value(Flag.DATA)).isEqualTo(expected);
    }

    @Test
    void whatIsNotGivenHasItsDefault() throws WrongUse {
        Flags none = Flags.parse(ALL, List.of(), Map.of());
        assertThat(none.value(Flag.LISTEN)).isEqualTo("127.0.0.1:4599");
        assertThat(none.value(Flag.ADMIN_LISTEN)).isEqualTo("127.0.0.1:4600");
        assertThat(none.value(Flag.ACCOUNT)).isEqualTo("000000000000");
        assertThat(none.values(Flag.QUOTA)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            --quota keys=1 --quota tags-per-key=2 |                       | keys=1 tags-per-key=2
            --quota keys=1,tags-per-key=2         |                       | keys=1 tags-per-key=2
                                                  | keys=1,tags-per-key=2 | keys=1 tags-per-key=2
            --quota keys=1                        | tags-per-key=2        | keys=1
            """)
    void aRepeatableFlagIsRepeatedOrSeparatedByCommas(
            @Nullable String line, @Nullable String variable, @Nullable String expected)
            throws WrongUse {
        Map<String, String> environment =
                variable == null ? Map.of() : Map.of("TRENT_QUOTA", variable);
        assertThat(Flags.parse(ALL, words(line), environment).values(Flag.QUOTA))
                .isEqualTo(words(expected));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            --lisen x            | Unknown flag --lisen. Did you mean --listen?
            --stor=b://u:s3cret@ | Unknown flag --stor. Did you mean --store?
            --list x             | Unknown flag --list. Did you mean --listen?
            --listen             | --listen needs a value.
            --listen a --listen b | --listen is given more than once.
            dev                  | Unknown argument: dev.
            b://u:s3cret@h       | Unknown argument: b://....
            --data /a more       | Unknown argument: more.
            """)
    void whatMeansNothingIsSaid(String line, String message) {
        assertThatThrownBy(() -> Flags.parse(ALL, words(line), Map.of()))
                .isInstanceOf(WrongUse.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            --seal-readable-by-others |       | true
                                      | true  | true
                                      | false | false
                                      |       | false
            """)
    void aFlagThatStandsAlone(@Nullable String line, @Nullable String variable, boolean expected)
            throws WrongUse {
        Map<String, String> environment =
                variable == null ? Map.of() : Map.of("TRENT_SEAL_READABLE_BY_OTHERS", variable);
        Flags flags = Flags.parse(ALL, words(line), environment);
        assertThat(flags.has(Flag.SEAL_READABLE_BY_OTHERS)).isEqualTo(expected);
    }

    @Test
    void aFlagThatStandsAloneIsTrueOrFalse() throws WrongUse {
        Flags flags =
                Flags.parse(ALL, List.of(), Map.of("TRENT_SEAL_READABLE_BY_OTHERS", "perhaps"));
        assertThatThrownBy(() -> flags.has(Flag.SEAL_READABLE_BY_OTHERS))
                .hasMessage("TRENT_SEAL_READABLE_BY_OTHERS takes true or false, not perhaps.");
    }

    /** Scripts rely on these names. */
    @Test
    void namesOfFlagsAndVariables() {
        Set<String> names = new TreeSet<>();
        for (Flag flag : Flag.values()) {
            names.add(flag + " " + flag.variable());
        }
        assertThat(names)
                .containsExactly(
                        "--account TRENT_ACCOUNT",
                        "--admin-listen TRENT_ADMIN_LISTEN",
                        "--allow-reset TRENT_ALLOW_RESET",
                        "--as-development TRENT_AS_DEVELOPMENT",
                        "--attestation-roots TRENT_ATTESTATION_ROOTS",
                        "--contract TRENT_CONTRACT",
                        "--cors-origin TRENT_CORS_ORIGIN",
                        "--data TRENT_DATA",
                        "--from-development TRENT_FROM_DEVELOPMENT",
                        "--host-name TRENT_HOST_NAME",
                        "--listen TRENT_LISTEN",
                        "--log TRENT_LOG",
                        "--log-format TRENT_LOG_FORMAT",
                        "--oidc-ca TRENT_OIDC_CA",
                        "--oidc-keys TRENT_OIDC_KEYS",
                        "--quota TRENT_QUOTA",
                        "--seal TRENT_SEAL",
                        "--seal-readable-by-others TRENT_SEAL_READABLE_BY_OTHERS",
                        "--seed TRENT_SEED",
                        "--seed-apply TRENT_SEED_APPLY",
                        "--sm2-regions TRENT_SM2_REGIONS",
                        "--store TRENT_STORE",
                        "--store-connect-timeout TRENT_STORE_CONNECT_TIMEOUT",
                        "--store-connections TRENT_STORE_CONNECTIONS",
                        "--store-lease TRENT_STORE_LEASE",
                        "--store-password-file TRENT_STORE_PASSWORD_FILE",
                        "--store-poll TRENT_STORE_POLL",
                        "--store-socket-timeout TRENT_STORE_SOCKET_TIMEOUT",
                        "--store-statement-timeout TRENT_STORE_STATEMENT_TIMEOUT",
                        "--tls-cert TRENT_TLS_CERT",
                        "--tls-key TRENT_TLS_KEY",
                        "--trust-proxy TRENT_TRUST_PROXY",
                        "--unknown-principals TRENT_UNKNOWN_PRINCIPALS");
    }

    @ParameterizedTest
    @EnumSource(Flag.class)
    void everyVariableIsKnownAndItsMisspellingIsNot(Flag flag) {
        assertThat(Environment.unknown(Set.of(flag.variable()))).isNull();
        assertThat(Environment.unknown(Set.of(flag.variable() + "X")))
                .isNotNull()
                .contains(flag.variable() + "X", "Did you mean " + flag.variable() + "?");
    }

    private static List<String> words(@Nullable String line) {
        return line == null ? List.of() : Arrays.asList(line.split(" ", -1));
    }
}
