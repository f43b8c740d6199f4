package trent.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import trent.clients.RawConnection.Reply;

/** {@code trent server} verifies every signature. */
@ExtendWith(Workplace.class)
@TestInstance(Lifecycle.PER_CLASS)
class SignatureTest {

    private static final byte[] BODY = "{\"NumberOfBytes\":4}".getBytes(UTF_8);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private final TrentProcess trent = TrentProcess.server().start();

    @AfterAll
    void stop() {
        trent.close();
    }

    @Test
    void aRightSignatureIsAccepted() throws IOException {
        assertThat(send(headers(Signer.ROOT, Instant.now()), BODY).code()).isEqualTo("200");
    }

    @Test
    void fourMinutesOffIsAccepted() throws IOException {
        assertThat(
                        send(headers(Signer.ROOT, Instant.now().minus(Duration.ofMinutes(4))), BODY)
                                .code())
                .isEqualTo("200");
        assertThat(
                        send(headers(Signer.ROOT, Instant.now().plus(Duration.ofMinutes(4))), BODY)
                                .code())
                .isEqualTo("200");
    }

    @Test
    void noSignature() throws IOException {
        assertRefused(
                send("", BODY),
                "MissingAuthenticationTokenException",
                "Request is missing Authentication Token");
        assertRefused(
                send("Authorization: Bearer x\r\n", BODY),
                "MissingAuthenticationTokenException",
                "Request is missing Authentication Token");
    }

    @Test
    void anotherSecret() throws IOException {
        Signer wrong = new Signer(Signer.ROOT.accessKeyId(), "wrong", Signer.ROOT.region());
        assertRefused(
                send(headers(wrong, Instant.now()), BODY),
                "InvalidSignatureException",
                DOES_NOT_MATCH);
    }

    @Test
    void anotherBody() throws IOException {
        byte[] other = "{\"NumberOfBytes\":5}".getBytes(UTF_8);
        assertRefused(
                send(headers(Signer.ROOT, Instant.now()), other),
                "InvalidSignatureException",
                DOES_NOT_MATCH);
    }

    @Test
    void anUnknownAccessKey() throws IOException {
        assertRefused(
                send(headers(Signer.TEST, Instant.now()), BODY),
                "UnrecognizedClientException",
                "The security token included in the request is invalid.");
    }

    @Test
    void tooOldAndTooNew() throws IOException {
        Reply old = send(headers(Signer.ROOT, Instant.now().minus(Duration.ofMinutes(6))), BODY);
        assertThat(old.code()).isEqualTo("InvalidSignatureException");
        assertThat(old.message())
                .matches(
                        "Signature expired: \\d{8}T\\d{6}Z is now earlier than \\d{8}T\\d{6}Z \\(\\d{8}T\\d{6}Z - 5 min\\.\\)");
        Reply early = send(headers(Signer.ROOT, Instant.now().plus(Duration.ofMinutes(6))), BODY);
        assertThat(early.code()).isEqualTo("InvalidSignatureException");
        assertThat(early.message())
                .matches(
                        "Signature not yet current: \\d{8}T\\d{6}Z is still later than \\d{8}T\\d{6}Z \\(\\d{8}T\\d{6}Z \\+ 5 min\\.\\)");
    }

    @Test
    void anotherService() throws IOException {
        Reply reply = send(headers(Signer.ROOT, Instant.now()).replace("/kms/", "/s3/"), BODY);
        assertThat(reply.code()).isEqualTo("InvalidSignatureException");
        assertThat(reply.message())
                .contains("Credential should be scoped to correct service: 'kms'.");
    }

    @Test
    void aDateThatIsNone() throws IOException {
        Reply reply =
                send(
                        headers(Signer.ROOT, Instant.now())
                                .replaceFirst("X-Amz-Date: \\S+", "X-Amz-Date: yesterday"),
                        BODY);
        assertRefused(
                reply,
                "IncompleteSignatureException",
                "Date must be in ISO-8601 'basic format'. Got 'yesterday'. See http://en.wikipedia.org/wiki/ISO_8601");
    }

    @Test
    void theTargetMustBeSigned() throws IOException {
        String unsigned =
                headers(Signer.ROOT, Instant.now())
                        .replace("x-amz-date;x-amz-target", "x-amz-date");
        assertThat(send(unsigned, BODY).code()).isEqualTo("InvalidSignatureException");
    }

    @Test
    void theSameRequestMayComeTwice() throws IOException {
        String headers = headers(Signer.ROOT, Instant.now());
        assertThat(send(headers, BODY).code()).isEqualTo("200");
        assertThat(send(headers, BODY).code()).isEqualTo("200");
    }

    @Test
    void missingPartsAreAllNamed() throws IOException {
        String line = "AWS4-HMAC-SHA256 X=y";
        Reply reply =
                send(
                        "X-Amz-Date: %s\r\nAuthorization: %s\r\n"
                                .formatted(TIME.format(Instant.now()), line),
                        BODY);
        assertRefused(
                reply,
                "IncompleteSignatureException",
                "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. "
                        + "Authorization header requires 'SignedHeaders' parameter. Authorization="
                        + line);
    }

    private static final String DOES_NOT_MATCH =
            "The request signature we calculated does not match the signature you provided. "
                    + "Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";

    private static void assertRefused(Reply reply, String code, String message) {
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.code()).isEqualTo(code);
        assertThat(reply.message()).isEqualTo(message);
        assertThat(reply.requestId()).isNotEmpty();
    }

    private String headers(Signer signer, Instant now) {
        return signer.headers(host(), "TrentService.GenerateRandom", BODY, now);
    }

    private Reply send(String signature, byte[] body) throws IOException {
        try (RawConnection connection = trent.connect()) {
            connection.send(
                    "POST / HTTP/1.1\r\nHost: %s\r\nContent-Type: %s\r\nX-Amz-Target: TrentService.GenerateRandom\r\n%sContent-Length: %d\r\n\r\n%s"
                            .formatted(
                                    host(),
                                    Kms.CONTENT_TYPE,
                                    signature,
                                    body.length,
                                    new String(body, UTF_8)));
            return connection.reply();
        }
    }

    private String host() {
        return "127.0.0.1:" + trent.port();
    }
}
