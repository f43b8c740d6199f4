package trent.generator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The service model with the recorded facts laid over it. A recorded fact that names nothing of the
 * model is an error: it would silently be lost at the next model.
 */
final class Model {

    /**
     * An operation; {@code output} null: its reply has an empty body, or no result.
     *
     * @param errors what the model says that it may answer with
     */
    record Operation(
            String name,
            Shape.Structure input,
            Shape.@Nullable Structure output,
            List<Failure> errors) {}

    /** An error: its class, its name on the wire; {@code says} is its Javadoc. */
    record Failure(String name, String code, int httpStatus, String textMember, String says) {}

    private final JsonNode metadata;
    private final JsonNode shapes;
    private final JsonNode recorded;
    private final Map<String, Shape> resolved = new TreeMap<>();
    private final Set<String> unfinished = new HashSet<>();
    private final Set<JsonNode> usedFacts = new HashSet<>();
    private final List<Operation> operations = new ArrayList<>();
    private final List<Failure> failures = new ArrayList<>();

    Model(JsonNode model, JsonNode recorded) {
        this.metadata = model.path("metadata");
        this.shapes = model.path("shapes");
        this.recorded = recorded;
        Set<String> errors = new TreeSet<>();
        for (String name : built(model.path("operations"))) {
            JsonNode operation = model.path("operations").path(name);
            JsonNode input = operation.path("input");
            JsonNode output = operation.path("output");
            operations.add(
                    new Operation(
                            name,
                            input.isMissingNode() ? withoutInput(name) : structure(input),
                            output.isMissingNode() ? null : structure(output),
                            errors(operation)));
            operation.path("errors").forEach(error -> errors.add(error.path("shape").textValue()));
        }
        if (!recorded.has("operations")) {
            shapes.properties().stream()
                    .filter(entry -> entry.getValue().path("exception").booleanValue())
                    .forEach(entry -> errors.add(entry.getKey()));
        }
        errors.forEach(error -> failures.add(modelled(error, shapes.path(error))));
        failures.addAll(recordedFailures(recorded));
        requireAllFactsUsed();
    }

    /** The errors of a file of recorded facts. */
    static List<Failure> recordedFailures(JsonNode recorded) {
        List<Failure> failures = new ArrayList<>();
        for (JsonNode error : recorded.path("errors")) {
            failures.add(
                    new Failure(
                            error.path("code").textValue(),
                            error.path("code").textValue(),
                            error.path("status").intValue(),
                            error.path("text").asText("message"),
                            error.path("says").textValue()));
        }
        return failures;
    }

    /** The operations that the facts list, in the model's order; all of them if they list none. */
    private List<String> built(JsonNode modelled) {
        List<String> names = new ArrayList<>();
        modelled.properties().forEach(entry -> names.add(entry.getKey()));
        if (!recorded.has("operations")) {
            return names;
        }
        Set<String> built = new HashSet<>();
        for (JsonNode group : facts("operations")) {
            built.addAll(strings(group.path("names")));
        }
        if (!names.containsAll(built)) {
            built.removeAll(names);
            throw new IllegalStateException("operations that are not in the model: " + built);
        }
        names.retainAll(built);
        return names;
    }

    private List<Failure> errors(JsonNode operation) {
        List<Failure> errors = new ArrayList<>();
        for (JsonNode error : operation.path("errors")) {
            String name = error.path("shape").textValue();
            errors.add(modelled(name, shapes.path(name)));
        }
        return errors;
    }

    private Shape.Structure withoutInput(String operation) {
        String name = operation + "Request";
        if (shapes.has(name)) {
            throw new IllegalStateException("a shape of the model has the name " + name);
        }
        return (Shape.Structure)
                resolved.computeIfAbsent(name, _ -> new Shape.Structure(name, List.of(), null));
    }

    Service.Protocol protocol() {
        return switch (metadata.path("protocol").asText()) {
            case "json" -> Service.Protocol.JSON;
            case "query" -> Service.Protocol.QUERY;
            default -> throw new IllegalStateException("no such protocol: " + metadata);
        };
    }

