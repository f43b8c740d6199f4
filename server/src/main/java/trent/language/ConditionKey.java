package trent.language;

/**
 * The name of a condition key, resolved once when a policy is compiled so that no text is compared
 * when it is asked about. Two of the same name, in any case, are equal.
 */
public interface ConditionKey {

    /** In lower case, with what follows a slash or colon, for example {@code aws:resourcetag/team}. */
    String name();

    /** Whether a request may have several values of it. */
    boolean multiValued();
}
