package trent.grant;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import trent.api.GrantConstraints;
import trent.api.GrantOperation;
import trent.api.InvalidGrantIdException;
import trent.api.KeyUsageType;
import trent.api.NotFoundException;
import trent.api.ValidationException;
import trent.key.KeySpecs;
import trent.store.Grant;
import trent.store.Key;

/**
 * What holds for grants beyond the form of their members. Source: AWS KMS API Reference,
 * CreateGrant; AWS KMS Developer Guide, "Grant operations".
 */
final class GrantRules {

    private static final int MAX_PAIRS = 8;
    private static final int MAX_CHARACTERS = 384;

    private static final Pattern GRANT_ID = Pattern.compile("[0-9a-f]{64}");

    private GrantRules() {}

    /** Refuses constraints on a key without encryption context, and those that are too large. */
    static void requireConstraints(@Nullable GrantConstraints constraints, Key key) {
        if (constraints == null) {
            return;
        }
        Map<String, String> equal = constraints.encryptionContextEquals();
        Map<String, String> subset = constraints.encryptionContextSubset();
        if (equal != null && subset != null) { // also if one is empty
            throw new ValidationException("More than one constraint supplied.");
        }
        if ((equal != null || subset != null) && !KeySpecs.of(key.spec()).symmetric()) {
            throw new ValidationException(
                    "EncryptionContext is supported only when creating a grant for a symmetric encryption KMS key.");
        }
        requireSize("EncryptionContextEquals", equal);
        requireSize("EncryptionContextSubset", subset);
    }

    private static void requireSize(String constraint, @Nullable Map<String, String> context) {
        if (context == null) {
            return;
        }
        if (context.size() > MAX_PAIRS) {
            throw new ValidationException(
                    "%s has %d pairs, more than %d."
                            .formatted(constraint, context.size(), MAX_PAIRS));
        }
        int characters =
                context.entrySet().stream()
                        .mapToInt(pair -> pair.getKey().length() + pair.getValue().length())
                        .sum();
        if (characters > MAX_CHARACTERS) {
            throw new ValidationException(
                    "%s has %d characters, more than %d."
                            .formatted(constraint, characters, MAX_CHARACTERS));
        }
    }

    /** Refuses operations that the key does not have. */
    static void requireOperations(List<GrantOperation> operations, Key key) {
        if (operations.isEmpty()) {
            throw new ValidationException("Operations must not be empty.");
        }
        if (operations.stream().allMatch(operation -> operation == GrantOperation.CREATE_GRANT)) {
            throw new ValidationException("CreateGrant must not be the only operation of a grant.");
        }
        for (GrantOperation operation : operations) {
            if (!supports(key, operation)) {
                throw new ValidationException(
                        "Operation %s is not supported by a key with key spec %s and key usage %s."
                                .formatted(
                                        operation.wire(), key.spec().wire(), key.usage().wire()));
            }
        }
    }

    private static boolean supports(Key key, GrantOperation operation) {
        return switch (operation) {
            case CREATE_GRANT, RETIRE_GRANT, DESCRIBE_KEY -> true;
            case GET_PUBLIC_KEY -> KeySpecs.of(key.spec()).asymmetric();
            case ENCRYPT, DECRYPT, RE_ENCRYPT_FROM, RE_ENCRYPT_TO ->
                    key.usage() == KeyUsageType.ENCRYPT_DECRYPT;
            case GENERATE_DATA_KEY,
                    GENERATE_DATA_KEY_WITHOUT_PLAINTEXT,
                    GENERATE_DATA_KEY_PAIR,
                    GENERATE_DATA_KEY_PAIR_WITHOUT_PLAINTEXT ->
                    KeySpecs.of(key.spec()).symmetric();
            case SIGN, VERIFY -> key.usage() == KeyUsageType.SIGN_VERIFY;
            case GENERATE_MAC, VERIFY_MAC -> key.usage() == KeyUsageType.GENERATE_VERIFY_MAC;
            case DERIVE_SHARED_SECRET -> key.usage() == KeyUsageType.KEY_AGREEMENT;
        };
    }

    /** Refuses what no grant can have as id. */
    static void requireGrantId(String grantId) {
        if (!GRANT_ID.matcher(grantId).matches()) {
            throw new InvalidGrantIdException();
        }
    }

    /** The grant as it was found, or NotFoundException. */
    static Grant orNotFound(String grantId, @Nullable Grant found) {
        if (found == null) {
            throw notFound(grantId);
        }
        return found;
    }

    static NotFoundException notFound(String grantId) {
        return new NotFoundException("Grant ID " + grantId + " not found");
    }
}
