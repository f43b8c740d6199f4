package trent.access;

/** Whether a caller may do something, and why: denials are worded from it, and it is explained. */
public sealed interface Decision {

    /**
     * Allowed.
     *
     * @param by the statement or grant that decided, for people to read
     */
    record Allowed(String by) implements Decision {}

    /**
     * A Deny matched.
     *
     * @param statement its Sid, or its place in its policy
     */
    record ExplicitlyDenied(PolicyKind policy, String statement) implements Decision {}

    /** Nothing of this kind allows it. */
    record NotAllowed(PolicyKind missing) implements Decision {}

    /** The caller must not learn whether the resource exists. */
    record Hidden() implements Decision {}
}
