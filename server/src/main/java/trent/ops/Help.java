package trent.ops;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import trent.ops.Commands.Command;

/**
 * All words of help: of {@code --help} and {@code help}, of the manual page, and of the shells'
 * completions.
 *
 * <p>They are made from {@link Command} and {@link Flag}, and kept in {@code packaging/} as files,
 * so that the launcher answers without a JVM and refuses a wrong flag without a build. A test holds
 * the files to what is made here.
 */
final class Help {

    private static final int COLUMNS = 80;
    private static final int INDENT = 30;

    /** How often a flag may be given. */
    enum Given {
        ONCE,
        REPEATED,
        /** And several words may follow it. */
        SEVERAL
    }

    /**
     * A flag as help shows it.
     *
     * @param name with its hyphens
     * @param argument what it takes, such as {@code HOST:PORT}; empty if it stands alone
     */
    record Entry(String name, String argument, Given given, String says) {

        /** Without its hyphens. */
        String longName() {
            return name.substring(2);
        }

        boolean alone() {
            return argument.isEmpty();
        }

        private static Entry of(Flag flag) {
            return new Entry(
                    flag.toString(),
                    flag.argument(),
                    flag.repeatable() ? Given.REPEATED : Given.ONCE,
                    flag.says());
        }
    }

    /** What {@code trent help} knows beside the commands. */
    enum Topic {
        ENVIRONMENT("The variables of the environment."),
        EXIT_CODES("What the exit codes mean."),
        COMPLETION("How to have commands and flags completed by the shell.");

        private final String says;

