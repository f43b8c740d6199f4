package trent.clients;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What a caller was told, and when.
 *
 * @param by who called whom
 * @param invoked nanoseconds, before the request was sent
 * @param returned when the answer was there
 * @param code {@code 200}, the error's name, or one of the two below
 * @param body an empty object where there is none
 */
record Told(String by, long invoked, long returned, String code, JsonNode body) {

    static final String OK = "200";

    /** The request may have been answered, and nobody knows how. */
    static final String UNKNOWN = "unknown";

    /** The request was not sent, or its answer says that nothing was changed. */
    static final String NOT_MADE = "not made";

    boolean is(String other) {
        return code.equals(other);
    }

    /** Whether the answer tells something. */
    boolean answered() {
        return !is(UNKNOWN) && !is(NOT_MADE);
    }

    String text(String member) {
        return body.path(member).asText();
    }
}
