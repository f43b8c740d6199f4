package trent.access;

import java.util.Locale;

/**
 * What conditions can ask for and this service can answer: the condition keys of KMS and the global
 * ones. Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS
 * KMS"; AWS IAM User Guide, "AWS global condition context keys".
 */
enum Fact {
    BYPASS_POLICY_LOCKOUT_SAFETY_CHECK(Detail.BYPASS_POLICY_LOCKOUT_SAFETY_CHECK),
    CALLER_ACCOUNT("kms:CallerAccount"),
    /** Deprecated; the same as KeySpec. */
    CUSTOMER_MASTER_KEY_SPEC("kms:CustomerMasterKeySpec"),
    /** Deprecated; the same as KeyUsage. */
    CUSTOMER_MASTER_KEY_USAGE("kms:CustomerMasterKeyUsage"),
    DATA_KEY_PAIR_SPEC(Detail.DATA_KEY_PAIR_SPEC),
    ENCRYPTION_ALGORITHM(Detail.ENCRYPTION_ALGORITHM),
    ENCRYPTION_CONTEXT("kms:EncryptionContext:", Form.FAMILY),
    ENCRYPTION_CONTEXT_KEYS("kms:EncryptionContextKeys", Form.MULTI),
    EXPIRATION_MODEL(Detail.EXPIRATION_MODEL),
    GRANT_CONSTRAINT_TYPE(Detail.GRANT_CONSTRAINT_TYPE),
    GRANTEE_PRINCIPAL(Detail.GRANTEE_PRINCIPAL),
    GRANT_IS_FOR_AWS_RESOURCE(Detail.GRANT_IS_FOR_AWS_RESOURCE),
    GRANT_OPERATIONS(Detail.GRANT_OPERATIONS, Form.MULTI),
    KEY_AGREEMENT_ALGORITHM(Detail.KEY_AGREEMENT_ALGORITHM),
    KEY_ORIGIN(Detail.KEY_ORIGIN),
    KEY_SPEC(Detail.KEY_SPEC),
    KEY_USAGE(Detail.KEY_USAGE),
    MAC_ALGORITHM(Detail.MAC_ALGORITHM),
    MESSAGE_TYPE(Detail.MESSAGE_TYPE),
    MULTI_REGION(Detail.MULTI_REGION),
    MULTI_REGION_KEY_TYPE(Detail.MULTI_REGION_KEY_TYPE),
    PRIMARY_REGION(Detail.PRIMARY_REGION),
    RE_ENCRYPT_ON_SAME_KEY(Detail.RE_ENCRYPT_ON_SAME_KEY),
    RECIPIENT_ATTESTATION("kms:RecipientAttestation:", Form.FAMILY),
    REPLICA_REGION(Detail.REPLICA_REGION),
    REQUEST_ALIAS(Detail.REQUEST_ALIAS),
    RESOURCE_ALIASES("kms:ResourceAliases", Form.MULTI),
    RETIRING_PRINCIPAL(Detail.RETIRING_PRINCIPAL),
    ROTATION_PERIOD_IN_DAYS(Detail.ROTATION_PERIOD_IN_DAYS),
    SCHEDULE_KEY_DELETION_PENDING_WINDOW_IN_DAYS(
            Detail.SCHEDULE_KEY_DELETION_PENDING_WINDOW_IN_DAYS),
    SIGNING_ALGORITHM(Detail.SIGNING_ALGORITHM),
    TRAILING_DAYS_WITHOUT_KEY_USAGE(Detail.TRAILING_DAYS_WITHOUT_KEY_USAGE),
    VALID_TO(Detail.VALID_TO),
    WRAPPING_ALGORITHM(Detail.WRAPPING_ALGORITHM),
    WRAPPING_KEY_SPEC(Detail.WRAPPING_KEY_SPEC),

    CURRENT_TIME("aws:CurrentTime"),
    EPOCH_TIME("aws:EpochTime"),
    FEDERATED_PROVIDER("aws:FederatedProvider"),
    MULTI_FACTOR_AUTH_AGE("aws:MultiFactorAuthAge"),
    MULTI_FACTOR_AUTH_PRESENT("aws:MultiFactorAuthPresent"),
    PRINCIPAL_ACCOUNT("aws:PrincipalAccount"),
    PRINCIPAL_ARN("aws:PrincipalArn"),
    PRINCIPAL_IS_AWS_SERVICE("aws:PrincipalIsAWSService"),
    PRINCIPAL_TAG("aws:PrincipalTag/", Form.FAMILY),
    PRINCIPAL_TYPE("aws:PrincipalType"),
    REFERER("aws:Referer"),
    REQUESTED_REGION("aws:RequestedRegion"),
    REQUEST_TAG("aws:RequestTag/", Form.FAMILY),
    RESOURCE_ACCOUNT("aws:ResourceAccount"),
    RESOURCE_TAG("aws:ResourceTag/", Form.FAMILY),
    SECURE_TRANSPORT("aws:SecureTransport"),
    SOURCE_IDENTITY("aws:SourceIdentity"),
    SOURCE_IP("aws:SourceIp"),
    TAG_KEYS("aws:TagKeys", Form.MULTI),
    TOKEN_ISSUE_TIME("aws:TokenIssueTime"),
    USER_AGENT("aws:UserAgent"),
    USERID("aws:userid"),
    USERNAME("aws:username"),
    VIA_AWS_SERVICE("aws:ViaAWSService"),

    /** A key of another service's, or of no service; found by its name where it is given. */
    OTHER("");

    /** How a name stands for values. */
    enum Form {
        SINGLE,
        MULTI,
        /** What follows the name is a tag's key, a context's key or a register. */
        FAMILY
    }

    private final String wire;
    private final Form form;
    private final String lowerCase;

    Fact(String wire) {
        this(wire, Form.SINGLE);
    }

    Fact(Detail detail) {
        this(detail.wire(), Form.SINGLE);
    }

    Fact(Detail detail, Form form) {
        this(detail.wire(), form);
    }

    Fact(String wire, Form form) {
        this.wire = wire;
        this.form = form;
        this.lowerCase = wire.toLowerCase(Locale.ROOT);
    }

    /** As AWS prints it; of a family with what ends its name, a slash or a colon. */
    String wire() {
        return wire;
    }

    /** The same, as names are compared. */
    String lowerCase() {
        return lowerCase;
    }

    Form form() {
        return form;
    }

    /** Its place in a set of facts, which is never written down. */
    @SuppressWarnings("EnumOrdinal")
    long bit() {
        return 1L << ordinal();
    }
}
