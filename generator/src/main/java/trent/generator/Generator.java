package trent.generator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Writes the sources of {@code trent.api}: arguments are the model's file and the output folder.
 */
public final class Generator {

    private static final String PACKAGE = "trent/api";
    private static final String RECORDED = "recorded.json";

    private Generator() {}

    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 2) {
            throw new IllegalArgumentException(
                    "give two arguments: the model's file and the output folder");
        }
        SortedMap<String, String> sources;
        try (InputStream model = Files.newInputStream(Path.of(arguments[0]))) {
            sources = sources(model);
        }
        write(sources, Path.of(arguments[1]).resolve(PACKAGE));
    }

    /** Name of the type → its source. */
    static SortedMap<String, String> sources(InputStream modelFile) throws IOException {
        ObjectMapper json = new ObjectMapper();
        JsonNode recorded;
        try (InputStream facts = Generator.class.getResourceAsStream(RECORDED)) {
            recorded = json.readTree(facts);
        }
        Model model = new Model(json.readTree(modelFile), recorded);

        SortedMap<String, String> sources = new TreeMap<>();
        Structures structures = new Structures(model);
        for (Shape shape : model.reachable()) {
            switch (shape) {
                case Shape.Words words -> sources.put(words.name(), Enums.source(words));
                case Shape.Structure structure ->
                        sources.put(structure.name(), structures.source(structure));
                default -> {} // a type of the JDK
            }
        }
        for (Model.Failure failure : model.failures()) {
            sources.put(failure.name(), Exceptions.source(failure));
        }
        sources.put("MemberNames", structures.memberNames());
        sources.put("KmsOperation", Operations.source(model.operations()));
        return sources;
    }

    /** Leaves a file that is right already as it is, so that nothing is compiled for nothing. */
    private static void write(SortedMap<String, String> sources, Path folder) throws IOException {
        Files.createDirectories(folder);
        List<Path> present;
        try (Stream<Path> files = Files.list(folder)) {
            present = files.toList();
        }
        for (Path file : present) {
            if (!sources.containsKey(file.getFileName().toString().replace(".java", ""))) {
                Files.delete(file);
            }
        }
        sources.forEach(
                (name, source) -> {
                    Path file = folder.resolve(name + ".java");
                    try {
                        if (!Files.exists(file) || !Files.readString(file).equals(source)) {
                            Files.writeString(file, source);
                        }
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
    }
}
