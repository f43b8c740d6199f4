package trent.wire;

import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import trent.wire.Site.Header;

/**
 * Lets pages of some origins call from a browser. Source: WHATWG Fetch, "CORS protocol".
 *
 * @param origins such as {@code https://console.example.com}, or {@code *} for every page
 */
public record Cors(Set<String> origins) {

    private static final String ANY = "*";
    private static final AsciiString ORIGIN = AsciiString.cached("origin");
    private static final AsciiString METHOD = AsciiString.cached("access-control-request-method");
    private static final Header VARY = new Header("Vary", "Origin");

    /** What SDKs read of an answer beside its body: the id, and the clock to correct theirs by. */
    private static final Header EXPOSED =
            new Header("Access-Control-Expose-Headers", "x-amzn-RequestId, Date");

    private static final List<Header> PREFLIGHT =
            List.of(
                    new Header("Access-Control-Allow-Methods", "POST"),
                    new Header(
                            "Access-Control-Allow-Headers",
                            "Authorization, Content-Type, X-Amz-Date, X-Amz-Target,"
                                    + " X-Amz-Security-Token, X-Amz-Content-Sha256,"
                                    + " X-Amz-User-Agent, Amz-Sdk-Invocation-Id, Amz-Sdk-Request"),
                    new Header("Access-Control-Max-Age", "86400"));

    public Cors {
        origins = Set.copyOf(origins);
    }

    /** Whether pages of this origin may call. */
    boolean allows(String origin) {
        return origins.contains(ANY) || origins.contains(origin);
    }

    /** A browser asks whether a page may send its request. */
    static boolean isPreflight(ReceivedRequest request) {
        return request.method().equals("OPTIONS")
                && request.header(ORIGIN) != null
                && request.header(METHOD) != null;
    }

    /** The lines of the answer to this request. */
    List<Header> headers(ReceivedRequest request) {
        @Nullable String asks = request.header(ORIGIN);
        boolean any = origins.contains(ANY);
        if (asks == null) {
            return any ? List.of() : List.of(VARY);
        }
        if (!allows(asks)) {
            return List.of(VARY);
        }
        List<Header> lines = new ArrayList<>();
        lines.add(new Header("Access-Control-Allow-Origin", any ? ANY : asks));
        if (!any) {
            lines.add(VARY);
        }
        if (isPreflight(request)) {
            lines.addAll(PREFLIGHT);
        } else {
            lines.add(EXPOSED);
        }
        return lines;
    }
}
