package trent;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import trent.crypto.Entropy;
import trent.seal.RootKeyFile;
import trent.store.PostgresSettings;
import trent.store.Store;
import trent.testing.EmbeddedPostgres;

/**
 * Stores on the engine that the tests run on: the embedded one, or a real PostgreSQL where the
 * system property {@code trent.engine} is {@code postgresql}. The file {@code postgresql.txt}
 * says which tests are run again so.
 */
public final class Stores {

    private static final boolean POSTGRESQL =
            System.getProperty("trent.engine", "sqlite").equals("postgresql");

    private static final Entropy RANDOM = new SecureRandom()::nextBytes;

    private static final List<Kept> KEPT = new ArrayList<>();

    private Stores() {}

    /** A place where one store is opened, closed and opened again. */
    public interface Place {

        /** Opens the store, which is made if there is none. */
        Store open(Entropy entropy) throws IOException, Store.CannotOpen;

        /** Connects to its database beside the store. */
        Connection connect() throws SQLException;

        /**
         * Runs a statement beside the store, with bytes as {@code x'00'}.
         *
         * @return how many rows it changed
         */
        int update(String sql) throws SQLException;
    }

    /** A store with nothing in it; what is written there is gone some time after it is closed. */
    public static Store fresh(Entropy entropy) {
        if (!POSTGRESQL) {
            return Store.inMemory(entropy);
        }
        try {
            return Kept.store(entropy);
        } catch (SQLException | Store.CannotOpen e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A place with files of its own in this folder, or with a database of its own. */
    public static Place in(Path folder) {
        return POSTGRESQL
                ? new Database(EmbeddedPostgres.shared().newDatabase(), rootKeyIn(folder))
                : new Folder(folder);
    }

    private static RootKeyFile rootKeyIn(Path folder) {
        return new RootKeyFile(folder.resolve("root.key"));
    }

    private static int run(Connection connection, String sql) throws SQLException {
        try (connection;
                Statement statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
        }
    }

    private record Folder(Path folder) implements Place {

        @Override
        public Store open(Entropy entropy) throws IOException, Store.CannotOpen {
            return Store.open(folder, rootKeyIn(folder), entropy);
        }

        @Override
        public Connection connect() throws SQLException {
            return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("trent.db"));
        }

        @Override
        public int update(String sql) throws SQLException {
            return run(connect(), sql);
        }
    }

    private record Database(PostgresSettings settings, String url, RootKeyFile rootKey)
            implements Place {

        Database(String url, RootKeyFile rootKey) {
            this(PostgresSettings.of(url), url, rootKey);
        }

        void make() throws IOException, Store.CannotOpen {
            Store.init(settings, rootKey, RANDOM);
        }

        @Override
        public Store open(Entropy entropy) throws IOException, Store.CannotOpen {
            if (!Store.exists(settings)) {
                make();
            }
            return opened(entropy);
        }

        Store opened(Entropy entropy) throws IOException, Store.CannotOpen {
            return Store.open(settings, rootKey, entropy);
        }

        @Override
        public Connection connect() throws SQLException {
            return EmbeddedPostgres.connect(url);
        }

        @Override
        public int update(String sql) throws SQLException {
            return run(connect(), sql.replaceAll("x'([0-9a-f]*)'", "'\\\\x$1'::bytea"));
        }
    }

    /**
     * A database that is used again when the store in it is closed: to empty it is quicker than to
     * make another. Each has a root key of its own.
     *
     * @param beside a connection beside the store's
     * @param empty what makes its tables as they were first
     */
    private record Kept(Database database, Connection beside, String empty) {

        static Store store(Entropy entropy) throws SQLException, IOException, Store.CannotOpen {
            synchronized (KEPT) {
                for (Kept each : KEPT) {
                    if (each.isIdle()) {
                        try (Statement statement = each.beside.createStatement()) {
                            statement.execute(each.empty);
                        }
                        return each.database.opened(entropy);
                    }
                }
                Kept made = made();
                KEPT.add(made);
                return made.database.opened(entropy);
            }
        }

        /** Whether the store in it is closed: then we alone are connected. */
        private boolean isIdle() throws SQLException {
            try (Statement statement = beside.createStatement();
                    ResultSet others =
                            statement.executeQuery(
                                    """
                                    select 1 from pg_stat_activity
                                    where datname = current_database() and pid <> pg_backend_pid()
                                    and backend_type = 'client backend'
                                    """)) {
                return !others.next();
            }
        }

        /** Keeps beside the tables what a new store has in them, to be put there again. */
        private static Kept made() throws SQLException, IOException, Store.CannotOpen {
            Path folder = Files.createTempDirectory("trent-store");
            RootKeyFile rootKey = rootKeyIn(folder);
            folder.toFile().deleteOnExit();
            rootKey.path().toFile().deleteOnExit();
            Database database = new Database(EmbeddedPostgres.shared().newDatabase(), rootKey);
            database.make();
            Connection beside = database.connect();
            StringBuilder empty = new StringBuilder();
            try (Statement statement = beside.createStatement()) {
                statement.execute("create schema kept");
                for (String table : tables(statement)) {
                    statement.execute(
                            "create table kept.%1$s as table public.%1$s".formatted(table));
                    empty.append("delete from public.%s;".formatted(table));
                    if (statement.getUpdateCount() > 0) {
                        empty.append("insert into public.%1$s table kept.%1$s;".formatted(table));
                    }
                }
            }
            return new Kept(database, beside, empty.toString());
        }

        private static List<String> tables(Statement statement) throws SQLException {
            List<String> tables = new ArrayList<>();
            try (ResultSet rows =
                    statement.executeQuery(
                            "select tablename from pg_tables where schemaname = 'public'")) {
                while (rows.next()) {
                    tables.add(rows.getString(1));
                }
            }
            return tables;
        }
    }
}
