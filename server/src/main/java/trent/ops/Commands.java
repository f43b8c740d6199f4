package trent.ops;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import trent.crypto.Entropy;
import trent.lifecycle.DeletionClock;
import trent.ops.Settings.Place.Folder;
import trent.ops.Settings.Place.Shared;
import trent.ops.Settings.Signers;
import trent.seal.RootKeyFile;
import trent.store.ClusterState;
import trent.store.PostgresSettings;
import trent.store.Store;
import trent.store.StoreException;

/** The command line {@code trent}. */
public final class Commands {

    private static final int DONE = 0;
    private static final int CANNOT_START = 1;
    private static final int WRONG_USE = 2;

    /** For the build, and shown nowhere: lets the JVM see what a start needs. */
    private static final String REHEARSE = "rehearse";

    private static final int HELP_COLUMNS = 80;
    private static final int HELP_INDENT = 30;

    /** For how long a signal lets a start come to its end, so that what it has begun is given back. */
    private static final Duration START = Duration.ofSeconds(10);

    /** Builds and starts the house. */
    @FunctionalInterface
    public interface Builder {

        /**
         * Starts what {@code settings} say.
         *
         * @return null if the process was asked to end while this waited
         */
        @Nullable Running start(Settings settings, Stop stop) throws IOException, Store.CannotOpen;
    }

    /** What can be asked for. */
    private enum Command {
        DEV(
                "Serve for development: any credentials are the root of account 000000000000, or of the account whose 12"
                        + " digits are the access key id. State is in memory unless --data is given."),
        SERVER(
                "Serve with every signature verified. The root credential is TRENT_ROOT_ACCESS_KEY_ID and"
                        + " TRENT_ROOT_SECRET_ACCESS_KEY, else one that the first start makes and shows."),
        ACCOUNT(
                "With the server stopped, or with --store beside those that run: add ID makes an account and shows the"
                        + " access key of its root, once; list shows all; disable ID lets nobody of it in, enable ID lets them in again; remove ID takes away"
                        + " one that has no keys, users, groups, roles, policies or providers any more; reset-root ID"
                        + " makes a new access key of its root, for whoever lost it, and deactivates the old ones."),
        RELEASE_DELETIONS(
                "With every server of the store stopped: believe the clock, so that keys whose deletion fell due by a"
                        + " leap of it are deleted at the next start and not after 24 hours of service."),
        INIT(
                "Make a new, empty store in the folder --data or the database --store, under the root key --seal, which is"
                        + " made where there is none. trent server does that by itself where there is neither a store in"
                        + " --data nor a root key; for one in --store it waits."),
        MIGRATE(
                "With --store, when every node has the new version: --contract ends the use of the tables by older ones,"
                        + " to which there is no way back then."),
        EXPLAIN(
                "Ask a running server why somebody may or may not use a key, or who may: trent explain --help."),
        VERSION("Show which Trent and which Java this is."),
        VERIFY(
                "Run the tests of a source tree: all, those of one room, or with --all the long ones too.");

        private final String says;

        Command(String says) {
            this.says = says;
        }

