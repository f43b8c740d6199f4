package trent.key;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import trent.name.AliasName;

/**
 * The aliases that each account has in each Region before there is a key for them. Source: {@code
 * predefined-aliases.txt}.
 */
public final class PredefinedAliases {

    private static final SortedSet<String> NAMES;

    static {
        try (InputStream file =
                PredefinedAliases.class.getResourceAsStream("predefined-aliases.txt")) {
            if (file == null) {
                throw new IllegalStateException("predefined-aliases.txt is not in this package");
            }
            SortedSet<String> names = new TreeSet<>();
            new String(file.readAllBytes(), UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .forEach(service -> names.add(AliasName.ofService(service).value()));
            NAMES = Collections.unmodifiableSortedSet(names);
        } catch (IOException e) {
            throw new UncheckedIOException("predefined-aliases.txt cannot be read", e);
        }
    }

    private PredefinedAliases() {}

    /** Whether AWS has an alias of this name in every account and Region. */
    public static boolean has(AliasName name) {
        return NAMES.contains(name.value());
    }

    /** The names that come after this one, in order. */
    public static SortedSet<String> after(String name) {
        return NAMES.tailSet(name + '\0');
    }
}
