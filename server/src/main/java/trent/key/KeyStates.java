package trent.key;

import static java.util.stream.Collectors.toUnmodifiableMap;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import trent.api.DisabledException;
import trent.api.KMSInvalidStateException;
import trent.api.KeyState;
import trent.api.KmsOperation;
import trent.api.ServiceException;
import trent.name.KeyArn;
import trent.store.Key;

/**
 * Which operation is allowed in which key state, as one table. Source: AWS KMS Developer Guide,
 * "Key states of AWS KMS keys".
 */
public final class KeyStates {

    /** What an operation meets in a state. */
    enum Rule {
        OK,
        /** Disabled. */
        D,
        /** Pending deletion. */
        P,
        /** Not pending deletion. */
        N,
        /** Pending import. */
        I,
        /** Unavailable. */
        U,
        /** Creating. */
        C,
        /** Updating. */
        Z
    }

    private static final List<KeyState> COLUMNS =
            List.of(
                    KeyState.ENABLED,
                    KeyState.DISABLED,
                    KeyState.PENDING_DELETION,
                    KeyState.PENDING_REPLICA_DELETION,
                    KeyState.PENDING_IMPORT,
                    KeyState.UNAVAILABLE,
                    KeyState.CREATING,
                    KeyState.UPDATING);

    private static final String TABLE =
            """
            #                                   Enabled Disabled PendDel  PendRepDel PendImport Unavailable Creating Updating
            CancelKeyDeletion                   N       N        OK       OK         N          N           N        N
            CreateAlias                         OK      OK       P        P          OK         OK          OK       OK
            CreateGrant                         OK      D        P        P          I          OK          C        OK
            Decrypt                             OK      D        P        P          I          U           C        OK
            DeleteAlias                         OK      OK       OK       OK         OK         OK          OK       OK
            DeleteImportedKeyMaterial           OK      OK       OK       OK         OK         OK          C        Z
            DeriveSharedSecret                  OK      D        P        P          I          U           C        OK
            DescribeKey                         OK      OK       OK       OK         OK         OK          OK       OK
            DisableKey                          OK      OK       P        P          I          OK          C        Z
            DisableKeyRotation                  OK      D        P        P          OK         OK          C        OK
            EnableKey                           OK      OK       P        P          I          OK          C        Z
            EnableKeyRotation                   OK      D        P        P          OK         OK          C        OK
            Encrypt                             OK      D        P        P          I          U           C        OK
            GenerateDataKey                     OK      D        P        P          I          U           C        OK
            GenerateDataKeyPair                 OK      D        P        P          I          U           C        OK
            GenerateDataKeyPairWithoutPlaintext OK      D        P        P          I          U           C        OK
            GenerateDataKeyWithoutPlaintext     OK      D        P        P          I          U           C        OK
            GenerateMac                         OK      D        P        P          I          U           C        OK
            GetKeyLastUsage                     OK      OK       OK       OK         OK         OK          OK       OK
            GetKeyPolicy                        OK      OK       OK       OK         OK         OK          OK       OK
            GetKeyRotationStatus                OK      OK       OK       OK         OK         OK          OK       OK
            GetParametersForImport              OK      OK       P        P          OK         OK          C        Z
            GetPublicKey                        OK      OK       P        P          OK         OK          C        OK
            ImportKeyMaterial                   OK      OK       P        P          OK         OK          C        OK
            ListAliases                         OK      OK       OK       OK         OK         OK          OK       OK
            ListGrants                          OK      OK       OK       OK         OK         OK          OK       OK
            ListKeyPolicies                     OK      OK       OK       OK         OK         OK          OK       OK
            ListKeyRotations                    OK      OK       OK       OK         OK         OK          OK       OK
            ListResourceTags                    OK      OK       OK       OK         OK         OK          OK       OK
            PutKeyPolicy                        OK      OK       OK       OK         OK         OK          OK       OK
            ReEncrypt                           OK      D        P        P          I          U           C        OK
            ReplicateKey                        OK      D        P        P          I          U           C        Z
            RetireGrant                         OK      OK       OK       OK         OK         OK          OK       OK
            RevokeGrant                         OK      OK       OK       OK         OK         OK          OK       OK
            RotateKeyOnDemand                   OK      D        P        P          I          OK          C        OK
            ScheduleKeyDeletion                 OK      OK       P        P          OK         OK          OK       Z
            Sign                                OK      D        P        P          I          U           C        OK
            TagResource                         OK      OK       P        P          OK         OK          OK       OK
            UntagResource                       OK      OK       P        P          OK         OK          OK       OK
            UpdateAlias                         OK      OK       P        P          OK         OK          OK       OK
            UpdateKeyDescription                OK      OK       P        P          OK         OK          OK       OK
            UpdatePrimaryRegion                 OK      D        P        P          I          U           C        OK
            Verify                              OK      D        P        P          I          U           C        OK
            VerifyMac                           OK      D        P        P          I          U           C        OK
            """;

    private static final Map<String, Map<KeyState, Rule>> RULES = parse();

    private KeyStates() {}

    /**
     * Lets the operation pass if the key's state allows it, or throws AWS's
     * exception for the state.
     */
    public static void require(KmsOperation<?, ?> operation, Key key) {
        require(operation, key.arn(), key.state());
    }

    /** The same for a key of which only the state was read. */
    public static void require(KmsOperation<?, ?> operation, KeyArn key, KeyState state) {
        Map<KeyState, Rule> row = RULES.get(operation.name());
        if (row == null) {
            throw new IllegalArgumentException("no key state row for " + operation.name());
        }
        Rule rule = row.get(state);
        if (rule != Rule.OK) {
            throw refusal(rule == null ? Rule.C : rule, key, state);
        }
    }

    private static ServiceException refusal(Rule rule, KeyArn key, KeyState state) {
        return switch (rule) {
            case OK -> throw new IllegalArgumentException("nothing to refuse");
            case D -> new DisabledException(key + " is disabled.");
            case P ->
                    new KMSInvalidStateException(
                            key
                                    + (state == KeyState.PENDING_REPLICA_DELETION
                                            ? " is pending replica deletion."
                                            : " is pending deletion."));
            case N -> new KMSInvalidStateException(key + " is not pending deletion.");
            case I -> new KMSInvalidStateException(key + " is pending import.");
            case U -> new KMSInvalidStateException(key + " is unavailable.");
            case C -> new KMSInvalidStateException(key + " is creating.");
            case Z -> new KMSInvalidStateException(key + " is updating.");
        };
    }

    private static Map<String, Map<KeyState, Rule>> parse() {
        return TABLE.lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> Arrays.asList(line.split(" +")))
                .collect(toUnmodifiableMap(List::getFirst, KeyStates::row));
    }

    private static Map<KeyState, Rule> row(List<String> cells) {
        if (cells.size() != COLUMNS.size() + 1) {
            throw new IllegalStateException(
                    "a row of the key state table has a wrong length: " + cells);
        }
        Map<KeyState, Rule> row = new EnumMap<>(KeyState.class);
        for (int i = 0; i < COLUMNS.size(); i++) {
            row.put(COLUMNS.get(i), Rule.valueOf(cells.get(i + 1)));
        }
        return row;
    }
}
