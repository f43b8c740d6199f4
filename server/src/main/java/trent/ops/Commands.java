package trent.ops;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
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
import trent.api.ServiceException;
import trent.crypto.Entropy;
import trent.lifecycle.DeletionClock;
import trent.ops.Settings.Place.Folder;
import trent.ops.Settings.Place.Shared;
import trent.ops.Settings.Signers;
import trent.seal.RootKeyFile;
import trent.store.ClusterState;
import trent.store.Mode;
import trent.store.PostgresSettings;
import trent.store.Store;
import trent.store.StoreException;

/** The command line {@code trent}. */
public final class Commands {

    private static final int DONE = 0;
    private static final int CANNOT_START = 1;
    private static final int WRONG_USE = 2;

    /** As sysexits.h has it: EX_SOFTWARE. */
    private static final int OWN_FAULT = 70;

    /** For the build, and shown nowhere: lets the JVM see what a start needs. */
    private static final String REHEARSE = "rehearse";

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
    enum Command {
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
        HEALTH(
                "Ask a running server whether it serves, by /readyz on its admin address, or by the URL given."),
        VERSION("Show which Trent and which Java this is."),
        HELP("Show help of a command or of a topic."),
        VERIFY(
                "Run the tests of a source tree: all, those of one room, or with --all the long ones too."),
        PACKAGE(
                "Make a tar of a source tree that runs without a build, in server/target of the tree.");

        private final String says;

        Command(String says) {
            this.says = says;
        }

        /** What help says of it. */
        String says() {
            return says;
        }