        Set<Flag> flags() {
            return switch (this) {
                case DEV ->
                        EnumSet.complementOf(
                                EnumSet.of(Flag.ACCOUNT, Flag.SEED_APPLY, Flag.CONTRACT));
                case SERVER ->
                        EnumSet.complementOf(
                                EnumSet.of(
                                        Flag.HOST_NAME,
                                        Flag.UNKNOWN_PRINCIPALS,
                                        Flag.ALLOW_RESET,
                                        Flag.CONTRACT));
                case MIGRATE -> EnumSet.range(Flag.SEAL_READABLE_BY_OTHERS, Flag.CONTRACT);
                case INIT, ACCOUNT, RELEASE_DELETIONS -> EnumSet.range(Flag.DATA, Flag.STORE_POLL);
                case EXPLAIN, VERSION, VERIFY -> EnumSet.noneOf(Flag.class);
            };
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private final Builder builder;
    private final Map<String, String> environment;

    private Commands(Builder builder, Map<String, String> environment) {
        this.builder = builder;
        this.environment = environment;
    }

    /**
     * Runs the command line and gives the process's exit code; a server ends
     * with the process instead.
     */
    public static int run(String[] arguments, Builder builder) {
        try {
            return attempt(arguments, builder);
        } finally {
            Logging.flush();
        }
    }

    private static int attempt(String[] arguments, Builder builder) {
        try {
            return new Commands(builder, System.getenv()).run(List.of(arguments));
        } catch (WrongUse e) {
            System.err.println("trent: " + e.getMessage());
            System.err.println("trent --help and trent COMMAND --help say what there is.");
            return WRONG_USE;
        } catch (Store.CannotOpen | StoreException e) {
            System.err.println("trent: " + e.getMessage());
            return CANNOT_START;
        } catch (IOException e) {
            System.err.println("trent: " + FileWords.of(e));
            return CANNOT_START;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return CANNOT_START;
        }
    }

    private int run(List<String> arguments)
            throws WrongUse, IOException, Store.CannotOpen, InterruptedException {
        String unknown = Environment.unknown(environment.keySet());
        if (unknown != null) {
            throw new WrongUse(unknown);
        }
        String first = arguments.isEmpty() ? "" : arguments.getFirst();
        if (first.equals(REHEARSE)) {
            Rehearsal.run(builder);
            return DONE;
        }
        Command command = command(first);
        if (command == null) {
            return withoutCommand(arguments);
        }
        if (command == Command.EXPLAIN) { // a client: its flags are no settings of a server
            return new ExplainCommand(environment, System.out, System.err, InstantSource.system())
                    .run(arguments.subList(1, arguments.size()));
        }
        List<String> rest = arguments.subList(1, arguments.size());
        Flags flags =
                command == Command.ACCOUNT
                        ? Flags.parseWithWords(command.flags(), rest, environment)
                        : Flags.parse(command.flags(), rest, environment);
        if (flags.asksForHelp()) {
            helpWith(command, System.out);
        } else if (flags.asksForVersion()) {
            version(System.out);
        } else {
            switch (command) {
                case DEV -> serve(SettingsReader.dev(flags, environment), flags);
                case SERVER -> serve(SettingsReader.server(flags, environment), flags);
                case ACCOUNT -> account(flags, System.out);
                case RELEASE_DELETIONS -> releaseDeletions(SettingsReader.place(flags), System.out);
                case INIT -> init(SettingsReader.place(flags), System.out);
                case MIGRATE -> migrate(flags, System.out);
                case VERSION -> version(System.out);
                case EXPLAIN -> throw new IllegalStateException("it reads its flags itself");
                case VERIFY ->
                        throw new WrongUse(
                                "verify needs the source tree: run ./trent verify in a clone.");
            }
        }
        return DONE;
    }

    private static @Nullable Command command(String name) {
        for (Command command : Command.values()) {
            if (command.toString().equals(name)) {
                return command;
            }
        }
        return null;
    }

    private int withoutCommand(List<String> arguments) throws WrongUse {
        String first = arguments.isEmpty() ? "" : arguments.getFirst();
        if (!first.isEmpty() && !first.startsWith("-")) {
            Set<String> names = new TreeSet<>();
            for (Command command : Command.values()) {
                names.add(command.toString());
            }
            throw new WrongUse(
                    "There is no command %s. Did you mean %s?"
                            .formatted(first, Environment.nearest(names, first)));
        }
        Flags flags = Flags.parse(Set.of(), arguments, environment);
        if (flags.asksForHelp()) {
            help(System.out);
        } else if (flags.asksForVersion()) {
            version(System.out);
        } else {
            throw new WrongUse(
                    "Give a command: dev, server, init, account, release-deletions, migrate, explain, version or"
                            + " verify.");
        }
        return DONE;
    }

    // ---- serving

    private void serve(Settings settings, Flags flags)
            throws IOException, Store.CannotOpen, InterruptedException {
        warn(settings, flags);
        Stop stop = new Stop();
        CompletableFuture<Optional<Running>> start = new CompletableFuture<>();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(stop, start), "trent-stop"));
        Running running;
        try {
            running = builder.start(settings, stop);
            start.complete(Optional.ofNullable(running));
        } finally {
            start.cancel(false); // unless it has come to its end
        }
        if (running != null) {
            announce(running, System.out);
        }
        new CountDownLatch(1).await(); // until a signal ends the process
    }

