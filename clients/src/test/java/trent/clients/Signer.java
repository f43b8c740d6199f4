package trent.clients;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs requests of this module's own clients. Source: AWS General Reference, "Signature
 * Version 4 signing process".
 */
record Signer(String accessKeyId, String secretAccessKey, String region) {

    /** Any credentials do in dev: these act as the root of account 000000000000. */
    static final Signer TEST = new Signer("test", "test", "us-east-2");

    /** The root credentials that a test's server is given. */
    static final Signer ROOT =
            new Signer(
                    "AKIAIOSFODNN7EXAMPLE",
                    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                    "us-east-2");

    static final String SIGNED_HEADERS = "content-type;host;x-amz-date;x-amz-target";

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    /** The same credentials in another Region. */
    Signer in(String otherRegion) {
        return new Signer(accessKeyId, secretAccessKey, otherRegion);
    }

    /** In dev, a 12-digit access key id is the account. */
    static Signer ofAccount(String account) {
        return new Signer(account, "test", TEST.region());
    }

    /** The lines {@code X-Amz-Date} and {@code Authorization} for a POST to {@code /}. */
    String headers(String host, String target, byte[] body, Instant now) {
        String time = TIME.format(now);
        return "X-Amz-Date: %s\r\nAuthorization: %s\r\n"
                .formatted(time, authorization(host, target, body, time));
    }

    String authorization(String host, String target, byte[] body, String time) {
        return authorization(
                "kms",
                SIGNED_HEADERS,
                "content-type:%s\nhost:%s\nx-amz-date:%s\nx-amz-target:%s\n"
                        .formatted(Kms.CONTENT_TYPE, host, time, target),
                body,
                time);
    }

    /** As {@link #headers}, for a form that is sent to IAM. */
    String formHeaders(String host, byte[] body, Instant now) {
        String time = TIME.format(now);
        String headers =
                "content-type:%s\nhost:%s\nx-amz-date:%s\n"
                        .formatted(Kms.FORM_CONTENT_TYPE, host, time);
        return "X-Amz-Date: %s\r\nAuthorization: %s\r\n"
                .formatted(
                        time,
                        authorization("iam", "content-type;host;x-amz-date", headers, body, time));
    }

    private String authorization(
            String service, String signed, String headers, byte[] body, String time) {
        String scope = "%s/%s/%s/aws4_request".formatted(time.substring(0, 8), region, service);
        String canonical = "POST\n/\n\n%s\n%s\n%s".formatted(headers, signed, hex(sha256(body)));
        String toSign =
                "AWS4-HMAC-SHA256\n%s\n%s\n%s"
                        .formatted(time, scope, hex(sha256(canonical.getBytes(UTF_8))));
        return "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s"
                .formatted(
                        accessKeyId,
                        scope,
                        signed,
                        hex(hmac(signingKey(time.substring(0, 8), service), toSign)));
    }

    private byte[] signingKey(String date, String service) {
        byte[] ofDate = hmac(("AWS4" + secretAccessKey).getBytes(UTF_8), date);
        byte[] ofRegion = hmac(ofDate, region);
        return hmac(hmac(ofRegion, service), "aws4_request");
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(UTF_8));
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every JDK has it", e);
        }
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every JDK has it", e);
        }
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
