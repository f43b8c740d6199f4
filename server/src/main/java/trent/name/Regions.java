package trent.name;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which Regions AWS has, or may have opened since this was built: it numbers the Regions of an area
 * and direction from 1, so the next numbers are let in, and nothing else that is not listed.
 * Source: {@code regions.txt}.
 */
public final class Regions {

    /** How far beyond the highest number that is listed. */
    private static final int NUMBERS_AHEAD = 2;

    private static final Pattern NAME =
            Pattern.compile(
                    "(?<series>(?<area>[a-z-]+)-(central|(north|south)(east|west)?|east|west))-(?<number>[1-9][0-9]?)");

    private static final Set<String> AREAS = new HashSet<>();

    /** The highest number listed, by area and direction, for example 3 for {@code eu-west}. */
    private static final Map<String, Integer> SERIES = new HashMap<>();

    static {
        try (InputStream file = Regions.class.getResourceAsStream("regions.txt")) {
            if (file == null) {
                throw new IllegalStateException("regions.txt is not in this package");
            }
            new String(file.readAllBytes(), UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .forEach(Regions::read);
        } catch (IOException e) {
            throw new UncheckedIOException("regions.txt cannot be read", e);
        }
    }

    private Regions() {}

    /** Whether AWS has this Region or may have opened it by now. */
    public static boolean mayExist(Region region) {
        Matcher name = NAME.matcher(region.value());
        return name.matches()
                && AREAS.contains(name.group("area"))
                && number(name) <= SERIES.getOrDefault(name.group("series"), 0) + NUMBERS_AHEAD;
    }

    private static void read(String line) {
        String[] columns = line.split("\\|", 3); // partition, areas, Regions
        AREAS.addAll(Set.of(columns[1].strip().split(" ", -1)));
        for (String listed : columns[2].strip().split(" ", -1)) {
            Matcher name = NAME.matcher(listed);
            if (!name.matches() || !new Region(listed).partition().equals(columns[0].strip())) {
                throw new IllegalStateException("regions.txt has a wrong line: " + line);
            }
            SERIES.merge(name.group("series"), number(name), Math::max);
        }
    }

    private static int number(Matcher name) {
        return Integer.parseInt(name.group("number"));
    }
}
