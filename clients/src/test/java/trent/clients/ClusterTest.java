package trent.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import trent.clients.TrentProcess.Settings;
import trent.testing.EmbeddedPostgres;
import trent.testing.TcpProxy.Direction;

/**
 * Several nodes are as one: what callers are told, at whichever node, is what a single copy of
 * everything would have told them, also while nodes die, stand still, or are cut off from the
 * database.
 */
@ExtendWith(Workplace.class)
class ClusterTest {

    private static final boolean ALL = Boolean.getBoolean("trent.all");
    private static final long SEED = Long.getLong("trent.seed", System.nanoTime());

    /** How often each fault is met. */
    private static final int ROUNDS = ALL ? 5 : 1;

    /** Longer than any lease of these tests, so that all others have gone on without the node. */
    private static final Duration STANDSTILL = Duration.ofSeconds(10);

    /** Enough to see what a fault does to callers before, while and after it lasts. */
    private static final int SOME_CHANGES = ALL ? 100 : 60;

    private static final int SOME_ANSWERS = 60;

    private static EmbeddedPostgres postgres;

    /** What becomes of one node. It serves again at the end. */
    enum Fault {
        NONE {
            @Override
            void happen(Race race, Cluster cluster, int node) {
                race.awaitChanges(2 * SOME_CHANGES);
            }
        },
        KILLED {
            @Override
            void happen(Race race, Cluster cluster, int node) {
                cluster.process(node).kill();
                race.awaitChanges(SOME_CHANGES);
                cluster.process(node).restart();
            }
        },
        FROZEN {
            @Override
            void happen(Race race, Cluster cluster, int node) {
                cluster.process(node).freeze();
                try {
                    long end = System.nanoTime() + STANDSTILL.toNanos();
                    race.awaitChanges(SOME_CHANGES); // the others go on without it
                    while (System.nanoTime() - end < 0) {
                        LockSupport.parkNanos(end - System.nanoTime());
                    }
                } finally {
                    cluster.process(node).thaw();
                }
            }
        },
        CUT_OFF_TO_THE_DATABASE {
            @Override
            void happen(Race race, Cluster cluster, int node) {
                cutOff(race, cluster, node, Direction.TO_SERVER);
            }
        },
        CUT_OFF_FROM_THE_DATABASE {
            @Override
            void happen(Race race, Cluster cluster, int node) {
                cutOff(race, cluster, node, Direction.FROM_SERVER);
            }
        },
        CUT_OFF {
            @Override
            void happen(Race race, Cluster cluster, int node) {
                cutOff(race, cluster, node, Direction.values());
            }
        },
        /** What it said before it was cut off reaches the database long after. */
        LATE {
            @Override
            void happen(Race race, Cluster cluster, int node) {
                cluster.wire(node).hold(Direction.values());
                race.awaitChanges(SOME_CHANGES);
                cluster.wire(node).heal();
            }
        };

        abstract void happen(Race race, Cluster cluster, int node);

        private static void cutOff(Race race, Cluster cluster, int node, Direction... directions) {
            cluster.wire(node).swallow(directions);
            race.awaitChanges(SOME_CHANGES);
            cluster.wire(node).heal();
        }
    }

    @BeforeAll
    static void startPostgres() {
        System.out.println("repeat with -Dtrent.seed=" + SEED);
        postgres = EmbeddedPostgres.start();
    }

    @AfterAll
    static void stopPostgres() {
        postgres.close();
    }

    /** So that what is found below is the nodes' doing. */
    @Test
    void oneNodeOnItsOwnDiskIsLinearizable() throws Exception {
        try (Cluster cluster = Cluster.alone()) {
            race(cluster, "alone", Fault.NONE, 0);
        }
    }

    @Test
    void twoNodesAreLinearizable() throws Exception {
        races(2, ALL ? List.of(Fault.values()) : List.of(Fault.NONE, Fault.KILLED, Fault.CUT_OFF));
    }

    @Test
    void threeNodesAreLinearizable() throws Exception {
        List<Fault> faults = new ArrayList<>(List.of(Fault.values()));
        if (!ALL) {
            faults.remove(Fault.NONE);
        }
        races(3, faults);
    }

    private static void races(int nodes, List<Fault> faults) throws Exception {
        Random random = new Random(SEED);
        List<Fault> all = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            all.addAll(faults);
        }
        Collections.shuffle(all, random);
        try (Cluster cluster = Cluster.start(nodes, postgres, lease())) {
            int number = 0;
            for (Fault fault : all) {
                race(cluster, "r" + number++, fault, random.nextInt(nodes));
            }
        }
    }

    /** A short one in the everyday run; the default, as in service, with {@code --all}. */
    static UnaryOperator<Settings> lease() {
        return ALL ? UnaryOperator.identity() : settings -> settings.with("--store-lease", 2);
    }

    private static void race(Cluster cluster, String name, Fault fault, int node) throws Exception {
        Race race = new Race(cluster, name, SEED);
        race.run(
                running -> {
                    running.awaitChanges(SOME_CHANGES);
                    fault.happen(running, cluster, node);
                    running.healed();
                    running.awaitAnswers(node, SOME_ANSWERS); // it serves again
                    running.awaitChanges(SOME_CHANGES);
                });
        String what = "%s, node %d of %d, %s".formatted(fault, node, cluster.size(), race);
        System.out.println(what);
        assertThat(race.unexpected()).as(what).isEmpty();
        assertThat(race.violations()).as("%s, seed %d\n%s", what, SEED, cluster.logs()).isEmpty();
        race.requireSubstance();
    }
}
