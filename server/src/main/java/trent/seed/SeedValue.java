package trent.seed;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** A value of the seed file, which knows its line. */
final class SeedValue {

    private static final JsonFactory JSON = new JsonFactory();

    /** Only the whole value: policies have variables of their own, such as ${aws:username}. */
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)}");

    private static final String FILE = "file:";

    private final Node node;
    private final Sources sources;

    SeedValue(Node node, Sources sources) {
        this.node = node;
        this.sources = sources;
        if (node.getAnchor().isPresent()) {
            throw wrong("anchors (&) are not taken: write the value where it is needed");
        }
    }

    /** Where values come from that stand elsewhere. */
    interface Sources {

        /** The variable's value; null if it is not set. */
        @Nullable String variable(String name);

        /** The file's bytes; the path is taken from the seed file's folder. */
        byte[] file(String path, boolean secret) throws IOException;

        /** Notes that the seed file itself holds a secret. */
        void holdsSecret();
    }

    int line() {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
    }

    Wrong wrong(String words) {
        return new Wrong(line(), words);
    }

    /** Its members, which are all among the known ones. */
    Members members(String what, Set<String> known) {
        Map<String, SeedValue> members = entries(what);
        members.forEach(
                (name, value) -> {
                    if (!known.contains(name)) {
                        throw value.wrong(
                                "%s has no member %s. It has %s"
                                        .formatted(
                                                what,
                                                name,
                                                String.join(", ", new TreeSet<>(known))));
                    }
                });
        return new Members(this, what, members);
    }

    /** Values by their names, which are the file's. */
    Map<String, SeedValue> entries(String what) {
        if (!(node instanceof MappingNode mapping)) {
            throw wrong("%s is a mapping (name: value)".formatted(what));
        }
        Map<String, SeedValue> entries = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            SeedValue key = new SeedValue(tuple.getKeyNode(), sources);
            if (!(tuple.getKeyNode() instanceof ScalarNode name)) {
                throw key.wrong("a name is a text");
            }
            SeedValue value = new SeedValue(tuple.getValueNode(), sources);
            if (entries.put(name.getValue(), value) != null) {
                throw key.wrong("%s stands here twice".formatted(name.getValue()));
            }
        }
        return entries;
    }

    List<SeedValue> list(String what) {
        if (!(node instanceof SequenceNode sequence)) {
            throw wrong("%s is a list (- value)".formatted(what));
        }
        return sequence.getValue().stream().map(each -> new SeedValue(each, sources)).toList();
    }

    /** A text: as it stands here, or of ${NAME}, or of file:PATH. */
    String text(String what) {
        return text(what, false);
    }

    /** The same of what must not become known. */
    String secret(String what) {
        return text(what, true);
    }

    private String text(String what, boolean secret) {
        String text = scalar(what);
        var variable = VARIABLE.matcher(text);
        if (variable.matches()) {
            String value = sources.variable(variable.group(1));
            if (value == null) {
                throw wrong("the environment has no %s".formatted(variable.group(1)));
            }
            return value;
        }
        if (text.startsWith(FILE)) {
            return ofFile(text.substring(FILE.length()), secret);
        }
        if (secret) {
            sources.holdsSecret();
        }
        return text;
    }

    private String ofFile(String path, boolean secret) {
        try {
            String text = new String(sources.file(path, secret), UTF_8);
            return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
        } catch (IOException e) {
            throw wrong("file:%s cannot be taken: %s".formatted(path, words(e)));
        }
    }

    private static String words(IOException e) {
        return e instanceof java.nio.file.NoSuchFileException
                ? "there is no such file"
                : String.valueOf(e.getMessage());
    }

    private String scalar(String what) {
        if (!(node instanceof ScalarNode scalar) || node.getTag().equals(Tag.NULL)) {
            throw wrong("%s is a text".formatted(what));
        }
        return scalar.getValue();
    }

    int number(String what, int least, int most) {
        String words = "%s is a number from %d to %d".formatted(what, least, most);
        if (!node.getTag().equals(Tag.INT)) {
            throw wrong(words);
        }
        try {
            int number = Integer.parseInt(scalar(what));
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException _) {
            // Said below.
        }
        throw wrong(words);
    }

    boolean isTruth() {
        return node.getTag().equals(Tag.BOOL);
    }

    boolean truth(String what) {
        if (!isTruth()) {
            throw wrong("%s is true or false".formatted(what));
        }
        return scalar(what).equalsIgnoreCase("true");
    }

    /** Texts by their names. */
    Map<String, String> texts(String what) {
        Map<String, String> texts = new LinkedHashMap<>();
        entries(what).forEach((name, value) -> texts.put(name, value.text(name)));
        return texts;
    }

    /** A policy: a mapping, or a text that is JSON. */
    String document(String what) {
        if (!(node instanceof MappingNode)) {
            String json = text(what);
            if (compact(json) == null) {
                throw wrong("%s is a mapping, or a text that is JSON".formatted(what));
            }
            return json;
        }
        StringWriter json = new StringWriter();
        try (JsonGenerator out = JSON.createGenerator(json)) {
            write(out);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return json.toString();
    }

    private void write(JsonGenerator out) throws IOException {
        if (node instanceof MappingNode) {
            out.writeStartObject();
            for (Map.Entry<String, SeedValue> each : entries("it").entrySet()) {
                out.writeFieldName(each.getKey());
                each.getValue().write(out);
            }
            out.writeEndObject();
        } else if (node instanceof SequenceNode) {
            out.writeStartArray();
            for (SeedValue each : list("it")) {
                each.write(out);
            }
            out.writeEndArray();
        } else {
            writeScalar(out, scalar("a value in a policy"));
        }
    }

    private void writeScalar(JsonGenerator out, String text) throws IOException {
        try {
            if (node.getTag().equals(Tag.BOOL)) {
                out.writeBoolean(text.equalsIgnoreCase("true"));
            } else if (node.getTag().equals(Tag.INT)) {
                out.writeNumber(new BigInteger(text));
            } else if (node.getTag().equals(Tag.FLOAT)) {
                out.writeNumber(new BigDecimal(text));
            } else {
                out.writeString(text);
            }
        } catch (NumberFormatException _) { // 0x10, .inf: JSON has no such numbers
            throw wrong("%s is no number that a policy can have".formatted(text));
        }
    }

    /** The JSON without what does not count; null if it is none. */
    static @Nullable String compact(String json) {
        StringWriter compact = new StringWriter();
        try (JsonParser in = JSON.createParser(json);
                JsonGenerator out = JSON.createGenerator(compact)) {
            if (in.nextToken() == null) {
                return null;
            }
            out.copyCurrentStructure(in);
            if (in.nextToken() != null) {
                return null;
            }
        } catch (IOException _) {
            return null;
        }
        return compact.toString();
    }

    /** The members of one thing. */
    record Members(SeedValue of, String what, Map<String, SeedValue> all) {

        @Nullable SeedValue find(String name) {
            return all.get(name);
        }

        SeedValue get(String name) {
            SeedValue value = all.get(name);
            if (value == null) {
                throw of.wrong("%s needs a member %s".formatted(what, name));
            }
            return value;
        }

        List<SeedValue> list(String name) {
            SeedValue value = find(name);
            return value == null ? new ArrayList<>() : value.list(name);
        }

        @Nullable String text(String name) {
            SeedValue value = find(name);
            return value == null ? null : value.text(name);
        }

        @Nullable Map<String, String> texts(String name) {
            SeedValue value = find(name);
            return value == null ? null : value.texts(name);
        }
    }
}
