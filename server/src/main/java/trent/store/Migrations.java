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
                            "create index alias_of_key on alias (account, region, key_id, name)"),
                    // Every kind of key: import, rotation, multi-Region keys, grants, last usage.
                    List.of(
                            "alter table kms_key add column pending_window_days bigint",
                            "alter table kms_key add column expiration_model text",
                            "alter table kms_key add column valid_to_ms bigint",
                            "alter table kms_key add column primary_region text",
                            "alter table kms_key add column rotation_days bigint",
                            "alter table kms_key add column rotation_next_ms bigint",
                            "alter table kms_key add column on_demand_rotations bigint not null default 0",
                            "create index kms_key_rotation on kms_key (rotation_next_ms)",
                            "create index kms_key_related on kms_key (account, key_id, region)",
                            "alter table key_material rename to key_material_1",
                            """
                            create table key_material (
                                account text not null, region text not null, key_id text not null,
                                material_id text not null, sequence bigint not null, state text not null,
                                sealed bytea, public_key bytea, description text,
                                expiration_model text, valid_to_ms bigint,
                                rotated_ms bigint, rotation_type text, created_ms bigint not null,
                                primary key (account, region, key_id, material_id))
                            """,
                            """
                            insert into key_material (account, region, key_id, material_id, sequence, state,
                                sealed, created_ms)
                            select account, region, key_id, material_id, 0, 'CURRENT', sealed, created_ms
                            from key_material_1
                            """,
                            "drop table key_material_1",
                            "create index key_material_expiry on key_material (valid_to_ms)",
                            """
                            create table key_grant (
                                account text not null, region text not null, key_id text not null,
                                grant_id text not null, name text, issuing_account text not null,
                                grantee text not null, retiring text, operations text not null,
                                context_equals text, context_subset text, created_ms bigint not null,
                                primary key (account, region, key_id, grant_id))
                            """,
                            "create index key_grant_name on key_grant (account, region, key_id, name)",
                            "create index key_grant_retiring on key_grant (region, retiring, grant_id)",
                            "alter table kms_key add column grants bigint not null default 0",
                            """
                            create table key_count (
                                account text not null, region text not null, keys bigint not null,
                                primary key (account, region))
                            """,
                            """
                            insert into key_count (account, region, keys)
                            select account, region, count(*) from kms_key group by account, region
                            """,
                            """
                            create table key_usage (
                                account text not null, region text not null, key_id text not null,
                                used_ms bigint not null, operation text not null, request_id text not null,
                                primary key (account, region, key_id))
                            """),
                    // Sealed materials apart, so that what is erased leaves no copy behind.
                    List.of(
                            "create table seal (id integer primary key, value bytea not null)",
                            // Most keys have none of these, and need no entry for that.
                            "drop index key_material_expiry",
                            """
                            create index key_material_expiry on key_material (valid_to_ms)
                            where valid_to_ms is not null
                            """,
                            "drop index kms_key_deletion",
                            """
                            create index kms_key_deletion on kms_key (deletion_ms)
                            where deletion_ms is not null
                            """,
                            "drop index kms_key_rotation",
                            """
                            create index kms_key_rotation on kms_key (rotation_next_ms)
                            where rotation_next_ms is not null
                            """),
                    // A grant is found by what was asked for, not among all of its name.
                    List.of(
                            "alter table key_grant add column request_digest text",
                            "drop index key_grant_name",
                            """
                            create index key_grant_request
                                on key_grant (account, region, key_id, request_digest)
                            """),
                    // Who there is: accounts, their users, groups, roles and policies, access keys.
                    List.of(
                            """
                            create table account (
                                id text not null primary key, state text not null,
                                listed boolean not null, identity_version bigint not null,
                                created_ms bigint not null)
                            """,
                            """
                            create table iam_entity (
                                id text not null primary key, account text not null,
                                kind text not null, folded text not null, name text not null,
                                path text not null, created_ms bigint not null,
                                updated_ms bigint not null, description text, boundary text,
                                trust text, max_session_seconds bigint,
                                default_version bigint not null, last_version bigint not null)
                            """,
                            """
                            create unique index iam_entity_name
                                on iam_entity (account, kind, folded)
                            """,
                            """
                            create index iam_entity_boundary on iam_entity (boundary)
                            where boundary is not null
                            """,
                            """
                            create table iam_trusted (
                                role_id text not null, arn text not null, id text not null,
                                primary key (role_id, arn))
                            """,
                            """
                            create table iam_policy_version (
                                policy_id text not null, version bigint not null,
                                document text not null, created_ms bigint not null,
                                primary key (policy_id, version))
                            """,
                            """
                            create table iam_attachment (
                                owner_id text not null, policy_id text not null,
                                account text not null,
                                primary key (owner_id, policy_id))
                            """,
                            """
                            create index iam_attachment_policy
                                on iam_attachment (account, policy_id, owner_id)
                            """,
                            """
                            create table iam_inline_policy (
                                owner_id text not null, name text not null,
                                document text not null,
                                primary key (owner_id, name))
                            """,
                            """
                            create table iam_member (
                                group_id text not null, user_id text not null,
                                primary key (group_id, user_id))
                            """,
                            "create index iam_member_user on iam_member (user_id, group_id)",
                            """
                            create table iam_tag (
                                owner_id text not null, folded text not null,
                                tag_key text not null, tag_value text not null,
                                primary key (owner_id, folded))
                            """,
                            """
                            create table iam_provider_value (
                                provider_id text not null, kind text not null,
                                value text not null,
                                primary key (provider_id, kind, value))
                            """,
                            """
                            create table access_key (
                                id text not null primary key, account text not null,
                                owner_id text not null, status text not null, sealed bytea not null,
                                created_ms bigint not null, used_ms bigint, used_service text,
                                used_region text)
                            """,
                            "create index access_key_owner on access_key (owner_id, id)"),
                    // Policies and grants remember whom they mean, not what he was called.
                    List.of(
                            "alter table kms_key add column service text",
                            "create index kms_key_id on kms_key (key_id, region, account)",
                            "alter table key_policy add column principal_ids text",
                            "alter table key_grant add column grantee_id text",
                            "alter table key_grant add column retiring_id text",
                            """
                            create index key_grant_grantee
                                on key_grant (account, region, key_id, grantee_id)
                            """,
                            """
                            create index key_grant_retiring_id
                                on key_grant (region, retiring_id, grant_id)
                            """));

    /** The version from which on grants have ids, and digests of them, which no SQL can make. */
    private static final int GRANT_IDS = 6;

    private static final String VERSION = "schema version";

    private Migrations() {}

    /**
     * Brings the tables to this version.
     *
     * @return the version that was found; 0 for a database that is new
     * @throws StoreException if a newer Trent made them
     */
    static int run(Sql sql) {
        int version = version(sql);
        if (version > VERSIONS.size()) {
            throw new StoreException(
                    "this store was written by a newer Trent (schema %d, this one knows %d); nothing was changed"
                            .formatted(version, VERSIONS.size()));
        }
        if (version == VERSIONS.size()) {
            return version;
        }
        sql.update(
                "create table if not exists setting (name text primary key, value text not null)");
        for (List<String> statements : VERSIONS.subList(version, VERSIONS.size())) {
            statements.forEach(sql::update);
        }
        if (version < GRANT_IDS) {
            Grants.identifyAll(sql);
        }
        Settings.put(sql, VERSION, Integer.toString(VERSIONS.size()));
        return version;
    }

    private static int version(Sql sql) {
        String found = Settings.exist(sql) ? Settings.find(sql, VERSION) : null;
        try {
            return found == null ? 0 : Integer.parseInt(found);
        } catch (NumberFormatException _) {
            throw new StoreException(
                    "this store says it has schema \"%s\", which no Trent writes: it is damaged; nothing was changed"
                            .formatted(found));
        }
    }
}
