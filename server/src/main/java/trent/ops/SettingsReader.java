package trent.ops;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import trent.identity.Credential;
import trent.identity.Holder;
import trent.identity.oidc.FileKeys;
import trent.name.AccountId;
import trent.ops.Settings.Signers;
import trent.seal.RootKeyFile;
import trent.seed.SeedFile;
import trent.store.Mode;
import trent.store.Opening;
import trent.store.PostgresSettings;
import trent.wire.BrowserGuard;
import trent.wire.Cors;
import trent.wire.HttpServerSettings.Tls;
import trent.wire.TrustedProxies;

/** Makes settings of flags: each value in its type, and those that go together, together. */
final class SettingsReader {

    static final String ACCESS_KEY_ID = "TRENT_ROOT_ACCESS_KEY_ID";
    static final String SECRET_ACCESS_KEY = "TRENT_ROOT_SECRET_ACCESS_KEY";
    static final String FILE = "file:";
    private static final String HTTPS = "https://";
    private static final String ACCEPT = "accept";
    private static final String REQUESTS = "requests";
    private static final Pattern ORIGIN = Pattern.compile("\\*|null|[a-z][a-z0-9+.-]*://[!-.0-~]+");

    /** Nothing that would mean something where it stands in a signed request. */
    private static final Pattern GOOD_ACCESS_KEY_ID = Pattern.compile("[A-Za-z0-9_.-]{3,128}");

    /** Enough that nobody finds it by trying, even one that a person made up. */
    private static final int SECRET_LETTERS = 16;

    private static final Pattern GOOD_SECRET =
            Pattern.compile("[!-~]{%d,128}".formatted(SECRET_LETTERS));

    /** How the names of the store's own files begin. */
    private static final String OF_STORE = "trent.";

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");

    /** What means something only beside {@link Flag#STORE}. */
    private static final Set<Flag> OF_A_DATABASE =
            EnumSet.range(Flag.STORE_PASSWORD_FILE, Flag.STORE_POLL);

    private static final Pattern HOST_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*");

    private SettingsReader() {}

    /** Settings of {@code trent dev}. */
    static Settings dev(Flags flags, Map<String, String> environment) throws WrongUse {
        boolean ofService = flags.has(Flag.AS_DEVELOPMENT);
        if (ofService && kept(flags) == null) {
            throw new WrongUse(
                    "%s goes with --data DIR or --store URL: a store in memory is new each time."
                            .formatted(Flag.AS_DEVELOPMENT));
        }
        return read(
                flags,
                new Signers.Anyone(),
                new Opening(Mode.DEVELOPMENT, ofService, null),
                guard(flags, hostNames(flags)),
                seed(flags, environment, true));
    }

    /** Settings of {@code trent server}, which must keep its state. */
    static Settings server(Flags flags, Map<String, String> environment) throws WrongUse {
        Settings.Kept _ = place(flags);
        boolean apply = flags.has(Flag.SEED_APPLY);
        if (apply && flags.value(Flag.SEED) == null) {
            throw new WrongUse(Flag.SEED_APPLY + " goes with " + Flag.SEED + " FILE.");
        }
        Signers.Root root = root(flags, environment);
        return read(
                flags,
                root,
                new Opening(Mode.SERVICE, flags.has(Flag.FROM_DEVELOPMENT), root.account()),
                guard(flags, null),
                seed(flags, environment, apply));
    }

    /** Where {@link #server} keeps its state with these flags. */
    static Settings.Kept place(Flags flags) throws WrongUse {
        Settings.Kept place = kept(flags);
        if (place == null) {
            throw new WrongUse(
                    "Missing: --data DIR, the folder that the state is kept in, or --store URL, the database.");
        }
        return place;
    }

    /** The database of nodes that share one. */
    static PostgresSettings shared(Flags flags) throws WrongUse {
        PostgresSettings database = database(flags);
        if (database == null) {
            throw new WrongUse("Missing: --store URL, the database that nodes share.");
        }
        return database;
    }

