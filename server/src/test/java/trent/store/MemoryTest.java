package trent.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import trent.House;
import trent.Stores;
import trent.api.KeyState;
import trent.api.KmsOperation;
import trent.crypto.Entropy;
import trent.name.AccountId;
import trent.name.KeyArn;
import trent.name.KeyId;
import trent.name.Region;

/** What a caller reads never goes back, and what strangers send does not empty the memory. */
@Timeout(120)
class MemoryTest {

    private static final Entropy ENTROPY = new SecureRandom()::nextBytes;
    private static final KeyArn ARN =
            new KeyArn(
                    new Region("us-east-2"),
                    new AccountId("111122223333"),
                    new KeyId(House.UNKNOWN_KEY));

    @TempDir Path folder = Path.of("");

    /** What a commit has touched is a row of bounded length, however much it is. */
    @Test
    void aCommitThatTouchesVeryMuchOfATableSaysAllOfIt() {
        Memory memory = new Memory(null);
        List<Memory.Entry<?>> touched = new ArrayList<>();
        for (int i = 0; i < 50_000; i++) {
            touched.add(new Memory.Entry<>(memory.grants, new Memory.GrantsOf(ARN, "AIDA" + i)));
        }
        touched.add(new Memory.Entry<>(memory.keys, ARN));
        String written = Memory.written(touched);
        assertThat(written.lines())
                .containsExactly(
                        memory.grants.number() + " *",
                        memory.keys.number() + " us-east-2 111122223333 " + House.UNKNOWN_KEY);
        assertThat(grantNames(memory, "AIDA7", "old")).containsExactly("old");
        assertThat(described(memory, "old")).isEqualTo("old");
        written.lines().forEach(line -> memory.changedAt(line, 1, true));
        assertThat(grantNames(memory, "AIDA7", "new")).containsExactly("new");
        assertThat(described(memory, "new")).isEqualTo("new");
    }

    private static List<String> grantNames(Memory memory, String grantee, String found) {
        return Objects.requireNonNull(
                        memory.grants.get(
                                new Memory.GrantsOf(ARN, grantee), _ -> List.of(grant(found))))
                .stream()
                .map(Grant::name)
                .toList();
    }

    /** An old state that was read before a commit, and comes after it, is not kept. */
    @Test
    void whatWasReadBeforeACommitIsNotKeptAfterIt() {
        Memory memory = new Memory(null);
        Memory.Entry<KeyArn> entry = new Memory.Entry<>(memory.keys, ARN);
        Key old = key("old");
        Key loaded =
                memory.keys.get(
                        ARN,
                        _ -> {
                            entry.changing();
                            entry.changed();
                            return old;
                        });
        assertThat(loaded).isSameAs(old); // the call began before the commit
        assertThat(described(memory, "new")).isEqualTo("new");
        assertThat(described(memory, "newer")).as("kept").isEqualTo("new");
    }

    /** Which materials count is read from the key's row too: a replica waits for its primary's. */
    @Test
    void materialsThatWereReadBeforeTheirKeyChangedAreNotKept() {
        try (House house = new House()) {
            House.Caller caller = house.caller();
            KeyArn key = caller.arn(caller.newKey());
            KeyMaterials old = house.store().materials(key);
            house.setState(key, KeyState.DISABLED);
            KeyMaterials loaded = house.store().materials(key);
            assertThat(loaded).isNotSameAs(old);
            assertThat(house.store().materials(key)).as("kept").isSameAs(loaded);
        }
    }

    /** Between the two it is not known which state is the committed one. */
    @Test
    void nothingIsKeptWhileItsCommitIsUnderWay() {
        Memory memory = new Memory(null);
        Memory.Entry<KeyArn> entry = new Memory.Entry<>(memory.keys, ARN);
        assertThat(described(memory, "old")).isEqualTo("old");
        entry.changing();
        assertThat(described(memory, "old, from the database")).isEqualTo("old, from the database");
        assertThat(described(memory, "new, from the database")).isEqualTo("new, from the database");
        entry.changed();
        assertThat(described(memory, "new")).isEqualTo("new");
        assertThat(described(memory, "newer")).as("kept").isEqualTo("new");
    }

