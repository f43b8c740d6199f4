package trent.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import trent.testing.EmbeddedPostgres;
import trent.testing.TcpProxy;
import trent.testing.TcpProxy.Direction;

/**
 * What any node acknowledged is there after kills of nodes, of all of them, and of the database;
 * nothing is there that nobody asked for, nothing twice, and nothing by half.
 *
 * <p>Sixteen writers have objects of their own, so that each knows what must be there. What was not
 * answered may be there or not; the object that it was about is not changed any more.
 */
@ExtendWith(Workplace.class)
class KillsTest {

    private static final boolean ALL = Boolean.getBoolean("trent.all");
    private static final long SEED = Long.getLong("trent.seed", System.nanoTime());
    private static final int KILLS = ALL ? 200 : 20;
    private static final int CUTS = ALL ? 500 : 50;

    /** Long enough for a commit to reach the database, and for its answer to get lost. */
    private static final long SWALLOWED_NANOS = Duration.ofMillis(50).toNanos();

    private static final int NODES = 3;
    private static final int WRITERS = 16;
    private static final int LEASE = 2;

    /** Longer than any time-out of a node, so that few answers are missed. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final Duration PROGRESS = Duration.ofMinutes(2);
    private static final long BREATH_NANOS = Duration.ofMillis(10).toNanos();
    private static final String ABSENT = "absent";
    private static final String THERE = "there";
    private static final byte[] PLAINTEXT = {1, 2, 3};

    private final Random random = new Random(SEED);
    private final AtomicInteger acknowledged = new AtomicInteger();
    private final Queue<String> unanswered = new ConcurrentLinkedQueue<>();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();

    /** By their labels, which are their descriptions: the keys that were asked for. */
    private final Map<String, Key> keys = new ConcurrentHashMap<>();

    /** What may be found of each thing that was made or changed; more than one where in doubt. */
    private final Map<Thing, Set<String>> possible = new ConcurrentHashMap<>();

    /** By the id of the key: grants that were asked for. */
    private final Map<String, Queue<Thing>> grants = new ConcurrentHashMap<>();

    private volatile boolean pause;

    /**
     * A key that was asked for.
     *
     * @param id null if it was not told
     */
    private record Key(@Nullable String id) {}

    /** A thing of a key, or of the account. */
    private record Thing(String kind, String name) {}

