package trent.wire.signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import trent.api.ServiceException;
import trent.call.Principal;
import trent.identity.Credential;
import trent.identity.Credentials;
import trent.identity.Holder;
import trent.identity.KnownHolders;
import trent.name.AccountId;

/** The signing cases that AWS publishes (awslabs/aws-c-auth): each intermediate text of each. */
class PublishedSignaturesTest {

    private static final int CASES = 38;

    private static final Principal SIGNER = Principal.root(new AccountId("111122223333"), "aws");

    private final Map<String, Case> cases = new TreeMap<>();

    /** Why {@link Signatures} does not take a signature that is right. */
    private enum Left {
        UNNORMALIZED_PATH("S3 alone signs a path with its dots and empty segments"),
        TOKEN_NOT_SIGNED("a session token must be covered by the signature");

        private final String reason;

        Left(String reason) {
            this.reason = reason;
        }
    }

    /** Where the signature stands. */
    private enum Form {
        HEADER,
        QUERY;

        private String file(String name) {
            return (this == HEADER ? "header-" : "query-") + name + ".txt";
        }
    }

    private record Case(String name, JsonNode context, Map<String, String> files) {

        String file(String file) {
            String text = files.get(file);
            if (text == null) {
                throw new IllegalArgumentException(name + " has no " + file);
            }
            return text;
        }

        Credential credential() {
            JsonNode credentials = context.at("/credentials");
            return new Credential(
                    credentials.at("/access_key_id").textValue(),
                    new Holder.Root(SIGNER.account()),
                    credentials
                            .at("/secret_access_key")
                            .textValue()
                            .getBytes(StandardCharsets.US_ASCII));
        }

        Instant timestamp() {
            return Instant.parse(context.at("/timestamp").textValue());
        }

        String date() {
            return AmzTime.ofEpochSecond(timestamp().getEpochSecond()).date();
        }

        String text(String member) {
            return context.at("/" + member).textValue();
        }

        boolean normalize() {
            return context.at("/normalize").booleanValue();
        }

        boolean hasToken() {
            return !context.at("/credentials/token").isMissingNode();
        }

        boolean omitsToken() {
            return context.at("/omit_session_token").booleanValue();
        }
    }

    @BeforeEach
    void readTheCases() throws IOException {
        Path zip = Path.of(System.getProperty("trent.vectors", "")).resolve("sigv4.zip");
        if (!Files.isRegularFile(zip)) {
            return;
        }
        ObjectMapper json = new ObjectMapper();
        Map<String, Map<String, String>> files = new TreeMap<>();
        try (ZipFile open = new ZipFile(zip.toFile())) {
            for (var entry : open.stream().filter(e -> !e.isDirectory()).toList()) {
                String[] path = entry.getName().split("/", -1);
                if (path.length == 2) {
                    files.computeIfAbsent(path[0], _ -> new TreeMap<>())
                            .put(
                                    path[1],
                                    new String(
                                            open.getInputStream(entry).readAllBytes(),
                                            StandardCharsets.ISO_8859_1));
                }
            }
        }
        for (var entry : files.entrySet()) {
            JsonNode context = json.readTree(entry.getValue().get("context.json"));
            cases.put(entry.getKey(), new Case(entry.getKey(), context, entry.getValue()));
        }
    }

    @TestFactory
    List<DynamicTest> everyTextOfEveryCase() {
        List<DynamicTest> tests = new ArrayList<>();
        for (Case published : cases.values()) {
            for (Form form : Form.values()) {
                tests.add(
                        DynamicTest.dynamicTest(
                                published.name() + " " + form, () -> compare(published, form)));
            }
        }
        return tests;
    }

    @Test
    void everyCaseIsVerifiedButThoseOfANamedRule() {
        if (cases.isEmpty()) {
            System.out.println(
                    "SKIPPED PublishedSignaturesTest: needs sigv4.zip (awslabs/aws-c-auth, "
                            + "tests/aws-signing-test-suite/v4, zipped) in the folder named by -Dtrent.vectors");
            Assumptions.abort("no sigv4.zip");
        }
        assertThat(cases).hasSize(CASES);
        int verified = 0;
        Map<Left, List<String>> left = new TreeMap<>();
        for (Case published : cases.values()) {
            for (Form form : Form.values()) {
                Left rule = leftOut(published, form);
                if (rule == null) {
                    verify(published, form);
                    verified++;
                } else {
                    left.computeIfAbsent(rule, _ -> new ArrayList<>())
                            .add(published.name() + " " + form);
                }
            }
        }
        System.out.printf(
                "PublishedSignaturesTest: %d cases, header and query: %d texts and signatures compared, 0 left out; %d requests verified%n",
                CASES, 2 * CASES, verified);
        left.forEach(
                (rule, names) ->
                        System.out.printf(
                                "  %d not verified, %s (%s): %s%n",
                                names.size(), rule, rule.reason, String.join(", ", names)));
        assertThat(verified + left.values().stream().mapToInt(List::size).sum())
                .isEqualTo(2 * CASES);
    }

