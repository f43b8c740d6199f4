package trent.wire;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Networks whose proxies are believed about whom they speak for. Immutable. */
public final class TrustedProxies {

    /** Nobody is believed. */
    public static final TrustedProxies NONE = new TrustedProxies(List.of());

    private static final int BYTE_BITS = 8;

    private final List<Network> networks;

    private static final class Network {

        private final byte[] address;
        private final int bits;

        private Network(byte[] address, int bits) {
            this.address = address;
            this.bits = bits;
        }

        private boolean contains(byte[] other) {
            if (other.length != address.length) {
                return false;
            }
            for (int i = 0; i < bits; i++) {
                int bit = BYTE_BITS - 1 - i % BYTE_BITS;
                if (((address[i / BYTE_BITS] ^ other[i / BYTE_BITS]) >> bit & 1) != 0) {
                    return false;
                }
            }
            return true;
        }
    }

    private TrustedProxies(List<Network> networks) {
        this.networks = networks;
    }

    /**
     * Those of these networks, such as {@code 10.0.0.0/8}, {@code fd00::/8} or {@code 192.0.2.7}.
     *
     * @throws IllegalArgumentException if one is no network; the message is the text
     */
    public static TrustedProxies of(List<String> networks) {
        List<Network> parsed = new ArrayList<>();
        for (String text : networks) {
            int slash = text.indexOf('/');
            byte[] address = address(slash < 0 ? text : text.substring(0, slash));
            if (address == null) {
                throw new IllegalArgumentException(text);
            }
            int all = address.length * BYTE_BITS;
            int bits = slash < 0 ? all : bits(text.substring(slash + 1));
            if (bits < 0 || bits > all) {
                throw new IllegalArgumentException(text);
            }
            parsed.add(new Network(address, bits));
        }
        return new TrustedProxies(List.copyOf(parsed));
    }

    boolean isEmpty() {
        return networks.isEmpty();
    }

    boolean trusts(InetAddress address) {
        return trusts(address.getAddress());
    }

    /** An address in network byte order. */
    boolean trusts(byte[] address) {
        for (Network network : networks) {
            if (network.contains(address)) {
                return true;
            }
        }
        return false;
    }

    /** The bytes of an address literal, four of an IPv4 address in IPv6's clothes; null if none. */
    static byte @Nullable [] address(String literal) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(literal);
        if (bytes == null || literal.indexOf('%') >= 0) {
            return null;
        }
        return bytes.length == 16 ? unmapped(bytes) : bytes;
    }

    private static byte[] unmapped(byte[] bytes) {
        for (int i = 0; i < 12; i++) {
            if (bytes[i] != (i < 10 ? 0 : (byte) 0xff)) {
                return bytes;
            }
        }
        return new byte[] {bytes[12], bytes[13], bytes[14], bytes[15]};
    }

    private static int bits(String text) {
        boolean digits =
                !text.isEmpty()
                        && text.length() <= 3
                        && text.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits ? Integer.parseInt(text) : -1;
    }
}
