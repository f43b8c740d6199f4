package trent.clients;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import trent.clients.RawConnection.Reply;

/**
 * Sixteen callers on all nodes of a cluster, racing on a few objects that only this race has, and
 * what each of them was told:
 *
 * <ul>
 *   <li>Alias names, each a register of its own: made, moved, deleted; looked up, listed, used. Of
 *       one of them the reader's permission on the keys depends.
 *   <li>A key that is enabled and disabled, and used.
 *   <li>The reader's permission on four more keys: by key policy, by grants, by a tag, by a policy
 *       of his own.
 *   <li>An access key that is activated and deactivated, and signed with.
 * </ul>
 *
 * <p>A caller stays at its node with what it reads, whatever becomes of the node, but for what it
 * has just changed; with changes it goes to the next node when it was not answered.
 */
final class Race {

    private static final int CALLERS = 16;
    private static final int NAMES = 4;
    private static final int TARGETS = 3;

    /** Which of the names is the reader's door. */
    private static final int DOOR = 0;

    /** So many callers grant and revoke, each a grant of its own. */
    private static final int GRANTERS = 3;

    /**
     * Short: who has given up reading asks anew, so that also a node that was frozen is asked
     * shortly before it goes on.
     */
    private static final Duration READ = Duration.ofMillis(500);

    /** Longer than any time-out of a node, so that few changes are unknown. */
    private static final Duration CHANGE = Duration.ofMinutes(1);

    private static final int TRIES = 200;

    /** What a caller that was refused lets others do first. */
    private static final long BREATH_NANOS = Duration.ofMillis(10).toNanos();

    private static final Duration PROGRESS = Duration.ofSeconds(90);

    private static final String ABSENT = "absent";
    private static final String NOT_FOUND = "NotFoundException";
    private static final String DENIED = "AccessDeniedException";
    private static final String ENABLED = "enabled";
    private static final String DISABLED = "disabled";
    private static final String ACTIVE = "Active";
    private static final String INACTIVE = "Inactive";
    private static final String ALLOWS = "allows";
    private static final String DENIES = "denies";

    /** A grant that was made, and of which nobody was told the id. */
    private static final String SOME_ID = "?";

    private final Cluster cluster;
    private final String name;
    private final long seed;
    private final Queue<String> unexpected = new ConcurrentLinkedQueue<>();

    private final List<Track<String>> aliases = new ArrayList<>();
    private final Track<String> state = new Track<>("the key's state", ENABLED, unexpected);
    private final Track<String> policy = new Track<>("the key policy", DENIES, unexpected);
    private final Track<Map<String, String>> grants = new Track<>("grants", Map.of(), unexpected);
    private final Track<String> tag = new Track<>("the tag", DENIES, unexpected);
    private final Track<String> userPolicy = new Track<>("the user policy", DENIES, unexpected);
    private final Track<String> accessKey = new Track<>("the access key", ACTIVE, unexpected);

    private final List<String> targets = new ArrayList<>();
    private final Map<String, String> ciphertexts = new HashMap<>();
    private String stateKey = "";
    private String policyKey = "";
    private String grantKey = "";
    private String tagKey = "";
    private String userKey = "";

    private final AtomicIntegerArray answers;
    private final AtomicInteger changes = new AtomicInteger();
    private final AtomicInteger healed = new AtomicInteger();
    private volatile boolean over;

    /** The name tells this race's objects from those of all others on the same store. */
    Race(Cluster cluster, String name, long seed) {
        this.cluster = cluster;
        this.name = name;
        this.seed = seed;
        this.answers = new AtomicIntegerArray(cluster.size());
        for (int i = 0; i < NAMES; i++) {
            aliases.add(new Track<>(alias(i), ABSENT, unexpected));
        }
    }

    /** What happens to the nodes while the callers race. */
    interface Course {
        void run(Race race) throws Exception;
    }

