package trent.wire.signature;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import trent.api.ServiceException;
import trent.wire.signature.UriText.Parameter;

/**
 * A service as its signatures know it.
 *
 * @param name as the credential scope has it
 * @param windowSeconds how far the clocks may be apart, either way
 */
public record SigningService(String name, int windowSeconds) {

    public static final SigningService KMS = new SigningService("kms", 5 * 60);
    public static final SigningService IAM = new SigningService("iam", 15 * 60);
    public static final SigningService STS = new SigningService("sts", 15 * 60);

    private static final String CREDENTIAL = "Credential=";
    private static final int BAD_REQUEST = 400;
    private static final int FORBIDDEN = 403;

    /** What the query services call KMS's errors; the texts are the same. */
    private static final Map<String, Named> QUERY =
            Map.of(
                    "MissingAuthenticationTokenException",
                    new Named("MissingAuthenticationToken", FORBIDDEN),
                    "IncompleteSignatureException",
                    new Named("IncompleteSignature", BAD_REQUEST),
                    "InvalidSignatureException",
                    new Named("SignatureDoesNotMatch", FORBIDDEN),
                    "UnrecognizedClientException",
                    new Named("InvalidClientTokenId", FORBIDDEN),
                    "ExpiredTokenException",
                    new Named("ExpiredToken", FORBIDDEN));

    private record Named(String code, int status) {}

    /**
     * The service, among {@link #KMS}, {@link #IAM} and {@link #STS}, that a request's credential
     * scope names; null if it is not signed or names another. Nothing of it is verified.
     */
    public static @Nullable SigningService claimedBy(SignedRequest request) {
        String credential = credential(request);
        String[] parts = credential == null ? new String[0] : credential.split("/", -1);
        if (parts.length < 2) {
            return null;
        }
        return switch (parts[parts.length - 2]) {
            case "kms" -> KMS;
            case "iam" -> IAM;
            case "sts" -> STS;
            default -> null;
        };
    }

    /**
     * The access key id that a request's credential names, which may be anything; null if it names
     * none. Nothing of it is verified.
     */
    public static @Nullable String claimedAccessKeyId(SignedRequest request) {
        String credential = credential(request);
        return credential == null
                ? null
                : Scope.claimedAccessKeyId(
                        credential.startsWith(CREDENTIAL)
                                ? credential.substring(CREDENTIAL.length())
                                : credential);
    }

    private static @Nullable String credential(SignedRequest request) {
        String authorization = Headers.of(request).value("authorization");
        if (authorization == null) {
            for (Parameter parameter : UriText.parameters(request.query())) {
                if (parameter.name().equals("X-Amz-Credential")) {
                    return parameter.value();
                }
            }
            return null;
        }
        int start = authorization.indexOf(CREDENTIAL);
        if (start < 0) {
            return null;
        }
        int end = start;
        while (end < authorization.length() && ", \t".indexOf(authorization.charAt(end)) < 0) {
            end++;
        }
        return authorization.substring(start, end);
    }

    /** The error as this service words it. */
    ServiceException worded(ServiceException e) {
        Named named = equals(IAM) || equals(STS) ? QUERY.get(e.code()) : null;
        return named == null ? e : new Refusal(named.code(), named.status(), e.getMessage());
    }

    /** Why a request to a query service is not believed to be from who it says. */
    private static final class Refusal extends ServiceException {

        private static final long serialVersionUID = 1L;

        private Refusal(String code, int status, @Nullable String message) {
            super(code, status, "Message", message);
        }
    }
}
