package trent.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import trent.api.AccessDeniedException;
import trent.api.Blob;
import trent.api.Empty;
import trent.api.GenerateRandomResponse;
import trent.api.KmsOperation;
import trent.api.ThrottlingException;
import trent.api.UnrecognizedClientException;
import trent.api.ValidationException;
import trent.api.iam.IamOperation;
import trent.api.iam.NoSuchEntityException;
import trent.api.sts.AssumeRoleWithWebIdentityResponse;
import trent.api.sts.GetCallerIdentityResponse;
import trent.api.sts.StsOperation;
import trent.audit.AuditRecord;
import trent.call.Origin;
import trent.call.Principal;
import trent.name.AccountId;
import trent.name.Region;
import trent.store.Store;
import trent.wire.signature.Caller;
import trent.wire.signature.SignedRequest;
import trent.wire.signature.SigningService;

/** Three services on one address, over real sockets. Who signs is believed. */
class QueryWireTest {

    private static final String FORM = "application/x-www-form-urlencoded; charset=utf-8";
    private static final String ACCOUNT = "111122223333";
    private static final String WHO = "Action=GetCallerIdentity&Version=2011-06-15";

    private final Queue<AuditRecord> records = new ConcurrentLinkedQueue<>();
    private final ConcurrentMap<String, Origin> origins = new ConcurrentHashMap<>();
    private final Store store = Store.inMemory(new SecureRandom()::nextBytes);
    private volatile boolean known = true;
    private volatile @Nullable Thread verifier;
    private volatile @Nullable Thread recorder;
    private @Nullable EventLoops loops;
    private @Nullable Api api;
    private @Nullable HttpService service;

    private static final class Answered {
        private int status;
        private String head = "";
        private String body = "";
    }

    @BeforeEach
    void serve() throws IOException {
        serve(BrowserGuard.NO_PAGES, TrustedProxies.NONE);
    }

    private void serve(BrowserGuard guard, TrustedProxies trusted) throws IOException {
        close();
        Routes routes =
                new Routes()
                        .here(
                                KmsOperation.GENERATE_RANDOM,
                                (call, _) -> {
                                    origins.put(call.requestId(), call.origin());
                                    return new GenerateRandomResponse(
                                            new Blob(new byte[] {1}), null);
                                })
                        .aside(
                                StsOperation.GET_CALLER_IDENTITY,
                                (call, _) -> {
                                    origins.put(call.requestId(), call.origin());
                                    return new GetCallerIdentityResponse(
                                            call.principal().userId(),
                                            call.account().value(),
                                            call.principal().arn());
                                })
                        .aside(
                                StsOperation.ASSUME_ROLE_WITH_WEB_IDENTITY,
                                (call, request) ->
                                        AssumeRoleWithWebIdentityResponse.builder()
                                                .audience(call.principal().kind().name())
                                                .provider(call.account().value())
                                                .subjectFromWebIdentityToken(
                                                        request.webIdentityToken())
                                                .build())
                        .aside(IamOperation.DELETE_USER, (_, _) -> Empty.EMPTY)
                        .aside(
                                IamOperation.GET_USER,
                                (_, request) -> {
                                    throw switch (String.valueOf(request.userName())) {
                                        case "denied" -> new AccessDeniedException("no");
                                        case "wrong" -> new ValidationException("wrong");
                                        case "often" -> new ThrottlingException("kms");
                                        case "bug" -> new IllegalStateException("secret");
                                        default ->
                                                new NoSuchEntityException(
                                                        "The user with name <%s> cannot be found."
                                                                .formatted(request.userName()));
                                    };
                                });
        Budget budget = new Budget(64 << 20, 100);
        EventLoops started =
                new EventLoops(budget, new SecureRandom()::nextBytes, InstantSource.system());
        loops = started;
        Api built =
                new Api(
                        new Front(this::verify, routes, this::record, InstantSource.system()),
                        budget,
                        guard);
        api = built;
        service =
                HttpService.start(
                        started,
                        HttpServerSettings.on("127.0.0.1", 0, null).behind(trusted),
                        built);
    }

