package trent.ops;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import trent.call.Principal;
import trent.identity.Credential;
import trent.key.Quotas;
import trent.key.Sm2Regions;
import trent.name.AccountId;
import trent.ops.Settings.Signers;
import trent.store.Store;
import trent.wire.HttpServerSettings.Tls;

/** The command line {@code trent}. */
@Command(
        name = "trent",
        mixinStandardHelpOptions = true,
        versionProvider = Commands.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "A key management service that you run yourself, speaking the AWS KMS API.",
        subcommands = {
            Commands.Dev.class,
            Commands.Server.class,
            Commands.VersionCommand.class,
            Commands.Verify.class,
            Commands.Rehearse.class
        },
        footer = {
            "",
            "Try it:",
            "  trent dev",
            "  export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION=us-east-2",
            "  aws --endpoint-url http://127.0.0.1:4599 kms create-key",
            "",
            "Exit codes: 0 done, 1 cannot start (the message says why and what to do), 2 wrong use."
        })
public final class Commands implements Callable<Integer> {

    private static final int CANNOT_START = 1;

    /** Builds and starts the house. */
    @FunctionalInterface
    public interface Builder {
        Running start(Settings settings) throws IOException, Store.CannotOpen;
    }

    private final Builder builder;

    @Spec private @Nullable CommandSpec spec;

    private Commands(Builder builder) {
        this.builder = builder;
    }

    /**
     * Runs the command line and gives the process's exit code; a server ends with the process
     * instead.
     */
    public static int run(String[] arguments, Builder builder) {
        CommandLine commands = new CommandLine(new Commands(builder));
        String unknown = Environment.unknown(System.getenv().keySet(), commands);
        if (unknown != null) {
            System.err.println("trent: " + unknown);
            return CommandLine.ExitCode.USAGE;
        }
        return commands.setDefaultValueProvider(new Environment())
                .setExpandAtFiles(false)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .registerConverter(Address.class, new AddressConverter())
                .setExecutionExceptionHandler((e, _, _) -> cannotStart(e))
                .execute(arguments);
    }

    @Override
    public Integer call() {
        throw new ParameterException(
                commandLine(spec), "Give a command: dev, server, version or verify.");
    }

    /** What every server is told. */
    @Command(
            mixinStandardHelpOptions = true,
            footer = {
                "",
                "Each flag is an environment variable too, which the flag goes before: --listen is TRENT_LISTEN,"
                        + " --admin-listen is TRENT_ADMIN_LISTEN, and so on."
            })
    abstract static class ServerCommand implements Callable<Integer> {

        @CommandLine.ParentCommand private @Nullable Commands parent;

        @Spec private @Nullable CommandSpec spec;

        @Option(
                names = "--listen",
                paramLabel = "HOST:PORT",
                defaultValue = "127.0.0.1:4599",
                description =
                        "Where the API is served; port 0 picks a free one. Default: ${DEFAULT-VALUE}.")
        private Address listen = Address.parse("127.0.0.1:4599");

        @Option(
                names = "--admin-listen",
                paramLabel = "HOST:PORT",
                defaultValue = "127.0.0.1:4600",
                description =
                        "Where /healthz, /readyz and /metrics are served. Default: ${DEFAULT-VALUE}.")
        private Address adminListen = Address.parse("127.0.0.1:4600");

        @Option(
                names = "--seal",
                paramLabel = "file:PATH",
                description =
                        "The root key, in a file of its own. Default: root.key in the data folder, where whoever gets a"
                                + " copy of the folder gets the keys too.")
        private @Nullable String seal;

        @Option(
                names = "--tls-cert",
                paramLabel = "PEM",
                description = "Serve TLS with this certificate chain.")
        private @Nullable Path tlsCertificate;

        @Option(
                names = "--tls-key",
                paramLabel = "PEM",
                description =
                        "The certificate's private key. Both files are read again when they change.")
        private @Nullable Path tlsKey;

        @Option(
                names = "--log",
                paramLabel = "WHAT",
                description =
                        "requests: each call in a line of the log. Default: only what an operator acts on.")
        private @Nullable Log log;

        @Option(
                names = "--quota",
                paramLabel = "NAME=NUMBER",
                split = ",",
                description =
                        "A limit for each account and Region; repeat it, or separate several by commas. AWS's defaults:"
                                + " keys=100000, aliases-per-key=50, grants-per-key=50000, tags-per-key=50.")
        private List<String> quotas = List.of();

