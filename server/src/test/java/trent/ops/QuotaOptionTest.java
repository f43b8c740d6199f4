package trent.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trent.key.Quotas;

/** Quotas as an operator writes them. */
class QuotaOptionTest {

    @Test
    void whatIsNotSaidIsAwsDefault() {
        assertThat(QuotaOption.read(List.of())).isEqualTo(Quotas.DEFAULT);
        assertThat(
                        QuotaOption.read(
                                List.of(
                                        "keys=7",
                                        "aliases-per-key=8",
                                        "grants-per-key=9",
                                        "tags-per-key=10",
                                        "keys=11")))
                .isEqualTo(new Quotas(11, 8, 9, 10, 25, 32_768));
        assertThat(QuotaOption.read(List.of("keys=2000000000")).keys()).isEqualTo(2_000_000_000);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    key=7                | there is no quota key. Did you mean keys?
                    grant-per-key=7      | there is no quota grant-per-key. Did you mean grants-per-key?
                    KEYS=7               | there is no quota KEYS. Did you mean keys?
                    =7                   | there is no quota . Did you mean keys?
                    keys                 | --quota takes NAME=NUMBER, such as keys=1000, not keys.
                    keys=                | the quota keys takes a number from 1 to 2000000000, not .
                    keys=0               | the quota keys takes a number from 1 to 2000000000, not 0.
                    keys=-1              | the quota keys takes a number from 1 to 2000000000, not -1.
                    keys=1.5             | the quota keys takes a number from 1 to 2000000000, not 1.5.
                    keys=2000000001      | the quota keys takes a number from 1 to 2000000000, not 2000000001.
                    keys=99999999999     | the quota keys takes a number from 1 to 2000000000, not 99999999999.
                    """)
    void mistakesAreNamed(String written, String text) {
        assertThatThrownBy(() -> QuotaOption.read(List.of(written))).hasMessage(text);
    }
}
