package trent.wire.signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import trent.Principals;
import trent.api.ServiceException;
import trent.identity.KnownHolders;
import trent.name.AccountId;
import trent.name.Region;

/** The table of signature errors, row by row; then their order; then what must be taken. */
class SignaturesTest {

    private static final String MISSING = "MissingAuthenticationTokenException";
    private static final String INCOMPLETE = "IncompleteSignatureException";
    private static final String INVALID = "InvalidSignatureException";
    private static final String UNRECOGNIZED = "UnrecognizedClientException";

    private static final String NOT_MATCHING =
            "The request signature we calculated does not match the signature you provided. "
                    + "Check your AWS Secret Access Key and signing method. "
                    + "Consult the service documentation for details.";

    private static final String TOKEN = "FwoGZXIvYXdzEXAMPLE//token==";

    private final Signatures signatures =
            new Signatures(Draft.KNOWN, InstantSource.fixed(Draft.NOW));

    /**
     * One thing wrong.
     *
     * @param text how the answer starts
     * @param ofForm whether development mode sees it too
     */
    private record Fault(
            String name, boolean ofForm, String code, String text, Consumer<Draft> into) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** In AWS's order. */
    private static final List<Fault> FAULTS =
            List.of(
                    new Fault(
                            "no token",
                            true,
                            MISSING,
                            "Request is missing Authentication Token",
                            d -> d.authorization = "Basic QTpC"),
                    new Fault(
                            "lacks a part",
                            true,
                            INCOMPLETE,
                            "Authorization header requires 'Signature' parameter. Authorization=AWS4-",
                            d -> d.lacking.add("Signature")),
                    new Fault(
                            "not a pair",
                            true,
                            INCOMPLETE,
                            "'Oops' not a valid key=value pair",
                            d -> d.extraParts.add("Oops")),
                    new Fault(
                            "bad date",
                            true,
                            INCOMPLETE,
                            "Date must be in ISO-8601 'basic format'. Got '2026-01-02'",
                            d -> d.time = "2026-01-02"),
                    new Fault(
                            "expired",
                            false,
                            INVALID,
                            "Signature expired: 20260102T025405Z",
                            d -> d.time = "20260102T025405Z"),
                    new Fault(
                            "not yet current",
                            false,
                            INVALID,
                            "Signature not yet current: 20260102T031405Z",
                            d -> d.time = "20260102T031405Z"),
                    new Fault(
                            "host not signed",
                            false,
                            INVALID,
                            "'Host' must be a 'SignedHeader'",
                            d -> d.signedHeaders.remove("host")),
                    new Fault(
                            "target not signed",
                            false,
                            INVALID,
                            "'X-Amz-Target' must be a 'SignedHeader'",
                            d -> d.signedHeaders.remove("x-amz-target")),
                    new Fault(
                            "algorithm",
                            true,
                            INCOMPLETE,
                            "Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256'",
                            d -> d.algorithm = "AWS4-ECDSA-P256-SHA256"),
                    new Fault(
                            "credential",
                            true,
                            INCOMPLETE,
                            "Credential must have exactly 5 slash-delimited elements",
                            d -> d.credential = "AKIA/20260102/us-east-2/kms"),
                    new Fault(
                            "scope",
                            true,
                            INVALID,
                            "Credential should be scoped to a valid region, not 'US_EAST'. ",
                            d -> d.region = "US_EAST"),
                    new Fault(
                            "unknown key",
                            false,
                            UNRECOGNIZED,
                            "The security token included in the request is invalid.",
                            d -> d.accessKeyId = "AKIAI44QH8DHBEXAMPLE"),
                    new Fault(
                            "wrong signature",
                            false,
                            INVALID,
                            NOT_MATCHING,
                            d -> d.signature = "0".repeat(64)),
                    new Fault(
                            "token of nobody",
                            false,
                            UNRECOGNIZED,
                            "The security token included in the request is invalid",
                            d -> d.signing("X-Amz-Security-Token", TOKEN)));