        Topic(String says) {
            this.says = says;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** The flags of {@code trent explain}, which is a client: they are no settings of a server. */
    static final List<Entry> EXPLAIN =
            List.of(
                    new Entry(
                            "--as",
                            "ARN",
                            Given.REPEATED,
                            "Who would: a user, a role, a session of a role, or a root."),
                    new Entry(
                            "--who",
                            "",
                            Given.REPEATED,
                            "Who may: the account's root, users and roles, whom the key policy names in other accounts,"
                                    + " and grants."),
                    new Entry(
                            "--action",
                            "ACTION",
                            Given.REPEATED,
                            "For example kms:Decrypt. With --who the default is kms:Decrypt."),
                    new Entry(
                            "--key",
                            "KEY",
                            Given.REPEATED,
                            "A key id, a key ARN, or the name or ARN of an alias."),
                    new Entry(
                            "--context",
                            "K=V...",
                            Given.SEVERAL,
                            "The encryption context of the call; several pairs may follow."),
                    new Entry(
                            "--fact",
                            "NAME=VALUE",
                            Given.SEVERAL,
                            "Another condition key of the call, such as aws:SourceIp=10.1.2.3 or"
                                    + " kms:SigningAlgorithm=ECDSA_SHA_256; repeat it."),
                    new Entry(
                            "--json",
                            "",
                            Given.REPEATED,
                            "Print the answer as JSON; with --who one document for each page."),
                    new Entry(
                            "--endpoint-url",
                            "URL",
                            Given.REPEATED,
                            "Where the server is. Default: AWS_ENDPOINT_URL_KMS, AWS_ENDPOINT_URL, else"
                                    + " http://127.0.0.1:4599."),
                    new Entry(
                            "--region",
                            "REGION",
                            Given.REPEATED,
                            "Default: AWS_REGION, AWS_DEFAULT_REGION."));

    /** Of the launcher, like those of the other commands that it answers by itself. */
    private static final List<Entry> VERIFY =
            List.of(
                    new Entry(
                            "--all",
                            "",
                            Given.REPEATED,
                            "Also the long soak and fault runs, and PostgreSQL 15 to 17."),
                    new Entry(
                            "--update-golden",
                            "",
                            Given.REPEATED,
                            "Rewrite the golden tables and the texts of help from what the code does now; review the"
                                    + " difference."));

    /** Exit codes of launcher and server. */
    private static final List<String[]> EXIT_CODES =
            List.of(
                    row(
                            "0",
                            "Done; a server that a signal (SIGTERM, SIGINT, SIGHUP) ended has finished what it had accepted. Of explain:"
                                    + " allowed."),
                    row(
                            "1",
                            "Cannot start, or cannot do it, with what is there: the message says why and what to do, and nothing was"
                                    + " changed. Of explain: denied. Of health: not ready. Of verify: a test failed."),
                    row(
                            "2",
                            "Wrong use: a command, a flag, a variable, a value, or settings that contradict each other. Of account"
                                    + " and release-deletions also what the store does not let them do. Nothing was changed."),
                    row("3", "Of explain: no answer. Of a server: its memory ran out."),
                    row("69", "Something that must be installed is not; the message says what."),
                    row(
                            "70",
                            "The build failed, or a fault of Trent's own; the message says where to look."),
                    row(
                            "129, 130, 143",
                            "A second signal (SIGHUP, SIGINT, SIGTERM) has ended a server at once. What was acknowledged is on"
                                    + " the disk."));

    /** Variables that are no flags. */
    private static final List<String[]> VARIABLES =
            List.of(
                    row(
                            "TRENT_ROOT_ACCESS_KEY_ID",
                            "trent server: the id of an access key of the root that is not stored."),
                    row("TRENT_ROOT_SECRET_ACCESS_KEY", "trent server: its secret."),
                    row("TRENT_JAVA_HOME", "The JDK 25 to use, before any that is found."),
                    row(
                            "TRENT_JAVA_OPTS",
                            "More options for the JVM, after Trent's own, such as -Xmx256m."),
                    row(
                            "TRENT_NO_DOWNLOAD",
                            "If set, nothing is fetched or installed, and Maven runs offline: what is missing is named"
                                    + " instead."),
                    row("NO_COLOR", "If set, nothing is coloured."));

    private static final String EXAMPLE =
            """
            Try it:
              trent dev
              export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION=us-east-2
              aws --endpoint-url http://127.0.0.1:4599 kms create-key
            """;

    private static final String IS =
            "A key management service that you run yourself, speaking the AWS KMS API.";

    private Help() {}

    private static String[] row(String name, String says) {
        return new String[] {name, says};
    }

    // ---- what is there

    /** The flags of a command in the order in which help shows them, without {@code --help}. */
    static List<Entry> entries(Command command) {
        return switch (command) {
            case EXPLAIN -> EXPLAIN;
            case VERIFY -> VERIFY;
            default -> command.flags().stream().map(Entry::of).toList();
        };
    }

    /** The words that may follow a command, beside its flags. */
    private static Set<String> words(Command command) {
        return switch (command) {
            case ACCOUNT -> AccountCommand.names();
            case HELP -> subjects();
            default -> Set.of();
        };
    }

    /** What {@code trent help} can be asked for. */
    static Set<String> subjects() {
        Set<String> names = Commands.names();
        for (Topic topic : Topic.values()) {
            names.add(topic.toString());
        }
        return names;
    }

    /** Whether anything but flags may follow. */
    private static boolean takesWords(Command command) {
        return switch (command) {
            case ACCOUNT, HELP, HEALTH, VERIFY -> true;
            default -> false;
        };
    }

    private static boolean tellsVersion(@Nullable Command command) {
        return command != Command.EXPLAIN;
    }

    // ---- help

    /**
     * What {@code trent help NAME} says.
     *
     * @throws WrongUse if it is neither a command nor a topic
     */
    static String about(String name) throws WrongUse {
        for (Command command : Command.values()) {
            if (command.toString().equals(name)) {
                return of(command);
            }
        }
        for (Topic topic : Topic.values()) {
            if (topic.toString().equals(name)) {
                return of(topic);
            }
        }
        throw new WrongUse(
                "There is no command or topic %s.%s There are: %s."
                        .formatted(
                                name,
                                Environment.suggestion(subjects(), name),
                                String.join(", ", subjects())));
    }

    /** What {@code trent --help} says. */
    static String general() {
        StringBuilder text = new StringBuilder("Usage: trent COMMAND [FLAG]...\n" + IS + "\n\n");
        for (Command command : Command.values()) {
            entry(text, command.toString(), command.says());
        }
        text.append("\nTopics, for trent help TOPIC:\n");
        for (Topic topic : Topic.values()) {
            entry(text, topic.toString(), topic.says);
        }
        text.append('\n');
        entry(text, "-h, --help", "Show this help, or with a command its flags.");
        entry(text, "-V, --version", "Show which Trent and which Java this is.");
        return text.append('\n').append(EXAMPLE).toString();
    }

    /** What {@code trent COMMAND --help} says. */
    static String of(Command command) {
        StringBuilder text = new StringBuilder("Usage: ");
        text.append(String.join("\n       ", usage(command))).append('\n');
        lines(text, command.says());
        text.append('\n');
        for (Entry entry : entries(command)) {
            entry(text, (entry.name() + " " + entry.argument()).strip(), entry.says());
        }
        entry(text, "-h, --help", "Show this help.");
        String more = more(command);
        if (!more.isEmpty()) {
            text.append('\n');
            lines(text, more);
        }
        return text.toString();
    }

    private static List<String> usage(Command command) {
        String name = "trent " + command;
        return switch (command) {
            case ACCOUNT -> List.of(name + " WHAT [ID] [FLAG]...");
            case EXPLAIN ->
                    List.of(
                            name + " --as ARN --action ACTION --key KEY [FLAG]...",
                            name + " --who --key KEY [--action ACTION] [FLAG]...");
            case HEALTH -> List.of(name + " [URL]");
            case HELP -> List.of(name + " [COMMAND | TOPIC]");
            case VERIFY -> List.of(name + " [ROOM] [FLAG]...");
            case VERSION, PACKAGE -> List.of(name);
            default -> List.of(name + " [FLAG]...");
        };
    }

    /** What is to be known beside a command's flags. */
    private static String more(Command command) {
        return switch (command) {
            case EXPLAIN ->
                    "It is signed with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN: of the account's"
                            + " root, or of somebody who is allowed iam:SimulatePrincipalPolicy on the principal (with"
                            + " --who: on *). A TLS certificate is believed by the authorities of Java and those in the"
                            + " file AWS_CA_BUNDLE.\n"
                            + "\n"
                            + "Exit codes: 0 allowed, or the list was shown; 1 denied; 2 wrong use; 3 no answer (the"
                            + " message says why).";
            case HEALTH ->
                    "It needs no other program than bash. Exit codes: 0 for an answer of 200, 1 for any other or none"
                            + " within 5 seconds, 2 wrong use.";
            case VERIFY ->
                    "ROOM is a room of server/ such as alias, key or wire, or a module: generator, api, testing or"
                            + " clients; its tests take seconds. Without it all tests run, those of the store on both"
                            + " engines, the formatter's check, and real clients against the packaged server.\n"
                            + "\n"
                            + "The exit code is that of the tests; 69 if something they need is not installed.";
            case PACKAGE ->
                    "The tar holds a Java runtime for this kind of machine, Trent, its AOT cache, this launcher, licence"
                            + " notices, a bill of materials (CycloneDX), help, manual page, completions and"
                            + " configuration of monitoring. Unpacked anywhere, read-only too, it runs without a build:"
                            + " FOLDER/trent dev. It is made on the kind of machine that it is for.";
            case HELP, VERSION -> "";
            default ->
                    command.flags().isEmpty()
                            ? ""
                            : "Each flag is an environment variable too, which the flag goes before: --listen is"
                                    + " TRENT_LISTEN, --admin-listen is TRENT_ADMIN_LISTEN, and so on.";
        };
    }

    /** What {@code trent help TOPIC} says. */
    static String of(Topic topic) {
        StringBuilder text = new StringBuilder();
        switch (topic) {
            case EXIT_CODES -> {
                text.append("Exit codes of Trent and of its launcher:\n\n");
                EXIT_CODES.forEach(row -> entry(text, row[0], row[1]));
                text.append('\n');
                lines(
                        text,
                        "A process that a signal kills has 128 and the signal's number, as ever. The launcher becomes the"
                                + " server: its process id and exit code are the server's.");
            }
            case ENVIRONMENT -> {
                text.append("Variables of the environment. A flag goes before its variable:\n\n");
                for (Flag flag : Flag.values()) {
                    entry(text, flag.variable(), "As " + flag + " of " + users(flag) + ".");
                }
                text.append('\n');
                VARIABLES.forEach(row -> entry(text, row[0], row[1]));
                text.append('\n');
                lines(
                        text,
                        "The variable of a flag that stands alone is true or false. A variable that begins with TRENT_ and"
                                + " is no setting stops the start.");
            }
            case COMPLETION ->
                    text.append(
                            """
                            Commands and flags are completed by bash and zsh, with the files of the folder
                            packaging/completion, in a package share/completion:

                              bash   source DIR/trent.bash                    in ~/.bashrc
                              zsh    fpath=(DIR $fpath); autoload -U compinit; compinit   in ~/.zshrc

                            The manual page is beside them: man DIR/../man/trent.1
                            """);
        }
        return text.toString();
    }

    private static String users(Flag flag) {
        return Arrays.stream(Command.values())
                .filter(command -> command.flags().contains(flag))
                .map(Command::toString)
                .collect(joining(", "));
    }

    private static void entry(StringBuilder text, String name, String says) {
        String head = "  " + name;
        if (head.length() >= INDENT) {
            text.append(head).append('\n');
            head = "";
        }
        for (String line : wrap(says, COLUMNS - INDENT)) {
            text.append(head).repeat(' ', INDENT - head.length()).append(line).append('\n');
            head = "";
        }
    }

    private static void lines(StringBuilder text, String says) {
        for (String paragraph : says.split("\n", -1)) {
            wrap(paragraph, COLUMNS).forEach(line -> text.append(line).append('\n'));
        }
    }

    private static List<String> wrap(String text, int columns) {
        StringBuilder wrapped = new StringBuilder();
        int used = 0;
        for (String word : text.split(" ", -1)) {
            boolean fits = used + 1 + word.length() <= columns;
            wrapped.append(used == 0 ? "" : fits ? " " : "\n").append(word);
            used = used > 0 && fits ? used + 1 + word.length() : word.length();
        }
        return Arrays.asList(wrapped.toString().split("\n", -1));
    }

    // ---- for the launcher

    /** Every file of {@code packaging/} that is made here, by its path there. */
    static Map<String, String> files() {
        Map<String, String> files = new TreeMap<>();
        files.put("help/trent.txt", general());
        for (Command command : Command.values()) {
            files.put("help/" + command + ".txt", of(command));
        }
        for (Topic topic : Topic.values()) {
            files.put("help/" + topic + ".txt", of(topic));
        }
        files.put("help/commands", table());
        files.put("man/trent.1", manual());
        files.put("completion/trent.bash", bash());
        files.put("completion/_trent", zsh());
        return files;
    }

    /** What may be given: a line for each command, the first for none. */
    static String table() {
        StringBuilder text =
                new StringBuilder(
                        """
                        # What the launcher takes: a line for each command, the first for none. + words may follow, = a value,
                        # =, more than once, =... several words.
                        """);
        row(text, "-", false, null);
        Map<String, Command> byName = new TreeMap<>();
        for (Command command : Command.values()) {
            byName.put(command.toString(), command);
        }
        byName.forEach((name, command) -> row(text, name, takesWords(command), command));
        return text.toString();
    }

    private static void row(
            StringBuilder text, String name, boolean words, @Nullable Command command) {
        List<String> flags = new ArrayList<>(List.of("--help"));
        if (command != null) {
            for (Entry entry : entries(command)) {
                String takes =
                        entry.alone()
                                ? ""
                                : switch (entry.given()) {
                                    case ONCE -> "=";
                                    case REPEATED -> "=,";
                                    case SEVERAL -> "=...";
                                };
                flags.add(entry.name() + takes);
            }
        }
        flags.sort(Comparator.comparing(flag -> flag.replaceFirst("=.*", "")));
        if (tellsVersion(command)) {
            flags.add("--version"); // last: it is never what was meant
        }
        text.append(name).append(words ? " + " : " ");
        text.append(String.join(" ", flags)).append('\n');
    }

    // ---- the manual page

    private static String manual() {
        StringBuilder page =
                new StringBuilder(
                        """
                        .\\" Made from the table of flags; ./trent verify ops --update-golden writes it anew.
                        .TH TRENT 1 "" Trent "User Commands"
                        .SH NAME
                        trent \\- a key management service that speaks the AWS KMS API
                        .SH SYNOPSIS
                        .B trent
                        .I COMMAND
                        [\\fIFLAG\\fR]...
                        .SH DESCRIPTION
                        """);
        page.append(roff(IS)).append('\n');
        page.append(".SH COMMANDS\n");
        for (Command command : Command.values()) {
            for (String line : usage(command)) {
                page.append(".TP\n.B ").append(roff(line)).append('\n');
            }
            page.append(roff(command.says())).append('\n');
            String more = more(command);
            if (!more.isEmpty() && command.flags().isEmpty()) {
                for (String paragraph : more.split("\n\n", -1)) {
                    page.append(".IP\n").append(roff(paragraph)).append('\n');
                }
            }
        }
        page.append(".SH FLAGS\n");
        page.append("Each is an environment variable too, which the flag goes before.\n");
        for (Flag flag : Flag.values()) {
            flag(page, Entry.of(flag), flag.variable() + "; " + users(flag) + ".");
        }
        for (Command command : List.of(Command.EXPLAIN, Command.VERIFY)) {
            page.append(".SS Of trent ").append(command).append('\n');
            entries(command).forEach(entry -> flag(page, entry, ""));
        }
        page.append(".SH ENVIRONMENT\n");
        VARIABLES.forEach(row -> item(page, row[0], row[1]));
        page.append(".SH EXIT STATUS\n");
        EXIT_CODES.forEach(row -> item(page, row[0], row[1]));
        page.append(".SH EXAMPLE\n.nf\n");
        EXAMPLE.lines().skip(1).forEach(line -> page.append(roff(line.strip())).append('\n'));
        return page.append(".fi\n").toString();
    }

    private static void flag(StringBuilder page, Entry entry, String note) {
        page.append(".TP\n.B ").append(roff(entry.name()));
        if (!entry.alone()) {
            page.append(" \\fI").append(roff(entry.argument())).append("\\fR");
        }
        page.append('\n').append(roff(entry.says())).append('\n');
        if (!note.isEmpty()) {
            page.append(".br\n").append(roff(note)).append('\n');
        }
    }

    private static void item(StringBuilder page, String name, String says) {
        page.append(".TP\n.B ").append(roff(name)).append('\n').append(roff(says)).append('\n');
    }

    /** A line that begins with a dot or an apostrophe would be a request. */
    private static String roff(String text) {
        String escaped = text.replace("\\", "\\e").replace("-", "\\-");
        return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
    }

    // ---- completions

    private static final Pattern CHOICES = Pattern.compile("[a-z]+(\\|[a-z]+)*");

    /** The values of a flag that takes one of few words. */
    private static List<String> choices(Entry entry) {
        Matcher choices = CHOICES.matcher(entry.argument());
        if (choices.matches()) {
            return List.of(entry.argument().split("\\|", -1));
        }
        return entry.name().equals(Flag.LOG.toString()) ? List.of("requests") : List.of();
    }

    private static String bash() {
        StringBuilder text =
                new StringBuilder(
                        """
                        # Completion of trent for bash: see trent help completion. Made from the table of flags.

                        _trent() {
                            local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} flags='' words='' IFS=$' \\n'
                            COMPREPLY=()
                            if ((COMP_CWORD == 1)); then
                        """);
        text.append("        words='").append(joined(Commands.names())).append("'\n");
        text.append("        flags='--help --version'\n    else\n");
        text.append("        case ${COMP_WORDS[1]} in\n");
        Map<String, String> values = new TreeMap<>();
        for (Command command : Command.values()) {
            List<String> flags = new ArrayList<>();
            entries(command).forEach(entry -> flags.add(entry.name()));
            flags.add("--help");
            text.append("            ").append(command).append(")\n");
            text.append("                flags='").append(joined(flags)).append("'\n");
            Set<String> words = words(command);
            if (!words.isEmpty()) {
                text.append("                words='").append(joined(words)).append("'\n");
            }
            text.append("                ;;\n");
            for (Entry entry : entries(command)) {
                List<String> choices = choices(entry);
                if (!entry.alone()) {
                    values.put(entry.name(), joined(choices));
                }
            }
        }
        text.append("        esac\n        case $before in\n");
        values.forEach(
                (name, choices) -> {
                    if (!choices.isEmpty()) {
                        text.append("            ").append(name).append(")\n");
                        text.append("                flags='' words='").append(choices);
                        text.append("'\n                ;;\n");
                    }
                });
        // The shell completes files where nothing is offered.
        List<String> others = new ArrayList<>();
        values.forEach(
                (name, choices) -> {
                    if (choices.isEmpty()) {
                        others.add(name);
                    }
                });
        text.append("            ").append(String.join(" | ", others));
        text.append(")\n                return\n                ;;\n        esac\n    fi\n");
        return text.append(
                        """
                            [[ $word != -* ]] || words=$flags
                            while IFS= read -r word; do
                                COMPREPLY+=("$word")
                            done < <(compgen -W "$words" -- "$word")
                        }

                        complete -o default -F _trent trent
                        """)
                .toString();
    }

    private static String joined(Iterable<String> words) {
        return String.join(" ", words);
    }

    private static String zsh() {
        StringBuilder text =
                new StringBuilder(
                        """
                        #compdef trent
                        # Completion of trent for zsh: see trent help completion. Made from the table of flags.

                        if ((CURRENT == 2)); then
                            local -a commands=(
                        """);
        for (Command command : Command.values()) {
            text.append("        ")
                    .append(quoted(command + ":" + escaped(sentence(command.says()))))
                    .append('\n');
        }
        text.append(
                """
                    )
                    _describe command commands
                    return
                fi
                local command=$words[2]
                shift words
                ((CURRENT--))
                case $command in
                """);
        for (Command command : Command.values()) {
            text.append("    ").append(command).append(")\n        _arguments \\\n");
            for (Entry entry : entries(command)) {
                String many = entry.given() == Given.ONCE || entry.alone() ? "" : "*";
                String spec =
                        many
                                + entry.name()
                                + "["
                                + escaped(sentence(entry.says()))
                                + "]"
                                + (entry.alone()
                                        ? ""
                                        : ":" + escaped(entry.argument()) + ":" + values(entry));
                text.append("            ").append(quoted(spec)).append(" \\\n");
            }
            Set<String> words = words(command);
            if (!words.isEmpty()) {
                text.append("            ")
                        .append(quoted("1:word:(" + joined(words) + ")"))
                        .append(" \\\n");
            }
            text.append("            '--help[Show this help.]'\n        ;;\n");
        }
        return text.append("esac\n").toString();
    }

    private static String values(Entry entry) {
        List<String> choices = choices(entry);
        if (!choices.isEmpty()) {
            return "(" + joined(choices) + ")";
        }
        return switch (entry.argument()) {
            case "DIR" -> "_files -/";
            case "FILE", "PEM" -> "_files";
            default -> " ";
        };
    }

    private static String sentence(String says) {
        int end = says.indexOf(". ");
        return end < 0 ? says : says.substring(0, end + 1);
    }

    /** What zsh would take as its own in a description. */
    private static String escaped(String text) {
        return text.replaceAll("[\\\\\\[\\]:]", "\\\\$0");
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
