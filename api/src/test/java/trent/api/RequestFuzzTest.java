package trent.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever a client sends, it gets a request read or one of the two errors. */
class RequestFuzzTest {

    /** What an attacker would try in the place of any value. */
    private static final String[] VALUES = {
        "null",
        "true",
        "0",
        "-1",
        "1e999",
        "1e-999",
        "123456789012345678901234567890",
        "0.1",
        "\"\"",
        "\"x\"",
        "\"é\"",
        "\"\\ud800\"",
        "\"QQ==\"",
        "[]",
        "[null]",
        "[[]]",
        "[{}]",
        "{}",
        "{\"a\":\"b\"}",
        "{\"a\":null}",
        "\"",
        "]",
        "}",
        ",",
        ""
    };

    @Property(tries = 2000)
    void arbitraryBytesNeverEscape(
            @ForAll byte[] body, @ForAll("operations") KmsOperation<?, ?> operation) {
        readOrRefuse(operation, body);
    }

    @Property(tries = 5000)
    void requestsWithChangedBytesNeverEscape(
            @ForAll("operations") KmsOperation<?, ?> operation, @ForAll("changes") int[] changes) {
        byte[] body = ModelSamples.full(operation.name()).getBytes(UTF_8);
        for (int change : changes) {
            body[Math.floorMod(change >>> 8, body.length)] = (byte) change;
        }
        readOrRefuse(operation, body);
    }

    @Property(tries = 2000)
    void requestsCutAnywhereAreRefused(
            @ForAll("operations") KmsOperation<?, ?> operation, @ForAll int cut) {
        byte[] body = ModelSamples.full(operation.name()).getBytes(UTF_8);
        byte[] start = Arrays.copyOf(body, Math.floorMod(cut, body.length));
        assertThat(readOrRefuse(operation, start)).isFalse();
    }

    @Property(tries = 5000)
    void requestsWithOtherValuesNeverEscape(
            @ForAll("operations") KmsOperation<?, ?> operation, @ForAll("mutants") Mutant mutant) {
        String body = ModelSamples.full(operation.name());
        readOrRefuse(operation, mutant.of(body).getBytes(UTF_8));
    }

    @Property
    void base64IsReadAsTheJdkReadsIt(@ForAll byte[] bytes) {
        char[] text = ("\"" + Base64.getEncoder().encodeToString(bytes) + "\"").toCharArray();
        assertThat(Base64Text.decode(text, 1, text.length - 2)).isEqualTo(bytes);
    }

    @Provide
    Arbitrary<KmsOperation<?, ?>> operations() {
        return Arbitraries.of(KmsOperation.all());
    }

    @Provide
    Arbitrary<int[]> changes() {
        return Arbitraries.integers().array(int[].class).ofMinSize(1).ofMaxSize(4);
    }

    @Provide
    Arbitrary<Mutant> mutants() {
        return Combinators.combine(Arbitraries.integers(), Arbitraries.of(VALUES)).as(Mutant::new);
    }

    /** A request in which the value after one of the colons is another. */
    record Mutant(int place, String value) {

        String of(String body) {
            int colons = (int) body.chars().filter(c -> c == ':').count();
            if (colons == 0) {
                return value;
            }
            int at = -1;
            for (int i = Math.floorMod(place, colons); i >= 0; i--) {
                at = body.indexOf(':', at + 1);
            }
            int end = at + 1;
            boolean quoted = false;
            for (; end < body.length(); end++) {
                char c = body.charAt(end);
                quoted ^= c == '"';
                if (!quoted && (c == ',' || c == '}' || c == ']')) {
                    break;
                }
            }
            return body.substring(0, at + 1) + value + body.substring(end);
        }
    }

    private static boolean readOrRefuse(KmsOperation<?, ?> operation, byte[] body) {
        try {
            Objects.requireNonNull(operation.read(body, 0, body.length));
            return true;
        } catch (SerializationException | ValidationException _) {
            return false;
        }
    }
}
