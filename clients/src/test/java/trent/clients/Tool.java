package trent.clients;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Runs a program that the machine has, with credentials and settings of its own only. */
final class Tool {

    private static final long SECONDS = 600;

    private Tool() {}

    record Result(int exitCode, String stdout, String stderr) {}

    static Result run(Path folder, Map<String, String> environment, String... command) {
        return run(SECONDS, folder, environment, command);
    }

    /** For what may take longer than a command does. */
    static Result run(
            long seconds, Path folder, Map<String, String> environment, String... command) {
        Map<String, String> all = new TreeMap<>(OldClients.ENVIRONMENT);
        all.putAll(environment);
        return runAsItIs(seconds, folder, all, command);
    }

    /** The same without {@link OldClients}, for whoever looks how old they are. */
    static Result runAsItIs(
            long seconds, Path folder, Map<String, String> environment, String... command) {
        Path stdout = folder.resolve("tool-stdout.log");
        Path stderr = folder.resolve("tool-stderr.log");
        ProcessBuilder builder =
                new ProcessBuilder(List.of(command))
                        .directory(folder.toFile())
                        .redirectOutput(stdout.toFile())
                        .redirectError(stderr.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("AWS_"));
        builder.environment().put("AWS_CONFIG_FILE", folder.resolve("no-config").toString());
        builder.environment()
                .put("AWS_SHARED_CREDENTIALS_FILE", folder.resolve("no-credentials").toString());
        builder.environment().put("AWS_EC2_METADATA_DISABLED", "true");
        builder.environment().put("AWS_PAGER", "");
        builder.environment().put("PYTHONIOENCODING", "utf-8");
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(
                        "still runs after %d s: %s".formatted(seconds, List.of(command)));
            }
            return new Result(
                    process.exitValue(), Files.readString(stdout), Files.readString(stderr));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /**
     * Makes a certificate for localhost and 127.0.0.1, signed by its own key, on P-256.
     *
     * @param certificate the name of its file in the folder; as the key's, PEM
     */
    static void makeCertificate(Path folder, String certificate, String key) {
        Result made =
                run(
                        folder,
                        Map.of(),
                        "openssl",
                        "req",
                        "-x509",
                        "-newkey",
                        "ec",
                        "-pkeyopt",
                        "ec_paramgen_curve:P-256",
                        "-nodes",
                        "-days",
                        "2",
                        "-subj",
                        "/CN=localhost",
                        "-addext",
                        "subjectAltName=DNS:localhost,IP:127.0.0.1",
                        "-keyout",
                        key,
                        "-out",
                        certificate);
        if (made.exitCode() != 0) {
            throw new AssertionError(made.stderr());
        }
    }

    /** A test resource, written into the folder as a file so that a program can read it. */
    static Path resource(Path folder, String name, String fileName) {
        try {
            Path file = folder.resolve(fileName);
            Files.writeString(file, resource(name));
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String resource(String name) {
        try (var in = Tool.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new AssertionError("no test resource " + name);
            }
            return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
