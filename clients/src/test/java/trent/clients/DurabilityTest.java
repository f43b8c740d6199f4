package trent.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import trent.clients.RawConnection.Reply;

/**
 * What was acknowledged survives a kill, and nothing is there by half.
 *
 * <p>Sixteen clients write, each with keys and aliases of its own, so that each knows what the
 * server must hold. The process is killed after a random number of answers. What was asked but not
 * answered may be there or not; everything else must be as the last answer left it.
 */
@ExtendWith(Workplace.class)
class DurabilityTest {

    private static final int CLIENTS = 16;
    private static final int ALIASES_PER_KEY = 50;
    private static final int ROUNDS = Boolean.getBoolean("trent.all") ? 100 : 5;
    private static final long SEED = Long.getLong("trent.seed", System.nanoTime());

    private final AtomicLong acknowledged = new AtomicLong();
    private final Queue<String> lost = new ConcurrentLinkedQueue<>();

    @Test
    void everyAcknowledgedWriteSurvivesAKill() throws Exception {
        System.out.println("repeat with -Dtrent.seed=" + SEED);
        Random random = new Random(SEED);
        Set<String> wholeKeys = new HashSet<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
                TrentProcess trent = TrentProcess.server().start()) {
            for (int round = 0; round < ROUNDS; round++) {
                List<Writer> writers = new ArrayList<>();
                for (int i = 0; i < CLIENTS; i++) {
                    writers.add(
                            new Writer(trent, "r%d-c%d".formatted(round, i), random.nextLong()));
                }
                long killAfter = acknowledged.get() + 50 + random.nextInt(800);
                List<Future<?>> writing = new ArrayList<>();
                writers.forEach(
                        writer -> writing.add(threads.submit(writer::writeUntilTheServerDies)));
                Await.until(
                        "%d answers".formatted(killAfter),
                        Duration.ofSeconds(60),
                        () ->
                                acknowledged.get() >= killAfter
                                        || writing.stream().anyMatch(Future::isDone));
                trent.kill();
                for (Future<?> one : writing) {
                    one.get();
                }
                trent.restart();

                inParallel(
                        threads,
                        writers.stream().map(writer -> task(() -> writer.verify(trent))).toList());
                verifyWhole(trent, threads, wholeKeys);
                assertThat(lost).as("lost in round %d, seed %d", round, SEED).isEmpty();
            }
        }
        System.out.printf(
                "%d kills, %d acknowledged writes, %d lost%n",
                ROUNDS, acknowledged.get(), lost.size());
    }

    /** One client: what it was told is done, and the one request that it was not told about. */
    private final class Writer {

        private final int port;
        private final String name;
        private final Random random;
        private final List<String> keys = new ArrayList<>();
        private final Map<String, String> targets = new HashMap<>();
        private final Map<String, Integer> aliasesOfKey = new HashMap<>();
        private final Map<String, Map<String, String>> tags = new HashMap<>();
        private int made;

        /**
         * What of {@link #targets} or {@link #tags} may hold either the recorded value or this one.
         */
        private @Nullable String doubtful;

        private @Nullable String doubtfulValue;

        Writer(TrentProcess trent, String name, long seed) {
            this.port = trent.port();
            this.name = name;
            this.random = new Random(seed);
        }

        void writeUntilTheServerDies() {
            try (Kms kms = new Kms(port, Signer.ROOT)) {
                while (true) {
                    writeOne(kms);
                    doubtful = null;
                    doubtfulValue = null;
                    acknowledged.incrementAndGet();
                }
            } catch (IOException died) {
                // The kill: what was being asked stays doubtful.
            }
        }

        private void writeOne(Kms kms) throws IOException {
            int dice = keys.isEmpty() ? 0 : random.nextInt(10);
            if (dice < 3) {
                createKey(kms);
            } else if (dice < 6) {
                createAlias(kms);
            } else if (dice < 8 && !targets.isEmpty()) {
                updateAlias(kms);
            } else {
                tagResource(kms);
            }
        }

        private void createKey(Kms kms) throws IOException {
            Map<String, ?> request =
                    Map.of(
                            "Description",
                            name,
                            "Tags",
                            List.of(Map.of("TagKey", "born", "TagValue", name)));
            String key =
                    answered(kms, "CreateKey", request).path("KeyMetadata").path("KeyId").asText();
            keys.add(key);
            tags.put(key, new HashMap<>(Map.of("born", name)));
        }

        private void createAlias(Kms kms) throws IOException {
            String alias = "alias/%s/%d".formatted(name, made++);
            String key = aKeyWithRoom();
            doubt(alias, key);
            answered(kms, "CreateAlias", Map.of("AliasName", alias, "TargetKeyId", key));
            targets.put(alias, key);
            aliasesOfKey.merge(key, 1, Integer::sum);
        }

        private void updateAlias(Kms kms) throws IOException {
            String alias =
                    targets.keySet().stream()
                            .skip(random.nextInt(targets.size()))
                            .findFirst()
                            .orElseThrow();
            String key = aKeyWithRoom();
            doubt(alias, key);
            answered(kms, "UpdateAlias", Map.of("AliasName", alias, "TargetKeyId", key));
            String before = targets.put(alias, key);
            aliasesOfKey.merge(before == null ? key : before, -1, Integer::sum);
            aliasesOfKey.merge(key, 1, Integer::sum);
        }

        private void tagResource(Kms kms) throws IOException {
            String key = anyKey();
            String value = Integer.toString(made++);
            doubt(key, value);
            answered(
                    kms,
                    "TagResource",
                    Map.of(
                            "KeyId",
                            key,
                            "Tags",
                            List.of(Map.of("TagKey", "last", "TagValue", value))));
            tags.computeIfAbsent(key, _ -> new HashMap<>()).put("last", value);
        }

        /**
         * The last key may not be full, since each new one has room: the quota is
         * not this test's subject.
         */
        private String aKeyWithRoom() {
            String key = anyKey();
            return aliasesOfKey.getOrDefault(key, 0) < ALIASES_PER_KEY - 1 ? key : keys.getLast();
        }

        private String anyKey() {
            return keys.get(random.nextInt(keys.size()));
        }

        private void doubt(String what, String value) {
            doubtful = what;
            doubtfulValue = value;
        }

        private static JsonNode answered(Kms kms, String operation, Map<String, ?> members)
                throws IOException {
            Reply reply = kms.send(operation, Json.text(members));
            if (reply.status() != 200) {
                throw new AssertionError("%s %s: %s".formatted(operation, members, reply.body()));
            }
            return Json.of(reply.body().isEmpty() ? "{}" : reply.body());
        }

        void verify(TrentProcess trent) throws IOException {
            try (Kms kms = trent.kms(Signer.ROOT)) {
                for (String key : keys) {
                    Reply reply = kms.call("ListResourceTags", Map.of("KeyId", key));
                    Map<String, String> found = new HashMap<>();
                    Json.of(reply.body())
                            .path("Tags")
                            .forEach(
                                    t ->
                                            found.put(
                                                    t.path("TagKey").asText(),
                                                    t.path("TagValue").asText()));
                    Map<String, String> expected = tags.getOrDefault(key, Map.of());
                    Map<String, String> orElse = new HashMap<>(expected);
                    if (key.equals(doubtful) && doubtfulValue != null) {
                        orElse.put("last", doubtfulValue);
                    }
                    if (!found.equals(expected) && !found.equals(orElse)) {
                        lost.add(
                                "key %s: tags %s, expected %s: %s"
                                        .formatted(key, found, expected, reply.body()));
                    }
                }
                for (Map.Entry<String, String> alias : targets.entrySet()) {
                    Reply reply = kms.call("DescribeKey", Map.of("KeyId", alias.getKey()));
                    String found = Json.of(reply.body()).path("KeyMetadata").path("KeyId").asText();
                    boolean moved = alias.getKey().equals(doubtful) && found.equals(doubtfulValue);
                    if (!found.equals(alias.getValue()) && !moved) {
                        lost.add(
                                "%s leads to '%s', expected %s: %s"
                                        .formatted(
                                                alias.getKey(),
                                                found,
                                                alias.getValue(),
                                                reply.body()));
                    }
                }
            }
        }
    }

    /**
     * No half state: every key has its policy and works, every alias has an existing
     * key, each listed once.
     */
    private static void verifyWhole(
            TrentProcess trent, ExecutorService threads, Set<String> wholeBefore) throws Exception {
        Set<String> keys = new HashSet<>();
        List<JsonNode> aliases;
        try (Kms kms = trent.kms(Signer.ROOT)) {
            for (JsonNode key : all(kms, "ListKeys", "Keys", 1000)) {
                assertThat(keys.add(key.path("KeyId").asText()))
                        .as("listed once: %s", key)
                        .isTrue();
            }
            aliases = all(kms, "ListAliases", "Aliases", 100);
        }
        Set<String> names = new HashSet<>();
        for (JsonNode alias : aliases) {
            assertThat(names.add(alias.path("AliasName").asText()))
                    .as("listed once: %s", alias)
                    .isTrue();
            if (!alias.has("TargetKeyId")) { // predefined, and nobody has looked at it yet
                continue;
            }
            // Not AssertJ's contains, which looks at every element of a set.
            assertThat(keys.contains(alias.path("TargetKeyId").asText()))
                    .as("the target of %s exists", alias)
                    .isTrue();
        }
        assertThat(keys.containsAll(wholeBefore)).as("whole keys of earlier rounds").isTrue();
        List<String> unknown = keys.stream().filter(key -> !wholeBefore.contains(key)).toList();
        List<Callable<@Nullable Void>> checks = new ArrayList<>();
        int share = unknown.size() / CLIENTS + 1;
        for (int from = 0; from < unknown.size(); from += share) {
            List<String> part = unknown.subList(from, Math.min(from + share, unknown.size()));
            checks.add(task(() -> verifyKeys(trent, part)));
        }
        inParallel(threads, checks);
        wholeBefore.addAll(unknown);
    }

    private static void verifyKeys(TrentProcess trent, List<String> keys) throws IOException {
        byte[] plaintext = {1, 2, 3};
        try (Kms kms = trent.kms(Signer.ROOT)) {
            for (String key : keys) {
                assertThat(kms.ok("GetKeyPolicy", Map.of("KeyId", key)).path("Policy").asText())
                        .contains("key-default-1");
                byte[] opened = kms.decrypt(kms.encrypt(key, plaintext));
                assertThat(Arrays.equals(opened, plaintext)).as("key %s decrypts", key).isTrue();
            }
        }
    }

    private static List<JsonNode> all(Kms kms, String operation, String list, int limit) {
        List<JsonNode> all = new ArrayList<>();
        Map<String, Object> request = new HashMap<>(Map.of("Limit", limit));
        JsonNode page = kms.ok(operation, request);
        page.path(list).forEach(all::add);
        while (page.path("Truncated").asBoolean()) {
            request.put("Marker", page.path("NextMarker").asText());
            page = kms.ok(operation, request);
            page.path(list).forEach(all::add);
        }
        return all;
    }

    private interface Work {
        void run() throws IOException;
    }

    private static Callable<@Nullable Void> task(Work work) {
        return () -> {
            work.run();
            return null;
        };
    }

    private static void inParallel(ExecutorService threads, List<Callable<@Nullable Void>> work)
            throws Exception {
        for (Future<@Nullable Void> one : threads.invokeAll(work)) {
            one.get();
        }
    }
}
