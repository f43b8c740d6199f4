package trent.generator;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The table of errors: which operation may answer with which, and how one is made. */
final class Errors {

    private Errors() {}

    /**
     * The table of a service.
     *
     * @param common what its operations may answer with beside what the model says of each
     * @param commonPackage where those are; null in the service's own package
     */
    static String source(
            Service service,
            Model model,
            List<Model.Failure> common,
            @Nullable String commonPackage) {
        return Source.of(
                service.javaPackage(),
                """
                /** The errors of the API: which operation may answer with which, and how one is made. */
                @Generated("trent.generator.Generator")
                public final class %1$s {

                    private %1$s() {}

                    /**
                     * What the operation may answer with, as the wire names it; nothing if there is no such
                     * operation.
                     */
                    public static List<String> of(String operation) {
                        return switch (operation) {
                %2$s            default -> List.of();
                        };
                    }

                    /**
                     * A new error.
                     *
                     * @param code as the wire names it
                     * @throws IllegalArgumentException if there is no such error
                     */
                    public static ServiceException made(String code, String message) {
                        return switch (code) {
                %3$s            default -> throw new IllegalArgumentException("no such error: " + code);
                        };
                    }
                }
                """
                        .formatted(
                                service.errorType(),
                                operations(model, common),
                                failures(model.failures(), common, commonPackage)));
    }

    private static String operations(Model model, List<Model.Failure> common) {
        return Source.indent(
                3,
                model.operations().stream()
                        .map(
                                operation ->
                                        "case %s -> List.of(%s);"
                                                .formatted(
                                                        Names.literal(operation.name()),
                                                        codes(operation.errors(), common)))
                        .collect(Collectors.joining("\n")));
    }

    private static String codes(List<Model.Failure> own, List<Model.Failure> common) {
        List<Model.Failure> all = new ArrayList<>(own);
        all.addAll(common);
        return all.stream()
                .map(failure -> Names.literal(failure.code()))
                .distinct()
                .collect(Collectors.joining(", "));
    }

    private static String failures(
            List<Model.Failure> own, List<Model.Failure> common, @Nullable String commonPackage) {
        List<String> cases = new ArrayList<>();
        own.forEach(failure -> cases.add(made(failure.code(), failure.name())));
        if (commonPackage != null) { // else they are among the service's own
            common.stream()
                    .filter(each -> own.stream().noneMatch(it -> it.code().equals(each.code())))
                    .forEach(
                            failure ->
                                    cases.add(
                                            made(
                                                    failure.code(),
                                                    commonPackage + "." + failure.name())));
        }
        return Source.indent(3, String.join("\n", cases));
    }

    private static String made(String code, String type) {
        return "case %s -> new %s(message);".formatted(Names.literal(code), type);
    }
}
