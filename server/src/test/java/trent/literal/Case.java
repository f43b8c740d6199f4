package trent.literal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import trent.language.Policy;

/** A policy and what it is asked: one line of JSON, as a failing test prints it and a table has it. */
record Case(Policy.Kind kind, Map<String, Object> policy, Asked asked) {

    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    LiteralPolicy literal(Fault... planted) {
        return new LiteralPolicy(
                policy,
                kind != Policy.Kind.IDENTITY,
                kind != Policy.Kind.TRUST,
                planted.length == 0 ? null : planted[0]);
    }

    String policyText() {
        return write(policy);
    }

    String text() {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("kind", kind.name());
        line.put("policy", policy);
        line.put("caller", asked.caller().title());
        line.put("action", asked.action());
        line.put("resource", asked.resource());
        line.put("context", asked.context());
        return write(line);
    }

    static Case of(String line) {
        Map<String, Object> read = read(line);
        return new Case(
                Policy.Kind.valueOf(textOf(read, "kind")),
                LiteralPolicy.object(read.get("policy")),
                new Asked(
                        World.callerOf(textOf(read, "caller")),
                        textOf(read, "action"),
                        textOf(read, "resource"),
                        contextOf(read.get("context"))));
    }

    static String textOf(Map<String, Object> object, String member) {
        return Objects.requireNonNull(object.get(member), member).toString();
    }

    static Map<String, List<String>> contextOf(@org.jspecify.annotations.Nullable Object context) {
        Map<String, List<String>> all = new LinkedHashMap<>();
        LiteralPolicy.object(context)
                .forEach(
                        (key, values) -> {
                            List<String> texts = new ArrayList<>();
                            LiteralPolicy.listOf(values)
                                    .forEach(value -> texts.add(value.toString()));
                            all.put(key, texts);
                        });
        return all;
    }

    static String write(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    static Map<String, Object> read(String json) {
        try {
            return LiteralPolicy.object(JSON.readValue(json, Map.class));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(json, e);
        }
    }
}
