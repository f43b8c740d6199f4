package trent.store;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import trent.store.Store.CannotOpen;

/**
 * The tables of a store in a database that several nodes share, as its first version made them. The
 * embedded engine comes to the same ones by its history, in {@link Migrations}.
 */
final class Baseline {

    /** Which tables these are; counted as those of the embedded engine. */
    static final int VERSION = 6;

    /** Several nodes may start at once; each attempt finds more tables there. */
    private static final int ATTEMPTS = 5;

    /** Of both engines; the order of texts is that of their bytes in both. */
    static final List<String> TABLES =
            List.of(
                    """
                    create table if not exists setting (
                        name text primary key, value text not null)
                    """,
                    """
                    create table if not exists kms_key (
                        account text not null, region text not null, key_id text not null,
                        spec text not null, key_usage text not null, origin text not null,
                        state text not null, description text not null,
                        created_ms bigint not null, deletion_ms bigint, material_id text,
                        pending_window_days bigint, expiration_model text, valid_to_ms bigint,
                        primary_region text, rotation_days bigint, rotation_next_ms bigint,
                        on_demand_rotations bigint not null default 0,
                        grants bigint not null default 0, service text,
                        primary key (account, region, key_id))
                    """,
                    """
                    create table if not exists key_policy (
                        account text not null, region text not null, key_id text not null,
                        document text not null, principal_ids text,
                        primary key (account, region, key_id))
                    """,
                    """
                    create table if not exists tag (
                        account text not null, region text not null, key_id text not null,
                        tag_key text not null, tag_value text not null,
                        primary key (account, region, key_id, tag_key))
                    """,
                    """
                    create table if not exists alias (
                        account text not null, region text not null, name text not null,
                        key_id text not null, created_ms bigint not null,
                        updated_ms bigint not null, primary key (account, region, name))
                    """,
                    "create index if not exists alias_of_key on alias (account, region, key_id, name)",
                    "create index if not exists kms_key_related on kms_key (account, key_id, region)",
                    """
                    create table if not exists key_material (
                        account text not null, region text not null, key_id text not null,
                        material_id text not null, sequence bigint not null, state text not null,
                        sealed bytea, public_key bytea, description text, expiration_model text,
                        valid_to_ms bigint, rotated_ms bigint, rotation_type text,
                        created_ms bigint not null,
                        primary key (account, region, key_id, material_id))
                    """,
                    """
                    create table if not exists key_grant (
                        account text not null, region text not null, key_id text not null,
                        grant_id text not null, name text, issuing_account text not null,
                        grantee text not null, retiring text, operations text not null,
                        context_equals text, context_subset text, created_ms bigint not null,
                        request_digest text, grantee_id text, retiring_id text,
                        primary key (account, region, key_id, grant_id))
                    """,
                    "create index if not exists key_grant_retiring on key_grant (region, retiring, grant_id)",
                    """
                    create table if not exists key_count (
                        account text not null, region text not null, keys bigint not null,
                        primary key (account, region))
                    """,
                    """
                    create table if not exists key_usage (
                        account text not null, region text not null, key_id text not null,
                        used_ms bigint not null, operation text not null,
                        request_id text not null, primary key (account, region, key_id))
                    """,
                    """
                    create table if not exists seal (
                        id bigint not null primary key, value bytea not null)
                    """,
                    """
                    create index if not exists key_material_expiry on key_material (valid_to_ms)
                    where valid_to_ms is not null
                    """,
                    """
                    create index if not exists kms_key_deletion on kms_key (deletion_ms)
                    where deletion_ms is not null
                    """,
                    """
                    create index if not exists kms_key_rotation on kms_key (rotation_next_ms)
                    where rotation_next_ms is not null
                    """,
                    """
                    create index if not exists key_grant_request
                        on key_grant (account, region, key_id, request_digest)
                    """,
                    """
                    create table if not exists account (
                        id text not null primary key, state text not null,
                        listed boolean not null, identity_version bigint not null,
                        created_ms bigint not null)
                    """,
                    """
                    create table if not exists iam_entity (
                        id text not null primary key, account text not null, kind text not null,
                        folded text not null, name text not null, path text not null,
                        created_ms bigint not null, updated_ms bigint not null, description text,
                        boundary text, trust text, max_session_seconds bigint,
                        default_version bigint not null, last_version bigint not null)
                    """,
                    "create unique index if not exists iam_entity_name on iam_entity (account, kind, folded)",
                    """
                    create index if not exists iam_entity_boundary on iam_entity (boundary)
                    where boundary is not null
                    """,
                    """
                    create table if not exists iam_trusted (
                        role_id text not null, arn text not null, id text not null,
                        primary key (role_id, arn))
                    """,
                    """
                    create table if not exists iam_policy_version (
                        policy_id text not null, version bigint not null, document text not null,
                        created_ms bigint not null, primary key (policy_id, version))
                    """,
                    """
                    create table if not exists iam_attachment (
                        owner_id text not null, policy_id text not null, account text not null,
                        primary key (owner_id, policy_id))
                    """,
                    """
                    create index if not exists iam_attachment_policy
                        on iam_attachment (account, policy_id, owner_id)
                    """,
                    """
                    create table if not exists iam_inline_policy (
                        owner_id text not null, name text not null, document text not null,
                        primary key (owner_id, name))
                    """,
                    """
                    create table if not exists iam_member (
                        group_id text not null, user_id text not null,
                        primary key (group_id, user_id))
                    """,
                    "create index if not exists iam_member_user on iam_member (user_id, group_id)",
                    """
                    create table if not exists iam_tag (
                        owner_id text not null, folded text not null, tag_key text not null,
                        tag_value text not null, primary key (owner_id, folded))
                    """,
                    """
                    create table if not exists iam_provider_value (
                        provider_id text not null, kind text not null, value text not null,
                        primary key (provider_id, kind, value))
                    """,
                    """
                    create table if not exists access_key (
                        id text not null primary key, account text not null,
                        owner_id text not null, status text not null, sealed bytea not null,
                        created_ms bigint not null, used_ms bigint, used_service text,
                        used_region text)
                    """,
                    "create index if not exists access_key_owner on access_key (owner_id, id)",
                    "create index if not exists kms_key_id on kms_key (key_id, region, account)",
                    """
                    create index if not exists key_grant_grantee
                        on key_grant (account, region, key_id, grantee_id)
                    """,
                    "create index if not exists key_grant_retiring_id on key_grant (region, retiring_id, grant_id)");

