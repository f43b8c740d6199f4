package trent.grant;

import static org.assertj.core.api.Assertions.assertThat;
import static trent.House.OK;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import trent.House;
import trent.House.Caller;
import trent.api.CreateGrantResponse;
import trent.api.KeyState;
import trent.api.KmsOperation;
import trent.name.AccountId;

/** RetireGrant and RevokeGrant: who may end a grant, and how it is named. */
class EndOfGrantTest {

    private static final String ALICE = "arn:aws:iam::111122223333:user/alice";
    private static final String BOB = "arn:aws:iam::444455556666:role/path/bob";
    private static final String DRY_RUN =
            "DryRunOperationException: The request would have succeeded, but the DryRun option is set.";
    private static final String NO_GRANT = "0123456789abcdef".repeat(4);

    private final House house = new House();
    private final Caller caller = house.caller();
    private final String key = caller.newKey();

    @AfterEach
    void close() {
        house.close();
    }

    /**
     * Grantee, retiring principal and operations of a grant that 111122223333's root gave,
     * and who retires it.
     */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            textBlock =
                    """
                    # grantee                            | retiring                             | operations          | caller                                               | may
                    arn:aws:iam::444455556666:role/g     | arn:aws:iam::444455556666:user/r     | Encrypt             | arn:aws:iam::444455556666:user/r                     | yes
                    arn:aws:iam::444455556666:role/g     | arn:aws:iam::444455556666:user/r     | Encrypt             | arn:aws:iam::444455556666:user/R                     | no
                    arn:aws:iam::444455556666:role/g     | arn:aws:iam::444455556666:user/r     | Encrypt             | arn:aws:iam::444455556666:root                       | no
                    arn:aws:iam::444455556666:role/g     | arn:aws:iam::444455556666:root       | Encrypt             | arn:aws:iam::444455556666:root                       | yes
                    arn:aws:iam::444455556666:role/g     | arn:aws:iam::444455556666:root       | Encrypt             | arn:aws:iam::444455556666:user/r                     | no
                    arn:aws:iam::444455556666:role/g     | arn:aws:iam::444455556666:role/p/r   | Encrypt             | arn:aws:sts::444455556666:assumed-role/r/s           | yes
                    arn:aws:iam::444455556666:role/g     | arn:aws:iam::444455556666:role/p/r   | Encrypt             | arn:aws:sts::444455556666:assumed-role/p/s           | no
                    arn:aws:iam::444455556666:role/g     | arn:aws:iam::111122223333:role/r     | Encrypt             | arn:aws:sts::444455556666:assumed-role/r/s           | no
                    arn:aws:iam::444455556666:role/g     | arn:aws:sts::444455556666:assumed-role/r/s | Encrypt       | arn:aws:sts::444455556666:assumed-role/r/s           | yes
                    arn:aws:iam::444455556666:role/g     | arn:aws:sts::444455556666:assumed-role/r/s | Encrypt       | arn:aws:sts::444455556666:assumed-role/r/t           | no
                    arn:aws:iam::444455556666:role/g     | -                                    | Encrypt             | arn:aws:sts::444455556666:assumed-role/g/s           | no
                    arn:aws:iam::444455556666:role/g     | -                                    | Encrypt,RetireGrant | arn:aws:sts::444455556666:assumed-role/g/s           | yes
                    arn:aws:iam::444455556666:user/g     | -                                    | RetireGrant         | arn:aws:iam::444455556666:user/g                     | yes
                    arn:aws:iam::444455556666:user/g     | -                                    | RetireGrant         | arn:aws:iam::444455556666:user/h                     | no
                    arn:aws:iam::444455556666:user/g     | -                                    | RetireGrant         | arn:aws:iam::444455556666:root                       | no
                    arn:aws:iam::444455556666:root       | -                                    | RetireGrant         | arn:aws:iam::444455556666:root                       | yes
                    arn:aws:iam::444455556666:user/g     | -                                    | Encrypt             | arn:aws:iam::111122223333:root                       | yes
                    arn:aws:iam::444455556666:user/g     | -                                    | Encrypt             | arn:aws:iam::111122223333:user/alice                 | no
                    """)
    void whoMayRetire(
            String grantee,
            @Nullable String retiring,
            String operations,
            String principal,
            String may) {
        CreateGrantResponse grant =
                caller.ask(
                        KmsOperation.CREATE_GRANT,
                        "KeyId",
                        key,
                        "GranteePrincipal",
                        grantee,
                        "RetiringPrincipal",
                        retiring,
                        "Operations",
                        List.of(operations.split(",", -1)));
        AccountId account = new AccountId(principal.split(":", -1)[4]);
        Caller retirer = house.principal(account, principal);
        String denied =
                "AccessDeniedException: User: "
                        + principal
                        + " is not authorized to perform: kms:RetireGrant on "
                        + (account.equals(House.ACCOUNT)
                                ? "resource: "
                                        + caller.arn(key)
                                        + " because no identity-based policy allows the kms:RetireGrant action"
                                : principal.endsWith(":root")
                                        ? "this resource because the resource does not exist in this Region, no resource-based"
                                                + " policies allow access, or a resource-based policy explicitly denies access"
                                        : "this resource because no identity-based policy allows the kms:RetireGrant action");
        boolean allowed = may.equals("yes");
        String arn = caller.arn(key).toString();
        assertThat(
                        retirer.tried(
                                "RetireGrant",
                                "KeyId",
                                arn,
                                "GrantId",
                                grant.grantId(),
                                "DryRun",
                                true))
                .isEqualTo(allowed ? DRY_RUN : denied);
        assertThat(retirer.tried("RetireGrant", "GrantToken", grant.grantToken()))
                .isEqualTo(allowed ? OK : denied);
        assertThat(count()).isEqualTo(allowed ? 0 : 1);
    }

    @Test
    void aGrantGoesByTokenOrByItsIds() {
        CreateGrantResponse byId = grant();
        CreateGrantResponse byArn = grant();
        CreateGrantResponse byToken = grant();
        assertThat(retire("KeyId", key, "GrantId", byId.grantId())).isEqualTo(OK);
        assertThat(retire("KeyId", caller.arn(key).toString(), "GrantId", byArn.grantId()))
                .isEqualTo(OK);
        assertThat(retire("GrantToken", byToken.grantToken())).isEqualTo(OK);
        assertThat(count()).isZero();
    }

    @Test
    void whatNamesNoGrantIsRefused() {
        CreateGrantResponse grant = grant();
        String neither =
                "ValidationException: Please specify either a grant token, or a key ID and a grant ID.";
        assertThat(retire()).isEqualTo(neither);
        assertThat(retire("KeyId", key)).isEqualTo(neither);
        assertThat(retire("GrantId", grant.grantId())).isEqualTo(neither);
        assertThat(retire("GrantToken", "forged")).isEqualTo("InvalidGrantTokenException");
        assertThat(retire("KeyId", key, "GrantId", NO_GRANT))
                .isEqualTo("NotFoundException: Grant ID " + NO_GRANT + " not found");
        assertThat(retire("KeyId", caller.newKey(), "GrantId", grant.grantId()))
                .isEqualTo("NotFoundException: Grant ID " + grant.grantId() + " not found");
        assertThat(retire("KeyId", House.UNKNOWN_KEY, "GrantId", NO_GRANT))
                .startsWith("NotFoundException: Key '");
        assertThat(retire("KeyId", "alias/x", "GrantId", NO_GRANT))
                .startsWith("InvalidArnException");
        assertThat(
                        house.root(House.OTHER_ACCOUNT, House.REGION)
                                .tried(
                                        "RetireGrant",
                                        "KeyId",
                                        caller.arn(key).toString(),
                                        "GrantId",
                                        NO_GRANT))
                .startsWith("AccessDeniedException");
        assertThat(
                        house.root(House.ACCOUNT, House.OTHER_REGION)
                                .tried("RetireGrant", "GrantToken", grant.grantToken()))
                .isEqualTo("NotFoundException: Grant ID " + grant.grantId() + " not found");
        assertThat(count()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde",
                "0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef",
                "g123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
            })
    void aMalformedGrantIdIsToldApart(String id) {
        for (String operation : List.of("RetireGrant", "RevokeGrant", "ListGrants")) {
            assertThat(caller.tried(operation, "KeyId", key, "GrantId", id))
                    .isEqualTo("InvalidGrantIdException");
        }
    }

    @Test
    void aRetiredGrantCannotBeRetiredAgain() {
        CreateGrantResponse grant = grant();
        String gone = "NotFoundException: Grant ID " + grant.grantId() + " not found";
        assertThat(retire("GrantToken", grant.grantToken())).isEqualTo(OK);
        assertThat(retire("GrantToken", grant.grantToken())).isEqualTo(gone);
        assertThat(retire("KeyId", key, "GrantId", grant.grantId())).isEqualTo(gone);
        assertThat(revoke(key, grant)).isEqualTo(gone);
    }

    @Test
    void revokingNeedsTheKeyAndTheGrant() {
        CreateGrantResponse grant = grant();
        assertThat(
                        caller.tried(
                                "RevokeGrant",
                                "KeyId",
                                key,
                                "GrantId",
                                grant.grantId(),
                                "DryRun",
                                true))
                .isEqualTo(DRY_RUN);
        assertThat(revoke(caller.newKey(), grant)).startsWith("NotFoundException: Grant ID");
        assertThat(revoke(House.UNKNOWN_KEY, grant)).startsWith("NotFoundException: Key '");
        assertThat(revoke("alias/x", grant))
                .isEqualTo(
                        "InvalidArnException: Key Aliases are not supported for this operation.");
        assertThat(count()).isEqualTo(1);
        assertThat(revoke(caller.arn(key).toString(), grant)).isEqualTo(OK);
        assertThat(count()).isZero();
    }

    @Test
    void theRetiringPrincipalMayNotRevoke() {
        CreateGrantResponse grant =
                caller.ask(
                        KmsOperation.CREATE_GRANT,
                        "KeyId",
                        key,
                        "GranteePrincipal",
                        BOB,
                        "RetiringPrincipal",
                        ALICE,
                        "Operations",
                        List.of("Encrypt"));
        assertThat(
                        house.user(House.ACCOUNT, House.REGION)
                                .tried("RevokeGrant", "KeyId", key, "GrantId", grant.grantId()))
                .startsWith("AccessDeniedException");
    }

    @ParameterizedTest
    @EnumSource(KeyState.class)
    void aGrantEndsWhateverTheStateOfItsKey(KeyState state) {
        CreateGrantResponse retired = grant();
        CreateGrantResponse revoked = grant();
        house.setState(caller.arn(key), state);
        assertThat(retire("GrantToken", retired.grantToken())).isEqualTo(OK);
        assertThat(revoke(key, revoked)).isEqualTo(OK);
    }

    @Test
    void grantsEndWithTheirKey() {
        CreateGrantResponse grant =
                caller.ask(
                        KmsOperation.CREATE_GRANT,
                        "KeyId",
                        key,
                        "GranteePrincipal",
                        BOB,
                        "RetiringPrincipal",
                        ALICE,
                        "Operations",
                        List.of("Encrypt"));
        caller.ask(KmsOperation.SCHEDULE_KEY_DELETION, "KeyId", key, "PendingWindowInDays", 7);
        house.advance(Duration.ofDays(7));
        house.deleteWhatIsDue();
        assertThat(
                        caller.ask(KmsOperation.LIST_RETIRABLE_GRANTS, "RetiringPrincipal", ALICE)
                                .grants())
                .isEmpty();
        assertThat(retire("GrantToken", grant.grantToken()))
                .isEqualTo("NotFoundException: Grant ID " + grant.grantId() + " not found");
    }

    private CreateGrantResponse grant() {
        return caller.ask(
                KmsOperation.CREATE_GRANT,
                "KeyId",
                key,
                "GranteePrincipal",
                BOB,
                "Operations",
                List.of("Encrypt"));
    }

    private String retire(@Nullable Object... members) {
        return caller.tried("RetireGrant", members);
    }

    private String revoke(String keyId, CreateGrantResponse grant) {
        return caller.tried("RevokeGrant", "KeyId", keyId, "GrantId", grant.grantId());
    }

    private int count() {
        return Objects.requireNonNull(caller.ask(KmsOperation.LIST_GRANTS, "KeyId", key).grants())
                .size();
    }
}
