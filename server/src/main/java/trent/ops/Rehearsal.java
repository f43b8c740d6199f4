package trent.ops;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import trent.store.Store;

/**
 * A performance without an audience: starts Trent and calls the operations until the JVM
 * knows which code is hot, so that it can note that for its cache, beside what a start and
 * a first call need.
 */
final class Rehearsal {

    private static final int ROUNDS = 1000;
    private static final String ACCESS_KEY_ID = "REHEARSAL";
    private static final String SECRET = "no-secret:-this-server-is-gone-in-a-second";
    private static final DateTimeFormatter AMZ_DATE =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);
    private static final Pattern KEY_ID = Pattern.compile("\"KeyId\":\"([^\"]+)\"");
    private static final Pattern CIPHERTEXT = Pattern.compile("\"CiphertextBlob\":\"([^\"]+)\"");
    private static final Pattern LENGTH = Pattern.compile("Content-Length: (\\d+)");

    private final Socket socket;
    private final InputStream in;

    private Rehearsal(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    static void run(Commands.Builder builder) throws IOException, Store.CannotOpen, WrongUse {
        // By the command line, since a start needs that too; what is set around us does not count.
        play(new Commands(builder, Map.of()), "dev");
        Path data = Files.createTempDirectory("trent-rehearsal");
        try {
            Map<String, String> environment =
                    Map.of(
                            Flag.DATA.variable(),
                            data.toString(),
                            SettingsReader.ACCESS_KEY_ID,
                            ACCESS_KEY_ID,
                            SettingsReader.SECRET_ACCESS_KEY,
                            SECRET);
            play(new Commands(builder, environment), "server");
        } finally {
            try (Stream<Path> files = Files.list(data)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(data);
        }
    }

    private static void play(Commands commands, String command)
            throws IOException, Store.CannotOpen, WrongUse {
        List<String> line =
                List.of(command, "--listen", "127.0.0.1:0", "--admin-listen=127.0.0.1:0");
        try (Running trent = commands.rehearsed(line);
                Socket socket =
                        new Socket(
                                InetAddress.getLoopbackAddress(),
                                URI.create(trent.url()).getPort())) {
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
                call(
                        "Encrypt",
                        "{\"KeyId\":\"%s\",\"Plaintext\":\"AAAA\",%s}".formatted(alias, context));
        call(
                "Decrypt",
                "{\"CiphertextBlob\":\"%s\",%s}".formatted(found(CIPHERTEXT, encrypted), context));
        call(
                "GenerateDataKey",
                "{\"KeyId\":\"%s\",\"KeySpec\":\"AES_256\",%s}".formatted(key, context));
        call("GenerateRandom", "{\"NumberOfBytes\":32}");
        call("GetKeyPolicy", "{\"KeyId\":\"%s\"}".formatted(key));
        call("UpdateAlias", "{\"AliasName\":\"%s\",\"TargetKeyId\":\"%s\"}".formatted(alias, key));
        call("DeleteAlias", "{\"AliasName\":\"%s\"}".formatted(alias));
        call("Sign", "{");
        call("ScheduleKeyDeletion", "{\"KeyId\":\"%s\"}".formatted(key));
    }

    private String call(String operation, String body) throws IOException {
        String date = AMZ_DATE.format(InstantSource.system().instant());
        String scope = date.substring(0, 8) + "/us-east-1/kms/aws4_request";
        String request =
                """
                POST / HTTP/1.1\r
                Host: localhost\r
                X-Amz-Target: TrentService.%s\r
                Content-Type: application/x-amz-json-1.1\r
                X-Amz-Date: %s\r
                Authorization: AWS4-HMAC-SHA256 Credential=%s/%s, \
                SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=%s\r
                Content-Length: %d\r
                \r
                %s"""
                        .formatted(
                                operation,
                                date,
                                ACCESS_KEY_ID,
                                scope,
                                signature(operation, date, scope, body),
                                body.getBytes(UTF_8).length,
                                body);
        socket.getOutputStream().write(request.getBytes(UTF_8));
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the connection ended in the answer to " + operation);
            }
            head.append((char) next);
        }
        return new String(
                in.readNBytes(Integer.parseInt(found(LENGTH, head.toString()))), ISO_8859_1);
    }

    private static String signature(String operation, String date, String scope, String body) {
        String canonical =
                "POST\n/\n\ncontent-type:application/x-amz-json-1.1\nhost:localhost\nx-amz-date:"
                        + date
                        + "\nx-amz-target:TrentService."
                        + operation
                        + "\n\ncontent-type;host;x-amz-date;x-amz-target\n"
                        + hash(body);
        byte[] key = ("AWS4" + SECRET).getBytes(US_ASCII);
        for (String part : scope.split("/", -1)) {
            key = hmac(key, part);
        }
        String toSign = "AWS4-HMAC-SHA256\n" + date + "\n" + scope + "\n" + hash(canonical);
        return HexFormat.of().formatHex(hmac(key, toSign));
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks HMAC-SHA-256", e);
        }
    }

    private static String hash(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK lacks SHA-256", e);
        }
    }

    private static String found(Pattern pattern, @Nullable String text) throws IOException {
        Matcher matcher = pattern.matcher(text == null ? "" : text);
        if (!matcher.find()) {
            throw new IOException("an answer holds no " + pattern);
        }
        return matcher.group(1);
    }
}
