package trent.language;

/**
 * Instants as policies and requests write them: ISO 8601 in the profile of the W3C note "Date and
 * Time Formats", or seconds since 1970. Read without making an object.
 */
final class Instants {

    /** What is no instant. */
    static final long NONE = Long.MIN_VALUE;

    private static final long MICROS = 1_000_000;
    private static final int MAX_EPOCH_DIGITS = 12;
    private static final int[] DAYS_BEFORE_MONTH = {
        0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334
    };

    private Instants() {}

    /** Microseconds since 1970, or {@link #NONE}; what is finer is cut off. */
    static long micros(String text) {
        int length = text.length();
        if (length >= 4 && text.charAt(0) != '-' && (length == 4 || text.charAt(4) == '-')) {
            return calendar(text);
        }
        return epoch(text);
    }

    private static long epoch(String text) {
        boolean negative = text.startsWith("-");
        int from = negative ? 1 : 0;
        int point = text.indexOf('.');
        int to = point < 0 ? text.length() : point;
        if (to == from || to - from > MAX_EPOCH_DIGITS) {
            return NONE;
        }
        long seconds = 0;
        for (int i = from; i < to; i++) {
            int digit = digit(text, i);
            if (digit < 0) {
                return NONE;
            }
            seconds = seconds * 10 + digit;
        }
        long fraction = point < 0 ? 0 : fraction(text, point + 1, text.length());
        if (fraction < 0) {
            return NONE;
        }
        long micros = seconds * MICROS + fraction;
        return negative ? -micros : micros;
    }

    /** YYYY, YYYY-MM, YYYY-MM-DD, then Thh:mm, :ss, .s, and with a time Z or ±hh:mm. */
    private static long calendar(String text) {
        int length = text.length();
        int year = number(text, 0, 4);
        int month = 1;
        int day = 1;
        if (length > 4) {
            month = length >= 7 ? number(text, 5, 2) : -1;
        }
        if (length > 7) {
            day = length >= 10 && text.charAt(7) == '-' ? number(text, 8, 2) : -1;
        }
        if (year < 0 || month < 1 || month > 12 || day < 1 || day > days(year, month)) {
            return NONE;
        }
        long midnight = daysSince1970(year, month, day) * 86_400;
        if (length <= 10) {
            return midnight * MICROS;
        }
        if (length < 17 || text.charAt(10) != 'T' || text.charAt(13) != ':') {
            return NONE;
        }
        int hour = number(text, 11, 2);
        int minute = number(text, 14, 2);
        int second = 0;
        long fraction = 0;
        int at = 16;
        if (text.charAt(at) == ':') {
            second = number(text, at + 1, 2);
            at += 3;
            if (at < length && text.charAt(at) == '.') {
                int from = at + 1;
                at = from;
                while (at < length && digit(text, at) >= 0) {
                    at++;
                }
                fraction = fraction(text, from, at);
            }
        }
        int offset = offset(text, at);
        if (hour < 0
                || hour > 23
                || minute < 0
                || minute > 59
                || second < 0
                || second > 59
                || fraction < 0
                || offset == Integer.MIN_VALUE) {
            return NONE;
        }
        long seconds = midnight + hour * 3600L + minute * 60L + second - offset;
        return seconds * MICROS + fraction;
    }

    /** Seconds east of Greenwich of what ends the text. */
    private static int offset(String text, int at) {
        int left = text.length() - at;
        if (left == 1 && text.charAt(at) == 'Z') {
            return 0;
        }
        if (left != 6
                || (text.charAt(at) != '+' && text.charAt(at) != '-')
                || text.charAt(at + 3) != ':') {
            return Integer.MIN_VALUE;
        }
        int hours = number(text, at + 1, 2);
        int minutes = number(text, at + 4, 2);
        if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) {
            return Integer.MIN_VALUE;
        }
        int seconds = hours * 3600 + minutes * 60;
        return text.charAt(at) == '-' ? -seconds : seconds;
    }

    /** Digits after a point as microseconds, negative if there are none. */
    private static long fraction(String text, int from, int to) {
        if (from == to) {
            return -1;
        }
        long micros = 0;
        long unit = MICROS / 10;
        for (int i = from; i < to; i++) {
            int digit = digit(text, i);
            if (digit < 0) {
                return -1;
            }
            micros += digit * unit;
            unit /= 10;
        }
        return micros;
    }

    private static int number(String text, int from, int digits) {
        if (from + digits > text.length()) {
            return -1;
        }
        int number = 0;
        for (int i = from; i < from + digits; i++) {
            int digit = digit(text, i);
            if (digit < 0) {
                return -1;
            }
            number = number * 10 + digit;
        }
        return number;
    }

    private static int digit(String text, int at) {
        char c = text.charAt(at);
        return c >= '0' && c <= '9' ? c - '0' : -1;
    }

    private static boolean leap(int year) {
        return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    }

    private static int days(int year, int month) {
        return switch (month) {
            case 2 -> leap(year) ? 29 : 28;
            case 4, 6, 9, 11 -> 30;
            default -> 31;
        };
    }

    private static long daysSince1970(int year, int month, int day) {
        long before = year - 1L; // years that are over, since the year 1
        long days = before * 365 + Math.floorDiv(before, 4L) - Math.floorDiv(before, 100L);
        days += Math.floorDiv(before, 400L);
        int leapDay = month > 2 && leap(year) ? 1 : 0;
        return days + DAYS_BEFORE_MONTH[month - 1] + leapDay + day - 1 - 719_162;
    }
}
