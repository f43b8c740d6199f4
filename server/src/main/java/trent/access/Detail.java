package trent.access;

/**
 * A condition key whose value is in the request itself. Source: Service Authorization Reference,
 * "Actions, resources, and condition keys for AWS KMS".
 */
public enum Detail {
    BYPASS_POLICY_LOCKOUT_SAFETY_CHECK("kms:BypassPolicyLockoutSafetyCheck"),
    DATA_KEY_PAIR_SPEC("kms:DataKeyPairSpec"),
    ENCRYPTION_ALGORITHM("kms:EncryptionAlgorithm"),
    EXPIRATION_MODEL("kms:ExpirationModel"),
    GRANT_CONSTRAINT_TYPE("kms:GrantConstraintType"),
    GRANTEE_PRINCIPAL("kms:GranteePrincipal"),
    GRANT_IS_FOR_AWS_RESOURCE("kms:GrantIsForAWSResource"),
    GRANT_OPERATIONS("kms:GrantOperations"),
    KEY_AGREEMENT_ALGORITHM("kms:KeyAgreementAlgorithm"),
    /** Of a key that is to be made; that of a key there is comes from the key. */
    KEY_ORIGIN("kms:KeyOrigin"),
    KEY_SPEC("kms:KeySpec"),
    KEY_USAGE("kms:KeyUsage"),
    MAC_ALGORITHM("kms:MacAlgorithm"),
    MESSAGE_TYPE("kms:MessageType"),
    MULTI_REGION("kms:MultiRegion"),
    MULTI_REGION_KEY_TYPE("kms:MultiRegionKeyType"),
    PRIMARY_REGION("kms:PrimaryRegion"),
    RE_ENCRYPT_ON_SAME_KEY("kms:ReEncryptOnSameKey"),
    REPLICA_REGION("kms:ReplicaRegion"),
    REQUEST_ALIAS("kms:RequestAlias"),
    RETIRING_PRINCIPAL("kms:RetiringPrincipal"),
    ROTATION_PERIOD_IN_DAYS("kms:RotationPeriodInDays"),
    SCHEDULE_KEY_DELETION_PENDING_WINDOW_IN_DAYS("kms:ScheduleKeyDeletionPendingWindowInDays"),
    SIGNING_ALGORITHM("kms:SigningAlgorithm"),
    TRAILING_DAYS_WITHOUT_KEY_USAGE("kms:TrailingDaysWithoutKeyUsage"),
    VALID_TO("kms:ValidTo"),
    WRAPPING_ALGORITHM("kms:WrappingAlgorithm"),
    WRAPPING_KEY_SPEC("kms:WrappingKeySpec");

    private final String wire;

    Detail(String wire) {
        this.wire = wire;
    }

    /** For example {@code kms:RequestAlias}. */
    public String wire() {
        return wire;
    }
}