    String apiVersion() {
        return metadata.path("apiVersion").textValue();
    }

    /** Of the answers' XML. */
    String namespace() {
        return metadata.path("xmlNamespace").textValue();
    }

    /** True: validation errors show neither values nor an enumeration's words. */
    boolean valuesHidden() {
        return recorded.path("valuesHidden").path("value").booleanValue();
    }

    List<Operation> operations() {
        return operations;
    }

    List<Failure> failures() {
        return failures;
    }

    /** Every type that an operation reaches, by name. */
    Iterable<Shape> reachable() {
        return resolved.values();
    }

    /** The structures that requests hold, however deep. */
    Set<Shape.Structure> read() {
        Set<Shape.Structure> read = new HashSet<>();
        operations.forEach(operation -> collect(operation.input(), read));
        return read;
    }

    /** The structures that answers hold, however deep. */
    Set<Shape.Structure> written() {
        Set<Shape.Structure> written = new HashSet<>();
        for (Operation operation : operations) {
            if (operation.output() != null) {
                collect(operation.output(), written);
            }
        }
        return written;
    }

    private static void collect(Shape shape, Set<Shape.Structure> into) {
        switch (shape) {
            case Shape.Structure structure when into.add(structure) ->
                    structure.members().forEach(member -> collect(member.shape(), into));
            case Shape.Many many -> collect(many.element(), into);
            case Shape.Pairs pairs -> {
                collect(pairs.key(), into);
                collect(pairs.value(), into);
            }
            default -> {}
        }
    }

    private static Failure modelled(String name, JsonNode shape) {
        int status =
                shape.path("error")
                        .path("httpStatusCode")
                        .asInt(shape.path("fault").booleanValue() ? 500 : 400);
        String code = shape.path("error").path("code").asText(name);
        return new Failure(
                Names.type(name),
                code,
                status,
                "message",
                "The error {@code " + code + "}: HTTP " + status + ".");
    }

    private Shape.Structure structure(JsonNode reference) {
        return (Shape.Structure) shape(reference.path("shape").textValue());
    }

    private Shape shape(String name) {
        Shape known = resolved.get(name);
        if (known != null) {
            return known;
        }
        if (!unfinished.add(name)) {
            throw new IllegalStateException("the shape " + name + " contains itself");
        }
        Shape shape = resolve(name, shapes.path(name));
        resolved.put(name, shape);
        return shape;
    }

    private Shape resolve(String name, JsonNode shape) {
        return switch (shape.path("type").asText()) {
            case "string" -> shape.has("enum") ? words(name, shape) : text(name, shape);
            case "integer" -> new Shape.Whole(name, bound(shape, "min"), bound(shape, "max"));
            case "boolean" ->
                    new Shape.Bool(
                            name, name.startsWith("Nullable") || shape.path("box").booleanValue());
            case "timestamp" -> new Shape.Time(name);
            case "blob" ->
                    new Shape.Bytes(name, length(shape), shape.path("sensitive").booleanValue());
            case "list" -> many(name, shape);
            case "map" -> pairs(name, shape);
            case "structure" -> members(name, shape);
            default -> throw new IllegalStateException("no such type of shape: " + name);
        };
    }

    private Shape text(String name, JsonNode shape) {
        @Nullable String pattern = shape.path("pattern").textValue();
        for (JsonNode fact : facts("patterns")) {
            if (fact.path("shape").textValue().equals(name)) {
                pattern = fact.path("pattern").textValue();
                usedFacts.add(fact);
            }
        }
        boolean sensitive = shape.path("sensitive").booleanValue();
        for (JsonNode fact : facts("secrets")) {
            if (fact.path("shape").textValue().equals(name)) {
                sensitive = true;
                usedFacts.add(fact);
            }
        }
        return new Shape.Text(name, length(shape), pattern, sensitive);
    }

