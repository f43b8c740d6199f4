package trent.store;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trent.name.AccountId;

/** The tables of what users, groups and roles may do: inline policies, versions, attachments. */
public final class EntityPolicies {

    private final Tx tx;

    EntityPolicies(Tx tx) {
        this.tx = tx;
    }

    /** A policy that stands in a user, group or role; its name counts with case. */
    public record Inline(String name, String document) {}

    /** A version of a managed policy. */
    public record Version(int number, String document, Instant created) {}

    /** All inline policies, in the order of their names. */
    public List<Inline> inline(String ownerId) {
        return tx.sql()
                .list(
                        """
                        select name, document from iam_inline_policy
                        where owner_id = ? order by name
                        """,
                        row -> new Inline(row.getString(1), row.getString(2)),
                        ownerId);
    }

    /** The document of the inline policy, or null. */
    public @Nullable String inline(String ownerId, String name) {
        return tx.sql()
                .find(
                        "select document from iam_inline_policy where owner_id = ? and name = ?",
                        row -> row.getString(1),
                        ownerId,
                        name);
    }

    public void putInline(Entity owner, String name, String document) {
        tx.identitiesChanged(owner.account());
        tx.update(
                """
                insert into iam_inline_policy (owner_id, name, document) values (?, ?, ?)
                on conflict (owner_id, name) do update set document = excluded.document
                """,
                owner.id(),
                name,
                document);
    }

    public void deleteInline(Entity owner, String name) {
        tx.identitiesChanged(owner.account());
        tx.update(
                "delete from iam_inline_policy where owner_id = ? and name = ?", owner.id(), name);
    }

    /** The versions of a managed policy, the newest first. */
    public List<Version> versions(String policyId) {
        return tx.sql()
                .list(
                        """
                        select version, document, created_ms from iam_policy_version
                        where policy_id = ? order by version desc
                        """,
                        row ->
                                new Version(
                                        row.getInt(1),
                                        row.getString(2),
                                        Instant.ofEpochMilli(row.getLong(3))),
                        policyId);
    }

    /** The version of this number, or null. */
    public @Nullable Version version(String policyId, int number) {
        return tx.sql()
                .find(
                        """
                        select version, document, created_ms from iam_policy_version
                        where policy_id = ? and version = ?
                        """,
                        row ->
                                new Version(
                                        row.getInt(1),
                                        row.getString(2),
                                        Instant.ofEpochMilli(row.getLong(3))),
                        policyId,
                        number);
    }

    public void addVersion(Entity policy, Version version) {
        tx.identitiesChanged(policy.account());
        tx.update(
                """
                insert into iam_policy_version (policy_id, version, document, created_ms)
                values (?, ?, ?, ?)
                """,
                policy.id(),
                version.number(),
                version.document(),
                version.created());
    }

    public void deleteVersion(Entity policy, int number) {
        tx.identitiesChanged(policy.account());
        tx.update(
                "delete from iam_policy_version where policy_id = ? and version = ?",
                policy.id(),
                number);
    }

    /** The ids of the managed policies that are attached, AWS's among them, in their order. */
    public List<String> attached(String ownerId) {
        return tx.sql()
                .list(
                        "select policy_id from iam_attachment where owner_id = ? order by policy_id",
                        row -> row.getString(1),
                        ownerId);
    }

    /** How many users, groups and roles of the account have the policy. */
    public int attachments(AccountId account, String policyId) {
        Integer count =
                tx.sql()
                        .find(
                                """
                                select count(*) from iam_attachment
                                where account = ? and policy_id = ?
                                """,
                                row -> row.getInt(1),
                                account,
                                policyId);
        return count == null ? 0 : count;
    }

    /** Attaches a managed policy; false, and nothing has changed, if it was. */
    public boolean attach(Entity owner, String policyId) {
        int rows =
                tx.update(
                        """
                        insert into iam_attachment (owner_id, policy_id, account) values (?, ?, ?)
                        on conflict (owner_id, policy_id) do nothing
                        """,
                        owner.id(),
                        policyId,
                        owner.account());
        if (rows == 1) {
            tx.identitiesChanged(owner.account());
        }
        return rows == 1;
    }

    /** Detaches a managed policy; false, and nothing has changed, if it was not attached. */
    public boolean detach(Entity owner, String policyId) {
        int rows =
                tx.update(
                        "delete from iam_attachment where owner_id = ? and policy_id = ?",
                        owner.id(),
                        policyId);
        if (rows == 1) {
            tx.identitiesChanged(owner.account());
        }
        return rows == 1;
    }

    /**
     * Up to {@code limit} users, groups and roles of the account that have the policy attached, in
     * the order of their ids, after the given one.
     */
    public List<Entity> attachedTo(AccountId account, String policyId, String afterId, int limit) {
        return tx.sql()
                .list(
                        """
                        select e.id, e.account, e.kind, e.name, e.path, e.created_ms, e.updated_ms,
                            e.description, e.boundary, e.trust, e.max_session_seconds,
                            e.default_version, e.last_version
                        from iam_attachment a join iam_entity e on e.id = a.owner_id
                        where a.account = ? and a.policy_id = ? and a.owner_id > ?
                        order by a.owner_id limit ?
                        """,
                        Entities::read,
                        account,
                        policyId,
                        afterId,
                        limit);
    }

    /** The same for users and roles that have it as their permissions boundary. */
    public List<Entity> boundedBy(AccountId account, String policyId, String afterId, int limit) {
        return tx.sql()
                .list(
                        """
                        select id, account, kind, name, path, created_ms, updated_ms, description,
                            boundary, trust, max_session_seconds, default_version, last_version
                        from iam_entity
                        where boundary = ? and account = ? and id > ? order by id limit ?
                        """,
                        Entities::read,
                        policyId,
                        account,
                        afterId,
                        limit);
    }
}
