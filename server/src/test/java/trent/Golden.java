package trent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/**
 * A readable table of what the code does, kept beside the tests. A difference is printed, and
 * {@code ./trent verify --update-golden} rewrites the table for review.
 */
public final class Golden {

    private static final String FOLDER = "server/src/test/resources";

    private final Path file;

    private Golden(Path file) {
        this.file = file;
    }

    /** The table of this name. */
    public static Golden of(String name) {
        return ofTree(FOLDER + "/" + name);
    }

    /** A file that is made from the code and kept for others, by its path in the source tree. */
    public static Golden ofTree(String path) {
        String home = Objects.requireNonNull(System.getProperty("trent.home"), "trent.home");
        return new Golden(Path.of(home, path));
    }

    /** The table as it was written last. */
    public String text() {
        try {
            return Files.readString(file, UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Fails with the difference, or writes the table anew if that is asked for. */
    public void check(String actual) {
        String expected = Files.exists(file) ? text() : "";
        if (actual.equals(expected)) {
            return;
        }
        if ("update".equals(System.getProperty("trent.golden"))) {
            try {
                Files.createDirectories(Objects.requireNonNull(file.getParent()));
                Files.writeString(file, actual, UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return;
        }
        fail(
                "%s differs from what the code does; - is in the file, + is what came:%n%s%n%s"
                        .formatted(
                                file.getFileName(),
                                String.join("\n", difference(expected, actual)),
                                "Review it, then ./trent verify --update-golden writes the file."));
    }

    /** The lines that only one of them has, in order, by their longest common subsequence. */
    private static List<String> difference(String expected, String actual) {
        List<String> one = expected.lines().toList();
        List<String> other = actual.lines().toList();
        int[][] common = new int[one.size() + 1][other.size() + 1];
        for (int i = one.size() - 1; i >= 0; i--) {
            for (int j = other.size() - 1; j >= 0; j--) {
                common[i][j] =
                        one.get(i).equals(other.get(j))
                                ? common[i + 1][j + 1] + 1
                                : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        List<String> lines = new ArrayList<>();
        String heading = "";
        int i = 0;
        int j = 0;
        while (i < one.size() || j < other.size()) {
            if (i < one.size() && j < other.size() && one.get(i).equals(other.get(j))) {
                if (one.get(i).startsWith("##")) {
                    heading = one.get(i);
                }
                i++;
                j++;
                continue;
            }
            if (!heading.isEmpty()) {
                lines.add("  " + heading);
                heading = "";
            }
            if (j >= other.size() || (i < one.size() && common[i + 1][j] >= common[i][j + 1])) {
                lines.add("- " + one.get(i++));
            } else {
                lines.add("+ " + other.get(j++));
            }
        }
        return Collections.unmodifiableList(lines);
    }
}
