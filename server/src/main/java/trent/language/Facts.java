package trent.language;

/**
 * What is known of a request, asked for key by key and only when a statement looks at it: an answer
 * may cost a look-up. The same question has the same answer during one decision.
 */
public interface Facts {

    /** The count of a key that the request does not have. */
    int ABSENT = -1;

    /**
     * The count of a key whose values cannot be told, such as more aliases than the quota: a
     * condition that asks for it is false in an Allow and true in a Deny.
     */
    int UNKNOWN = -2;

    /**
     * How many values the request has of the key, or {@link #ABSENT}, or {@link #UNKNOWN}. Of a
     * single-valued key 1; more where names that differ in case only fall together (tags Team and
     * team), and then a condition must hold for each in an Allow, for any in a Deny.
     */
    int count(ConditionKey key);

    /** One of its values, by an index below {@link #count}. */
    String value(ConditionKey key, int index);
}
