package trent.ops;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where is listened, and which two are one. */
class AddressTest {

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:4599, 127.0.0.1:4599, true",
        "127.0.0.1:4599, 127.0.0.1:4600, false",
        "127.0.0.1:4599, 127.0.0.2:4599, false",
        "127.0.0.1:0, 127.0.0.1:0, false",
        "localhost:4599, 127.0.0.1:4599, true",
        "LOCALHOST:4599, localhost:4599, true",
        "0.0.0.0:4599, 127.0.0.1:4599, true",
        "127.0.0.1:4599, 0.0.0.0:4599, true",
        "[::]:4599, 127.0.0.1:4599, true",
        "[::1]:4599, [::]:4599, true",
        "[::1]:4599, [0:0:0:0:0:0:0:1]:4599, true",
        "[::1]:4599, 127.0.0.1:4599, false",
        "[::1]:4599, 127.0.0.1:4599, false",
        "nowhere.invalid:4599, 127.0.0.1:4599, false",
        "nowhere.invalid:4599, nowhere.invalid:4599, true"
    })
    void twoThatCouldBeAskedForTheSame(String one, String other, boolean overlap) {
        assertThat(Address.parse(one).overlaps(Address.parse(other))).isEqualTo(overlap);
        assertThat(Address.parse(other).overlaps(Address.parse(one))).isEqualTo(overlap);
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:4599, 127.0.0.1, 4599, 127.0.0.1:4599",
        "[::1]:0, ::1, 0, [::1]:0",
        "example.com:65535, example.com, 65535, example.com:65535"
    })
    void isReadAsItIsWritten(String text, String host, int port, String shown) {
        assertThat(Address.parse(text)).isEqualTo(new Address(host, port)).hasToString(shown);
    }
}
