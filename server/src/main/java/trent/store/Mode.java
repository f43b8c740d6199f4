package trent.store;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** For whom a store is kept: what is in it was made, and may be used, by those and nobody else. */
public enum Mode {
    /** Whoever reaches the server is root of every account, as with {@code trent dev}. */
    DEVELOPMENT,
    /** Every signature is verified, as with {@code trent server}. */
    SERVICE;

    /** As it is written in the store. */
    String written() {
        return name().toLowerCase(Locale.ROOT);
    }

    static @Nullable Mode of(@Nullable String written) {
        for (Mode mode : values()) {
            if (mode.written().equals(written)) {
                return mode;
            }
        }
        return null;
    }
}