    private static Settings read(
            Flags flags,
            Signers signers,
            Opening opening,
            BrowserGuard guard,
            Settings.@Nullable Seeding seed)
            throws WrongUse {
        Address listen = required(flags, Flag.LISTEN, Address::parse);
        Address adminListen = required(flags, Flag.ADMIN_LISTEN, Address::parse);
        if (listen.overlaps(adminListen)) {
            throw new WrongUse(
                    ("%s %s and %s %s are the same address, and each needs one of its own: whoever asks would reach now"
                                    + " one, now the other. Give one of them another port.")
                            .formatted(Flag.LISTEN, listen, Flag.ADMIN_LISTEN, adminListen));
        }
        Settings.Kept kept = kept(flags);
        if (kept == null && seed == null && flags.has(Flag.SEAL_READABLE_BY_OTHERS)) {
            throw new WrongUse(
                    "%s goes with files that hold secrets, by --data, --store or --seed, and there are none."
                            .formatted(Flag.SEAL_READABLE_BY_OTHERS));
        }
        return new Settings(
                listen,
                adminListen,
                kept == null ? new Settings.Place.InMemory() : kept,
                opening,
                tls(flags),
                signers,
                of(() -> QuotaOption.read(flags.values(Flag.QUOTA))),
                of(() -> Sm2RegionsOption.read(flags.values(Flag.SM2_REGIONS))),
                path(flags, Flag.ATTESTATION_ROOTS),
                guard,
                trusted(flags),
                oidc(flags),
                seed,
                acceptsUnknown(flags),
                logsRequests(flags),
                allowsReset(flags));
    }

    /** Where the state is kept; null in memory. */
    private static Settings.@Nullable Kept kept(Flags flags) throws WrongUse {
        PostgresSettings database = database(flags);
        Path data = path(flags, Flag.DATA);
        RootKeyFile rootKey = rootKeyFile(flags);
        if (database != null && data != null) {
            throw new WrongUse(
                    "--store and --data exclude each other: the state is in a database or in a folder.");
        }
        if (database != null) {
            if (rootKey == null) {
                throw new WrongUse(
                        "Missing: --seal file:PATH, the root key, of which every node needs the same. It is never in"
                                + " the database.");
            }
            return new Settings.Place.Shared(database, rootKey);
        }
        if (data != null) {
            if (rootKey != null) {
                requireApart(data, rootKey.path());
            }
            return new Settings.Place.Folder(
                    data,
                    rootKey == null
                            ? new RootKeyFile(
                                    data.resolve("root.key"),
                                    flags.has(Flag.SEAL_READABLE_BY_OTHERS))
                            : rootKey);
        }
        if (rootKey != null) {
            throw new WrongUse(
                    "--seal goes with --data DIR or --store URL: a store in memory has a root key in memory.");
        }
        return null;
    }

    /** Refuses a name for the root key's file that the store has for its own. */
    private static void requireApart(Path data, Path rootKey) throws WrongUse {
        Path file = rootKey.toAbsolutePath().normalize();
        Path folder = data.toAbsolutePath().normalize();
        boolean ofStore =
                folder.equals(file.getParent())
                        && String.valueOf(file.getFileName()).startsWith(OF_STORE);
        if (ofStore || folder.equals(file)) {
            throw new WrongUse(
                    "--seal names %s, which %s. Name another file, such as %s."
                            .formatted(
                                    rootKey,
                                    ofStore
                                            ? "is a name of the store's own files"
                                            : "is the data folder itself",
                                    folder.resolveSibling("root.key")));
        }
    }

    private static @Nullable RootKeyFile rootKeyFile(Flags flags) throws WrongUse {
        String seal = flags.value(Flag.SEAL);
        if (seal == null) {
            return null;
        }
        if (!seal.startsWith(FILE) || seal.length() == FILE.length()) {
            throw new WrongUse("--seal takes file:PATH, the root key in a file of its own.");
        }
        return new RootKeyFile(
                path(Flag.SEAL, seal.substring(FILE.length())),
                flags.has(Flag.SEAL_READABLE_BY_OTHERS));
    }

    private static @Nullable PostgresSettings database(Flags flags) throws WrongUse {
        String url = flags.value(Flag.STORE);
        if (url == null) {
            for (Flag each : OF_A_DATABASE) {
                if (flags.value(each) != null) {
                    throw new WrongUse("%s goes with %s URL.".formatted(each, Flag.STORE));
                }
            }
            return null;
        }
        try {
            return new PostgresSettings(
                    url,
                    path(flags, Flag.STORE_PASSWORD_FILE),
                    flags.has(Flag.SEAL_READABLE_BY_OTHERS),
                    number(flags, Flag.STORE_CONNECTIONS, PostgresSettings.CONNECTIONS),
                    seconds(flags, Flag.STORE_CONNECT_TIMEOUT, PostgresSettings.CONNECT_TIMEOUT),
                    seconds(flags, Flag.STORE_SOCKET_TIMEOUT, PostgresSettings.SOCKET_TIMEOUT),
                    seconds(
                            flags,
                            Flag.STORE_STATEMENT_TIMEOUT,
                            PostgresSettings.STATEMENT_TIMEOUT),
                    seconds(flags, Flag.STORE_LEASE, PostgresSettings.LEASE),
                    Duration.ofMillis(
                            number(flags, Flag.STORE_POLL, PostgresSettings.POLL.toMillisPart())));
        } catch (IllegalArgumentException e) { // it says which flag
            throw new WrongUse(e.getMessage() + ".");
        }
    }

