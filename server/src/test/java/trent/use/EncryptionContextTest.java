package trent.use;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import trent.api.ValidationException;

/** The bytes that a ciphertext is bound to. */
class EncryptionContextTest {

    /** What can be read back cannot be confused: no two contexts share their canonical bytes. */
    @Property
    void canonicalBytesCanBeReadBack(@ForAll("contexts") Map<String, String> pairs) {
        byte[] canonical = EncryptionContext.of(pairs).canonical();
        assertThat(EncryptionContext.parse(canonical)).isEqualTo(pairs);
    }

    @Property
    void otherContextsHaveOtherBytes(
            @ForAll("contexts") Map<String, String> one,
            @ForAll("contexts") Map<String, String> other) {
        assertThat(
                        Arrays.equals(
                                EncryptionContext.of(one).canonical(),
                                EncryptionContext.of(other).canonical()))
                .isEqualTo(one.equals(other));
    }

    @Property
    void orderDoesNotMatter(@ForAll("contexts") Map<String, String> pairs) {
        Map<String, String> backwards = new LinkedHashMap<>();
        List.copyOf(pairs.keySet())
                .reversed()
                .forEach(key -> backwards.put(key, pairs.getOrDefault(key, "")));
        assertThat(EncryptionContext.of(backwards).canonical())
                .isEqualTo(EncryptionContext.of(pairs).canonical());
    }

    /**
     * Neither moved borders, nor case, nor another composition of an accent make the same context.
     */
    @Test
    void likenessIsNotEquality() {
        List<Map<String, String>> contexts =
                List.of(
                        Map.of(),
                        Map.of("a", "b"),
                        Map.of("a", "B"),
                        Map.of("A", "b"),
                        Map.of("ab", ""),
                        Map.of("", "ab"),
                        Map.of("", ""),
                        Map.of("a", "b", "c", "d"),
                        Map.of("a", "bcd"),
                        Map.of("a", "d", "c", "b"),
                        Map.of("é", "x"),
                        Map.of("e\u0301", "x"),
                        Map.of("\ud83d\udd11", "x"),
                        Map.of("a\0", "b"),
                        Map.of("a", "\0b"));
        assertThat(
                        contexts.stream()
                                .map(
                                        context ->
                                                new String(
                                                        EncryptionContext.of(context).canonical(),
                                                        UTF_8)))
                .doesNotHaveDuplicates();
    }

    @Property(tries = 300)
    void otherBytesAreNoCanonicalForm(@ForAll byte[] bytes) {
        try {
            assertThat(EncryptionContext.of(EncryptionContext.parse(bytes)).canonical())
                    .isEqualTo(bytes);
        } catch (IllegalArgumentException _) {
            // Most bytes are none.
        }
    }

    @Test
    void eightKibibytesAreTheMost() {
        // 4 for the number of pairs, 4 and 1 for the key, 4 for the value's length
        int rest = EncryptionContext.MAX_BYTES - 13;
        assertThat(EncryptionContext.of(Map.of("k", "x".repeat(rest))).canonical())
                .hasSize(EncryptionContext.MAX_BYTES);
        assertThatThrownBy(() -> EncryptionContext.of(Map.of("k", "x".repeat(rest + 1))))
                .isInstanceOf(ValidationException.class)
                .hasMessage(
                        "The encryption context is longer than 8192 bytes in its canonical form.");
        assertThatThrownBy(() -> EncryptionContext.of(Map.of("k", "é".repeat(rest / 2 + 1))))
                .isInstanceOf(ValidationException.class);
    }

    /** Maps of what JSON can bring: any text but halves of surrogate pairs. */
    @Provide
    Arbitrary<Map<String, String>> contexts() {
        Arbitrary<String> any =
                Arbitraries.strings()
                        .ofMaxLength(12)
                        .filter(text -> UTF_8.newEncoder().canEncode(text));
        Arbitrary<String> alike =
                Arbitraries.strings().withChars('a', 'b', '\0', '\u0001').ofMaxLength(3);
        Arbitrary<String> text = Arbitraries.oneOf(any, alike);
        return Arbitraries.maps(text, text).ofMaxSize(6).map(HashMap::new);
    }
}
