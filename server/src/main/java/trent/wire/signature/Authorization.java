package trent.wire.signature;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import trent.api.IncompleteSignatureException;
import trent.api.InvalidSignatureException;
import trent.api.MissingAuthenticationTokenException;
import trent.wire.signature.UriText.Parameter;

/**
 * A signature as the request states it: in the {@code Authorization} header, or in the query
 * of a presigned request. A request with both is refused, as AWS refuses it. Source: AWS IAM
 * User Guide, "Authentication methods".
 *
 * @param credential access key id and scope
 * @param signedHeaders names joined with semicolons; may be empty
 * @param dateHeader the header that {@code signedAt} stands in; null if it stands in the query
 * @param lifetimeSeconds how long it is good for: 1 to 604800 if presigned and given, else as
 *     far as the clocks may be apart
 * @param securityToken the session token that came with it; null if none did
 * @param canonicalQuery without the signature
 */
record Authorization(
        String algorithm,
        String credential,
        String signedHeaders,
        String signature,
        AmzTime signedAt,
        @Nullable String dateHeader,
        int lifetimeSeconds,
        @Nullable String securityToken,
        String canonicalQuery) {

    static final String ALGORITHM = "AWS4-HMAC-SHA256";

    private static final int MAX_LIFETIME_SECONDS = 7 * 24 * 60 * 60;

    private static final String ANY_VERSION_4 = "AWS4-";

    /** As {@code AWS id:signature}: AWS reads it as a signature that lacks its parts. */
    private static final Pattern VERSION_2 = Pattern.compile("AWS(\\s.*)?", Pattern.DOTALL);

    private static final String AMZ_DATE = "x-amz-date";
    private static final String DATE = "date";
    private static final String SECURITY_TOKEN = "x-amz-security-token";

    /**
     * Reads it.
     *
     * @param windowSeconds how far the clocks may be apart
     */
    static Authorization of(SignedRequest request, Headers headers, int windowSeconds) {
        String header = headers.value("authorization");
        List<Parameter> query = UriText.parameters(request.query());
        boolean presigned = !query.isEmpty() && has(query, "X-Amz-Algorithm");
        if (header == null) {
            if (!presigned) {
                throw missing();
            }
            return ofQuery(query, headers, windowSeconds);
        }
        if (presigned) {
            throw new InvalidSignatureException(
                    "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.");
        }
        String scheme = header.strip();
        if (!scheme.startsWith(ANY_VERSION_4) && !VERSION_2.matcher(scheme).matches()) {
            throw missing();
        }
        return ofHeader(header, headers, query, windowSeconds);
    }

    private static Authorization ofHeader(
            String header, Headers headers, List<Parameter> query, int windowSeconds) {
        String text = header.strip();
        int at = endOfPart(text, 0);
        String algorithm = text.substring(0, at);
        String credential = "";
        String signature = "";
        String signedHeaders = null;
        String notAPair = null;
        while ((at = startOfPart(text, at)) < text.length()) {
            int end = endOfPart(text, at);
            int equal = text.indexOf('=', at);
            if (equal < 0 || equal >= end) {
                notAPair = notAPair == null ? text.substring(at, end) : notAPair;
            } else {
                String value = text.substring(equal + 1, end);
                switch (text.substring(at, equal)) {
                    case "Credential" -> credential = value;
                    case "Signature" -> signature = value;
                    case "SignedHeaders" -> signedHeaders = value;
                    default -> {} // as AWS, which names only what it misses
                }
            }
            at = end;
        }
        String date = headers.value(AMZ_DATE);
        boolean inAmzDate = date != null && !date.isEmpty();
        if (!inAmzDate) {
            date = headers.value(DATE);
        }

        StringBuilder missing = new StringBuilder();
        if (credential.isEmpty()) {
            missing.append("Authorization header requires 'Credential' parameter. ");
        }
        if (signature.isEmpty()) {
            missing.append("Authorization header requires 'Signature' parameter. ");
        }
        if (signedHeaders == null) { // empty, it only lacks the host
            missing.append("Authorization header requires 'SignedHeaders' parameter. ");
        }
        if (date == null || date.isEmpty()) {
            missing.append(
                    "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ");
        }
        if (!missing.isEmpty() || signedHeaders == null || date == null) {
            throw new IncompleteSignatureException(missing + "Authorization=" + header);
        }
        if (notAPair != null) {
            throw new IncompleteSignatureException(
                    "'%s' not a valid key=value pair (missing equal-sign) in Authorization header: '%s'."
                            .formatted(notAPair, header));
        }
        return new Authorization(
                algorithm,
                credential,
                signedHeaders,
                signature,
                inAmzDate ? AmzTime.ofBasic(date) : AmzTime.ofDateHeader(date),
                inAmzDate ? AMZ_DATE : DATE,
                windowSeconds,
                headers.value(SECURITY_TOKEN),
                UriText.canonicalQuery(query, null));
    }

    private static Authorization ofQuery(
            List<Parameter> query, Headers headers, int windowSeconds) {
        String algorithm = first(query, "X-Amz-Algorithm");
        String credential = first(query, "X-Amz-Credential");
        String signature = first(query, "X-Amz-Signature");
        String signedHeaders = first(query, "X-Amz-SignedHeaders");
        String date = first(query, "X-Amz-Date");
        if (algorithm.isEmpty()
                || credential.isEmpty()
                || signature.isEmpty()
                || signedHeaders.isEmpty()
                || date.isEmpty()) {
            throw new IncompleteSignatureException(
                    required("X-Amz-Algorithm", algorithm)
                            + required("X-Amz-Credential", credential)
                            + required("X-Amz-Signature", signature)
                            + required("X-Amz-SignedHeaders", signedHeaders)
                            + required("X-Amz-Date", date)
                            + "Re-examine the query-string parameters.");
        }
        return new Authorization(
                algorithm,
                credential,
                signedHeaders,
                signature,
                AmzTime.ofBasic(date),
                null,
                lifetimeSeconds(first(query, "X-Amz-Expires"), windowSeconds),
                has(query, "X-Amz-Security-Token")
                        ? first(query, "X-Amz-Security-Token")
                        : headers.value(SECURITY_TOKEN),
                UriText.canonicalQuery(query, "X-Amz-Signature"));
    }

    private static String required(String name, String value) {
        return value.isEmpty() ? "AWS query-string parameters must include '" + name + "'. " : "";
    }

    /** Not given, it is the window of a header: AWS does not say, and that is the shortest. */
    private static int lifetimeSeconds(String expires, int windowSeconds) {
        if (expires.isEmpty()) {
            return windowSeconds;
        }
        boolean digits = expires.chars().allMatch(c -> c >= '0' && c <= '9');
        int seconds = digits && expires.length() <= 6 ? Integer.parseInt(expires) : 0;
        if (seconds < 1 || seconds > MAX_LIFETIME_SECONDS) {
            throw new IncompleteSignatureException(
                    "X-Amz-Expires must be a number of seconds from 1 to %d, got '%s'"
                            .formatted(MAX_LIFETIME_SECONDS, expires));
        }
        return seconds;
    }

    /** The value of the parameter that comes first under this name; empty if none does. */
    private static String first(List<Parameter> query, String name) {
        for (Parameter parameter : query) {
            if (parameter.name().equals(name)) {
                return parameter.value();
            }
        }
        return "";
    }

    private static boolean has(List<Parameter> query, String name) {
        return query.stream().anyMatch(parameter -> parameter.name().equals(name));
    }

    private static int startOfPart(String text, int from) {
        int at = from;
        while (at < text.length() && isSeparator(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private static int endOfPart(String text, int from) {
        int at = from;
        while (at < text.length() && !isSeparator(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private static boolean isSeparator(char c) {
        return c == ',' || c == ' ' || c == '\t';
    }

    private static MissingAuthenticationTokenException missing() {
        return new MissingAuthenticationTokenException("Request is missing Authentication Token");
    }

    @Override
    public String toString() {
        return credential;
    }
}
