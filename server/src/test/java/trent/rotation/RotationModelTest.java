package trent.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;
import trent.House;
import trent.api.Blob;
import trent.api.KeyState;
import trent.api.KmsOperation;
import trent.api.OriginType;
import trent.imported.ImportedMaterial;
import trent.name.Region;
import trent.store.Key;
import trent.store.KeyMaterial;

/**
 * Whatever happens to a multi-Region key, every ciphertext that was ever made opens in every Region
 * where the key is enabled, and names the material that it was made with.
 */
class RotationModelTest {

    private static final List<Region> REGIONS =
            List.of(House.REGION, House.OTHER_REGION, new Region("ap-southeast-2"));

    private enum Kind {
        ROTATE,
        ROTATION_ON,
        ROTATION_OFF,
        DISABLE,
        ENABLE,
        REPLICATE,
        MOVE_PRIMARY,
        IMPORT_NEXT,
        DAYS_PASS
    }

    /** One step, in the Region of this number. */
    record Step(Kind kind, int region) {}

    /** A ciphertext and the material that was current when it was made. */
    private record Made(Blob blob, @Nullable String materialId) {}

    @Property(tries = 150)
    @Tag("sqlite")
    void everyCiphertextOpensEverywhere(
            @ForAll("steps") List<Step> steps, @ForAll boolean imported) {
        opensEverywhere(steps, imported);
    }

    /** As often as an engine behind a wire has time for. */
    @Property(tries = 20)
    void everyCiphertextOpensEverywhereOnEachEngine(
            @ForAll("steps") List<Step> steps, @ForAll boolean imported) {
        opensEverywhere(steps, imported);
    }

    private static void opensEverywhere(List<Step> steps, boolean imported) {
        try (House house = new House()) {
            List<House.Caller> callers =
                    REGIONS.stream().map(region -> house.root(House.ACCOUNT, region)).toList();
            String key = newKey(house, callers.getFirst(), imported);
            List<Made> made = new ArrayList<>();
            int imports = 1;
            for (Step step : steps) {
                if (step.kind() == Kind.IMPORT_NEXT) {
                    imports += importNext(house, callers, key, imports + 1) ? 1 : 0;
                } else {
                    perform(house, callers, step, key);
                }
                for (House.Caller region : in(house, callers, key, KeyState.ENABLED)) {
                    made.add(encrypt(house, region, key));
                }
                assertThat(in(house, callers, key, null))
                        .as("one current material, the same in all Regions")
                        .allSatisfy(
                                region ->
                                        assertThat(current(house, region, key))
                                                .containsExactlyElementsOf(
                                                        current(house, callers.getFirst(), key)));
            }
            callers.forEach(region -> region.tried("EnableKey", "KeyId", key));
            List<House.Caller> enabled = in(house, callers, key, KeyState.ENABLED);
            assertThat(enabled).isNotEmpty();
            for (House.Caller region : enabled) {
                for (Made each : made) {
                    var opened =
                            region.ask(KmsOperation.DECRYPT, "CiphertextBlob", each.blob().bytes());
                    assertThat(opened.keyMaterialId()).isEqualTo(each.materialId());
                    assertThat(Objects.requireNonNull(opened.plaintext()).bytes())
                            .containsExactly(42);
                }
            }
        }
    }

    private static String newKey(House house, House.Caller first, boolean imported) {
        if (!imported) {
            return Objects.requireNonNull(
                            first.ask(KmsOperation.CREATE_KEY, "MultiRegion", true).keyMetadata())
                    .keyId();
        }
        String key = ImportedMaterial.newKey(first, true);
        ImportedMaterial.importFirst(house, first.arn(key), 1, null);
        return key;
    }

    private static Made encrypt(House house, House.Caller region, String key) {
        Made one =
                new Made(
                        new Blob(region.encrypt(key)), region.describe(key).currentKeyMaterialId());
        assertThat(current(house, region, key)).containsExactly(one.materialId());
        return one;
    }

