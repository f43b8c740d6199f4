package trent.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import trent.wire.signature.SignedRequest;

/** An Encrypt as botocore sends and signs it, at 2026-01-02T03:04:05Z in us-east-2. */
final class SignedEncrypt implements SignedRequest {

    private static final byte[] BODY =
            ("{\"KeyId\":\"arn:aws:kms:us-east-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab\","
                            + "\"Plaintext\":\"QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=\","
                            + "\"EncryptionContext\":{\"tenant\":\"a\"}}")
                    .getBytes(UTF_8);
    private static final String DAY = "20260102";
    private static final String TIME = "20260102T030405Z";
    private static final String SCOPE = DAY + "/us-east-2/kms/aws4_request";
    private static final String HMAC = "HmacSHA256";

    private final List<Map.Entry<String, String>> headers = new ArrayList<>();

    /** Signs it; {@code token} null for a permanent key. */
    SignedEncrypt(String accessKeyId, String secret, @Nullable String token) {
        List<String> signed = new ArrayList<>(List.of("content-type", "host", "x-amz-date"));
        header("Host", "127.0.0.1:4599");
        header("Accept-Encoding", "identity");
        header("X-Amz-Target", "TrentService.Encrypt");
        header("Content-Type", "application/x-amz-json-1.1");
        header("User-Agent", "Boto3/1.43.11 md/Botocore#1.43.11 ua/2.1 os/linux lang/python");
        header("X-Amz-Date", TIME);
        if (token != null) {
            header("X-Amz-Security-Token", token);
            signed.add("x-amz-security-token");
        }
        signed.add("x-amz-target");
        StringBuilder canonical = new StringBuilder("POST\n/\n\n");
        for (String name : signed) {
            for (Map.Entry<String, String> each : headers) {
                if (each.getKey().equalsIgnoreCase(name)) {
                    canonical.append(name).append(':').append(each.getValue()).append('\n');
                }
            }
        }
        String names = String.join(";", signed);
        canonical.append('\n').append(names).append('\n').append(sha256(BODY));
        String toSign =
                "AWS4-HMAC-SHA256\n%s\n%s\n%s"
                        .formatted(TIME, SCOPE, sha256(canonical.toString().getBytes(UTF_8)));
        byte[] key = ("AWS4" + secret).getBytes(UTF_8);
        for (String part : SCOPE.split("/", -1)) {
            key = hmac(key, part);
        }
        header(
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s"
                        .formatted(
                                accessKeyId,
                                SCOPE,
                                names,
                                HexFormat.of().formatHex(hmac(key, toSign))));
        header("amz-sdk-invocation-id", "0d6b0d5c-5f4c-4c0d-9d0a-6f2f3e1d2c3b");
        header("amz-sdk-request", "attempt=1");
        header("Content-Length", String.valueOf(BODY.length));
    }

    private void header(String name, String value) {
        headers.add(Map.entry(name, value));
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key, HMAC));
            return mac.doFinal(text.getBytes(UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String method() {
        return "POST";
    }

    @Override
    public String path() {
        return "/";
    }

    @Override
    public @Nullable String query() {
        return null;
    }

    @Override
    public void forEachHeader(BiConsumer<String, String> line) {
        for (Map.Entry<String, String> each : headers) {
            line.accept(each.getKey(), each.getValue());
        }
    }

    @Override
    public byte[] body() {
        return BODY;
    }

    @Override
    public int bodyOffset() {
        return 0;
    }

    @Override
    public int bodyLength() {
        return BODY.length;
    }
}
