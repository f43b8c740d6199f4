package trent.literal;

import java.util.List;
import org.jspecify.annotations.Nullable;
import trent.literal.Caller.Kind;

/**
 * A few accounts, users and roles whose names collide on purpose: the same name in two accounts, in
 * two paths, of a user and a role, and made again after a deletion.
 */
final class World {

    static final String A = "111122223333";
    static final String B = "444455556666";
    static final String C = "777788889999";
    static final List<String> ACCOUNTS = List.of(A, B, C);

    /** A user or role that policies may name. */
    record Entity(String account, boolean role, String path, String name, String id) {

        String arn() {
            return "arn:aws:iam::" + account + (role ? ":role" : ":user") + path + name;
        }
    }

    static final List<Entity> ENTITIES =
            List.of(
                    new Entity(A, false, "/", "alice", "AIDAAAAAAAAAAAAAALICE"),
                    new Entity(A, false, "/team/", "bob", "AIDAAAAAAAAAAAAAAABOB"),
                    new Entity(A, false, "/", "app", "AIDAAAAAAAAAAAAAAAAPP"),
                    new Entity(B, false, "/", "alice", "AIDABBBBBBBBBBBBALICE"),
                    new Entity(B, false, "/", "bob", "AIDABBBBBBBBBBBBBBBOB"),
                    new Entity(A, true, "/team/", "app", "AROAAAAAAAAAAAAAAAAPP"),
                    new Entity(A, true, "/", "deploy", "AROAAAAAAAAAAAADEPLOY"),
                    new Entity(B, true, "/team/", "app", "AROABBBBBBBBBBBBBBAPP"));

    static final String DEPARTED = "AIDAAAAAAAAAADEPARTED";

    /** Callers; those with "again" bear an old name but are not whom policies mean by it. */
    static final List<Caller> CALLERS =
            List.of(
                    root(A),
                    root(B),
                    user("alice", 0, null),
                    user("bob", 1, null),
                    user("user app", 2, null),
                    user("alice of B", 3, null),
                    user("bob of B", 4, null),
                    new Caller(
                            "alice by GetSessionToken",
                            Kind.USER,
                            A,
                            "/",
                            "alice",
                            "AIDAAAAAAAAAAAAAALICE",
                            null,
                            true),
                    user("alice again", 0, "AIDAAAAAAAAAAAAAAGAIN"),
                    session("app/s1", 5, "s1"),
                    session("app/s2", 5, "s2"),
                    session("deploy/s1", 6, "s1"),
                    session("app/s1 of B", 7, "s1"),
                    new Caller(
                            "app again/s1",
                            Kind.ROLE_SESSION,
                            A,
                            "/team/",
                            "app",
                            "AROAAAAAAAAAAAAAAGAIN",
                            "s1",
                            true),
                    federated("fred by alice", 0, "fred"),
                    federated("alice by bob", 1, "alice"),
                    federated("fred by alice of B", 3, "fred"));

    /** Every way in which policies may name somebody; some are nobody. */
    static final List<String> PRINCIPALS =
            List.of(
                    "*",
                    A,
                    B,
                    C,
                    "arn:aws:iam::" + A + ":root",
                    "arn:aws:iam::" + B + ":root",
                    "arn:aws:iam::" + A + ":user/alice",
                    "arn:aws:iam::" + A + ":user/team/bob",
                    "arn:aws:iam::" + A + ":user/bob",
                    "arn:aws:iam::" + A + ":user/app",
                    "arn:aws:iam::" + B + ":user/alice",
                    "arn:aws:iam::" + B + ":user/bob",
                    "arn:aws:iam::" + A + ":role/team/app",
                    "arn:aws:iam::" + A + ":role/app",
                    "arn:aws:iam::" + A + ":role/other/app",
                    "arn:aws:iam::" + A + ":role/deploy",
                    "arn:aws:iam::" + B + ":role/team/app",
                    "arn:aws:sts::" + A + ":assumed-role/app/s1",
                    "arn:aws:sts::" + A + ":assumed-role/app/s2",
                    "arn:aws:sts::" + A + ":assumed-role/deploy/s1",
                    "arn:aws:sts::" + B + ":assumed-role/app/s1",
                    "arn:aws:sts::" + A + ":federated-user/fred",
                    "arn:aws:sts::" + A + ":federated-user/alice",
                    "arn:aws:sts::" + B + ":federated-user/fred",
                    "AIDAAAAAAAAAAAAAALICE",
                    "AROAAAAAAAAAAAAAAAAPP",
                    DEPARTED);

    private World() {}

    static Caller callerOf(String title) {
        return CALLERS.stream()
                .filter(caller -> caller.title().equals(title))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no caller " + title));
    }

    /** §2.3: whom an ARN meant when the policy was written; null if there is nobody of this name. */
    static @Nullable String idOf(String arn) {
        for (Entity entity : ENTITIES) {
            if (entity.arn().equals(arn)) {
                return entity.id();
            }
            String sessions =
                    "arn:aws:sts::" + entity.account() + ":assumed-role/" + entity.name() + "/";
            if (entity.role() && arn.startsWith(sessions)) {
                return entity.id() + ":" + arn.substring(sessions.length());
            }
        }
        for (String account : ACCOUNTS) {
            String federated = "arn:aws:sts::" + account + ":federated-user/";
            if (arn.startsWith(federated)) {
                return account + ":" + arn.substring(federated.length());
            }
        }
        return null;
    }

    private static Caller root(String account) {
        return new Caller("root of " + account, Kind.ROOT, account, "", "", account, null, false);
    }

    private static Caller user(String title, int entity, @Nullable String id) {
        Entity of = ENTITIES.get(entity);
        return new Caller(
                title,
                Kind.USER,
                of.account(),
                of.path(),
                of.name(),
                id == null ? of.id() : id,
                null,
                false);
    }

    private static Caller session(String title, int entity, String session) {
        Entity of = ENTITIES.get(entity);
        return new Caller(
                title,
                Kind.ROLE_SESSION,
                of.account(),
                of.path(),
                of.name(),
                of.id(),
                session,
                true);
    }

    private static Caller federated(String title, int entity, String name) {
        Entity of = ENTITIES.get(entity);
        return new Caller(
                title,
                Kind.FEDERATED_USER,
                of.account(),
                of.path(),
                of.name(),
                of.id(),
                name,
                true);
    }
}
