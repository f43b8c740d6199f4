package trent.grant;

import static org.assertj.core.api.Assertions.assertThat;
import static trent.House.OK;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import trent.House;
import trent.House.Caller;
import trent.Stores;
import trent.api.CreateGrantResponse;
import trent.api.GrantListEntry;
import trent.api.GrantOperation;
import trent.api.KeySpec;
import trent.api.KeyState;
import trent.api.KeyUsageType;
import trent.api.KmsOperation;
import trent.crypto.Entropy;
import trent.key.Quotas;
import trent.name.KeyArn;
import trent.name.Region;

/** CreateGrant: what a grant may say, and when it is the one that exists already. */
class CreateGrantTest {

    private static final String ALICE = "arn:aws:iam::111122223333:user/alice";
    private static final String BOB = "arn:aws:iam::444455556666:role/path/bob";

    private final House house = new House();
    private final Caller caller = house.caller();

    @AfterEach
    void close() {
        house.close();
    }

    @Test
    void aGrantIsListedAsItWasGiven() {
        String key = caller.newKey();
        Map<String, String> context = new LinkedHashMap<>();
        context.put("b:1", "2:x");
        context.put("a", "");
        context.put("ключ\n", "😀\"");
        CreateGrantResponse made =
                caller.ask(
                        KmsOperation.CREATE_GRANT,
                        "KeyId",
                        key,
                        "GranteePrincipal",
                        BOB,
                        "RetiringPrincipal",
                        ALICE,
                        "Operations",
                        List.of("Encrypt", "Decrypt", "Encrypt"),
                        "Name",
                        "for/bob:1",
                        "Constraints",
                        Map.of("EncryptionContextSubset", context));

        assertThat(made.grantId()).matches("[0-9a-f]{64}");
        assertThat(made.grantToken()).matches("[A-Za-z0-9+/]+=*");
        GrantListEntry entry = only(caller, key);
        assertThat(entry.keyId()).isEqualTo(caller.arn(key).toString());
        assertThat(entry.grantId()).isEqualTo(made.grantId());
        assertThat(entry.name()).isEqualTo("for/bob:1");
        assertThat(entry.creationDate()).isEqualTo(House.START);
        assertThat(entry.granteePrincipal()).isEqualTo(BOB);
        assertThat(entry.retiringPrincipal()).isEqualTo(ALICE);
        assertThat(entry.issuingAccount()).isEqualTo("arn:aws:iam::111122223333:root");
        assertThat(entry.operations())
                .containsExactly(GrantOperation.ENCRYPT, GrantOperation.DECRYPT);
        var constraints = Objects.requireNonNull(entry.constraints());
        assertThat(Objects.requireNonNull(constraints.encryptionContextSubset()).entrySet())
                .containsExactlyElementsOf(context.entrySet());
        assertThat(constraints.encryptionContextEquals()).isNull();
    }

    /** U+0000 among it, which PostgreSQL's text cannot hold. */
    @ParameterizedTest
    @ValueSource(strings = {"EncryptionContextEquals", "EncryptionContextSubset"})
    void constraintsHoldWhateverAContextMay(String constraint) {
        String key = caller.newKey();
        Map<String, String> context = new LinkedHashMap<>();
        context.put("\0", "\u0001\u0002");
        context.put("!a\0b", "\0\0");
        context.put("\u0001", "!");
        caller.ask(
                KmsOperation.CREATE_GRANT,
                "KeyId",
                key,
                "GranteePrincipal",
                ALICE,
                "Operations",
                List.of("Encrypt", "Decrypt"),
                "Constraints",
                Map.of(constraint, context));
        var constraints = Objects.requireNonNull(only(caller, key).constraints());
        assertThat(
                        constraint.equals("EncryptionContextEquals")
                                ? constraints.encryptionContextEquals()
                                : constraints.encryptionContextSubset())
                .isEqualTo(context);
        Caller alice = house.principal(House.ACCOUNT, ALICE);
        byte[] blob = alice.encrypt(key, new byte[1], context);
        assertThat(alice.decrypt(blob, context)).hasSize(1);
        context.put("!a\0b", "\0");
        assertThat(
                        alice.tried(
                                "Encrypt",
                                "KeyId",
                                key,
                                "Plaintext",
                                new byte[1],
                                "EncryptionContext",
                                context))
                .startsWith("AccessDeniedException");
    }

