package trent.language;

import org.jspecify.annotations.Nullable;

/**
 * Whom the principals of a policy stand for: what was found when the policy was written, so that
 * who comes later under an old name is not meant.
 */
@FunctionalInterface
public interface PrincipalIds {

    /** For policies that name no principals. */
    PrincipalIds NONE = arn -> null;

    /**
     * The id, as {@link trent.call.Principal#answersTo} has it, of the user, role, role session or
     * federated user of this ARN ({@code AIDA…}, {@code AROA…}, {@code AROA…:session}, {@code
     * 111122223333:name}); null if it never was, and then it matches nobody.
     */
    @Nullable String idOf(String arn);
}
