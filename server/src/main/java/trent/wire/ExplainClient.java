package trent.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import trent.api.SerializationException;
import trent.explain.Answer;
import trent.explain.Question;
import trent.identity.oidc.HttpsKeys;
import trent.wire.signature.RequestSigner;

/** Asks a server's {@code Trent.Explain}, as {@code trent explain} does. */
public final class ExplainClient implements AutoCloseable {

    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration WHOLE = Duration.ofSeconds(60);
    private static final int OK = 200;

    private final URI endpoint;
    private final RequestSigner signer;
    private final InstantSource clock;
    private final HttpClient http;

    /** The server answered with an error. */
    public static final class Refused extends Exception {

        private static final long serialVersionUID = 1L;

        private final String code;

        private Refused(String code, String message) {
            super(message);
            this.code = code;
        }

        /** Its name, for example {@code AccessDeniedException}; empty if it had none. */
        public String code() {
            return code;
        }
    }

    /**
     * An answer.
     *
     * @param json as it came
     */
    public record Answered(Answer answer, String json) {}

    /**
     * A client of one server.
     *
     * @param endpoint for example {@code http://127.0.0.1:4599}
     * @param authorities a PEM file of authorities that are believed too; null for none
     * @throws IOException if that file cannot be used
     */
    public ExplainClient(
            URI endpoint, RequestSigner signer, @Nullable Path authorities, InstantSource clock)
            throws IOException {
        this.endpoint = endpoint;
        this.signer = signer;
        this.clock = clock;
        try {
            this.http =
                    HttpClient.newBuilder()
                            .version(HttpClient.Version.HTTP_1_1)
                            .connectTimeout(CONNECT)
                            .sslContext(HttpsKeys.believing(authorities))
                            .build();
        } catch (GeneralSecurityException e) {
            throw new IOException(authorities + " holds no certificates in PEM", e);
        }
    }

    /**
     * Asks.
     *
     * @throws IOException if the server cannot be reached, or what answers is none
     */
    public Answered ask(Question question) throws IOException, InterruptedException, Refused {
        byte[] body = ExplainJson.bytes(question);
        Map<String, String> headers =
                Map.of(
                        "content-type",
                        "application/x-amz-json-1.1",
                        "x-amz-target",
                        OwnOperation.TARGET_PREFIX + ExplainJson.EXPLAIN.name());
        HttpRequest.Builder request =
                HttpRequest.newBuilder(endpoint.resolve("/"))
                        .timeout(WHOLE)
                        .POST(BodyPublishers.ofByteArray(body));
        headers.forEach(request::header);
        signer.sign(host(), headers, body, "kms", clock.instant()).forEach(request::header);
        HttpResponse<byte[]> response;
        try {
            response = http.send(request.build(), BodyHandlers.ofByteArray());
        } catch (ConnectException e) { // which has no message
            throw new IOException("nobody answers at " + endpoint, e);
        }
        if (response.statusCode() != OK) {
            Map.Entry<String, String> error = ExplainJson.error(response.body());
            throw new Refused(error.getKey(), error.getValue());
        }
        try {
            return new Answered(
                    ExplainJson.answer(response.body()), new String(response.body(), UTF_8));
        } catch (SerializationException e) {
            throw new IOException("what answers at " + endpoint + " is no Trent", e);
        }
    }

    /** As the request's header will have it: without the port that the scheme implies. */
    private String host() {
        String name = Objects.requireNonNull(endpoint.getHost());
        boolean implied =
                endpoint.getPort() < 0
                        || endpoint.getPort() == (endpoint.getScheme().equals("https") ? 443 : 80);
        return implied ? name : name + ":" + endpoint.getPort();
    }

    @Override
    public void close() {
        http.close();
    }
}
