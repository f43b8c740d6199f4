package trent.explain;

import java.util.List;
import org.jspecify.annotations.Nullable;
import trent.access.Explanation;

/**
 * The answer to a {@link Question}.
 *
 * @param why null where it was asked who may
 * @param ways who may, on this page
 * @param notes what the reader must know of how it was judged
 * @param marker null on the last page
 */
public record Answer(
        @Nullable Explanation why, List<Way> ways, List<String> notes, @Nullable String marker) {

    /**
     * Somebody who may.
     *
     * @param who an ARN, an account, or words for everyone
     * @param by the statements or the grant that let him
     */
    public record Way(String who, String by) {}

    public Answer {
        ways = List.copyOf(ways);
        notes = List.copyOf(notes);
    }

    /** Whether what was asked about is allowed. */
    public boolean allowed() {
        return why != null && why.outcome() == Explanation.Outcome.ALLOWS;
    }
}
