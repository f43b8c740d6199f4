package trent;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import trent.audit.AuditTrail;
import trent.crypto.Entropy;
import trent.crypto.Providers;
import trent.crypto.attestation.AttestationRoots;
import trent.dev.Controls;
import trent.dev.MovableClock;
import trent.dev.Workings;
import trent.key.LongWork;
import trent.key.Sweep;
import trent.ops.Address;
import trent.ops.AdminServer;
import trent.ops.CallMetrics;
import trent.ops.CallerMetrics;
import trent.ops.Certificates;
import trent.ops.Closing;
import trent.ops.Commands;
import trent.ops.FileWords;
import trent.ops.FirstStart;
import trent.ops.Metrics;
import trent.ops.ProcessMetrics;
import trent.ops.Readiness;
import trent.ops.Readiness.Check;
import trent.ops.RequestLog;
import trent.ops.RootAccessKey;
import trent.ops.Running;
import trent.ops.ServerLines;
import trent.ops.Settings;
import trent.ops.Settings.Place.Folder;
import trent.ops.Settings.Place.InMemory;
import trent.ops.Settings.Place.Shared;
import trent.ops.Settings.Signers;
import trent.ops.SignatureLog;
import trent.ops.Stop;
import trent.ops.StoreMetrics;
import trent.ops.Timers;
import trent.seal.RootKey;
import trent.seal.RootKeyFile;
import trent.seed.SeedFile;
import trent.store.ClusterState;
import trent.store.Store;
import trent.wire.Api;
import trent.wire.Budget;
import trent.wire.CannotListen;
import trent.wire.EventLoops;
import trent.wire.HttpServerSettings;
import trent.wire.HttpService;
import trent.work.Lanes;

/** Trent: reads its settings and builds the house, by hand, in this one place. */
public final class Trent implements Running {

    private static final Logger LOG = LoggerFactory.getLogger(Trent.class);

    private static final Duration DRAIN = Duration.ofSeconds(10);

    private static final String LISTEN = "--listen";
    private static final String ADMIN_LISTEN = "--admin-listen";

    /** Whoever reads metrics keeps his connection; it is told to end, and does at once. */
    private static final Duration ADMIN_DRAIN = Duration.ofMillis(200);

    private static final Duration CERTIFICATE_PERIOD = Duration.ofSeconds(2);
    private static final Duration DELETION_PERIOD = Duration.ofSeconds(10);
    private static final Duration EXPIRATION_PERIOD = Duration.ofSeconds(1);
    private static final Duration ROTATION_PERIOD = Duration.ofSeconds(10);
    private static final Duration USAGE_PERIOD = Duration.ofSeconds(5);
    private static final Duration SIGNATURES_PERIOD = Duration.ofSeconds(10);

    /** Not now: the first callers need the processor. */
    private static final Duration FIRST_COUNT = Duration.ofSeconds(5);

    private static final Duration NATIVE_CRYPTOGRAPHY = Duration.ofSeconds(1);

    private final Settings settings;
    private final EventLoops loops;
    private final Store store;
    private final Lanes lanes = new Lanes(Runtime.getRuntime().availableProcessors());
    private final World.Common common;

    /** Another one after each reset that a test asked for. */
    private volatile World world;

    /** That of the world. */
    private volatile Api api;

    /** Null but in development. */
    private final @Nullable Controls controls;

    private final HttpService http;
    private final HttpService admin;
    private final Readiness readiness;
    private final Timers timers;
    private final SeedFile.@Nullable Read seed;
    private final Running.@Nullable NewCredential newCredential;
    private final SignatureLog signatures = new SignatureLog();
    private final long startedNanos = System.nanoTime();

