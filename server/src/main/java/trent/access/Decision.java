package trent.access;

/** Whether a caller may do something, and why: denials are worded from it. */
public sealed interface Decision {

    /** The account's own root, on what the account owns. */
    record AllowedAsOwner() implements Decision {}

    /** Nothing allows it: until policies are enforced, only the root of an account may act. */
    record NotAllowed() implements Decision {}

    /** It belongs to another account: the caller must not learn whether it exists. */
    record Hidden() implements Decision {}
}
