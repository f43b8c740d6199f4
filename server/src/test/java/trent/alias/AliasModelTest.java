package trent.alias;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
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

/**
 * Any sequence of changes leaves the service as it leaves a map: the same answers,
 * and the same aliases.
 */
class AliasModelTest {

    private static final int KEYS = 3;

    private enum Kind {
        CREATE,
        MOVE,
        DELETE,
        LOOK,
        SCHEDULE,
        CANCEL,
        DAYS_PASS
    }

    /** One step; alias and key are numbers of few, so that steps meet. */
    record Step(Kind kind, int alias, int key) {}

    /** The service as three maps. */
    private static final class Model {

        private record Target(String key, Instant created, Instant updated) {}

        private final Map<String, Target> aliases = new TreeMap<>();

        /**
         * Key id → when it will be deleted, null while it is not to be; a deleted key has no entry.
         */
        private final Map<String, @Nullable Instant> keys = new HashMap<>();

        String answer(Step step, String alias, String key, House.Caller caller, Instant now) {
            String unknownKey = "NotFoundException: Key '" + caller.arn(key) + "' does not exist";
            String unknownAlias =
                    "NotFoundException: Alias " + caller.alias(alias) + " is not found.";
            String pending =
                    "KMSInvalidStateException: " + caller.arn(key) + " is pending deletion.";
            boolean exists = keys.containsKey(key);
            boolean isPending = keys.get(key) != null;
            Target target = aliases.get(alias);
            return switch (step.kind()) {
                case CREATE -> {
                    if (!exists) {
                        yield unknownKey;
                    }
                    if (isPending) {
                        yield pending;
                    }
                    if (target != null) {
                        yield "AlreadyExistsException: An alias with the name "
                                + caller.alias(alias)
                                + " already exists";
                    }
                    aliases.put(alias, new Target(key, now, now));
                    yield House.OK;
                }
                case MOVE -> {
                    if (target == null) {
                        yield unknownAlias;
                    }
                    if (!exists) {
                        yield unknownKey;
                    }
                    if (isPending) {
                        yield pending;
                    }
                    aliases.put(alias, new Target(key, target.created(), now));
                    yield House.OK;
                }
                case DELETE -> aliases.remove(alias) == null ? unknownAlias : House.OK;
                case LOOK -> target == null ? unknownAlias : target.key();
                case SCHEDULE -> {
                    if (!exists) {
                        yield unknownKey;
                    }
                    if (isPending) {
                        yield pending;
                    }
                    keys.put(key, now.plus(Duration.ofDays(7)));
                    yield House.OK;
                }
                case CANCEL -> {
                    if (!exists) {
                        yield unknownKey;
                    }
                    if (!isPending) {
                        yield pending.replace("is pending", "is not pending");
                    }
                    keys.put(key, null);
                    yield House.OK;
                }
                case DAYS_PASS -> {
                    keys.values().removeIf(deletion -> deletion != null && !deletion.isAfter(now));
                    aliases.values().removeIf(alive -> !keys.containsKey(alive.key()));
                    yield House.OK;
                }
            };
        }

        List<String> listed() {
            return aliases.entrySet().stream()
                    .map(
                            e ->
                                    "%s %s %s %s"
                                            .formatted(
                                                    e.getKey(),
                                                    e.getValue().key(),
                                                    e.getValue().created(),
                                                    e.getValue().updated()))
                    .toList();
        }

        List<String> namesOf(String key) {
            return aliases.entrySet().stream()
                    .filter(e -> e.getValue().key().equals(key))
                    .map(Map.Entry::getKey)
                    .toList();
        }
    }

    @Property(tries = 400)
    @Tag("sqlite")
    void theServiceIsAMap(@ForAll("steps") List<Step> steps) {
        isAMap(steps);
    }

    /** As often as an engine behind a wire has time for. */
    @Property(tries = 40)
    void theServiceIsAMapOnEachEngine(@ForAll("steps") List<Step> steps) {
        isAMap(steps);
    }

    private static void isAMap(List<Step> steps) {
        try (House house = new House()) {
            House.Caller caller = house.caller();
            List<String> keys = IntStream.range(0, KEYS).mapToObj(_ -> caller.newKey()).toList();
            Model model = new Model();
            keys.forEach(key -> model.keys.put(key, null));
            for (Step step : steps) {
                String alias = "alias/" + step.alias();
                String key = keys.get(step.key());
                house.advance(
                        step.kind() == Kind.DAYS_PASS ? Duration.ofDays(4) : Duration.ofSeconds(1));
                String expected = model.answer(step, alias, key, caller, house.now());
                assertThat(answer(house, caller, step, alias, key))
                        .as(step.toString())
                        .isEqualTo(expected);
                assertThat(listed(caller)).isEqualTo(model.listed());
                for (String each : keys) {
                    if (model.keys.containsKey(each)) {
                        assertThat(caller.aliasNames("KeyId", each)).isEqualTo(model.namesOf(each));
                    }
                }
            }
        }
    }

    private static String answer(
            House house, House.Caller caller, Step step, String alias, String key) {
        return switch (step.kind()) {
            case CREATE -> caller.tried("CreateAlias", "AliasName", alias, "TargetKeyId", key);
            case MOVE -> caller.tried("UpdateAlias", "AliasName", alias, "TargetKeyId", key);
            case DELETE -> caller.tried("DeleteAlias", "AliasName", alias);
            case LOOK -> {
                String outcome = caller.tried("DescribeKey", "KeyId", alias);
                yield outcome.equals(House.OK) ? caller.describe(alias).keyId() : outcome;
            }
            case SCHEDULE ->
                    caller.tried("ScheduleKeyDeletion", "KeyId", key, "PendingWindowInDays", 7);
            case CANCEL -> caller.tried("CancelKeyDeletion", "KeyId", key);
            case DAYS_PASS -> {
                house.deleteWhatIsDue();
                yield House.OK;
            }
        };
    }

    private static List<String> listed(House.Caller caller) {
        return caller.aliases().stream()
                .map(
                        a ->
                                "%s %s %s %s"
                                        .formatted(
                                                a.aliasName(),
                                                a.targetKeyId(),
                                                a.creationDate(),
                                                a.lastUpdatedDate()))
                .toList();
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Kind> kinds =
                Arbitraries.frequencyOf(
                        Tuple.of(6, Arbitraries.of(Kind.CREATE, Kind.MOVE)),
                        Tuple.of(2, Arbitraries.of(Kind.DELETE, Kind.LOOK)),
                        Tuple.of(2, Arbitraries.of(Kind.SCHEDULE, Kind.CANCEL, Kind.DAYS_PASS)));
        return Combinators.combine(
                        kinds,
                        Arbitraries.integers().between(0, 4),
                        Arbitraries.integers().between(0, KEYS - 1))
                .as(Step::new)
                .list()
                .ofMaxSize(40);
    }
}
