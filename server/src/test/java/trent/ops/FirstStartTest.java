package trent.ops;

import static java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import trent.Trent;
import trent.crypto.Entropy;
import trent.ops.Settings.Place.Shared;
import trent.seal.RootKeyFile;
import trent.store.PostgresSettings;
import trent.store.Store;
import trent.testing.EmbeddedPostgres;

/** A server on a database that holds no store yet, and several starts that make one at once. */
@Tag("sqlite") // whatever engine other tests run on, this is about the other one
@Timeout(120)
class FirstStartTest {

    private static final Entropy RANDOM = new SecureRandom()::nextBytes;
    private static final int AT_ONCE = 8;
    private static final int RACES = 10;
    private static final Pattern SERIES = Pattern.compile("(?m)^(trent_[a-z_]+) (\\S+)$");

    @TempDir Path folder = Path.of("");

    private final Logger logger = (Logger) LoggerFactory.getLogger(FirstStart.class);
    private final Lines log = new Lines();
    private final Stop stop = new Stop();
    private final HttpClient http = HttpClient.newHttpClient();
    private final ExecutorService threads = newVirtualThreadPerTaskExecutor();
    private @Nullable Running running;

    /** Appends from one thread and is read from another. */
    private static final class Lines extends ListAppender<ILoggingEvent> {
        Lines() {
            list = new CopyOnWriteArrayList<>();
        }
    }

