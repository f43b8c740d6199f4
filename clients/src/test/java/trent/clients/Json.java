package trent.clients;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** Reading and writing the few JSON texts that tests need. */
final class Json {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Json() {}

    static JsonNode of(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + text, e);
        }
    }

    /** Writes maps, lists, strings, numbers and byte arrays (as Base64). */
    static String text(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new AssertionError("cannot be JSON: " + value, e);
        }
    }

    /** A member that must be there. */
    static String text(String object, String member) {
        JsonNode found = of(object).path(member);
        if (!found.isTextual()) {
            throw new AssertionError("no %s in %s".formatted(member, object));
        }
        return found.asText();
    }

    static String textOrEmpty(String object, String member) {
        return object.startsWith("{") ? of(object).path(member).asText("") : "";
    }
}