    private static Duration seconds(Flags flags, Flag flag, Duration byDefault) throws WrongUse {
        return Duration.ofSeconds(number(flags, flag, byDefault.toSecondsPart()));
    }

    private static int number(Flags flags, Flag flag, int byDefault) throws WrongUse {
        String value = flags.value(flag);
        if (value == null) {
            return byDefault;
        }
        if (!NUMBER.matcher(value).matches()) {
            throw new WrongUse(
                    "%s takes a whole number, such as %d, not \"%s\"."
                            .formatted(flag, byDefault, value));
        }
        return Integer.parseInt(value);
    }

    private static Settings.@Nullable Seeding seed(
            Flags flags, Map<String, String> environment, boolean changes) throws WrongUse {
        Path file = path(flags, Flag.SEED);
        return file == null
                ? null
                : new Settings.Seeding(
                        new SeedFile(file, environment, flags.has(Flag.SEAL_READABLE_BY_OTHERS)),
                        changes);
    }

    private static @Nullable Tls tls(Flags flags) throws WrongUse {
        Path certificate = path(flags, Flag.TLS_CERT);
        Path key = path(flags, Flag.TLS_KEY);
        if (certificate == null && key == null) {
            return null;
        }
        if (certificate == null || key == null) {
            throw new WrongUse(
                    "%s and %s go together, and %s is missing: without both nothing is encrypted. Give both, or neither."
                            .formatted(
                                    Flag.TLS_CERT,
                                    Flag.TLS_KEY,
                                    key == null ? Flag.TLS_KEY : Flag.TLS_CERT));
        }
        return new Tls(certificate, key);
    }

    /** Origins as browsers send them: scheme, host and port, nothing behind. */
    private static BrowserGuard guard(Flags flags, @Nullable Set<String> hostNames)
            throws WrongUse {
        List<String> origins = flags.values(Flag.CORS_ORIGIN);
        for (String origin : origins) {
            if (!ORIGIN.matcher(origin).matches()) {
                throw new WrongUse(
                        "%s takes origins such as https://console.example.com, without a slash at the end, or *, not \"%s\"."
                                .formatted(Flag.CORS_ORIGIN, origin));
            }
        }
        return new BrowserGuard(
                origins.isEmpty() ? null : new Cors(Set.copyOf(origins)), hostNames);
    }

    private static Set<String> hostNames(Flags flags) throws WrongUse {
        Set<String> names = new HashSet<>();
        for (String name : flags.values(Flag.HOST_NAME)) {
            if (!HOST_NAME.matcher(name).matches()) {
                throw new WrongUse(
                        "%s takes names such as trent.test, without a port, not \"%s\"."
                                .formatted(Flag.HOST_NAME, name));
            }
            names.add(name.toLowerCase(Locale.ROOT));
        }
        return names;
    }

    private static TrustedProxies trusted(Flags flags) throws WrongUse {
        try {
            return TrustedProxies.of(flags.values(Flag.TRUST_PROXY));
        } catch (IllegalArgumentException e) {
            throw new WrongUse(
                    "%s takes networks such as 10.0.0.0/8, or addresses, not \"%s\"."
                            .formatted(Flag.TRUST_PROXY, e.getMessage()));
        }
    }

    private static Settings.Oidc oidc(Flags flags) throws WrongUse {
        Map<String, FileKeys> keys = new HashMap<>();
        for (String each : flags.values(Flag.OIDC_KEYS)) {
            int equal = each.indexOf('=');
            if (!each.startsWith(HTTPS) || equal <= HTTPS.length() || equal == each.length() - 1) {
                throw new WrongUse(
                        "%s takes ISSUER=FILE, such as https://login.example.com=keys.json, not %s."
                                .formatted(Flag.OIDC_KEYS, each));
            }
            String url = each.substring(HTTPS.length(), equal);
            FileKeys file = new FileKeys(path(Flag.OIDC_KEYS, each.substring(equal + 1)));
            if (keys.put(url, file) != null) {
                throw new WrongUse("%s names %s%s twice.".formatted(Flag.OIDC_KEYS, HTTPS, url));
            }
        }
        return new Settings.Oidc(path(flags, Flag.OIDC_CA), keys);
    }

    private static boolean acceptsUnknown(Flags flags) throws WrongUse {
        String unknown = flags.value(Flag.UNKNOWN_PRINCIPALS);
        if (unknown != null && !unknown.equalsIgnoreCase(ACCEPT)) {
            throw new WrongUse(
                    "%s takes %s, not \"%s\".".formatted(Flag.UNKNOWN_PRINCIPALS, ACCEPT, unknown));
        }
        return unknown != null;
    }

