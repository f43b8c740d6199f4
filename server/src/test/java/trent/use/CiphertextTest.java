package trent.use;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import trent.House;
import trent.api.KmsOperation;

/** Ciphertexts open with the same key and the same context, and with nothing else. */
class CiphertextTest {

    private static final String INVALID = "InvalidCiphertextException";
    private final House house = new House();
    private final House.Caller caller = house.caller();
    private final String key = caller.newKey();
    private final String otherKey = caller.newKey();

    @AfterEach
    @AfterProperty
    void close() {
        house.close();
    }

    @Property(tries = 300)
    void whatWasEncryptedComesBack(
            @ForAll @Size(min = 1, max = 4096) byte[] plaintext,
            @ForAll @Size(max = 3) Map<@Size(max = 5) String, String> any) {
        Map<String, String> context = encodable(any);
        byte[] blob = caller.encrypt(key, plaintext, context);
        assertThat(caller.decrypt(blob, context)).isEqualTo(plaintext);
        assertThat(blob.length).isLessThanOrEqualTo(6144).isEqualTo(86 + plaintext.length + 16);
    }

    /** A superset, a subset, and every other map fail alike. */
    @Property(tries = 300)
    void anotherContextDoesNotOpenIt(
            @ForAll @Size(max = 3) Map<@Size(max = 3) String, @Size(max = 3) String> one,
            @ForAll @Size(max = 3) Map<@Size(max = 3) String, @Size(max = 3) String> other) {
        Map<String, String> context = encodable(one);
        Map<String, String> wrong = encodable(other);
        byte[] blob = caller.encrypt(key, new byte[] {1}, context);
        assertThat(caller.tried("Decrypt", "CiphertextBlob", blob, "EncryptionContext", wrong))
                .isEqualTo(context.equals(wrong) ? House.OK : INVALID);
    }

    @Test
    void aContextIsMatchedAsAWhole() {
        Map<String, String> context = Map.of("a", "1", "b", "2");
        byte[] blob = caller.encrypt(key, new byte[] {1}, context);
        for (Map<String, String> wrong :
                List.<Map<String, String>>of(
                        Map.of(),
                        Map.of("a", "1"),
                        Map.of("a", "1", "b", "2", "c", "3"),
                        Map.of("A", "1", "b", "2"))) {
            assertThat(caller.tried("Decrypt", "CiphertextBlob", blob, "EncryptionContext", wrong))
                    .isEqualTo(INVALID);
            assertThat(
                            caller.tried(
                                    "ReEncrypt",
                                    "CiphertextBlob",
                                    blob,
                                    "SourceEncryptionContext",
                                    wrong,
                                    "DestinationEncryptionContext",
                                    context,
                                    "DestinationKeyId",
                                    key))
                    .isEqualTo(INVALID);
        }
        assertThat(caller.tried("Decrypt", "CiphertextBlob", blob))
                .as("no context")
                .isEqualTo(INVALID);
        byte[] without = caller.encrypt(key);
        assertThat(
                        caller.tried(
                                "Decrypt",
                                "CiphertextBlob",
                                without,
                                "EncryptionContext",
                                Map.of()))
                .as("no pairs are no context")
                .isEqualTo(House.OK);
    }

    /**
     * Each bit of version, ids, salt, check sum, ciphertext and tag, whatever
     * else the request says.
     */
    @Test
    void everyFlippedBitIsInvalid() {
        for (int plaintextBytes : new int[] {1, 32}) {
            byte[] blob = caller.encrypt(key, new byte[plaintextBytes], Map.of());
            for (int bit = 0; bit < blob.length * 8; bit++) {
                byte[] flipped = blob.clone();
                flipped[bit / 8] ^= (byte) (1 << bit % 8);
                assertRefused(flipped, "bit " + bit);
            }
            assertThat(caller.tried("Decrypt", "CiphertextBlob", blob)).isEqualTo(House.OK);
        }
    }

    @Test
    void everyTruncationAndEveryAdditionIsInvalid() {
        byte[] blob = caller.encrypt(key, new byte[32], Map.of());
        for (int length = 1; length < blob.length; length++) {
            assertRefused(Arrays.copyOf(blob, length), "the first " + length);
            assertRefused(
                    Arrays.copyOfRange(blob, length, blob.length), "without the first " + length);
        }
        assertRefused(Arrays.copyOf(blob, blob.length + 1), "one byte more");
        assertRefused(Arrays.copyOf(blob, 6144), "the longest that may be sent");
    }

