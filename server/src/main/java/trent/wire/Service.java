package trent.wire;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import trent.api.ServiceException;
import trent.api.iam.IamOperation;
import trent.api.query.XmlOut;
import trent.api.sts.StsOperation;
import trent.wire.signature.SigningService;

/** A service of this address: how it is signed for, and how it words what every service says. */
enum Service {
    KMS("", "", ""),
    IAM("iam:", IamOperation.VERSION, IamOperation.NAMESPACE),
    STS("sts:", StsOperation.VERSION, StsOperation.NAMESPACE);

    private static final int FORBIDDEN = 403;
    private static final int BAD_REQUEST = 400;
    private static final int FAULT = 500;
    private static final int UNAVAILABLE = 503;

    /**
     * What the services that speak AWS Query call the errors that rooms of all services throw.
     * Source: IAM API Reference, "Common errors".
     */
    private static final Map<String, Named> QUERY_NAMES =
            Map.of(
                    "AccessDeniedException",
                    new Named("AccessDenied", FORBIDDEN, null),
                    "ValidationException",
                    new Named("ValidationError", BAD_REQUEST, null),
                    "ThrottlingException",
                    new Named("Throttling", BAD_REQUEST, "Rate exceeded"),
                    "KMSInternalException",
                    new Named("InternalFailure", FAULT, null),
                    "DependencyTimeoutException",
                    new Named("ServiceUnavailable", UNAVAILABLE, null));

    private final String recordPrefix;
    private final String version;
    private final String namespace;

    /** {@code text} null: the text that it has. */
    private record Named(String code, int status, @Nullable String text) {}

    Service(String recordPrefix, String version, String namespace) {
        this.recordPrefix = recordPrefix;
        this.version = version;
        this.namespace = namespace;
    }

    SigningService signing() {
        return switch (this) {
            case KMS -> SigningService.KMS;
            case IAM -> SigningService.IAM;
            case STS -> SigningService.STS;
        };
    }

    /** An operation as records name it: those of KMS by their names alone. */
    String recorded(String operation) {
        return recordPrefix + operation;
    }

    /** Of the API; empty where requests do not name it. */
    String version() {
        return version;
    }

    /** The service that speaks AWS Query in this version; null if none does. */
    static @Nullable Service ofVersion(@Nullable String version) {
        for (Service service : values()) {
            if (service.speaksQuery() && service.version.equals(version)) {
                return service;
            }
        }
        return null;
    }

    static @Nullable Service of(@Nullable SigningService claimed) {
        for (Service service : values()) {
            if (service.signing().equals(claimed)) {
                return service;
            }
        }
        return null;
    }

    boolean speaksQuery() {
        return this != KMS;
    }

    /** An error as this service writes it. */
    Answer answer(ServiceException error, String requestId) {
        if (!speaksQuery()) {
            return Answer.of(error);
        }
        // Its own errors have names of their own; only those of all services are renamed.
        boolean common = error.getClass().getPackage() == ServiceException.class.getPackage();
        Named named = common ? QUERY_NAMES.get(error.code()) : null;
        ServiceException written = named == null ? error : new Renamed(named, error);
        XmlOut xml = new XmlOut();
        xml.error(written, namespace, requestId);
        return Answer.xml(written.httpStatus(), written.code(), xml);
    }

    private static final class Renamed extends ServiceException {

        private static final long serialVersionUID = 1L;

        private Renamed(Named named, ServiceException error) {
            super(
                    named.code(),
                    named.status(),
                    error.textMember(),
                    named.text() == null ? error.getMessage() : named.text());
        }
    }
}
