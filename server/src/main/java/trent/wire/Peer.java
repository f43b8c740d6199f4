package trent.wire;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Who is at the other end of a connection: a caller, or a proxy that is believed about whom it
 * speaks for. Source: RFC 7239 says what the older {@code X-Forwarded-*} headers leave open.
 */
final class Peer {

    private static final String FOR = "x-forwarded-for";
    private static final String PROTO = "x-forwarded-proto";
    private static final String HTTPS = "https";

    private final InetAddress address;
    private final boolean secure;
    private final TrustedProxies trusted;
    private final boolean isProxy;
    private @Nullable String text;

    Peer(InetAddress address, boolean secure, TrustedProxies trusted) {
        this.address = address;
        this.secure = secure;
        this.trusted = trusted;
        this.isProxy = !trusted.isEmpty() && trusted.trusts(address);
    }

    /** The address of who sent the request. */
    String sourceIp(ReceivedRequest request) {
        return isProxy ? forwardedFor(request) : own();
    }

    /** Whether the request came over TLS, to the outermost proxy that is believed. */
    boolean secure(ReceivedRequest request) {
        if (isProxy) {
            List<String> schemes = elements(request, PROTO);
            if (!schemes.isEmpty()) {
                return schemes.getLast().toLowerCase(Locale.ROOT).equals(HTTPS);
            }
        }
        return secure;
    }

    private String own() {
        String found = text;
        if (found == null) {
            found = NetUtil.toAddressString(address);
            text = found;
        }
        return found;
    }

    /**
     * From the right, since each proxy adds who called it there, the first that is no proxy of
     * ours: what stands left of it anyone may have written. Where an entry is no address, whoever
     * wrote it is the last that is known.
     */
    private String forwardedFor(ReceivedRequest request) {
        List<String> hops = elements(request, FOR);
        String last = own();
        for (int i = hops.size() - 1; i >= 0; i--) {
            byte[] hop = TrustedProxies.address(withoutPort(hops.get(i)));
            if (hop == null) {
                return last;
            }
            last = NetUtil.bytesToIpAddress(hop);
            if (!trusted.trusts(hop)) {
                return last;
            }
        }
        return last;
    }

    /** {@code 192.0.2.7:4711} and {@code [2001:db8::7]:4711} as some proxies write them. */
    private static String withoutPort(String hop) {
        if (hop.startsWith("[")) {
            int end = hop.indexOf(']');
            return end < 0 ? hop : hop.substring(1, end);
        }
        int colon = hop.indexOf(':');
        return colon >= 0 && hop.indexOf(':', colon + 1) < 0 ? hop.substring(0, colon) : hop;
    }

    /** The elements of a header that is a list, of all its lines. */
    private static List<String> elements(ReceivedRequest request, String header) {
        List<String> elements = new ArrayList<>();
        request.forEachHeader(
                (name, value) -> {
                    if (name.equalsIgnoreCase(header)) {
                        for (String element : value.split(",", -1)) {
                            if (!element.isBlank()) {
                                elements.add(element.strip());
                            }
                        }
                    }
                });
        return elements;
    }
}
