package trent.ops;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * Where to listen: {@code HOST:PORT}, or {@code [HOST]:PORT} for an IPv6 address; port 0
 * picks a free one.
 */
public record Address(String host, int port) {

    private static final int MAX_PORT = 65_535;

    /**
     * Reads an address.
     *
     * @throws IllegalArgumentException in words for the operator
     */
    public static Address parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        if (host.isEmpty()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no address: give HOST:PORT, such as 127.0.0.1:4599");
        }
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            if (port >= 0 && port <= MAX_PORT) {
                return new Address(host, port);
            }
        } catch (NumberFormatException _) {
            // said below
        }
        throw new IllegalArgumentException("'" + text + "' has no port from 0 to 65535 at its end");
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