    @Test
    void everyAcknowledgedWriteIsThere() throws Exception {
        System.out.println("repeat with -Dtrent.seed=" + SEED);
        int kills = 0;
        int killsOfDatabase = 0;
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
                Cluster cluster =
                        Cluster.start(NODES, postgres, node -> node.with("--store-lease", LEASE))) {
            for (int round = 0; kills < KILLS; round++) {
                boolean database = round % 3 == 1;
                List<Integer> nodes = database && random.nextBoolean() ? List.of() : someNodes();
                int roundNumber = round;
                writing(
                        cluster,
                        round,
                        () -> {
                            awaitAcknowledged(50 + random.nextInt(150));
                            if (database) {
                                postgres.kill();
                            }
                            nodes.forEach(node -> cluster.process(node).kill());
                            if (!database && nodes.size() < NODES) {
                                awaitAcknowledged(20); // by those that are left
                            }
                            if (database) {
                                postgres.restart();
                            }
                            nodes.parallelStream().forEach(node -> cluster.process(node).restart());
                            awaitAcknowledged(50);
                        });
                cluster.awaitReady();
                kills += nodes.size() + (database ? 1 : 0);
                killsOfDatabase += database ? 1 : 0;
                verify(cluster, "r" + roundNumber + "w");
                assertThat(wrong)
                        .as("round %d, seed %d\n%s", round, SEED, cluster.logs())
                        .isEmpty();
            }
            verify(cluster, "");
            verifyNothingElse(cluster);
            assertThat(wrong).as("seed %d\n%s", SEED, cluster.logs()).isEmpty();
        }
        System.out.printf(
                "%d kills, %d of them of the database; %d acknowledged writes, %d unanswered%n",
                kills, killsOfDatabase, acknowledged.get(), unanswered.size());
    }

    /**
     * A node whose connection breaks while it commits finds out what became of the commit, and
     * tells: nobody is told twice, or told of his own first attempt.
     */
    @Test
    void whatIsLostOnTheWayToTheDatabaseIsFoundOut() throws Exception {
        System.out.println("repeat with -Dtrent.seed=" + SEED);
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
                Cluster cluster =
                        Cluster.start(NODES, postgres, node -> node.with("--store-lease", LEASE))) {
            writing(
                    cluster,
                    0,
                    () -> {
                        for (int i = 0; i < CUTS; i++) {
                            TcpProxy wire = cluster.wire(random.nextInt(NODES));
                            if (random.nextBoolean()) {
                                wire.swallow(Direction.FROM_SERVER);
                                LockSupport.parkNanos(random.nextLong(SWALLOWED_NANOS));
                                wire.heal();
                            } else {
                                wire.cut();
                            }
                            awaitAcknowledged(10 + random.nextInt(20));
                        }
                    });
            cluster.awaitReady();
            verify(cluster, "");
            verifyNothingElse(cluster);
            assertThat(wrong).as("seed %d\n%s", SEED, cluster.logs()).isEmpty();
        }
        System.out.printf(
                "%d cuts; %d acknowledged writes, %d unanswered%n",
                CUTS, acknowledged.get(), unanswered.size());
        // Those could not read what they are allowed by, twice in a row, and changed nothing.
        assertThat(unanswered).allMatch(text -> text.contains("The database does not answer."));
    }

    private List<Integer> someNodes() {
        List<Integer> nodes = new ArrayList<>();
        int first = random.nextInt(NODES);
        int size = random.nextInt(4) == 0 ? NODES : 1 + random.nextInt(2);
        for (int i = 0; i < size; i++) {
            nodes.add((first + i) % NODES);
        }
        return nodes;
    }

    private interface Course {
        void run();
    }

    /** Runs the course while all writers write. */
    private void writing(Cluster cluster, int round, Course course) throws Exception {
        pause = false;
        try (ExecutorService threads = Executors.newFixedThreadPool(WRITERS)) {
            List<Future<?>> writing = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                String name = "r%dw%d".formatted(round, i);
                int home = i % NODES;
                long chance = random.nextLong();
                writing.add(
                        threads.submit(
                                () -> {
                                    try (Writer writer = new Writer(cluster, name, home, chance)) {
                                        writer.write();
                                    }
                                    return true;
                                }));
            }
            try {
                course.run();
            } finally {
                pause = true;
                for (Future<?> each : writing) {
                    each.get();
                }
            }
        }
    }

    private void awaitAcknowledged(int more) {
        int enough = acknowledged.get() + more;
        Await.until(
                "more acknowledged writes",
                PROGRESS,
                () -> acknowledged.get() >= enough || !wrong.isEmpty());
    }

    private static String policy(String sid) {
        return ("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"%s\",\"Effect\":\"Allow\",\"Principal\":"
                        + "{\"AWS\":\"arn:aws:iam::000000000000:root\"},\"Action\":\"kms:*\",\"Resource\":\"*\"}]}")
                .formatted(sid);
    }

    /** One of those who write. Each thing has a name of its own, made once. */
    private final class Writer implements AutoCloseable {

        private final String name;
        private final Random chance;
        private final ClusterClient client;
        private final int nodes;
        private final List<String> mine = new ArrayList<>();
        private final List<Thing> aliases = new ArrayList<>();
        private int node;
        private int made;

        Writer(Cluster cluster, String name, int home, long seed) {
            this.name = name;
            this.chance = new Random(seed);
            this.client = new ClusterClient(cluster, name);
            this.nodes = cluster.size();
            this.node = home;
        }

        void write() {
            while (!pause) {
                writeOne();
            }
        }

        private void writeOne() {
            int dice = mine.isEmpty() ? 0 : chance.nextInt(100);
            if (dice < 30) {
                createKey();
            } else if (dice < 52) {
                createAlias();
            } else if (dice < 62) {
                moveAlias();
            } else if (dice < 70) {
                deleteAlias();
            } else if (dice < 79) {
                tag();
            } else if (dice < 87) {
                putKeyPolicy();
            } else if (dice < 93) {
                disableKey();
            } else {
                createGrant();
            }
        }

        private void createKey() {
            String label = newName();
            keys.put(label, new Key(null));
            Told told =
                    call(
                            "CreateKey",
                            Map.of(
                                    "Description",
                                    label,
                                    "Policy",
                                    policy(label),
                                    "Tags",
                                    List.of(Map.of("TagKey", "last", "TagValue", label))));
            if (told.is(Told.OK)) {
                String id = told.body().path("KeyMetadata").path("KeyId").asText();
                keys.put(label, new Key(id));
                possible.put(new Thing("policy", id), Set.of(label));
                possible.put(new Thing("tag", id), Set.of(label));
                possible.put(new Thing("enabled", id), Set.of("true"));
                mine.add(id);
            }
        }

        private void createAlias() {
            Thing alias = new Thing("alias", "alias/" + newName());
            String key = aKey();
            change(
                    alias,
                    key,
                    ABSENT,
                    "CreateAlias",
                    Map.of("AliasName", alias.name(), "TargetKeyId", key));
            aliases.add(alias);
        }

        private void moveAlias() {
            Thing alias = anAlias();
            if (alias == null) {
                return;
            }
            String key = aKey();
            change(
                    alias,
                    key,
                    null,
                    "UpdateAlias",
                    Map.of("AliasName", alias.name(), "TargetKeyId", key));
        }

        private void deleteAlias() {
            Thing alias = anAlias();
            if (alias != null) {
                change(alias, ABSENT, null, "DeleteAlias", Map.of("AliasName", alias.name()));
            }
        }

        private void tag() {
            String key = aKey();
            String value = newName();
            change(
                    new Thing("tag", key),
                    value,
                    null,
                    "TagResource",
                    Map.of(
                            "KeyId",
                            key,
                            "Tags",
                            List.of(Map.of("TagKey", "last", "TagValue", value))));
        }

        private void putKeyPolicy() {
            String key = aKey();
            String sid = newName();
            change(
                    new Thing("policy", key),
                    sid,
                    null,
                    "PutKeyPolicy",
                    Map.of("KeyId", key, "PolicyName", "default", "Policy", policy(sid)));
        }

        private void disableKey() {
            String key = aKey();
            change(new Thing("enabled", key), "false", null, "DisableKey", Map.of("KeyId", key));
        }

        private void createGrant() {
            String key = aKey();
            if (!Set.of("true").equals(possible.get(new Thing("enabled", key)))) {
                return; // a disabled key takes no grant
            }
            Thing grant = new Thing("grant", newName());
            grants.computeIfAbsent(key, _ -> new ConcurrentLinkedQueue<>()).add(grant);
            change(
                    grant,
                    THERE,
                    ABSENT,
                    "CreateGrant",
                    Map.of(
                            "KeyId",
                            key,
                            "Name",
                            grant.name(),
                            "GranteePrincipal",
                            Cluster.READER_ARN,
                            "Operations",
                            List.of("Decrypt")));
        }

        /** Changes a thing of ours, unless it is in doubt what it is. */
        private void change(
                Thing thing,
                String after,
                @Nullable String initially,
                String operation,
                Map<String, ?> members) {
            Set<String> before =
                    initially == null ? possible.getOrDefault(thing, Set.of()) : Set.of(initially);
            if (before.size() != 1) {
                return;
            }
            Set<String> either = new HashSet<>(before);
            either.add(after);
            possible.put(thing, Set.copyOf(either));
            Told told = call(operation, members);
            if (told.is(Told.OK)) {
                possible.put(thing, Set.of(after));
            } else if (told.is(Told.NOT_MADE)) {
                possible.put(thing, before);
            }
        }

        private Told call(String operation, Map<String, ?> members) {
            Told told = client.call(node, Signer.ROOT, PATIENCE, operation, members);
            switch (told.code()) {
                case Told.OK -> acknowledged.incrementAndGet();
                case Told.UNKNOWN, Told.NOT_MADE -> {
                    if (told.is(Told.UNKNOWN)) {
                        unanswered.add(told.by() + ": " + operation + ": " + told.body());
                    }
                    node = (node + 1) % nodes;
                    LockSupport.parkNanos(BREATH_NANOS);
                }
                default ->
                        // Also AlreadyExists, which only our own first attempt can have caused.
                        wrong.add(
                                "%s: %s %s: %s"
                                        .formatted(told.by(), operation, members, told.body()));
            }
            return told;
        }

        private String newName() {
            return name + "n" + made++;
        }

        private String aKey() {
            return mine.get(chance.nextInt(mine.size()));
        }

        private @Nullable Thing anAlias() {
            List<Thing> there =
                    aliases.stream()
                            .filter(alias -> !Set.of(ABSENT).equals(possible.get(alias)))
                            .toList();
            return there.isEmpty() ? null : there.get(chance.nextInt(there.size()));
        }

        @Override
        public void close() throws IOException {
            client.close();
        }
    }

    /** All that was asked for by the writers whose names begin so. */
    private void verify(Cluster cluster, String begin) throws Exception {
        List<Map.Entry<String, Key>> asked =
                keys.entrySet().stream().filter(key -> key.getKey().startsWith(begin)).toList();
        List<Thing> aliases =
                possible.keySet().stream()
                        .filter(thing -> thing.kind().equals("alias"))
                        .filter(thing -> thing.name().startsWith("alias/" + begin))
                        .toList();
        try (ExecutorService threads = Executors.newFixedThreadPool(WRITERS)) {
            List<Future<?>> looking = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                int share = i;
                looking.add(
                        threads.submit(
                                () -> {
                                    try (Kms kms =
                                            cluster.process(share % NODES).kms(Signer.ROOT)) {
                                        shareOf(asked, share).forEach(key -> verifyKey(kms, key));
                                        shareOf(aliases, share)
                                                .forEach(alias -> verifyAlias(kms, alias));
                                    }
                                    return true;
                                }));
            }
            for (Future<?> each : looking) {
                each.get();
            }
        }
    }

    private static <T> List<T> shareOf(List<T> all, int share) {
        return IntStream.range(0, all.size())
                .filter(i -> i % WRITERS == share)
                .mapToObj(all::get)
                .toList();
    }

    private void verifyKey(Kms kms, Map.Entry<String, Key> asked) {
        String id = asked.getValue().id();
        if (id == null) {
            return; // there or not: verifyNothingElse looks at those that are
        }
        verifyWhole(kms, id, asked.getKey());
    }

    /** A key with all that belongs to it. */
    private void verifyWhole(Kms kms, String id, String label) {
        JsonNode metadata = kms.ok("DescribeKey", Map.of("KeyId", id)).path("KeyMetadata");
        expect(label, metadata.path("Description").asText(), Set.of(label));
        String enabled = metadata.path("Enabled").asText();
        expect(label + " enabled", enabled, mayBe("enabled", id, "true"));
        if (enabled.equals("true")) {
            expect(label, kms.decrypt(kms.encrypt(id, PLAINTEXT)).length + "", Set.of("3"));
        }
        String tag = "";
        for (JsonNode each : kms.ok("ListResourceTags", Map.of("KeyId", id)).path("Tags")) {
            tag = each.path("TagValue").asText();
        }
        expect(label + " tag", tag, mayBe("tag", id, label));
        String text = kms.ok("GetKeyPolicy", Map.of("KeyId", id)).path("Policy").asText();
        String sid = Json.of(text).path("Statement").path(0).path("Sid").asText();
        expect(label + " policy", sid, mayBe("policy", id, label));
        List<String> names = new ArrayList<>();
        kms.ok("ListGrants", Map.of("KeyId", id))
                .path("Grants")
                .forEach(grant -> names.add(grant.path("Name").asText()));
        for (Thing grant : grants.getOrDefault(id, new ConcurrentLinkedQueue<>())) {
            String found = names.remove(grant.name()) ? THERE : ABSENT;
            expect("grant " + grant.name(), found, possible.getOrDefault(grant, Set.of()));
        }
        if (!names.isEmpty()) {
            wrong.add("grants of key %s, unasked or twice: %s".formatted(id, names));
        }
    }

    private Set<String> mayBe(String kind, String id, String initially) {
        return possible.getOrDefault(new Thing(kind, id), Set.of(initially));
    }

    private void verifyAlias(Kms kms, Thing alias) {
        var reply = kms.call("DescribeKey", Map.of("KeyId", alias.name()));
        String found =
                reply.code().equals("NotFoundException")
                        ? ABSENT
                        : Json.of(reply.body()).path("KeyMetadata").path("KeyId").asText();
        expect(alias.name(), found, possible.getOrDefault(alias, Set.of()));
    }

    private void expect(String what, String found, Set<String> possible) {
        if (!possible.contains(found)) {
            wrong.add("%s is %s and should be %s".formatted(what, found, possible));
        }
    }

    /** No key and no alias that nobody asked for, no key twice, and none by half. */
    private void verifyNothingElse(Cluster cluster) throws IOException {
        try (Kms kms = cluster.process(random.nextInt(NODES)).kms(Signer.ROOT)) {
            Map<String, String> found = new HashMap<>();
            for (JsonNode each : pages(kms, "ListKeys", "Keys", 1000)) {
                String id = each.path("KeyId").asText();
                String label =
                        kms.ok("DescribeKey", Map.of("KeyId", id))
                                .path("KeyMetadata")
                                .path("Description")
                                .asText();
                String twin = found.put(label, id);
                Key asked = keys.get(label);
                if (twin != null || asked == null) {
                    wrong.add("key %s, %s: unasked, or as %s too".formatted(id, label, twin));
                } else if (asked.id() == null) {
                    verifyWhole(kms, id, label);
                } else {
                    expect("the key of " + label, id, Set.of(asked.id()));
                }
            }
            Set<String> names = new HashSet<>();
            for (JsonNode each : pages(kms, "ListAliases", "Aliases", 100)) {
                String alias = each.path("AliasName").asText();
                if (alias.startsWith("alias/aws/")) {
                    continue;
                }
                if (!names.add(alias)) {
                    wrong.add(alias + " is listed twice");
                }
                expect(
                        alias,
                        each.path("TargetKeyId").asText(),
                        possible.getOrDefault(new Thing("alias", alias), Set.of()));
            }
            possible.forEach(
                    (thing, states) -> {
                        if (thing.kind().equals("alias") && !names.contains(thing.name())) {
                            expect("in the list, " + thing.name(), ABSENT, states);
                        }
                    });
        }
    }

    private static List<JsonNode> pages(Kms kms, String operation, String list, int limit) {
        List<JsonNode> all = new ArrayList<>();
        Map<String, Object> request = new HashMap<>(Map.of("Limit", limit));
        while (true) {
            JsonNode page = kms.ok(operation, request);
            page.path(list).forEach(all::add);
            if (!page.path("Truncated").asBoolean()) {
                return all;
            }
            request.put("Marker", page.path("NextMarker").asText());
        }
    }
}
