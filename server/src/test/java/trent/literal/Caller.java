package trent.literal;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import trent.call.Principal;
import trent.call.Session;
import trent.name.AccountId;

/**
 * Who asks (§3.1).
 *
 * @param title how a case names it
 * @param path of the user or role; of a federated user that of the user who issued its session
 * @param name likewise
 * @param id the unique id, likewise; the account's of a root
 * @param session the role session's name, or the federated user's
 * @param temporary whether it has temporary credentials
 */
record Caller(
        String title,
        Kind kind,
        String account,
        String path,
        String name,
        String id,
        @Nullable String session,
        boolean temporary) {

    enum Kind {
        ROOT,
        USER,
        ROLE_SESSION,
        FEDERATED_USER
    }

    static final Instant ISSUED = Instant.parse("2026-01-01T00:00:00Z");

    /** §3.1: aws:PrincipalArn. */
    String principalArn() {
        return switch (kind) {
            case ROOT -> "arn:aws:iam::" + account + ":root";
            case USER -> "arn:aws:iam::" + account + ":user" + path + name;
            case ROLE_SESSION -> "arn:aws:iam::" + account + ":role" + path + name;
            case FEDERATED_USER -> "arn:aws:sts::" + account + ":federated-user/" + session;
        };
    }

    /** §8: session ARN for sessions, user ARN, root ARN. */
    String arn() {
        return kind == Kind.ROLE_SESSION
                ? "arn:aws:sts::" + account + ":assumed-role/" + name + "/" + session
                : principalArn();
    }

    /** §3.1: aws:userid. */
    String userId() {
        return switch (kind) {
            case ROOT -> account;
            case USER -> id;
            case ROLE_SESSION -> id + ":" + session;
            case FEDERATED_USER -> account + ":" + session;
        };
    }

    boolean isRoot() {
        return kind == Kind.ROOT;
    }

    /** The same as the engine has it. */
    Principal principal() {
        return principal(null, List.of());
    }

    Principal principal(@Nullable String sessionPolicy, List<String> policyArns) {
        AccountId of = new AccountId(account);
        Session with =
                new Session(
                        session,
                        ISSUED,
                        ISSUED.plusSeconds(3600),
                        Map.of(),
                        Set.of(),
                        null,
                        null,
                        false,
                        sessionPolicy,
                        policyArns,
                        null);
        return switch (kind) {
            case ROOT -> Principal.root(of, "aws");
            case USER -> Principal.user(of, "aws", path, name, id, temporary ? with : null);
            case ROLE_SESSION -> Principal.roleSession(of, "aws", path, name, id, with);
            case FEDERATED_USER ->
                    Principal.federatedUser(of, "aws", Objects.requireNonNull(id), with);
        };
    }

    @Override
    public String toString() {
        return title;
    }
}