        Set<Flag> flags() {
            return switch (this) {
                case DEV ->
                        EnumSet.complementOf(
                                EnumSet.of(
                                        Flag.ACCOUNT,
                                        Flag.FROM_DEVELOPMENT,
                                        Flag.SEED_APPLY,
                                        Flag.CONTRACT));
                case SERVER ->
                        EnumSet.complementOf(
                                EnumSet.of(
                                        Flag.AS_DEVELOPMENT,
                                        Flag.HOST_NAME,
                                        Flag.UNKNOWN_PRINCIPALS,
                                        Flag.ALLOW_RESET,
                                        Flag.CONTRACT));
                case MIGRATE -> EnumSet.range(Flag.SEAL_READABLE_BY_OTHERS, Flag.CONTRACT);
                case INIT, ACCOUNT, RELEASE_DELETIONS -> EnumSet.range(Flag.DATA, Flag.STORE_POLL);
                case EXPLAIN, HEALTH, VERSION, HELP, VERIFY, PACKAGE -> EnumSet.noneOf(Flag.class);
            };
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private final Builder builder;
    private final Map<String, String> environment;

    Commands(Builder builder, Map<String, String> environment) {
        this.builder = builder;
        this.environment = environment;
    }

    /**
     * Runs the command line and gives the process's exit code; a server ends
     * with the process instead.
     */
    public static int run(String[] arguments, Builder builder) {
        try {
            return run(List.of(arguments), builder, System.getenv(), System.err);
        } finally {
            Logging.flush();
        }
    }

    /** The same with another environment, and messages elsewhere. */
    static int run(
            List<String> arguments,
            Builder builder,
            Map<String, String> environment,
            PrintStream err) {
        try {
            return new Commands(builder, environment).run(arguments);
        } catch (WrongUse e) {
            err.println("trent: " + e.getMessage());
            err.println("trent --help and trent COMMAND --help say what there is.");
            return WRONG_USE;
        } catch (Store.CannotOpen | StoreException e) {
            err.println("trent: " + e.getMessage());
            return CANNOT_START;
        } catch (IOException e) {
            err.println("trent: " + FileWords.of(e));
            return CANNOT_START;
        } catch (ServiceException e) { // the database went away, or the disk takes nothing
            err.println(
                    "trent: the store failed while the server was being started: %s See to it, and start again"
                            .formatted(e.getMessage()));
            return CANNOT_START;
        } catch (RuntimeException | LinkageError e) {
            LoggerFactory.getLogger("trent").atError().setCause(e).log("a fault of Trent's own");
            err.println(
                    "trent: a fault of Trent's own, not of its settings, and nothing was started: %s. The log above says where; please report it with that"
                            .formatted(e));
            return OWN_FAULT;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return CANNOT_START;
        }
    }

    int run(List<String> arguments)
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
                command == Command.ACCOUNT || command == Command.HELP
                        ? Flags.parseWithWords(command.flags(), rest, environment)
                        : Flags.parse(command.flags(), rest, environment);
        if (flags.asksForHelp()) {
            System.out.print(Help.of(command));
        } else if (flags.asksForVersion()) {
            version(System.out);
        } else {
            switch (command) {
                case DEV, SERVER -> serve(settings(command, flags));
                case ACCOUNT -> account(flags, System.out);
                case RELEASE_DELETIONS -> {
                    Settings.Kept place = SettingsReader.place(flags);
                    GivenFiles.check(flags, command.flags(), false);
                    releaseDeletions(place, System.out);
                }
                case INIT -> {
                    Settings.Kept place = SettingsReader.place(flags);
                    GivenFiles.check(flags, command.flags(), true);
                    init(place, System.out);
                }
                case MIGRATE -> migrate(flags, System.out);
                case VERSION -> version(System.out);
                case EXPLAIN -> throw new IllegalStateException("it reads its flags itself");
                case HELP -> help(flags.words(), System.out);
                case HEALTH, VERIFY, PACKAGE ->
                        throw new WrongUse(
                                "%s is the launcher's: run ./trent %s."
                                        .formatted(command, command));
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

    /** Of all commands. */
    static Set<String> names() {
        Set<String> names = new TreeSet<>();
        for (Command command : Command.values()) {
            names.add(command.toString());
        }
        return names;
    }

    private int withoutCommand(List<String> arguments) throws WrongUse {
        String first = arguments.isEmpty() ? "" : arguments.getFirst();
        if (!first.isEmpty() && !first.startsWith("-")) {
            throw new WrongUse(
                    "There is no command %s.%s There are: %s."
                            .formatted(
                                    first,
                                    Environment.suggestion(names(), first),
                                    String.join(", ", names())));
        }
        Flags flags = Flags.parse(Set.of(), arguments, environment);
        if (flags.asksForHelp()) {
            System.out.print(Help.general());
        } else if (flags.asksForVersion()) {
            version(System.out);
        } else {
            throw new WrongUse("Give a command: %s.".formatted(String.join(", ", names())));
        }
        return DONE;
    }

    // ---- serving

    /** First of all that is set, since reading the rest may write to the log. */
    private static void formatLog(Flags flags) throws WrongUse {
        Logging.Format format = SettingsReader.logFormat(flags);
        if (format != null) {
            Logging.format(format);
        }
    }

    private Settings settings(Command command, Flags flags) throws WrongUse, IOException {
        refuseIgnored(command);
        formatLog(flags);
        Settings settings =
                command == Command.DEV
                        ? SettingsReader.dev(flags, environment)
                        : SettingsReader.server(flags, environment);
        GivenFiles.check(flags, command.flags(), true);
        warn(settings, flags);
        return settings;
    }

    /**
     * What {@link #run} does of a command that serves, up to where it waits for its end: that is
     * the caller's affair.
     */
    Running rehearsed(List<String> arguments) throws WrongUse, IOException, Store.CannotOpen {
        Command command = Objects.requireNonNull(command(arguments.getFirst()));
        List<String> rest = arguments.subList(1, arguments.size());
        Settings settings = settings(command, Flags.parse(command.flags(), rest, environment));
        Stop stop = new Stop();
        hear(stop);
        Running running = Objects.requireNonNull(builder.start(settings, stop));
        announce(running, System.out);
        return running;
    }

    private static void hear(Stop stop) {
        Thread.ofPlatform().daemon().name("trent-signals").start(stop::hearSignals);
    }

    private void serve(Settings settings)
            throws IOException, Store.CannotOpen, InterruptedException {
        Stop stop = new Stop();
        CompletableFuture<Optional<Running>> start = new CompletableFuture<>();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(stop, start), "trent-stop"));
        // Beside the start, since it takes a good part of it; and after the hook that it leads to.
        hear(stop);
        Running running;
        try {
            running = builder.start(settings, stop);
            start.complete(Optional.ofNullable(running));
        } finally {
            start.cancel(false); // unless it has come to its end
        }
        if (running != null) {
            announce(running, System.out);
            if (Logging.isTerminal()) {
                Logging.flush();
                new Banner(settings, Version.TRENT, environment)
                        .print(running.url(), running.adminUrl(), System.err);
            }
        }
        new CountDownLatch(1).await(); // until a signal ends the process
    }

    /**
     * Refuses settings of the other server: whoever gave a credential believes that it is asked for,
     * and whoever gave a name that it is answered under. A command that only looks after a store is
     * let have the environment of its server.
     */
    private void refuseIgnored(Command command) throws WrongUse {
        for (Flag flag : Flag.values()) {
            if (!command.flags().contains(flag) && environment.containsKey(flag.variable())) {
                throw new WrongUse(
                        "%s is a setting of %s, and trent %s would ignore it. Unset it, or start that instead."
                                .formatted(flag.variable(), having(flag), command));
            }
        }
        for (String each :
                List.of(SettingsReader.ACCESS_KEY_ID, SettingsReader.SECRET_ACCESS_KEY)) {
            if (command == Command.DEV && environment.containsKey(each)) {
                throw new WrongUse(
                        "%s is a setting of trent server: trent dev takes any credentials, and would ignore it. Unset it, or start trent server."
                                .formatted(each));
            }
        }
    }

    /** The commands that have a flag, such as {@code trent dev and trent server}. */
    static String having(Flag flag) {
        List<String> names = new ArrayList<>();
        for (Command command : Command.values()) {
            if (command.flags().contains(flag)) {
                names.add("trent " + command);
            }
        }
        Collections.sort(names);
        int last = names.size() - 1;
        return last == 0
                ? names.getFirst()
                : String.join(", ", names.subList(0, last)) + " and " + names.get(last);
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
        if (settings.opening().as() == Mode.DEVELOPMENT && settings.opening().evenOfOther()) {
            log.atWarn()
                    .log(
                            "a store of trent server is open to all while this runs: whoever reaches {} is root of every"
                                    + " account in it",
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
        if (running.isPresent()) {
            running.get().close();
        } else {
            ServerLines.stoppedWaiting();
        }
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
        Settings.Kept place = SettingsReader.place(flags);
        GivenFiles.check(flags, Command.ACCOUNT.flags(), false);
        run(place, (store, entropy) -> command.run(store, entropy, out));
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
                    throw new WrongUse(
                            "There is no store in %s. Name the folder that its server has, or make one with trent init."
                                    .formatted(place));
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

    private static void version(PrintStream out) {
        out.println("trent " + Version.TRENT);
        out.println("java " + Version.JAVA);
    }

    private static void help(List<String> words, PrintStream out) throws WrongUse {
        if (words.size() > 1) {
            throw new WrongUse("Unknown argument: %s.".formatted(words.get(1)));
        }
        out.print(words.isEmpty() ? Help.general() : Help.about(words.getFirst()));
    }
}