    private void record(AuditRecord entry) {
        recorder = Thread.currentThread();
        records.add(entry);
    }

    /** Whoever names a service's scope is believed; not at once, if the test says so. */
    private Caller verify(SignedRequest request, SigningService wanted) {
        if (!known) {
            store.takesLong(); // as a credential that is not in memory does
        }
        verifier = Thread.currentThread();
        if (!wanted.equals(SigningService.claimedBy(request))) {
            throw new trent.api.MissingAuthenticationTokenException(
                    "Request is missing Authentication Token");
        }
        StringBuilder signer = new StringBuilder();
        request.forEachHeader(
                (name, value) -> {
                    if (name.equalsIgnoreCase("x-test-signer")) {
                        signer.append(value);
                    }
                });
        if (signer.toString().equals("nobody")) {
            throw new UnrecognizedClientException(
                    "The security token included in the request is invalid.");
        }
        return new Caller(
                Principal.root(new AccountId(ACCOUNT), "aws"), new Region("us-east-1"), "AKID");
    }

    @AfterEach
    void close() {
        if (service != null) {
            service.stop(Duration.ZERO);
        }
        if (api != null) {
            api.close();
        }
        if (loops != null) {
            loops.close();
        }
    }

    // ---- a client

    private static String signed(String service) {
        return "Authorization: AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/"
                + service
                + "/aws4_request, SignedHeaders=host, Signature=00\r\n";
    }

    private Answered post(String service, String form, String... headers) throws IOException {
        return ask(
                "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                        + (service.isEmpty() ? "" : signed(service))
                        + "Content-Type: "
                        + FORM
                        + "\r\nContent-Length: "
                        + form.length()
                        + "\r\n"
                        + String.join("", headers)
                        + "\r\n"
                        + form);
    }

    private static String jsonHead(int length) {
        return String.join(
                "\r\n",
                "POST / HTTP/1.1",
                "Host: 127.0.0.1",
                "Content-Type: application/x-amz-json-1.1",
                "X-Amz-Target: TrentService.GenerateRandom",
                "Content-Length: " + length,
                "");
    }

    private Answered get(String uri, String... headers) throws IOException {
        return ask(
                "GET "
                        + uri
                        + " HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                        + String.join("", headers)
                        + "\r\n");
    }

