package trent.ops;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.MissingArgumentException;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;
import org.apache.commons.cli.UnrecognizedOptionException;
import org.jspecify.annotations.Nullable;
import trent.access.Explanation;
import trent.explain.Answer;
import trent.explain.Answer.Way;
import trent.explain.Question;
import trent.identity.Credential;
import trent.identity.Holder;
import trent.name.AccountId;
import trent.name.Region;
import trent.wire.ExplainClient;
import trent.wire.ExplainClient.Answered;
import trent.wire.ExplainClient.Refused;
import trent.wire.signature.RequestSigner;

/** {@code trent explain}: asks a running server why somebody may or may not use a key. */
final class ExplainCommand {

    static final int ALLOWED = 0;
    static final int DENIED = 1;

    /** The question could not be put, or was refused: that is no denial. */
    static final int NOT_ANSWERED = 3;

    private static final String AS = "as";
    private static final String WHO = "who";
    private static final String ACTION = "action";
    private static final String KEY = "key";
    private static final String CONTEXT = "context";
    private static final String FACT = "fact";
    private static final String JSON = "json";
    private static final String ENDPOINT = "endpoint-url";
    private static final String REGION = "region";
    private static final String DEFAULT_ENDPOINT = "http://127.0.0.1:4599";
    private static final String DEFAULT_ACTION = "kms:Decrypt";
    private static final String INDENT = "  ";

    private final Map<String, String> environment;
    private final PrintStream out;
    private final PrintStream err;
    private final InstantSource clock;

    ExplainCommand(
            Map<String, String> environment,
            PrintStream out,
            PrintStream err,
            InstantSource clock) {
        this.environment = environment;
        this.out = out;
        this.err = err;
        this.clock = clock;
    }

    /** Asks, prints the answer, and gives the exit code. */
    int run(List<String> arguments) throws WrongUse, InterruptedException {
        CommandLine line = parsed(arguments);
        if (line.hasOption("help")) {
            out.print(Help.of(Commands.Command.EXPLAIN));
            return ALLOWED;
        }
        Question question = question(line);
        try (ExplainClient client = client(line)) {
            return question.as() == null
                    ? who(client, question, line.hasOption(JSON))
                    : why(client, question, line.hasOption(JSON));
        } catch (Refused e) {
            err.println("trent: " + words(e));
            return NOT_ANSWERED;
        } catch (IOException e) {
            err.println(
                    "trent: The server could not be asked: %s. Is --endpoint-url right?"
                            .formatted(FileWords.of(e)));
            return NOT_ANSWERED;
        }
    }

    // ---- what is asked

    private static CommandLine parsed(List<String> arguments) throws WrongUse {
        Options options = new Options();
        for (Help.Entry entry : Help.EXPLAIN) {
            Option.Builder option = Option.builder().longOpt(entry.longName());
            if (entry.given() == Help.Given.SEVERAL) {
                option.hasArgs();
            } else {
                option.hasArg(!entry.alone());
            }
            options.addOption(option.get());
        }
        options.addOption(Option.builder("h").longOpt("help").get());
        try {
            CommandLine line =
                    DefaultParser.builder()
                            .setAllowPartialMatching(false)
                            .setStripLeadingAndTrailingQuotes(false)
                            .get()
                            .parse(options, arguments.toArray(String[]::new));
            if (!line.getArgList().isEmpty()) {
                throw new WrongUse("Unknown argument: " + line.getArgList().getFirst() + ".");
            }
            return line;
        } catch (UnrecognizedOptionException e) {
            Set<String> names = new TreeSet<>();
            options.getOptions().forEach(option -> names.add("--" + option.getLongOpt()));
            String flag = e.getOption().replaceFirst("(?s)=.*", "");
            throw new WrongUse(
                    "Unknown flag %s.%s".formatted(flag, Environment.suggestion(names, flag)));
        } catch (MissingArgumentException e) {
            throw new WrongUse("--%s needs a value.".formatted(e.getOption().getLongOpt()));
        } catch (ParseException e) {
            throw new WrongUse(String.valueOf(e.getMessage()));
        }
    }

    private static Question question(CommandLine line) throws WrongUse {
        String as = line.getOptionValue(AS);
        String action = line.getOptionValue(ACTION);
        String key = line.getOptionValue(KEY);
        if ((as == null) != line.hasOption(WHO)) {
            throw new WrongUse(
                    "Give --as ARN to ask about somebody, or --who to ask who may; not both.");
        }
        if (key == null) {
            throw new WrongUse("Give --key: a key id, a key ARN, or an alias such as alias/x.");
        }
        if (as != null && action == null) {
            throw new WrongUse("Give --action, for example --action kms:Decrypt.");
        }
        return new Question(
                as,
                action == null ? DEFAULT_ACTION : action,
                key,
                pairs(line, CONTEXT),
                pairs(line, FACT),
                null);
    }

    private static Map<String, String> pairs(CommandLine line, String name) throws WrongUse {
        Map<String, String> pairs = new LinkedHashMap<>();
        String[] values = line.getOptionValues(name);
        for (String value : values == null ? new String[0] : values) {
            int equals = value.indexOf('=');
            if (equals <= 0) {
                throw new WrongUse(
                        "--%s takes pairs such as NAME=VALUE, not %s.".formatted(name, value));
            }
            if (pairs.put(value.substring(0, equals), value.substring(equals + 1)) != null) {
                throw new WrongUse(
                        "--%s gives %s more than once."
                                .formatted(name, value.substring(0, equals)));
            }
        }
        return pairs;
    }

