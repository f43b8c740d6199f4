package trent.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import trent.access.Explanation;
import trent.access.Explanation.Outcome;
import trent.api.Json;
import trent.api.SerializationException;
import trent.explain.Answer;
import trent.explain.Answer.Way;
import trent.explain.Question;

/** Questions and answers of {@code trent explain} as JSON, both ways: server and client are one. */
final class ExplainJson {

    static final OwnOperation<Question, Answer> EXPLAIN =
            new OwnOperation<>("Explain", ExplainJson::question, ExplainJson::write);

    private static final int MAX_DEPTH = 16;

    private ExplainJson() {}

    static byte[] bytes(Question question) {
        return written(
                json -> {
                    json.writeStartObject();
                    string(json, "As", question.as());
                    string(json, "Action", question.action());
                    string(json, "Key", question.key());
                    pairs(json, "EncryptionContext", question.context());
                    pairs(json, "Facts", question.facts());
                    string(json, "Marker", question.marker());
                    json.writeEndObject();
                });
    }

    static Question question(byte[] body, int offset, int length) {
        Map<String, Object> members = members(body, offset, length);
        String action = text(members, "Action");
        String key = text(members, "Key");
        if (action == null || key == null) {
            throw new SerializationException("Action and Key must be given.");
        }
        return new Question(
                text(members, "As"),
                action,
                key,
                pairs(members, "EncryptionContext"),
                pairs(members, "Facts"),
                text(members, "Marker"));
    }

    static void write(Answer answer, JsonGenerator json) throws IOException {
        json.writeStartObject();
        Explanation why = answer.why();
        if (why != null) {
            json.writeBooleanField("Allowed", answer.allowed());
            json.writeFieldName("Why");
            write(why, json);
        } else {
            json.writeArrayFieldStart("Who");
            for (Way way : answer.ways()) {
                json.writeStartObject();
                json.writeStringField("Who", way.who());
                json.writeStringField("By", way.by());
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        json.writeArrayFieldStart("Notes");
        for (String note : answer.notes()) {
            json.writeString(note);
        }
        json.writeEndArray();
        string(json, "Marker", answer.marker());
        json.writeEndObject();
    }

    static Answer answer(byte[] body) {
        Map<String, Object> members = members(body, 0, body.length);
        List<Way> ways = new ArrayList<>();
        for (Object each : list(members, "Who")) {
            Map<String, Object> way = object(each);
            ways.add(new Way(required(way, "Who"), required(way, "By")));
        }
        List<String> notes = new ArrayList<>();
        for (Object each : list(members, "Notes")) {
            notes.add(String.valueOf(each));
        }
        Object why = members.get("Why");
        return new Answer(
                why == null ? null : explanation(object(why)),
                ways,
                notes,
                text(members, "Marker"));
    }

    /** The code and the text of an error's body; of what is no such body its beginning. */
    static Map.Entry<String, String> error(byte[] body) {
        try {
            Map<String, Object> members = members(body, 0, body.length);
            String message = text(members, "message");
            String other = text(members, "Message");
            return Map.entry(
                    required(members, "__type"),
                    message != null ? message : other != null ? other : "");
        } catch (SerializationException _) {
            return Map.entry("", new String(body, 0, Math.min(body.length, 200), UTF_8));
        }
    }

    private static void write(Explanation explanation, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("Source", explanation.source());
        json.writeStringField("Outcome", explanation.outcome().name());
        json.writeStringField("Reason", explanation.reason());
        json.writeArrayFieldStart("Parts");
        for (Explanation part : explanation.parts()) {
            write(part, json);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static Explanation explanation(Map<String, Object> members) {
        List<Explanation> parts = new ArrayList<>();
        for (Object part : list(members, "Parts")) {
            parts.add(explanation(object(part)));
        }
        Outcome outcome;
        try {
            outcome = Outcome.valueOf(required(members, "Outcome"));
        } catch (IllegalArgumentException _) {
            throw unreadable();
        }
        return new Explanation(
                required(members, "Source"), outcome, required(members, "Reason"), parts);
    }

    // ---- JSON as maps, lists and texts: small, and read once

    private static Map<String, Object> members(byte[] body, int offset, int length) {
        try (JsonParser json = Json.FACTORY.createParser(body, offset, length)) {
            json.nextToken();
            return object(value(json, 0));
        } catch (IOException _) { // its text would quote the body
            throw unreadable();
        }
    }

    private static @Nullable Object value(JsonParser json, int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            throw unreadable();
        }
        JsonToken token = json.currentToken();
        return switch (token) {
            case START_OBJECT -> {
                Map<String, @Nullable Object> members = new LinkedHashMap<>();
                for (String name = json.nextFieldName();
                        name != null;
                        name = json.nextFieldName()) {
                    json.nextToken();
                    members.put(name, value(json, depth + 1));
                }
                yield members;
            }
            case START_ARRAY -> {
                List<@Nullable Object> elements = new ArrayList<>();
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    elements.add(value(json, depth + 1));
                }
                yield elements;
            }
            case VALUE_NULL -> null;
            case VALUE_STRING -> json.getText();
            case VALUE_TRUE, VALUE_FALSE, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> json.getText();
            case null, default -> throw unreadable();
        };
    }

    @SuppressWarnings("unchecked") // value() makes no other maps
    private static Map<String, Object> object(@Nullable Object value) {
        if (value instanceof Map<?, ?> members) {
            return (Map<String, Object>) members;
        }
        throw unreadable();
    }

    private static List<?> list(Map<String, Object> members, String name) {
        Object value = members.get(name);
        if (value == null) {
            return List.of();
        }
        if (value instanceof List<?> elements) {
            return elements;
        }
        throw unreadable();
    }

    private static @Nullable String text(Map<String, Object> members, String name) {
        Object value = members.get(name);
        if (value == null) {
            return null;
        }
        if (value instanceof String text) {
            return text;
        }
        throw unreadable();
    }

    private static String required(Map<String, Object> members, String name) {
        String text = text(members, name);
        if (text == null) {
            throw unreadable();
        }
        return text;
    }

    private static Map<String, String> pairs(Map<String, Object> members, String name) {
        Object value = members.get(name);
        if (value == null) {
            return Map.of();
        }
        Map<String, String> pairs = new LinkedHashMap<>();
        object(value).keySet().forEach(key -> pairs.put(key, required(object(value), key)));
        return pairs;
    }

    private static void pairs(JsonGenerator json, String name, Map<String, String> pairs)
            throws IOException {
        json.writeObjectFieldStart(name);
        for (Map.Entry<String, String> pair : pairs.entrySet()) {
            json.writeStringField(pair.getKey(), pair.getValue());
        }
        json.writeEndObject();
    }

    private static void string(JsonGenerator json, String name, @Nullable String value)
            throws IOException {
        if (value != null) {
            json.writeStringField(name, value);
        }
    }

    private static SerializationException unreadable() {
        return new SerializationException("The document cannot be read.");
    }

    /** Writes JSON. */
    @FunctionalInterface
    private interface Writing {
        void write(JsonGenerator json) throws IOException;
    }

    private static byte[] written(Writing writing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = Json.FACTORY.createGenerator(bytes)) {
            writing.write(json);
        } catch (IOException e) {
            throw new UncheckedIOException("a document could not be written to memory", e);
        }
        return bytes.toByteArray();
    }
}
