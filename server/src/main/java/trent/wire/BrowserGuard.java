package trent.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.util.AsciiString;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps pages out that nobody has let in: a form post, or an address that a page's own name is made
 * to lead to, needs no preflight that could be refused. Source: WHATWG Fetch, "HTTP-network fetch".
 *
 * @param cors whose pages may call; null for nobody's
 * @param hostNames the names, in lower case, under which this server may be called beside its
 *     addresses and localhost; null for any
 */
public record BrowserGuard(@Nullable Cors cors, @Nullable Set<String> hostNames) {

    /** Lets no page in and asks for no name. */
    public static final BrowserGuard NO_PAGES = new BrowserGuard(null, null);

    private static final AsciiString ORIGIN = AsciiString.cached("origin");
    private static final AsciiString HOST = AsciiString.cached("host");
    private static final String LOCALHOST = "localhost";
    private static final int FORBIDDEN = 403;
    private static final int MAX_SHOWN = 200;

    /** Why the request is not answered; null if it is. */
    public @Nullable Answer refusal(ReceivedRequest request) {
        if (hostNames != null) {
            @Nullable String host = stranger(request.header(HOST), hostNames);
            if (host == null) {
                host = stranger(request.authority(), hostNames);
            }
            if (host != null) {
                return Answer.refusal(
                        FORBIDDEN,
                        "HostNotAllowed",
                        words(
                                "This server does not go by the name %s. If it should, start it with --host-name %s.",
                                host));
            }
        }
        @Nullable String origin = request.header(ORIGIN);
        if (origin == null || (cors != null && cors.allows(origin))) {
            return null;
        }
        return Answer.refusal(
                FORBIDDEN,
                "OriginNotAllowed",
                words(
                        "Pages of %s may not call this server. If they should, start it with --cors-origin %s.",
                        origin));
    }

    /** The name of a host that is neither an address nor listed; null if there is none. */
    private static @Nullable String stranger(@Nullable String host, Set<String> listed) {
        if (host == null) {
            return null;
        }
        String name = withoutPort(host).toLowerCase(Locale.ROOT);
        return name.equals(LOCALHOST)
                        || listed.contains(name)
                        || TrustedProxies.address(name) != null
                ? null
                : name;
    }

    private static String withoutPort(String host) {
        if (host.startsWith("[")) {
            int end = host.indexOf(']');
            return end < 0 ? host : host.substring(1, end);
        }
        int colon = host.indexOf(':');
        return colon < 0 ? host : host.substring(0, colon);
    }

    private static byte[] words(String format, String name) {
        String shown = name.length() > MAX_SHOWN ? name.substring(0, MAX_SHOWN) + "..." : name;
        return (format.formatted(shown, shown) + "\n").getBytes(US_ASCII);
    }
}