    private static boolean allowsReset(Flags flags) throws WrongUse {
        boolean allowed = flags.has(Flag.ALLOW_RESET);
        if (allowed && flags.value(Flag.STORE) != null) {
            throw new WrongUse(
                    "%s goes with %s or a store in memory: a database that nodes share is not emptied."
                            .formatted(Flag.ALLOW_RESET, Flag.DATA));
        }
        return allowed;
    }

    private static boolean logsRequests(Flags flags) throws WrongUse {
        String log = flags.value(Flag.LOG);
        if (log != null && !log.equalsIgnoreCase(REQUESTS)) {
            throw new WrongUse("--log takes %s, not %s.".formatted(REQUESTS, log));
        }
        return log != null;
    }

    /** How the log is written; null if that depends on where it goes. */
    static Logging.@Nullable Format logFormat(Flags flags) throws WrongUse {
        String format = flags.value(Flag.LOG_FORMAT);
        if (format == null) {
            return null;
        }
        return switch (format.toLowerCase(Locale.ROOT)) {
            case "json" -> Logging.Format.JSON;
            case "text" -> Logging.Format.TEXT;
            default ->
                    throw new WrongUse(
                            "--log-format takes json or text, not %s.".formatted(format));
        };
    }

    private static Signers.Root root(Flags flags, Map<String, String> environment) throws WrongUse {
        String account = Objects.requireNonNull(flags.value(Flag.ACCOUNT));
        if (!AccountId.isValid(account)) {
            throw new WrongUse("--account takes 12 digits, not \"%s\".".formatted(account));
        }
        AccountId id = new AccountId(account);
        String accessKeyId = environment.get(ACCESS_KEY_ID);
        String secret = environment.get(SECRET_ACCESS_KEY);
        for (String each : List.of(ACCESS_KEY_ID, SECRET_ACCESS_KEY)) {
            if (environment.containsKey(each) && environment.get(each).isBlank()) {
                throw new WrongUse(
                        "%s is given, and empty: perhaps a variable of the shell is not set. Give it a value, or unset it."
                                .formatted(each));
            }
        }
        if ((accessKeyId == null) != (secret == null)) {
            throw new WrongUse(
                    "%s and %s go together, and %s is missing. Give both; with neither, the first start makes an access key of the root and shows it."
                            .formatted(
                                    ACCESS_KEY_ID,
                                    SECRET_ACCESS_KEY,
                                    secret == null ? SECRET_ACCESS_KEY : ACCESS_KEY_ID));
        }
        if (accessKeyId == null || secret == null) {
            return new Signers.Root(id, null);
        }
        if (!GOOD_ACCESS_KEY_ID.matcher(accessKeyId).matches()) {
            throw new WrongUse(
                    "%s takes 3 to 128 letters, digits, and _ . - only, such as ROOTEXAMPLE."
                            .formatted(ACCESS_KEY_ID));
        }
        if (!GOOD_SECRET.matcher(secret).matches()) { // never shown, not even in part
            throw new WrongUse(
                    "%s takes %d to 128 visible characters of ASCII, without spaces or line breaks: whoever sees one signed request can try secrets until one fits. openssl rand -base64 30 makes a good one."
                            .formatted(SECRET_ACCESS_KEY, SECRET_LETTERS));
        }
        if (secret.equals(accessKeyId)) {
            throw new WrongUse(
                    "%s and %s are the same, and the first is no secret: it is sent with each request. openssl rand -base64 30 makes a good second."
                            .formatted(ACCESS_KEY_ID, SECRET_ACCESS_KEY));
        }
        return new Signers.Root(
                id, new Credential(accessKeyId, new Holder.Root(id), secret.getBytes(UTF_8)));
    }

    private static @Nullable Path path(Flags flags, Flag flag) throws WrongUse {
        String value = flags.value(flag);
        return value == null ? null : path(flag, value);
    }

    private static Path path(Flag flag, String value) throws WrongUse {
        try {
            return Path.of(value);
        } catch (InvalidPathException e) {
            throw new WrongUse("%s takes a path: %s.".formatted(flag, e.getReason()));
        }
    }

    private static <T> T required(Flags flags, Flag flag, Function<String, T> reader)
            throws WrongUse {
        String value = Objects.requireNonNull(flags.value(flag), "it has a default");
        try {
            return reader.apply(value);
        } catch (IllegalArgumentException e) {
            throw new WrongUse("%s: %s.".formatted(flag, e.getMessage()));
        }
    }

    /** A value whose reader says in words for the operator what is wrong with it. */
    private static <T> T of(Supplier<T> reader) throws WrongUse {
        try {
            return reader.get();
        } catch (IllegalArgumentException e) {
            throw new WrongUse(String.valueOf(e.getMessage()));
        }
    }
}
