package trent.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import trent.api.AccessDeniedException;
import trent.call.Action;
import trent.call.Call;
import trent.name.AliasArn;
import trent.name.Arn;
import trent.name.KeyArn;
import trent.name.KeyId;

/** Another account's key, alias or ciphertext: whether it exists, no answer and no step tells. */
class HiddenKeysTest {

    private static final KeyArn MISSING =
            new KeyArn(Scene.REGION, Scene.A, new KeyId("99999999-9999-4999-8999-999999999999"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Allow kms:*",
                "Deny kms:*",
                "Allow kms:* on arn:aws:kms:us-east-2:111122223333:key/*",
                "Allow kms:* on arn:aws:kms:*:*:key/11111111-*",
                "Deny kms:* on arn:aws:kms:*:*:key/11111111-*; Allow kms:*",
                "Allow kms:*; Deny kms:* if StringEquals aws:ResourceTag/secret yes",
                "Allow kms:* if StringEquals aws:ResourceTag/secret yes",
                "Allow kms:* if StringNotEquals aws:ResourceTag/secret no",
                "Allow kms:* if ForAnyValue:StringLike kms:ResourceAliases alias/*",
                "Allow kms:*; Deny kms:* if ForAllValues:StringLike kms:ResourceAliases alias/x",
                "Allow kms:* if StringEquals kms:KeySpec SYMMETRIC_DEFAULT",
                "Allow kms:*; Deny kms:* if Bool kms:MultiRegion false",
                "Allow kms:* if StringEquals kms:EncryptionContext:a 1",
                "Allow kms:* if StringEquals kms:RequestAlias alias/x",
                "Allow kms:* if StringEquals aws:ResourceAccount 111122223333",
                "Allow kms:* if Bool kms:ReEncryptOnSameKey true"
            })
    void theAnswersAreTheSame(String identity) {
        for (String keyPolicy : List.of("Allow accountA kms:*", "Deny * kms:*")) {
            Scene scene = new Scene();
            scene.keyPolicies.put(Scene.K.arn(), Scene.keyPolicy(keyPolicy));
            scene.tags.put(Scene.K.arn(), Map.of("secret", "yes"));
            scene.aliases(Scene.K, "alias/x");
            scene.identity(
                    Scene.BOB, identity.isEmpty() ? List.of() : List.of(identity), null, Map.of());
            // The same id with other digits: the request's own ARN may count, and differs.
            if (!identity.contains("key/1111")) {
                assertThat(of(scene, new Details().encryptionContext(Map.of("a", "1"))))
                        .isEqualTo(
                                hidden(
                                        scene,
                                        new Details().encryptionContext(Map.of("a", "1")),
                                        MISSING));
            }
            AliasArn alias = Scene.alias("alias/x");
            assertThat(of(scene, new Details().with(Detail.REQUEST_ALIAS, "alias/x")))
                    .isEqualTo(
                            hidden(
                                    scene,
                                    new Details().with(Detail.REQUEST_ALIAS, "alias/x"),
                                    alias));
            String byCiphertext = of(scene, new Details().fromCiphertext());
            assertThat(byCiphertext)
                    .isEqualTo(
                            scene.access
                                    .hiddenByCiphertext(
                                            call(),
                                            Scene.action("Decrypt"),
                                            new Details().fromCiphertext(),
                                            MISSING)
                                    .getMessage())
                    .contains(" on the resource associated with this ciphertext ");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Allow kms:*",
                "Deny kms:*",
                "Allow kms:* if StringEquals aws:ResourceTag/secret yes",
                "Allow kms:* if ForAnyValue:StringLike kms:ResourceAliases alias/*"
            })
    void theStepsAreTheSame(String identity) {
        Scene scene = new Scene();
        scene.identity(
                Scene.BOB, identity.isEmpty() ? List.of() : List.of(identity), null, Map.of());
        String _ = of(scene, new Details());
        List<String> existing = List.copyOf(scene.lookUps);
        scene.lookUps.clear();
        String _ = hidden(scene, new Details(), MISSING);
        assertThat(scene.lookUps).isEqualTo(existing).contains("policy");
    }

    @Test
    void noWordDependsOnAnAttributeOfTheKey() {
        Scene scene = new Scene();
        scene.identity(
                Scene.BOB,
                List.of("Allow kms:*; Deny kms:* if Bool kms:MultiRegion false"),
                null,
                Map.of());
        assertThat(of(scene, new Details())).endsWith("explicitly denies access");
        assertThat(hidden(scene, new Details(), MISSING)).endsWith("explicitly denies access");

        // Of a source key that does not exist it is not known whether it is the destination.
        scene.identity(
                Scene.BOB,
                List.of("Allow kms:* if Bool kms:ReEncryptOnSameKey true"),
                null,
                Map.of());
        Details same = new Details().with(Detail.RE_ENCRYPT_ON_SAME_KEY, "true");
        String existing =
                scene.access
                        .hidden(call(), Action.RE_ENCRYPT_FROM, same, Scene.K.arn(), Scene.K.arn())
                        .getMessage();
        assertThat(existing)
                .isEqualTo(
                        scene.access
                                .hidden(
                                        call(),
                                        Action.RE_ENCRYPT_FROM,
                                        new Details(),
                                        MISSING,
                                        MISSING)
                                .getMessage());
    }

    private static String of(Scene scene, Details details) {
        AccessDeniedException denied =
                catchThrowableOfType(
                        AccessDeniedException.class,
                        () ->
                                scene.access.require(
                                        call(), Scene.action("Decrypt"), Scene.K, details));
        return Objects.requireNonNull(denied.getMessage());
    }

    private static String hidden(Scene scene, Details details, Arn named) {
        return Objects.requireNonNull(
                scene.access
                        .hidden(call(), Scene.action("Decrypt"), details, named, MISSING)
                        .getMessage());
    }

    private static Call call() {
        return Scene.call(Scene.BOB);
    }
}
