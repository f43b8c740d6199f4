package trent.wire.signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trent.api.ServiceException;
import trent.call.Principal.Kind;
import trent.call.Session;
import trent.identity.Credential;
import trent.identity.Holder;
import trent.identity.KnownHolders;
import trent.identity.SessionTokens;
import trent.name.AccountId;

/** What is remembered of a signature counts no longer than the access key and its holder do. */
class LiveCredentialsTest {

    private static final AccountId ACCOUNT = new AccountId("111122223333");
    private static final String ROLE = "AROACKCEVSQ6C2EXAMPLE";
    private static final String INVALID_KEY =
            "The security token included in the request is invalid.";
    private static final String INVALID_TOKEN =
            "The security token included in the request is invalid";

    private final KnownHolders known = KnownHolders.of(Draft.CREDENTIAL);
    private final AtomicReference<Instant> now = new AtomicReference<>(Draft.NOW);
    private final Signatures signatures = new Signatures(known.credentials(), now::get);

    LiveCredentialsTest() {
        known.arns.put(ROLE, "arn:aws:iam::111122223333:role/app");
    }

    @Test
    void aDeactivatedAccessKeyIsRefusedAtOnce() {
        assertThat(arn(new Draft().signed())).isEqualTo(Draft.ARN);

        known.put(Draft.CREDENTIAL, false);
        assertRefused(new Draft().signed(), "UnrecognizedClientException", INVALID_KEY);

        known.put(Draft.CREDENTIAL, true);
        assertThat(arn(new Draft().signed())).isEqualTo(Draft.ARN);
    }

    @Test
    void anotherSecretUnderTheSameIdIsAnotherKey() {
        assertThat(arn(new Draft().signed())).isEqualTo(Draft.ARN);

        known.put(
                new Credential(
                        Draft.CREDENTIAL.accessKeyId(), Draft.CREDENTIAL.holder(), new byte[] {7}),
                true);

        assertThat(refusal(new Draft().signed()).code()).isEqualTo("InvalidSignatureException");
    }

    @Test
    void aRenamedUserCallsUnderItsNewName() {
        assertThat(arn(new Draft().signed())).isEqualTo(Draft.ARN);

        known.put(
                new Credential(
                        Draft.CREDENTIAL.accessKeyId(),
                        new Holder.User(ACCOUNT, "/x/", "Alicia", "AIDACKCEVSQ6C2EXAMPLE"),
                        Draft.CREDENTIAL.<byte[]>readSecretAccessKey(byte[]::clone)),
                true);

        assertThat(arn(new Draft().signed())).isEqualTo("arn:aws:iam::111122223333:user/x/Alicia");
    }

    @Test
    void aDisabledAccountIsRefusedAtOnce() {
        assertThat(arn(new Draft().signed())).isEqualTo(Draft.ARN);

        known.disabled.add(ACCOUNT);

        assertRefused(new Draft().signed(), "UnrecognizedClientException", INVALID_KEY);
    }

    @Test
    void aStoredKeyIsVerifiedInDevelopmentToo() {
        Signatures development = new Signatures(known.anyones(), now::get);
        Draft forged = new Draft();
        forged.signature = "0".repeat(64);

        assertThat(development.verify(new Draft().signed(), SigningService.KMS).principal().arn())
                .isEqualTo(Draft.ARN);
        assertThat(refusal(development, forged.signed(), SigningService.KMS).code())
                .isEqualTo("InvalidSignatureException");
        known.put(Draft.CREDENTIAL, false);
        assertThat(refusal(development, new Draft().signed(), SigningService.KMS))
                .hasMessage(INVALID_KEY);
    }

    @Test
    void aUseIsNotedOnceASecond() {
        for (int i = 0; i < 3; i++) {
            arn(new Draft().signed());
        }
        now.set(Draft.NOW.plusMillis(2500));
        arn(new Draft().signed());

        assertThat(known.uses)
                .containsExactly(
                        "AKIAIOSFODNN7EXAMPLE kms us-east-2 2026-01-02T03:04:05Z",
                        "AKIAIOSFODNN7EXAMPLE kms us-east-2 2026-01-02T03:04:07.500Z");
    }

    @Test
    void whatIsRefusedIsNoUse() {
        Draft forged = new Draft();
        forged.signature = "0".repeat(64);
        refusal(forged.signed());

        assertThat(known.uses).isEmpty();
    }

