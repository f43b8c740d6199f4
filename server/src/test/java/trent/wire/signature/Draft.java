package trent.wire.signature;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import trent.Principals;
import trent.identity.Credential;
import trent.identity.Credentials;
import trent.identity.Holder;
import trent.identity.KnownHolders;
import trent.name.AccountId;

/** A signature in the making, right unless a test changes one of its parts. */
final class Draft {

    static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    static final Credential CREDENTIAL =
            new Credential(
                    "AKIAIOSFODNN7EXAMPLE",
                    new Holder.User(
                            new AccountId("111122223333"),
                            "/",
                            "Alice",
                            Principals.id("AIDA", "111122223333Alice")),
                    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".getBytes(StandardCharsets.US_ASCII));

    static final String ARN = "arn:aws:iam::111122223333:user/Alice";

    /** Alice is there, and has this one access key. */
    static final Credentials KNOWN = KnownHolders.of(CREDENTIAL).credentials();

    Credential signer = CREDENTIAL;
    Request request = Request.encrypt();
    String algorithm = "AWS4-HMAC-SHA256";
    String accessKeyId = CREDENTIAL.accessKeyId();
    String date = "20260102";
    String region = "us-east-2";
    String service = "kms";
    String terminator = "aws4_request";
    String time = "20260102T030405Z";
    String separator = ", ";
    final TreeSet<String> signedHeaders =
            new TreeSet<>(List.of("content-type", "host", "x-amz-date", "x-amz-target"));
    final List<String> lacking = new ArrayList<>();
    final List<String> extraParts = new ArrayList<>();
    @Nullable String credential;
    @Nullable String signature;
    @Nullable String authorization;
    @Nullable String expires = "900";

    Draft signing(String name, String value) {
        request = request.with(name, value);
        signedHeaders.add(name.toLowerCase(Locale.ROOT));
        return this;
    }

    /** Signed in the Authorization header. */
    Request signed() {
        Request dated = time.isEmpty() ? request : request.with("X-Amz-Date", time);
        return dated.with("Authorization", authorization(dated));
    }

    /** Signed in the query; headers that only the other form has are not needed. */
    Request presigned() {
        signedHeaders.remove("x-amz-date");
        List<String> parameters = new ArrayList<>();
        add(parameters, "X-Amz-Algorithm", algorithm);
        add(parameters, "X-Amz-Credential", credential().replace("/", "%2F"));
        add(parameters, "X-Amz-Date", time);
        add(parameters, "X-Amz-SignedHeaders", String.join("%3B", signedHeaders));
        if (expires != null) {
            add(parameters, "X-Amz-Expires", expires);
        }
        parameters.addAll(extraParts);
        String query = String.join("&", parameters);
        Request unsigned = request.withQuery(query);
        if (!lacking.contains("X-Amz-Signature")) {
            query += "&X-Amz-Signature=" + signature(unsigned);
        }
        return request.withQuery(query);
    }

    private String authorization(Request dated) {
        if (authorization != null) {
            return authorization;
        }
        List<String> parts = new ArrayList<>();
        add(parts, "Credential", credential());
        add(parts, "SignedHeaders", String.join(";", signedHeaders));
        add(parts, "Signature", signature(dated));
        parts.addAll(extraParts);
        return algorithm + " " + String.join(separator, parts);
    }

    private void add(List<String> parts, String name, String value) {
        if (!lacking.contains(name)) {
            parts.add(name + "=" + value);
        }
    }

    private String credential() {
        return credential != null ? credential : accessKeyId + "/" + scope();
    }

    private String scope() {
        return String.join("/", date, region, service, terminator);
    }

    private String signature(Request unsigned) {
        return signature != null
                ? signature
                : unsigned.signature(signer, time, scope(), String.join(";", signedHeaders));
    }
}