    /**
     * One moves an alias from key to key; two look first at the list, which is read from the
     * database, and then at the alias, which memory has.
     */
    @Test
    void whoHasSeenTheNewNeverSeesTheOldAgain() throws Exception {
        try (House house = house();
                ExecutorService threads = Executors.newCachedThreadPool()) {
            House.Caller caller = house.caller();
            List<String> keys = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                keys.add(caller.newKey());
            }
            caller.newAlias("alias/x", keys.getFirst());
            AtomicBoolean done = new AtomicBoolean();
            AtomicInteger pairs = new AtomicInteger();
            AtomicInteger moved = new AtomicInteger();
            List<Future<Integer>> readers = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                readers.add(
                        threads.submit(
                                () -> {
                                    int back = 0;
                                    while (!done.get()) {
                                        int from = moved.get();
                                        int listed = keys.indexOf(listed(caller));
                                        int named =
                                                keys.indexOf(caller.describe("alias/x").keyId());
                                        if (moved.get() - from < keys.size() / 2) {
                                            back += ahead(listed, named, keys.size()) ? 1 : 0;
                                        }
                                        pairs.incrementAndGet();
                                    }
                                    return back;
                                }));
            }
            while (moved.get() < 300 || pairs.get() < 500) {
                caller.ask(
                        KmsOperation.UPDATE_ALIAS,
                        "AliasName",
                        "alias/x",
                        "TargetKeyId",
                        keys.get(moved.incrementAndGet() % keys.size()));
            }
            done.set(true);
            for (Future<Integer> reader : readers) {
                assertThat(reader.get()).as("pairs that went back").isZero();
            }
        }
    }

    private static String listed(House.Caller caller) {
        return Objects.requireNonNull(caller.aliases().getFirst().targetKeyId());
    }

    /**
     * Whether the first is later than the second, on a circle of which less than half was walked.
     */
    private static boolean ahead(int first, int second, int circle) {
        int distance = Math.floorMod(first - second, circle);
        return distance > 0 && distance <= circle / 2;
    }

    /** Nobody who may decrypt with a key can make the others wait for its material. */
    @Test
    void aMadeUpMaterialIdIsRefusedFromMemory() throws Exception {
        try (House house = house();
                ExecutorService eventLoop = Executors.newSingleThreadExecutor()) {
            House.Caller caller = house.caller();
            byte[] blob = caller.encrypt(caller.newKey());
            byte[] made = blob.clone();
            made[18] ^= 1; // the material id: docs/ciphertext.md
            CRC32C check = new CRC32C();
            check.update(made, 0, 82);
            ByteBuffer.wrap(made).putInt(82, (int) check.getValue());
            eventLoop
                    .submit(
                            () -> {
                                Store.thisThreadMustNotWait(); // else NotInMemory
                                assertThat(caller.tried("Decrypt", "CiphertextBlob", made))
                                        .isEqualTo("InvalidCiphertextException");
                                assertThat(caller.tried("Decrypt", "CiphertextBlob", blob))
                                        .isEqualTo(House.OK);
                            })
                    .get();
        }
    }

    private House house() throws IOException, Store.CannotOpen {
        return new House(Stores.in(folder).open(ENTROPY), ENTROPY);
    }

    private static String described(Memory memory, String inDatabase) {
        return Objects.requireNonNull(memory.keys.get(ARN, _ -> key(inDatabase))).description();
    }

    private static Grant grant(String name) {
        return new Grant(
                ARN,
                "00".repeat(32),
                name,
                ARN.account(),
                "arn:aws:iam::111122223333:user/example",
                null,
                List.of(trent.api.GrantOperation.ENCRYPT),
                null,
                null,
                House.START,
                "AIDA7",
                null);
    }

    private static Key key(String description) {
        return Key.created(
                ARN,
                trent.api.KeySpec.SYMMETRIC_DEFAULT,
                trent.api.KeyUsageType.ENCRYPT_DECRYPT,
                trent.api.OriginType.AWS_KMS,
                KeyState.ENABLED,
                description,
                House.START,
                null);
    }
}
