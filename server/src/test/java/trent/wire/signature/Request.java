package trent.wire.signature;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import trent.identity.Credential;

/** A request as tests write it, and what a client does to sign it. */
record Request(
        String method, String path, @Nullable String query, List<Header> headers, String content)
        implements SignedRequest {

    private static final byte[] PADDING = {'x', 'y'};

    record Header(String name, String value) {}

    /** An Encrypt as botocore sends it, not yet signed. */
    static Request encrypt() {
        return new Request(
                        "POST",
                        "/",
                        null,
                        List.of(),
                        "{\"KeyId\":\"alias/a\",\"Plaintext\":\"AA==\"}")
                .with("Host", "kms.example.com:8080")
                .with("Accept-Encoding", "identity")
                .with("X-Amz-Target", "TrentService.Encrypt")
                .with("Content-Type", "application/x-amz-json-1.1")
                .with("User-Agent", "aws-cli/2")
                .with("Content-Length", "38");
    }

    Request with(String name, String value) {
        List<Header> more = new ArrayList<>(headers);
        more.add(new Header(name, value));
        return new Request(method, path, query, more, content);
    }

    Request without(String name) {
        List<Header> fewer = new ArrayList<>(headers);
        fewer.removeIf(header -> header.name().equalsIgnoreCase(name));
        return new Request(method, path, query, fewer, content);
    }

    /** The same with one line of this name in the place of the first; it must be there. */
    Request replacing(String name, String value) {
        List<Header> changed = new ArrayList<>(headers);
        int at = 0;
        while (!changed.get(at).name().equalsIgnoreCase(name)) {
            at++;
        }
        changed.set(at, new Header(name, value));
        return new Request(method, path, query, changed, content);
    }

    Request withPath(String other) {
        return new Request(method, other, query, headers, content);
    }

    Request withQuery(@Nullable String other) {
        return new Request(method, path, other, headers, content);
    }

    Request withContent(String other) {
        return new Request(method, path, query, headers, other);
    }

    String header(String name) {
        String value = Headers.of(this).value(name);
        if (value == null) {
            throw new IllegalArgumentException("no header " + name + " in the test's request");
        }
        return value;
    }

    /** The signature that a client computes over the request as it stands. */
    String signature(Credential credential, String time, String scope, String signedHeaders) {
        Workbench bench = Workbench.ofThisThread();
        String[] parts = scope.split("/", -1);
        CanonicalRequest canonical =
                new CanonicalRequest(
                        method,
                        UriText.canonicalPath(UriText.normalized(path)),
                        UriText.canonicalQuery(UriText.parameters(query), null),
                        Headers.of(this),
                        SignedHeaders.of(signedHeaders));
        byte[] bodyHash = bench.sha256(body(), bodyOffset(), bodyLength());
        SigningKey key = bench.derive(credential, parts[0], parts[1], parts[2]);
        return text(bench.signature(bench.stringToSign(canonical, bodyHash, time, scope), key));
    }

    @Override
    public void forEachHeader(BiConsumer<String, String> line) {
        headers.forEach(header -> line.accept(header.name(), header.value()));
    }

    /** With something on either side, which no signature covers. */
    @Override
    public byte[] body() {
        byte[] bytes = content.getBytes(StandardCharsets.ISO_8859_1);
        byte[] padded = new byte[bytes.length + PADDING.length];
        padded[0] = PADDING[0];
        padded[padded.length - 1] = PADDING[1];
        System.arraycopy(bytes, 0, padded, bodyOffset(), bytes.length);
        return padded;
    }

    @Override
    public int bodyOffset() {
        return 1;
    }

    @Override
    public int bodyLength() {
        return content.length();
    }

    private static String text(byte[] ascii) {
        return new String(ascii, StandardCharsets.US_ASCII);
    }
}
