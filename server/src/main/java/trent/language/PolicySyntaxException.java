package trent.language;

import java.io.Serial;

/** A text is no policy of the kind that is wanted; each service has its own words for it. */
public final class PolicySyntaxException extends Exception {

    @Serial private static final long serialVersionUID = 1L;

    /** What is wrong. */
    public enum Problem {
        /** No JSON, a name twice in one object, nested too deeply, or no object. */
        NOT_JSON,
        /** A wrong type, an unknown element, an element with its negation, a bad condition. */
        SYNTAX,
        /** A Version that cannot be, or of a managed policy one that is old or missing. */
        VERSION,
        NO_STATEMENT,
        EFFECT,
        /** A statement that needs a principal has none. */
        NO_PRINCIPAL,
        /** A statement that may have no principal has one. */
        PRINCIPAL_NOT_ALLOWED,
        /** A principal that cannot be, of an unknown kind or a pattern: {@code "AWS":"x"}. */
        PRINCIPAL,
        /** A principal's ARN that is none of a principal. */
        PRINCIPAL_ARN,
        NO_ACTION,
        NO_RESOURCE,
        /** A statement that may have no resource has one. */
        RESOURCE_NOT_ALLOWED,
        /** An action without a service before its colon. */
        ACTION_VENDOR,
        /** An action with several colons. */
        ACTION_COLONS,
        /** A service before an action's colon that cannot be; the text is the service. */
        ACTION_VENDOR_INVALID,
        /** A resource that is neither an ARN nor {@code *}. */
        RESOURCE_ARN,
        /** A resource's ARN whose partition there is not. */
        RESOURCE_PARTITION,
        /** A resource's ARN without service, or with a wildcard there. */
        RESOURCE_VENDOR,
        /** A resource's ARN of too few parts, or of a managed policy a date that is none. */
        LEGACY_PARSING,
        SID,
        SID_TWICE,
        /** ForAllValues with a key that has one value at most and may be absent. */
        FOR_ALL_VALUES_OF_SINGLE
    }

    private final Problem problem;
    private final String text;

    /**
     * A problem.
     *
     * @param text the part of the policy that has it; may be empty
     */
    public PolicySyntaxException(Problem problem, String text) {
        super(problem.name(), null, false, false);
        this.problem = problem;
        this.text = text;
    }

    public Problem problem() {
        return problem;
    }

    /** The part of the policy that has it, such as an action or a principal; may be empty. */
    public String text() {
        return text;
    }
}
