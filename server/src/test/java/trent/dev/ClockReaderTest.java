package trent.dev;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a test may say to the clock, and what the clock shows then. */
class ClockReaderTest {

    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            {"set": "2030-01-01T00:00:00Z"}          | 2030-01-01T00:00:00Z
            {"set": "2030-01-01T00:00:00.123+01:00"} | 2029-12-31T23:00:00.123Z
            {"set": 1893456000}                      | 2030-01-01T00:00:00Z
            {"set": 1893456000.5}                    | 2030-01-01T00:00:00.500Z
            {"advance": "P7D"}                       | 2026-02-07T12:00:00Z
            {"advance": "P1M"}                       | 2026-02-28T12:00:00Z
            {"advance": "P1Y2M1W3DT4H5M6.5S"}        | 2027-04-10T16:05:06.500Z
            {"advance": "PT36H"}                     | 2026-02-02T00:00:00Z
            {"advance": "-P1D"}                      | 2026-01-30T12:00:00Z
            {"advance": "+pt1m"}                     | 2026-01-31T12:01:00Z
            {"advance": 3600}                        | 2026-01-31T13:00:00Z
            {"advance": -0.25}                       | 2026-01-31T11:59:59.750Z
            """)
    void timesAndDurations(String asked, Instant shown) throws WrongAsked {
        assertThat(read(asked)).isEqualTo(shown);
    }

    @Test
    void theWallsTimeAgain() throws WrongAsked {
        assertThat(read("{\"reset\": true}")).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            {}                                         | One of "set", "advance" and "reset"
            ''                                         | One of "set", "advance" and "reset"
            {"set": 1, "advance": 1}                   | One of "set", "advance" and "reset"
            {"sett": 1}                                | no member "sett" here. There are: advance, reset, set
            {"reset": false}                           | "reset" is to be true
            {"reset": "yes"}                           | "reset" is to be true or false
            {"set": "2030-01-01"}                      | "set" is to be a time
            {"set": "2030-01-01T00:00:00"}             | "set" is to be a time
            {"set": true}                              | "set" is to be a time
            {"set": null}                              | null means nothing here
            {"set": "1999-12-31T23:59:59Z"}            | from 2000-01-01T00:00:00Z to 2199-12-31T23:59:59Z
            {"set": "2200-01-01T00:00:00Z"}            | from 2000-01-01T00:00:00Z to 2199-12-31T23:59:59Z
            {"advance": "P"}                           | "advance" is to be a duration
            {"advance": "7D"}                          | "advance" is to be a duration
            {"advance": "P7"}                          | "advance" is to be a duration
            {"advance": "PT"}                          | "advance" is to be a duration
            {"advance": "P1DT"}                        | "advance" is to be a duration
            {"advance": "P1D1Y"}                       | "advance" is to be a duration
            {"advance": "P999999Y"}                    | from 2000-01-01T00:00:00Z to 2199-12-31T23:59:59Z
            {"advance": "PT999999999999H"}             | from 2000-01-01T00:00:00Z to 2199-12-31T23:59:59Z
            {"advance": 1e999999999}                   | A number of seconds has at most
            {"advance": 1e-999999999}                  | A number of seconds has at most
            {"advance": [1]}                           | "advance" is to be a duration
            {"advance": 1, "advance": 2}               | not JSON, or is cut short, or has a member twice
            {"advance": 1                              | not JSON
            {"advance": 1} {}                          | not JSON
            [{"advance": 1}]                           | to be a JSON object
            """)
    void whatIsMeantIsSaid(String asked, String words) {
        assertThatThrownBy(() -> read(asked))
                .isInstanceOf(WrongAsked.class)
                .hasMessageContaining(words);
    }

    @Test
    void theClockRunsOnFromThere() {
        Instant[] wall = {NOW};
        long[] nanos = {5};
        InstantSource now = () -> wall[0];
        MovableClock clock = new MovableClock(now, () -> nanos[0]);
        clock.set(Instant.parse("2030-01-01T00:00:00Z"), NOW);
        wall[0] = NOW.plusSeconds(10);
        assertThat(clock.instant()).isEqualTo("2030-01-01T00:00:10Z");
        assertThat(clock.nanoTime() - 5)
                .as("so much has passed")
                .isEqualTo(Duration.between(NOW, Instant.parse("2030-01-01T00:00:00Z")).toNanos());
        clock.reset();
        assertThat(clock.instant()).isEqualTo(wall[0]);
        assertThat(clock.nanoTime()).isEqualTo(5);
    }

    private static @Nullable Instant read(String asked) throws WrongAsked {
        byte[] body = asked.getBytes(UTF_8);
        return ClockReader.read(JsonMembers.ofObject(body, body.length), NOW);
    }
}
