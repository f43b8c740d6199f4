package trent.language;

/**
 * Addresses in texts, read without making an object: dotted IPv4 and IPv6 as RFC 4291 writes it. An
 * IPv4 address is held as IPv6 maps it ({@code ::ffff:0:0/96}), so that a client cannot choose by
 * which of the two it is judged.
 */
final class IpAddresses {

    private static final long MAPPED = 0xFFFF_0000_0000L;
    static final int MAPPED_BITS = 96;
    private static final int ALL_BITS = 128;
    private static final int GROUPS = 8;

    private IpAddresses() {}

    /** Whether this part of a text is an address. */
    static boolean isOne(String text, int from, int to) {
        return (isDotted(text, from, to) ? four(text, from, to) : six(text, from, to, -1)) >= 0;
    }

    /** The first 64 bits of an address. */
    static long high(String text, int from, int to) {
        return isDotted(text, from, to)
                ? 0
                : (six(text, from, to, 0) << 48)
                        | (six(text, from, to, 1) << 32)
                        | (six(text, from, to, 2) << 16)
                        | six(text, from, to, 3);
    }

    /** The last 64 bits of an address. */
    static long low(String text, int from, int to) {
        return isDotted(text, from, to)
                ? MAPPED | four(text, from, to)
                : (six(text, from, to, 4) << 48)
                        | (six(text, from, to, 5) << 32)
                        | (six(text, from, to, 6) << 16)
                        | six(text, from, to, 7);
    }

    /** Whether 128 bits are an IPv4 address. */
    static boolean isFour(long high, long low) {
        return high == 0 && (low & ~0xFFFF_FFFFL) == MAPPED;
    }

    /** How many bits a CIDR's prefix has, of 128; -1 if it is none. */
    static int prefix(String text, int slash, boolean four) {
        if (slash < 0) {
            return ALL_BITS;
        }
        int digits = text.length() - slash - 1;
        if (digits < 1 || digits > 3) {
            return -1;
        }
        int bits = 0;
        for (int i = slash + 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            bits = bits * 10 + c - '0';
        }
        bits += four ? MAPPED_BITS : 0;
        return bits > ALL_BITS ? -1 : bits;
    }

    static long highMask(int bits) {
        return bits == 0 ? 0 : -1L << Math.max(0, 64 - bits);
    }

    static long lowMask(int bits) {
        return bits <= 64 ? 0 : -1L << (ALL_BITS - bits);
    }

    private static boolean isDotted(String text, int from, int to) {
        int colon = text.indexOf(':', from);
        return colon < 0 || colon >= to;
    }

    private static long four(String text, int from, int to) {
        long address = 0;
        int at = from;
        for (int octet = 0; octet < 4; octet++) {
            if (octet > 0) {
                if (at >= to || text.charAt(at) != '.') {
                    return -1;
                }
                at++;
            }
            int start = at;
            int value = 0;
            while (at < to && at - start < 3 && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
                value = value * 10 + text.charAt(at) - '0';
                at++;
            }
            // A leading zero means octal to some: who reads it so would admit another address.
            boolean octal = at - start > 1 && text.charAt(start) == '0';
            if (at == start || value > 255 || octal) {
                return -1;
            }
            address = address << 8 | value;
        }
        return at == to ? address : -1;
    }

    /**
     * One of the eight groups of 16 bits, or with -1 whether there are eight: 0, else -1. Reading
     * the text once for each group costs less than an object would.
     */
    private static long six(String text, int from, int to, int wanted) {
        int gap = gap(text, from, to);
        if (gap < 0) {
            return groups(text, from, to, wanted, GROUPS, GROUPS);
        }
        int before = gap == from ? 0 : count(text, from, gap);
        int after = gap + 2 == to ? 0 : count(text, gap + 2, to);
        if (before + after >= GROUPS) {
            return -1;
        }
        long first = gap == from ? 0 : groups(text, from, gap, -1, before, GROUPS - 1);
        long second = gap + 2 == to ? 0 : groups(text, gap + 2, to, -1, after, GROUPS);
        if (first < 0 || second < 0) {
            return -1;
        }
        if (wanted < 0) {
            return 0;
        }
        if (wanted < before) {
            return groups(text, from, gap, wanted, before, GROUPS - 1);
        }
        int fromEnd = wanted - (GROUPS - after);
        return fromEnd < 0 ? 0 : groups(text, gap + 2, to, fromEnd, after, GROUPS);
    }

    /** The place of the one {@code ::}; -1 if there is none. */
    private static int gap(String text, int from, int to) {
        int gap = text.indexOf("::", from);
        return gap >= 0 && gap + 2 <= to ? gap : -1;
    }

    /** How many groups stand there; dotted ones at the end count as two. */
    private static int count(String text, int from, int to) {
        int count = 1;
        for (int i = from; i < to; i++) {
            if (text.charAt(i) == ':') {
                count++;
            } else if (text.charAt(i) == '.') {
                return count + 1;
            }
        }
        return count;
    }

    /**
     * One of the groups of a part without gap, or with -1 whether there are as many as expected.
     *
     * @param dottedUntil groups of the whole address at whose end dotted ones may stand: 8
     */
    private static long groups(
            String text, int from, int to, int wanted, int expected, int dottedUntil) {
        long found = 0;
        int index = 0;
        int at = from;
        while (true) {
            int end = at;
            while (end < to && text.charAt(end) != ':') {
                end++;
            }
            int dot = text.indexOf('.', at);
            if (dot >= 0 && dot < end) {
                long four = four(text, at, end);
                if (four < 0 || end != to || dottedUntil != GROUPS) {
                    return -1;
                }
                if (wanted == index) {
                    found = four >>> 16;
                } else if (wanted == index + 1) {
                    found = four & 0xFFFF;
                }
                index += 2;
            } else {
                long group = hex(text, at, end);
                if (group < 0) {
                    return -1;
                }
                if (wanted == index) {
                    found = group;
                }
                index++;
            }
            if (end == to) {
                return index == expected ? found : -1;
            }
            at = end + 1;
        }
    }

    private static long hex(String text, int from, int to) {
        if (to == from || to - from > 4) {
            return -1;
        }
        long value = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            int digit = c < 128 ? Character.digit(c, 16) : -1;
            if (digit < 0) {
                return -1;
            }
            value = value << 4 | digit;
        }
        return value;
    }
}
