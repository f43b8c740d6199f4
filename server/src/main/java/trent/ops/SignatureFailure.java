package trent.ops;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import trent.audit.AuditRecord;

/** Why a caller is not believed to be who it says, by the error that it is told. */
enum SignatureFailure {
    /** There is no signature. */
    MISSING,
    /** A part of it is missing, or cannot be read. */
    INCOMPLETE,
    /** It is not right, too old, too new, or covers too little. */
    INVALID,
    /** Nobody has the access key or the session token. */
    UNKNOWN_KEY,
    /** The session is over. */
    EXPIRED;

    private static final Map<String, SignatureFailure> BY_ERROR =
            Map.of(
                    "MissingAuthenticationTokenException", MISSING,
                    "MissingAuthenticationToken", MISSING,
                    "IncompleteSignatureException", INCOMPLETE,
                    "IncompleteSignature", INCOMPLETE,
                    "InvalidSignatureException", INVALID,
                    "SignatureDoesNotMatch", INVALID,
                    "UnrecognizedClientException", UNKNOWN_KEY,
                    "InvalidClientTokenId", UNKNOWN_KEY,
                    "ExpiredTokenException", EXPIRED,
                    "ExpiredToken", EXPIRED);

    /** Null if the call did not fail for this. */
    static @Nullable SignatureFailure of(AuditRecord entry) {
        String error = entry.error();
        return error == null || entry.caller() != null ? null : BY_ERROR.get(error);
    }

    /** As metrics and log name it, for example {@code unknown_key}. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
