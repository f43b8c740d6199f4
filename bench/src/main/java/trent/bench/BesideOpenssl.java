package trent.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Trent's cryptography beside {@code openssl speed} on the same machine, as a table in Markdown.
 *
 * <p>The two take turns, so that a machine that slows down slows both; each figure is a median.
 * Both count the time on the wall, so the machine should have nothing else to do.
 */
public final class BesideOpenssl {

    private BesideOpenssl() {}

    /** One benchmark, and the column of openssl's line that it stands beside. */
    private record Line(String name, String benchmark, int column, List<String> parameters) {}

    /** What stands beside one command of openssl. */
    private record Group(List<String> openssl, List<Line> lines) {}

    public static void main(String[] args) throws Exception {
        System.out.printf(
                "%d processors; %s; %s%n%n",
                Runtime.getRuntime().availableProcessors(),
                Runtime.version(),
                String.join(" ", lines("openssl", "version")));
        System.out.println("| operation | Trent, µs | openssl, µs | Trent's rate / openssl's |");
        System.out.println("|---|---|---|---|");
        for (Group group : groups()) {
            print(group);
        }
    }

    private static List<Group> groups() {
        List<Group> groups = new ArrayList<>();
        for (int bits : new int[] {2048, 3072, 4096}) {
            List<Line> lines = new ArrayList<>();
            for (String padding : new String[] {"PSS", "PKCS1_V1_5"}) {
                for (String kind : new String[] {"RAW", "DIGEST"}) {
                    signatures(lines, "RSA_" + bits, "RSASSA_" + padding + "_SHA_256", kind, 1, 2);
                }
            }
            String rsa = "spec=RSA_" + bits;
            lines.add(
                    new Line(
                            "RSA_%d OAEP decrypt".formatted(bits), "oaepDecrypt", 1, List.of(rsa)));
            lines.add(
                    new Line(
                            "RSA_%d OAEP encrypt".formatted(bits), "oaepEncrypt", 2, List.of(rsa)));
            if (bits == 2048) {
                operations(lines, "RSA_2048", "RSASSA_PSS_SHA_256");
            }
            groups.add(new Group(List.of("rsa" + bits), lines));
        }
        for (int bits : new int[] {256, 384, 521}) {
            List<Line> lines = new ArrayList<>();
            String spec = "ECC_NIST_P" + bits;
            String algorithm = "ECDSA_SHA_" + (bits == 521 ? 512 : bits);
            signatures(lines, spec, algorithm, "RAW", 1, 2);
            if (bits == 256) {
                operations(lines, spec, algorithm);
            }
            groups.add(new Group(List.of("ecdsap" + bits), lines));
            groups.add(
                    new Group(
                            List.of("ecdhp" + bits),
                            List.of(new Line(spec + " ECDH", "ecdh", 1, List.of("spec=" + spec)))));
        }
        List<Line> edwards = new ArrayList<>();
        signatures(edwards, "ECC_NIST_EDWARDS25519", "ED25519_SHA_512", "RAW", 1, 2);
        groups.add(new Group(List.of("ed25519"), edwards));
        for (int bits : new int[] {256, 512}) {
            groups.add(
                    new Group(
                            List.of("-hmac", "sha" + bits, "-bytes", "1024"),
                            List.of(
                                    new Line(
                                            "HMAC-SHA-%d of 1,024 bytes".formatted(bits),
                                            "hmacSha" + bits,
                                            -1,
                                            List.of()))));
        }
        groups.add(
                new Group(
                        List.of("-evp", "aes-256-gcm", "-bytes", "1024"),
                        List.of(
                                new Line(
                                        "encrypt 1,024 bytes, HKDF + GCM",
                                        "encryptMessage",
                                        -1,
                                        List.of()),
                                new Line(
                                        "decrypt 1,024 bytes, HKDF + GCM",
                                        "decryptMessage",
                                        -1,
                                        List.of()))));
        List<Line> others = new ArrayList<>();
        signatures(others, "ECC_SECG_P256K1", "ECDSA_SHA_256", "RAW", 0, 0);
        for (int set : new int[] {44, 65, 87}) {
            signatures(others, "ML_DSA_" + set, "ML_DSA_SHAKE_256", "RAW", 0, 0);
        }
        groups.add(new Group(List.of(), others));
        return groups;
    }

