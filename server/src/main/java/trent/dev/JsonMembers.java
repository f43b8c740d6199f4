package trent.dev;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import trent.api.Json;

/** The members of a JSON object, each read as what it has to be. */
final class JsonMembers {

    private static final int MAX_DEPTH = 4;
    private static final int MAX_SHOWN = 60;

    private final Map<String, Object> members;

    private JsonMembers(Map<String, Object> members) {
        this.members = members;
    }

    /** A body that is one object, or nothing at all. */
    static JsonMembers ofObject(byte[] body, int length) throws WrongAsked {
        if (length == 0) {
            return new JsonMembers(Map.of());
        }
        if (document(body, length) instanceof Map<?, ?> object) {
            return of(object);
        }
        throw new WrongAsked("The body is to be a JSON object, such as {}.");
    }

    /** A body that is one object, or an array of some. */
    static List<JsonMembers> ofObjects(byte[] body, int length) throws WrongAsked {
        Object document = document(body, length);
        List<?> all = document instanceof List<?> several ? several : List.of(document);
        List<JsonMembers> objects = new ArrayList<>();
        for (Object each : all) {
            if (!(each instanceof Map<?, ?> object)) {
                throw new WrongAsked("The body is to be a JSON object, or an array of objects.");
            }
            objects.add(of(object));
        }
        return objects;
    }

    @SuppressWarnings("unchecked") // value() makes no other maps
    private static JsonMembers of(Map<?, ?> object) {
        return new JsonMembers((Map<String, Object>) object);
    }

    /** Refuses members that nobody knows: one that is misspelt would do nothing, in silence. */
    void requireOnly(Set<String> known) throws WrongAsked {
        for (String name : members.keySet()) {
            if (!known.contains(name)) {
                throw new WrongAsked(
                        "There is no member \"%s\" here. There are: %s."
                                .formatted(shown(name), String.join(", ", new TreeSet<>(known))));
            }
        }
    }

    boolean has(String name) {
        return members.containsKey(name);
    }

    int size() {
        return members.size();
    }

    @Nullable Object value(String name) {
        return members.get(name);
    }

    @Nullable String text(String name) throws WrongAsked {
        Object value = members.get(name);
        if (value == null || value instanceof String) {
            return (String) value;
        }
        throw new WrongAsked("\"%s\" is to be a string.".formatted(name));
    }

    /** One string, or an array of some; empty if it is not there. */
    List<String> texts(String name) throws WrongAsked {
        Object value = members.get(name);
        List<String> texts = new ArrayList<>();
        if (value == null) {
            return texts;
        }
        for (Object each : value instanceof List<?> several ? several : List.of(value)) {
            if (!(each instanceof String text)) {
                throw new WrongAsked(
                        "\"%s\" is to be a string, or an array of strings.".formatted(name));
            }
            texts.add(text);
        }
        return texts;
    }

    /** False if it is not there. */
    boolean truth(String name) throws WrongAsked {
        Object value = members.get(name);
        if (value == null || value instanceof Boolean) {
            return Boolean.TRUE.equals(value);
        }
        throw new WrongAsked("\"%s\" is to be true or false.".formatted(name));
    }

    long whole(String name, long from, long to, long otherwise) throws WrongAsked {
        Object value = members.get(name);
        if (value == null) {
            return otherwise;
        }
        try {
            if (value instanceof BigDecimal number) {
                long whole = number.longValueExact();
                if (whole >= from && whole <= to) {
                    return whole;
                }
            }
        } catch (ArithmeticException _) { // it has decimals, or too many digits
        }
        throw new WrongAsked(
                "\"%s\" is to be a whole number from %d to %d.".formatted(name, from, to));
    }

    /** A part of one: more than 0, and 1 at most. */
    double part(String name, double otherwise) throws WrongAsked {
        Object value = members.get(name);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof BigDecimal number
                && number.signum() > 0
                && number.compareTo(BigDecimal.ONE) <= 0) {
            return number.doubleValue();
        }
        throw new WrongAsked("\"%s\" is to be more than 0 and at most 1.".formatted(name));
    }

    static String shown(String text) {
        return text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) + "..." : text;
    }

    // ---- JSON as maps, lists, strings, numbers and truth values: small, and read once

    private static Object document(byte[] body, int length) throws WrongAsked {
        try (JsonParser json = Json.FACTORY.createParser(body, 0, length)) {
            json.enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
            json.nextToken();
            Object document = value(json, 0);
            if (json.nextToken() == null) {
                return document;
            }
        } catch (IOException _) { // its text would quote the body
        }
        throw unreadable();
    }

    private static Object value(JsonParser json, int depth) throws IOException, WrongAsked {
        if (depth > MAX_DEPTH) {
            throw unreadable();
        }
        JsonToken token = json.currentToken();
        return switch (token) {
            case START_OBJECT -> {
                Map<String, Object> members = new LinkedHashMap<>();
                for (String name = json.nextFieldName();
                        name != null;
                        name = json.nextFieldName()) {
                    json.nextToken();
                    members.put(name, value(json, depth + 1));
                }
                yield members;
            }
            case START_ARRAY -> {
                List<Object> elements = new ArrayList<>();
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    elements.add(value(json, depth + 1));
                }
                yield elements;
            }
            case VALUE_STRING -> json.getText();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> json.getDecimalValue();
            case VALUE_NULL ->
                    throw new WrongAsked(
                            "null means nothing here: leave out what is not to be said.");
            case null, default -> throw unreadable();
        };
    }

    private static WrongAsked unreadable() {
        return new WrongAsked("The body is not JSON, or is cut short, or has a member twice.");
    }
}
