package trent.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import trent.clients.Race.Course;
import trent.clients.TrentProcess.Settings;
import trent.testing.EmbeddedPostgres;
import trent.testing.TcpProxy.Direction;

/** What {@link ClusterTest} would find: with each of these faults, a history has no explanation. */
@ExtendWith(Workplace.class)
class PlantedTest {

    private static final int RACES = 10;
    private static final int LEASE = 2;

    private static EmbeddedPostgres postgres;

    @BeforeAll
    static void startPostgres() {
        postgres = EmbeddedPostgres.start();
    }

    @AfterAll
    static void stopPostgres() {
        postgres.close();
    }

    /** Cut off, it goes on to answer from memory when the others no longer wait for it. */
    @Test
    void aNodeThatDoesNotLookAtItsLeaseIsFound() throws Exception {
        String violation =
                violation(
                        new Planted(
                                "trent/store/Cluster.java",
                                "return joined && !leaving && BootClock.nanos() - leaseEndNanos < 0;",
                                "return joined && !leaving;"),
                        (cluster, race) -> {
                            race.awaitChanges(50);
                            cluster.wire(1).swallow(Direction.values());
                            race.awaitChanges(50);
                            boolean _ = race.answersWithin(Duration.ofSeconds(3), 1, 50);
                            cluster.wire(1).heal();
                            race.healed();
                            race.awaitAnswers(1, 50);
                        });
        assertThat(violation).contains("node 1");
    }

    @Test
    void aCreateAliasThatDoesNotWaitForTheOthersIsFound() throws Exception {
        String violation =
                violation(
                        new Planted(
                                "trent/store/GroupCommit.java",
                                Map.of(
                                        "private Change(Function<Tx, T> body) {",
                                        """
                                        private final boolean createsAlias =
                                                java.util.Arrays.toString(new Throwable().getStackTrace())
                                                        .contains("CreateAlias");

                                        private Change(Function<Tx, T> body) {
                                        """,
                                        "if (change.failure instanceof Moved) {",
                                        "if (change.failure instanceof Moved || change.createsAlias) {")),
                        (_, race) -> race.awaitChanges(200));
        assertThat(violation).contains("CreateAlias");
    }

    @Test
    void aMemoryThatIgnoresTheFeedIsFound() throws Exception {
        violation(
                new Planted(
                        "trent/store/Cluster.java",
                        "changedAt(line, change.position(), others)",
                        "changedAt(line, change.position(), false)"),
                (_, race) -> race.awaitChanges(200));
    }

    private interface Story {
        void run(Cluster cluster, Race race);
    }

    /** What is found first, at the latest in the tenth race. */
    private static String violation(Planted planted, Story story) throws Exception {
        UnaryOperator<Settings> faulty = planted.compiled();
        try (Cluster cluster =
                Cluster.start(
                        2, postgres, node -> faulty.apply(node).with("--store-lease", LEASE))) {
            for (int i = 0; i < RACES; i++) {
                Race race = new Race(cluster, "p" + i, i);
                Course course = running -> story.run(cluster, running);
                race.run(course);
                assertThat(race.unexpected()).isEmpty();
                List<String> violations =
                        race.violations().stream().filter(Track::isViolation).toList();
                if (!violations.isEmpty()) {
                    System.out.println(race + "\n" + violations.getFirst());
                    return violations.getFirst();
                }
            }
        }
        throw new AssertionError("not found in %d races: %s".formatted(RACES, planted));
    }
}
