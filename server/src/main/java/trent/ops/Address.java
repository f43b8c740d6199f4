package trent.ops;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where to listen: {@code HOST:PORT}, or {@code [HOST]:PORT} for an IPv6 address; port 0
 * picks a free one.
 */
public record Address(String host, int port) {

    private static final int MAX_PORT = 65_535;
    private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");

    /**
     * Reads an address.
     *
     * @throws IllegalArgumentException in words for the operator
     */
    public static Address parse(String text) {
        if (text.contains("://")) {
            throw new IllegalArgumentException(
                    "'%s' is a URL: give HOST:PORT alone, such as 127.0.0.1:4599".formatted(text));
        }
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.contains(":")) {
            throw new IllegalArgumentException(
                    "'%s' has an IPv6 address without brackets: give [HOST]:PORT, such as [::1]:4599"
                            .formatted(text));
        }
        if (host.isEmpty()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no address: give HOST:PORT, such as 127.0.0.1:4599");
        }
        String port = text.substring(colon + 1);
        if (PORT.matcher(port).matches() && Integer.parseInt(port) <= MAX_PORT) {
            return new Address(host, Integer.parseInt(port));
        }
        throw new IllegalArgumentException("'" + text + "' has no port from 0 to 65535 at its end");
    }

    /**
     * Whether both could be asked for the same: one port, and an address that both have, be it under
     * two names or since one of them is all addresses.
     */
    boolean overlaps(Address other) {
        if (port != other.port || port == 0) { // a free port is another each time
            return false;
        }
        if (host.equalsIgnoreCase(other.host)) {
            return true;
        }
        try {
            Set<InetAddress> mine = Set.copyOf(Arrays.asList(InetAddress.getAllByName(host)));
            InetAddress[] others = InetAddress.getAllByName(other.host);
            return mine.stream().anyMatch(InetAddress::isAnyLocalAddress)
                    || Arrays.stream(others)
                            .anyMatch(each -> each.isAnyLocalAddress() || mine.contains(each));
        } catch (UnknownHostException _) { // which is said when it is listened on
            return false;
        }
    }

    /** Whether it is all addresses of this machine. */
    boolean isEverywhere() {
        try {
            return Arrays.stream(InetAddress.getAllByName(host))
                    .anyMatch(InetAddress::isAnyLocalAddress);
        } catch (UnknownHostException _) {
            return false;
        }
    }

    /** Whether only this machine reaches it. */
    boolean isLoopback() {
        try {
            return Arrays.stream(InetAddress.getAllByName(host))
                    .allMatch(InetAddress::isLoopbackAddress);
        } catch (UnknownHostException _) {
            return false;
        }
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