    private Shape words(String name, JsonNode shape) {
        List<String> values = strings(shape.path("enum"));
        List<String> accepted = new ArrayList<>(values);
        List<String> printed = values;
        for (JsonNode fact : facts("printed")) {
            if (strings(fact.path("shapes")).contains(name)) {
                printed = strings(fact.path("values"));
                usedFacts.add(fact);
            }
        }
        for (JsonNode fact : facts("accepted")) {
            if (fact.path("shape").textValue().equals(name)) {
                accepted.add(fact.path("value").textValue());
                usedFacts.add(fact);
            }
        }
        return new Shape.Words(Names.type(name), accepted, printed);
    }

    private Shape many(String name, JsonNode shape) {
        return new Shape.Many(
                name, shape(shape.path("member").path("shape").textValue()), length(shape));
    }

    private Shape pairs(String name, JsonNode shape) {
        if (length(shape) != null) {
            throw new IllegalStateException("a map with a length is not supported: " + name);
        }
        return new Shape.Pairs(
                name,
                shape(shape.path("key").path("shape").textValue()),
                shape(shape.path("value").path("shape").textValue()));
    }

    private Shape members(String name, JsonNode shape) {
        List<String> required = strings(shape.path("required"));
        List<Shape.Member> members = new ArrayList<>();
        shape.path("members")
                .properties()
                .forEach(
                        entry -> {
                            String member = entry.getKey();
                            Shape type =
                                    shape(
                                            typeOf(
                                                    name + "." + member,
                                                    entry.getValue().path("shape").textValue()));
                            for (JsonNode fact : facts("maxima")) {
                                if (strings(fact.path("members")).contains(name + "." + member)
                                        && type
                                                instanceof
                                                Shape.Whole(String typeName, Integer min, _)) {
                                    type =
                                            new Shape.Whole(
                                                    typeName, min, fact.path("max").intValue());
                                    usedFacts.add(fact);
                                }
                            }
                            members.add(new Shape.Member(member, type, required.contains(member)));
                        });
        return new Shape.Structure(Names.type(name), members, waiver(name));
    }

    private String typeOf(String member, String modelled) {
        for (JsonNode fact : facts("types")) {
            if (strings(fact.path("members")).contains(member)) {
                usedFacts.add(fact);
                return fact.path("shape").textValue();
            }
        }
        return modelled;
    }

    private Shape.@Nullable Waiver waiver(String structure) {
        for (JsonNode fact : facts("waivers")) {
            if (fact.path("structure").textValue().equals(structure)) {
                usedFacts.add(fact);
                return new Shape.Waiver(
                        fact.path("member").textValue(),
                        fact.path("flag").textValue(),
                        fact.path("modifiers").textValue(),
                        fact.path("modifier").textValue(),
                        fact.path("instead").textValue());
            }
        }
        return null;
    }

    private JsonNode facts(String kind) {
        return recorded.path(kind);
    }

    private void requireAllFactsUsed() {
        for (String kind :
                List.of(
                        "patterns",
                        "secrets",
                        "maxima",
                        "types",
                        "printed",
                        "accepted",
                        "waivers")) {
            for (JsonNode fact : facts(kind)) {
                if (!usedFacts.contains(fact)) {
                    throw new IllegalStateException(
                            "a recorded fact that fits nothing in the model: " + fact);
                }
            }
        }
    }

    private static @Nullable Integer bound(JsonNode shape, String end) {
        return shape.has(end) ? shape.path(end).intValue() : null;
    }

    private static Shape.@Nullable Length length(JsonNode shape) {
        if (!shape.has("min") && !shape.has("max")) {
            return null;
        }
        return new Shape.Length(
                shape.path("min").asInt(0), shape.path("max").asInt(Integer.MAX_VALUE));
    }

    private static List<String> strings(JsonNode list) {
        List<String> strings = new ArrayList<>();
        list.forEach(element -> strings.add(element.textValue()));
        return strings;
    }
}
