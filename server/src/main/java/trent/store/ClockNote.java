package trent.store;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the store remembers of the wall clock: what it last showed, and by how much it went ahead at
 * times for which deletions still wait.
 */
public record ClockNote(Instant seen, List<Leap> leaps) {

    private static final String NAME = "clock";

    /** The clock went ahead by {@code size}; believed after this much more time of service. */
    public record Leap(Duration size, Duration toRun) {}

    public ClockNote {
        leaps = List.copyOf(leaps);
    }

    /** The note in this store, or null if there is none yet. */
    public static @Nullable ClockNote find(Tx tx) {
        String text = Settings.find(tx.sql(), NAME);
        return text == null ? null : parse(text);
    }

    public void put(Tx tx) {
        StringBuilder text = new StringBuilder().append(seen.toEpochMilli());
        for (Leap leap : leaps) {
            text.append(' ').append(leap.size().toMillis()).append('/');
            text.append(leap.toRun().toMillis());
        }
        Settings.put(tx.sql(), NAME, text.toString());
    }

    private static ClockNote parse(String text) {
        String[] words = text.split(" ", -1);
        List<Leap> leaps = new ArrayList<>();
        for (int i = 1; i < words.length; i++) {
            String[] parts = words[i].split("/", 2);
            leaps.add(new Leap(millis(parts[0]), millis(parts[1])));
        }
        return new ClockNote(Instant.ofEpochMilli(Long.parseLong(words[0])), leaps);
    }

    private static Duration millis(String text) {
        return Duration.ofMillis(Long.parseLong(text));
    }
}