    /** Signed as a header, added after signing, or in the query. */
    @ParameterizedTest
    @CsvSource({"HEADER", "UNSIGNED", "QUERY"})
    void aSessionTokenMayStandWhereSignersPutIt(String where) {
        Session session = session(Draft.NOW.plusSeconds(3600));
        SessionTokens.Issued issued = issue(session);

        assertThat(arn(signed(issued, where)))
                .isEqualTo("arn:aws:sts::111122223333:assumed-role/app/s1");
        assertThat(
                        signatures
                                .verify(signed(issued, where), SigningService.KMS)
                                .principal()
                                .session())
                .isEqualTo(session);
        assertThat(known.uses).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"HEADER", "UNSIGNED", "QUERY"})
    void aSessionIsOverAtItsEnd(String where) {
        SessionTokens.Issued issued = issue(session(Draft.NOW.plusSeconds(60)));
        Request request = signed(issued, where);
        now.set(Draft.NOW.plusSeconds(59));
        assertThat(arn(request)).contains("assumed-role");

        now.set(Draft.NOW.plusSeconds(60));

        assertRefused(
                request,
                "ExpiredTokenException",
                "The security token included in the request is expired");
        ServiceException sts = refusal(signatures, sts(issued), SigningService.STS);
        assertThat(sts.code()).isEqualTo("ExpiredToken");
        assertThat(sts.httpStatus()).isEqualTo(403);
    }

    @Test
    void aSessionEndsWithItsRoleThoughItsSignatureIsRemembered() {
        SessionTokens.Issued issued = issue(session(Draft.NOW.plusSeconds(3600)));
        assertThat(arn(signed(issued, "HEADER"))).contains("assumed-role");

        known.arns.remove(ROLE);

        assertRefused(signed(issued, "HEADER"), "UnrecognizedClientException", INVALID_TOKEN);
    }

    @Test
    void whoHasAnothersTokenHasNotItsSecret() {
        SessionTokens.Issued issued = issue(session(Draft.NOW.plusSeconds(3600)));
        Draft draft = new Draft();
        draft.accessKeyId = issued.key().id(); // signed with the secret of another key

        assertThat(refusal(draft.signing("X-Amz-Security-Token", issued.token()).signed()).code())
                .isEqualTo("InvalidSignatureException");
    }

    @Test
    void aTokenThatIsNoneIsRefused() {
        SessionTokens.Issued issued = issue(session(Draft.NOW.plusSeconds(3600)));
        Draft draft = draft(issued);

        assertRefused(
                draft.signing("X-Amz-Security-Token", issued.token() + "A").signed(),
                "UnrecognizedClientException",
                INVALID_TOKEN);
        assertRefused(
                draft(issued).signed(), "UnrecognizedClientException", INVALID_KEY); // without it
    }

    @Test
    void aTokenIsNotForAPermanentKey() {
        SessionTokens.Issued issued = issue(session(Draft.NOW.plusSeconds(3600)));

        assertRefused(
                new Draft().signing("X-Amz-Security-Token", issued.token()).signed(),
                "UnrecognizedClientException",
                INVALID_TOKEN);
    }

    @ParameterizedTest
    @CsvSource({
        "iam, 900, true", "iam, -900, true", "iam, 901, false", "iam, -901, false",
        "sts, 900, true", "sts, -900, true", "sts, 901, false", "sts, -901, false",
        "kms, 300, true", "kms, 301, false", "kms, -301, false",
    })
    void eachServiceHasItsWindow(String name, int secondsLater, boolean taken) {
        SigningService service = service(name);
        Draft draft = new Draft();
        draft.service = name;
        now.set(Draft.NOW.plusSeconds(secondsLater));

        if (taken) {
            assertThat(signatures.verify(draft.signed(), service).accessKeyId())
                    .isEqualTo(Draft.CREDENTIAL.accessKeyId());
        } else {
            ServiceException answer = refusal(signatures, draft.signed(), service);
            assertThat(answer.code())
                    .isEqualTo(
                            name.equals("kms")
                                    ? "InvalidSignatureException"
                                    : "SignatureDoesNotMatch");
            assertThat(Objects.requireNonNull(answer.getMessage()))
                    .endsWith(
                            (secondsLater < 0 ? " + " : " - ")
                                    + service.windowSeconds() / 60
                                    + " min.)");
        }
    }

    /** Also where another service's signature of the same scope is remembered. */
    @Test
    void aSignatureIsForTheServiceOfItsScopeOnly() {
        Draft iam = new Draft();
        iam.service = "iam";
        signatures.verify(iam.signed(), SigningService.IAM);

        assertThat(refusal(signatures, iam.signed(), SigningService.STS))
                .hasMessage("Credential should be scoped to correct service: 'sts'. ");
        assertThat(SigningService.claimedBy(iam.signed())).isEqualTo(SigningService.IAM);
        assertThat(SigningService.claimedBy(iam.presigned())).isEqualTo(SigningService.IAM);
        assertThat(SigningService.claimedBy(Request.encrypt())).isNull();
    }

    @ParameterizedTest
    @CsvSource({"us-east-1", "cn-north-1", "us-gov-west-1", "eu-central-1"})
    void iamAndStsTakeEveryRegion(String region) {
        Draft draft = new Draft();
        draft.service = "sts";
        draft.region = region;

        assertThat(signatures.verify(draft.signed(), SigningService.STS).region().value())
                .isEqualTo(region);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "none | MissingAuthenticationToken | 403",
                "credential | IncompleteSignature | 400",
                "signature | SignatureDoesNotMatch | 403",
                "key | InvalidClientTokenId | 403"
            })
    void theQueryServicesHaveNamesOfTheirOwn(String fault, String code, int status) {
        Draft draft = new Draft();
        draft.service = "iam";
        switch (fault) {
            case "credential" -> draft.lacking.add("Credential");
            case "signature" -> draft.signature = "0".repeat(64);
            case "key" -> draft.accessKeyId = "AKIAI44QH8DHBEXAMPLE";
            default -> {}
        }
        Request request = fault.equals("none") ? Request.encrypt() : draft.signed();

        ServiceException answer = refusal(signatures, request, SigningService.IAM);

        assertThat(answer.code()).isEqualTo(code);
        assertThat(answer.httpStatus()).isEqualTo(status);
    }

    @Test
    void aSessionOutlivesTheMidnightOfItsSigningKey() {
        SessionTokens.Issued issued = issue(session(Draft.NOW.plus(Duration.ofHours(36))));
        assertThat(arn(signed(issued, "HEADER"))).contains("assumed-role");
        now.set(Draft.NOW.plus(Duration.ofDays(1)));
        Draft draft = draft(issued);
        draft.date = "20260103";
        draft.time = "20260103T030405Z";

        assertThat(arn(draft.signing("X-Amz-Security-Token", issued.token()).signed()))
                .contains("assumed-role");
    }

    private String arn(Request request) {
        return signatures.verify(request, SigningService.KMS).principal().arn();
    }

    private void assertRefused(Request request, String code, String text) {
        ServiceException answer = refusal(request);
        assertThat(answer.code()).isEqualTo(code);
        assertThat(answer).hasMessage(text);
    }

    private ServiceException refusal(Request request) {
        return refusal(signatures, request, SigningService.KMS);
    }

    private static ServiceException refusal(
            Signatures signatures, Request request, SigningService service) {
        return catchThrowableOfType(
                ServiceException.class, () -> signatures.verify(request, service));
    }

    private static SigningService service(String name) {
        return switch (name) {
            case "iam" -> SigningService.IAM;
            case "sts" -> SigningService.STS;
            default -> SigningService.KMS;
        };
    }

    private static Request signed(SessionTokens.Issued issued, String where) {
        Draft draft = draft(issued);
        return switch (where) {
            case "HEADER" -> draft.signing("X-Amz-Security-Token", issued.token()).signed();
            case "UNSIGNED" -> draft.signed().with("x-amz-security-token", issued.token());
            default -> {
                draft.extraParts.add("X-Amz-Security-Token=" + escaped(issued.token()));
                yield draft.presigned();
            }
        };
    }

    private static Request sts(SessionTokens.Issued issued) {
        Draft draft = draft(issued);
        draft.service = "sts";
        return draft.signing("X-Amz-Security-Token", issued.token()).signed();
    }

    private static String escaped(String token) {
        return token.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D");
    }

    private static Draft draft(SessionTokens.Issued issued) {
        Draft draft = new Draft();
        draft.accessKeyId = issued.key().id();
        draft.signer =
                new Credential(
                        issued.key().id(),
                        Draft.CREDENTIAL.holder(),
                        issued.key().shown().getBytes(StandardCharsets.US_ASCII));
        return draft;
    }

    private SessionTokens.Issued issue(Session session) {
        return known.tokens.issue(
                new Holder.Temporary(Kind.ROLE_SESSION, ACCOUNT, ROLE, null, session),
                new SecureRandom()::nextBytes);
    }

    private static Session session(Instant expires) {
        return new Session(
                "s1", Draft.NOW, expires, Map.of(), Set.of(), null, null, false, null, List.of(),
                null);
    }
}
