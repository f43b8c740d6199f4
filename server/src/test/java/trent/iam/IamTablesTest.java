package trent.iam;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import trent.api.iam.IamOperation;
import trent.call.Principal;

/**
 * Every operation, by readable tables: each line of a file in {@code iam/} is a call and its
 * answer, and a file is a story of one account.
 *
 * <p>A line is the caller, the operation, its parameters, {@code =>}, and the answer: the error, or
 * {@code ok} and what its XML holds. {@code a=b} after {@code keep} remembers an element's text for
 * later lines, as {@code ${a}}. {@code #} begins a comment, and {@code let} a text.
 */
class IamTablesTest {

    private static final Pattern WORDS = Pattern.compile(" +");

    private static final List<String> TABLES =
            List.of(
                    "users",
                    "access-keys",
                    "roles",
                    "policies",
                    "documents",
                    "attachments",
                    "inline-policies",
                    "groups",
                    "tags",
                    "boundaries",
                    "providers",
                    "nothing",
                    "permissions",
                    "simulations");

    private final Map<String, String> kept = new HashMap<>();

    static Stream<String> tables() {
        return TABLES.stream();
    }

    @ParameterizedTest
    @MethodSource("tables")
    void calls(String table) throws IOException {
        try (People people = new People()) {
            int number = 0;
            List<String> wrong = new ArrayList<>();
            for (String line : lines(table)) {
                number++;
                if (line.isBlank() || line.startsWith("#")) {
                    continue;
                }
                String text = substituted(line);
                if (text.startsWith("let ")) {
                    String[] let = text.substring(4).split("=", 2);
                    kept.put(let[0].strip(), let[1].strip());
                } else {
                    String problem = problem(people, text);
                    if (problem != null) {
                        wrong.add(table + ":" + number + ": " + line + "\n  " + problem);
                    }
                }
            }
            assertThat(wrong).isEmpty();
        }
    }

    @Test
    void everyOperationIsAnsweredAndInATable() throws IOException {
        Set<String> all = new HashSet<>();
        IamOperation.all().forEach(operation -> all.add(operation.name()));
        try (People people = new People()) {
            assertThat(people.operations()).containsExactlyInAnyOrderElementsOf(all);
        }
        Set<String> asked = new HashSet<>();
        for (String table : TABLES) {
            for (String line : lines(table)) {
                String[] words = WORDS.split(line, -1);
                if (words.length > 1) {
                    asked.add(words[1]);
                }
            }
        }
        assertThat(asked).containsAll(all);
    }

    private @Nullable String problem(People people, String line) {
        String[] sides = line.split(" => ", 2);
        String[] words = WORDS.split(sides[0].strip(), -1);
        List<String> parameters = new ArrayList<>();
        for (int i = 2; i < words.length; i++) {
            String[] pair = words[i].split("=", 2);
            parameters.add(pair[0]);
            parameters.add(pair[1].replace('\u00b7', ' '));
        }
        String got =
                people.tried(caller(people, words[0]), words[1], parameters.toArray(String[]::new));
        String wanted = sides[1].strip();
        if (!wanted.startsWith("ok")) {
            return got.equals(wanted) ? null : got;
        }
        if (!got.startsWith("<")) {
            return got;
        }
        for (String word : WORDS.split(wanted.substring(2).strip(), -1)) {
            String part = word.replace('\u00b7', ' ');
            if (part.startsWith("keep:")) {
                String[] names = part.substring(5).split("=", 2);
                kept.put(names[0], People.element(got, names[1]));
            } else if (part.startsWith("!")
                    ? got.contains(part.substring(1))
                    : !got.contains(part)) {
                return part + " in " + got;
            }
        }
        return null;
    }

    private static Principal caller(People people, String name) {
        return switch (name) {
            case "root" -> People.root();
            case "stranger" -> Principal.root(People.OTHER, "aws");
            default ->
                    name.startsWith("session:")
                            ? people.session(name.substring(8))
                            : people.user(name);
        };
    }

    private String substituted(String line) {
        String text = line;
        for (Map.Entry<String, String> each : kept.entrySet()) {
            text = text.replace("${" + each.getKey() + "}", each.getValue());
        }
        return text;
    }

    private static List<String> lines(String table) throws IOException {
        try (InputStream file =
                Objects.requireNonNull(
                        IamTablesTest.class.getResourceAsStream("/iam/" + table + ".txt"))) {
            return new String(file.readAllBytes(), UTF_8).lines().toList();
        }
    }
}
