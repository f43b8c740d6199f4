package trent.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import trent.name.AccountId;

/**
 * The table of users, groups, roles, managed policies and providers, kept without partition. A name
 * is unique in its account and kind, by the database's constraint. Policies that are AWS's are not
 * in it.
 */
public final class Entities {

    private final Tx tx;

    Entities(Tx tx) {
        this.tx = tx;
    }

    /** The one with this unique id, or null. */
    public @Nullable Entity find(String id) {
        return tx.sql()
                .find(
                        """
                        select id, account, kind, name, path, created_ms, updated_ms, description,
                            boundary, trust, max_session_seconds, default_version, last_version
                        from iam_entity where id = ?
                        """,
                        Entities::read,
                        id);
    }

    /** The one of this name, in any case, or null. */
    public @Nullable Entity find(AccountId account, EntityKind kind, String name) {
        return tx.sql()
                .find(
                        """
                        select id, account, kind, name, path, created_ms, updated_ms, description,
                            boundary, trust, max_session_seconds, default_version, last_version
                        from iam_entity where account = ? and kind = ? and folded = ?
                        """,
                        Entities::read,
                        account,
                        kind,
                        kind.fold(name));
    }

    /**
     * Up to {@code limit} of the account whose path begins so, in the order of their names without
     * case, after the given one.
     */
    public List<Entity> list(
            AccountId account, EntityKind kind, String pathPrefix, String afterFolded, int limit) {
        return tx.sql()
                .list(
                        """
                        select id, account, kind, name, path, created_ms, updated_ms, description,
                            boundary, trust, max_session_seconds, default_version, last_version
                        from iam_entity
                        where account = ? and kind = ? and folded > ? and substr(path, 1, ?) = ?
                        order by folded limit ?
                        """,
                        Entities::read,
                        account,
                        kind,
                        afterFolded,
                        pathPrefix.length(),
                        pathPrefix,
                        limit);
    }

    /** How many the account has. */
    public int count(AccountId account, EntityKind kind) {
        Integer count =
                tx.sql()
                        .find(
                                "select count(*) from iam_entity where account = ? and kind = ?",
                                row -> row.getInt(1),
                                account,
                                kind);
        return count == null ? 0 : count;
    }

    /** Adds one; false, and nothing has changed, if its name is taken. */
    public boolean insert(Entity entity) {
        int rows =
                tx.update(
                        """
                        insert into iam_entity (id, account, kind, folded, name, path, created_ms,
                            updated_ms, description, boundary, trust, max_session_seconds,
                            default_version, last_version)
                        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        on conflict (account, kind, folded) do nothing
                        """,
                        entity.id(),
                        entity.account(),
                        entity.kind(),
                        entity.kind().fold(entity.name()),
                        entity.name(),
                        entity.path(),
                        entity.created(),
                        entity.updated(),
                        entity.description(),
                        entity.boundary(),
                        entity.trust(),
                        entity.maxSessionSeconds(),
                        entity.defaultVersion(),
                        entity.lastVersion());
        if (rows == 1) {
            tx.identitiesChanged(entity.account());
        }
        return rows == 1;
    }

    /** Gives it another name and path; nobody else may have the name, which is asked before. */
    public void rename(Entity entity, String name, String path) {
        tx.identitiesChanged(entity.account());
        tx.update(
                "update iam_entity set folded = ?, name = ?, path = ? where id = ?",
                entity.kind().fold(name),
                name,
                path,
                entity.id());
    }

    /** Sets or, with null, removes the permissions boundary. */
    public void putBoundary(Entity entity, @Nullable String policyId) {
        tx.identitiesChanged(entity.account());
        tx.update("update iam_entity set boundary = ? where id = ?", policyId, entity.id());
    }

    /** Changes what a role says of itself. */
    public void putRole(Entity role, @Nullable String description, int maxSessionSeconds) {
        tx.identitiesChanged(role.account());
        tx.update(
                "update iam_entity set description = ?, max_session_seconds = ? where id = ?",
                description,
                maxSessionSeconds,
                role.id());
    }

    /**
     * Sets who may assume a role.
     *
     * @param ids whom the ARNs in it stand for now, by ARN
     */
    public void putTrust(Entity role, String document, Map<String, String> ids) {
        tx.identitiesChanged(role.account());
        tx.update("update iam_entity set trust = ? where id = ?", document, role.id());
        tx.update("delete from iam_trusted where role_id = ?", role.id());
        ids.forEach(
                (arn, id) ->
                        tx.update(
                                "insert into iam_trusted (role_id, arn, id) values (?, ?, ?)",
                                role.id(),
                                arn,
                                id));
    }

    /** Whom the ARNs in a role's trust policy stood for when it was written, by ARN. */
    public Map<String, String> trusted(String roleId) {
        Map<String, String> ids = new LinkedHashMap<>();
        tx.sql()
                .each(
                        "select arn, id from iam_trusted where role_id = ? order by arn",
                        row -> Map.entry(row.getString(1), row.getString(2)),
                        each -> ids.put(each.getKey(), each.getValue()),
                        roleId);
        return ids;
    }

    /** Says which version of a policy counts, and which is the last. */
    public void putVersions(Entity policy, int defaultVersion, int lastVersion, Instant updated) {
        tx.identitiesChanged(policy.account());
        tx.update(
                """
                update iam_entity set default_version = ?, last_version = ?, updated_ms = ?
                where id = ?
                """,
                defaultVersion,
                lastVersion,
                updated,
                policy.id());
    }

    /** How many users and roles of the account have this policy as their boundary. */
    public int boundedBy(AccountId account, String policyId) {
        Integer count =
                tx.sql()
                        .find(
                                """
                                select count(*) from iam_entity where boundary = ? and account = ?
                                """,
                                row -> row.getInt(1),
                                policyId,
                                account);
        return count == null ? 0 : count;
    }

    /** Removes it with all that is its own; nothing may refer to it, which is asked before. */
    public void delete(Entity entity) {
        tx.identitiesChanged(entity.account());
        tx.update("delete from iam_entity where id = ?", entity.id());
        tx.update("delete from iam_tag where owner_id = ?", entity.id());
        switch (entity.kind()) {
            case ROLE -> tx.update("delete from iam_trusted where role_id = ?", entity.id());
            case POLICY ->
                    tx.update("delete from iam_policy_version where policy_id = ?", entity.id());
            case PROVIDER ->
                    tx.update("delete from iam_provider_value where provider_id = ?", entity.id());
            case USER, GROUP -> {}
        }
    }

    static Entity read(ResultSet row) throws SQLException {
        return new Entity(
                new AccountId(row.getString("account")),
                EntityKind.valueOf(row.getString("kind")),
                row.getString("id"),
                row.getString("name"),
                row.getString("path"),
                Instant.ofEpochMilli(row.getLong("created_ms")),
                Instant.ofEpochMilli(row.getLong("updated_ms")),
                row.getString("description"),
                row.getString("boundary"),
                row.getString("trust"),
                Sql.integer(row, "max_session_seconds"),
                row.getInt("default_version"),
                row.getInt("last_version"));
    }
}
