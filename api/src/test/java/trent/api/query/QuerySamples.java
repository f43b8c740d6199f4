package trent.api.query;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import trent.api.iam.IamOperation;
import trent.api.sts.StsOperation;

/** Requests made from the models of IAM and STS, which know nothing of the generated code. */
final class QuerySamples {

    private static final JsonNode IAM = model("iam-2010-05-08.json");
    private static final JsonNode STS = model("sts-2011-06-15.json");
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    /** What satisfies a pattern that a run of letters or digits does not. */
    private static final Map<String, String> PATTERNED =
            Map.of(
                    "pathType", "/a/b/",
                    "pathPrefixType", "/a",
                    "policyPathType", "/a/b/",
                    "policyVersionIdType", "v7",
                    "tokenCodeType", "123456");

    private static final String[] FREE = {"a", "Z", "7", "é", "&", "=", "%", "+", " ", "😀", "\n"};

    private QuerySamples() {}

    static List<QueryOperation<?, ?>> operations() {
        List<QueryOperation<?, ?>> operations = new ArrayList<>(IamOperation.all());
        operations.addAll(StsOperation.all());
        return operations;
    }

    /** A right request with every member, as a tree. */
    static ObjectNode request(QueryOperation<?, ?> operation, Random random) {
        JsonNode model = operation.namespace().equals(IamOperation.NAMESPACE) ? IAM : STS;
        JsonNode input = model.path("operations").path(operation.name()).path("input");
        return input.isMissingNode()
                ? JSON.objectNode()
                : (ObjectNode) sample(model, input.path("shape").textValue(), random);
    }

    /** The tree as AWS Query writes it; list elements in any order, with gaps between them. */
    static String query(JsonNode request, Random random) {
        List<String> parameters = new ArrayList<>();
        write("", request, random, parameters);
        java.util.Collections.shuffle(parameters, random);
        return String.join("&", parameters);
    }

    static QueryIn parsed(String query) {
        return QueryIn.of(query.getBytes(UTF_8));
    }

    private static void write(String name, JsonNode value, Random random, List<String> into) {
        switch (value) {
            case ObjectNode structure ->
                    structure
                            .properties()
                            .forEach(
                                    member ->
                                            write(
                                                    name.isEmpty()
                                                            ? member.getKey()
                                                            : name + "." + member.getKey(),
                                                    member.getValue(),
                                                    random,
                                                    into));
            case ArrayNode list when list.isEmpty() -> into.add(name + "=");
            case ArrayNode list -> {
                int number = 0;
                for (JsonNode element : list) {
                    number += 1 + random.nextInt(3);
                    write(name + ".member." + number, element, random, into);
                }
            }
            default -> into.add(name + "=" + URLEncoder.encode(value.asText(), UTF_8));
        }
    }

    private static JsonNode sample(JsonNode model, String name, Random random) {
        JsonNode shape = model.path("shapes").path(name);
        return switch (shape.path("type").textValue()) {
            case "string" -> text(name, shape, random);
            case "integer" -> JSON.numberNode(shape.path("min").intValue() + random.nextInt(1000));
            case "boolean" -> JSON.booleanNode(random.nextBoolean());
            case "list" -> {
                ArrayNode list = JSON.arrayNode();
                for (int i = random.nextInt(shape.path("min").asInt(0), 5); i > 0; i--) {
                    String element = shape.path("member").path("shape").textValue();
                    list.add(sample(model, element, random));
                }
                yield list;
            }
            case "structure" -> {
                ObjectNode structure = JSON.objectNode();
                shape.path("members")
                        .properties()
                        .forEach(
                                member -> {
                                    String type = member.getValue().path("shape").textValue();
                                    structure.set(member.getKey(), sample(model, type, random));
                                });
                yield structure;
            }
            default -> throw new IllegalStateException(name);
        };
    }

    private static JsonNode text(String name, JsonNode shape, Random random) {
        if (shape.has("enum")) {
            JsonNode words = shape.path("enum");
            return words.path(random.nextInt(words.size()));
        }
        if (PATTERNED.containsKey(name)) {
            return JSON.textNode(PATTERNED.get(name));
        }
        int min = shape.path("min").asInt(0);
        int length = Math.min(min + random.nextInt(12), shape.path("max").asInt(100));
        if (shape.has("pattern")) {
            return JSON.textNode("a".repeat(Math.max(1, length)));
        }
        String text =
                Stream.generate(() -> FREE[random.nextInt(FREE.length)])
                        .limit(length)
                        .reduce("", String::concat);
        return JSON.textNode(text.length() > length ? "b".repeat(length) : text);
    }

    private static JsonNode model(String file) {
        String home = Objects.requireNonNull(System.getProperty("trent.home"), "trent.home");
        try {
            return new ObjectMapper().readTree(Path.of(home, "model", file).toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