    /** Of nodes that share the database; see {@link Cluster}. */
    static final List<String> NODES =
            List.of(
                    """
                    create table if not exists feed_head (
                        id bigint not null primary key, position bigint not null, nodes bigint not null)
                    """,
                    """
                    create table if not exists change_feed (
                        position bigint not null primary key, batch text not null,
                        node text not null, touched text not null)
                    """,
                    "create unique index if not exists change_feed_batch on change_feed (batch)",
                    """
                    create table if not exists node (
                        id text not null primary key, renewal bigint not null,
                        followed bigint not null, lease_ms bigint not null,
                        version bigint not null)
                    """);

    private static final Pattern TABLE = Pattern.compile("if not exists (\\w+)");

    private Baseline() {}

    /**
     * Makes the tables, and what is in them first, once.
     *
     * @param first writes what is in them first
     * @return false if somebody else has made the store
     */
    static boolean make(PostgresDatabase database, Consumer<Sql> first) {
        for (int attempt = 1; ; attempt++) {
            try {
                return database.write(sql -> made(sql, first));
            } catch (StoreException e) {
                // Of several at once, one makes a table, and the others wait and then fail.
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /**
     * Looks before anything is made.
     *
     * @throws CannotOpen if tables of other programs are in the way; nothing was changed
     */
    static void requireRoom(PostgresDatabase database) throws CannotOpen {
        String stranger = database.read(Baseline::tableOfAnother);
        if (!stranger.isEmpty()) {
            throw new CannotOpen(
                    "there is a table \"%s\" in the database that Trent has not made. Nothing was changed. Give Trent"
                                    .formatted(stranger)
                            + " a database of its own, or a schema, as currentSchema=NAME in --store");
        }
    }

    /**
     * A table that has the name of one of ours and is not, or nothing. Where tables are made by a
     * transaction, ours are not seen before the store is made.
     */
    private static String tableOfAnother(Sql sql) {
        if (!makesTablesInTransactions(version(sql))) {
            return ""; // these may be ours, of an attempt that was cut short
        }
        Optional<String> there =
                Stream.of(TABLES, NODES)
                        .flatMap(List::stream)
                        .map(TABLE::matcher)
                        .filter(Matcher::find)
                        .map(table -> table.group(1))
                        .filter(sql::hasTable)
                        .findFirst();
        boolean ours = there.isPresent() && Settings.exist(sql) && Upgrade.noted(sql);
        return ours ? "" : there.orElse("");
    }

    /** One row decides who makes the store. */
    private static boolean made(Sql sql, Consumer<Sql> first) {
        String version = version(sql);
        UnaryOperator<String> dialect = dialect(version);
        sql.begin();
        TABLES.forEach(statement -> sql.update(dialect.apply(statement)));
        NODES.forEach(statement -> sql.update(dialect.apply(statement)));
        Upgrade.bringTablesUpToDate(sql, dialect);
        if (!makesTablesInTransactions(version)) {
            // Who was cut short from here on has made no store, and the next one goes on.
            sql.commit();
            sql.begin();
        }
        boolean ours = Upgrade.noteVersion(sql);
        if (ours) {
            sql.update("insert into feed_head (id, position, nodes) values (1, 0, 0)");
            first.accept(sql);
            sql.commit();
        } else {
            sql.rollback();
        }
        return ours;
    }

    private static String version(Sql sql) {
        String version = sql.find("select version()", row -> row.getString(1));
        return String.valueOf(version);
    }

    /** Else each table is there at once, as CockroachDB and YugabyteDB have it. */
    static boolean makesTablesInTransactions(String version) {
        return !version.contains("CockroachDB") && !version.contains("-YB-");
    }

    /**
     * How this database has our tables written. Texts are in the order of their bytes, whatever order
     * it has for others; CockroachDB has no other order, and refuses to be told of one.
     */
    static UnaryOperator<String> dialect(Sql sql) {
        return dialect(version(sql));
    }

    static UnaryOperator<String> dialect(String version) {
        return version.contains("CockroachDB") ? UnaryOperator.identity() : Baseline::ordered;
    }

    private static String ordered(String statement) {
        return statement.matches("(create table|alter table \\w+ add column)\\b(?s:.*)")
                ? statement.replaceAll("\\btext\\b", "text collate \"C\"")
                : statement;
    }
}
