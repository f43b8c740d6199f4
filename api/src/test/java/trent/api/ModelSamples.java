package trent.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/** Requests made from the service model, which knows nothing of the generated code. */
final class ModelSamples {

    static final JsonNode MODEL = model();

    /** What satisfies a shape's pattern and length; every other text is a run of the letter a. */
    private static final Map<String, String> PATTERNED =
            Map.of(
                    "AccountIdType", "111122223333",
                    "CloudHsmClusterIdType", "cluster-abcdefghijk",
                    "RegionType", "us-east-2",
                    "XksProxyAuthenticationAccessKeyIdType", "ABCDEFGHIJKLMNOPQRST",
                    "XksProxyUriEndpointType", "https://xks.example.com",
                    "XksProxyUriPathType", "/example/kms/xks/v1",
                    "XksProxyVpcEndpointServiceNameType",
                            "com.amazonaws.vpce.us-east-1.vpce-svc-example");

    private ModelSamples() {}

    /** A right request with nothing but what is required. */
    static String minimal(String operation) {
        ObjectNode body = input(operation, true);
        if (operation.equals("Decrypt") || operation.equals("ReEncrypt")) {
            body.put("CiphertextBlob", "QQ=="); // required, although the model says otherwise
        }
        return body.toString();
    }

    /** A right request with every member. */
    static String full(String operation) {
        return input(operation, false).toString();
    }

    /** The same as a tree, its blobs being no text nodes. */
    static ObjectNode fullTree(String operation) {
        return input(operation, false);
    }

    private static ObjectNode input(String operation, boolean requiredOnly) {
        JsonNode input = MODEL.path("operations").path(operation).path("input");
        return (ObjectNode) sample(input.path("shape").textValue(), requiredOnly);
    }

    private static JsonNode sample(String name, boolean requiredOnly) {
        JsonNode shape = MODEL.path("shapes").path(name);
        JsonNodeFactory json = JsonNodeFactory.instance;
        int min = Math.max(1, shape.path("min").asInt(1));
        return switch (shape.path("type").textValue()) {
            case "string" ->
                    json.textNode(
                            shape.has("enum")
                                    ? shape.path("enum").path(0).textValue()
                                    : PATTERNED.getOrDefault(name, "a".repeat(min)));
            case "integer" -> json.numberNode(min);
            case "boolean" -> json.booleanNode(true);
            case "timestamp" -> json.numberNode(1593622000.191);
            case "blob" -> json.binaryNode(new byte[min]);
            case "list" ->
                    json.arrayNode()
                            .add(
                                    sample(
                                            shape.path("member").path("shape").textValue(),
                                            requiredOnly));
            case "map" -> json.objectNode().put("a", "b");
            default -> {
                ObjectNode structure = json.objectNode();
                shape.path("members")
                        .properties()
                        .forEach(
                                member -> {
                                    boolean required = false;
                                    for (JsonNode one : shape.path("required")) {
                                        required |= one.textValue().equals(member.getKey());
                                    }
                                    if (required || !requiredOnly) {
                                        structure.set(
                                                member.getKey(),
                                                sample(
                                                        member.getValue().path("shape").textValue(),
                                                        requiredOnly));
                                    }
                                });
                yield structure;
            }
        };
    }

    private static JsonNode model() {
        String home = Objects.requireNonNull(System.getProperty("trent.home"), "trent.home");
        try {
            return new ObjectMapper()
                    .readTree(Path.of(home, "model", "kms-2014-11-01.json").toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
