package trent.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import trent.House;
import trent.api.ExpirationModelType;
import trent.api.KmsOperation;
import trent.api.ListKeyRotationsResponse;
import trent.api.RotationsListEntry;
import trent.imported.ImportedMaterial;
import trent.key.Page;
import trent.store.Key.Expiration;

/** The list of a key's materials. Source: AWS KMS API Reference, ListKeyRotations. */
class ListKeyRotationsTest {

    private static final Instant LATER = House.START.plus(Duration.ofDays(30));

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

    @Test
    void aNewKeyHasNoRotationsAndOneMaterial() {
        ListKeyRotationsResponse reply = list();
        assertThat(reply.rotations()).isEmpty();
        assertThat(reply.truncated()).isFalse();
        assertThat(reply.nextMarker()).isNull();
        assertThat(list("IncludeKeyMaterial", "ROTATIONS_ONLY").rotations()).isEmpty();
        assertThat(lines("IncludeKeyMaterial", "ALL_KEY_MATERIAL"))
                .containsExactly("1 CURRENT null null");
    }

    @Test
    void theOldestComesFirst() {
        caller.ask(KmsOperation.ENABLE_KEY_ROTATION, "KeyId", key, "RotationPeriodInDays", 90);
        house.advance(Duration.ofDays(1));
        caller.ask(KmsOperation.ROTATE_KEY_ON_DEMAND, "KeyId", key);
        house.advance(Duration.ofDays(89));
        house.rotateWhatIsDue();
        String onDemand = "2026-01-03T03:04:05.678Z";
        String automatic = "2026-04-02T03:04:05.678Z";
        assertThat(lines())
                .containsExactly(
                        "2 NON_CURRENT ON_DEMAND " + onDemand, "3 CURRENT AUTOMATIC " + automatic);
        assertThat(lines("IncludeKeyMaterial", "ALL_KEY_MATERIAL"))
                .containsExactly(
                        "1 NON_CURRENT null null",
                        "2 NON_CURRENT ON_DEMAND " + onDemand,
                        "3 CURRENT AUTOMATIC " + automatic);
        assertThat(entries("IncludeKeyMaterial", "ALL_KEY_MATERIAL"))
                .allSatisfy(
                        entry -> {
                            assertThat(entry.keyId()).isEqualTo(caller.arn(key).toString());
                            assertThat(entry.importState()).isNull();
                            assertThat(entry.expirationModel()).isNull();
                            assertThat(entry.validTo()).isNull();
                            assertThat(entry.keyMaterialDescription()).isNull();
                        });
    }

    @Test
    void importedMaterialShowsWhetherAndHowLongItIsPresent() {
        key = ImportedMaterial.newKey(caller, false);
        assertThat(lines("IncludeKeyMaterial", "ALL_KEY_MATERIAL")).isEmpty();
        Expiration never = new Expiration(ExpirationModelType.KEY_MATERIAL_DOES_NOT_EXPIRE, null);
        Expiration soon = new Expiration(ExpirationModelType.KEY_MATERIAL_EXPIRES, LATER);
        String first = ImportedMaterial.importFirst(house, caller.arn(key), 1, never);
        ImportedMaterial.importNext(house, caller.arn(key), 2, soon);
        assertThat(imported())
                .containsExactly(
                        "CURRENT IMPORTED KEY_MATERIAL_DOES_NOT_EXPIRE null value 1 null",
                        "PENDING_ROTATION IMPORTED KEY_MATERIAL_EXPIRES %s value 2 null"
                                .formatted(LATER));
        assertThat(lines()).as("neither came by a rotation").isEmpty();

        caller.ask(KmsOperation.ROTATE_KEY_ON_DEMAND, "KeyId", key);
        ImportedMaterial.forget(house, caller.arn(key), first);
        assertThat(imported())
                .containsExactly(
                        "NON_CURRENT PENDING_IMPORT null null value 1 null",
                        "CURRENT IMPORTED KEY_MATERIAL_EXPIRES %s value 2 ON_DEMAND"
                                .formatted(LATER));
        assertThat(lines()).containsExactly("2 CURRENT ON_DEMAND " + House.START);
    }