    /** What is there before the store is: a start may wait for that, and tell of it. */
    private record Ground(
            EventLoops loops,
            Metrics metrics,
            CallMetrics calls,
            StoreMetrics ofStore,
            Readiness readiness,
            HttpService admin,
            AtomicReference<@Nullable Store> store,
            @Nullable Controls controls)
            implements AutoCloseable {

        static Ground laid(Settings settings, Entropy entropy) {
            EventLoops loops =
                    new EventLoops(Budget.ofThisProcess(), entropy, InstantSource.system());
            try {
                Metrics metrics = new Metrics();
                ProcessMetrics.show(metrics);
                CallerMetrics.show(metrics, loops);
                AtomicReference<@Nullable Store> store = new AtomicReference<>();
                StoreMetrics ofStore = new StoreMetrics(metrics, settings.place(), store::get);
                Readiness readiness = new Readiness();
                InstantSource wall = InstantSource.system();
                Controls controls =
                        settings.signers() instanceof Signers.Anyone
                                ? new Controls(
                                        wall, new MovableClock(wall, System::nanoTime), entropy)
                                : null;
                readiness.show(metrics);
                HttpService admin =
                        AdminServer.start(
                                loops,
                                settings.adminListen(),
                                readiness,
                                metrics,
                                settings.guard(),
                                controls);
                return new Ground(
                        loops,
                        metrics,
                        new CallMetrics(metrics),
                        ofStore,
                        readiness,
                        admin,
                        store,
                        controls);
            } catch (CannotListen e) {
                loops.close();
                throw new UncheckedIOException(e.of(ADMIN_LISTEN));
            } catch (IOException e) {
                loops.close();
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            try (loops) {
                int _ = admin.stop(ADMIN_DRAIN);
            }
        }
    }

    /**
     * What the files say that the settings name, each read once: some are pipes.
     *
     * @param roots null where nobody is believed to attest
     * @param seed null where nothing is declared
     */
    private record Given(@Nullable AttestationRoots roots, SeedFile.@Nullable Read seed) {

        /** Reads them, and looks whether those can be used that are read again. */
        static Given read(Settings settings) throws IOException {
            Path file = settings.attestationRoots();
            AttestationRoots roots = file == null ? null : AttestationRoots.read(file);
            settings.oidc().check();
            Settings.Seeding seeding = settings.seed();
            SeedFile.Read seed = seeding == null ? null : seeding.file().read();
            if (settings.tls() != null) {
                settings.tls().check();
            }
            return new Given(roots, seed);
        }
    }

    /** Runs the command line. */
    public static void main(String[] arguments) {
        System.exit(Commands.run(arguments, Trent::start));
    }

    /**
     * Starts a server.
     *
     * @return null if the process was asked to end while this waited for the store
     * @throws IOException if an address or file cannot be used
     * @throws Store.CannotOpen if the store cannot be opened with this root key
     */
    public static @Nullable Trent start(Settings settings, Stop stop)
            throws IOException, Store.CannotOpen {
        Given given = Given.read(settings); // first: a mistake here must change nothing
        requireFree(settings.listen(), LISTEN);
        requireFree(settings.adminListen(), ADMIN_LISTEN);
        if (settings.place() instanceof Shared shared) {
            shared.database().check();
        }
        // Each takes a good part of the start-up time, and none needs another.
        Thread.startVirtualThread(Trent::initializeClasses);
        Entropy entropy = new SecureRandom()::nextBytes;
        CompletableFuture<Ground> ground =
                CompletableFuture.supplyAsync(
                        () -> Ground.laid(settings, entropy), Thread::startVirtualThread);
        try {
            Store store = open(settings, entropy, ground, stop);
            return store == null ? ended(ground) : on(store, settings, entropy, ground, given);
        } catch (IOException | Store.CannotOpen | RuntimeException e) {
            Trent _ = ended(ground);
            throw e;
        }
    }

    /** A store is made before its server listens: that it cannot must be known first. */
    private static void requireFree(Address address, String flag) throws CannotListen {
        try {
            HttpService.requireFree(address.host(), address.port());
        } catch (CannotListen e) {
            throw e.of(flag);
        }
    }

    private static Trent on(
            Store store,
            Settings settings,
            Entropy entropy,
            CompletableFuture<Ground> ground,
            Given given)
            throws IOException {
        try {
            return new Trent(settings, joined(ground), store, entropy, given);
        } catch (IOException | RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /** There will be no server. */
    private static @Nullable Trent ended(CompletableFuture<Ground> ground) {
        Ground laid = ground.<@Nullable Ground>handle((there, _) -> there).join();
        if (laid != null) {
            laid.close();
        }
        return null;
    }

    private static Ground joined(CompletableFuture<Ground> ground) throws IOException {
        try {
            return ground.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof UncheckedIOException file) {
                throw file.getCause();
            }
            throw e;
        }
    }

    private Trent(Settings settings, Ground ground, Store store, Entropy entropy, Given given)
            throws IOException {
        this.settings = settings;
        this.loops = ground.loops();
        this.admin = ground.admin();
        this.readiness = ground.readiness();
        this.controls = ground.controls();
        this.store = store;
        ground.store().set(store);
        Metrics metrics = ground.metrics();
        metrics.gauges(
                "trent_work_waiting",
                "Long computations that wait for a thread: for new keys, and with keys",
                List.of("lane"),
                shown -> {
                    shown.value(lanes.keys().waiting(), "keys");
                    shown.value(lanes.computations().waiting(), "compute");
                });
        store.tellOfCommits(ground.ofStore());
        List<AuditTrail> trails = new ArrayList<>(List.of(ground.calls(), signatures));
        if (settings.logRequests()) {
            trails.add(new RequestLog());
        }
        if (controls != null) {
            store.tellTimeBy(controls.clock());
        }
        this.common =
                new World.Common(
                        settings,
                        entropy,
                        times(controls),
                        new LongWork(lanes),
                        AuditTrail.of(trails),
                        given.roots());
        this.world = new World(store, common);
        metrics.counter(
                "trent_uses_dropped_total",
                "Uses of keys that GetKeyLastUsage will not show, since nothing could be written",
                () -> world.uses().dropped());
        metrics.counter(
                "trent_access_key_uses_dropped_total",
                "Uses of access keys that GetAccessKeyLastUsed will not show, since nothing could be written",
                () -> world.keyUses().dropped());
        this.seed = given.seed();
        sow(seedNow()); // before anybody can call
        this.api = newApi();
        this.http = listen();
        Certificates certificates = new Certificates(http::certificates, times(controls).wall());
        if (settings.tls() != null) {
            certificates.show(metrics);
            metrics.gauge(
                    "trent_certificate_files_usable",
                    "0 while the files of certificate and key cannot be used: older ones are in use, and a start would be refused",
                    () -> http.certificateFault() == null ? 1 : 0);
        }
        RootAccessKey newRoot = world.newRoot();
        this.newCredential =
                newRoot != null && newRoot.keepFirst(store, times(controls).wall())
                        ? newRoot.shownOnce()
                        : null;
        this.timers = new Timers(metrics);
        startTimers(metrics, ground.ofStore());
        if (controls != null) {
            controls.begin(new ForTests());
        }
        readiness.unless(checks(certificates));
        ServerLines.started(settings, url(), adminUrl(), store.rootKeyId(), loops.budget());
    }

    private HttpService listen() throws IOException {
        try {
            return HttpService.start(
                    loops,
                    HttpServerSettings.on(
                                    settings.listen().host(),
                                    settings.listen().port(),
                                    settings.tls())
                            .behind(settings.trusted()),
                    controls == null ? api : controls.gated(() -> api));
        } catch (CannotListen e) {
            throw e.of(LISTEN);
        }
    }

    private Api newApi() {
        return new Api(
                world.front(),
                loops.budget(),
                settings.guard(),
                controls == null ? null : controls.faults());
    }

    /** A test may move the service's time; nothing else does. */
    private static World.Times times(@Nullable Controls controls) {
        InstantSource wall = InstantSource.system();
        return controls == null
                ? new World.Times(wall, wall, System::nanoTime)
                : new World.Times(wall, controls.clock(), controls.clock()::nanoTime);
    }

    /** What the controls of {@code trent dev} do with this house. */
    private final class ForTests implements Workings {

        @Override
        public @Nullable String keptBecause() {
            return switch (settings.place()) {
                case InMemory _ -> null;
                case Folder _ when settings.allowReset() -> null;
                case Folder(Path data, _) ->
                        "Nothing was reset: the state is kept in %s and may be wanted. Whoever wants it emptied starts trent dev with --allow-reset."
                                .formatted(data);
                case Shared _ ->
                        "Nothing was reset: nodes share this database, and no test may empty it. Give each test a trent dev without --store.";
            };
        }

        @Override
        public Restart ready() throws IOException {
            SeedFile.Read seed;
            try {
                seed = seedNow();
            } catch (IOException e) {
                throw new IOException(FileWords.of(e), e);
            }
            return () -> {
                restart();
                sow(seed);
            };
        }

        private void restart() {
            world.forget();
            try {
                store.empty(common.entropy());
            } finally { // it may be empty even if that failed
                Api before = api;
                world = new World(store, common);
                api = newApi();
                before.close();
            }
        }

        @Override
        public int catchUp() {
            return world.expire().and(world.rotate()).and(world.delete()).failed();
        }
    }

    private Map<Check, Supplier<@Nullable String>> checks(Certificates certificates) {
        Map<Check, Supplier<@Nullable String>> checks = new EnumMap<>(Check.class);
        checks.put(Check.WRITES, store::unwritableBecause);
        switch (settings.place()) {
            case InMemory _ -> {}
            case Folder _ -> {
                checks.put(Check.STORE, store::filesFault);
                checks.put(Check.SEAL, store::rootKeyFault);
            }
            case Shared _ -> {
                checks.put(Check.SEAL, store::rootKeyFault);
                checks.put(Check.DATABASE, this::cutOffBecause);
            }
        }
        if (settings.tls() != null) {
            checks.put(Check.CERTIFICATE, certificates::unusableBecause);
        }
        return checks;
    }

    private @Nullable String cutOffBecause() {
        String stale = store.staleBecause();
        ClusterState node = store.cluster();
        return stale != null || node == null || node.leaseValid()
                ? stale
                : "the lease of this node has run out: the database does not answer in time, or takes no changes";
    }

    private void startTimers(Metrics metrics, StoreMetrics ofStore) {
        timers.every(
                "deletions",
                DELETION_PERIOD,
                inTheWorld(
                        now -> {
                            Sweep sweep = now.delete();
                            metrics.deletionsHeld(now.believed().held(), now.believed().toRun());
                            return sweep;
                        }));
        timers.every("expirations", EXPIRATION_PERIOD, inTheWorld(World::expire));
        timers.every("rotations", ROTATION_PERIOD, inTheWorld(World::rotate));
        timers.every("uses", USAGE_PERIOD, inTheWorld(now -> now.uses().flush()));
        timers.every("access key uses", USAGE_PERIOD, inTheWorld(now -> now.keyUses().flush()));
        timers.every(
                "inventory",
                FIRST_COUNT,
                StoreMetrics.COUNT_PERIOD,
                inTheWorld(
                        _ -> {
                            ofStore.count();
                            return Sweep.NOTHING;
                        }));
        timers.every("refused signatures", SIGNATURES_PERIOD, signatures::tellWhatWasLeftOut);
        timers.every("certificate", CERTIFICATE_PERIOD, http::reloadCertificateIfChanged);
        // Not now: it takes a core for a good part of a second, which the first callers need.
        timers.once(NATIVE_CRYPTOGRAPHY, Providers::loadInBackground);
    }

    /** A task that is never at work while a test changes the world. */
    private Supplier<Sweep> inTheWorld(Function<World, Sweep> task) {
        return controls == null
                ? () -> task.apply(world)
                : () -> controls.asCall(() -> task.apply(world), Sweep.NOTHING);
    }

    @Override
    public String url() {
        return (settings.tls() == null ? "http://" : "https://")
                + at(settings.listen().host(), http.port());
    }

    @Override
    public String adminUrl() {
        return adminUrl(settings, admin);
    }

    private static String adminUrl(Settings settings, HttpService admin) {
        return "http://" + at(settings.adminListen().host(), admin.port());
    }

    @Override
    public Running.@Nullable NewCredential newCredential() {
        return newCredential;
    }

    @Override
    public void close() {
        readiness.waits("this server is ending");
        try (Closing closing = new Closing(http::requests, DRAIN)) {
            close(closing);
            ServerLines.stopped(
                    Duration.ofNanos(System.nanoTime() - startedNanos), closing.unfinished());
        }
    }

    private void close(Closing closing) {
        closing.step("the lease", store::leave); // first, so that no other node waits for this one
        if (controls != null) { // before the server, which waits for calls that a fault delays
            closing.step("the controls", controls::close);
        }
        closing.step("the lanes for long work", () -> lanes.stop(DRAIN));
        closing.step("calls under way", () -> stop(closing));
        closing.step("what waits for answers", () -> api.close());
        closing.step("the timers", timers::close);
        closing.step("the signatures that were refused", signatures::close);
        closing.step("the last uses of keys", () -> keepUses(closing));
        closing.step("the store", () -> closeStore(closing));
        closing.step(
                "the admin server",
                () -> {
                    int _ = admin.stop(ADMIN_DRAIN); // who reads metrics waits for nothing
                });
        closing.step("the connections", loops::close);
    }

    private void stop(Closing closing) {
        int left = http.stop(DRAIN);
        if (left > 0) {
            closing.left(left + " connections did not end in time");
        }
    }

    private void keepUses(Closing closing) {
        Sweep last = world.uses().flush();
        if (last.failed() > 0) {
            closing.left(last.failed() + " last uses of keys were not written");
            LOG.atError()
                    .setCause(last.cause())
                    .addKeyValue("failed", last.failed())
                    .log("the last uses of some keys were not written");
        }
        Sweep _ = world.keyUses().flush();
        world.believed().keep();
    }

    private void closeStore(Closing closing) {
        try {
            store.close();
        } catch (IOException | RuntimeException e) {
            closing.left("the store was not closed cleanly");
            LOG.atError()
                    .setCause(e)
                    .log("the store was not closed cleanly; what was acknowledged is on the disk");
        }
    }

    /** The store; null if the process was asked to end before there was one. */
    private static @Nullable Store open(
            Settings settings, Entropy entropy, CompletableFuture<Ground> ground, Stop stop)
            throws IOException, Store.CannotOpen {
        return switch (settings.place()) {
            case InMemory _ -> Store.inMemory(entropy);
            case Folder(Path data, RootKeyFile rootKey) ->
                    Store.open(data, rootKey, entropy, settings.opening());
            case Shared shared ->
                    FirstStart.open(
                            shared,
                            entropy,
                            settings.opening(),
                            stop,
                            reason -> {
                                Ground laid = joined(ground);
                                laid.readiness().waits(reason);
                                return adminUrl(settings, laid.admin());
                            });
        };
    }

    /** It was read at the start, which may have waited for long since, and perhaps before a reset. */
    private SeedFile.@Nullable Read seedNow() throws IOException {
        return seed == null ? null : seed.again();
    }

    private void sow(SeedFile.@Nullable Read seed) throws IOException {
        Settings.Seeding how = settings.seed();
        if (seed != null && how != null) {
            world.sow(seed, how.changes());
        }
    }

    /** What the first request needs and takes 10 ms and more to initialize. */
    private static void initializeClasses() {
        try {
            for (Class<?> each : List.of(RootKey.class, BigDecimal.class)) {
                MethodHandles.lookup().ensureInitialized(each);
            }
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String at(String host, int port) {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
