package trent.ops;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import trent.call.Principal;
import trent.identity.Credential;
import trent.name.AccountId;
import trent.ops.Settings.Signers;
import trent.seal.RootKeyFile;
import trent.wire.HttpServerSettings.Tls;

/** Makes settings of flags: each value in its type, and those that go together, together. */
final class SettingsReader {

    static final String ACCESS_KEY_ID = "TRENT_ROOT_ACCESS_KEY_ID";
    static final String SECRET_ACCESS_KEY = "TRENT_ROOT_SECRET_ACCESS_KEY";
    private static final String FILE = "file:";
    private static final String REQUESTS = "requests";
    private static final Pattern ORIGIN = Pattern.compile("\\*|null|[a-z][a-z0-9+.-]*://[!-.0-~]+");

    private SettingsReader() {}

    /** Settings of {@code trent dev}. */
    static Settings dev(Flags flags) throws WrongUse {
        return read(flags, new Signers.Anyone());
    }

    /** Settings of {@code trent server}, which must keep its state. */
    static Settings server(Flags flags, Map<String, String> environment) throws WrongUse {
        if (flags.value(Flag.DATA) == null) {
            throw new WrongUse("Missing: --data DIR, the folder that the state is kept in.");
        }
        return read(flags, root(flags, environment));
    }

    /** Where the store of a server and its root key are. */
    record Place(Path data, RootKeyFile rootKey) {}

    /** The same place as {@link #server} finds with these flags. */
    static Place place(Flags flags) throws WrongUse {
        Path data = path(flags, Flag.DATA);
        RootKeyFile rootKey = rootKeyFile(flags, data);
        if (data == null || rootKey == null) {
            throw new WrongUse("Missing: --data DIR, the folder that the state is kept in.");
        }
        return new Place(data, rootKey);
    }

    private static Settings read(Flags flags, Signers signers) throws WrongUse {
        Path data = path(flags, Flag.DATA);
        return new Settings(
                required(flags, Flag.LISTEN, Address::parse),
                required(flags, Flag.ADMIN_LISTEN, Address::parse),
                data,
                rootKeyFile(flags, data),
                tls(flags),
                signers,
                of(() -> QuotaOption.read(flags.values(Flag.QUOTA))),
                of(() -> Sm2RegionsOption.read(flags.values(Flag.SM2_REGIONS))),
                path(flags, Flag.ATTESTATION_ROOTS),
                corsOrigin(flags),
                logsRequests(flags));
    }

    private static @Nullable RootKeyFile rootKeyFile(Flags flags, @Nullable Path data)
            throws WrongUse {
        String seal = flags.value(Flag.SEAL);
        boolean othersMayRead = flags.has(Flag.SEAL_READABLE_BY_OTHERS);
        if (seal == null) {
            return data == null ? null : new RootKeyFile(data.resolve("root.key"), othersMayRead);
        }
        if (!seal.startsWith(FILE) || seal.length() == FILE.length()) {
            throw new WrongUse("--seal takes file:PATH, the root key in a file of its own.");
        }
        if (data == null) {
            throw new WrongUse(
                    "--seal goes with --data DIR: a store in memory has a root key in memory.");
        }
        return new RootKeyFile(path(Flag.SEAL, seal.substring(FILE.length())), othersMayRead);
    }

    private static @Nullable Tls tls(Flags flags) throws WrongUse {
        Path certificate = path(flags, Flag.TLS_CERT);
        Path key = path(flags, Flag.TLS_KEY);
        if (certificate == null && key == null) {
            return null;
        }
        if (certificate == null || key == null) {
            throw new WrongUse("--tls-cert and --tls-key go together.");
        }
        return new Tls(certificate, key);
    }

    /** An origin as browsers send it: scheme, host and port, nothing behind. */
    private static @Nullable String corsOrigin(Flags flags) throws WrongUse {
        String origin = flags.value(Flag.CORS_ORIGIN);
        if (origin != null && !ORIGIN.matcher(origin).matches()) {
            throw new WrongUse(
                    "%s takes an origin such as https://console.example.com, without a slash at its end, or *."
                            .formatted(Flag.CORS_ORIGIN));
        }
        return origin;
    }

    private static boolean logsRequests(Flags flags) throws WrongUse {
        String log = flags.value(Flag.LOG);
        if (log != null && !log.equalsIgnoreCase(REQUESTS)) {
            throw new WrongUse("--log takes %s, not %s.".formatted(REQUESTS, log));
        }
        return log != null;
    }

    private static Signers root(Flags flags, Map<String, String> environment) throws WrongUse {
        String account = Objects.requireNonNull(flags.value(Flag.ACCOUNT));
        if (!AccountId.isValid(account)) {
            throw new WrongUse("--account takes 12 digits.");
        }
        AccountId id = new AccountId(account);
        String accessKeyId = environment.get(ACCESS_KEY_ID);
        String secret = environment.get(SECRET_ACCESS_KEY);
        boolean none = accessKeyId == null || accessKeyId.isEmpty();
        if (none != (secret == null || secret.isEmpty())) {
            throw new WrongUse(ACCESS_KEY_ID + " and " + SECRET_ACCESS_KEY + " go together.");
        }
        if (accessKeyId == null || secret == null || none) {
            return new Signers.Root(id, null);
        }
        if (accessKeyId.indexOf('/') >= 0) {
            throw new WrongUse(ACCESS_KEY_ID + " must not hold a slash.");
        }
        return new Signers.Root(
                id, new Credential(accessKeyId, Principal.root(id, "aws"), secret.getBytes(UTF_8)));
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