    @Test
    void whatWasNotSaidIsNotListed() {
        String key = caller.newKey();
        create(key);

        GrantListEntry entry = only(caller, key);
        assertThat(entry.name()).isEmpty();
        assertThat(entry.retiringPrincipal()).isNull();
        assertThat(entry.constraints()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    SYMMETRIC_DEFAULT | ENCRYPT_DECRYPT     | Encrypt Decrypt ReEncryptFrom ReEncryptTo GenerateDataKey GenerateDataKeyWithoutPlaintext GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext
                    RSA_2048          | ENCRYPT_DECRYPT     | Encrypt Decrypt ReEncryptFrom ReEncryptTo GetPublicKey
                    SM2               | ENCRYPT_DECRYPT     | Encrypt Decrypt ReEncryptFrom ReEncryptTo GetPublicKey
                    RSA_4096          | SIGN_VERIFY         | Sign Verify GetPublicKey
                    ECC_NIST_P256     | SIGN_VERIFY         | Sign Verify GetPublicKey
                    ML_DSA_44         | SIGN_VERIFY         | Sign Verify GetPublicKey
                    ECC_NIST_P384     | KEY_AGREEMENT       | DeriveSharedSecret GetPublicKey
                    HMAC_256          | GENERATE_VERIFY_MAC | GenerateMac VerifyMac
                    """)
    void onlyWhatTheKeyCanDo(KeySpec spec, KeyUsageType usage, String supported) {
        KeyArn key = house.insertKey(caller, spec, usage);
        List<String> allowed =
                Arrays.asList((supported + " CreateGrant RetireGrant DescribeKey").split(" ", -1));
        for (GrantOperation operation : GrantOperation.values()) {
            String expected =
                    allowed.contains(operation.wire())
                            ? OK
                            : "ValidationException: Operation %s is not supported by a key with key spec %s and key usage %s."
                                    .formatted(operation.wire(), spec.wire(), usage.wire());
            assertThat(
                            tried(
                                    key.id().value(),
                                    "Operations",
                                    List.of("DescribeKey", operation.wire())))
                    .as(operation.wire())
                    .isEqualTo(expected);
        }
    }

    @Test
    void aGrantForNothingIsRefused() {
        assertThat(tried(caller.newKey(), "Operations", List.of()))
                .isEqualTo("ValidationException: Operations must not be empty.");
    }

    @ParameterizedTest
    @CsvSource({
        "RSA_2048, ENCRYPT_DECRYPT, Encrypt",
        "HMAC_256, GENERATE_VERIFY_MAC, GenerateMac",
        "ECC_NIST_P256, SIGN_VERIFY, GenerateDataKey" // and before the operations are looked at
    })
    void constraintsAreForSymmetricKeys(KeySpec spec, KeyUsageType usage, String operation) {
        String key = house.insertKey(caller, spec, usage).id().value();
        for (String constraint : List.of("EncryptionContextEquals", "EncryptionContextSubset")) {
            assertThat(
                            tried(
                                    key,
                                    "Operations",
                                    List.of(operation),
                                    "Constraints",
                                    Map.of(constraint, Map.of("a", "b"))))
                    .isEqualTo(
                            "ValidationException: EncryptionContext is supported only when creating a grant for a"
                                    + " symmetric encryption KMS key.");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    8 | 10 | ok
                    8 | 48 | ok
                    9 | 10 | ValidationException: EncryptionContextEquals has 9 pairs, more than 8.
                    8 | 49 | ValidationException: EncryptionContextEquals has 392 characters, more than 384.
                    """)
    void constraintsAreShort(int pairs, int charactersAPair, String expected) {
        Map<String, String> context = new LinkedHashMap<>();
        IntStream.range(0, pairs)
                .forEach(i -> context.put("k" + i, "v".repeat(charactersAPair - 2)));
        assertThat(
                        tried(
                                caller.newKey(),
                                "Constraints",
                                Map.of("EncryptionContextEquals", context)))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    arn:aws:iam::111122223333:root                          | ok
                    arn:aws:iam::444455556666:root                          | ok
                    arn:aws:iam::111122223333:user/alice                    | ok
                    arn:aws:iam::111122223333:user/a/b/alice                | ok
                    arn:aws:iam::111122223333:role/admin                    | ok
                    arn:aws:iam::111122223333:role/service-role/admin       | ok
                    arn:aws:sts::111122223333:assumed-role/admin/session-1  | ok
                    arn:aws:sts::111122223333:federated-user/bob            | ok
                    arn:aws-cn:iam::111122223333:user/alice                 | InvalidArnException
                    arn:aws-us-gov:iam::111122223333:user/alice             | InvalidArnException
                    arn:aws:iam::111122223333:group/admins                  | InvalidArnException
                    arn:aws:iam::111122223333:user/                         | InvalidArnException
                    arn:aws:iam::111122223333:user                          | InvalidArnException
                    arn:aws:iam::111122223333:role//admin                   | InvalidArnException
                    arn:aws:iam::111122223333:assumed-role/admin/session-1  | InvalidArnException
                    arn:aws:sts::111122223333:assumed-role/admin            | InvalidArnException
                    arn:aws:sts::111122223333:user/alice                    | InvalidArnException
                    arn:aws:iam::11112222333:root                           | InvalidArnException
                    arn:aws:iam:us-east-2:111122223333:root                 | InvalidArnException
                    arn:aws:iam::111122223333:policy/p                      | InvalidArnException
                    arn:gcp:iam::111122223333:root                          | InvalidArnException
                    arn:aws:organizations::111122223333:organization/o-1    | InvalidArnException
                    s3.amazonaws.com                                        | ok
                    dynamodb.us-west-1.amazonaws.com                        | ok
                    ec2.amazonaws.com.cn                                    | ok
                    amazonaws.com                                           | InvalidArnException
                    .amazonaws.com                                          | InvalidArnException
                    a..amazonaws.com                                        | InvalidArnException
                    s3.amazonaws.org                                        | InvalidArnException
                    s3-amazonaws.com                                        | InvalidArnException
                    111122223333                                            | InvalidArnException
                    AIDACKCEVSQ6C2EXAMPLE                                   | InvalidArnException
                    """)
    void principalsAreArnsOrServices(String arn, String outcome) {
        String expected =
                outcome.equals(OK)
                        ? OK
                        : outcome + ": ARN does not refer to a valid principal: " + arn;
        String key = caller.newKey();
        assertThat(tried(key, "GranteePrincipal", arn)).isEqualTo(expected);
        assertThat(tried(key, "RetiringPrincipal", arn)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "cn-north-1, arn:aws-cn:iam::111122223333:user/alice, ok",
        "cn-north-1, arn:aws:iam::111122223333:user/alice, InvalidArnException",
        "us-gov-west-1, arn:aws-us-gov:iam::111122223333:user/alice, ok",
        "us-gov-west-1, arn:aws-cn:iam::111122223333:user/alice, InvalidArnException"
    })
    void principalsAreOfTheRegionsPartition(String region, String arn, String outcome) {
        Caller there = house.root(House.ACCOUNT, new Region(region));
        assertThat(
                        there.tried(
                                "CreateGrant",
                                "KeyId",
                                there.newKey(),
                                "GranteePrincipal",
                                arn,
                                "Operations",
                                List.of("Encrypt")))
                .startsWith(outcome);
    }

    /** A service never calls, and nobody can ask what it may retire. */
    @Test
    void whatAServiceMayRetireIsNobodysToList() {
        assertThat(caller.tried("ListRetirableGrants", "RetiringPrincipal", "s3.amazonaws.com"))
                .startsWith("AccessDeniedException");
    }

    @ParameterizedTest
    @CsvSource({
        "CreateGrant, ValidationException", "CreateGrant CreateGrant, ValidationException",
        "CreateGrant Encrypt, ok", "RetireGrant, ok"
    })
    void aGrantIsNotForGrantsOnly(String operations, String outcome) {
        assertThat(tried(caller.newKey(), "Operations", List.of(operations.split(" ", -1))))
                .startsWith(outcome);
    }

    @Test
    void aGrantHasOneKindOfConstraint() {
        for (Map<String, String> other : List.of(Map.of("a", "b"), Map.<String, String>of())) {
            assertThat(
                            tried(
                                    caller.newKey(),
                                    "Constraints",
                                    Map.of(
                                            "EncryptionContextSubset",
                                            Map.of("a", "b"),
                                            "EncryptionContextEquals",
                                            other)))
                    .isEqualTo("ValidationException: More than one constraint supplied.");
        }
        assertThat(tried(caller.newKey(), "Constraints", Map.of())).isEqualTo(OK);
    }

    @ParameterizedTest
    @EnumSource(KeyState.class)
    void theStateOfTheKeyDecides(KeyState state) {
        String key = caller.newKey();
        KeyArn arn = caller.arn(key);
        house.setState(arn, state);
        String expected =
                switch (state) {
                    case ENABLED, UNAVAILABLE, UPDATING -> OK;
                    case DISABLED -> "DisabledException: " + arn + " is disabled.";
                    case PENDING_DELETION ->
                            "KMSInvalidStateException: " + arn + " is pending deletion.";
                    case PENDING_REPLICA_DELETION ->
                            "KMSInvalidStateException: " + arn + " is pending replica deletion.";
                    case PENDING_IMPORT ->
                            "KMSInvalidStateException: " + arn + " is pending import.";
                    case CREATING -> "KMSInvalidStateException: " + arn + " is creating.";
                };
        assertThat(tried(key)).isEqualTo(expected);
        assertThat(grants(caller, key)).hasSize(expected.equals(OK) ? 1 : 0);
    }

    @Test
    void whatIsWrongInItselfIsToldBeforeTheState() {
        String key = caller.newKey();
        house.setState(caller.arn(key), KeyState.DISABLED);
        assertThat(tried(key, "Operations", List.of("Sign"))).startsWith("ValidationException");
        assertThat(tried(key, "GranteePrincipal", "me")).startsWith("InvalidArnException");
        assertThat(tried(key)).startsWith("DisabledException");
    }

    @Test
    void keysGoByIdOrArnOnly() {
        String key = caller.newKey();
        caller.newAlias("alias/x", key);
        String unknown = caller.arn(House.UNKNOWN_KEY).toString();
        assertThat(tried(caller.arn(key).toString())).isEqualTo(OK);
        assertThat(tried("alias/x"))
                .isEqualTo(
                        "InvalidArnException: Key Aliases are not supported for this operation.");
        assertThat(tried(House.UNKNOWN_KEY))
                .isEqualTo("NotFoundException: Key '" + unknown + "' does not exist");
    }

    @Test
    void ofAnotherAccountsKeyNothingIsTold() {
        String key = caller.newKey();
        Caller other = house.root(House.OTHER_ACCOUNT, House.REGION);
        String hidden =
                "AccessDeniedException: User: arn:aws:iam::444455556666:root is not authorized to perform:"
                        + " kms:CreateGrant on this resource because the resource does not exist in this Region, no"
                        + " resource-based policies allow access, or a resource-based policy explicitly denies access";
        for (KeyArn arn : List.of(caller.arn(key), caller.arn(House.UNKNOWN_KEY))) {
            assertThat(tried(other, arn.toString())).isEqualTo(hidden);
        }
        assertThat(tried(house.user(House.ACCOUNT, House.REGION), key))
                .startsWith("AccessDeniedException");
    }

    @Test
    void theSameNameAndAllElseIsTheSameGrant() {
        String key = caller.newKey();
        CreateGrantResponse first = create(key, "Name", "n");
        house.advance(Duration.ofHours(1));
        CreateGrantResponse again =
                create(key, "Name", "n", "Operations", List.of("Decrypt", "Encrypt", "Decrypt"));

        assertThat(again.grantId()).isEqualTo(first.grantId());
        assertThat(again.grantToken()).isNotEqualTo(first.grantToken());
        assertThat(only(caller, key).creationDate()).isEqualTo(House.START);
        assertThat(only(caller, key).operations())
                .containsExactly(GrantOperation.ENCRYPT, GrantOperation.DECRYPT);
    }

    @Test
    void whateverDiffersMakesAnotherGrant() {
        String key = caller.newKey();
        create(key, "Name", "n");
        create(key, "Name", "m");
        create(key, "Name", "n", "GranteePrincipal", BOB);
        create(key, "Name", "n", "RetiringPrincipal", BOB);
        create(key, "Name", "n", "Operations", List.of("Encrypt"));
        create(key, "Name", "n", "Constraints", Map.of("EncryptionContextEquals", Map.of()));
        create(key, "Name", "n", "Constraints", Map.of("EncryptionContextSubset", Map.of()));
        create(
                key,
                "Name",
                "n",
                "Constraints",
                Map.of("EncryptionContextSubset", Map.of("a", "b")));
        create(caller.newKey(), "Name", "n");
        assertThat(grants(caller, key)).hasSize(8);

        create(
                key,
                "Name",
                "n",
                "Constraints",
                Map.of("EncryptionContextSubset", Map.of("a", "b")));
        create(key, "Name", "n", "Constraints", Map.of());
        assertThat(grants(caller, key)).hasSize(8);
    }

    @Test
    void withoutNameEachIsNew() {
        String key = caller.newKey();
        assertThat(create(key).grantId()).isNotEqualTo(create(key).grantId());
        assertThat(grants(caller, key)).hasSize(2);
    }

    @Test
    void aDryRunChecksAndChangesNothing() {
        String key = caller.newKey();
        assertThat(tried(key, "DryRun", true))
                .isEqualTo(
                        "DryRunOperationException: The request would have succeeded, but the DryRun option is set.");
        assertThat(tried(key, "DryRun", true, "GranteePrincipal", "me"))
                .startsWith("InvalidArnException");
        house.setState(caller.arn(key), KeyState.DISABLED);
        assertThat(tried(key, "DryRun", true)).startsWith("DisabledException");
        assertThat(grants(caller, key)).isEmpty();
    }

    @Test
    void aKeyHasOnlySoManyGrants() {
        Entropy entropy = new SecureRandom()::nextBytes;
        try (House small =
                new House(Stores.fresh(entropy), entropy, new Quotas(10, 10, 2, 10, 25, 32_768))) {
            Caller root = small.caller();
            String key = root.newKey();
            assertThat(tried(root, key, "Name", "n")).isEqualTo(OK);
            assertThat(tried(root, key)).isEqualTo(OK);
            String over =
                    "LimitExceededException: Grants per key quota for this account in this region is 2, current usage is 2.";
            assertThat(tried(root, key)).isEqualTo(over);
            assertThat(tried(root, key, "DryRun", true)).isEqualTo(over);
            assertThat(tried(root, key, "Name", "n")).as("it is there already").isEqualTo(OK);
            assertThat(tried(root, root.newKey())).as("another key").isEqualTo(OK);

            String first = Objects.requireNonNull(grants(root, key).getFirst().grantId());
            root.ask(KmsOperation.REVOKE_GRANT, "KeyId", key, "GrantId", first);
            assertThat(tried(root, key, "Name", "m")).isEqualTo(OK);
            assertThat(tried(root, key, "Name", "o")).isEqualTo(over);
        }
    }

    private CreateGrantResponse create(String key, @Nullable Object... members) {
        return caller.ask(KmsOperation.CREATE_GRANT, request(key, members));
    }

    private String tried(String key, @Nullable Object... members) {
        return tried(caller, key, members);
    }

    private static String tried(Caller caller, String key, @Nullable Object... members) {
        return caller.tried("CreateGrant", request(key, members));
    }

    /** A grant for Alice to encrypt and decrypt, where the members say nothing else. */
    private static @Nullable Object[] request(String key, @Nullable Object... members) {
        Map<Object, @Nullable Object> request = new LinkedHashMap<>();
        request.put("KeyId", key);
        request.put("GranteePrincipal", ALICE);
        request.put("Operations", List.of("Encrypt", "Decrypt"));
        for (int i = 0; i < members.length; i += 2) {
            request.put(Objects.requireNonNull(members[i]), members[i + 1]);
        }
        return request.entrySet().stream()
                .flatMap(member -> Stream.of(member.getKey(), member.getValue()))
                .toArray();
    }

    private static List<GrantListEntry> grants(Caller caller, String key) {
        return Objects.requireNonNull(caller.ask(KmsOperation.LIST_GRANTS, "KeyId", key).grants());
    }

    private static GrantListEntry only(Caller caller, String key) {
        assertThat(grants(caller, key)).hasSize(1);
        return grants(caller, key).getFirst();
    }
}
