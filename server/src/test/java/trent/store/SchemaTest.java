package trent.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trent.seal.RootKeyFile;
import trent.testing.EmbeddedPostgres;

/** The embedded engine comes to its tables by its history, PostgreSQL at once: to the same ones. */
@Tag("postgresql")
class SchemaTest {

    /** Of nodes that share a database. */
    private static final List<String> OF_NODES = List.of("feed_head", "change_feed", "node");

    @TempDir Path folder = Path.of("");

    /** A table: its columns in words, the columns of its key in order, its indexes in words. */
    private record Table(
            Map<String, String> columns, List<String> key, Map<String, String> indexes) {}

    @Test
    void bothEnginesHaveTheSameTables() throws Exception {
        Map<String, Table> embedded = embedded();
        Map<String, Table> postgres = postgres();
        assertThat(postgres.keySet()).containsAll(OF_NODES);
        OF_NODES.forEach(postgres::remove);
        assertThat(postgres.keySet()).isEqualTo(embedded.keySet());
        assertThat(embedded).hasSizeGreaterThan(15);
        embedded.forEach((name, table) -> assertThat(postgres.get(name)).as(name).isEqualTo(table));
    }

    @Test
    void textsAreInTheOrderOfTheirBytes() throws Exception {
        String url = made();
        try (Connection connection = EmbeddedPostgres.connect(url);
                Statement statement = connection.createStatement()) {
            assertThat(
                            texts(
                                    statement,
                                    """
                                    select table_name || '.' || column_name from information_schema.columns
                                    where table_schema = 'public' and data_type = 'text'
                                    and collation_name is distinct from 'C'
                                    """))
                    .isEmpty();
            assertThat(
                            texts(
                                    statement,
                                    """
                                    select distinct data_type from information_schema.columns
                                    where table_schema = 'public' order by 1
                                    """))
                    .containsExactly("bigint", "boolean", "bytea", "text");
        }
    }

    /** Each engine calls its last version the same. */
    @Test
    void bothCountTheirVersionsAlike() {
        SqliteDatabase database = SqliteDatabase.inMemory();
        try (database) {
            int before = database.write(Migrations::run);
            String version =
                    database.read(sql -> String.valueOf(Settings.find(sql, "schema version")));
            assertThat(before).isZero();
            assertThat(version).isEqualTo(Integer.toString(Upgrade.version(Upgrade.CHANGES)));
        }
    }

    private static Map<String, Table> embedded() {
        Map<String, Table> tables = new TreeMap<>();
        try (SqliteDatabase database = SqliteDatabase.inMemory()) {
            int _ = database.write(Migrations::run);
            List<String> names =
                    database.read(
                            sql ->
                                    sql.list(
                                            "select name from sqlite_master where type = 'table'",
                                            row -> row.getString(1)));
            names.forEach(name -> tables.put(name, database.read(sql -> embedded(sql, name))));
        }
        return tables;
    }

    private static Table embedded(Sql sql, String name) {
        Map<String, String> columns = new TreeMap<>();
        Map<Integer, String> key = new TreeMap<>();
        sql.each(
                "select name, type, \"notnull\", dflt_value, pk from pragma_table_info(?)",
                row -> {
                    boolean inKey = row.getInt("pk") > 0;
                    if (inKey) {
                        key.put(row.getInt("pk"), row.getString("name"));
                    }
                    columns.put(
                            row.getString("name"),
                            column(
                                    row.getString("type"),
                                    inKey || row.getInt("notnull") == 1, // else null is meant
                                    row.getString("dflt_value")));
                    return name;
                },
                _ -> {},
                name);
        Map<String, String> indexes = new TreeMap<>();
        sql.each(
                "select name, sql from sqlite_master where type = 'index' and tbl_name = ? and sql is not null",
                row -> indexes.put(row.getString("name"), index(row.getString("sql"))),
                _ -> {},
                name);
        return new Table(columns, List.copyOf(key.values()), indexes);
    }

    private Map<String, Table> postgres() throws Exception {
        Map<String, Table> tables = new TreeMap<>();
        try (Connection connection = EmbeddedPostgres.connect(made());
                Statement statement = connection.createStatement()) {
            for (String name :
                    texts(
                            statement,
                            "select tablename from pg_tables where schemaname = 'public'")) {
                tables.put(name, postgres(statement, name));
            }
        }
        return tables;
    }

    private static Table postgres(Statement statement, String name) throws SQLException {
        Map<String, String> columns = new TreeMap<>();
        try (ResultSet rows =
                statement.executeQuery(
                        """
                        select column_name, data_type, is_nullable, column_default
                        from information_schema.columns where table_name = '%s'
                        """
                                .formatted(name))) {
            while (rows.next()) {
                columns.put(
                        rows.getString(1),
                        column(
                                rows.getString(2),
                                rows.getString(3).equals("NO"),
                                rows.getString(4)));
            }
        }
        List<String> key =
                texts(
                        statement,
                        """
                        select column_name from information_schema.key_column_usage
                        where table_name = '%s' order by ordinal_position
                        """
                                .formatted(name));
        Map<String, String> indexes = new TreeMap<>();
        try (ResultSet rows =
                statement.executeQuery(
                        """
                        select indexname, indexdef from pg_indexes
                        where tablename = '%s' and indexname <> '%s_pkey'
                        """
                                .formatted(name, name))) {
            while (rows.next()) {
                indexes.put(rows.getString(1), index(rows.getString(2)));
            }
        }
        return new Table(columns, key, indexes);
    }

    private static String column(String type, boolean notNull, String initially) {
        String common = type.toLowerCase(Locale.ROOT);
        return (common.equals("integer") ? "bigint" : common) // the embedded engine's row id
                + (notNull ? " not null" : "")
                + (initially == null ? "" : " default " + initially.replaceAll("'|::.*", ""));
    }

    /** From its definition: unique or not, the columns in order, of which rows. */
    private static String index(String definition) {
        String flat = definition.toLowerCase(Locale.ROOT).replaceAll("\\s+", " ");
        String columns = flat.replaceFirst(".*? on .*?\\((.*?)\\).*", "$1");
        String rows = flat.contains(" where ") ? flat.substring(flat.indexOf(" where ")) : "";
        return (flat.contains("unique") ? "unique " : "")
                + columns
                + rows.replaceAll("[()]", "").stripTrailing();
    }

    private String made() throws Exception {
        String url = EmbeddedPostgres.shared().newDatabase();
        Store.init(
                PostgresSettings.of(url),
                new RootKeyFile(folder.resolve("root.key")),
                new SecureRandom()::nextBytes);
        return url;
    }

    private static List<String> texts(Statement statement, String query) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
        }
        return texts;
    }
}
