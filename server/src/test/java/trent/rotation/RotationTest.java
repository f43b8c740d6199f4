package trent.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import trent.House;
import trent.api.GetKeyRotationStatusResponse;
import trent.api.KeyState;
import trent.api.KmsOperation;

/**
 * Rotation switched on and off, and on demand. Source: AWS KMS Developer Guide, "Rotate AWS KMS
 * keys", and recorded replies.
 */
class RotationTest {

    private final House house = new House();
    private final House.Caller caller = house.caller();
    private String key = "";

    @BeforeEach
    void makeKey() {
        key = caller.newKey();
    }

    @AfterEach
    void close() {
        house.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                 | 365
            90   | 90
            365  | 365
            2560 | 2560
            89   | ValidationException: 1 validation error detected: Value '89' at 'rotationPeriodInDays' failed to satisfy constraint: Member must have value greater than or equal to 90
            2561 | ValidationException: 1 validation error detected: Value '2561' at 'rotationPeriodInDays' failed to satisfy constraint: Member must have value less than or equal to 2560
            """)
    void aPeriodIsOf90To2560Days(@Nullable Integer days, String expected) {
        String outcome =
                caller.tried("EnableKeyRotation", "KeyId", key, "RotationPeriodInDays", days);
        if (expected.contains("Exception")) {
            assertThat(outcome).isEqualTo(expected);
            assertThat(
                            caller.tried(
                                    "EnableKeyRotation",
                                    "KeyId",
                                    House.UNKNOWN_KEY,
                                    "RotationPeriodInDays",
                                    days))
                    .as("before the key is looked up")
                    .isEqualTo(expected);
            assertThat(status().keyRotationEnabled()).isFalse();
        } else {
            int period = Integer.parseInt(expected);
            assertThat(outcome).isEqualTo(House.OK);
            assertThat(status())
                    .isEqualTo(
                            new GetKeyRotationStatusResponse(
                                    true,
                                    caller.arn(key).toString(),
                                    period,
                                    House.START.plus(Duration.ofDays(period)),
                                    null));
        }
    }

    /** What each kind of key answers in each state: state, then spec, then origin. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            # operation         | spec              | origin   | state           | answer
            EnableKeyRotation    | SYMMETRIC_DEFAULT | AWS_KMS  | Enabled         | ok
            EnableKeyRotation    | SYMMETRIC_DEFAULT | AWS_KMS  | Disabled        | DisabledException: <arn> is disabled.
            EnableKeyRotation    | SYMMETRIC_DEFAULT | AWS_KMS  | PendingDeletion | KMSInvalidStateException: <arn> is pending deletion.
            EnableKeyRotation    | SYMMETRIC_DEFAULT | AWS_KMS  | PendingReplicaDeletion | KMSInvalidStateException: <arn> is pending replica deletion.
            EnableKeyRotation    | SYMMETRIC_DEFAULT | AWS_KMS  | Creating        | KMSInvalidStateException: <arn> is creating.
            EnableKeyRotation    | SYMMETRIC_DEFAULT | AWS_KMS  | Updating        | ok
            EnableKeyRotation    | SYMMETRIC_DEFAULT | EXTERNAL | Enabled         | UnsupportedOperationException: <arn> origin is EXTERNAL which is not valid for this operation.
            EnableKeyRotation    | SYMMETRIC_DEFAULT | EXTERNAL | PendingImport   | UnsupportedOperationException: <arn> origin is EXTERNAL which is not valid for this operation.
            EnableKeyRotation    | SYMMETRIC_DEFAULT | EXTERNAL | Disabled        | UnsupportedOperationException: <arn> origin is EXTERNAL which is not valid for this operation.
            EnableKeyRotation    | SYMMETRIC_DEFAULT | EXTERNAL | PendingDeletion | UnsupportedOperationException: <arn> origin is EXTERNAL which is not valid for this operation.
            EnableKeyRotation    | HMAC_256          | AWS_KMS  | Enabled         | UnsupportedOperationException
            EnableKeyRotation    | HMAC_256          | EXTERNAL | PendingImport   | UnsupportedOperationException: <arn> origin is EXTERNAL which is not valid for this operation.
            EnableKeyRotation    | HMAC_256          | AWS_KMS  | Disabled        | DisabledException: <arn> is disabled.
            EnableKeyRotation    | ECC_NIST_P256     | AWS_KMS  | Enabled         | UnsupportedOperationException
            EnableKeyRotation    | ECC_NIST_P256     | EXTERNAL | PendingImport   | UnsupportedOperationException: <arn> origin is EXTERNAL which is not valid for this operation.
            EnableKeyRotation    | ML_DSA_44         | AWS_KMS  | Enabled         | UnsupportedOperationException
            EnableKeyRotation    | ML_DSA_44         | AWS_KMS  | PendingDeletion | KMSInvalidStateException: <arn> is pending deletion.
            DisableKeyRotation   | SYMMETRIC_DEFAULT | AWS_KMS  | Enabled         | ok
            DisableKeyRotation   | SYMMETRIC_DEFAULT | AWS_KMS  | Disabled        | DisabledException: <arn> is disabled.
            DisableKeyRotation   | SYMMETRIC_DEFAULT | AWS_KMS  | PendingDeletion | KMSInvalidStateException: <arn> is pending deletion.
            DisableKeyRotation   | SYMMETRIC_DEFAULT | AWS_KMS  | Creating        | KMSInvalidStateException: <arn> is creating.
            DisableKeyRotation   | SYMMETRIC_DEFAULT | AWS_KMS  | Updating        | ok
            DisableKeyRotation   | SYMMETRIC_DEFAULT | EXTERNAL | Enabled         | UnsupportedOperationException: <arn> origin is EXTERNAL which is not valid for this operation.
            DisableKeyRotation   | SYMMETRIC_DEFAULT | EXTERNAL | PendingImport   | UnsupportedOperationException: <arn> origin is EXTERNAL which is not valid for this operation.
            DisableKeyRotation   | SYMMETRIC_DEFAULT | EXTERNAL | PendingDeletion | UnsupportedOperationException: <arn> origin is EXTERNAL which is not valid for this operation.
            DisableKeyRotation   | HMAC_256          | AWS_KMS  | Enabled         | ok
            DisableKeyRotation   | HMAC_256          | AWS_KMS  | Disabled        | DisabledException: <arn> is disabled.
            DisableKeyRotation   | HMAC_256          | EXTERNAL | PendingImport   | UnsupportedOperationException: <arn> origin is EXTERNAL which is not valid for this operation.
            DisableKeyRotation   | ECC_NIST_P256     | AWS_KMS  | Enabled         | ok
            DisableKeyRotation   | ML_DSA_44         | AWS_KMS  | Enabled         | ok
            GetKeyRotationStatus | SYMMETRIC_DEFAULT | AWS_KMS  | Enabled         | ok
            GetKeyRotationStatus | SYMMETRIC_DEFAULT | AWS_KMS  | PendingDeletion | ok
            GetKeyRotationStatus | SYMMETRIC_DEFAULT | AWS_KMS  | Creating        | ok
            GetKeyRotationStatus | SYMMETRIC_DEFAULT | EXTERNAL | PendingImport   | ok
            GetKeyRotationStatus | HMAC_256          | AWS_KMS  | Enabled         | ok
            GetKeyRotationStatus | ECC_NIST_P256     | AWS_KMS  | Disabled        | ok
            GetKeyRotationStatus | ML_DSA_44         | AWS_KMS  | Enabled         | ok
            ListKeyRotations     | SYMMETRIC_DEFAULT | AWS_KMS  | Enabled         | ok
            ListKeyRotations     | SYMMETRIC_DEFAULT | AWS_KMS  | PendingDeletion | ok
            ListKeyRotations     | SYMMETRIC_DEFAULT | EXTERNAL | PendingImport   | ok
            ListKeyRotations     | HMAC_256          | AWS_KMS  | Enabled         | UnsupportedOperationException
            ListKeyRotations     | ECC_NIST_P256     | AWS_KMS  | Disabled        | UnsupportedOperationException
            RotateKeyOnDemand    | SYMMETRIC_DEFAULT | AWS_KMS  | Enabled         | ok
            RotateKeyOnDemand    | SYMMETRIC_DEFAULT | AWS_KMS  | Disabled        | DisabledException: <arn> is disabled.
            RotateKeyOnDemand    | SYMMETRIC_DEFAULT | AWS_KMS  | PendingDeletion | KMSInvalidStateException: <arn> is pending deletion.
            RotateKeyOnDemand    | SYMMETRIC_DEFAULT | AWS_KMS  | Creating        | KMSInvalidStateException: <arn> is creating.
            RotateKeyOnDemand    | SYMMETRIC_DEFAULT | AWS_KMS  | Updating        | ok
            RotateKeyOnDemand    | SYMMETRIC_DEFAULT | EXTERNAL | PendingImport   | KMSInvalidStateException: <arn> is pending import.
            RotateKeyOnDemand    | SYMMETRIC_DEFAULT | EXTERNAL | Enabled         | KMSInvalidStateException: No available key material pending rotation for the key: <arn>.
            RotateKeyOnDemand    | HMAC_256          | AWS_KMS  | Enabled         | UnsupportedOperationException
            RotateKeyOnDemand    | HMAC_256          | EXTERNAL | PendingImport   | KMSInvalidStateException: <arn> is pending import.
            RotateKeyOnDemand    | ECC_NIST_P256     | AWS_KMS  | Enabled         | UnsupportedOperationException
            RotateKeyOnDemand    | ECC_NIST_P256     | AWS_KMS  | Disabled        | DisabledException: <arn> is disabled.
            RotateKeyOnDemand    | ML_DSA_44         | AWS_KMS  | Enabled         | UnsupportedOperationException
            """)
    void originOfWhatIsImportedThenStateThenSpec(
            String operation, String spec, String origin, String state, String expected) {
        String usage =
                switch (spec) {
                    case "SYMMETRIC_DEFAULT" -> "ENCRYPT_DECRYPT";
                    case "HMAC_256" -> "GENERATE_VERIFY_MAC";
                    default -> "SIGN_VERIFY";
                };
        String made =
                Objects.requireNonNull(
                                caller.ask(
                                                KmsOperation.CREATE_KEY,
                                                "KeySpec",
                                                spec,
                                                "KeyUsage",
                                                usage,
                                                "Origin",
                                                origin)
                                        .keyMetadata())
                        .keyId();
        house.setState(caller.arn(made), Objects.requireNonNull(KeyState.ofWire(state)));
        assertThat(
                        caller.tried(operation, "KeyId", made)
                                .replace(caller.arn(made).toString(), "<arn>"))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "EnableKeyRotation",
                "DisableKeyRotation",
                "GetKeyRotationStatus",
                "ListKeyRotations",
                "RotateKeyOnDemand"
            })
    void anAliasIsNoKeyHere(String operation) {
        String expected = "InvalidArnException: Key Aliases are not supported for this operation.";
        assertThat(caller.tried(operation, "KeyId", "alias/unknown")).isEqualTo(expected);
        assertThat(caller.tried(operation, "KeyId", caller.alias("alias/x").toString()))
                .isEqualTo(expected);
        assertThat(caller.tried(operation, "KeyId", House.UNKNOWN_KEY))
                .isEqualTo(
                        "NotFoundException: Key '%s' does not exist"
                                .formatted(caller.arn(House.UNKNOWN_KEY)));
        assertThat(house.user(House.ACCOUNT, House.REGION).tried(operation, "KeyId", key))
                .startsWith("AccessDeniedException")
                .contains("kms:" + operation + " on resource: " + caller.arn(key));
    }

    @Test
    void aKeyThatNeverRotatedSaysSo() {
        assertThat(status())
                .isEqualTo(
                        new GetKeyRotationStatusResponse(
                                false, caller.arn(key).toString(), null, null, null));
    }

    @Test
    void enablingAgainStartsThePeriodAgain() {
        enable(100);
        house.advance(Duration.ofDays(99));
        enable(100);
        house.advance(Duration.ofDays(1));
        house.rotateWhatIsDue();
        assertThat(rotations()).isZero();
        assertThat(status().nextRotationDate()).isEqualTo(at(199));

        enable(365);
        assertThat(status().nextRotationDate()).isEqualTo(at(465));
        assertThat(status().rotationPeriodInDays()).isEqualTo(365);
        caller.ask(KmsOperation.ENABLE_KEY_ROTATION, "KeyId", key);
        assertThat(status().rotationPeriodInDays()).isEqualTo(365);
    }

    @Test
    void whatIsSwitchedOffDoesNotRotate() {
        enable(90);
        caller.ask(KmsOperation.DISABLE_KEY_ROTATION, "KeyId", key);
        caller.ask(KmsOperation.DISABLE_KEY_ROTATION, "KeyId", key);
        house.advance(Duration.ofDays(4000));
        house.rotateWhatIsDue();
        assertThat(rotations()).isZero();
        assertThat(status().keyRotationEnabled()).isFalse();
        assertThat(status().nextRotationDate()).isNull();
        assertThat(status().rotationPeriodInDays()).isNull();
    }

    @Test
    void aRotationOnDemandMakesNewMaterialCurrentAtOnceAndLeavesTheSchedule() {
        enable(90);
        String before = caller.describe(key).currentKeyMaterialId();
        byte[] old = caller.encrypt(key);
        house.advance(Duration.ofDays(10));
        assertThat(caller.ask(KmsOperation.ROTATE_KEY_ON_DEMAND, "KeyId", key).keyId())
                .isEqualTo(caller.arn(key).toString());

        String after = caller.describe(key).currentKeyMaterialId();
        assertThat(after).isNotEqualTo(before);
        assertThat(status().nextRotationDate()).isEqualTo(at(90));
        assertThat(status().onDemandRotationStartDate()).isNull();
        assertThat(materialOf(old)).isEqualTo(before);
        assertThat(materialOf(caller.encrypt(key))).isEqualTo(after);

        caller.ask(KmsOperation.DISABLE_KEY_ROTATION, "KeyId", key);
        assertThat(caller.describe(key).currentKeyMaterialId()).isEqualTo(after);
    }

    @Test
    void rotationsOnDemandEndAtTheLimit() {
        for (int i = 0; i < 25; i++) {
            caller.ask(KmsOperation.ROTATE_KEY_ON_DEMAND, "KeyId", key);
        }
        String last = caller.describe(key).currentKeyMaterialId();
        assertThat(caller.tried("RotateKeyOnDemand", "KeyId", key))
                .isEqualTo(
                        "LimitExceededException: The on-demand rotations limit has been reached for the given keyId."
                                + " No more on-demand rotations can be performed for this key: "
                                + caller.arn(key));
        assertThat(caller.describe(key).currentKeyMaterialId()).isEqualTo(last);
        assertThat(rotations()).isEqualTo(25);

        enable(90);
        house.advance(Duration.ofDays(90));
        house.rotateWhatIsDue();
        assertThat(rotations()).as("automatic ones have no limit").isEqualTo(26);
        assertThat(caller.tried("RotateKeyOnDemand", "KeyId", caller.newKey())).isEqualTo(House.OK);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            PT20M1S | ok
            PT20M   | ConflictException
            PT1S    | ConflictException
            PT0S    | ConflictException
            PT-5M   | ConflictException
            """)
    void anAutomaticRotationIsNotOvertaken(Duration left, String expected) {
        enable(90);
        house.advance(Duration.ofDays(90).minus(left));
        assertThat(caller.tried("RotateKeyOnDemand", "KeyId", key)).startsWith(expected);
        assertThat(rotations()).isEqualTo(expected.equals(House.OK) ? 1 : 0);
        house.rotateWhatIsDue();
        assertThat(caller.tried("RotateKeyOnDemand", "KeyId", key))
                .startsWith(left.isPositive() ? expected : House.OK);
    }

    @Test
    void aDisabledKeyKeepsItsSettingAndShowsNoDate() {
        enable(90);
        caller.ask(KmsOperation.DISABLE_KEY, "KeyId", key);
        assertThat(status().keyRotationEnabled()).isTrue();
        assertThat(status().rotationPeriodInDays()).isEqualTo(90);
        assertThat(status().nextRotationDate()).isNull();
        for (String operation :
                new String[] {"EnableKeyRotation", "DisableKeyRotation", "RotateKeyOnDemand"}) {
            assertThat(caller.tried(operation, "KeyId", key))
                    .isEqualTo("DisabledException: " + caller.arn(key) + " is disabled.");
        }
        caller.ask(KmsOperation.ENABLE_KEY, "KeyId", key);
        assertThat(status().nextRotationDate()).isEqualTo(at(90));
    }

    @Test
    void aKeyThatWaitsForItsDeletionShowsNoRotationUntilItIsCancelled() {
        enable(90);
        caller.ask(KmsOperation.SCHEDULE_KEY_DELETION, "KeyId", key);
        assertThat(status().keyRotationEnabled()).isFalse();
        assertThat(status().rotationPeriodInDays()).isNull();
        assertThat(status().nextRotationDate()).isNull();
        caller.ask(KmsOperation.CANCEL_KEY_DELETION, "KeyId", key);
        assertThat(status().keyRotationEnabled()).isTrue();
        caller.ask(KmsOperation.ENABLE_KEY, "KeyId", key);
        assertThat(status().nextRotationDate()).isEqualTo(at(90));
    }

    private void enable(int days) {
        caller.ask(KmsOperation.ENABLE_KEY_ROTATION, "KeyId", key, "RotationPeriodInDays", days);
    }

    private GetKeyRotationStatusResponse status() {
        return caller.ask(KmsOperation.GET_KEY_ROTATION_STATUS, "KeyId", key);
    }

    private int rotations() {
        return Objects.requireNonNull(
                        caller.ask(KmsOperation.LIST_KEY_ROTATIONS, "KeyId", key).rotations())
                .size();
    }

    private @Nullable String materialOf(byte[] ciphertext) {
        return caller.ask(KmsOperation.DECRYPT, "CiphertextBlob", ciphertext).keyMaterialId();
    }

    private static Instant at(int days) {
        return House.START.plus(Duration.ofDays(days));
    }
}
