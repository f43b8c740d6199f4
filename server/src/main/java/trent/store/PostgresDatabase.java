package trent.store;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import trent.api.DependencyTimeoutException;
import trent.store.Store.CannotOpen;

/**
 * A database that speaks PostgreSQL's protocol: one connection writes, one follows what other nodes
 * change, and some read. Each is opened when it is first used, and anew after an error.
 */
final class PostgresDatabase implements Database {

    private static final Logger LOG = LoggerFactory.getLogger(PostgresDatabase.class);

    /** After a connection could not be opened, for so long nobody tries again. */
    private static final long REFUSED_NANOS = Duration.ofMillis(100).toNanos();

    /** Well within the shortest lease, after which the database ends an idle transaction. */
    private static final long KEEP_ALIVE_MILLIS = 250;

    private static final long BETWEEN_TRIES_NANOS = Duration.ofMillis(200).toNanos();

    /** SQLSTATEs of a server that cannot be reached, is starting or ending, or is full. */
    private static final Set<String> SILENT = Set.of("08", "57", "53");

    private final PostgresSettings settings;
    private final Place writer = new Place();
    private final Place follower = new Place();
    private final BlockingQueue<Place> readers;
    private volatile boolean closed;

    private volatile long refusedNanos = System.nanoTime() - REFUSED_NANOS;
    private volatile @Nullable StoreException refused;

    PostgresDatabase(PostgresSettings settings) {
        this.settings = settings;
        this.readers = new ArrayBlockingQueue<>(settings.connections());
        for (int i = 0; i < settings.connections(); i++) {
            readers.add(new Place());
        }
    }

    /** Where one connection is, or will be. */
    private final class Place {

        private @Nullable Sql sql;

        Sql sql() {
            if (closed) {
                throw new StoreException("the store is closed");
            }
            Sql now = sql == null ? open() : sql;
            sql = now;
            return now;
        }

        /** Closes a connection that has met an error; the next use opens another. */
        void mend() {
            if (sql != null && sql.broken()) {
                close();
            }
        }

        void close() {
            Sql old = sql;
            sql = null;
            if (old != null) {
                PostgresDatabase.close(old);
            }
        }
    }

    @Override
    public <T extends @Nullable Object> T read(Function<Sql, T> reader) {
        Place place = take();
        try {
            try {
                return read(place, reader);
            } catch (StoreException e) {
                if (!e.unanswered() && !e.gaveWay()) {
                    throw e;
                }
                place.mend();
                return read(place, reader); // the server may have been started anew
            }
        } catch (StoreException e) {
            if (!e.unanswered()) {
                throw e;
            }
            LOG.atDebug().setCause(e).log("the database does not answer");
            throw noAnswer();
        } finally {
            place.mend();
            readers.add(place);
        }
    }

    private static <T extends @Nullable Object> T read(Place place, Function<Sql, T> reader) {
        Sql sql = place.sql();
        sql.beginToRead();
        try {
            return reader.apply(sql);
        } finally {
            end(sql);
        }
    }

    /** Nothing was written: this only gives up the snapshot. */
    private static void end(Sql sql) {
        if (sql.broken() || !sql.inTransaction()) {
            return; // it is replaced, or was ended with the last query
        }
        try {
            sql.rollback();
        } catch (StoreException e) { // what was read is right all the same
            LOG.atDebug().setCause(e).log("a read transaction could not be ended");
        }
    }

    @Override
    public <T> T write(Function<Sql, T> change) {
        return lend(writer, change);
    }

    /** Lends the connection that follows; to be called by one thread only. */
    <T> T follow(Function<Sql, T> change) {
        return lend(follower, change);
    }

    private static <T> T lend(Place place, Function<Sql, T> change) {
        try {
            Sql sql = place.sql();
            try {
                return change.apply(sql);
            } finally {
                if (!sql.broken() && sql.inTransaction()) {
                    sql.rollback();
                }
            }
        } finally {
            place.mend();
        }
    }

