package trent.literal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Base64;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Comparisons of §2.4 beside those of texts; null where a value cannot be read. */
final class Values {

    private static final Pattern NUMBER = Pattern.compile("-?[0-9]+(\\.[0-9]+)?");
    private static final Pattern EPOCH = Pattern.compile("-?[0-9]{1,12}");
    private static final Pattern OCTET = Pattern.compile("0|[1-9][0-9]{0,2}");

    private Values() {}

    /** Integers or decimals. */
    static @Nullable Boolean numbers(
            String asked, String listed, @Nullable Fault fault, IntPredicate wanted) {
        if (!NUMBER.matcher(asked).matches() || !NUMBER.matcher(listed).matches()) {
            return null;
        }
        if (fault == Fault.NUMBERS_COMPARED_AS_DOUBLES) {
            return wanted.test(
                    Double.compare(Double.parseDouble(asked), Double.parseDouble(listed)));
        }
        return wanted.test(new BigDecimal(asked).compareTo(new BigDecimal(listed)));
    }

    /** ISO 8601 (W3C profile) or epoch seconds. */
    static @Nullable Boolean dates(
            String asked, String listed, @Nullable Fault fault, IntPredicate wanted) {
        Instant one = date(asked);
        Instant other = date(listed);
        if (one == null || other == null) {
            return null;
        }
        return wanted.test(
                fault == Fault.DATES_COMPARED_AS_TEXT
                        ? asked.compareTo(listed)
                        : one.compareTo(other));
    }

    private static @Nullable Instant date(String text) {
        try {
            if (text.matches("[0-9]{4}-[0-9]{2}")) {
                return YearMonth.parse(text).atDay(1).atStartOfDay(ZoneOffset.UTC).toInstant();
            }
            if (text.matches("[0-9]{4}-[0-9]{2}-[0-9]{2}")) {
                return LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
            }
            if (text.matches(
                    "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]+)?)?"
                            + "(Z|[+-][0-9]{2}:[0-9]{2})")) {
                return OffsetDateTime.parse(text).toInstant();
            }
            if (EPOCH.matcher(text).matches()) {
                return Instant.ofEpochSecond(Long.parseLong(text));
            }
            return null;
        } catch (DateTimeException | NumberFormatException _) {
            return null;
        }
    }

    /** true or false. */
    static @Nullable Boolean booleans(String asked, String listed) {
        if (!asked.matches("true|false") || !listed.matches("true|false")) {
            return null;
        }
        return asked.equals(listed);
    }

    /** Base64 in the policy against bytes, which here are those of a text. */
    static @Nullable Boolean bytes(String asked, String listed) {
        try {
            return Arrays.equals(asked.getBytes(UTF_8), Base64.getDecoder().decode(listed));
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    /** CIDR, v4 and v6; without prefix the address alone. */
    static @Nullable Boolean inBlock(String asked, String listed, @Nullable Fault fault) {
        String[] block = listed.split("/", -1);
        byte[] address = address(asked);
        byte[] network = address(block[0]);
        if (address == null || network == null || block.length > 2) {
            return null;
        }
        int bits = network.length * 8;
        int prefix = bits;
        if (block.length == 2) {
            if (!block[1].matches("[0-9]{1,3}") || Integer.parseInt(block[1]) > bits) {
                return null;
            }
            prefix = Integer.parseInt(block[1]);
        }
        if (fault == Fault.PREFIX_OF_CIDR_IN_WHOLE_BYTES) {
            prefix = prefix / 8 * 8;
        }
        if (address.length != network.length) {
            return false;
        }
        int rest = bits - prefix;
        return new BigInteger(1, address)
                .shiftRight(rest)
                .equals(new BigInteger(1, network).shiftRight(rest));
    }

    private static byte @Nullable [] address(String text) {
        return text.contains(":") ? six(text) : four(text);
    }

    private static byte @Nullable [] four(String text) {
        String[] octets = text.split("\\.", -1);
        if (octets.length != 4) {
            return null;
        }
        byte[] address = new byte[4];
        for (int i = 0; i < 4; i++) {
            if (!OCTET.matcher(octets[i]).matches() || Integer.parseInt(octets[i]) > 255) {
                return null;
            }
            address[i] = (byte) Integer.parseInt(octets[i]);
        }
        return address;
    }

    /** Eight groups of hexadecimal digits, at most one run of zeros left out. */
    private static byte @Nullable [] six(String text) {
        String[] halves = text.split("::", -1);
        if (halves.length > 2) {
            return null;
        }
        String[] front = halves[0].isEmpty() ? new String[0] : halves[0].split(":", -1);
        String[] back =
                halves.length < 2 || halves[1].isEmpty() ? new String[0] : halves[1].split(":", -1);
        int given = front.length + back.length;
        if (halves.length == 1 ? given != 8 : given > 7) {
            return null;
        }
        byte[] address = new byte[16];
        for (int i = 0; i < given; i++) {
            String group = i < front.length ? front[i] : back[i - front.length];
            if (!group.matches("[0-9A-Fa-f]{1,4}")) {
                return null;
            }
            int place = i < front.length ? i : 8 - given + i;
            int value = Integer.parseInt(group, 16);
            address[2 * place] = (byte) (value >> 8);
            address[2 * place + 1] = (byte) value;
        }
        return address;
    }
}
