package trent.ops;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import trent.ops.Settings.Signers;
import trent.store.Store;

/**
 * A short performance without an audience: starts Trent in memory and calls the operations once or twice, so that
 * the JVM can note for its cache what a start and a first call need.
 */
final class Rehearsal {

    private static final int ROUNDS = 30;
    private static final Pattern KEY_ID = Pattern.compile("\"KeyId\":\"([^\"]+)\"");
    private static final Pattern CIPHERTEXT = Pattern.compile("\"CiphertextBlob\":\"([^\"]+)\"");
    private static final Pattern LENGTH = Pattern.compile("Content-Length: (\\d+)");

    private final Socket socket;
    private final InputStream in;

    private Rehearsal(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    static void run(Commands.Builder builder) throws IOException, Store.CannotOpen {
        Address free = new Address("127.0.0.1", 0);
        Settings settings = new Settings(free, free, null, null, null, new Signers.Anyone(), false);
        try (Running trent = builder.start(settings);
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), URI.create(trent.url()).getPort())) {
            Rehearsal rehearsal = new Rehearsal(socket);
            for (int round = 0; round < ROUNDS; round++) {
                rehearsal.play("alias/rehearsal-" + round);
            }
        }
    }

    private void play(String alias) throws IOException {
        String key = found(KEY_ID, call("CreateKey", "{\"Description\":\"\"}"));
        call("CreateAlias", "{\"AliasName\":\"%s\",\"TargetKeyId\":\"%s\"}".formatted(alias, key));
        call("DescribeKey", "{\"KeyId\":\"%s\"}".formatted(alias));
        call("DescribeKey", "{\"KeyId\":\"alias/none\"}");
        call("ListAliases", "{\"Limit\":10}");
        call("ListAliases", "{\"KeyId\":\"%s\"}".formatted(key));
        call("ListKeys", "{}");
        String context = "\"EncryptionContext\":{\"a\":\"b\"}";
        String encrypted =
                call("Encrypt", "{\"KeyId\":\"%s\",\"Plaintext\":\"AAAA\",%s}".formatted(alias, context));
        call("Decrypt", "{\"CiphertextBlob\":\"%s\",%s}".formatted(found(CIPHERTEXT, encrypted), context));
        call("GenerateDataKey", "{\"KeyId\":\"%s\",\"KeySpec\":\"AES_256\",%s}".formatted(key, context));
        call("GenerateRandom", "{\"NumberOfBytes\":32}");
        call("GetKeyPolicy", "{\"KeyId\":\"%s\"}".formatted(key));
        call("UpdateAlias", "{\"AliasName\":\"%s\",\"TargetKeyId\":\"%s\"}".formatted(alias, key));
        call("DeleteAlias", "{\"AliasName\":\"%s\"}".formatted(alias));
        call("Sign", "{");
    }

    private String call(String operation, String body) throws IOException {
        String request =
                """
                POST / HTTP/1.1\r
                Host: localhost\r
                X-Amz-Target: TrentService.%s\r
                Content-Type: application/x-amz-json-1.1\r
                X-Amz-Date: 20260101T000000Z\r
                Authorization: AWS4-HMAC-SHA256 Credential=rehearsal/20260101/us-east-1/kms/aws4_request, \
                SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=%s\r
                Content-Length: %d\r
                \r
                %s"""
                        .formatted(operation, "0".repeat(64), body.getBytes(UTF_8).length, body);
        socket.getOutputStream().write(request.getBytes(UTF_8));
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the connection ended in the answer to " + operation);
            }
            head.append((char) next);
        }
        return new String(in.readNBytes(Integer.parseInt(found(LENGTH, head.toString()))), ISO_8859_1);
    }

    private static String found(Pattern pattern, @Nullable String text) throws IOException {
        Matcher matcher = pattern.matcher(text == null ? "" : text);
        if (!matcher.find()) {
            throw new IOException("an answer holds no " + pattern);
        }
        return matcher.group(1);
    }
}
