package trent.identity;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an account says of one of its users or roles at the moment: for a user its own policies and
 * those of its groups.
 *
 * @param tags those of the user or role
 * @param boundary null if none is set
 */
public record Subject(
        Map<String, String> tags,
        List<IdentityPolicy> policies,
        @Nullable IdentityPolicy boundary) {

    /** A root: it has neither tags nor policies. */
    public static final Subject ROOT = new Subject(Map.of(), List.of(), null);

    public Subject {
        tags = Map.copyOf(tags);
        policies = List.copyOf(policies);
    }
}