    private Answered ask(String request) throws IOException {
        try (Socket socket =
                new Socket(
                        InetAddress.getLoopbackAddress(), Objects.requireNonNull(service).port())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            socket.getOutputStream().flush();
            DataInputStream in = new DataInputStream(socket.getInputStream());
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) in.readUnsignedByte());
            }
            Answered answered = new Answered();
            answered.head = head.toString();
            answered.status = Integer.parseInt(head.substring(9, 12));
            String lower = answered.head.toLowerCase(Locale.ROOT);
            int at = lower.indexOf("content-length: ") + "content-length: ".length();
            int length = Integer.parseInt(lower.substring(at, lower.indexOf('\r', at)));
            answered.body = new String(in.readNBytes(length), UTF_8);
            return answered;
        }
    }

    private AuditRecord onlyRecord() {
        assertThat(records).hasSize(1);
        return Objects.requireNonNull(records.poll());
    }

    // ---- who is meant

    @Test
    void aFormOfStsIsAnsweredInXmlWithItsIdTwice() throws IOException {
        Answered answered = post("sts", WHO);
        assertThat(answered.status).isEqualTo(200);
        assertThat(answered.head).contains("Content-Type: text/xml\r\n");
        AuditRecord entry = onlyRecord();
        assertThat(answered.head).contains("x-amzn-RequestId: " + entry.requestId());
        assertThat(answered.body)
                .startsWith(
                        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">")
                .contains("<Arn>arn:aws:iam::111122223333:root</Arn>")
                .contains("<RequestId>" + entry.requestId() + "</RequestId>");
        assertThat(entry.operation()).isEqualTo("sts:GetCallerIdentity");
        assertThat(entry.caller()).isEqualTo("arn:aws:iam::111122223333:root");
        assertThat(entry.sender().sourceIp()).isEqualTo("127.0.0.1");
    }

    @Test
    void aGetWithAQueryAndAPresignedOneAreAnsweredToo() throws IOException {
        assertThat(get("/?" + WHO, signed("sts")).status).isEqualTo(200);
        String presigned =
                "/?"
                        + WHO
                        + "&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F20260101%2Fus-east-1%2Fsts%2Faws4_request&X-Amz-Signature=00";
        assertThat(get(presigned).body).contains("<Account>111122223333</Account>");
        assertThat(
                        ask("POST "
                                        + presigned
                                        + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
                                .status)
                .isEqualTo(200);
    }

    @Test
    void anOperationWithoutOutputHasNoResult() throws IOException {
        assertThat(post("iam", "Action=DeleteUser&Version=2010-05-08&UserName=a").body)
                .startsWith(
                        "<DeleteUserResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\n<ResponseMetadata>");
    }

    /** As before there were other services: KMS's own, and what belongs to none. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            GET / HTTP/1.1                          |
            GET /?a=b HTTP/1.1                      |
            HEAD / HTTP/1.1                         |
            PUT /?Version=2011-06-15 HTTP/1.1       | sts
            GET /?Action=a&Version=2011-06-15 HTTP/1.1 | kms
            GET /?Action=a&Version=2011-06-15 HTTP/1.1 | s3+
            GET /?Action=a&Version=2014-11-01 HTTP/1.1 |
            """)
    void whatIsOfNoServiceIsNotFound(String line, @Nullable String service) throws IOException {
        boolean otherVersion = "s3+".equals(service);
        Answered answered =
                ask(
                        (otherVersion ? line.replace("2011-06-15", "2006-03-01") : line)
                                + "\r\nHost: x\r\nConnection: close\r\n"
                                + (service == null ? "" : signed(service.replace("+", "")))
                                + "\r\n"
                                + " ".repeat(0));
        assertThat(answered.status).isEqualTo(404);
        assertThat(onlyRecord().error()).isEqualTo("UnknownOperationException");
    }

    @Test
    void aFormForKmsAndJsonForStsAreStillWhatTheyWere() throws IOException {
        assertThat(post("kms", WHO).status).isEqualTo(404);
        String json = "{\"NumberOfBytes\":1}";
        String head = jsonHead(json.length());
        Answered right = ask(head + signed("kms") + "\r\n" + json);
        assertThat(right.body).isEqualTo("{\"Plaintext\":\"AQ==\"}");
        Answered other = ask(head + signed("sts") + "\r\n" + json);
        assertThat(other.status).isEqualTo(400);
        assertThat(other.body).contains("\"__type\":\"MissingAuthenticationTokenException\"");
    }

    /** Of another content type than a form nothing is read: the action is missing. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            POST / | iam | application/json
            POST / | iam | application/x-amz-json-1.1
            POST / | sts | application/x-amz-json-1.1
            POST / | sts | text/plain
            POST / | iam |
            GET /  | sts |
            """)
    void whatIsSignedForAQueryServiceIsAnsweredByIt(
            String line, String service, @Nullable String contentType) throws IOException {
        String body = line.startsWith("POST") ? WHO : "";
        Answered answered =
                ask(
                        line
                                + " HTTP/1.1\r\nHost: x\r\n"
                                + signed(service)
                                + (contentType == null
                                        ? ""
                                        : "Content-Type: " + contentType + "\r\n")
                                + "Content-Length: "
                                + body.length()
                                + "\r\n\r\n"
                                + body);
        assertThat(answered.status).isEqualTo(400);
        assertThat(answered.head).contains("Content-Type: text/xml\r\n");
        assertThat(answered.body).contains("<Code>MissingAction</Code>");
        assertThat(onlyRecord().caller()).isEqualTo("arn:aws:iam::111122223333:root");
    }

    // ---- where it is read

    /** Who reads a form that is none records what is wrong with it. */
    @ParameterizedTest
    @CsvSource({"10, false", "16300, false", "16400, true", "1000000, true"})
    void aLongFormIsReadWhereNobodyWaits(int length, boolean aside) throws IOException {
        String broken = WHO + "&a=%zz&b=";
        Answered answered = post("sts", broken + "x".repeat(Math.max(0, length - broken.length())));
        assertThat(answered.body).contains("<Code>MalformedQueryString</Code>");
        assertThat(onlyRecord().caller()).isEqualTo("arn:aws:iam::111122223333:root");
        assertThat(Objects.requireNonNull(recorder).isVirtual()).isEqualTo(aside);
        assertThat(Objects.requireNonNull(verifier).isVirtual()).isFalse();
    }

    @Test
    void aLongFormIsAnswered() throws IOException {
        String user = "Action=GetUser&Version=2010-05-08&UserName=a&X=" + "x".repeat(100_000);
        assertThat(post("iam", user).body).contains("<Code>NoSuchEntity</Code>");
        known = false;
        assertThat(post("iam", user).body).contains("<Code>NoSuchEntity</Code>");
    }

    @Test
    void aLongFormOfWhoIsNotBelievedIsNotRead() throws IOException {
        Answered answered =
                post("sts", WHO + "&a=%zz" + "x".repeat(20_000), "X-Test-Signer: nobody\r\n");
        assertThat(answered.body).contains("security token included in the request is invalid");
        assertThat(onlyRecord().caller()).isNull();
        assertThat(Objects.requireNonNull(recorder).isVirtual()).isFalse();
    }

    // ---- errors

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            iam | Action=CreateInstanceProfile&Version=2010-05-08 | 400 | InvalidAction | Could not find operation CreateInstanceProfile for version 2010-05-08
            iam | Action=ListUsers&Version=2010-05-08             | 400 | InvalidAction | Could not find operation ListUsers for version 2010-05-08
            iam | Action=getUser&Version=2010-05-08               | 400 | InvalidAction | Could not find operation getUser for version 2010-05-08
            iam | Action=GetUser&Version=2011-06-15               | 400 | InvalidAction | Could not find operation GetUser for version 2011-06-15
            sts | Action=GetUser&Version=2010-05-08               | 400 | InvalidAction | Could not find operation GetUser for version 2010-05-08
            iam | Action=GetUser                                  | 400 | InvalidAction | Could not find operation GetUser for version NO_VERSION_SPECIFIED
            iam | Version=2010-05-08                              | 400 | MissingAction | The request is missing an action or a required parameter.
            iam | Action=%zz&Version=2010-05-08                   | 404 | MalformedQueryString | The query string contains a syntax error.
            iam | Action=DeleteUser&Version=2010-05-08            | 400 | ValidationError | 1 validation error detected: Value null at 'userName' failed to satisfy constraint: Member must not be null
            iam | Action=GetUser&Version=2010-05-08&UserName=bob  | 404 | NoSuchEntity  | The user with name &lt;bob&gt; cannot be found.
            iam | Action=GetUser&Version=2010-05-08&UserName=denied | 403 | AccessDenied | no
            iam | Action=GetUser&Version=2010-05-08&UserName=wrong | 400 | ValidationError | wrong
            iam | Action=GetUser&Version=2010-05-08&UserName=often | 400 | Throttling   | Rate exceeded
            """)
    void errorsHaveTheNamesOfQueryServices(
            String service, String form, int status, String code, String text) throws IOException {
        Answered answered = post(service, form);
        assertThat(answered.status).isEqualTo(status);
        assertThat(answered.head).contains("Content-Type: text/xml\r\n");
        assertThat(answered.body)
                .startsWith("<ErrorResponse xmlns=\"https://" + service + ".amazonaws.com/doc/")
                .contains("<Type>Sender</Type><Code>" + code + "</Code>")
                .contains("<Message>" + text + "</Message>");
        assertThat(onlyRecord().error()).isEqualTo(code);
    }

    @Test
    void aFaultOfOursIsTheReceiversAndTellsNothing() throws IOException {
        Answered answered = post("iam", "Action=GetUser&Version=2010-05-08&UserName=bug");
        assertThat(answered.status).isEqualTo(500);
        assertThat(answered.body)
                .contains("<Type>Receiver</Type><Code>InternalFailure</Code>")
                .doesNotContain("secret");
    }

    @Test
    void whoIsUnknownIsToldSoInEachServicesWords() throws IOException {
        Answered sts = post("sts", WHO, "X-Test-Signer: nobody\r\n");
        assertThat(sts.body).contains("<ErrorResponse xmlns=\"https://sts.amazonaws.com/");
        Answered unsigned = post("", "Action=GetUser&Version=2010-05-08");
        assertThat(unsigned.body)
                .contains("<ErrorResponse xmlns=\"https://iam.amazonaws.com/")
                .contains("MissingAuthenticationToken");
    }

    // ---- without a signature

    private static String webIdentity(String role) {
        return "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleSessionName=name"
                + "&WebIdentityToken=token&RoleArn="
                + URLEncoder.encode(role, UTF_8);
    }

    @Test
    void aWebIdentityNeedsNoSignatureAndIsNobodyUntilItsTokenSaysWho() throws IOException {
        Answered posted = post("", webIdentity("arn:aws:iam::444455556666:role/r"));
        assertThat(posted.body)
                .contains("<Audience>NOBODY</Audience>")
                .contains("<Provider>444455556666</Provider>");
        assertThat(onlyRecord().operation()).isEqualTo("sts:AssumeRoleWithWebIdentity");
        Answered got = get("/?" + webIdentity("no role, but 20 characters"));
        assertThat(got.body).contains("<Provider>000000000000</Provider>");
        assertThat(onlyRecord().region()).isEqualTo("us-east-1");
        Answered short_ = get("/?" + webIdentity("short"));
        assertThat(short_.body).contains("ValidationError");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                WHO,
                "Action=AssumeRole&Version=2011-06-15",
                "Action=AssumeRoleWithWebIdentity&Version=2010-05-08",
                "Action=assumeRoleWithWebIdentity&Version=2011-06-15"
            })
    void everythingElseNeedsOne(String form) throws IOException {
        Answered answered = post("", form);
        assertThat(answered.status).isIn(403, 400);
        assertThat(answered.body).contains("MissingAuthenticationToken");
        assertThat(onlyRecord().caller()).isNull();
    }

    // ---- who is not in memory

    @Test
    void aCallerWhoIsNotInMemoryIsLookedUpAside() throws IOException {
        known = false;
        assertThat(post("sts", WHO).status).isEqualTo(200);
        Thread thread = Objects.requireNonNull(verifier);
        assertThat(thread.isVirtual()).isTrue();
        assertThat(onlyRecord().operation()).isEqualTo("sts:GetCallerIdentity");

        String head = jsonHead(2);
        assertThat(ask(head + signed("kms") + "\r\n{}").body).isEqualTo("{\"Plaintext\":\"AQ==\"}");
        assertThat(onlyRecord().operation()).isEqualTo("GenerateRandom");
        assertThat(ask(head + signed("kms") + "X-Test-Signer: nobody\r\n\r\n{}").body)
                .contains("UnrecognizedClientException");
    }

    // ---- where it came from

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            127.0.0.0/8            | 203.0.113.9                           | https      | 203.0.113.9 | true
            127.0.0.0/8            | 198.51.100.1, 203.0.113.9             | http       | 203.0.113.9 | false
            127.0.0.0/8,10.0.0.0/8 | 203.0.113.9, 10.1.2.3                 | https      | 203.0.113.9 | true
            127.0.0.0/8,10.0.0.0/8 | 10.9.9.9, 10.1.2.3                    |            | 10.9.9.9    | false
            127.0.0.0/8            | 203.0.113.9:4711                      | https,http | 203.0.113.9 | false
            127.0.0.0/8            | [2001:db8::7]:4711                    | HTTPS      | 2001:db8::7 | true
            127.0.0.0/8            | ::ffff:203.0.113.9                    |            | 203.0.113.9 | false
            127.0.0.0/8            | 203.0.113.9, unknown                  |            | 127.0.0.1   | false
            127.0.0.0/8            | ,                                     |            | 127.0.0.1   | false
            10.0.0.0/8             | 203.0.113.9                           | https      | 127.0.0.1   | false
                                   | 203.0.113.9                           | https      | 127.0.0.1   | false
            """)
    void onlyAProxyThatIsTrustedSaysWhomItSpeaksFor(
            @Nullable String trusted,
            String forwardedFor,
            @Nullable String proto,
            String sourceIp,
            boolean secure)
            throws IOException {
        serve(
                BrowserGuard.NO_PAGES,
                trusted == null
                        ? TrustedProxies.NONE
                        : TrustedProxies.of(List.of(trusted.split(",", -1))));
        post(
                "sts",
                WHO,
                "X-Forwarded-For: " + forwardedFor + "\r\n",
                proto == null ? "" : "X-Forwarded-Proto: " + proto + "\r\n",
                "User-Agent: aws-cli/2\r\nReferer: https://a.example\r\n");
        AuditRecord entry = onlyRecord();
        assertThat(entry.sender().sourceIp()).isEqualTo(sourceIp);
        assertThat(origins.get(entry.requestId()))
                .isEqualTo(new Origin(sourceIp, secure, "aws-cli/2", "https://a.example"));
    }

    @Test
    void linesOfAHeaderAreOneList() throws IOException {
        serve(BrowserGuard.NO_PAGES, TrustedProxies.of(List.of("127.0.0.1", "10.0.0.0/8")));
        post("sts", WHO, "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-For: 10.0.0.1\r\n");
        assertThat(onlyRecord().sender().sourceIp()).isEqualTo("203.0.113.9");
    }

    // ---- browsers

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            textBlock =
                    """
            -                                       | -                       | 200
            -                                       | https://evil.example    | 403
            -                                       | null                    | 403
            https://a.example                       | https://a.example       | 200
            https://a.example                       | https://a.example:444   | 403
            https://a.example,https://b.example     | https://b.example       | 200
            https://a.example,https://b.example     | http://b.example        | 403
            *                                       | https://evil.example    | 200
            null                                    | null                    | 200
            """)
    void aPageIsLetInIfItsOriginIsListed(
            @Nullable String listed, @Nullable String origin, int status) throws IOException {
        serve(
                new BrowserGuard(
                        listed == null ? null : new Cors(Set.of(listed.split(",", -1))), null),
                TrustedProxies.NONE);
        Answered answered = post("sts", WHO, origin == null ? "" : "Origin: " + origin + "\r\n");
        assertThat(answered.status).isEqualTo(status);
        if (status == 403) {
            assertThat(answered.body).contains("--cors-origin " + origin);
            assertThat(onlyRecord().error()).isEqualTo("OriginNotAllowed");
        } else if (origin != null) {
            assertThat(answered.head)
                    .contains(
                            "Access-Control-Allow-Origin: "
                                    + ("*".equals(listed) ? "*" : origin)
                                    + "\r\n");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            127.0.0.1          | 200
            127.0.0.1:4599     | 200
            [::1]:4599         | 200
            localhost:4599     | 200
            LOCALHOST          | 200
            trent.test         | 200
            Trent.Test:4599    | 200
            evil.example:4599  | 403
            127.0.0.1.example  | 403
            localhost.example  | 403
            trent.test.example | 403
            """)
    void inDevelopmentANameThatAPageChoseIsNotOurs(String host, int status) throws IOException {
        serve(new BrowserGuard(null, Set.of("trent.test")), TrustedProxies.NONE);
        Answered answered =
                ask(
                        "GET /?"
                                + WHO
                                + " HTTP/1.1\r\nHost: "
                                + host
                                + "\r\n"
                                + signed("sts")
                                + "\r\n");
        assertThat(answered.status).isEqualTo(status);
        if (status == 403) {
            assertThat(answered.body).contains("--host-name");
            assertThat(onlyRecord().error()).isEqualTo("HostNotAllowed");
        }
    }
}
