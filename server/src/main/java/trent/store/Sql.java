package trent.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One database connection, its prepared statements and its transaction; for one thread at a time.
 *
 * <p>After any error of the driver it is {@link #broken}, and to be replaced: the driver closes the
 * statement that failed, for ever, and SQLite may have ended the transaction without telling it, so
 * that each later statement would commit by itself.
 *
 * <p>Arguments are bound by their type: text, numbers, bytes, instants as milliseconds since the
 * epoch, and every other value (a {@code Region}, an enum) as its text.
 */
final class Sql implements AutoCloseable {

    /** Makes a value of a row. */
    @FunctionalInterface
    interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    private static final String ROLLBACK = "rollback";

    /** Between statements that PostgreSQL gets together. */
    private static final String NEXT = ";\n";

    private final Connection connection;
    private final Map<String, PreparedStatement> prepared = new HashMap<>();
    private final Engine engine;
    private boolean broken;
    private boolean inTransaction;

    /** Whether the transaction is yet to begin, by what goes to the server with its first query. */
    private boolean toBegin;

    private int checkpointPages = SqliteDatabase.MAX_WAL_PAGES;

    Sql(Connection connection, Engine engine) throws SQLException {
        this.connection = connection;
        this.engine = engine;
        if (engine == Engine.SQLITE) {
            // From here on the driver begins and ends nothing by itself. It begins one transaction
            // now, which is ended: those that count are begun and ended by name, below.
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute("rollback");
            }
        }
    }

    Engine engine() {
        return engine;
    }

    void begin() {
        update(engine.begin());
        inTransaction = true;
    }

    /** Begins a transaction that reads, and all of one moment. */
    void beginToRead() {
        if (engine == Engine.SQLITE) {
            update(engine.beginToRead());
        } else {
            toBegin = true;
        }
        inTransaction = true;
    }

    /** Whether there is a table of this name. */
    boolean hasTable(String name) {
        Integer tables = find(engine.tablesNamed(), row -> row.getInt(1), name);
        return tables != null && tables > 0;
    }

    /** Makes what was changed since {@link #begin} durable; if it throws, whether is not known. */
    void commit() {
        update("commit");
        inTransaction = false;
    }

    void rollback() {
        if (toBegin) {
            toBegin = false;
        } else {
            update(ROLLBACK);
        }
        inTransaction = false;
    }

    /** Whether a transaction has begun and not ended. */
    boolean inTransaction() {
        return inTransaction;
    }

    /** A point to go back to; there is one at a time. */
    void savepoint() {
        update("savepoint change");
    }

    void releaseSavepoint() {
        update("release savepoint change");
    }

    void rollbackToSavepoint() {
        update("rollback to savepoint change");
        releaseSavepoint();
    }

    /** When the WAL has so many pages, the commit that brings them writes it into the database. */
    void checkpointAt(int pages) {
        if (pages == checkpointPages) {
            return;
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("pragma wal_autocheckpoint = " + pages); // takes no argument
            checkpointPages = pages;
        } catch (SQLException e) {
            broken = true;
            throw new StoreException(e);
        }
    }

    /** Whether the driver has thrown anything: what its transaction holds is not known then. */
    boolean broken() {
        return broken;
    }

    /**
     * The same connection as if it were new, without what was not committed: for a database in
     * memory, which ends with its connection.
     */
    void startOver() {
        for (PreparedStatement statement : prepared.values()) {
            try {
                statement.close();
            } catch (SQLException _) {
                // Closed by the driver when it failed.
            }
        }
        prepared.clear();
        try (Statement statement = connection.createStatement()) {
            statement.execute("rollback");
        } catch (SQLException _) {
            // SQLite has done it by itself; the next begin fails if not.
        }
        broken = false;
        inTransaction = false;
        toBegin = false;
    }

    /** Runs a change and gives the number of rows that it touched. */
    int update(String sql, @Nullable Object... arguments) {
        try {
            if (toBegin) {
                toBegin = false;
                int _ = bound(engine.beginToRead()).executeUpdate();
            }
            return bound(sql, arguments).executeUpdate();
        } catch (SQLException e) {
            broken = true;
            throw new StoreException(e);
        } catch (Error e) { // out of stack or memory, perhaps in the middle of a call of the driver
            broken = true;
            throw e;
        }
    }

    /** The rows that the query finds, in its order. */
    <T> List<T> list(String sql, Row<T> row, @Nullable Object... arguments) {
        List<T> found = new ArrayList<>();
        each(sql, row, found::add, arguments);
        return found;
    }

    /**
     * The same as the last query of a transaction that only reads, which ends with it: the server
     * gets both at once. For PostgreSQL.
     */
    <T> List<T> lastList(String sql, Row<T> row, @Nullable Object... arguments) {
        List<T> found = list(sql + NEXT + ROLLBACK, row, arguments);
        inTransaction = false;
        return found;
    }

    /** Hands on the rows that the query finds one by one, however many there are. */
    <T> void each(String sql, Row<T> row, Consumer<T> taker, @Nullable Object... arguments) {
        try (ResultSet rows = rows(sql, arguments)) {
            while (rows.next()) {
                taker.accept(row.read(rows));
            }
        } catch (SQLException e) {
            broken = true;
            throw new StoreException(e);
        } catch (Error e) { // out of stack or memory, perhaps in the middle of a call of the driver
            broken = true;
            throw e;
        }
    }

    /** The only row that the query finds, or null. */
    <T> @Nullable T find(String sql, Row<T> row, @Nullable Object... arguments) {
        try (ResultSet rows = rows(sql, arguments)) {
            return rows.next() ? row.read(rows) : null;
        } catch (SQLException e) {
            broken = true;
            throw new StoreException(e);
        } catch (Error e) { // out of stack or memory, perhaps in the middle of a call of the driver
            broken = true;
            throw e;
        }
    }

    /** The column as an instant, or null. */
    static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? null : Instant.ofEpochMilli(millis);
    }

    /** The column as a number, or null. */
    static @Nullable Integer integer(ResultSet row, String column) throws SQLException {
        int number = row.getInt(column);
        return row.wasNull() ? null : number;
    }

    @Override
    public void close() throws SQLException {
        prepared.clear();
        connection.close(); // and with it its statements
    }

    private ResultSet rows(String sql, @Nullable Object... arguments) throws SQLException {
        if (engine == Engine.SQLITE) {
            return bound(sql, arguments).executeQuery();
        }
        PreparedStatement statement;
        boolean found;
        if (toBegin) {
            toBegin = false;
            statement = bound(engine.beginToRead() + NEXT + sql, arguments);
            boolean _ = statement.execute();
            found = statement.getMoreResults(); // the first one is of the begin
        } else {
            statement = bound(sql, arguments);
            found = statement.execute();
        }
        if (!found) {
            throw new SQLException("a query has no rows as its result");
        }
        return statement.getResultSet();
    }

    private PreparedStatement bound(String sql, @Nullable Object... arguments) throws SQLException {
        PreparedStatement statement = prepared.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            prepared.put(sql, statement);
        }
        for (int i = 0; i < arguments.length; i++) {
            bind(statement, i + 1, arguments[i]);
        }
        return statement;
    }

    private static void bind(PreparedStatement statement, int index, @Nullable Object value)
            throws SQLException {
        switch (value) {
            case null -> statement.setObject(index, null);
            case String text -> statement.setString(index, text);
            case Long number -> statement.setLong(index, number);
            case Integer number -> statement.setInt(index, number);
            case byte[] bytes -> statement.setBytes(index, bytes);
            case Instant time -> statement.setLong(index, time.toEpochMilli());
            default -> statement.setString(index, value.toString());
        }
    }
}
