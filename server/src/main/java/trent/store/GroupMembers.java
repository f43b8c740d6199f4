package trent.store;

import java.util.List;

/** The table of who is in which group. */
public final class GroupMembers {

    private final Tx tx;

    GroupMembers(Tx tx) {
        this.tx = tx;
    }

    /** Up to {@code limit} users in a group in the order of their names, after the given one. */
    public List<Entity> usersIn(String groupId, String afterFolded, int limit) {
        return tx.sql()
                .list(
                        """
                        select e.id, e.account, e.kind, e.name, e.path, e.created_ms, e.updated_ms,
                            e.description, e.boundary, e.trust, e.max_session_seconds,
                            e.default_version, e.last_version
                        from iam_member m join iam_entity e on e.id = m.user_id
                        where m.group_id = ? and e.folded > ? order by e.folded limit ?
                        """,
                        Entities::read,
                        groupId,
                        afterFolded,
                        limit);
    }

    /** The groups of a user in the order of their names. */
    public List<Entity> groupsOf(String userId) {
        return tx.sql()
                .list(
                        """
                        select e.id, e.account, e.kind, e.name, e.path, e.created_ms, e.updated_ms,
                            e.description, e.boundary, e.trust, e.max_session_seconds,
                            e.default_version, e.last_version
                        from iam_member m join iam_entity e on e.id = m.group_id
                        where m.user_id = ? order by e.folded
                        """,
                        Entities::read,
                        userId);
    }

    /** Puts a user into a group; whoever is in it stays. */
    public void add(Entity group, Entity user) {
        tx.identitiesChanged(group.account());
        tx.update(
                """
                insert into iam_member (group_id, user_id) values (?, ?)
                on conflict (group_id, user_id) do nothing
                """,
                group.id(),
                user.id());
    }

    /** Takes a user out of a group. */
    public void remove(Entity group, Entity user) {
        tx.identitiesChanged(group.account());
        tx.update(
                "delete from iam_member where group_id = ? and user_id = ?", group.id(), user.id());
    }
}
