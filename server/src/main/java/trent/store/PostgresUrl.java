package trent.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.InetAddress;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The URL of a database. It is read here and written anew for pgjdbc, which takes {@code USER@} for
 * a part of the host's name, ignores a parameter that it does not know ({@code sslmod=verify-full},
 * and nothing is verified), and prints the whole of what it cannot read, a password with it. No
 * message of this class holds anything of what it was given.
 *
 * @param parameters by the names of pgjdbc, decoded
 */
record PostgresUrl(List<Host> hosts, String database, Map<String, String> parameters) {

    private static final String JDBC = "jdbc:postgresql://";
    private static final List<String> SCHEMES = List.of(JDBC, "postgresql://", "postgres://");

    private static final String USER = "user";
    private static final String SSLMODE = "sslmode";
    private static final String TARGET = "targetServerType";

    /** What pgjdbc does without {@code sslmode}: encrypt if the server can, and verify nothing. */
    private static final String PREFER = "prefer";

    private static final String VERIFY_FULL = "verify-full";
    private static final String ANYTHING = ".+";

    /** What may stand behind the question mark, and what each takes. */
    private static final Map<String, String> PARAMETERS =
            inOrder(
                    USER,
                    ANYTHING,
                    SSLMODE,
                    "disable|allow|prefer|require|verify-ca|verify-full",
                    "sslrootcert",
                    ANYTHING,
                    "sslcert",
                    ANYTHING,
                    "sslkey",
                    ANYTHING,
                    "sslNegotiation",
                    "postgres|direct",
                    "channelBinding",
                    "disable|prefer|require",
                    "currentSchema",
                    ANYTHING,
                    "ApplicationName",
                    ANYTHING,
                    "hostRecheckSeconds",
                    "[0-9]{1,4}",
                    TARGET,
                    "primary|any");

    private static final Set<String> SECRETS = Set.of("password", "pgpassword", "sslpassword");

    private static final Pattern HOST =
            Pattern.compile("([A-Za-z0-9_][A-Za-z0-9._-]*|\\[[0-9A-Fa-f:.]+])(?::([0-9]{1,5}))?");
    private static final int PORT = 5432;
    private static final int MAX_PORT = 65_535;

    PostgresUrl {
        hosts = List.copyOf(hosts);
    }

    /**
     * Where one server listens.
     *
     * @param name an IPv6 address in its brackets
     */
    record Host(String name, int port) {

        /** By its name alone: that of another machine is not looked up. */
        boolean isLoopback() {
            if (name.toLowerCase(Locale.ROOT).equals("localhost")) {
                return true;
            }
            try {
                return InetAddress.ofLiteral(name.replace("[", "").replace("]", ""))
                        .isLoopbackAddress();
            } catch (IllegalArgumentException _) {
                return false; // a name
            }
        }

        @Override
        public String toString() {
            return name + ":" + port;
        }
    }

    /**
     * Reads a URL.
     *
     * @throws IllegalArgumentException in words for the operator, which hold nothing of the URL
     */
    static PostgresUrl read(String url) {
        String rest = withoutScheme(url);
        int at = rest.lastIndexOf('@');
        // Whatever else is wrong with it, this comes first.
        if (at >= 0 && rest.substring(0, at).indexOf(':') >= 0) {
            throw secret("before its @");
        }
        int question = rest.indexOf('?');
        String place = question < 0 ? rest : rest.substring(0, question);
        int slash = place.indexOf('/');
        if (slash < 0 || slash == place.length() - 1) {
            throw wrong("names no database behind its hosts");
        }
        if (at > slash || rest.indexOf('#') >= 0) {
            throw wrong("holds an @ or a # within a name, which are written %40 and %23 there");
        }
        Map<String, String> parameters =
                parameters(question < 0 ? "" : rest.substring(question + 1));
        if (at >= 0 && parameters.put(USER, decoded(rest.substring(0, at))) != null) {
            throw wrong("names its user twice, before the @ and as a parameter");
        }
        List<Host> hosts = hosts(place.substring(at + 1, slash));
        if (hosts.size() > 1) {
            parameters.putIfAbsent(TARGET, "primary"); // no replica takes a change
        }
        return new PostgresUrl(hosts, decoded(place.substring(slash + 1)), parameters);
    }

