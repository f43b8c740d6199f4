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
                                        "tags-per-key=10")))
                .isEqualTo(new Quotas(7, 8, 9, 10, 25, 32_768));
        assertThat(QuotaOption.read(List.of("keys=2000000000")).keys()).isEqualTo(2_000_000_000);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    key=7                | --quota knows no key. Did you mean keys? There are: aliases-per-key, grants-per-key, keys, tags-per-key.
                    grant-per-key=7      | --quota knows no grant-per-key. Did you mean grants-per-key? There are: aliases-per-key, grants-per-key, keys, tags-per-key.
                    KEYS=7               | --quota knows no KEYS. Did you mean keys? There are: aliases-per-key, grants-per-key, keys, tags-per-key.
                    =7                   | --quota knows no . There are: aliases-per-key, grants-per-key, keys, tags-per-key.
                    keys                 | --quota takes NAME=NUMBER, such as keys=1000, not keys.
                    keys=                | --quota: keys takes a number from 1 to 2000000000, not .
                    keys=0               | --quota: keys takes a number from 1 to 2000000000, not 0.
                    keys=-1              | --quota: keys takes a number from 1 to 2000000000, not -1.
                    keys=1.5             | --quota: keys takes a number from 1 to 2000000000, not 1.5.
                    keys=2000000001      | --quota: keys takes a number from 1 to 2000000000, not 2000000001.
                    keys=99999999999     | --quota: keys takes a number from 1 to 2000000000, not 99999999999.
                    """)
    void mistakesAreNamed(String written, String text) {
        assertThatThrownBy(() -> QuotaOption.read(List.of(written))).hasMessage(text);
    }

    @Test
    void twoNumbersForOneNameContradictEachOther() {
        assertThatThrownBy(() -> QuotaOption.read(List.of("keys=7", "tags-per-key=1", "keys=7")))
                .hasMessage("--quota has two numbers for keys. Give it one.");
    }
}
