package trent.crypto;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/** The test vectors of Project Wycheproof: read, run case by case, counted. */
final class Wycheproof {

    private static final ObjectMapper JSON = new ObjectMapper();

    private Wycheproof() {}

    /** Why a case is left out, or must go otherwise than the file says. */
    enum Rule {
        // Left out: Trent cannot be asked.
        GCM_LENGTHS("key, nonce or tag of a length that Trent never uses"),
        HKDF_LENGTH("more output than HKDF can give: Trent always takes 44 bytes"),
        HKDF_SHA_512("Trent derives with HKDF-SHA-256 only"),
        RSA_KEY_SIZE("RSA keys that are not 2048, 3072 or 4096 bits long"),
        HASH("a hash that no algorithm of Trent's has"),
        ML_DSA_MATERIAL("private keys that nobody can bring: Trent reads only those it made"),
        ML_DSA_LONG_CONTEXT("signing in a context: nobody can give one"),
        // Run, and must be refused although the file calls them valid.
        TRUNCATED_TAG("a tag cut short is refused"),
        PSS_PARAMETERS("PSS with another mask hash or salt length is refused"),
        OAEP_PARAMETERS("OAEP with another mask hash or with a label is refused"),
        ML_DSA_CONTEXT("a signature in a context is refused, its mu is not"),
        SMALL_EXPONENT("RSA keys with a public exponent below 65537 are refused"),
        AES_256_ONLY("key wrap by an AES key that is not 256 bits long is refused"),
        WITH_PADDING_ONLY("key wrap without padding is refused");

        private final String reason;

        Rule(String reason) {
            this.reason = reason;
        }
    }

    /** What became of a case that did not fail. */
    sealed interface Outcome {
        /** It went as the file says. */
        record Ran() implements Outcome {}

        /** It was refused, as a rule of Trent's wants. */
        record Refused(Rule rule) implements Outcome {}

        record LeftOut(Rule rule) implements Outcome {}
    }

    /** Runs one case; throws an AssertionError if it goes wrong. */
    @FunctionalInterface
    interface Check {
        Outcome run(JsonNode group, Case test) throws Exception;
    }

    /** One case of a file. */
    record Case(String file, JsonNode json) {

        /**
         * What Wycheproof calls acceptable, and Trent takes: a compressed point, which is as good
         * as the other form, and an RSA exponent of 3, which a key brought by its owner may have.
         * All else that is called acceptable Trent refuses.
         */
        private static final Set<String> ACCEPTED = Set.of("CompressedPoint", "SmallPublicKey");

        /** Whether it must be taken. */
        boolean valid() {
            return switch (text("result")) {
                case "valid" -> true;
                case "invalid" -> false;
                case "acceptable" -> {
                    for (JsonNode flag : json.get("flags")) {
                        if (ACCEPTED.contains(flag.textValue())) {
                            yield true;
                        }
                    }
                    yield false;
                }
                default -> throw new IllegalStateException(text("result"));
            };
        }

        String text(String member) {
            return json.get(member).textValue();
        }

        boolean has(String member) {
            return json.hasNonNull(member);
        }

        byte[] bytes(String member) {
            return hex(json, member);
        }

        @Override
        public String toString() {
            return "%s case %s, %s (%s)"
                    .formatted(file, json.get("tcId"), text("result"), text("comment"));
        }
    }

    static byte[] hex(JsonNode node, String member) {
        return HexFormat.of().parseHex(node.get(member).textValue());
    }

    /** Runs all cases of a file and prints how many; the number that ran or was refused. */
    static int runAll(String file, String providers, Check check) throws Exception {
        int ran = 0;
        Map<Rule, Integer> refused = new EnumMap<>(Rule.class);
        Map<Rule, Integer> leftOut = new EnumMap<>(Rule.class);
        for (JsonNode group : vectors(file).get("testGroups")) {
            for (JsonNode json : group.get("tests")) {
                Case test = new Case(file, json);
                Outcome outcome;
                try {
                    outcome = check.run(group, test);
                } catch (Exception e) {
                    throw new AssertionError(test + ": " + e, e);
                }
                switch (outcome) {
                    case Outcome.Ran _ -> ran++;
                    case Outcome.Refused(Rule rule) -> refused.merge(rule, 1, Integer::sum);
                    case Outcome.LeftOut(Rule rule) -> leftOut.merge(rule, 1, Integer::sum);
                }
            }
        }
        int all = ran + sum(refused);
        System.out.printf(
                "Wycheproof %s, %s: %d ran%s, %d left out%s%n",
                file,
                providers,
                all,
                reasons(refused, "of which "),
                sum(leftOut),
                reasons(leftOut, ""));
        return all;
    }

    private static int sum(Map<Rule, Integer> counts) {
        return counts.values().stream().mapToInt(Integer::intValue).sum();
    }

    private static String reasons(Map<Rule, Integer> counts, String introduction) {
        return counts.isEmpty()
                ? ""
                : counts.entrySet().stream()
                        .map(e -> e.getValue() + ": " + e.getKey().reason)
                        .collect(Collectors.joining("; ", " (" + introduction, ")"));
    }

    /** The files that there are. */
    static Set<String> files() throws IOException {
        try (ZipFile zip = new ZipFile(zip("all files").toFile())) {
            return zip.stream()
                    .map(entry -> entry.getName())
                    .filter(name -> name.endsWith(".json"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static JsonNode vectors(String file) throws IOException {
        try (ZipFile zip = new ZipFile(zip(file).toFile());
                InputStream in = zip.getInputStream(Objects.requireNonNull(zip.getEntry(file)))) {
            return JSON.readTree(in);
        }
    }

    private static @Nullable Path told;

    private static Path zip(String what) {
        Path zip = Path.of(System.getProperty("trent.vectors", "vectors"), "wycheproof.zip");
        if (!Files.exists(zip) && !zip.equals(told)) {
            told = zip;
            System.out.printf(
                    "skipped: the Wycheproof vectors are not there; they are the folder"
                            + " testvectors_v1 of github.com/C2SP/wycheproof, zipped without"
                            + " folders as %s in the folder that -Dtrent.vectors=FOLDER names%n",
                    zip.getFileName());
        }
        assumeTrue(Files.exists(zip), what + " of Wycheproof");
        return zip;
    }

    /** One line of the table: a file, and how its cases are run. */
    record Row(String file, Check check) {
        @Override
        public String toString() {
            return file;
        }

        static List<String> files(List<Row> rows) {
            return rows.stream().map(Row::file).toList();
        }
    }
}
