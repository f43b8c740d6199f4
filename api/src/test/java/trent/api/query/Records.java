package trent.api.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import trent.api.Blob;

/** Generated records as trees, and random ones, by reflection. */
final class Records {

    /** What XML has to escape, and what it has no way to say at all is not among it. */
    private static final String[] PIECES = {
        "a", "<", ">", "&", "\"", "'", "]]>", "\r", "\n", "\t", "é", "😀", "&amp;", " "
    };

    private Records() {}

    /** A record as a tree whose names are the components', in lower case. */
    static JsonNode tree(@Nullable Object value) throws ReflectiveOperationException {
        JsonNodeFactory json = JsonNodeFactory.instance;
        return switch (value) {
            case null -> json.nullNode();
            case Record structure -> {
                ObjectNode tree = json.objectNode();
                for (RecordComponent component : structure.getClass().getRecordComponents()) {
                    Object member = component.getAccessor().invoke(structure);
                    if (member != null) {
                        tree.set(component.getName().toLowerCase(Locale.ROOT), tree(member));
                    }
                }
                yield tree;
            }
            case List<?> list -> {
                ArrayNode tree = json.arrayNode();
                for (Object element : list) {
                    tree.add(tree(element));
                }
                yield tree;
            }
            case Map<?, ?> map -> {
                ObjectNode tree = json.objectNode();
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    tree.set(tree(entry.getKey()).asText(), tree(entry.getValue()));
                }
                yield tree;
            }
            case Enum<?> word -> json.textNode(wire(word));
            case Blob blob ->
                    json.textNode(java.util.Base64.getEncoder().encodeToString(blob.bytes()));
            default -> json.textNode(value.toString());
        };
    }

    /** A tree as {@link #tree} has it: names in lower case, scalars as texts. */
    static JsonNode plain(JsonNode node) {
        JsonNodeFactory json = JsonNodeFactory.instance;
        return switch (node) {
            case ObjectNode structure -> {
                ObjectNode plain = json.objectNode();
                structure
                        .properties()
                        .forEach(
                                member ->
                                        plain.set(
                                                member.getKey().toLowerCase(Locale.ROOT),
                                                plain(member.getValue())));
                yield plain;
            }
            case ArrayNode list -> {
                ArrayNode plain = json.arrayNode();
                list.forEach(element -> plain.add(plain(element)));
                yield plain;
            }
            default -> json.textNode(node.asText());
        };
    }

    /** A value of the type, its optional members there or not. */
    static @Nullable Object random(Type type, boolean nullable, Random random)
            throws ReflectiveOperationException {
        if (nullable && random.nextInt(3) == 0) {
            return null;
        }
        if (type instanceof ParameterizedType generic) {
            Type[] arguments = generic.getActualTypeArguments();
            if (generic.getRawType() == List.class) {
                List<Object> list = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    list.add(random(arguments[0], false, random));
                }
                return list;
            }
            Map<Object, Object> map = new LinkedHashMap<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                map.put(random(arguments[0], false, random), random(arguments[1], false, random));
            }
            return map;
        }
        Class<?> kind = (Class<?>) type;
        if (kind.isRecord()) {
            return record(kind, random);
        }
        if (kind.isEnum()) {
            Object[] words = kind.getEnumConstants();
            return words[random.nextInt(words.length)];
        }
        return switch (kind.getSimpleName()) {
            case "String" -> text(random);
            case "Integer" -> random.nextInt();
            case "Boolean", "boolean" -> random.nextBoolean();
            case "Instant" ->
                    Instant.ofEpochSecond(random.nextLong(4_000_000_000L))
                            .truncatedTo(ChronoUnit.SECONDS);
            case "Blob" -> new Blob(text(random).getBytes(java.nio.charset.StandardCharsets.UTF_8));
            default -> throw new IllegalStateException(kind.getName());
        };
    }

    private static Object record(Class<?> kind, Random random) throws ReflectiveOperationException {
        RecordComponent[] components = kind.getRecordComponents();
        @Nullable Object[] values = new @Nullable Object[components.length];
        for (int i = 0; i < components.length; i++) {
            boolean nullable =
                    Arrays.stream(components[i].getAnnotatedType().getAnnotations())
                            .anyMatch(Nullable.class::isInstance);
            values[i] = random(components[i].getGenericType(), nullable, random);
        }
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        Constructor<?> constructor = kind.getDeclaredConstructor(types);
        return constructor.newInstance(values);
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(6); i > 0; i--) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }

    private static String wire(Enum<?> word) {
        try {
            Method wire = word.getDeclaringClass().getMethod("wire");
            return (String) wire.invoke(word);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
