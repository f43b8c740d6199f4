package trent.wire.signature;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import trent.identity.Credential;

/**
 * Signs the requests of this house's own client, all of which are POSTs to {@code /}. Source: AWS
 * IAM User Guide, "Create a signed AWS API request".
 *
 * @param sessionToken of temporary credentials; null with permanent ones
 */
public record RequestSigner(Credential credential, @Nullable String sessionToken, String region) {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private static final int DATE = 8;

    /**
     * The headers to send beside these, the signature among them.
     *
     * @param host as the request will have it
     * @param headers in lower case; each is signed
     * @param service for example {@code kms}
     */
    public Map<String, String> sign(
            String host, Map<String, String> headers, byte[] body, String service, Instant now) {
        String time = TIME.format(now);
        Map<String, String> added = new TreeMap<>(Map.of("x-amz-date", time));
        if (sessionToken != null) {
            added.put("x-amz-security-token", sessionToken);
        }
        TreeMap<String, String> signed = new TreeMap<>(headers);
        signed.putAll(added);
        signed.put("host", host);
        String names = String.join(";", signed.keySet());
        Workbench bench = Workbench.ofThisThread();
        Bytes hash = new Bytes().appendHex(bench.sha256(body, 0, body.length));
        String canonical =
                signed.entrySet().stream()
                        .map(header -> header.getKey() + ":" + header.getValue().strip() + "\n")
                        .collect(Collectors.joining("", "POST\n/\n\n", "\n" + names + "\n" + hash));
        byte[] bytes = canonical.getBytes(StandardCharsets.UTF_8);
        String date = time.substring(0, DATE);
        String scope = "%s/%s/%s/%s".formatted(date, region, service, Scope.TERMINATOR);
        Bytes toSign =
                new Bytes()
                        .append(Authorization.ALGORITHM + "\n" + time + "\n" + scope + "\n")
                        .appendHex(bench.sha256(bytes, 0, bytes.length));
        byte[] signature = bench.signature(toSign, bench.derive(credential, date, region, service));
        added.put(
                "authorization",
                "%s Credential=%s/%s, SignedHeaders=%s, Signature=%s"
                        .formatted(
                                Authorization.ALGORITHM,
                                credential.accessKeyId(),
                                scope,
                                names,
                                new String(signature, US_ASCII)));
        return added;
    }

    @Override
    public String toString() {
        return "RequestSigner[" + credential.accessKeyId() + ", " + region + "]";
    }
}