        @Option(
                names = "--sm2-regions",
                paramLabel = "REGION",
                split = ",",
                description =
                        "Offer SM2 keys in this Region too; repeat it, separate several by commas, or give all."
                                + " Default: the Regions of China (cn-...) only, as AWS does.")
        private List<String> sm2Regions = List.of();

        @Option(
                names = "--attestation-roots",
                paramLabel = "PEM",
                description =
                        "The certificates of the authorities whose attestation documents are believed in Recipient."
                                + " Default: none, and requests with a Recipient are refused.")
        private @Nullable Path attestationRoots;

        /** What is logged besides. */
        enum Log {
            REQUESTS
        }

        abstract @Nullable Path data();

        abstract Signers signers();

        @Override
        public Integer call() throws IOException, Store.CannotOpen, InterruptedException {
            Settings settings = settings();
            warn(settings);
            Commands commands = parent;
            if (commands == null) {
                throw new IllegalStateException("no parent command");
            }
            Running running = commands.builder.start(settings);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(running), "trent-stop"));
            announce(running, System.out);
            new CountDownLatch(1).await(); // until a signal ends the process
            return 0;
        }

        ParameterException wrongUse(String message) {
            return new ParameterException(commandLine(spec), message);
        }

        private Settings settings() {
            Path data = data();
            return new Settings(
                    listen,
                    adminListen,
                    data,
                    rootKeyFile(data),
                    tls(),
                    signers(),
                    quotas(),
                    sm2Regions(),
                    attestationRoots,
                    log == Log.REQUESTS);
        }

        private @Nullable Path rootKeyFile(@Nullable Path data) {
            if (seal == null) {
                return data == null ? null : data.resolve("root.key");
            }
            if (!seal.startsWith("file:") || seal.length() == "file:".length()) {
                throw wrongUse("--seal takes file:PATH, the root key in a file of its own.");
            }
            if (data == null) {
                throw wrongUse(
                        "--seal goes with --data DIR: a store in memory has a root key in memory.");
            }
            return Path.of(seal.substring("file:".length()));
        }

        private Quotas quotas() {
            try {
                return QuotaOption.read(quotas);
            } catch (IllegalArgumentException e) {
                throw new ParameterException(commandLine(spec), e.getMessage(), e);
            }
        }

        private Sm2Regions sm2Regions() {
            try {
                return Sm2RegionsOption.read(sm2Regions);
            } catch (IllegalArgumentException e) {
                throw new ParameterException(commandLine(spec), e.getMessage(), e);
            }
        }

        private @Nullable Tls tls() {
            if (tlsCertificate == null && tlsKey == null) {
                return null;
            }
            if (tlsCertificate == null || tlsKey == null) {
                throw wrongUse("--tls-cert and --tls-key go together.");
            }
            return new Tls(tlsCertificate, tlsKey);
        }

        private void warn(Settings settings) {
            Logger log = LoggerFactory.getLogger("trent");
            if (settings.signers() instanceof Signers.Anyone && !settings.listen().isLoopback()) {
                log.atWarn()
                        .log(
                                "trent dev takes any credentials: whoever reaches {} is root of every account."
                                        + " Use trent server, or listen on 127.0.0.1",
                                settings.listen());
            }
            if (settings.data() != null && seal == null) {
                log.atWarn()
                        .log(
                                "the root key is kept in the data folder, so that a copy of the folder holds the keys"
                                        + " and what they protect. Keep it elsewhere with --seal file:PATH");
            }
        }

        private static void announce(Running running, PrintStream out) {
            out.println("Trent is listening on " + running.url());
            out.println("admin on " + running.adminUrl());
            Running.NewCredential made = running.newCredential();
            if (made != null) {
                out.println("Root credential of this store, shown this once:");
                out.println("  AWS_ACCESS_KEY_ID=" + made.accessKeyId());
                out.println("  AWS_SECRET_ACCESS_KEY=" + made.secretAccessKey());
            }
            out.flush();
        }

        private static void stop(Running running) {
            running.close();
            LoggerFactory.getLogger("trent").atInfo().log("stopped");
            // A JVM that a signal ends gives 128 and the signal's number; what was asked for is
            // done, so: 0.
            Runtime.getRuntime().halt(0);
        }
    }

    /** For trying and testing. */
    @Command(
            name = "dev",
            description =
                    "Serve for development: any credentials are the root of account 000000000000, or of the account"
                            + " whose 12 digits are the access key id. State is in memory unless --data is given.")
    static final class Dev extends ServerCommand {

        @Option(
                names = "--data",
                paramLabel = "DIR",
                description = "Keep the state in this folder.")
        private @Nullable Path data;

        @Override
        @Nullable Path data() {
            return data;
        }

        @Override
        Signers signers() {
            return new Signers.Anyone();
        }
    }

    /** For real. */
    @Command(
            name = "server",
            description =
                    "Serve with every signature verified. The root credential is TRENT_ROOT_ACCESS_KEY_ID and"
                            + " TRENT_ROOT_SECRET_ACCESS_KEY, else one that the first start makes and shows.")
    static final class Server extends ServerCommand {

        private static final String ACCESS_KEY_ID = "TRENT_ROOT_ACCESS_KEY_ID";
        private static final String SECRET_ACCESS_KEY = "TRENT_ROOT_SECRET_ACCESS_KEY";

        @Option(
                names = "--data",
                paramLabel = "DIR",
                description =
                        "Needed. Keep the state in this folder, which is made if it does not exist.")
        private @Nullable Path data;

        @Option(
                names = "--account",
                paramLabel = "ID",
                defaultValue = "000000000000",
                description =
                        "The account whose root the credential is: 12 digits. Default: ${DEFAULT-VALUE}.")
        private String account = "000000000000";

        @Override
        @Nullable Path data() {
            return data;
        }

        @Override
        Signers signers() {
            if (data == null) {
                throw wrongUse("Missing option: --data=DIR, the folder that the state is kept in.");
            }
            if (!AccountId.isValid(account)) {
                throw wrongUse("--account takes 12 digits.");
            }
            AccountId id = new AccountId(account);
            String accessKeyId = System.getenv(ACCESS_KEY_ID);
            String secret = System.getenv(SECRET_ACCESS_KEY);
            boolean none = accessKeyId == null || accessKeyId.isEmpty();
            if (none != (secret == null || secret.isEmpty())) {
                throw wrongUse(ACCESS_KEY_ID + " and " + SECRET_ACCESS_KEY + " go together.");
            }
            if (accessKeyId == null || secret == null || none) {
                return new Signers.Root(id, null);
            }
            if (accessKeyId.indexOf('/') >= 0) {
                throw wrongUse(ACCESS_KEY_ID + " must not hold a slash.");
            }
            return new Signers.Root(
                    id,
                    new Credential(accessKeyId, Principal.root(id, "aws"), secret.getBytes(UTF_8)));
        }
    }

    /** Which Trent this is. */
    @Command(
            name = "version",
            mixinStandardHelpOptions = true,
            description = "Show which Trent and which Java this is.")
    static final class VersionCommand implements Callable<Integer> {

        @Override
        public Integer call() {
            System.out.println(String.join(System.lineSeparator(), new Version().getVersion()));
            return 0;
        }
    }

    /** In the help only: the launcher runs it. */
    @Command(
            name = "verify",
            mixinStandardHelpOptions = true,
            description =
                    "Run the tests of a source tree: all, those of one room, or with --all the long ones too.")
    static final class Verify implements Callable<Integer> {

        @Spec private @Nullable CommandSpec spec;

        @Override
        public Integer call() {
            throw new ParameterException(
                    commandLine(spec),
                    "verify needs the source tree: run ./trent verify in a clone.");
        }
    }

    /** For the build: lets the JVM see what a start needs. */
    @Command(name = "rehearse", hidden = true)
    static final class Rehearse implements Callable<Integer> {

        @CommandLine.ParentCommand private @Nullable Commands parent;

        @Override
        public Integer call() throws IOException, Store.CannotOpen {
            Commands commands = parent;
            if (commands == null) {
                throw new IllegalStateException("no parent command");
            }
            Rehearsal.run(commands.builder);
            return 0;
        }
    }

    /** The version as the build wrote it. */
    static final class Version implements CommandLine.IVersionProvider {

        @Override
        public String[] getVersion() {
            String version = Commands.class.getPackage().getImplementationVersion();
            return new String[] {
                "trent " + (version == null ? "unpackaged" : version), "java " + Runtime.version(),
            };
        }
    }

    private static final class AddressConverter implements ITypeConverter<Address> {

        @Override
        public Address convert(String value) {
            try {
                return Address.parse(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    private static int cannotStart(Exception e) throws Exception {
        if (e instanceof IOException || e instanceof Store.CannotOpen) {
            System.err.println("trent: " + e.getMessage());
            return CANNOT_START;
        }
        throw e;
    }

    private static CommandLine commandLine(@Nullable CommandSpec spec) {
        if (spec == null) {
            throw new IllegalStateException("picocli gave no command");
        }
        return spec.commandLine();
    }
}