    /** Runs the race to its end; then all nodes, which must serve again, are asked for all. */
    void run(Course course) throws Exception {
        prepare();
        try (ExecutorService threads = Executors.newFixedThreadPool(CALLERS)) {
            List<Future<?>> racing = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                int number = i;
                racing.add(threads.submit(() -> race(number)));
            }
            try {
                course.run(this);
            } finally {
                over = true;
                for (Future<?> each : racing) {
                    each.get();
                }
            }
        }
        settle();
    }

    /** Waits until so many more changes are acknowledged, by whichever node. */
    void awaitChanges(int more) {
        int enough = changes.get() + more;
        Await.until(
                name + ": more changes",
                PROGRESS,
                () -> changes.get() >= enough || !unexpected.isEmpty());
    }

    /** Waits until a node has answered so many more calls. */
    void awaitAnswers(int node, int more) {
        int enough = answers.get(node) + more;
        Await.until(
                "%s: more answers of node %d".formatted(name, node),
                PROGRESS,
                () -> answers.get(node) >= enough || !unexpected.isEmpty());
    }

    /** Whether a node answers so many more calls in this time. */
    boolean answersWithin(Duration time, int node, int more) {
        int enough = answers.get(node) + more;
        return Await.within(time, () -> answers.get(node) >= enough);
    }

    /** From now on changes are asked of all nodes again. */
    void healed() {
        healed.incrementAndGet();
    }

    /** Answers that nobody should get. */
    List<String> unexpected() {
        return List.copyOf(unexpected);
    }

    /** Which objects' histories no order explains, and why. */
    List<String> violations() {
        return tracks().map(Track::violation).filter(Objects::nonNull).toList();
    }

    /** Nothing is proved by a race in which nothing happened. */
    void requireSubstance() {
        tracks().forEach(
                        track -> {
                            if (track.changes() == 0 || track.size() < 20) {
                                throw new AssertionError("too little to judge: " + this);
                            }
                        });
    }

    @Override
    public String toString() {
        return "%s: %d operations on %d objects, %d changes, %d unknown"
                .formatted(
                        name,
                        tracks().mapToLong(Track::size).sum(),
                        tracks().count(),
                        tracks().mapToLong(Track::changes).sum(),
                        tracks().mapToLong(Track::unknown).sum());
    }

    private Stream<Track<?>> tracks() {
        return Stream.concat(
                aliases.stream(), Stream.of(state, policy, grants, tag, userPolicy, accessKey));
    }

    private String alias(int i) {
        return i == DOOR ? Cluster.DOOR + name : "alias/%s/%d".formatted(name, i);
    }

    private void race(int number) {
        try (Caller caller = new Caller(number, READ)) {
            while (!over) {
                caller.act();
            }
        } catch (IOException | RuntimeException | Error e) {
            unexpected.add("caller %d: %s".formatted(number, e));
        }
    }

    private void prepare() throws IOException {
        byte[] plaintext = {1, 2, 3};
        try (Kms root = cluster.process(0).kms(Signer.ROOT)) {
            for (int i = 0; i < TARGETS; i++) {
                targets.add(root.createKey());
            }
            stateKey = root.createKey();
            policyKey = root.createKey();
            grantKey = root.createKey();
            tagKey = root.createKey();
            userKey = root.createKey();
            for (String key : targets) {
                ciphertexts.put(key, ciphertext(root, key, plaintext));
            }
            for (String key : List.of(policyKey, grantKey, tagKey, userKey)) {
                ciphertexts.put(key, ciphertext(root, key, plaintext));
            }
        }
    }

    private static String ciphertext(Kms root, String key, byte[] plaintext) {
        return root.ok("Encrypt", Map.of("KeyId", key, "Plaintext", plaintext))
                .path("CiphertextBlob")
                .asText();
    }

    /** All nodes agree at the end; and the next race finds none of our aliases in its lists. */
    private void settle() throws IOException {
        cluster.awaitReady();
        for (int node = 0; node < cluster.size(); node++) {
            int before = answers.get(node);
            try (Caller last = new Caller(node, CHANGE)) {
                for (int i = 0; i < NAMES; i++) {
                    last.describeAlias(i);
                }
                last.listAliases();
                targets.forEach(last::decryptByDoor);
                last.describeKey();
                last.decryptByPolicy();
                last.decryptByGrant();
                last.decryptByTag();
                last.decryptByUserPolicy();
                last.encryptWithAccessKey();
            }
            if (answers.get(node) - before != NAMES + 1 + TARGETS + 6) {
                unexpected.add("node %d does not answer at the end".formatted(node));
            }
        }
        try (Kms root = cluster.process(0).kms(Signer.ROOT)) {
            for (int i = 0; i < NAMES; i++) {
                Reply _ = root.call("DeleteAlias", Map.of("AliasName", alias(i)));
            }
            Reply active = root.iam("UpdateAccessKey", status(ACTIVE));
            for (int i = 1; active.status() != 200 && i < TRIES; i++) { // the nodes may be joining
                LockSupport.parkNanos(BREATH_NANOS);
                active = root.iam("UpdateAccessKey", status(ACTIVE));
            }
            if (active.status() != 200) {
                unexpected.add("the next race begins without an access key: " + active.body());
            }
            // All policies of a user together have 2,048 characters at most.
            Reply _ =
                    root.iam(
                            "DeleteUserPolicy",
                            Map.of("UserName", "reader", "PolicyName", "race-" + name));
        }
    }

    private static Map<String, String> status(String status) {
        return Map.of(
                "UserName",
                "visitor",
                "AccessKeyId",
                Cluster.VISITOR.accessKeyId(),
                "Status",
                status);
    }

    private String userPolicy(boolean readerMayDecrypt) {
        return ("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"kms:%s\","
                        + "\"Resource\":\"arn:aws:kms:%s:000000000000:key/%s\"}]}")
                .formatted(readerMayDecrypt ? "Decrypt" : "Encrypt", Signer.ROOT.region(), userKey);
    }

    private static String keyPolicy(boolean readerMayDecrypt) {
        String statement =
                "{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"%s\"},\"Action\":\"kms:%s\",\"Resource\":\"*\"}";
        String all = statement.formatted("arn:aws:iam::000000000000:root", "*");
        String reader = statement.formatted(Cluster.READER_ARN, "Decrypt");
        return "{\"Version\":\"2012-10-17\",\"Statement\":[%s]}"
                .formatted(readerMayDecrypt ? all + "," + reader : all);
    }

    private static Predicate<String> when(String state) {
        return state::equals;
    }

    private static Predicate<String> unless(String state) {
        return other -> !other.equals(state);
    }

    /** Whom the answer of a list names for an alias: its key, or that it is not there. */
    private static String targetIn(JsonNode aliases, String alias) {
        for (JsonNode each : aliases.path("Aliases")) {
            if (each.path("AliasName").asText().equals(alias)) {
                return each.path("TargetKeyId").asText();
            }
        }
        return ABSENT;
    }

    /** One of those who race. What it asks for is told by chance. */
    private final class Caller implements AutoCloseable {

        private final int number;
        private final int home;
        private final Duration patience;
        private final Random random;
        private final ClusterClient client;

        /** Where changes go. */
        private int node;

        /** Where it reads: at home, but for what it has just changed. */
        private int readsAt;

        private int healedBefore;

        /** The grant that this caller has made and not revoked. */
        private @Nullable String grant;

        /** One that waits so long for what it reads. */
        Caller(int number, Duration patience) {
            this.number = number;
            this.patience = patience;
            this.home = number % cluster.size();
            this.node = home;
            this.readsAt = home;
            this.random = new Random(seed * 31 + number);
            this.client = new ClusterClient(cluster, "caller " + number);
        }

        void act() {
            int dice = random.nextInt(100);
            int any = random.nextInt(NAMES);
            if (number < GRANTERS && random.nextInt(6) == 0) {
                grantOrRevoke();
            } else if (dice < 7) {
                createAlias(any);
            } else if (dice < 12) {
                updateAlias(any);
            } else if (dice < 17) {
                deleteAlias(any);
            } else if (dice < 27) {
                describeAlias(any);
            } else if (dice < 33) {
                encryptByAlias(any);
            } else if (dice < 36) {
                listAliases();
            } else if (dice < 41) {
                listAliasesOf(aTarget());
            } else if (dice < 50) {
                decryptByDoor(aTarget());
            } else if (dice < 53) {
                enableOrDisable();
            } else if (dice < 60) {
                encrypt();
            } else if (dice < 62) {
                describeKey();
            } else if (dice < 65) {
                putKeyPolicy();
            } else if (dice < 71) {
                decryptByPolicy();
            } else if (dice < 73) {
                tagOrUntag();
            } else if (dice < 78) {
                decryptByTag();
            } else if (dice < 80) {
                putUserPolicy();
            } else if (dice < 86) {
                decryptByUserPolicy();
            } else if (dice < 88) {
                updateAccessKey();
            } else if (dice < 94) {
                encryptWithAccessKey();
            } else {
                decryptByGrant();
            }
        }

        private void createAlias(int i) {
            String target = aTarget();
            Told told = change("CreateAlias", Map.of("AliasName", alias(i), "TargetKeyId", target));
            aliases.get(i)
                    .change(
                            told,
                            "CreateAlias " + target,
                            was -> was.equals(ABSENT) ? target : null,
                            Map.of("AlreadyExistsException", unless(ABSENT)));
            lookBack(told, () -> describeAlias(i));
        }

        private void updateAlias(int i) {
            String target = aTarget();
            Told told = change("UpdateAlias", Map.of("AliasName", alias(i), "TargetKeyId", target));
            aliases.get(i)
                    .change(
                            told,
                            "UpdateAlias " + target,
                            was -> was.equals(ABSENT) ? null : target,
                            Map.of(NOT_FOUND, when(ABSENT)));
            lookBack(told, () -> encryptByAlias(i));
        }

        private void deleteAlias(int i) {
            Told told = change("DeleteAlias", Map.of("AliasName", alias(i)));
            aliases.get(i)
                    .change(
                            told,
                            "DeleteAlias",
                            was -> was.equals(ABSENT) ? null : ABSENT,
                            Map.of(NOT_FOUND, when(ABSENT)));
            lookBack(told, () -> describeAlias(i));
        }

        void describeAlias(int i) {
            Told told = read(Signer.ROOT, "DescribeKey", Map.of("KeyId", alias(i)));
            String target = told.body().path("KeyMetadata").path("KeyId").asText();
            aliases.get(i)
                    .read(
                            told,
                            "DescribeKey " + target,
                            Map.of(Told.OK, when(target), NOT_FOUND, when(ABSENT)));
        }

        private void encryptByAlias(int i) {
            Told told =
                    read(
                            Signer.ROOT,
                            "Encrypt",
                            Map.of("KeyId", alias(i), "Plaintext", new byte[] {1}));
            String arn = told.text("KeyId");
            String target = arn.substring(arn.indexOf('/') + 1);
            aliases.get(i)
                    .read(
                            told,
                            "Encrypt by alias " + target,
                            Map.of(Told.OK, when(target), NOT_FOUND, when(ABSENT)));
        }

        void listAliases() {
            Told told = read(Signer.ROOT, "ListAliases", Map.of("Limit", 100));
            if (told.body().path("Truncated").asBoolean()) {
                unexpected.add("too many aliases for one page");
                return;
            }
            for (int i = 0; i < NAMES; i++) {
                String target = targetIn(told.body(), alias(i));
                aliases.get(i).read(told, "ListAliases " + target, Map.of(Told.OK, when(target)));
            }
        }

        private void listAliasesOf(String key) {
            Told told = read(Signer.ROOT, "ListAliases", Map.of("KeyId", key, "Limit", 100));
            for (int i = 0; i < NAMES; i++) {
                boolean there = targetIn(told.body(), alias(i)).equals(key);
                aliases.get(i)
                        .read(
                                told,
                                "ListAliases of %s, and it is %s"
                                        .formatted(key, there ? "there" : "not there"),
                                Map.of(Told.OK, there ? when(key) : unless(key)));
            }
        }

        void decryptByDoor(String key) {
            aliases.get(DOOR)
                    .read(
                            decrypt(key),
                            "Decrypt with " + key,
                            Map.of(Told.OK, when(key), DENIED, unless(key)));
        }

        private void enableOrDisable() {
            boolean enable = random.nextBoolean();
            String operation = enable ? "EnableKey" : "DisableKey";
            Told told = change(operation, Map.of("KeyId", stateKey));
            state.change(told, operation, _ -> enable ? ENABLED : DISABLED, Map.of());
            lookBack(told, this::encrypt);
        }

        private void encrypt() {
            state.read(
                    read(
                            Signer.ROOT,
                            "Encrypt",
                            Map.of("KeyId", stateKey, "Plaintext", new byte[] {1})),
                    "Encrypt",
                    Map.of(Told.OK, when(ENABLED), "DisabledException", when(DISABLED)));
        }

        void describeKey() {
            Told told = read(Signer.ROOT, "DescribeKey", Map.of("KeyId", stateKey));
            String said =
                    told.body().path("KeyMetadata").path("Enabled").asBoolean()
                            ? ENABLED
                            : DISABLED;
            state.read(told, "DescribeKey " + said, Map.of(Told.OK, when(said)));
        }

        private void putKeyPolicy() {
            boolean allows = random.nextBoolean();
            String after = allows ? ALLOWS : DENIES;
            Told told =
                    change(
                            "PutKeyPolicy",
                            Map.of(
                                    "KeyId",
                                    policyKey,
                                    "PolicyName",
                                    "default",
                                    "Policy",
                                    keyPolicy(allows)));
            policy.change(told, "PutKeyPolicy that " + after, _ -> after, Map.of());
            lookBack(told, this::decryptByPolicy);
        }

        void decryptByPolicy() {
            policy.read(decrypt(policyKey), "Decrypt", permission());
        }

        private void tagOrUntag() {
            boolean allows = random.nextBoolean();
            Told told =
                    allows
                            ? change(
                                    "TagResource",
                                    Map.of(
                                            "KeyId",
                                            tagKey,
                                            "Tags",
                                            List.of(
                                                    Map.of(
                                                            "TagKey",
                                                            Cluster.OPEN,
                                                            "TagValue",
                                                            "yes"))))
                            : change(
                                    "UntagResource",
                                    Map.of("KeyId", tagKey, "TagKeys", List.of(Cluster.OPEN)));
            tag.change(
                    told,
                    allows ? "TagResource" : "UntagResource",
                    _ -> allows ? ALLOWS : DENIES,
                    Map.of());
            lookBack(told, this::decryptByTag);
        }

        void decryptByTag() {
            tag.read(decrypt(tagKey), "Decrypt", permission());
        }

        private void putUserPolicy() {
            boolean allows = random.nextBoolean();
            String after = allows ? ALLOWS : DENIES;
            Told told =
                    iam(
                            "PutUserPolicy",
                            Map.of(
                                    "UserName",
                                    "reader",
                                    "PolicyName",
                                    "race-" + name,
                                    "PolicyDocument",
                                    userPolicy(allows)));
            userPolicy.change(told, "PutUserPolicy that " + after, _ -> after, Map.of());
            lookBack(told, this::decryptByUserPolicy);
        }

        void decryptByUserPolicy() {
            userPolicy.read(decrypt(userKey), "Decrypt", permission());
        }

        private void updateAccessKey() {
            String after = random.nextBoolean() ? ACTIVE : INACTIVE;
            Told told = iam("UpdateAccessKey", status(after));
            accessKey.change(told, "UpdateAccessKey " + after, _ -> after, Map.of());
            lookBack(told, this::encryptWithAccessKey);
        }

        void encryptWithAccessKey() {
            accessKey.read(
                    read(
                            Cluster.VISITOR,
                            "Encrypt",
                            Map.of("KeyId", userKey, "Plaintext", new byte[] {1})),
                    "Encrypt",
                    Map.of(Told.OK, when(ACTIVE), "UnrecognizedClientException", when(INACTIVE)));
        }

        private static Map<String, Predicate<String>> permission() {
            return Map.of(Told.OK, when(ALLOWS), DENIED, when(DENIES));
        }

        private void grantOrRevoke() {
            String made = grant;
            if (made == null) {
                createGrant();
            } else {
                revokeGrant(made);
            }
        }

        /** Asked again with the same name, it answers with the grant that there is. */
        private void createGrant() {
            String label = "of caller " + number;
            Told told =
                    change(
                            "CreateGrant",
                            Map.of(
                                    "KeyId",
                                    grantKey,
                                    "Name",
                                    "caller" + number,
                                    "GranteePrincipal",
                                    Cluster.READER_ARN,
                                    "Operations",
                                    List.of("Decrypt")));
            String id = told.is(Told.OK) ? told.text("GrantId") : SOME_ID;
            grants.change(
                    told,
                    "CreateGrant %s: %s".formatted(label, id),
                    was -> {
                        String there = was.getOrDefault(label, SOME_ID);
                        if (id.equals(SOME_ID)) {
                            return was.containsKey(label) ? was : with(was, label, id);
                        }
                        return there.equals(SOME_ID) || there.equals(id)
                                ? with(was, label, id)
                                : null;
                    },
                    Map.of());
            if (told.is(Told.OK)) {
                grant = id;
            }
            lookBack(told, this::decryptByGrant);
        }

        private void revokeGrant(String id) {
            Told told = change("RevokeGrant", Map.of("KeyId", grantKey, "GrantId", id));
            grants.change(
                    told,
                    "RevokeGrant " + id,
                    was -> was.containsValue(id) ? without(was, id) : null,
                    Map.of(NOT_FOUND, was -> !was.containsValue(id)));
            if (told.answered()) {
                grant = null;
            }
            lookBack(told, this::decryptByGrant);
        }

        private static Map<String, String> with(
                Map<String, String> grants, String label, String id) {
            Map<String, String> after = new HashMap<>(grants);
            after.put(label, id);
            return Map.copyOf(after);
        }

        private static Map<String, String> without(Map<String, String> grants, String id) {
            Map<String, String> after = new HashMap<>(grants);
            after.values().remove(id);
            return Map.copyOf(after);
        }

        void decryptByGrant() {
            grants.read(
                    decrypt(grantKey),
                    "Decrypt",
                    Map.of(Told.OK, was -> !was.isEmpty(), DENIED, Map::isEmpty));
        }

        private Told decrypt(String key) {
            return read(
                    Cluster.READER,
                    "Decrypt",
                    Map.of("CiphertextBlob", Objects.requireNonNull(ciphertexts.get(key))));
        }

        /** Whoever was told that a change is made finds it so, at whichever node he asks. */
        private void lookBack(Told change, Runnable read) {
            if (change.is(Told.OK) && random.nextBoolean()) {
                readsAt = random.nextInt(cluster.size());
                read.run();
                readsAt = home;
            }
        }

        private String aTarget() {
            return targets.get(random.nextInt(TARGETS));
        }

        private Told read(Signer signer, String operation, Map<String, ?> members) {
            Told told =
                    counted(readsAt, client.call(readsAt, signer, patience, operation, members));
            if (!told.answered()) {
                LockSupport.parkNanos(BREATH_NANOS);
            }
            return told;
        }

        private Told change(String operation, Map<String, ?> members) {
            return changed(to -> client.call(to, Signer.ROOT, CHANGE, operation, members));
        }

        private Told iam(String action, Map<String, String> parameters) {
            return changed(to -> client.iam(to, CHANGE, action, parameters));
        }

        private Told changed(IntFunction<Told> call) {
            if (healed.get() != healedBefore) {
                healedBefore = healed.get();
                node = home;
            }
            Told told = counted(node, call.apply(node));
            if (told.is(Told.OK)) {
                changes.incrementAndGet();
            } else if (!told.answered()) {
                node = (node + 1) % cluster.size();
                LockSupport.parkNanos(BREATH_NANOS);
            }
            return told;
        }

        private Told counted(int at, Told told) {
            if (told.answered()) {
                answers.incrementAndGet(at);
            }
            return told;
        }

        @Override
        public void close() throws IOException {
            client.close();
        }
    }
}