    private static void compare(Case published, Form form) {
        Request request = signedRequest(published, form);
        Headers headers = Headers.of(request);
        Authorization authorization = Authorization.of(request, headers, 300);
        String path = published.normalize() ? UriText.normalized(request.path()) : request.path();
        CanonicalRequest canonical =
                new CanonicalRequest(
                        request.method(),
                        UriText.canonicalPath(path),
                        authorization.canonicalQuery(),
                        headers,
                        SignedHeaders.of(authorization.signedHeaders()));
        Workbench bench = Workbench.ofThisThread();
        byte[] bodyHash = bench.sha256(request.body(), request.bodyOffset(), request.bodyLength());

        assertThat(bench.canonical(canonical, bodyHash))
                .hasToString(published.file(form.file("canonical-request")));

        String scope =
                "%s/%s/%s/aws4_request"
                        .formatted(
                                published.date(),
                                published.text("region"),
                                published.text("service"));
        SigningKey key =
                bench.derive(
                        published.credential(),
                        published.date(),
                        published.text("region"),
                        published.text("service"));
        Bytes stringToSign =
                bench.stringToSign(canonical, bodyHash, authorization.signedAt().text(), scope);
        assertThat(stringToSign).hasToString(published.file(form.file("string-to-sign")));

        assertThat(bench.signature(stringToSign, key))
                .asString(StandardCharsets.US_ASCII)
                .isEqualTo(published.file(form.file("signature")))
                .isEqualTo(authorization.signature());
    }

    /** Twice: with a signing key derived for it, and with the one that was kept. */
    private static void verify(Case published, Form form) {
        Credential credential = published.credential();
        KnownHolders nobody = KnownHolders.nobody();
        Signatures signatures =
                new Signatures(
                        Credentials.issued(
                                credential, nobody, nobody.tokens, nobody.holders(), nobody),
                        InstantSource.fixed(published.timestamp()));
        SigningService service = new SigningService(published.text("service"), 300);
        Request request = signedRequest(published, form);
        for (int i = 0; i < 2; i++) {
            if (published.hasToken() && !published.omitsToken()) {
                // Right, but with a session token that belongs to no permanent access key.
                ServiceException thrown =
                        catchThrowableOfType(
                                ServiceException.class, () -> signatures.verify(request, service));
                assertThat(thrown.code()).isEqualTo("UnrecognizedClientException");
                assertThat(thrown)
                        .hasMessage("The security token included in the request is invalid");
            } else {
                assertThat(signatures.verify(request, service).principal().arn())
                        .isEqualTo(SIGNER.arn());
            }
        }
    }

    private static @Nullable Left leftOut(Case published, Form form) {
        String path = signedRequest(published, form).path();
        if (!published.normalize() && !path.equals(UriText.normalized(path))) {
            return Left.UNNORMALIZED_PATH;
        }
        // In the query form the case's token, added after signing, is taken away before comparing.
        return published.omitsToken() && form == Form.HEADER ? Left.TOKEN_NOT_SIGNED : null;
    }

    /** Reads {@code *-signed-request.txt}: header lines, an empty line, the body. */
    private static Request signedRequest(Case published, Form form) {
        String text = published.file(form.file("signed-request"));
        int end = text.indexOf("\n\n");
        List<Request.Header> headers = new ArrayList<>();
        String[] lines = text.substring(0, end).split("\n", -1);
        for (int i = 1; i < lines.length; i++) {
            if (lines[i].startsWith(" ")) {
                Request.Header folded = headers.removeLast();
                headers.add(new Request.Header(folded.name(), folded.value() + "\n" + lines[i]));
            } else {
                int colon = lines[i].indexOf(':');
                headers.add(
                        new Request.Header(
                                lines[i].substring(0, colon), lines[i].substring(colon + 1)));
            }
        }
        int method = lines[0].indexOf(' ');
        String target = lines[0].substring(method + 1, lines[0].lastIndexOf(' '));
        int question = target.indexOf('?');
        String path = question < 0 ? target : target.substring(0, question);
        String query = question < 0 ? null : target.substring(question + 1);
        if (query != null && published.omitsToken()) {
            query = query.replaceFirst("&X-Amz-Security-Token=[^&]*", "");
        }
        return new Request(
                lines[0].substring(0, method), path, query, headers, text.substring(end + 2));
    }
}
