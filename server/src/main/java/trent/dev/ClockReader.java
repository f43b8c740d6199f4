package trent.dev;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what a test wants the clock to show. */
final class ClockReader {

    private static final Set<String> MEMBERS = Set.of("set", "advance", "reset");

    /** Years, months, weeks and days; then hours, minutes and seconds. Source: ISO 8601. */
    private static final Pattern DURATION =
            Pattern.compile("([-+]?)P((?:\\d{1,6}[YMWD])*)(T(?:\\d{1,12}(?:\\.\\d{1,9})?[HMS])+)?");

    private static final int MAX_DECIMALS = 9;
    private static final BigDecimal MAX_SECONDS = BigDecimal.valueOf(10_000_000_000L);
    private static final String EXAMPLES =
            "For example: {\"set\": \"2030-01-01T00:00:00Z\"}, {\"advance\": \"P7D\"}, {\"advance\": 3600} or"
                    + " {\"reset\": true}";

    private ClockReader() {}

    /** The time that is meant; null for the wall's. */
    static @Nullable Instant read(JsonMembers asked, Instant now) throws WrongAsked {
        asked.requireOnly(MEMBERS);
        if (asked.size() != 1) {
            throw new WrongAsked(
                    "One of \"set\", \"advance\" and \"reset\" is to be said. " + EXAMPLES);
        }
        if (asked.has("reset")) {
            if (!asked.truth("reset")) {
                throw new WrongAsked("\"reset\" is to be true. " + EXAMPLES);
            }
            return null;
        }
        Instant time =
                asked.has("set") ? instant(asked.value("set")) : later(asked.value("advance"), now);
        if (!MovableClock.canShow(time)) {
            throw new WrongAsked(
                    "The clock can show times from %s to %s."
                            .formatted(MovableClock.FIRST, MovableClock.LAST));
        }
        return time;
    }

    private static Instant instant(@Nullable Object value) throws WrongAsked {
        if (value instanceof BigDecimal seconds) {
            return Instant.EPOCH.plus(seconds(seconds));
        }
        if (value instanceof String text) {
            try {
                return Instant.parse(text);
            } catch (DateTimeException _) { // told below
            }
        }
        throw new WrongAsked(
                "\"set\" is to be a time with its offset, or seconds since 1970. " + EXAMPLES);
    }

    private static Instant later(@Nullable Object value, Instant now) throws WrongAsked {
        if (value instanceof BigDecimal seconds) {
            return now.plus(seconds(seconds));
        }
        if (value instanceof String text) {
            Matcher parts = DURATION.matcher(text.toUpperCase(Locale.ROOT));
            boolean written = parts.matches();
            if (written && (!parts.group(2).isEmpty() || parts.group(3) != null)) {
                try {
                    return later(parts, now);
                } catch (DateTimeException | ArithmeticException _) { // told below
                }
            }
        }
        throw new WrongAsked(
                "\"advance\" is to be a duration as ISO 8601 writes it, or seconds. " + EXAMPLES);
    }

    /** Months and years are as long as they are from now on. */
    private static Instant later(Matcher parts, Instant now) {
        OffsetDateTime time = now.atOffset(ZoneOffset.UTC);
        String sign = parts.group(1);
        if (!parts.group(2).isEmpty()) {
            time = time.plus(Period.parse(sign + "P" + parts.group(2)));
        }
        if (parts.group(3) != null) {
            time = time.plus(Duration.parse(sign + "P" + parts.group(3)));
        }
        return time.toInstant();
    }

    private static Duration seconds(BigDecimal number) throws WrongAsked {
        if (number.scale() > MAX_DECIMALS || number.abs().compareTo(MAX_SECONDS) > 0) {
            throw new WrongAsked(
                    "A number of seconds has at most %d decimals, and is at most %s."
                            .formatted(MAX_DECIMALS, MAX_SECONDS));
        }
        return Duration.ofSeconds(
                number.longValue(),
                number.remainder(BigDecimal.ONE).movePointRight(MAX_DECIMALS).longValue());
    }
}