    /** As pgjdbc reads it. */
    String jdbc() {
        String asked =
                parameters.entrySet().stream()
                        .map(each -> each.getKey() + "=" + encoded(each.getValue()))
                        .collect(Collectors.joining("&"));
        return JDBC
                + hosts.stream().map(Host::toString).collect(Collectors.joining(","))
                + "/"
                + encoded(database)
                + (asked.isEmpty() ? "" : "?" + asked);
    }

    String sslmode() {
        return parameters.getOrDefault(SSLMODE, PREFER);
    }

    /** Whether it is certain of each host that leaves this machine which one it is. */
    boolean verifies() {
        return sslmode().equals(VERIFY_FULL) || hosts.stream().allMatch(Host::isLoopback);
    }

    private static String withoutScheme(String url) {
        for (String scheme : SCHEMES) {
            if (url.startsWith(scheme)) {
                return url.substring(scheme.length());
            }
        }
        throw wrong("is none that Trent knows");
    }

    private static List<Host> hosts(String text) {
        List<Host> hosts = new ArrayList<>();
        for (String each : text.split(",", -1)) {
            Matcher host = HOST.matcher(each);
            if (!host.matches()) {
                throw wrong(
                        "names a host that is none: a name or an address, IPv6 in brackets, and :PORT behind it");
            }
            int port = host.group(2) == null ? PORT : Integer.parseInt(host.group(2));
            if (port < 1 || port > MAX_PORT) {
                throw wrong("names a port beyond 1 to 65535");
            }
            hosts.add(new Host(host.group(1), port));
        }
        return hosts;
    }

    private static Map<String, String> parameters(String text) {
        Map<String, String> found = new LinkedHashMap<>();
        for (String each : text.isEmpty() ? new String[0] : text.split("&", -1)) {
            int equal = each.indexOf('=');
            String name = decoded(equal < 0 ? each : each.substring(0, equal));
            if (SECRETS.contains(name.toLowerCase(Locale.ROOT))) {
                throw secret("as a parameter");
            }
            String takes = PARAMETERS.get(name);
            if (takes == null) {
                throw wrong(
                        "has a parameter that Trent does not know; case counts. There are: "
                                + String.join(", ", PARAMETERS.keySet())
                                + "; time-outs are settings, such as --store-connect-timeout");
            }
            String value = equal < 0 ? "" : decoded(each.substring(equal + 1));
            if (!value.matches(takes)) {
                throw wrong(
                        takes.equals(ANYTHING)
                                ? "has the parameter %s without a value".formatted(name)
                                : "has a parameter %s that is not one of %s"
                                        .formatted(name, takes));
            }
            if (found.put(name, value) != null) {
                throw wrong("has the parameter %s twice".formatted(name));
            }
        }
        return found;
    }

    private static String decoded(String text) {
        String decoded;
        try {
            decoded = URLDecoder.decode(text.replace("+", "%2B"), UTF_8);
        } catch (IllegalArgumentException _) { // its text shows what was read
            throw wrong("holds a % that is not followed by two hexadecimal digits");
        }
        if (decoded.isEmpty() || decoded.chars().anyMatch(Character::isISOControl)) {
            throw wrong("has a name or a value that is empty or holds control characters");
        }
        return decoded;
    }

    /** A space as %20 and a plus as %2B: some readers take a plus for a space, and some do not. */
    private static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8).replace("+", "%20");
    }

    private static Map<String, String> inOrder(String... namesAndValues) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return map;
    }

    private static IllegalArgumentException secret(String where) {
        return new IllegalArgumentException(
                ("the URL of --store holds a password %s, where every user of this machine can see it. Put it into a"
                                + " file of mode 0600 and name that with --store-password-file FILE. An @ or a colon"
                                + " that belongs to a name is written %%40 or %%3A")
                        .formatted(where));
    }

    private static IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException(
                "the URL of --store %s. It is postgresql://[USER@]HOST[:PORT]/DATABASE[?PARAMETER=VALUE&...]"
                        .formatted(what));
    }
}
