package trent.call;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import trent.name.AccountId;

/**
 * Someone who calls: an account's root, a user, a session of a role, or a federated user. Who it is
 * is told by ids that are never given out again; ARNs are for people to read. Source: AWS IAM User
 * Guide, "IAM identifiers".
 */
public final class Principal {

    /** What kind of principal it is. */
    public enum Kind {
        /** The root user of an account. */
        ROOT("Account"),
        /** A user, with an access key of its own or with a session of GetSessionToken. */
        USER("User"),
        /** A session of a role. */
        ROLE_SESSION("AssumedRole"),
        /** A session of GetFederationToken. */
        FEDERATED_USER("FederatedUser"),
        /** Whoever sent a request that needs no signature; nothing is allowed to it. */
        NOBODY("Anonymous");

        private final String wire;

        Kind(String wire) {
            this.wire = wire;
        }

        /** As {@code aws:PrincipalType} has it. */
        public String wire() {
            return wire;
        }
    }

    private final Kind kind;
    private final AccountId account;
    private final String partition;
    private final String arn;
    private final String principalArn;
    private final String id;
    private final @Nullable String name;
    private final @Nullable Session session;
    private final List<String> answersTo;

    private Principal(
            Kind kind,
            AccountId account,
            String partition,
            String arn,
            String principalArn,
            String id,
            @Nullable String name,
            @Nullable Session session,
            List<String> answersTo) {
        this.kind = kind;
        this.account = account;
        this.partition = partition;
        this.arn = arn;
        this.principalArn = principalArn;
        this.id = id;
        this.name = name;
        this.session = session;
        this.answersTo = answersTo;
    }

    /**
     * The root of an account, for whom its policies mean the whole account.
     *
     * @param partition for example {@code aws} or {@code aws-cn}
     */
    public static Principal root(AccountId account, String partition) {
        return root(account, partition, null);
    }

    /** The same, with temporary credentials if {@code session} is not null. */
    public static Principal root(AccountId account, String partition, @Nullable Session session) {
        String arn = "arn:" + partition + ":iam::" + account + ":root";
        return new Principal(
                Kind.ROOT,
                account,
                partition,
                arn,
                arn,
                account.value(),
                null,
                session,
                List.of(account.value()));
    }

    /**
     * A user.
     *
     * @param path begins and ends with a slash
     * @param id for example {@code AIDACKCEVSQ6C2EXAMPLE}
     * @param session null with an access key of the user's own
     */
    public static Principal user(
            AccountId account,
            String partition,
            String path,
            String name,
            String id,
            @Nullable Session session) {
        String arn = "arn:" + partition + ":iam::" + account + ":user" + path + name;
        return new Principal(
                Kind.USER,
                account,
                partition,
                arn,
                arn,
                id,
                name,
                session,
                List.of(id, account.value()));
    }

    /**
     * A session of a role.
     *
     * @param path the role's, begins and ends with a slash
     * @param id the role's, for example {@code AROACKCEVSQ6C2EXAMPLE}
     */
    public static Principal roleSession(
            AccountId account,
            String partition,
            String path,
            String role,
            String id,
            Session session) {
        String sessionName = Objects.requireNonNull(session.name());
        return new Principal(
                Kind.ROLE_SESSION,
                account,
                partition,
                "arn:"
                        + partition
                        + ":sts::"
                        + account
                        + ":assumed-role/"
                        + role
                        + "/"
                        + sessionName,
                "arn:" + partition + ":iam::" + account + ":role" + path + role,
                id,
                role,
                session,
                List.of(id + ":" + sessionName, id, account.value()));
    }

    /**
     * A federated user.
     *
     * @param userId the id of the user who issued the session; the account's id if its root did
     */
    public static Principal federatedUser(
            AccountId account, String partition, String userId, Session session) {
        String name = Objects.requireNonNull(session.name());
        String arn = "arn:" + partition + ":sts::" + account + ":federated-user/" + name;
        String own = account + ":" + name;
        return new Principal(
                Kind.FEDERATED_USER,
                account,
                partition,
                arn,
                arn,
                userId,
                name,
                session,
                List.of(own, userId, account.value()));
    }

    /** Whoever sent a request without signature, about an account. */
    public static Principal nobody(AccountId account, String partition) {
        return new Principal(
                Kind.NOBODY,
                account,
                partition,
                "Anonymous",
                "Anonymous",
                "",
                null,
                null,
                List.of());
    }

    public Kind kind() {
        return kind;
    }

    public AccountId account() {
        return account;
    }

    /** The partition of the call's Region, in which its ARNs are printed. */
    public String partition() {
        return partition;
    }

    /** As messages and records name it: of a session the session's ARN. */
    public String arn() {
        return arn;
    }

    /** As {@code aws:PrincipalArn} has it: of a role's session the role's ARN, path included. */
    public String principalArn() {
        return principalArn;
    }

    /**
     * The unique id of the user or role; of a federated user that of who issued its session; of a
     * root the account's.
     */
    public String id() {
        return id;
    }

    /** As {@code aws:userid} has it. */
    public String userId() {
        return answersTo.isEmpty() ? "" : answersTo.getFirst();
    }

    /** The name of the user, the role or the federated user; null for a root. */
    public @Nullable String name() {
        return name;
    }

    /** What temporary credentials carry; null with permanent ones. */
    public @Nullable Session session() {
        return session;
    }

    /** Whether this is an account's root user. */
    public boolean isRoot() {
        return kind == Kind.ROOT;
    }

    /**
     * The ids by which policies and grants can name it, from the narrowest to the widest: {@code
     * AROA…:session}, {@code AROA…} or {@code AIDA…}, the account's. A federated user's first is
     * {@code 111122223333:name}.
     */
    public List<String> answersTo() {
        return answersTo;
    }

    @Override
    public String toString() {
        return arn;
    }
}
