package trent.clients;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * From starting the process to its first answer, beside a bare JDK HTTP server. Prints; a clock on
 * the wall proves nothing.
 */
@ExtendWith(Workplace.class)
@Tag("slow")
class StartupTimeTest {

    private static final int STARTS = 10;
    private static final Pattern PORT = Pattern.compile("https?://[^\\s:]+:(\\d+)");

    @Test
    @EnabledIfSystemProperty(named = "trent.all", matches = "true")
    void medianOfTenInterleavedStarts() throws IOException, InterruptedException {
        List<String> trent =
                List.of(
                        TrentProcess.home().resolve("trent").toString(),
                        "dev",
                        "--listen",
                        "127.0.0.1:0",
                        "--admin-listen",
                        "127.0.0.1:0");
        List<String> bare =
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BareServer.class.getName());
        firstAnswerMillis(trent); // builds the tree where it is not built yet
        List<Double> ofTrent = new ArrayList<>();
        List<Double> ofBare = new ArrayList<>();
        for (int i = 0; i < STARTS; i++) {
            ofTrent.add(firstAnswerMillis(trent));
            ofBare.add(firstAnswerMillis(bare));
        }
        System.out.printf(
                "first answered CreateKey: %.0f ms; bare JDK server: %.0f ms (medians of %d interleaved starts)%n",
                median(ofTrent), median(ofBare), STARTS);
    }

    private static double firstAnswerMillis(List<String> command)
            throws IOException, InterruptedException {
        Path folder = Workplace.folder("start");
        long start = System.nanoTime();
        Process process =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .start();
        try (BufferedReader output = process.inputReader()) {
            int port = portIn(output);
            try (Kms kms = new Kms(port, Signer.TEST)) {
                if (kms.send("CreateKey", "{}").status() != 200) {
                    throw new AssertionError("not answered: " + command);
                }
            }
            return (System.nanoTime() - start) / 1e6;
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private static int portIn(BufferedReader output) throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            Matcher port = PORT.matcher(line);
            if (port.find()) {
                return Integer.parseInt(port.group(1));
            }
        }
        throw new AssertionError("ended without naming its address");
    }

    private static double median(List<Double> values) {
        Collections.sort(values);
        return (values.get(values.size() / 2) + values.get((values.size() - 1) / 2)) / 2;
    }
}
