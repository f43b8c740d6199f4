package trent.use;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import trent.House;
import trent.Stores;
import trent.api.Blob;
import trent.api.KmsOperation;
import trent.crypto.Entropy;
import trent.key.Quotas;

/** A key that rotates while it is used. */
class RotationRaceTest {

    private static final int ROTATIONS = 60;
    private static final Quotas MANY_ROTATIONS =
            new Quotas(100_000, 50, 50_000, 50, ROTATIONS, 32_768);

    /** A data key's random bytes come after the key was looked up, and before it is wrapped. */
    @ParameterizedTest
    @ValueSource(strings = {"GenerateDataKey", "GenerateDataKeyWithoutPlaintext"})
    void aReplyNamesTheMaterialThatWasUsed(String operation) {
        Entropy random = new SecureRandom()::nextBytes;
        AtomicReference<@Nullable Runnable> meanwhile = new AtomicReference<>();
        Entropy entropy =
                bytes -> {
                    Runnable run = meanwhile.getAndSet(null);
                    if (run != null) {
                        run.run();
                    }
                    random.fill(bytes);
                };
        try (House house = new House(entropy)) {
            House.Caller caller = house.caller();
            String key = caller.newKey();
            String before = caller.describe(key).currentKeyMaterialId();
            meanwhile.set(() -> caller.ask(KmsOperation.ROTATE_KEY_ON_DEMAND, "KeyId", key));
            Reply reply = dataKey(caller, operation, key);
            assertThat(caller.describe(key).currentKeyMaterialId()).isNotEqualTo(before);
            assertThat(reply.materialId()).isEqualTo(materialOf(caller, reply));
        }
    }

    /** In two Regions, and opened in the other one at once. */
    @Test
    void nothingThatIsEncryptedDuringRotationsIsLost() throws Exception {
        Entropy entropy = new SecureRandom()::nextBytes;
        try (House house = new House(Stores.fresh(entropy), entropy, MANY_ROTATIONS);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            House.Caller here = house.caller();
            House.Caller there = house.root(House.ACCOUNT, House.OTHER_REGION);
            String key =
                    Objects.requireNonNull(
                                    here.ask(KmsOperation.CREATE_KEY, "MultiRegion", true)
                                            .keyMetadata())
                            .keyId();
            here.ask(
                    KmsOperation.REPLICATE_KEY,
                    "KeyId",
                    key,
                    "ReplicaRegion",
                    House.OTHER_REGION.value());
            AtomicBoolean rotating = new AtomicBoolean(true);
            ConcurrentLinkedQueue<Reply> replies = new ConcurrentLinkedQueue<>();
            List<Future<?>> users = new ArrayList<>();
            for (House.Caller maker : List.of(here, there)) {
                House.Caller opener = maker.equals(here) ? there : here;
                users.add(
                        threads.submit(
                                () -> {
                                    while (rotating.get()) {
                                        for (Reply reply : makeAll(maker, key)) {
                                            check(opener, reply);
                                            replies.add(reply);
                                        }
                                    }
                                }));
            }
            for (int i = 0; i < ROTATIONS; i++) {
                here.ask(KmsOperation.ROTATE_KEY_ON_DEMAND, "KeyId", key);
            }
            rotating.set(false);
            for (Future<?> user : users) {
                user.get();
            }
            assertThat(replies).isNotEmpty();
            for (Reply reply : replies) {
                check(here, reply);
                check(there, reply);
            }
            assertThat(house.store().materials(here.arn(key)).all()).hasSize(ROTATIONS + 1);
        }
    }

    /**
     * A ciphertext, and its material as the reply names it.
     *
     * @param materialId null where the reply does not say
     */
    private record Reply(Blob blob, @Nullable String materialId) {}

    private static List<Reply> makeAll(House.Caller caller, String key) {
        var pair =
                caller.ask(
                        KmsOperation.GENERATE_DATA_KEY_PAIR,
                        "KeyId",
                        key,
                        "KeyPairSpec",
                        "ECC_NIST_P256");
        byte[] blob = caller.encrypt(key);
        var moved =
                caller.ask(
                        KmsOperation.RE_ENCRYPT, "CiphertextBlob", blob, "DestinationKeyId", key);
        return List.of(
                new Reply(new Blob(blob), null),
                new Reply(required(moved.ciphertextBlob()), moved.destinationKeyMaterialId()),
                new Reply(required(pair.privateKeyCiphertextBlob()), pair.keyMaterialId()),
                dataKey(caller, "GenerateDataKey", key),
                dataKey(caller, "GenerateDataKeyWithoutPlaintext", key));
    }

    private static Reply dataKey(House.Caller caller, String operation, String key) {
        if (operation.equals("GenerateDataKey")) {
            var reply =
                    caller.ask(KmsOperation.GENERATE_DATA_KEY, "KeyId", key, "KeySpec", "AES_256");
            return new Reply(required(reply.ciphertextBlob()), reply.keyMaterialId());
        }
        var reply =
                caller.ask(
                        KmsOperation.GENERATE_DATA_KEY_WITHOUT_PLAINTEXT,
                        "KeyId",
                        key,
                        "KeySpec",
                        "AES_256");
        return new Reply(required(reply.ciphertextBlob()), reply.keyMaterialId());
    }

    private static void check(House.Caller opener, Reply reply) {
        String really = materialOf(opener, reply);
        assertThat(really).isNotNull();
        if (reply.materialId() != null) {
            assertThat(reply.materialId()).isEqualTo(really);
        }
    }

    private static @Nullable String materialOf(House.Caller opener, Reply reply) {
        return opener.ask(
                        KmsOperation.DECRYPT,
                        "CiphertextBlob",
                        reply.blob().bytes(),
                        "EncryptionContext",
                        Map.of())
                .keyMaterialId();
    }

    private static Blob required(@Nullable Blob blob) {
        return Objects.requireNonNull(blob);
    }
}