    static Stream<Arguments> twoFaults() {
        return IntStream.range(0, FAULTS.size())
                .boxed()
                .flatMap(
                        first ->
                                IntStream.range(first, FAULTS.size())
                                        .mapToObj(
                                                second ->
                                                        arguments(
                                                                FAULTS.get(first),
                                                                FAULTS.get(second))));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("twoFaults")
    void ofTwoFaultsTheEarlierIsAnswered(Fault first, Fault second) {
        Draft draft = new Draft();
        second.into().accept(draft);
        first.into().accept(draft);

        ServiceException answer = refusal(draft.signed());

        assertThat(answer.code()).isEqualTo(first.code());
        assertThat(answer).hasMessageStartingWith(first.text());
    }

    static Stream<Arguments> errors() {
        String inDate = "20260102/us-east-2/kms/aws4_request";
        return Stream.of(
                row(
                        "1 no header",
                        MISSING,
                        "Request is missing Authentication Token",
                        d -> {},
                        s -> s.without("Authorization")),
                row(
                        "1 another scheme",
                        MISSING,
                        "Request is missing Authentication Token",
                        d -> d.authorization = "Basic QTpC",
                        null),
                row(
                        "1 almost the older scheme",
                        MISSING,
                        "Request is missing Authentication Token",
                        d -> d.authorization = "AWSX AKIA:c2ln",
                        null),
                row(
                        "2 the older scheme",
                        INCOMPLETE,
                        "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization=AWS AKIA:c2ln",
                        d -> d.authorization = "AWS AKIA:c2ln",
                        null),
                row(
                        "1 another version",
                        MISSING,
                        "Request is missing Authentication Token",
                        d -> d.authorization = "AWS5-HMAC-SHA256 Credential=a",
                        null),
                row(
                        "1 empty header",
                        MISSING,
                        "Request is missing Authentication Token",
                        d -> d.authorization = "",
                        null),
                row(
                        "2 all parts",
                        INCOMPLETE,
                        "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=AWS4-HMAC-SHA256",
                        d -> {
                            d.authorization = "AWS4-HMAC-SHA256";
                            d.time = "";
                        },
                        null),
                row(
                        "2 empty parts",
                        INCOMPLETE,
                        "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization=AWS4-HMAC-SHA256 Credential=, SignedHeaders=host, Signature=",
                        d ->
                                d.authorization =
                                        "AWS4-HMAC-SHA256 Credential=, SignedHeaders=host, Signature=",
                        null),
                row(
                        "2 only the date",
                        INCOMPLETE,
                        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host, Signature=b",
                        d -> {
                            d.authorization =
                                    "AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host, Signature=b";
                            d.time = "";
                        },
                        null),
                row(
                        "2b",
                        INCOMPLETE,
                        "'Oops' not a valid key=value pair (missing equal-sign) in Authorization header: 'AWS4-HMAC-SHA256 Credential=a,Oops,SignedHeaders=host Signature=b More'.",
                        d ->
                                d.authorization =
                                        "AWS4-HMAC-SHA256 Credential=a,Oops,SignedHeaders=host Signature=b More",
                        null),
                row(
                        "3 extended format",
                        INCOMPLETE,
                        "Date must be in ISO-8601 'basic format'. Got '2026-01-02T03:04:05Z'. See http://en.wikipedia.org/wiki/ISO_8601",
                        d -> d.time = "2026-01-02T03:04:05Z",
                        null),
                row(
                        "3 no such day",
                        INCOMPLETE,
                        "Date must be in ISO-8601 'basic format'. Got '20260230T030405Z'. See http://en.wikipedia.org/wiki/ISO_8601",
                        d -> d.time = "20260230T030405Z",
                        null),
                row(
                        "3 twice",
                        INCOMPLETE,
                        "Date must be in ISO-8601 'basic format'. Got '20260102T030405Z,20260102T030406Z'. See http://en.wikipedia.org/wiki/ISO_8601",
                        d -> {},
                        s -> s.with("x-amz-date", "20260102T030406Z")),
                row(
                        "4",
                        INVALID,
                        "Signature expired: 20260102T025904Z is now earlier than 20260102T025905Z (20260102T030405Z - 5 min.)",
                        d -> d.time = "20260102T025904Z",
                        null),
                row(
                        "4b",
                        INVALID,
                        "Signature not yet current: 20260102T030906Z is still later than 20260102T030905Z (20260102T030405Z + 5 min.)",
                        d -> d.time = "20260102T030906Z",
                        null),
                row(
                        "5",
                        INVALID,
                        "'Host' must be a 'SignedHeader' in the AWS Authorization.",
                        d -> d.signedHeaders.remove("host"),
                        null),
                row(
                        "5 nothing signed",
                        INVALID,
                        "'Host' must be a 'SignedHeader' in the AWS Authorization.",
                        d -> d.signedHeaders.clear(),
                        null),
                row(
                        "5 target",
                        INVALID,
                        "'X-Amz-Target' must be a 'SignedHeader' in the AWS Authorization.",
                        d -> d.signedHeaders.remove("x-amz-target"),
                        null),
                row(
                        "5 date",
                        INVALID,
                        "'X-Amz-Date' must be a 'SignedHeader' in the AWS Authorization.",
                        d -> d.signedHeaders.remove("x-amz-date"),
                        null),
                row(
                        "5 date header",
                        INVALID,
                        "'Date' must be a 'SignedHeader' in the AWS Authorization.",
                        d -> {
                            d.request = d.request.with("Date", "Fri, 02 Jan 2026 03:04:05 GMT");
                            d.signedHeaders.remove("x-amz-date");
                        },
                        s -> s.without("X-Amz-Date")),
                row(
                        "5 authority that was not sent",
                        INVALID,
                        "'Host' must be a 'SignedHeader' in the AWS Authorization.",
                        d -> {
                            d.signedHeaders.remove("host");
                            d.signedHeaders.add(":authority");
                        },
                        null),
                row(
                        "11 token that is not signed",
                        UNRECOGNIZED,
                        "The security token included in the request is invalid",
                        d -> d.request = d.request.with("x-amz-security-token", TOKEN),
                        null),
                row(
                        "5 too many",
                        INVALID,
                        "SignedHeaders must not name more than 100 headers.",
                        d ->
                                d.authorization =
                                        "AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host"
                                                + ";a".repeat(100)
                                                + ", Signature=b",
                        null),
                row(
                        "6",
                        INCOMPLETE,
                        "Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256' (only AWS4-HMAC-SHA256 for now). ",
                        d -> d.algorithm = "AWS4-ECDSA-P256-SHA256",
                        null),
                row(
                        "6 case",
                        INCOMPLETE,
                        "Unsupported AWS 'algorithm': 'AWS4-hmac-sha256' (only AWS4-HMAC-SHA256 for now). ",
                        d -> d.algorithm = "AWS4-hmac-sha256",
                        null),
                row(
                        "7 four",
                        INCOMPLETE,
                        "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '"
                                + inDate
                                + "'",
                        d -> d.credential = inDate,
                        null),
                row(
                        "7 six",
                        INCOMPLETE,
                        "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'A/"
                                + inDate
                                + "/'",
                        d -> d.credential = "A/" + inDate + "/",
                        null),
                row(
                        "8 region",
                        INVALID,
                        "Credential should be scoped to a valid region, not 'us_east'. ",
                        d -> d.region = "us_east",
                        null),
                row(
                        "8 service",
                        INVALID,
                        "Credential should be scoped to correct service: 'kms'. ",
                        d -> d.service = "sts",
                        null),
                row(
                        "8 terminator",
                        INVALID,
                        "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'. ",
                        d -> d.terminator = "aws5_request",
                        null),
                row(
                        "8 date",
                        INVALID,
                        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20260101' != '20260102', from '20260102T030405Z'.",
                        d -> d.date = "20260101",
                        null),
                row(
                        "8 all",
                        INVALID,
                        "Credential should be scoped to a valid region, not ''. Credential should be scoped to correct service: 'kms'. Credential should be scoped with a valid terminator: 'aws4_request', not 't'. Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '2026' != '20260102', from '20260102T030405Z'.",
                        d -> d.credential = "A/2026//s/t",
                        null),
                row(
                        "9",
                        UNRECOGNIZED,
                        "The security token included in the request is invalid.",
                        d -> d.accessKeyId = "AKIAI44QH8DHBEXAMPLE",
                        null),
                row(
                        "9 case",
                        UNRECOGNIZED,
                        "The security token included in the request is invalid.",
                        d -> d.accessKeyId = "akiaiosfodnn7example",
                        null),
                row("10", INVALID, NOT_MATCHING, d -> d.signature = "f".repeat(64), null),
                row("10 short", INVALID, NOT_MATCHING, d -> d.signature = "f", null),
                row(
                        "10 unsigned payload",
                        INVALID,
                        NOT_MATCHING,
                        d -> d.signing("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD"),
                        null),
                row(
                        "10 streaming payload",
                        INVALID,
                        NOT_MATCHING,
                        d ->
                                d.signing(
                                        "X-Amz-Content-Sha256",
                                        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"),
                        null),
                row(
                        "10 another body's hash",
                        INVALID,
                        NOT_MATCHING,
                        d -> d.signing("X-Amz-Content-Sha256", sha256("")),
                        null),
                row(
                        "10 another target",
                        INVALID,
                        NOT_MATCHING,
                        d -> {},
                        s -> s.replacing("X-Amz-Target", "TrentService.Decrypt")),
                row(
                        "10 one more target",
                        INVALID,
                        NOT_MATCHING,
                        d -> {},
                        s -> s.with("X-Amz-Target", "TrentService.Decrypt")),
                row("10 another path", INVALID, NOT_MATCHING, d -> {}, s -> s.withPath("/a")),
                row("10 another query", INVALID, NOT_MATCHING, d -> {}, s -> s.withQuery("a=b")),
                row(
                        "10 a signed header taken away",
                        INVALID,
                        NOT_MATCHING,
                        d -> {},
                        s -> s.without("Content-Type")),
                row(
                        "11",
                        UNRECOGNIZED,
                        "The security token included in the request is invalid",
                        d -> d.signing("X-Amz-Security-Token", TOKEN),
                        null),
                row(
                        "both forms",
                        INVALID,
                        "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
                        d -> d.request = d.request.withQuery("X-Amz-Algorithm=AWS4-HMAC-SHA256"),
                        null));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("errors")
    void eachErrorHasAwssWords(String name, String code, String text, Request request) {
        ServiceException answer = refusal(request);

        assertThat(answer.code()).as(name).isEqualTo(code);
        assertThat(answer).hasMessage(text);
    }

    static Stream<Arguments> presignedErrors() {
        String required = "AWS query-string parameters must include '%s'. ";
        return Stream.of(
                presigned(
                        "no algorithm",
                        MISSING,
                        "Request is missing Authentication Token",
                        d -> d.lacking.add("X-Amz-Algorithm")),
                presigned(
                        "lacks parts",
                        INCOMPLETE,
                        required.formatted("X-Amz-Credential")
                                + required.formatted("X-Amz-Signature")
                                + required.formatted("X-Amz-SignedHeaders")
                                + required.formatted("X-Amz-Date")
                                + "Re-examine the query-string parameters.",
                        d ->
                                d.lacking.addAll(
                                        List.of(
                                                "X-Amz-Credential",
                                                "X-Amz-Signature",
                                                "X-Amz-SignedHeaders",
                                                "X-Amz-Date"))),
                presigned(
                        "lacks one",
                        INCOMPLETE,
                        "AWS query-string parameters must include 'X-Amz-Signature'. Re-examine the query-string parameters.",
                        d -> d.lacking.add("X-Amz-Signature")),
                presigned(
                        "bad date",
                        INCOMPLETE,
                        "Date must be in ISO-8601 'basic format'. Got '2026'. See http://en.wikipedia.org/wiki/ISO_8601",
                        d -> d.time = "2026"),
                presigned(
                        "expired",
                        INVALID,
                        "Signature expired: 20260102T030234Z is now earlier than 20260102T030235Z (20260102T030405Z - 90 sec.)",
                        d -> {
                            d.time = "20260102T030234Z";
                            d.expires = "90";
                        }),
                presigned(
                        "expired, minutes",
                        INVALID,
                        "Signature expired: 20260102T020404Z is now earlier than 20260102T020405Z (20260102T030405Z - 60 min.)",
                        d -> {
                            d.time = "20260102T020404Z";
                            d.expires = "3600";
                        }),
                presigned(
                        "expired, no lifetime given",
                        INVALID,
                        "Signature expired: 20260102T025904Z is now earlier than 20260102T025905Z (20260102T030405Z - 5 min.)",
                        d -> {
                            d.time = "20260102T025904Z";
                            d.expires = null;
                        }),
                presigned(
                        "not yet current",
                        INVALID,
                        "Signature not yet current: 20260102T030906Z is still later than 20260102T030905Z (20260102T030405Z + 5 min.)",
                        d -> d.time = "20260102T030906Z"),
                presigned(
                        "lifetime of 0",
                        INCOMPLETE,
                        "X-Amz-Expires must be a number of seconds from 1 to 604800, got '0'",
                        d -> d.expires = "0"),
                presigned(
                        "lifetime too long",
                        INCOMPLETE,
                        "X-Amz-Expires must be a number of seconds from 1 to 604800, got '604801'",
                        d -> d.expires = "604801"),
                presigned(
                        "lifetime of no number",
                        INCOMPLETE,
                        "X-Amz-Expires must be a number of seconds from 1 to 604800, got '-1'",
                        d -> d.expires = "-1"),
                presigned(
                        "lifetime far too long",
                        INCOMPLETE,
                        "X-Amz-Expires must be a number of seconds from 1 to 604800, got '99999999999'",
                        d -> d.expires = "99999999999"),
                presigned(
                        "host",
                        INVALID,
                        "'Host' must be a 'SignedHeader' in the AWS Authorization.",
                        d -> d.signedHeaders.remove("host")),
                presigned(
                        "target",
                        INVALID,
                        "'X-Amz-Target' must be a 'SignedHeader' in the AWS Authorization.",
                        d -> d.signedHeaders.remove("x-amz-target")),
                presigned(
                        "algorithm",
                        INCOMPLETE,
                        "Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256' (only AWS4-HMAC-SHA256 for now). ",
                        d -> d.algorithm = "AWS4-ECDSA-P256-SHA256"),
                presigned(
                        "unknown key",
                        UNRECOGNIZED,
                        "The security token included in the request is invalid.",
                        d -> d.accessKeyId = "AKIAI44QH8DHBEXAMPLE"),
                presigned("wrong", INVALID, NOT_MATCHING, d -> d.signature = "f".repeat(64)),
                presigned(
                        "token",
                        UNRECOGNIZED,
                        "The security token included in the request is invalid",
                        d -> d.extraParts.add("X-Amz-Security-Token=abc%2F%3D")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("presignedErrors")
    void eachErrorOfAPresignedRequestHasAwssWords(
            String name, String code, String text, Request request) {
        ServiceException answer = refusal(request);

        assertThat(answer.code()).as(name).isEqualTo(code);
        assertThat(answer).hasMessage(text);
    }

    @Test
    void theCallerIsWhoSignedInTheRegionOfTheScope() {
        Caller expected =
                new Caller(
                        Principals.alice(new AccountId("111122223333")),
                        new Region("us-east-2"),
                        "AKIAIOSFODNN7EXAMPLE");

        assertThat(verify(new Draft().signed())).usingRecursiveComparison().isEqualTo(expected);
        assertThat(verify(new Draft().presigned())).usingRecursiveComparison().isEqualTo(expected);
    }

    static Stream<Arguments> taken() {
        return Stream.of(
                taken(
                        "host with its port",
                        d -> d.request = d.request.replacing("Host", "[::1]:4599")),
                taken(
                        "lines of one name",
                        d -> d.signing("x-amz-meta", "b").signing("X-Amz-Meta", "a")),
                taken("spaces that mean nothing", d -> d.signing("x-amz-meta", "  a   b\tc ")),
                taken("bytes above 127", d -> d.signing("x-amz-meta", "caf\u00c3\u00a9")),
                taken("an empty value", d -> d.signing("x-amz-meta", "")),
                taken(
                        "the body's hash",
                        d -> d.signing("X-Amz-Content-Sha256", sha256(d.request.content()))),
                taken("no content type", d -> d.signedHeaders.remove("content-type")),
                taken(
                        "what a proxy adds",
                        d ->
                                d.request =
                                        d.request
                                                .with("x-amz-cf-id", "x")
                                                .with("X-Amz-User-Agent", "y")
                                                .with("x-amzn-trace-id", "z")
                                                .with("Date", "yesterday")),
                taken(
                        "a hash of the body that is not signed",
                        d ->
                                d.request =
                                        d.request.with("x-amz-content-sha256", "UNSIGNED-PAYLOAD")),
                taken(
                        ":authority in host's place",
                        d -> {
                            d.signing(":authority", "kms.us-east-2.amazonaws.com");
                            d.signedHeaders.remove("host");
                        }),
                taken("an empty body", d -> d.request = d.request.withContent("")),
                taken(
                        "a path to normalize",
                        d -> d.request = d.request.withPath("//a/./b%20c/../d/")),
                taken("no path", d -> d.request = d.request.withPath("")),
                taken("a query", d -> d.request = d.request.withQuery("b=%7e&a=+&a&&%zz=1")),
                taken("commas alone", d -> d.separator = ","),
                taken("spaces alone", d -> d.separator = " "),
                taken("parts of no meaning", d -> d.extraParts.add("Other=1")),
                taken(
                        "other SDKs' headers",
                        d ->
                                d.signing("amz-sdk-request", "attempt=1")
                                        .signing("x-amz-user-agent", "aws-sdk-js")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("taken")
    void whatIsSignedRightIsTaken(String name, Draft draft) {
        assertThat(verify(draft.signed()).principal().arn()).as(name).isEqualTo(Draft.ARN);
    }

    @Test
    void whiteSpaceMayChangeOnTheWay() {
        Request signed = new Draft().signing("x-amz-meta", "a b").signed();

        assertThat(verify(signed.replacing("x-amz-meta", " a \t b ")).accessKeyId())
                .isEqualTo(Draft.CREDENTIAL.accessKeyId());
    }

    /**
     * Sorted and in lower case is how every SDK writes them; the order does not change the meaning.
     */
    @Test
    void namesOfSignedHeadersMayStandInAnyOrderAndCase() {
        Request signed = new Draft().signed();
        String shuffled =
                signed.header("Authorization")
                        .replace(
                                "content-type;host;x-amz-date;x-amz-target",
                                "X-Amz-Target;Host;x-amz-date;content-type");

        assertThat(verify(signed.replacing("Authorization", shuffled)).accessKeyId())
                .isEqualTo(Draft.CREDENTIAL.accessKeyId());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Fri, 02 Jan 2026 03:04:05 GMT", "20260102T030405Z"})
    void aDateHeaderWillDoForWantOfXAmzDate(String date) {
        Draft draft = new Draft();
        draft.signing("Date", date).signedHeaders.remove("x-amz-date");

        Request signed = draft.signed().without("X-Amz-Date");

        assertThat(verify(signed).accessKeyId()).isEqualTo(Draft.CREDENTIAL.accessKeyId());
    }

    @Test
    void aDateHeaderMustBeADate() {
        Request request = new Draft().signed().without("X-Amz-Date").with("Date", "today");

        assertThat(refusal(request))
                .hasMessage(
                        "Date must be in ISO-8601 'basic format'. Got 'today'. See http://en.wikipedia.org/wiki/ISO_8601");
    }

    @ParameterizedTest
    @CsvSource({
        "-300, true",
        "-300.999, true",
        "-301, false",
        "300, true",
        "301, false",
        "0.5, true"
    })
    void theWindowIsFiveMinutesEitherWay(double secondsAhead, boolean taken) {
        Instant now = Draft.NOW.minus(Duration.ofMillis(Math.round(secondsAhead * 1000)));
        Signatures then = new Signatures(Draft.KNOWN, InstantSource.fixed(now));

        assertThat(isTaken(then, new Draft().signed())).isEqualTo(taken);
    }

    @ParameterizedTest
    @CsvSource({"1, 1, true", "1, 2, false", "604800, 604800, true", "604800, 604801, false"})
    void aPresignedRequestIsGoodForItsLifetime(String expires, long secondsLater, boolean taken) {
        Draft draft = new Draft();
        draft.expires = expires;
        Signatures later =
                new Signatures(
                        Draft.KNOWN, InstantSource.fixed(Draft.NOW.plusSeconds(secondsLater)));

        assertThat(isTaken(later, draft.presigned())).isEqualTo(taken);
    }

    @Test
    void aKeptSigningKeyIsGoodForItsDayOnly() {
        AtomicReference<Instant> now = new AtomicReference<>(Draft.NOW);
        Signatures running = new Signatures(Draft.KNOWN, now::get);
        Draft draft = new Draft();
        assertThat(isTaken(running, draft.signed())).isTrue();

        now.set(Draft.NOW.plus(Duration.ofDays(1)));
        draft.time = "20260103T030405Z";

        assertThat(refusal(running, draft.signed()))
                .hasMessageStartingWith("Date in Credential scope does not match");
        draft.date = "20260103";
        assertThat(isTaken(running, draft.signed())).isTrue();
    }

    @Test
    void eachVirtualThreadVerifiesByItself() throws InterruptedException {
        Request signed = new Draft().signed();
        List<Boolean> answers = new CopyOnWriteArrayList<>();
        List<Thread> threads =
                Stream.generate(
                                () ->
                                        Thread.startVirtualThread(
                                                () -> answers.add(isTaken(signatures, signed))))
                        .limit(50)
                        .toList();
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(answers).hasSize(50).containsOnly(true);
    }

    @ParameterizedTest
    @CsvSource({
        "111122223333, us-east-2, arn:aws:iam::111122223333:root",
        "111122223333, cn-north-1, arn:aws-cn:iam::111122223333:root",
        "AKIAIOSFODNN7EXAMPLE, us-east-2, arn:aws:iam::000000000000:root",
        "test, eu-north-1, arn:aws:iam::000000000000:root",
    })
    void inDevelopmentAnySignatureIsTaken(String accessKeyId, String region, String arn) {
        Draft draft = new Draft();
        draft.accessKeyId = accessKeyId;
        draft.region = region;
        draft.time = "19991231T235959Z";
        draft.signature = "x";
        draft.signedHeaders.clear();
        draft.request = draft.request.with("X-Amz-Security-Token", TOKEN);

        Caller caller = development().verify(draft.signed(), SigningService.KMS);

        assertThat(caller.principal().arn()).isEqualTo(arn);
        assertThat(caller.region()).isEqualTo(new Region(region));
        assertThat(caller.accessKeyId()).isEqualTo(accessKeyId);
    }

    static List<Fault> faults() {
        return FAULTS;
    }

    @ParameterizedTest
    @MethodSource("faults")
    void inDevelopmentOnlyTheFormIsChecked(Fault fault) {
        Draft draft = new Draft();
        fault.into().accept(draft);

        if (fault.ofForm()) {
            ServiceException answer = refusal(development(), draft.signed());
            assertThat(answer.code()).isEqualTo(fault.code());
            assertThat(answer).hasMessageStartingWith(fault.text());
        } else {
            assertThat(isTaken(development(), draft.signed())).isTrue();
        }
    }

    /** What is covered cannot change: every other value of every byte, one at a time. */
    @Test
    void aFlippedByteIsFound() {
        Request signed = new Draft().signed();
        assertThat(isTaken(signatures, signed)).isTrue();

        everyFlip(signed.content(), content -> assertInvalid(signed.withContent(content)));
        for (String name : List.of("Host", "X-Amz-Target", "Content-Type")) {
            everyFlip(signed.header(name), value -> assertInvalid(signed.replacing(name, value)));
        }
        String authorization = signed.header("Authorization");
        int at = authorization.indexOf("Signature=") + "Signature=".length();
        everyFlip(
                authorization.substring(at),
                signature -> {
                    if (signature.chars().noneMatch(c -> c == ',' || c == ' ' || c == '\t')) {
                        assertInvalid(
                                signed.replacing(
                                        "Authorization",
                                        authorization.substring(0, at) + signature));
                    }
                });
    }

    /** Other than above, the new date may also be none, or of another time. */
    @Test
    void aFlippedByteOfTheDateIsFound() {
        Request signed = new Draft().signed();

        everyFlip(
                signed.header("X-Amz-Date"),
                date ->
                        assertThat(refusal(signed.replacing("X-Amz-Date", date)).code())
                                .isIn(INVALID, INCOMPLETE));
    }

    private static void everyFlip(String text, Consumer<String> flipped) {
        for (int i = 0; i < text.length(); i++) {
            for (int c = 0; c <= 0xff; c++) {
                if (c != text.charAt(i)) {
                    flipped.accept(text.substring(0, i) + (char) c + text.substring(i + 1));
                }
            }
        }
    }

    private Caller verify(Request request) {
        return signatures.verify(request, SigningService.KMS);
    }

    private void assertInvalid(Request request) {
        ServiceException answer = refusal(request);
        assertThat(answer.code()).isEqualTo(INVALID);
        assertThat(answer).hasMessage(NOT_MATCHING);
    }

    private ServiceException refusal(Request request) {
        return refusal(signatures, request);
    }

    private static ServiceException refusal(Signatures signatures, Request request) {
        return catchThrowableOfType(
                ServiceException.class, () -> signatures.verify(request, SigningService.KMS));
    }

    private static boolean isTaken(Signatures signatures, Request request) {
        try {
            signatures.verify(request, SigningService.KMS);
            return true;
        } catch (ServiceException _) {
            return false;
        }
    }

    private static Signatures development() {
        return new Signatures(KnownHolders.nobody().anyones(), InstantSource.fixed(Draft.NOW));
    }

    private static Arguments row(
            String name,
            String code,
            String text,
            Consumer<Draft> fault,
            @Nullable UnaryOperator<Request> onTheWay) {
        Draft draft = new Draft();
        fault.accept(draft);
        Request signed = draft.signed();
        return arguments(name, code, text, onTheWay == null ? signed : onTheWay.apply(signed));
    }

    private static Arguments presigned(
            String name, String code, String text, Consumer<Draft> fault) {
        Draft draft = new Draft();
        fault.accept(draft);
        return arguments(name, code, text, draft.presigned());
    }

    private static Arguments taken(String name, Consumer<Draft> change) {
        Draft draft = new Draft();
        change.accept(draft);
        return arguments(name, draft);
    }

    private static String sha256(String content) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(content.getBytes(StandardCharsets.ISO_8859_1)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
