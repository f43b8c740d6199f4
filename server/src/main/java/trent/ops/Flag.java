package trent.ops;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Every setting of a server: a flag, and an environment variable that the flag goes before. */
enum Flag {
    LISTEN(
            "HOST:PORT",
            "127.0.0.1:4599",
            "Where the API is served; port 0 picks a free one. Default: 127.0.0.1:4599."),
    ADMIN_LISTEN(
            "HOST:PORT",
            "127.0.0.1:4600",
            "Where /healthz, /readyz and /metrics are served. Default: 127.0.0.1:4600."),
    DATA(
            "DIR",
            null,
            "Keep the state in this folder, which is made if it does not exist. trent server needs it, or --store; trent"
                    + " dev keeps its state in memory without either."),
    SEAL(
            "file:PATH",
            null,
            "The root key, in a file of its own. Default: root.key in the data folder, where whoever gets a copy of the"
                    + " folder gets the keys too; --store has no default, since all nodes need the same."),
    SEAL_READABLE_BY_OTHERS(
            "",
            null,
            "Take files with secrets, the root key's and the password's, that every user of the machine can read, as"
                    + " mounted secrets are. Without it they are refused."),
    STORE(
            "URL",
            null,
            "Keep the state in this PostgreSQL database, which several nodes share:"
                    + " postgresql://[USER@]HOST[:PORT]/DATABASE[?PARAMETER=VALUE&...]; several hosts by commas."
                    + " Parameters: sslmode, sslrootcert, sslcert, sslkey and others. Never a password."),
    STORE_PASSWORD_FILE(
            "FILE",
            null,
            "The first line of this file is the database's password; it is read for each new connection. Mode 0600."),
    STORE_CONNECTIONS(
            "NUMBER",
            null,
            "How many connections of this node read, 1 to 500; it has three more. nodes x (connections + 3) must be less"
                    + " than the database's max_connections. Default: 8."),
    STORE_CONNECT_TIMEOUT(
            "SECONDS", null, "How long an attempt to connect may take, 1 to 300. Default: 5."),
    STORE_SOCKET_TIMEOUT(
            "SECONDS",
            null,
            "After how long a silence a connection is given up, 1 to 3600. Default: 15."),
    STORE_STATEMENT_TIMEOUT(
            "SECONDS",
            null,
            "After how long the database gives a statement up; less than --store-socket-timeout. Default: 10."),
    STORE_LEASE(
            "SECONDS",
            null,
            "For how long the other nodes wait for this one when it is not heard of, and for how long it answers from"
                    + " memory while the database is away, 1 to 60. Default: 5."),
    STORE_POLL(
            "MILLISECONDS",
            null,
            "How often this node looks for what the others have changed, 1 to 1000. Default: 20."),
    CONTRACT(
            "",
            null,
            "trent migrate: no node of an older version runs or is to come back; take away what only those need."),
    ACCOUNT(
            "ID",
            "000000000000",
            "The account whose root the credential is: 12 digits. Default: 000000000000."),
    AS_DEVELOPMENT(
            "",
            null,
            "trent dev: open a store of trent server, so that whoever reaches the port is root of every account in it."
                    + " The store stays one of trent server. Without it such a store is refused."),
    FROM_DEVELOPMENT(
            "",
            null,
            "trent server: take over a store that trent dev made. It is one of trent server from then on. Without it"
                    + " such a store is refused."),
    TLS_CERT("PEM", null, "Serve TLS with this certificate chain."),
    TLS_KEY(
            "PEM",
            null,
            "The certificate's private key. Both files are read again when they change."),
    QUOTA(
            "NAME=NUMBER",
            null,
            "A limit for each account and Region; repeat it, or separate several by commas. AWS's defaults: keys=100000,"
                    + " aliases-per-key=50, grants-per-key=50000, tags-per-key=50."),
    SM2_REGIONS(
            "REGION",
            null,
            "Offer SM2 keys in this Region too; repeat it, separate several by commas, or give all. Default: the Regions"
                    + " of China (cn-...) only, as AWS does."),
    ATTESTATION_ROOTS(
            "PEM",
            null,
            "The certificates of the authorities whose attestation documents are believed in Recipient. Default: none,"
                    + " and requests with a Recipient are refused."),
    OIDC_CA(
            "PEM",
            null,
            "Certificates of authorities that are believed when the keys of an OpenID Connect provider are fetched,"
                    + " beside those of the Java runtime."),
    OIDC_KEYS(
            "ISSUER=FILE",
            null,
            "Take the keys of this OpenID Connect provider, such as https://login.example.com, from a file, a JWK set,"
                    + " instead of asking it; repeat it, or separate several by commas. Default: keys are fetched from"
                    + " the provider over HTTPS."),
    CORS_ORIGIN(
            "ORIGIN",
            null,
            "Let pages of this origin call from a browser, such as https://console.example.com; repeat it, separate"
                    + " several by commas, or give * for every page. Default: none; requests of other pages are refused."),
    HOST_NAME(
            "NAME",
            null,
            "trent dev: answer under this name too, beside addresses and localhost; repeat it, or separate several by"
                    + " commas. Under other names nothing is answered, as a web page may have made them lead here."),
    UNKNOWN_PRINCIPALS(
            "accept",
            null,
            "trent dev: let policies and grants name users, roles and accounts that there are not; they stand for"
                    + " nobody, whoever is made later. Default: they are refused, as AWS does."),
    ALLOW_RESET(
            "",
            null,
            "trent dev: let POST /reset on the admin address empty the store in --data as well. Without it, only a store"
                    + " in memory is emptied."),
    TRUST_PROXY(
            "CIDR",
            null,
            "Believe proxies in this network, such as 10.0.0.0/8, what they write into X-Forwarded-For and"
                    + " X-Forwarded-Proto; repeat it, or separate several by commas. Default: nobody is believed."),
    SEED(
            "FILE",
            null,
            "Make what this file declares and is missing: accounts, users, groups, roles, policies, keys, aliases (YAML, see"
                    + " docs/seed.md). What is there and differs: trent dev brings it in line, trent server says so in the log."),
    SEED_APPLY(
            "",
            null,
            "trent server: bring what is there and differs from the seed in line with it."),
    LOG(
            "WHAT",
            null,
            "requests: each call in a line of the log. Default: only what an operator acts on."),
    LOG_FORMAT(
            "FORMAT",
            null,
            "json: each line of the log is a JSON object; text: a line for people. Default: text in a terminal, json"
                    + " elsewhere.");

    private static final Set<Flag> REPEATABLE =
            Set.of(QUOTA, SM2_REGIONS, CORS_ORIGIN, HOST_NAME, TRUST_PROXY, OIDC_KEYS);

    private final String argument;
    private final @Nullable String byDefault;
    private final String says;

    Flag(String argument, @Nullable String byDefault, String says) {
        this.argument = argument;
        this.byDefault = byDefault;
        this.says = says;
    }

    /** Without its hyphens, such as {@code admin-listen}. */
    String longName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The variable of the environment, such as {@code TRENT_ADMIN_LISTEN}. */
    String variable() {
        return Environment.PREFIX + name();
    }

    String argument() {
        return argument;
    }

    /** Whether it stands alone, without a value. */
    boolean alone() {
        return argument.isEmpty();
    }

    /** Its value where none is given; null if it has none then. */
    @Nullable String byDefault() {
        return byDefault;
    }

    /** What {@code --help} says of it. */
    String says() {
        return says;
    }

    /** Whether it may be given more than once. */
    boolean repeatable() {
        return REPEATABLE.contains(this);
    }

    @Override
    public String toString() {
        return "--" + longName();
    }
}
