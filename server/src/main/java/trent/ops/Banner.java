package trent.ops;

import java.io.PrintStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import trent.ops.Settings.Kept;
import trent.ops.Settings.Place.InMemory;
import trent.ops.Settings.Signers;

/**
 * What somebody who started a server in a terminal needs next, on standard error: standard output
 * is for programs.
 */
final class Banner {

    /** Any Region does; each has its own keys. The README's examples are in this one. */
    private static final String REGION = "us-east-2";

    private static final String BOLD = "\u001b[1m";
    private static final String DIM = "\u001b[2m";
    private static final String PLAIN = "\u001b[0m";

    private final Settings settings;
    private final Map<String, String> environment;
    private final String version;
    private final boolean colours;

    Banner(Settings settings, String version, Map<String, String> environment) {
        this.settings = settings;
        this.environment = environment;
        this.version = version;
        this.colours = colours(environment);
    }

    /** Whether a terminal is to show colours: see no-color.org. */
    private static boolean colours(Map<String, String> environment) {
        return environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "dumb").equals("dumb");
    }

    /** Writes it. */
    void print(String url, String adminUrl, PrintStream out) {
        boolean development = settings.signers() instanceof Signers.Anyone;
        List<String> lines = new ArrayList<>();
        lines.add("");
        lines.add(
                bold("Trent " + version)
                        + (development
                                ? ", for development: whoever reaches the port is root"
                                : ": every signature is verified"));
        lines.add(entry("state", state()));
        lines.add(
                entry(
                        "account",
                        settings.signers() instanceof Signers.Root root
                                ? root.account().toString()
                                : "000000000000, or the 12 digits that are the access key id"));
        lines.add(entry("api", url));
        lines.add(
                entry(
                        "admin",
                        adminUrl
                                + "  "
                                + dim(
                                        "/healthz /readyz /metrics"
                                                + (development ? " /reset /clock /faults" : ""))));
        if (development) {
            lines.add("");
            lines.add("Paste this into another terminal:");
            lines.add("");
            exports(url).forEach(each -> lines.add("  " + each));
            lines.add("  aws kms create-key");
            lines.add("");
            lines.add(dim("Ctrl-C ends it" + (inMemory() ? ", and its keys." : ".")));
        } else {
            lines.add(entry("next", dim("curl " + adminUrl + "/readyz")));
        }
        lines.add("");
        out.print(String.join("\n", lines) + "\n"); // in one piece: the log writes there too
        out.flush();
    }

    private List<String> exports(String url) {
        String reached = reached(url);
        List<String> exports = new ArrayList<>();
        exports.add(
                "export AWS_ENDPOINT_URL_KMS=%s AWS_ENDPOINT_URL_IAM=%s AWS_ENDPOINT_URL_STS=%s"
                        .formatted(reached, reached, reached));
        exports.add(
                "export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION="
                        + REGION);
        if (environment.containsKey("AWS_SESSION_TOKEN")) { // it would not be Trent's
            exports.add("unset AWS_SESSION_TOKEN");
        }
        if (settings.tls() != null) {
            exports.add(
                    "export AWS_CA_BUNDLE=%s"
                                    .formatted(
                                            quoted(
                                                    settings.tls()
                                                            .certificate()
                                                            .toAbsolutePath()
                                                            .toString()))
                            + dim("   # or the certificate of its authority"));
        }
        return exports;
    }

    /** All addresses of this machine are none that one calls. */
    private String reached(String url) {
        URI given = URI.create(url);
        return settings.listen().isEverywhere()
                ? "%s://localhost:%d".formatted(given.getScheme(), given.getPort())
                : url;
    }

    private static String quoted(String path) {
        return path.matches("[\\w./@%+=:,-]+") ? path : "'" + path.replace("'", "'\\''") + "'";
    }

    private boolean inMemory() {
        return settings.place() instanceof InMemory;
    }

    private String state() {
        return switch (settings.place()) {
            case InMemory _ -> "in memory, gone at exit";
            case Kept kept -> "kept in %s, root key in %s".formatted(kept, kept.rootKey().path());
        };
    }

    private String entry(String name, @Nullable String value) {
        return "  " + dim("%-8s".formatted(name)) + value;
    }

    private String bold(String text) {
        return colours ? BOLD + text + PLAIN : text;
    }

    private String dim(String text) {
        return colours ? DIM + text + PLAIN : text;
    }
}
