package trent.access;

import static trent.access.Fact.BYPASS_POLICY_LOCKOUT_SAFETY_CHECK;
import static trent.access.Fact.CALLER_ACCOUNT;
import static trent.access.Fact.CUSTOMER_MASTER_KEY_SPEC;
import static trent.access.Fact.CUSTOMER_MASTER_KEY_USAGE;
import static trent.access.Fact.DATA_KEY_PAIR_SPEC;
import static trent.access.Fact.ENCRYPTION_ALGORITHM;
import static trent.access.Fact.ENCRYPTION_CONTEXT;
import static trent.access.Fact.ENCRYPTION_CONTEXT_KEYS;
import static trent.access.Fact.EXPIRATION_MODEL;
import static trent.access.Fact.GRANTEE_PRINCIPAL;
import static trent.access.Fact.GRANT_CONSTRAINT_TYPE;
import static trent.access.Fact.GRANT_IS_FOR_AWS_RESOURCE;
import static trent.access.Fact.GRANT_OPERATIONS;
import static trent.access.Fact.KEY_AGREEMENT_ALGORITHM;
import static trent.access.Fact.KEY_ORIGIN;
import static trent.access.Fact.KEY_SPEC;
import static trent.access.Fact.KEY_USAGE;
import static trent.access.Fact.MAC_ALGORITHM;
import static trent.access.Fact.MESSAGE_TYPE;
import static trent.access.Fact.MULTI_REGION;
import static trent.access.Fact.MULTI_REGION_KEY_TYPE;
import static trent.access.Fact.PRIMARY_REGION;
import static trent.access.Fact.RECIPIENT_ATTESTATION;
import static trent.access.Fact.REPLICA_REGION;
import static trent.access.Fact.REQUEST_ALIAS;
import static trent.access.Fact.REQUEST_TAG;
import static trent.access.Fact.RESOURCE_ACCOUNT;
import static trent.access.Fact.RESOURCE_ALIASES;
import static trent.access.Fact.RESOURCE_TAG;
import static trent.access.Fact.RETIRING_PRINCIPAL;
import static trent.access.Fact.RE_ENCRYPT_ON_SAME_KEY;
import static trent.access.Fact.ROTATION_PERIOD_IN_DAYS;
import static trent.access.Fact.SCHEDULE_KEY_DELETION_PENDING_WINDOW_IN_DAYS;
import static trent.access.Fact.SIGNING_ALGORITHM;
import static trent.access.Fact.TAG_KEYS;
import static trent.access.Fact.TRAILING_DAYS_WITHOUT_KEY_USAGE;
import static trent.access.Fact.VALID_TO;
import static trent.access.Fact.WRAPPING_ALGORITHM;
import static trent.access.Fact.WRAPPING_KEY_SPEC;
import static trent.access.KmsActions.Abroad.NO;
import static trent.access.KmsActions.Abroad.YES;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import trent.api.GrantOperation;
import trent.call.Action;

/**
 * What each action is checked on, whether it works on another account's key, and what its
 * conditions can ask for. Source: Service Authorization Reference, "Actions, resources, and
 * condition keys for AWS KMS"; AWS KMS Developer Guide, "AWS KMS permissions".
 */
final class KmsActions {

    /** Whether other accounts' principals can be allowed it. */
    enum Abroad {
        YES,
        NO
    }

    /**
     * An action that is checked on something.
     *
     * @param name for example {@code kms:Decrypt}
     * @param facts the set of {@link Fact#bit} that its conditions can ask for, beside those that
     *     every request has
     * @param grantable null if no grant gives it
     */
    record Row(String name, Abroad abroad, long facts, @Nullable GrantOperation grantable) {

        boolean worksAbroad() {
            return abroad == YES;
        }

        /**
         * The same as far as its conditions can tell nothing of the key. What those of RetireGrant
         * can ask for is in the grant, which belongs to the key too.
         */
        Row withoutAttributes() {
            long told =
                    grantable == GrantOperation.RETIRE_GRANT
                            ? facts & (CALLER_ACCOUNT.bit() | RESOURCE_ACCOUNT.bit())
                            : facts & ~ATTRIBUTES;
            return new Row(name, abroad, told, grantable);
        }
    }

    /** What every check on a key has. */
    private static final List<Fact> BASE =
            List.of(
                    CALLER_ACCOUNT,
                    CUSTOMER_MASTER_KEY_SPEC,
                    CUSTOMER_MASTER_KEY_USAGE,
                    KEY_ORIGIN,
                    KEY_SPEC,
                    KEY_USAGE,
                    MULTI_REGION,
                    MULTI_REGION_KEY_TYPE,
                    RESOURCE_ACCOUNT,
                    RESOURCE_ALIASES,
                    RESOURCE_TAG);