    private ExplainClient client(CommandLine line) throws WrongUse, IOException {
        String region = first(line.getOptionValue(REGION), "AWS_REGION", "AWS_DEFAULT_REGION");
        if (region == null) {
            throw new WrongUse("Give the key's Region: --region, or AWS_REGION.");
        }
        if (!Region.isValid(region)) {
            throw new WrongUse("%s is no Region. One is us-east-2.".formatted(region));
        }
        String id = first(null, "AWS_ACCESS_KEY_ID");
        String secret = first(null, "AWS_SECRET_ACCESS_KEY");
        if (id == null || secret == null) {
            throw new WrongUse(
                    "Give the credentials to ask with: AWS_ACCESS_KEY_ID and"
                            + " AWS_SECRET_ACCESS_KEY.");
        }
        Credential credential;
        try {
            // Whose it is, only the server knows.
            credential =
                    new Credential(
                            id,
                            new Holder.Root(new AccountId("000000000000")),
                            secret.getBytes(UTF_8));
        } catch (IllegalArgumentException _) {
            throw new WrongUse("AWS_ACCESS_KEY_ID is no access key id.");
        }
        String bundle = first(null, "AWS_CA_BUNDLE");
        return new ExplainClient(
                endpoint(line),
                new RequestSigner(credential, first(null, "AWS_SESSION_TOKEN"), region),
                bundle == null ? null : Path.of(bundle),
                clock);
    }

    private URI endpoint(CommandLine line) throws WrongUse {
        String given =
                first(line.getOptionValue(ENDPOINT), "AWS_ENDPOINT_URL_KMS", "AWS_ENDPOINT_URL");
        String text = given == null ? DEFAULT_ENDPOINT : given;
        try {
            URI endpoint = new URI(text);
            String scheme = endpoint.getScheme();
            if (endpoint.getHost() != null
                    && scheme != null
                    && (scheme.equals("http") || scheme.equals("https"))) {
                return endpoint;
            }
        } catch (URISyntaxException _) {
            // As wrong as one without a host.
        }
        throw new WrongUse(
                "%s is no address of a server. One is %s.".formatted(text, DEFAULT_ENDPOINT));
    }

    /** What was given, else the first of the variables that is set; null if none is. */
    private @Nullable String first(@Nullable String given, String... variables) {
        if (given != null) {
            return given;
        }
        for (String variable : variables) {
            String value = environment.get(variable);
            if (value != null && !value.isEmpty()) {
                return value;
            }
        }
        return null;
    }

    // ---- what is answered

    private int why(ExplainClient client, Question question, boolean json)
            throws IOException, InterruptedException, Refused {
        Answered answered = client.ask(question);
        Answer answer = answered.answer();
        if (json) {
            out.println(answered.json());
        } else if (answer.why() != null) {
            out.println((answer.allowed() ? "ALLOWED " : "DENIED ") + answer.why().source());
            out.println(INDENT + answer.why().reason());
            answer.why().parts().forEach(part -> print(part, ""));
            answer.notes().forEach(note -> out.println("Note: " + note));
        }
        return answer.allowed() ? ALLOWED : DENIED;
    }

    private void print(Explanation part, String indent) {
        String says =
                switch (part.outcome()) {
                    case ALLOWS -> "allows";
                    case DENIES -> "denies";
                    case SAYS_NOTHING -> "says nothing";
                    case DOES_NOT_ALLOW -> "does not allow";
                    case NONE -> "none";
                };
        out.println(
                indent
                        + part.source()
                        + ": "
                        + says
                        + (part.reason().isEmpty() ? "" : " (" + part.reason() + ")"));
        part.parts().forEach(each -> print(each, indent + INDENT));
    }

    private int who(ExplainClient client, Question question, boolean json)
            throws IOException, InterruptedException, Refused {
        Question asked = question;
        int found = 0;
        while (true) {
            Answered answered = client.ask(asked);
            Answer answer = answered.answer();
            if (json) {
                out.println(answered.json());
            } else {
                answer.notes().forEach(note -> out.println("Note: " + note));
                for (Way way : answer.ways()) {
                    out.println(way.who());
                    out.println(INDENT + "by " + way.by());
                }
            }
            found += answer.ways().size();
            if (answer.marker() == null) {
                break;
            }
            asked =
                    new Question(
                            null,
                            asked.action(),
                            asked.key(),
                            asked.context(),
                            asked.facts(),
                            answer.marker());
        }
        if (found == 0 && !json) {
            out.println("Nobody.");
        }
        return ALLOWED;
    }

    private static String words(Refused refusal) {
        String message = refusal.getMessage();
        String text = message == null || message.isEmpty() ? refusal.code() : message;
        String hint =
                switch (refusal.code()) {
                    case "AccessDeniedException" ->
                            " To ask takes root, or iam:SimulatePrincipalPolicy.";
                    case "NotFoundException" -> " Is --region right, and the account?";
                    case "UnknownOperationException" -> " Is it a Trent that can explain?";
                    default -> "";
                };
        return text.endsWith(".") || hint.isEmpty() ? text + hint : text + "." + hint;
    }
}