    private static void signatures(
            List<Line> lines,
            String spec,
            String algorithm,
            String kind,
            int signColumn,
            int verifyColumn) {
        String name = "%s %s %s ".formatted(spec, algorithm, kind);
        List<String> parameters = List.of("spec=" + spec, "algorithm=" + algorithm, "kind=" + kind);
        lines.add(new Line(name + "sign", "SignatureBenchmark.sign", signColumn, parameters));
        lines.add(new Line(name + "verify", "SignatureBenchmark.verify", verifyColumn, parameters));
    }

    private static void operations(List<Line> lines, String spec, String algorithm) {
        List<String> parameters = List.of("spec=" + spec, "algorithm=" + algorithm);
        lines.add(
                new Line(
                        "operation Sign, %s %s".formatted(spec, algorithm),
                        "AsymmetricBenchmark.sign",
                        1,
                        parameters));
        lines.add(
                new Line(
                        "operation Verify, %s %s".formatted(spec, algorithm),
                        "AsymmetricBenchmark.verify",
                        2,
                        parameters));
    }

    /** Openssl before, in the middle and after: its median is the reference of all the lines. */
    private static void print(Group group) throws IOException, RunnerException {
        List<double[]> references = new ArrayList<>();
        List<Double> ours = new ArrayList<>();
        for (Line line : group.lines()) {
            if (ours.isEmpty() || ours.size() == group.lines().size() / 2) {
                openssl(group, references);
            }
            ours.add(microseconds(line));
        }
        openssl(group, references);
        for (int i = 0; i < ours.size(); i++) {
            Line line = group.lines().get(i);
            Double reference = reference(line.column(), references);
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %.1f | %s | %s |%n",
                    line.name(),
                    ours.get(i),
                    reference == null ? "" : "%.1f".formatted(reference),
                    reference == null ? "" : "%.2f".formatted(reference / ours.get(i)));
        }
    }

    private static void openssl(Group group, List<double[]> references) throws IOException {
        if (group.openssl().isEmpty()) {
            return;
        }
        List<String> command =
                new ArrayList<>(List.of("openssl", "speed", "-mr", "-elapsed", "-seconds", "1"));
        command.addAll(group.openssl());
        for (String line : lines(command.toArray(String[]::new))) {
            if (line.startsWith("+F")) {
                references.add(microseconds(line));
            }
        }
    }

    /**
     * A line such as {@code +F2:2:2048:4068.2:61318.1}, operations in a second, or {@code
     * +F:9:hmac(sha256):1305397426.09}, bytes in a second.
     */
    private static double[] microseconds(String line) {
        String[] fields = line.split(":", -1);
        int last = fields.length - 1;
        if (fields[0].equals("+F")) {
            return new double[] {1024 * 1e6 / Double.parseDouble(fields[last])};
        }
        if (fields[0].equals("+F5")) { // ECDH: operations in a second, then seconds
            return new double[] {1e6 / Double.parseDouble(fields[last - 1])};
        }
        return new double[] {
            1e6 / Double.parseDouble(fields[last - 1]), 1e6 / Double.parseDouble(fields[last])
        };
    }

    private static @Nullable Double reference(int column, List<double[]> references) {
        if (column == 0 || references.isEmpty()) {
            return null;
        }
        int index = Math.max(column - 1, 0);
        double[] sorted = references.stream().mapToDouble(r -> r[index]).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private static double microseconds(Line line) throws RunnerException {
        String name =
                line.benchmark().contains(".")
                        ? line.benchmark()
                        : "CryptoBenchmark." + line.benchmark();
        ChainedOptionsBuilder options =
                new OptionsBuilder()
                        .include("\\." + name + "$")
                        .verbosity(VerboseMode.SILENT)
                        .shouldFailOnError(true);
        for (String parameter : line.parameters()) {
            int equals = parameter.indexOf('=');
            options.param(parameter.substring(0, equals), parameter.substring(equals + 1));
        }
        Collection<RunResult> results = new Runner(options.build()).run();
        return results.iterator().next().getPrimaryResult().getStatistics().getPercentile(50);
    }

    private static List<String> lines(String... command) throws IOException {
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try (BufferedReader reader = process.inputReader()) {
            return reader.lines().toList();
        }
    }
}
