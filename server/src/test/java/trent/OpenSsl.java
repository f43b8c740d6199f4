package trent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** OpenSSL as a program: an implementation that is none of ours. */
public final class OpenSsl {

    private static final String PROGRAM = "openssl";
    private static final long SECONDS = 60;

    private final Path folder;

    /** In a folder that the test gives; without the program the test is skipped, and says so. */
    public OpenSsl(Path folder) {
        this.folder = folder;
        boolean found;
        try {
            found = run("version") == 0;
        } catch (UncheckedIOException e) {
            found = false;
        }
        if (!found) {
            System.out.println("skipped: the test needs the program openssl");
        }
        assumeTrue(found, "the program openssl is not there");
    }

    /** Writes a file that the program is to read. */
    public String file(String name, byte[] content) {
        try {
            return Files.write(folder.resolve(name), content).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A new private key in PKCS #8, written as a file. */
    public String newKey(String name, String... options) {
        List<String> command = new ArrayList<>(List.of("genpkey"));
        command.addAll(List.of(options));
        String pem = file(name + ".pem", output(command.toArray(String[]::new)));
        return file(name, output("pkcs8", "-topk8", "-nocrypt", "-in", pem, "-outform", "DER"));
    }

    /** What the program writes when it succeeds. */
    public byte[] output(String... command) {
        if (run(command) != 0) {
            throw new AssertionError(
                    "openssl %s%n%s"
                            .formatted(List.of(command), new String(read("stderr"), UTF_8)));
        }
        return read("stdout");
    }

    /** Whether the program says yes. */
    public boolean succeeds(String... command) {
        return run(command) == 0;
    }

    private int run(String... command) {
        List<String> line = new ArrayList<>(List.of(PROGRAM));
        line.addAll(List.of(command));
        try {
            Process process =
                    new ProcessBuilder(line)
                            .directory(folder.toFile())
                            .redirectOutput(folder.resolve("stdout").toFile())
                            .redirectError(folder.resolve("stderr").toFile())
                            .start();
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("openssl does not end: " + line);
            }
            return process.exitValue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private byte[] read(String name) {
        try {
            return Files.readAllBytes(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
