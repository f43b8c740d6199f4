package trent.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import trent.access.KmsActions.Row;
import trent.api.GrantOperation;
import trent.api.KmsOperation;
import trent.call.Action;

/**
 * The table of actions against the reference's, row by row: resource, whether it works on other
 * accounts' keys, whether grants give it, and the condition keys beyond the base set.
 */
class KmsActionsTest {

    private static final Set<String> BASE =
            Set.of(
                    "aws:ResourceAccount",
                    "aws:ResourceTag/",
                    "kms:CallerAccount",
                    "kms:CustomerMasterKeySpec",
                    "kms:CustomerMasterKeyUsage",
                    "kms:KeyOrigin",
                    "kms:KeySpec",
                    "kms:KeyUsage",
                    "kms:MultiRegion",
                    "kms:MultiRegionKeyType",
                    "kms:ResourceAliases");

    /** Numbers as in the reference's list below its table. */
    private static final String LIST =
            """
            1: kms:RequestAlias
            2: kms:EncryptionAlgorithm kms:EncryptionContext: kms:EncryptionContextKeys
            3: kms:RecipientAttestation:
            4: kms:DataKeyPairSpec
            5: kms:ReEncryptOnSameKey
            6: kms:MessageType kms:SigningAlgorithm
            7: kms:MacAlgorithm
            8: kms:KeyAgreementAlgorithm
            9: kms:EncryptionContext: kms:EncryptionContextKeys kms:GrantConstraintType kms:GranteePrincipal \
            kms:GrantIsForAWSResource kms:GrantOperations kms:RetiringPrincipal
            10: kms:GrantIsForAWSResource
            11: kms:EncryptionContext: kms:EncryptionContextKeys kms:GrantConstraintType
            12: kms:TrailingDaysWithoutKeyUsage
            13: kms:ScheduleKeyDeletionPendingWindowInDays
            14: kms:RotationPeriodInDays
            15: kms:WrappingAlgorithm kms:WrappingKeySpec
            16: kms:ExpirationModel kms:ValidTo
            17: kms:BypassPolicyLockoutSafetyCheck
            18: aws:RequestTag/ aws:TagKeys
            19: kms:ReplicaRegion
            20: kms:PrimaryRegion
            21: kms:CallerAccount aws:ResourceAccount
            22: kms:CallerAccount kms:KeyOrigin kms:KeySpec kms:KeyUsage kms:MultiRegion kms:MultiRegionKeyType \
            aws:ResourceTag/ kms:CustomerMasterKeySpec kms:CustomerMasterKeyUsage
            23: aws:TagKeys
            24: kms:CallerAccount
            """;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    Encrypt                             | K I G | yes | 1 2
                    Decrypt                             | K I G | yes | 1 2 3
                    GenerateDataKey                     | K I G | yes | 1 2 3
                    GenerateDataKeyWithoutPlaintext     | K I G | yes | 1 2
                    GenerateDataKeyPair                 | K I G | yes | 1 2 3 4
                    GenerateDataKeyPairWithoutPlaintext | K I G | yes | 1 2 4
                    ReEncryptFrom                       | K I G | yes | 1 2 5
                    ReEncryptTo                         | K I G | yes | 1 2 5
                    Sign                                | K I G | yes | 1 6
                    Verify                              | K I G | yes | 1 6
                    GenerateMac                         | K I G | yes | 1 7
                    VerifyMac                           | K I G | yes | 1 7
                    DeriveSharedSecret                  | K I G | yes | 1 3 8
                    DescribeKey                         | K I G | yes | 1
                    GetPublicKey                        | K I G | yes | 1
                    CreateGrant                         | K I G | yes | 9
                    ListGrants                          | K I   | yes | 10
                    RevokeGrant                         | K I   | yes | 10
                    RetireGrant                         | G     | yes | 11
                    GetKeyRotationStatus                | K I   | yes |
                    CancelKeyDeletion                   | K I   | no  |
                    DeleteImportedKeyMaterial           | K I   | no  |
                    DisableKeyRotation                  | K I   | no  |
                    EnableKey                           | K I   | no  |
                    GetKeyLastUsage                     | K I   | no  |
                    GetKeyPolicy                        | K I   | no  |
                    ListKeyPolicies                     | K I   | no  |
                    ListKeyRotations                    | K I   | no  |
                    ListResourceTags                    | K I   | no  |
                    RotateKeyOnDemand                   | K I   | no  |
                    UpdateKeyDescription                | K I   | no  |
                    DisableKey                          | K I   | no  | 12
                    ScheduleKeyDeletion                 | K I   | no  | 12 13
                    EnableKeyRotation                   | K I   | no  | 14
                    GetParametersForImport              | K I   | no  | 15
                    ImportKeyMaterial                   | K I   | no  | 16
                    PutKeyPolicy                        | K I   | no  | 17
                    TagResource                         | K I   | no  | 18
                    UntagResource                       | K I   | no  | 23
                    ReplicateKey                        | K I   | no  | 19
                    UpdatePrimaryRegion                 | K I   | no  | 20
                    CreateAlias                         | K I   | no  |
                    DeleteAlias                         | K I   | no  |
                    UpdateAlias                         | K I   | no  |
                    SynchronizeMultiRegionKey           | K I   | no  |
                    """)
    void onAKey(String name, String sources, String abroad, String numbers) {
        Row row = KmsActions.onKey(Scene.action(name));
        assertThat(row.name()).isEqualTo("kms:" + name);
        assertThat(row.worksAbroad()).isEqualTo(abroad.equals("yes"));
        assertThat(row.grantable() != null).isEqualTo(sources.contains("G"));
        Set<String> expected = listed(numbers);
        expected.addAll(BASE);
        assertThat(names(row)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    CreateKey                | 17 18 22
                    TagResource              | 17 18 22
                    GenerateRandom           | 3
                    ListAliases              |
                    ListKeys                 |
                    ListRetirableGrants      |
                    ConnectCustomKeyStore    | 24
                    CreateCustomKeyStore     | 24
                    DeleteCustomKeyStore     | 24
                    DescribeCustomKeyStores  | 24
                    DisconnectCustomKeyStore | 24
                    UpdateCustomKeyStore     | 24
                    """)
    void anywhere(String name, String numbers) {
        Row row = KmsActions.anywhere(Scene.action(name));
        assertThat(names(row)).isEqualTo(listed(numbers));
    }

    @ParameterizedTest
    @ValueSource(strings = {"CreateAlias", "DeleteAlias", "UpdateAlias"})
    void onAnAlias(String name) {
        assertThat(names(KmsActions.onAlias(Scene.action(name)))).isEqualTo(listed("21"));
    }

    @Test
    void everyOperationIsCheckedOnSomething() {
        for (KmsOperation<?, ?> operation : KmsOperation.all()) {
            Stream<Action> actions =
                    operation.name().equals("ReEncrypt")
                            ? Stream.of(Action.RE_ENCRYPT_FROM, Action.RE_ENCRYPT_TO)
                            : Stream.of(Action.of(operation));
            assertThat(actions).allMatch(KmsActionsTest::isChecked);
        }
    }

    @Test
    void everyGrantOperationIsAnActionOnAKey() {
        for (GrantOperation operation : GrantOperation.values()) {
            assertThat(KmsActions.onKey(Scene.action(operation.wire())).grantable())
                    .isEqualTo(operation);
        }
    }

    @Test
    void anActionThatIsNotCheckedOnKeysIsAFaultOfOurs() {
        assertThatThrownBy(() -> KmsActions.onKey(Scene.action("ListKeys")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static boolean isChecked(Action action) {
        try {
            return KmsActions.onKey(action).facts() != 0;
        } catch (IllegalArgumentException _) {
            return KmsActions.anywhere(action).name().equals(action.name());
        }
    }

    private static Set<String> listed(String numbers) {
        Set<String> names = new TreeSet<>();
        if (numbers != null) {
            for (String number : numbers.split(" ", -1)) {
                String line =
                        LIST.lines()
                                .filter(each -> each.startsWith(number + ": "))
                                .findFirst()
                                .orElseThrow();
                names.addAll(Arrays.asList(line.substring(number.length() + 2).split(" ", -1)));
            }
        }
        return names;
    }

    private static Set<String> names(Row row) {
        return Arrays.stream(Fact.values())
                .filter(fact -> (row.facts() & fact.bit()) != 0)
                .map(Fact::wire)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
