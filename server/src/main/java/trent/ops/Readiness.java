package trent.ops;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Whether requests are served, and if not, why: what {@code /readyz} answers. */
public final class Readiness {

    private volatile Supplier<@Nullable String> reason = () -> "this server is starting";

    /** Not ready for this reason, until something else is told here. */
    public void waits(String because) {
        reason = () -> because;
    }

    /** Ready unless this says why not. */
    public void unless(Supplier<@Nullable String> unready) {
        reason = unready;
    }

    @Nullable String unreadyBecause() {
        return reason.get();
    }
}