    private static void init(Settings.Kept place, PrintStream out)
            throws IOException, Store.CannotOpen {
        Entropy entropy = new SecureRandom()::nextBytes;
        boolean given = place.rootKey().exists();
        switch (place) {
            case Folder(Path data, RootKeyFile rootKey) -> Store.init(data, rootKey, entropy);
            case Shared(PostgresSettings database, RootKeyFile rootKey) -> {
                database.check();
                Store.init(database, rootKey, entropy);
            }
        }
        out.println("Made a new store in " + place);
        out.println(
                (given ? "under the root key in " : "and its root key, ") + place.rootKey().path());
    }

    private static void warn(Settings settings, Flags flags) {
        Logger log = LoggerFactory.getLogger("trent");
        if (settings.signers() instanceof Signers.Anyone && !settings.listen().isLoopback()) {
            log.atWarn()
                    .log(
                            "trent dev takes any credentials: whoever reaches {} is root of every account."
                                    + " Use trent server, or listen on 127.0.0.1",
                            settings.listen());
        }
        if (settings.place() instanceof Folder && flags.value(Flag.SEAL) == null) {
            log.atWarn()
                    .log(
                            "the root key is kept in the data folder, so that a copy of the folder holds the keys"
                                    + " and what they protect. Keep it elsewhere with --seal file:PATH");
        }
        String ofDatabase =
                settings.place() instanceof Shared shared ? shared.database().warning() : null;
        if (ofDatabase != null) {
            log.atWarn().log("{}", ofDatabase);
        }
    }

    private static void announce(Running running, PrintStream out) {
        out.println("Trent is listening on " + running.url());
        out.println("admin on " + running.adminUrl());
        Running.NewCredential made = running.newCredential();
        if (made != null) {
            out.println("Root credential of this store, shown this once:");
            out.println("  AWS_ACCESS_KEY_ID=" + made.accessKeyId());
            out.println("  AWS_SECRET_ACCESS_KEY=" + made.secretAccessKey());
        }
        out.flush();
    }

