package trent.store;

import java.util.List;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import trent.store.Store.CannotOpen;

/**
 * How the tables of a shared database come from one version to the next while nodes of both run: the
 * first node of the newer version expands them, so that the older one can still use them; when no
 * node of the older version runs any more and none is to come back, an operator contracts them.
 */
final class Upgrade {

    private static final Logger LOG = LoggerFactory.getLogger(Upgrade.class);

    private static final String WRITTEN = "schema version";

    /** The lowest version that may use the tables as they are. */
    private static final String NEEDED = "schema version needed";

    /**
     * What one version changes.
     *
     * @param expand statements after which the version before works as it did: columns that may be
     *     null or have a default, tables, indexes
     * @param contract statements after which it does not
     */
    record Change(int version, List<String> expand, List<String> contract) {}

    /** Since {@link Baseline}, in order. */
    static final List<Change> CHANGES = List.of();

    private final PostgresDatabase database;
    private final List<Change> changes;

    Upgrade(PostgresDatabase database, List<Change> changes) {
        this.database = database;
        this.changes = changes;
    }

    /** The version that this Trent writes. */
    static int version(List<Change> changes) {
        return changes.isEmpty() ? Baseline.VERSION : changes.getLast().version();
    }

    /** Of tables that were just made, and that nobody uses yet. */
    static void bringTablesUpToDate(Sql sql, UnaryOperator<String> dialect) {
        for (Change change : CHANGES) {
            change.expand().forEach(text -> sql.update(dialect.apply(text)));
            change.contract().forEach(sql::update);
        }
    }

    /** Whether the table of settings says which tables these are, and so is ours. */
    static boolean noted(Sql sql) {
        try {
            return Settings.find(sql, WRITTEN) != null;
        } catch (StoreException e) { // it has other columns
            if (e.unanswered()) {
                throw e;
            }
            return false;
        }
    }

    /** Says of tables that were just made which these are; false if somebody else has done so. */
    static boolean noteVersion(Sql sql) {
        String version = Integer.toString(version(CHANGES));
        boolean first = Settings.add(sql, WRITTEN, version);
        if (first) {
            Settings.put(sql, NEEDED, version);
        }
        return first;
    }

    /**
     * Has the tables be what this version writes, unless they are, or are those of a later one that
     * this one can use.
     *
     * @throws CannotOpen with words for the operator; nothing was changed
     */
    void expand() throws CannotOpen {
        requireUsable();
        int mine = version(changes);
        if (number(WRITTEN) >= mine) {
            return;
        }
        boolean expanded =
                database.write(
                        sql -> {
                            sql.begin();
                            Cluster.lock(sql); // several nodes may start at once
                            int written = number(sql, WRITTEN);
                            UnaryOperator<String> dialect = Baseline.dialect(sql);
                            for (Change change : changes) {
                                if (change.version() > written) {
                                    change.expand()
                                            .forEach(text -> sql.update(dialect.apply(text)));
                                }
                            }
                            boolean first = written < mine;
                            if (first) {
                                Settings.put(sql, WRITTEN, Integer.toString(mine));
                            }
                            sql.commit();
                            return first;
                        });
        if (expanded) {
            LOG.atInfo().log(
                    "the tables were expanded to schema {}; nodes of the version before can go on. When none is"
                            + " to come back, run trent migrate --contract",
                    mine);
        }
    }

    /**
     * Ends the use of the tables by older versions.
     *
     * @return the version that is needed from now on
     * @throws CannotOpen if a node of an older version runs, or this is one; nothing was changed
     */
    int contract() throws CannotOpen {
        requireUsable();
        int mine = version(changes);
        if (number(WRITTEN) != mine) {
            throw new CannotOpen(
                    "the tables have schema %d, and this Trent writes %d. Nothing was changed. Run this with the version that the nodes have"
                            .formatted(number(WRITTEN), mine));
        }
        int older =
                database.write(
                        sql -> {
                            sql.begin();
                            Cluster.lock(sql); // no node joins meanwhile
                            Integer nodes =
                                    sql.find(
                                            "select count(*) from node where version < ?",
                                            row -> row.getInt(1),
                                            mine);
                            if (nodes != null && nodes > 0) {
                                sql.rollback();
                                return nodes;
                            }
                            int needed = number(sql, NEEDED);
                            for (Change change : changes) {
                                if (change.version() > needed) {
                                    change.contract().forEach(sql::update);
                                }
                            }
                            Settings.put(sql, NEEDED, Integer.toString(mine));
                            sql.commit();
                            return 0;
                        });
        if (older > 0) {
            throw new CannotOpen(
                    "%d nodes of an older version run. Nothing was changed. Stop them, wait until their leases have ended, and try again"
                            .formatted(older));
        }
        return mine;
    }

    private void requireUsable() throws CannotOpen {
        int needed = number(NEEDED);
        int mine = version(changes);
        if (needed > mine) {
            throw new CannotOpen(
                    "this store needs a newer Trent (schema %d, this one knows %d); nothing was changed"
                            .formatted(needed, mine));
        }
        if (needed == 0 || number(WRITTEN) < needed) {
            throw new CannotOpen(
                    "this store says it has a schema that no Trent writes: it is damaged; nothing was changed");
        }
    }

    /** The lowest version that may use the tables as they are. */
    static int needed(Sql sql) {
        return number(sql, NEEDED);
    }

    private int number(String name) {
        return database.read(sql -> number(sql, name));
    }

    private static int number(Sql sql, String name) {
        String text = Settings.find(sql, name);
        try {
            return text == null ? 0 : Integer.parseInt(text);
        } catch (NumberFormatException _) {
            return 0;
        }
    }
}
