package trent;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The shape of the house: arrows run one way, and what one room is for stays in it. */
class ArchitectureTest {

    /**
     * From the lowest to the highest, as ARCHITECTURE.md lists them: a room uses only rooms before
     * it. The main class is above all.
     */
    private static final List<String> ROOMS = listed();

    /** Rooms that speak of keys and callers, not of protocols and tables. */
    private static final String[] DOMAIN =
            packages(
                    "name",
                    "call",
                    "language",
                    "crypto",
                    "seal",
                    "access",
                    "key",
                    "imported",
                    "rotation",
                    "tag",
                    "policy",
                    "lifecycle",
                    "multiregion",
                    "alias",
                    "use",
                    "grant");

    private static final String MAIN_CLASS = "the main class";

    private static final JavaClasses HOUSE =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_JARS)
                    .withImportOption(location -> !location.contains("trent/api/"))
                    .withImportOption(location -> !location.contains("trent/testing/"))
                    .importPackages("trent");

    static Stream<String> rooms() {
        return ROOMS.stream();
    }

    @Test
    void everyClassIsInARoom() {
        Set<String> known = new TreeSet<>(ROOMS);
        known.add(MAIN_CLASS);
        Set<String> found = new TreeSet<>();
        HOUSE.forEach(type -> found.add(room(type)));
        assertThat(found).as("the rooms of ARCHITECTURE.md").isEqualTo(known);
    }

    @ParameterizedTest
    @MethodSource("rooms")
    void aRoomUsesOnlyRoomsBeforeIt(String room) {
        List<String> later = ROOMS.subList(ROOMS.indexOf(room) + 1, ROOMS.size());
        noClasses()
                .that(resideInAnyPackage(packages(room)))
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage(packages(later.toArray(String[]::new)))
                                .or(
                                        describe(
                                                "are the main class",
                                                type -> room(type).equals(MAIN_CLASS))))
                .check(HOUSE);
    }

    @Test
    void theDomainKnowsNoNetworkAndNoSql() {
        noClasses()
                .that(resideInAnyPackage(DOMAIN))
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage(
                                "io.netty..", "java.net.http..", "java.sql..", "javax.sql.."))
                .check(HOUSE);
    }

    @Test
    void onlyPoliciesSeedsControlsAndTheWireReadJson() {
        noClasses()
                .that(
                        resideInAnyPackage(
                                allBut("access", "crypto", "dev", "language", "seed", "wire")))
                .should()
                .dependOnClassesThat(resideInAnyPackage("com.fasterxml.jackson.."))
                .check(HOUSE);
        classes()
                .that(resideInAnyPackage("trent.access", "trent.language").and(useJson()))
                .should()
                .haveSimpleName("PolicyReader")
                .orShould()
                .haveSimpleName("PrincipalTexts")
                .check(HOUSE);
        // Jackson reads CBOR too, in which attestation documents are written.
        classes()
                .that(resideInAnyPackage("trent.crypto..").and(useJson()))
                .should()
                .haveSimpleName("Cbor")
                .check(HOUSE);
    }

    @Test
    void onlyTheStoreSpeaksSql() {
        noClasses()
                .that(resideInAnyPackage(allBut("store")))
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("java.sql..", "javax.sql..", "org.sqlite.."))
                .check(HOUSE);
    }

    /** Random bytes come from Entropy, time from an InstantSource: a test can give both. */
    @Test
    void chanceAndTimeAreGiven() {
        noClasses()
                .should()
                .dependOnClassesThat(
                        describe(
                                "make chance of their own",
                                type ->
                                        type.isEquivalentTo(Random.class)
                                                || type.isEquivalentTo(SplittableRandom.class)
                                                || type.isEquivalentTo(ThreadLocalRandom.class)))
                .check(HOUSE);
        noClasses()
                .should()
                .accessTargetWhere(
                        describe(
                                "is random(), randomUUID(), currentTimeMillis() or now()",
                                ArchitectureTest::isChanceOrTime))
                .check(HOUSE);
    }

    /** Java's exception of this name would be a fault of ours, where AWS's is an answer. */
    @Test
    void unsupportedOperationIsAlwaysTheAnswer() {
        noClasses()
                .should()
                .dependOnClassesThat(
                        describe(
                                "are java.lang.UnsupportedOperationException",
                                type ->
                                        type.getName()
                                                .equals("java.lang.UnsupportedOperationException")))
                .check(HOUSE);
    }

    private static boolean isChanceOrTime(JavaAccess<?> access) {
        String name = access.getTarget().getName();
        String owner = access.getTargetOwner().getName();
        return (name.equals("now") && owner.startsWith("java.time."))
                || (name.equals("random") && owner.startsWith("java.lang."))
                || (name.equals("randomUUID") && owner.equals("java.util.UUID"))
                || (name.equals("currentTimeMillis") && owner.equals("java.lang.System"));
    }

    private static DescribedPredicate<JavaClass> useJson() {
        return describe(
                "use JSON",
                type ->
                        type.getDirectDependenciesFromSelf().stream()
                                .anyMatch(
                                        to ->
                                                to.getTargetClass()
                                                        .getPackageName()
                                                        .startsWith("com.fasterxml")));
    }

    /**
     * The picture's lines below the folder of the server: a name and a slash, and what it is for.
     */
    private static List<String> listed() {
        Path picture = Path.of(System.getProperty("trent.home"), "ARCHITECTURE.md");
        try (Stream<String> lines = Files.lines(picture)) {
            return lines.dropWhile(line -> !line.startsWith("server/src/main/java/trent/"))
                    .skip(1)
                    .takeWhile(line -> line.startsWith("    "))
                    .filter(line -> line.matches(" {4}[a-z]+/ .*"))
                    .map(line -> line.substring(4, line.indexOf('/')))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String room(JavaClass type) {
        String[] parts = type.getPackageName().split("\\.", -1);
        if (!parts[0].equals("trent")) {
            return "a library";
        }
        return parts.length == 1 ? MAIN_CLASS : parts[1];
    }

    private static String[] packages(String... rooms) {
        return Stream.of(rooms).map(room -> "trent." + room + "..").toArray(String[]::new);
    }

    /** All rooms but these, and the main class. */
    private static String[] allBut(String... rooms) {
        Set<String> without = Set.of(rooms);
        Stream<String> others =
                ROOMS.stream()
                        .filter(room -> !without.contains(room))
                        .map(room -> "trent." + room + "..");
        return Stream.concat(Stream.of("trent"), others).toArray(String[]::new);
    }
}