    @BeforeEach
    void hear() {
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void end() {
        logger.detachAppender(log);
        stop.ask();
        threads.close();
        if (running != null) {
            running.close();
        }
        http.close();
    }

    @Test
    void aServerWaitsNotReadyUntilItsStoreIsThere() throws Exception {
        String url = EmbeddedPostgres.shared().newDatabase();
        Future<@Nullable Running> start = start(url);
        URI admin = adminOfAWaitingServer();

        assertThat(get(admin, "/healthz").statusCode()).isEqualTo(200);
        HttpResponse<String> waiting = get(admin, "/readyz");
        assertThat(waiting.statusCode()).isEqualTo(503);
        assertThat(waiting.body())
                .startsWith(
                        "{\"ready\":false,\"reasons\":[{\"check\":\"serving\",\"message\":"
                                + "\"this server waits: there is no store yet in jdbc:postgresql:")
                .contains("trent init --store URL --seal file:PATH");
        Map<String, Double> before = series(admin);
        assertThat(before).containsEntry("trent_node_lease_valid", 0.0);

        Store.init(PostgresSettings.of(url), rootKey("key"), RANDOM);
        Running up = start.get();
        running = up;
        assertThat(up).isNotNull();
        assertThat(get(admin, "/readyz").statusCode()).isEqualTo(200);
        Map<String, Double> after = series(admin);
        assertThat(after)
                .containsEntry("trent_node_lease_valid", 1.0)
                .containsEntry("trent_nodes_live", 1.0)
                .containsEntry("trent_store_connections", 8.0);
        assertThat(after.keySet()).containsAll(before.keySet());
        assertThat(up.newCredential())
                .as("this start made the store's root credential")
                .isNotNull();
    }

    @Test
    void aSignalEndsTheWait() throws Exception {
        Future<@Nullable Running> start = start(EmbeddedPostgres.shared().newDatabase());
        URI admin = adminOfAWaitingServer();
        stop.ask();
        assertThat(start.get()).isNull();
        assertThatThrownBy(() -> get(admin, "/healthz")).isInstanceOf(ConnectException.class);
    }

    @Test
    void aDatabaseThatIsAwayIsWaitedFor() throws Exception {
        try (EmbeddedPostgres database = EmbeddedPostgres.start()) {
            String url = database.newDatabase();
            Store.init(PostgresSettings.of(url), rootKey("key"), RANDOM);
            assertThatItIsWaitedFor(database, "server", url);
        }
    }

    private void assertThatItIsWaitedFor(EmbeddedPostgres database, String command, String url)
            throws Exception {
        database.kill();
        Future<@Nullable Running> start = start(command, url);
        URI admin = adminOfAWaitingServer();
        assertThat(get(admin, "/readyz").body())
                .contains("\"this server waits: the database cannot be reached: ");
        database.restart();
        running = start.get();
        assertThat(get(admin, "/readyz").statusCode()).isEqualTo(200);
        end();
        running = null;
    }

    /** The operator makes the store on one node, and then copies the root key to the others. */
    @Test
    void aServerThatWaitsTakesTheRootKeyWhenItComes() throws Exception {
        String url = EmbeddedPostgres.shared().newDatabase();
        Future<@Nullable Running> start = start(url);
        URI admin = adminOfAWaitingServer();
        RootKeyFile made = rootKey("key-of-another-node");
        Store.init(PostgresSettings.of(url), made, RANDOM);
        while (!get(admin, "/readyz").body().contains("key does not exist")) {
            assertThat(start).isNotDone();
        }
        Files.copy(made.path(), rootKey("key").path(), StandardCopyOption.COPY_ATTRIBUTES);
        running = start.get();
        assertThat(get(admin, "/readyz").statusCode()).isEqualTo(200);
    }

    @Test
    void aDatabaseThatThereIsNotIsNotWaitedFor() {
        String url = EmbeddedPostgres.shared().newDatabase() + "_not";
        assertThatThrownBy(() -> Trent.start(settings("server", url), stop))
                .isInstanceOf(Store.CannotOpen.class)
                .hasMessageContaining("does not exist")
                .hasMessageContaining("createdb");
    }

    @Test
    void devWaitsForADatabaseThatIsAwayAndMakesTheStoreThen() throws Exception {
        try (EmbeddedPostgres database = EmbeddedPostgres.start()) {
            assertThatItIsWaitedFor(database, "dev", database.newDatabase());
        }
    }

    @Test
    void aSharedStoreKeepsItsMode() throws Exception {
        String ofServers = EmbeddedPostgres.shared().newDatabase();
        Store.init(PostgresSettings.of(ofServers), rootKey("key"), RANDOM);
        running = Trent.start(settings("server", ofServers), stop);
        assertThatThrownBy(() -> Trent.start(settings("dev", ofServers), stop))
                .isInstanceOf(Store.CannotOpen.class)
                .hasMessageContaining("--as-development");
        Running beside = Trent.start(settings("server", ofServers), stop);
        assertThat(beside).isNotNull();
        Objects.requireNonNull(beside).close();
        end();

        String ofDevelopment = EmbeddedPostgres.shared().newDatabase();
        Files.delete(rootKey("key").path());
        running = Trent.start(settings("dev", ofDevelopment), stop);
        assertThatThrownBy(() -> Trent.start(settings("server", ofDevelopment), stop))
                .isInstanceOf(Store.CannotOpen.class)
                .hasMessageContaining("--from-development");
    }

    @Test
    void devMakesTheStore() throws Exception {
        String url = EmbeddedPostgres.shared().newDatabase();
        running = Trent.start(settings("dev", url), stop);
        assertThat(running).isNotNull();
        assertThat(Store.exists(PostgresSettings.of(url))).isTrue();
    }

    @Test
    void startsAtOnceUnderOneRootKeyMakeOneStore() throws Exception {
        for (int race = 0; race < RACES; race++) {
            PostgresSettings database =
                    PostgresSettings.of(EmbeddedPostgres.shared().newDatabase());
            RootKeyFile rootKey = rootKey("key-" + race);
            makeAtOnce(database, _ -> rootKey);
            Store.open(database, rootKey, RANDOM).close(); // it fits, and nobody took it away
        }
    }

    @Test
    void ofStartsAtOnceEachWithARootKeyOfItsOwnOneIsKept() throws Exception {
        PostgresSettings database = PostgresSettings.of(EmbeddedPostgres.shared().newDatabase());
        makeAtOnce(database, number -> rootKey("key-" + number));
        List<Path> left;
        try (Stream<Path> files = Files.list(folder)) {
            left = files.toList();
        }
        assertThat(left).hasSize(1);
        Store.open(database, new RootKeyFile(left.getFirst()), RANDOM).close();
    }

    /** Each of the nodes that start first at once would show a root credential; one may. */
    @Test
    void ofServersThatStartAtOnceOneMakesTheRootCredential() throws Exception {
        String url = EmbeddedPostgres.shared().newDatabase();
        Store.init(PostgresSettings.of(url), rootKey("key"), RANDOM);
        List<Future<@Nullable Running>> starts = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            starts.add(start(url));
        }
        int made = 0;
        List<Running> all = new ArrayList<>();
        try {
            for (Future<@Nullable Running> each : starts) {
                Running up = each.get();
                assertThat(up).isNotNull();
                all.add(up);
                made += up.newCredential() == null ? 0 : 1;
            }
            assertThat(made).isEqualTo(1);
        } finally {
            all.forEach(Running::close);
        }
    }