    private static void perform(House house, List<House.Caller> callers, Step step, String key) {
        House.Caller caller = callers.get(step.region());
        Region region = REGIONS.get(step.region());
        switch (step.kind()) {
            case ROTATE -> caller.tried("RotateKeyOnDemand", "KeyId", key);
            case ROTATION_ON ->
                    caller.tried("EnableKeyRotation", "KeyId", key, "RotationPeriodInDays", 90);
            case ROTATION_OFF -> caller.tried("DisableKeyRotation", "KeyId", key);
            case DISABLE -> caller.tried("DisableKey", "KeyId", key);
            case ENABLE -> caller.tried("EnableKey", "KeyId", key);
            case REPLICATE -> {
                for (House.Caller primary : callers) {
                    String outcome =
                            primary.tried(
                                    "ReplicateKey", "KeyId", key, "ReplicaRegion", region.value());
                    if (outcome.equals(House.OK)) {
                        importAll(house, primary, caller, key);
                    }
                }
            }
            case MOVE_PRIMARY -> {
                for (House.Caller primary : callers) {
                    primary.tried(
                            "UpdatePrimaryRegion", "KeyId", key, "PrimaryRegion", region.value());
                }
            }
            case DAYS_PASS -> {
                house.advance(Duration.ofDays(50));
                house.rotateWhatIsDue();
            }
            case IMPORT_NEXT -> throw new IllegalArgumentException("not here");
        }
    }

    /** The owner brings all material to a new replica, if it is the owner's. */
    private static void importAll(House house, House.Caller from, House.Caller to, String key) {
        if (to.describe(key).keyState() != KeyState.PENDING_IMPORT) {
            return;
        }
        house.store()
                .write(
                        tx -> {
                            tx.materials()
                                    .of(from.arn(key))
                                    .all()
                                    .forEach(
                                            material ->
                                                    tx.materials()
                                                            .put(
                                                                    to.arn(key),
                                                                    material.facts(),
                                                                    material.secret()));
                            return true;
                        });
        house.setState(to.arn(key), KeyState.ENABLED);
    }

    /** The owner brings new material to all Regions, if no other waits. */
    private static boolean importNext(
            House house, List<House.Caller> callers, String key, int value) {
        List<House.Caller> existing = in(house, callers, key, null);
        House.Caller first = existing.getFirst();
        if (first.describe(key).origin() == OriginType.AWS_KMS
                || house.store()
                        .read(tx -> tx.materials().known(first.arn(key)).pending() != null)) {
            return false;
        }
        existing.forEach(
                region -> ImportedMaterial.importNext(house, region.arn(key), value, null));
        return true;
    }

    /** The ids of the materials that are current: one. */
    private static Set<String> current(House house, House.Caller region, String key) {
        Set<String> ids = new TreeSet<>();
        house.store().materials(region.arn(key)).all().stream()
                .filter(each -> each.state() == KeyMaterial.State.CURRENT)
                .forEach(each -> ids.add(each.id()));
        assertThat(ids).hasSize(1);
        return ids;
    }

    /** The Regions in which the key is in the state, or is at all. */
    private static List<House.Caller> in(
            House house, List<House.Caller> callers, String key, @Nullable KeyState state) {
        return callers.stream()
                .filter(
                        region -> {
                            Key found = house.store().key(region.arn(key));
                            return found != null && (state == null || found.state() == state);
                        })
                .toList();
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Kind> kinds =
                Arbitraries.frequencyOf(
                        Tuple.of(6, Arbitraries.of(Kind.ROTATE, Kind.IMPORT_NEXT, Kind.DAYS_PASS)),
                        Tuple.of(2, Arbitraries.of(Kind.ROTATION_ON, Kind.ROTATION_OFF)),
                        Tuple.of(2, Arbitraries.of(Kind.REPLICATE, Kind.MOVE_PRIMARY)),
                        Tuple.of(2, Arbitraries.of(Kind.DISABLE, Kind.ENABLE)));
        return Combinators.combine(kinds, Arbitraries.integers().between(0, REGIONS.size() - 1))
                .as(Step::new)
                .list()
                .ofMaxSize(25);
    }
}
