package trent.store;

import java.util.List;

/**
 * The tables, version by version. A version that was released is never edited; a change is a new
 * one. All of it is SQL that PostgreSQL, CockroachDB and YugabyteDB run too; {@code bytea} is a
 * type of theirs that SQLite takes for any other name.
 */
final class Migrations {

    private static final List<List<String>> VERSIONS =
            List.of(
                    List.of(
                            """
                            create table kms_key (
                                account text not null, region text not null, key_id text not null,
                                spec text not null, key_usage text not null, origin text not null,
                                state text not null, description text not null,
                                created_ms bigint not null, deletion_ms bigint, material_id text,
                                primary key (account, region, key_id))
                            """,
                            "create index kms_key_deletion on kms_key (deletion_ms)",
                            """
                            create table key_material (
                                account text not null, region text not null, key_id text not null,
                                material_id text not null, sealed bytea not null, created_ms bigint not null,
                                primary key (account, region, key_id, material_id))
                            """,
                            """
                            create table key_policy (
                                account text not null, region text not null, key_id text not null,
                                document text not null,
                                primary key (account, region, key_id))
                            """,
                            """
                            create table tag (
                                account text not null, region text not null, key_id text not null,
                                tag_key text not null, tag_value text not null,
                                primary key (account, region, key_id, tag_key))
                            """,
                            """
                            create table alias (
                                account text not null, region text not null, name text not null,
                                key_id text not null, created_ms bigint not null, updated_ms bigint not null,
                                primary key (account, region, name))
                            """,
                            "create index alias_of_key on alias (account, region, key_id, name)"));

    private static final String VERSION = "schema version";

    private Migrations() {}

    /**
     * Brings the tables to this version.
     *
     * @throws StoreException if a newer Trent made them
     */
    static void run(Sql sql) {
        sql.update(
                "create table if not exists setting (name text primary key, value text not null)");
        String found = Settings.find(sql, VERSION);
        int version = found == null ? 0 : Integer.parseInt(found);
        if (version > VERSIONS.size()) {
            throw new StoreException(
                    "this store was written by a newer Trent (schema %d, this one knows %d); nothing was changed"
                            .formatted(version, VERSIONS.size()));
        }
        for (List<String> statements : VERSIONS.subList(version, VERSIONS.size())) {
            statements.forEach(sql::update);
        }
        Settings.put(sql, VERSION, Integer.toString(VERSIONS.size()));
    }
}