    /** A node that ends gives its lease back: whoever comes next waits for nobody. */
    @Test
    void aServerThatEndsLeavesNoLeaseBehind() throws Exception {
        String url = EmbeddedPostgres.shared().newDatabase();
        Objects.requireNonNull(Trent.start(settings("dev", url), stop)).close();
        try (Store store = Store.open(PostgresSettings.of(url), rootKey("key"), RANDOM)) {
            assertThat(store.cluster()).isNotNull().matches(node -> node.liveNodes() == 1);
        }
    }

    // ---- what is used above

    private interface Keys {
        RootKeyFile of(int number);
    }

    private void makeAtOnce(PostgresSettings database, Keys keys) throws Exception {
        CyclicBarrier together = new CyclicBarrier(AT_ONCE);
        List<Future<?>> makers = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            Shared place = new Shared(database, keys.of(i));
            makers.add(
                    threads.submit(
                            () -> {
                                together.await();
                                FirstStart.make(place, RANDOM);
                                return true;
                            }));
        }
        for (Future<?> each : makers) {
            each.get();
        }
    }

    private Future<@Nullable Running> start(String url) {
        return start("server", url);
    }

    private Future<@Nullable Running> start(String command, String url) {
        return threads.submit(() -> Trent.start(settings(command, url), stop));
    }

    private Settings settings(String command, String url) throws WrongUse {
        List<String> line =
                List.of(
                        "--listen=127.0.0.1:0",
                        "--admin-listen=127.0.0.1:0",
                        "--store=" + url,
                        "--seal=file:" + rootKey("key").path());
        Flags flags = Flags.parse(EnumSet.allOf(Flag.class), line, Map.of());
        return command.equals("dev")
                ? SettingsReader.dev(flags, Map.of())
                : SettingsReader.server(flags, Map.of());
    }

    private RootKeyFile rootKey(String name) {
        return new RootKeyFile(folder.resolve(name));
    }

    /** Where the line that a waiting server logs at once says that it can be asked. */
    private URI adminOfAWaitingServer() throws InterruptedException {
        while (log.list.isEmpty()) {
            Thread.sleep(1);
        }
        ILoggingEvent line = log.list.getFirst();
        assertThat(line.getFormattedMessage()).startsWith("this server waits: ");
        return URI.create(String.valueOf(line.getKeyValuePairs().getFirst().value));
    }

    private HttpResponse<String> get(URI admin, String path)
            throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(admin.resolve(path)).build(), BodyHandlers.ofString());
    }

    private Map<String, Double> series(URI admin) throws IOException, InterruptedException {
        Map<String, Double> found = new TreeMap<>();
        Matcher line = SERIES.matcher(get(admin, "/metrics").body());
        while (line.find()) {
            found.put(line.group(1), Double.valueOf(line.group(2)));
        }
        return found;
    }
}