    private Place take() {
        long patience = settings.connectTimeout().plus(settings.statementTimeout()).toNanos();
        long end = System.nanoTime() + patience;
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    Place place = readers.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                    if (place == null) {
                        throw noAnswer();
                    }
                    return place;
                } catch (InterruptedException _) { // answer first, as the caller was promised
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static DependencyTimeoutException noAnswer() {
        return new DependencyTimeoutException("The database does not answer. Try again.");
    }

    /** How many connections read at this moment. */
    int reading() {
        return readers.remainingCapacity();
    }

    @Override
    public void close() {
        List<Place> taken = new ArrayList<>();
        for (int i = settings.connections(); i > 0; i--) {
            try {
                taken.add(take());
            } catch (DependencyTimeoutException _) {
                break; // it hangs in a connection, and ends by its time-out
            }
        }
        closed = true;
        taken.add(writer);
        taken.add(follower);
        taken.forEach(Place::close);
        taken.removeLast();
        taken.removeLast();
        readers.addAll(taken); // a late reader fails on them, where it would wait for ever
    }

    private Sql open() {
        StoreException last = refused;
        if (last != null && System.nanoTime() - refusedNanos < REFUSED_NANOS) {
            throw last;
        }
        try {
            Sql sql = connect(settings);
            refused = null;
            return sql;
        } catch (StoreException e) {
            refused = e;
            refusedNanos = System.nanoTime();
            throw e;
        }
    }

    private static Sql connect(PostgresSettings settings) {
        try {
            Connection connection =
                    DriverManager.getConnection(settings.url(), properties(settings));
            try {
                prepare(connection, settings);
                return new Sql(connection, Engine.POSTGRESQL);
            } catch (SQLException | RuntimeException e) {
                connection.close();
                throw e;
            }
        } catch (SQLException e) {
            throw new StoreException(e);
        } catch (IOException e) {
            throw new StoreException("the password of the database cannot be read", e);
        }
    }

    /**
     * Waits until no other node has this name for itself, and has it until closed; also if this node
     * ends, since the database then ends the transaction that has it.
     *
     * @throws StoreException if the database fails
     */
    Store.Alone alone(String name) {
        while (true) {
            Sql sql = connect(settings);
            try {
                sql.begin();
                // Waits for another transaction that has it; never committed, so it leaves nothing.
                boolean ours = Settings.add(sql, name, "");
                if (ours) {
                    return new KeptAlive(sql);
                }
                throw new StoreException(
                        "the table setting has a row \"%s\" that nobody makes".formatted(name));
            } catch (StoreException e) {
                close(sql);
                if (!e.timedOut() && !e.gaveWay()) {
                    throw e;
                }
                LOG.atInfo().log("this server waits for another one: {}", name);
                LockSupport.parkNanos(BETWEEN_TRIES_NANOS);
            } catch (RuntimeException | Error e) {
                close(sql);
                throw e;
            }
        }
    }

    /**
     * A transaction that does nothing and is not given up by the database, as it gives up that of a
     * node which is frozen or cut off.
     */
    private static final class KeptAlive implements Store.Alone {

        private final Sql sql;
        private boolean over;

        private KeptAlive(Sql sql) {
            this.sql = sql;
            Thread.ofVirtual().name("trent-alone").start(this::keepAlive);
        }

        private synchronized void keepAlive() {
            try {
                while (!over) {
                    Integer _ = sql.find("select 1", row -> row.getInt(1));
                    wait(KEEP_ALIVE_MILLIS);
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            } catch (StoreException e) {
                LOG.atWarn().setCause(e).log("another server may do now what this one does alone");
            }
        }

        @Override
        public synchronized void close() {
            over = true;
            notifyAll();
            PostgresDatabase.close(sql);
        }
    }

    private static void close(Sql sql) {
        try {
            sql.close();
        } catch (SQLException e) {
            LOG.atDebug().setCause(e).log("a connection was not closed cleanly");
        }
    }

    private static Properties properties(PostgresSettings settings) throws IOException {
        Properties properties = new Properties();
        String password = settings.readPassword(); // each time: it may have been changed
        if (password != null) {
            properties.setProperty("password", password);
        }
        properties.setProperty("ApplicationName", "trent");
        properties.setProperty("connectTimeout", seconds(settings.connectTimeout()));
        properties.setProperty("socketTimeout", seconds(settings.socketTimeout()));
        properties.setProperty("tcpKeepAlive", "true");
        // Each statement is used again and again; parsed by the server at its second use.
        properties.setProperty("prepareThreshold", "2");
        return properties;
    }

    private static String seconds(Duration duration) {
        return Long.toString(Math.max(1, duration.toSeconds()));
    }

    private static void prepare(Connection connection, PostgresSettings settings)
            throws SQLException {
        try (Statement statement = connection.createStatement()) {
            // Said by us, so that no later setting of the server takes it back. The only stronger
            // promise is left as it is.
            if (!text(statement, "show synchronous_commit").equals("remote_apply")) {
                statement.execute("set synchronous_commit = on");
            }
            statement.execute("set statement_timeout = " + settings.statementTimeout().toMillis());
            // A node that stops in the middle of a change must not hold up the others' for longer
            // than its lease.
            statement.execute(
                    "set idle_in_transaction_session_timeout = " + settings.lease().toMillis());
        }
    }

    /**
     * Refuses a database on which what is acknowledged can be lost, or changes cannot be kept apart.
     *
     * @throws CannotOpen with words for the operator; nothing was changed
     */
    static void check(PostgresSettings settings) throws CannotOpen {
        try (Sql first = connect(settings);
                Sql second = connect(settings)) {
            String fsync =
                    first.find(
                            "select setting from pg_settings where name = 'fsync'",
                            row -> row.getString(1));
            if ("off".equals(fsync)) {
                throw new CannotOpen(
                        "the database has fsync off: a power failure can take from it what was acknowledged. Nothing was"
                                + " changed. Set fsync = on there");
            }
            Boolean replica = first.find("select pg_is_in_recovery()", row -> row.getBoolean(1));
            String readOnly =
                    first.find(
                            "select setting from pg_settings where name = 'transaction_read_only'",
                            row -> row.getString(1));
            if (Boolean.TRUE.equals(replica) || "on".equals(readOnly)) {
                throw new CannotOpen(
                        "the database takes no changes: it is a replica, or read-only. Nothing was changed. Name the"
                                + " primary with --store; with several hosts in it, add"
                                + " targetServerType=primary");
            }
            if (pooled(first, second)) {
                throw new CannotOpen(
                        "the database is behind a pooler that shares connections between transactions, where the"
                                + " settings of a connection are not kept. Nothing was changed. Connect to the database"
                                + " itself, or have the pooler share connections by session");
            }
        } catch (StoreException | SQLException e) {
            throw cannotUse(e);
        }
    }

    /**
     * Whether two connections to us may be the same one to the database: while the second one is in
     * a transaction on the connection that the first one had, the first one gets another.
     */
    private static boolean pooled(Sql first, Sql second) {
        String own = "select pg_backend_pid()";
        Integer before = first.find(own, row -> row.getInt(1));
        second.begin();
        Integer other = second.find(own, row -> row.getInt(1));
        Integer after = first.find(own, row -> row.getInt(1));
        second.rollback();
        return before != null && (before.equals(other) || !before.equals(after));
    }

    /** Why the database could not be used, for the operator. */
    static CannotOpen cannotUse(Exception e) {
        Throwable cause = e instanceof SQLException ? e : e.getCause();
        boolean silent =
                e instanceof DependencyTimeoutException
                        || (cause instanceof SQLException sql && SILENT.contains(stateClass(sql)));
        return new CannotOpen(words(e), silent);
    }

    private static String words(Exception e) {
        Throwable cause = e.getCause();
        if (cause instanceof SQLException sql) {
            return words(sql);
        }
        if (cause instanceof IOException file) {
            return e.getMessage() + ": " + file.getMessage();
        }
        return e instanceof SQLException sql ? words(sql) : String.valueOf(e.getMessage());
    }

    private static String words(SQLException e) {
        String said = sentence(String.valueOf(e.getMessage()));
        return switch (stateClass(e)) {
            case "08" ->
                    ("the database cannot be reached: %s Look whether it runs, and whether --store names its host and"
                                    + " port")
                            .formatted(said);
            case "28" ->
                    "the database lets this user not in: %s Look at the user in --store and at --store-password-file"
                            .formatted(said);
            case "3D" -> "%s Make it with createdb, or name another in --store".formatted(said);
            default -> "the database cannot be used: " + said;
        };
    }

    /** Of which kind a failure is: the first two letters of its SQLSTATE. */
    private static String stateClass(SQLException e) {
        String state = e.getSQLState();
        return state == null || state.length() < 2
                ? ""
                : state.substring(0, 2).toUpperCase(Locale.ROOT);
    }

    private static String sentence(String text) {
        String line = text.lines().findFirst().orElse("");
        return line.endsWith(".") ? line : line + ".";
    }

    private static String text(Statement statement, String query) throws SQLException {
        try (ResultSet row = statement.executeQuery(query)) {
            return row.next() ? row.getString(1) : "";
        }
    }
}
