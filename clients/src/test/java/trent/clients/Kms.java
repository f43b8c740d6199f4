package trent.clients;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import trent.clients.RawConnection.Reply;

/**
 * A small client for what SDKs refuse to send, and for speed: one kept
 * connection, each request signed.
 */
final class Kms implements AutoCloseable {

    static final String CONTENT_TYPE = "application/x-amz-json-1.1";

    static final String FORM_CONTENT_TYPE = "application/x-www-form-urlencoded";

    /** A connection that was idle for longer is not used again: the server may be closing it. */
    private static final long FRESH_NANOS = Duration.ofSeconds(5).toNanos();

    private final int port;
    private final Signer signer;
    private final Duration patience;
    private @Nullable RawConnection connection;
    private long lastUse;

    Kms(int port, Signer signer) {
        this(port, signer, RawConnection.PATIENCE);
    }

    /** One that waits no longer than this for a reply. */
    Kms(int port, Signer signer, Duration patience) {
        this.port = port;
        this.signer = signer;
        this.patience = patience;
    }

    /** The whole request as bytes, for those who send it themselves. */
    static byte[] request(int port, Signer signer, String operation, byte[] body) {
        return request(
                port, signer, operation, body, "Content-Length: " + body.length + "\r\n", body);
    }

    /** As above, with the framing headers and the framed body given. */
    static byte[] request(
            int port, Signer signer, String operation, byte[] body, String framing, byte[] framed) {
        String host = "127.0.0.1:" + port;
        String target = "TrentService." + operation;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(framed.length + 600);
        bytes.writeBytes(
                "POST / HTTP/1.1\r\nHost: %s\r\nContent-Type: %s\r\nX-Amz-Target: %s\r\n%s%s\r\n"
                        .formatted(
                                host,
                                CONTENT_TYPE,
                                target,
                                signer.headers(host, target, body, Instant.now()),
                                framing)
                        .getBytes(UTF_8));
        bytes.writeBytes(framed);
        return bytes.toByteArray();
    }

    /** Sends one request and waits for its reply. A broken connection is the caller's to see. */
    Reply send(String operation, byte[] body) throws IOException {
        return exchange(request(port, signer, operation, body));
    }

    /** The same for an operation of IAM, whose replies are XML. */
    Reply iam(String action, Map<String, String> parameters) throws IOException {
        StringBuilder form = new StringBuilder("Version=2010-05-08&Action=").append(action);
        parameters.forEach(
                (name, value) ->
                        form.append('&')
                                .append(name)
                                .append('=')
                                .append(URLEncoder.encode(value, UTF_8)));
        byte[] body = form.toString().getBytes(UTF_8);
        String host = "127.0.0.1:" + port;
        String head =
                "POST / HTTP/1.1\r\nHost: %s\r\nContent-Type: %s\r\n%sContent-Length: %d\r\n\r\n"
                        .formatted(
                                host,
                                FORM_CONTENT_TYPE,
                                signer.formHeaders(host, body, Instant.now()),
                                body.length);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(head.getBytes(UTF_8));
        bytes.writeBytes(body);
        return exchange(bytes.toByteArray());
    }

    private Reply exchange(byte[] request) throws IOException {
        if (System.nanoTime() - lastUse > FRESH_NANOS) {
            close();
        }
        RawConnection open = connection;
        if (open == null) {
            open = RawConnection.to(port);
            open.patience(patience);
            connection = open;
        }
        try {
            open.send(request);
            Reply reply = open.reply();
            lastUse = System.nanoTime();
            if (reply.header("Connection").filter("close"::equalsIgnoreCase).isPresent()) {
                close();
            }
            return reply;
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    Reply send(String operation, String body) throws IOException {
        return send(operation, body.getBytes(UTF_8));
    }

    /** A request whose reply may be anything. */
    Reply call(String operation, String body) {
        try {
            return send(operation, body);
        } catch (IOException e) {
            throw new UncheckedIOException(operation + " " + body, e);
        }
    }

    Reply call(String operation, Map<String, ?> members) {
        return call(operation, Json.text(members));
    }

    /** A request that must succeed; its reply, an empty body read as an empty object. */
    JsonNode ok(String operation, Map<String, ?> members) {
        Reply reply = call(operation, members);
        if (reply.status() != 200) {
            throw new AssertionError(
                    "%s %s: %d %s".formatted(operation, members, reply.status(), reply.body()));
        }
        return Json.of(reply.body().isEmpty() ? "{}" : reply.body());
    }

    /** A new key's id. */
    String createKey() {
        return ok("CreateKey", Map.of()).path("KeyMetadata").path("KeyId").asText();
    }

    void createAlias(String name, String key) {
        ok("CreateAlias", Map.of("AliasName", name, "TargetKeyId", key));
    }

    byte[] encrypt(String key, byte[] plaintext) {
        return bytes(ok("Encrypt", Map.of("KeyId", key, "Plaintext", plaintext)), "CiphertextBlob");
    }

    byte[] decrypt(byte[] blob) {
        return bytes(ok("Decrypt", Map.of("CiphertextBlob", blob)), "Plaintext");
    }

    static byte[] bytes(JsonNode reply, String member) {
        return Base64.getDecoder().decode(reply.path(member).asText());
    }

    @Override
    public void close() throws IOException {
        RawConnection open = connection;
        connection = null;
        if (open != null) {
            open.close();
        }
    }
}