    private static void end(Stop stop, Future<Optional<Running>> start) {
        stop.ask();
        Optional<Running> running;
        try {
            running = start.get(START.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException
                | CancellationException
                | TimeoutException
                | InterruptedException _) {
            return; // the start failed, which is why the process ends; or nothing was accepted yet
        }
        running.ifPresent(Running::close);
        LoggerFactory.getLogger("trent").atInfo().log("stopped");
        Logging.flush();
        // A JVM that a signal ends gives 128 and the signal's number; what was asked for is
        // done, so: 0.
        Runtime.getRuntime().halt(0);
    }

    // ---- a store without a server

    /** What is done to a store. */
    private interface Task {
        void run(Store store, Entropy entropy) throws WrongUse;
    }

    private static void account(Flags flags, PrintStream out)
            throws WrongUse, IOException, Store.CannotOpen {
        AccountCommand command = AccountCommand.read(flags.words());
        run(SettingsReader.place(flags), (store, entropy) -> command.run(store, entropy, out));
    }

    private static void releaseDeletions(Settings.Kept place, PrintStream out)
            throws WrongUse, IOException, Store.CannotOpen {
        run(
                place,
                (store, _) -> {
                    ClusterState node = store.cluster();
                    int others = node == null ? 0 : node.liveNodes() - 1;
                    if (others > 0) {
                        throw new WrongUse(
                                ("%d more are at work on this store, and what they make of their clocks would be written"
                                                + " over this. Nothing was changed. Stop them all; one that was killed"
                                                + " counts until its lease has ended.")
                                        .formatted(others));
                    }
                    InstantSource clock = InstantSource.system();
                    out.printf(
                            "The clock of this machine, %s, is believed: %d keys whose deletion is due wait no"
                                    + " longer.%n",
                            clock.instant(), DeletionClock.believe(store, clock));
                });
    }

    private static void run(Settings.Kept place, Task task)
            throws WrongUse, IOException, Store.CannotOpen {
        Entropy entropy = new SecureRandom()::nextBytes;
        try (Store store = existing(place, entropy)) {
            task.run(store, entropy);
        }
    }

    private static void migrate(Flags flags, PrintStream out)
            throws WrongUse, IOException, Store.CannotOpen {
        PostgresSettings database = SettingsReader.shared(flags);
        if (!flags.has(Flag.CONTRACT)) {
            throw new WrongUse(
                    "migrate takes %s. Tables grow by themselves when the first node of a new version starts."
                            .formatted(Flag.CONTRACT));
        }
        database.check();
        out.printf(
                "The tables have what schema %d needs, and no older version can use them any more.%n",
                Store.contract(database));
    }

    private static Store existing(Settings.Kept place, Entropy entropy)
            throws WrongUse, IOException, Store.CannotOpen {
        switch (place) {
            case Folder(Path data, RootKeyFile rootKey) -> {
                if (!Files.exists(data.resolve("trent.db"))) { // opening would make one
                    throw new WrongUse("There is no store in %s.".formatted(place));
                }
                return Store.open(data, rootKey, entropy);
            }
            case Shared(PostgresSettings database, RootKeyFile rootKey) -> {
                database.check();
                return Store.open(database, rootKey, entropy);
            }
        }
    }

    // ---- words

    /** The version as the build wrote it. */
    private static void version(PrintStream out) {
        String version = Commands.class.getPackage().getImplementationVersion();
        out.println("trent " + (version == null ? "unpackaged" : version));
        out.println("java " + Runtime.version());
    }

    private static void help(PrintStream out) {
        out.println("Usage: trent COMMAND [FLAG]...");
        out.println("A key management service that you run yourself, speaking the AWS KMS API.");
        out.println();
        for (Command command : Command.values()) {
            entry(out, command.toString(), command.says);
        }
        out.println();
        entry(out, "-h, --help", "Show this help, or with a command its flags.");
        entry(out, "-V, --version", "Show which Trent and which Java this is.");
        out.print(
                """

                Try it:
                  trent dev
                  export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION=us-east-2
                  aws --endpoint-url http://127.0.0.1:4599 kms create-key

                Exit codes: 0 done, 1 cannot start (the message says why and what to do), 2 wrong use.
                Of trent explain: 0 allowed, 1 denied, 2 wrong use, 3 no answer.
                """);
    }

    private static void helpWith(Command command, PrintStream out) {
        out.println(
                "Usage: trent "
                        + command
                        + (command == Command.ACCOUNT ? " WHAT [ID]" : "")
                        + (command.flags().isEmpty() ? "" : " [FLAG]..."));
        wrap(command.says, HELP_COLUMNS).forEach(out::println);
        out.println();
        for (Flag flag : command.flags()) {
            entry(out, (flag + " " + flag.argument()).strip(), flag.says());
        }
        entry(out, "-h, --help", "Show this help.");
        if (!command.flags().isEmpty()) {
            out.print(
                    """

                    Each flag is an environment variable too, which the flag goes before: --listen is TRENT_LISTEN,
                    --admin-listen is TRENT_ADMIN_LISTEN, and so on.
                    """);
        }
    }

    private static void entry(PrintStream out, String name, String says) {
        String head = "  " + name;
        for (String line : wrap(says, HELP_COLUMNS - HELP_INDENT)) {
            out.println(head + " ".repeat(Math.max(1, HELP_INDENT - head.length())) + line);
            head = "";
        }
    }

    private static List<String> wrap(String text, int columns) {
        StringBuilder wrapped = new StringBuilder();
        int used = 0;
        for (String word : text.split(" ", -1)) {
            boolean fits = used + 1 + word.length() <= columns;
            wrapped.append(used == 0 ? "" : fits ? " " : "\n").append(word);
            used = used > 0 && fits ? used + 1 + word.length() : word.length();
        }
        return Arrays.asList(wrapped.toString().split("\n", -1));
    }
}
