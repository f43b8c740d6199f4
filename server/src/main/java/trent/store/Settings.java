package trent.store;

import org.jspecify.annotations.Nullable;

/** The table of what the store knows about itself. */
final class Settings {

    private static final String PUT =
            """
            insert into setting (name, value) values (?, ?)
            on conflict (name) do update set value = excluded.value
            """;

    private static final String ADD =
            "insert into setting (name, value) values (?, ?) on conflict (name) do nothing";

    private Settings() {}

    /** Whether there is such a table, which a database that was just made lacks. */
    static boolean exist(Sql sql) {
        return sql.hasTable("setting");
    }

    static @Nullable String find(Sql sql, String name) {
        return sql.find("select value from setting where name = ?", row -> row.getString(1), name);
    }

    /** False if there is a value already; it stays. */
    static boolean add(Sql sql, String name, String value) {
        return sql.update(ADD, name, value) == 1;
    }

    static void put(Sql sql, String name, String value) {
        sql.update(PUT, name, value);
    }

    static void put(Tx tx, String name, String value) {
        tx.update(PUT, name, value);
    }

    /** All but what the store itself is: its tables' version, its root key, and its mode. */
    static void removeAllOfTheContent(Tx tx) {
        tx.update(
                """
                delete from setting where name not in
                    ('schema version', 'schema version needed', 'root key', 'materials bound, sealed',
                     'mode')
                """);
    }

    /** Gives it a value if it has none. */
    static void add(Tx tx, String name, String value) {
        tx.update(ADD, name, value);
    }

    static void remove(Tx tx, String name) {
        tx.update("delete from setting where name = ?", name);
    }
}