    /** The algorithm and context of what is encrypted. */
    private static final List<Fact> CONTEXT =
            List.of(ENCRYPTION_ALGORITHM, ENCRYPTION_CONTEXT, ENCRYPTION_CONTEXT_KEYS);

    /** Of a key that is yet to be made: the request says what it will be. */
    private static final List<Fact> NEW_KEY =
            List.of(
                    BYPASS_POLICY_LOCKOUT_SAFETY_CHECK,
                    CALLER_ACCOUNT,
                    CUSTOMER_MASTER_KEY_SPEC,
                    CUSTOMER_MASTER_KEY_USAGE,
                    KEY_ORIGIN,
                    KEY_SPEC,
                    KEY_USAGE,
                    MULTI_REGION,
                    MULTI_REGION_KEY_TYPE,
                    REQUEST_TAG,
                    RESOURCE_TAG,
                    TAG_KEYS);

    /** What the wording of a refusal about another account's key must not depend on. */
    private static final long ATTRIBUTES =
            (set(BASE) & ~CALLER_ACCOUNT.bit() & ~RESOURCE_ACCOUNT.bit())
                    | RE_ENCRYPT_ON_SAME_KEY.bit()
                    | TRAILING_DAYS_WITHOUT_KEY_USAGE.bit();

    private static final Map<String, Row> ON_KEYS = new TreeMap<>();
    private static final Map<String, Row> ON_ALIASES = new HashMap<>();
    private static final Map<String, Row> ANYWHERE = new HashMap<>();

    static {
        key("Encrypt", YES, CONTEXT, REQUEST_ALIAS);
        key("Decrypt", YES, CONTEXT, REQUEST_ALIAS, RECIPIENT_ATTESTATION);
        key("GenerateDataKey", YES, CONTEXT, REQUEST_ALIAS, RECIPIENT_ATTESTATION);
        key("GenerateDataKeyWithoutPlaintext", YES, CONTEXT, REQUEST_ALIAS);
        key(
                "GenerateDataKeyPair",
                YES,
                CONTEXT,
                REQUEST_ALIAS,
                RECIPIENT_ATTESTATION,
                DATA_KEY_PAIR_SPEC);
        key("GenerateDataKeyPairWithoutPlaintext", YES, CONTEXT, REQUEST_ALIAS, DATA_KEY_PAIR_SPEC);
        key("ReEncryptFrom", YES, CONTEXT, REQUEST_ALIAS, RE_ENCRYPT_ON_SAME_KEY);
        key("ReEncryptTo", YES, CONTEXT, REQUEST_ALIAS, RE_ENCRYPT_ON_SAME_KEY);
        key("Sign", YES, REQUEST_ALIAS, MESSAGE_TYPE, SIGNING_ALGORITHM);
        key("Verify", YES, REQUEST_ALIAS, MESSAGE_TYPE, SIGNING_ALGORITHM);
        key("GenerateMac", YES, REQUEST_ALIAS, MAC_ALGORITHM);
        key("VerifyMac", YES, REQUEST_ALIAS, MAC_ALGORITHM);
        key(
                "DeriveSharedSecret",
                YES,
                REQUEST_ALIAS,
                RECIPIENT_ATTESTATION,
                KEY_AGREEMENT_ALGORITHM);
        key("DescribeKey", YES, REQUEST_ALIAS);
        key("GetPublicKey", YES, REQUEST_ALIAS);
        key(
                "CreateGrant",
                YES,
                ENCRYPTION_CONTEXT,
                ENCRYPTION_CONTEXT_KEYS,
                GRANT_CONSTRAINT_TYPE,
                GRANTEE_PRINCIPAL,
                GRANT_IS_FOR_AWS_RESOURCE,
                GRANT_OPERATIONS,
                RETIRING_PRINCIPAL);
        key("ListGrants", YES, GRANT_IS_FOR_AWS_RESOURCE);
        key("RevokeGrant", YES, GRANT_IS_FOR_AWS_RESOURCE);
        key("RetireGrant", YES, ENCRYPTION_CONTEXT, ENCRYPTION_CONTEXT_KEYS, GRANT_CONSTRAINT_TYPE);
        key("GetKeyRotationStatus", YES);
        key("CancelKeyDeletion", NO);
        key("DeleteImportedKeyMaterial", NO);
        key("DisableKeyRotation", NO);
        key("EnableKey", NO);
        key("GetKeyLastUsage", NO);
        key("GetKeyPolicy", NO);
        key("ListKeyPolicies", NO);
        key("ListKeyRotations", NO);
        key("ListResourceTags", NO);
        key("RotateKeyOnDemand", NO);
        key("UpdateKeyDescription", NO);
        key("DisableKey", NO, TRAILING_DAYS_WITHOUT_KEY_USAGE);
        key(
                "ScheduleKeyDeletion",
                NO,
                TRAILING_DAYS_WITHOUT_KEY_USAGE,
                SCHEDULE_KEY_DELETION_PENDING_WINDOW_IN_DAYS);
        key("EnableKeyRotation", NO, ROTATION_PERIOD_IN_DAYS);
        key("GetParametersForImport", NO, WRAPPING_ALGORITHM, WRAPPING_KEY_SPEC);
        key("ImportKeyMaterial", NO, EXPIRATION_MODEL, VALID_TO);
        key("PutKeyPolicy", NO, BYPASS_POLICY_LOCKOUT_SAFETY_CHECK);
        key("TagResource", NO, REQUEST_TAG, TAG_KEYS);
        key("UntagResource", NO, TAG_KEYS);
        key("ReplicateKey", NO, REPLICA_REGION);
        key("UpdatePrimaryRegion", NO, PRIMARY_REGION);
        key("CreateAlias", NO);
        key("DeleteAlias", NO);
        key("UpdateAlias", NO);
        key("SynchronizeMultiRegionKey", NO); // only AWS's own role has it

        alias("CreateAlias");
        alias("DeleteAlias");
        alias("UpdateAlias");

        anywhere("CreateKey", NEW_KEY);
        anywhere("TagResource", NEW_KEY); // of CreateKey and ReplicateKey
        anywhere("GenerateRandom", List.of(RECIPIENT_ATTESTATION));
        anywhere("ListAliases", List.of());
        anywhere("ListKeys", List.of());
        anywhere("ListRetirableGrants", List.of());
        anywhere("ConnectCustomKeyStore", List.of(CALLER_ACCOUNT));
        anywhere("CreateCustomKeyStore", List.of(CALLER_ACCOUNT));
        anywhere("DeleteCustomKeyStore", List.of(CALLER_ACCOUNT));
        anywhere("DescribeCustomKeyStores", List.of(CALLER_ACCOUNT));
        anywhere("DisconnectCustomKeyStore", List.of(CALLER_ACCOUNT));
        anywhere("UpdateCustomKeyStore", List.of(CALLER_ACCOUNT));
    }

