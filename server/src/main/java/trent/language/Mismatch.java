package trent.language;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The first thing for which a statement says nothing of a request.
 *
 * @param element which part of the statement it is
 * @param operator of a condition, as it is written; else empty
 * @param key of a condition, as it is written; else empty
 * @param seen what the request has for the key: null if it does not have it, empty if it has no
 *     value or what it has cannot be told; of other elements what was compared
 */
public record Mismatch(Element element, String operator, String key, @Nullable List<String> seen) {

    /** Parts of a statement. */
    public enum Element {
        PRINCIPAL,
        ACTION,
        RESOURCE,
        CONDITION
    }

    public Mismatch {
        seen = seen == null ? null : List.copyOf(seen);
    }

    static Mismatch of(Element element, String compared) {
        return new Mismatch(element, "", "", List.of(compared));
    }
}