    @Property(tries = 500)
    void garbageIsInvalid(@ForAll @Size(min = 1, max = 300) byte[] garbage) {
        assertRefused(garbage, Arrays.toString(garbage));
    }

    @Property(tries = 500)
    void severalChangedBytesAreInvalid(
            @ForAll @Size(min = 1, max = 8) List<@IntRange(min = 0, max = 133) Integer> places,
            @ForAll @IntRange(min = 1, max = 255) int change) {
        byte[] blob = caller.encrypt(key, new byte[32], Map.of());
        byte[] changed = blob.clone();
        new HashSet<>(places).forEach(at -> changed[at] ^= (byte) change);
        assertRefused(changed, places.toString());
    }

    /** Parts of two good ciphertexts of one key do not make a third. */
    @Test
    void partsOfCiphertextsCannotBeCombined() {
        byte[] one = caller.encrypt(key, new byte[] {1}, Map.of());
        byte[] two = caller.encrypt(key, new byte[] {2}, Map.of());
        for (int cut = 51; cut < one.length; cut++) {
            byte[] both = one.clone();
            System.arraycopy(two, cut, both, cut, two.length - cut);
            if (!Arrays.equals(both, one) && !Arrays.equals(both, two)) {
                assertRefused(both, "cut at " + cut);
            }
        }
    }

    @Test
    void theSamePlaintextIsNeverTheSameCiphertext() {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            seen.add(Arrays.toString(caller.encrypt(key)));
        }
        assertThat(seen).hasSize(100);
    }

    /** Not a version of ours, and not what other tools make. */
    @Test
    void ciphertextsOfOthersAreInvalid() {
        byte[] blob = caller.encrypt(key);
        for (int version = 0; version < 256; version++) {
            blob[0] = (byte) version;
            if (version != 1) {
                assertRefused(blob, "version " + version);
            }
        }
        byte[] likeAws = new byte[184];
        System.arraycopy(new byte[] {1, 2, 2, 0}, 0, likeAws, 0, 4);
        assertRefused(likeAws, "AWS's own begin so");
    }

    @Test
    void theKeyIsMatchedBeforeTheContext() {
        byte[] blob = caller.encrypt(key, new byte[] {1}, Map.of("a", "b"));
        assertThat(caller.tried("Decrypt", "CiphertextBlob", blob, "KeyId", otherKey))
                .startsWith("IncorrectKeyException");
        assertThat(
                        caller.ask(
                                        KmsOperation.DECRYPT,
                                        "CiphertextBlob",
                                        blob,
                                        "EncryptionContext",
                                        Map.of("a", "b"))
                                .keyId())
                .isEqualTo(caller.arn(key).toString());
    }

    private void assertRefused(byte[] blob, String how) {
        assertThat(caller.tried("Decrypt", "CiphertextBlob", blob)).as(how).isEqualTo(INVALID);
        assertThat(caller.tried("Decrypt", "CiphertextBlob", blob, "KeyId", key))
                .as(how)
                .isEqualTo(INVALID);
        assertThat(caller.tried("Decrypt", "CiphertextBlob", blob, "KeyId", otherKey))
                .as(how)
                .isNotEqualTo(House.OK);
        assertThat(caller.tried("ReEncrypt", "CiphertextBlob", blob, "DestinationKeyId", otherKey))
                .as(how)
                .isEqualTo(INVALID);
        assertThat(
                        caller.tried(
                                "ReEncrypt",
                                "CiphertextBlob",
                                blob,
                                "SourceKeyId",
                                key,
                                "DestinationKeyId",
                                otherKey))
                .as(how)
                .isEqualTo(INVALID);
        assertThat(caller.tried("Decrypt", "CiphertextBlob", blob, "DryRun", true))
                .as(how)
                .isEqualTo(INVALID);
    }

    /** The pairs that JSON can bring. */
    private static Map<String, String> encodable(Map<String, String> any) {
        Map<String, String> context = new HashMap<>();
        any.forEach(
                (name, value) -> {
                    if (canEncode(name) && canEncode(value)) {
                        context.put(name, value);
                    }
                });
        return context;
    }

    private static boolean canEncode(String text) {
        return UTF_8.newEncoder().canEncode(text);
    }
}