    private KmsActions() {}

    /** The names of the actions that are checked on keys. */
    static Set<String> onKeys() {
        return Collections.unmodifiableSet(ON_KEYS.keySet());
    }

    /** The action as it is checked on a key. */
    static Row onKey(Action action) {
        return found(ON_KEYS, action);
    }

    /** The action as it is checked on an alias. */
    static Row onAlias(Action action) {
        return found(ON_ALIASES, action);
    }

    /** The action as it is checked on {@code *}, or on what is no key and no alias. */
    static Row anywhere(Action action) {
        return found(ANYWHERE, action);
    }

    /** The same for an action that names a key but is checked on {@code *}, such as ListAliases. */
    static Row naming(Action action) {
        Row row = ON_KEYS.get(action.name());
        return row == null ? anywhere(action) : row;
    }

    private static Row found(Map<String, Row> rows, Action action) {
        Row row = rows.get(action.name());
        if (row == null) {
            throw new IllegalArgumentException(action + " is not checked on this kind of resource");
        }
        return row;
    }

    private static void key(String name, Abroad abroad, Fact... more) {
        key(name, abroad, List.of(), more);
    }

    private static void key(String name, Abroad abroad, List<Fact> some, Fact... more) {
        long facts = set(BASE) | set(some) | set(List.of(more));
        Row row = new Row("kms:" + name, abroad, facts, GrantOperation.ofWire(name));
        ON_KEYS.put(row.name(), row);
    }

    private static void alias(String name) {
        long facts = CALLER_ACCOUNT.bit() | RESOURCE_ACCOUNT.bit();
        ON_ALIASES.put("kms:" + name, new Row("kms:" + name, NO, facts, null));
    }

    private static void anywhere(String name, List<Fact> facts) {
        ANYWHERE.put("kms:" + name, new Row("kms:" + name, NO, set(facts), null));
    }

    private static long set(List<Fact> facts) {
        long bits = 0;
        for (Fact fact : facts) {
            bits |= fact.bit();
        }
        return bits;
    }
}
