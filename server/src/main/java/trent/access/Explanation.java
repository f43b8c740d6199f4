package trent.access;

import java.util.List;

/**
 * Why something is allowed or not, source by source, for who administers it: names statements,
 * conditions and what the request had for them. A denied client never sees it.
 *
 * @param source for example {@code key policy} or {@code identity-based policy arn:aws:iam::…}
 * @param outcome what it says
 * @param reason the statement or grant that decided, or what failed; may be empty
 * @param parts what it was made of
 */
public record Explanation(String source, Outcome outcome, String reason, List<Explanation> parts) {

    /** What a source says of a request. */
    public enum Outcome {
        ALLOWS,
        DENIES,
        /** It neither allows nor denies. */
        SAYS_NOTHING,
        /** A limit that does not allow it. */
        DOES_NOT_ALLOW,
        /** There is none, and nothing follows from that. */
        NONE
    }

    public Explanation {
        parts = List.copyOf(parts);
    }

    Explanation(String source, Outcome outcome, String reason) {
        this(source, outcome, reason, List.of());
    }
}