    @Test
    void pagesFollowOneAnother() {
        for (int i = 0; i < 5; i++) {
            house.advance(Duration.ofDays(1));
            caller.ask(KmsOperation.ROTATE_KEY_ON_DEMAND, "KeyId", key);
        }
        for (String include : List.of("ROTATIONS_ONLY", "ALL_KEY_MATERIAL")) {
            List<String> whole = lines("IncludeKeyMaterial", include);
            for (int limit = 1; limit <= 7; limit++) {
                List<String> pages = new ArrayList<>();
                String marker = null;
                do {
                    ListKeyRotationsResponse page =
                            list("IncludeKeyMaterial", include, "Limit", limit, "Marker", marker);
                    assertThat(page.rotations()).hasSizeBetween(1, limit);
                    assertThat(page.truncated()).isEqualTo(page.nextMarker() != null);
                    pages.addAll(lines(page));
                    marker = page.nextMarker();
                } while (marker != null);
                assertThat(pages).as("%s by %d", include, limit).isEqualTo(whole);
            }
        }
    }

    @Test
    void markersAndLimitsAreChecked() {
        caller.ask(KmsOperation.ROTATE_KEY_ON_DEMAND, "KeyId", key);
        caller.ask(KmsOperation.ROTATE_KEY_ON_DEMAND, "KeyId", key);
        String marker = Objects.requireNonNull(list("Limit", 1).nextMarker());
        assertThat(tried("Marker", marker)).isEqualTo(House.OK);
        for (String bad : List.of("x", "AAAA", marker + "A", marker.substring(1))) {
            assertThat(tried("Marker", bad)).as(bad).isEqualTo("InvalidMarkerException");
        }
        String ofAnother =
                Page.of(KmsOperation.LIST_KEYS, List.of("1", "2"), 1, text -> text).next();
        assertThat(tried("Marker", ofAnother)).isEqualTo("InvalidMarkerException");
        String noNumber =
                Page.of(KmsOperation.LIST_KEY_ROTATIONS, List.of("a", "b"), 1, text -> text).next();
        assertThat(tried("Marker", noNumber)).isEqualTo("InvalidMarkerException");

        assertThat(tried("Limit", 0)).contains("at 'limit'", "greater than or equal to 1");
        assertThat(tried("Limit", 1001)).contains("at 'limit'", "less than or equal to 1000");
        assertThat(tried("Limit", 1000)).isEqualTo(House.OK);
        assertThat(tried("IncludeKeyMaterial", "SOME"))
                .startsWith("ValidationException")
                .contains("at 'includeKeyMaterial'", "[ALL_KEY_MATERIAL, ROTATIONS_ONLY]");
    }

    private String tried(@Nullable Object... members) {
        return caller.tried("ListKeyRotations", with(members));
    }

    private ListKeyRotationsResponse list(@Nullable Object... members) {
        return caller.ask(KmsOperation.LIST_KEY_ROTATIONS, with(members));
    }

    private List<RotationsListEntry> entries(@Nullable Object... members) {
        return Objects.requireNonNull(list(members).rotations());
    }

    /** Number of the material, state, type and date. */
    private List<String> lines(@Nullable Object... members) {
        return lines(list(members));
    }

    private List<String> lines(ListKeyRotationsResponse page) {
        List<String> ids = ImportedMaterial.ids(house, caller.arn(key));
        return Objects.requireNonNull(page.rotations()).stream()
                .map(
                        entry ->
                                "%d %s %s %s"
                                        .formatted(
                                                1 + ids.indexOf(entry.keyMaterialId()),
                                                Objects.requireNonNull(entry.keyMaterialState())
                                                        .wire(),
                                                entry.rotationType() == null
                                                        ? null
                                                        : entry.rotationType().wire(),
                                                entry.rotationDate()))
                .toList();
    }

    private List<String> imported() {
        return entries("IncludeKeyMaterial", "ALL_KEY_MATERIAL").stream()
                .map(
                        entry ->
                                "%s %s %s %s %s %s"
                                        .formatted(
                                                Objects.requireNonNull(entry.keyMaterialState())
                                                        .wire(),
                                                Objects.requireNonNull(entry.importState()).wire(),
                                                entry.expirationModel() == null
                                                        ? null
                                                        : entry.expirationModel().wire(),
                                                entry.validTo(),
                                                entry.keyMaterialDescription(),
                                                entry.rotationType() == null
                                                        ? null
                                                        : entry.rotationType().wire()))
                .toList();
    }

    private @Nullable Object[] with(@Nullable Object... members) {
        List<@Nullable Object> all = new ArrayList<>(List.of("KeyId", key));
        for (Object member : members) {
            all.add(member);
        }
        return all.toArray();
    }
}
