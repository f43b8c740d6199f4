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
 * Writes the sources of {@code trent.api} and the packages within: arguments are the folder of the
 * models and the output folder.
 */
public final class Generator {

    private static final List<Service> SERVICES = List.of(Service.KMS, Service.IAM, Service.STS);

    /** Where the errors of all services that speak AWS Query are. */
    private static final String QUERY_PACKAGE = "trent.api.query";

    private static final String QUERY_FACTS = "query.json";

    private Generator() {}

    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 2) {
            throw new IllegalArgumentException(
                    "give two arguments: the models' folder and the output folder");
        }
        Path output = Path.of(arguments[1]);
        for (Service service : SERVICES) {
            try (InputStream model =
                    Files.newInputStream(Path.of(arguments[0], service.modelFile()))) {
                write(sources(service, model), service.javaPackage(), output);
            }
        }
        write(queryErrors(), QUERY_PACKAGE, output);
    }

    /** Name of the type → its source. */
    static SortedMap<String, String> sources(Service service, InputStream modelFile)
            throws IOException {
        Model model = new Model(new ObjectMapper().readTree(modelFile), facts(service.facts()));
        String javaPackage = service.javaPackage();

        SortedMap<String, String> sources = new TreeMap<>();
        Structures structures = new Structures(javaPackage, model);
        for (Shape shape : model.reachable()) {
            switch (shape) {
                case Shape.Words words ->
                        sources.put(words.name(), Enums.source(javaPackage, words));
                case Shape.Structure structure ->
                        sources.put(structure.name(), structures.source(structure));
                default -> {} // a type of the JDK
            }
        }
        for (Model.Failure failure : model.failures()) {
            sources.put(failure.name(), Exceptions.source(javaPackage, failure));
        }
        switch (model.protocol()) {
            case JSON -> {
                sources.put(
                        service.errorType(),
                        Errors.source(
                                service,
                                model,
                                Model.recordedFailures(facts(service.facts())),
                                null));
                sources.put("MemberNames", structures.memberNames());
                sources.put(
                        service.operationType(), Operations.source(service, model.operations()));
            }
            case QUERY -> {
                sources.put(
                        service.errorType(),
                        Errors.source(
                                service,
                                model,
                                Model.recordedFailures(facts(QUERY_FACTS)),
                                QUERY_PACKAGE));
                sources.put(service.operationType(), QueryOperations.source(service, model));
            }
        }
        return sources;
    }

    static SortedMap<String, String> queryErrors() throws IOException {
        SortedMap<String, String> sources = new TreeMap<>();
        for (Model.Failure failure : Model.recordedFailures(facts(QUERY_FACTS))) {
            sources.put(failure.name(), Exceptions.source(QUERY_PACKAGE, failure));
        }
        return sources;
    }

    private static JsonNode facts(String file) throws IOException {
        try (InputStream facts = Generator.class.getResourceAsStream(file)) {
            return new ObjectMapper().readTree(facts);
        }
    }

    /** Leaves a file that is right already as it is, so that nothing is compiled for nothing. */
    private static void write(SortedMap<String, String> sources, String javaPackage, Path output)
            throws IOException {
        Path folder = output.resolve(javaPackage.replace('.', '/'));
        Files.createDirectories(folder);
        List<Path> present;
        try (Stream<Path> files = Files.list(folder)) {
            present = files.filter(Files::isRegularFile).toList();
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
