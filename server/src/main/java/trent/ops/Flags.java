package trent.ops;

import static java.util.stream.Collectors.toCollection;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.MissingArgumentException;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;
import org.apache.commons.cli.UnrecognizedOptionException;
import org.jspecify.annotations.Nullable;

/** The flags of one command as they were given, the environment behind them. */
final class Flags {

    private static final String HELP = "help";
    private static final String VERSION = "version";

    /** What word processors and web pages make of two hyphens. */
    private static final Pattern DASH = Pattern.compile("[\\u2010-\\u2015\\u2212]");

    private final CommandLine given;
    private final Map<String, String> environment;

    private Flags(CommandLine given, Map<String, String> environment) {
        this.given = given;
        this.environment = environment;
    }

    /**
     * Reads what follows the command.
     *
     * @param known the flags of the command
     * @throws WrongUse if there is a flag that it does not have, or one without its value, or more
     */
    static Flags parse(Set<Flag> known, List<String> arguments, Map<String, String> environment)
            throws WrongUse {
        Flags flags = parseWithWords(known, arguments, environment);
        if (!flags.words().isEmpty()) {
            String word = flags.words().getFirst();
            throw new WrongUse(
                    "Unknown argument: %s.%s"
                            .formatted(
                                    shown(word),
                                    DASH.matcher(word).lookingAt()
                                            ? " It begins with a dash that is no hyphen: flags begin with --."
                                            : ""));
        }
        return flags;
    }

    /** The same where {@link #words} may stand between the flags. */
    static Flags parseWithWords(
            Set<Flag> known, List<String> arguments, Map<String, String> environment)
            throws WrongUse {
        Options options = new Options();
        for (Flag flag : known) {
            options.addOption(
                    Option.builder().longOpt(flag.longName()).hasArg(!flag.alone()).get());
        }
        options.addOption(Option.builder("h").longOpt(HELP).get());
        options.addOption(Option.builder("V").longOpt(VERSION).get());
        CommandLine given;
        try {
            given =
                    DefaultParser.builder()
                            .setAllowPartialMatching(false)
                            .setStripLeadingAndTrailingQuotes(false)
                            .get()
                            .parse(options, arguments.toArray(String[]::new));
        } catch (UnrecognizedOptionException e) {
            throw unknown(known, e.getOption());
        } catch (MissingArgumentException e) {
            throw new WrongUse("--%s needs a value.".formatted(e.getOption().getLongOpt()));
        } catch (ParseException e) {
            throw new WrongUse(String.valueOf(e.getMessage()));
        }
        for (Flag flag : known) {
            String[] values = given.getOptionValues(flag.longName());
            if (values != null && values.length > 1 && !flag.repeatable()) {
                throw new WrongUse(flag + " is given more than once.");
            }
        }
        Flags flags = new Flags(given, environment);
        if (!flags.asksForHelp() && !flags.asksForVersion()) {
            for (Flag flag : known) {
                flags.requireText(flag);
            }
        }
        return flags;
    }

    private static WrongUse unknown(Set<Flag> known, String option) {
        String flag = option.replaceFirst("(?s)=.*", ""); // its value may be a secret
        for (Flag each : Flag.values()) {
            if (!flag.equals(each.toString())) {
                continue;
            }
            return new WrongUse(
                    known.contains(each)
                            ? "%s takes no value: it is given, or left out.".formatted(flag)
                            : "%s is a flag of %s, and means nothing here. Leave it out, or give that command."
                                    .formatted(flag, Commands.having(each)));
        }
        Set<String> names = known.stream().map(Flag::toString).collect(toCollection(TreeSet::new));
        names.add("--" + HELP);
        return new WrongUse(
                "Unknown flag %s.%s".formatted(flag, Environment.suggestion(names, flag)));
    }

    /**
     * Refuses a flag or variable that is there and says nothing: a variable of the shell may not have
     * been set, and what it was to say, such as to encrypt, would be left undone in silence.
     */
    private void requireText(Flag flag) throws WrongUse {
        String[] values = given.getOptionValues(flag.longName());
        if (values != null) {
            for (String value : values) {
                requireText(flag, flag.toString(), value);
            }
        } else if (environment.containsKey(flag.variable())) {
            requireText(flag, flag.variable(), environment.get(flag.variable()));
        }
    }

    private static void requireText(Flag flag, String name, @Nullable String value)
            throws WrongUse {
        if (value == null || value.isBlank()) {
            throw new WrongUse(
                    "%s is given, and empty: perhaps a variable of the shell is not set. Give it a value, or leave it out."
                            .formatted(name));
        }
        if (flag.repeatable()
                && Arrays.stream(value.split(",", -1)).anyMatch(each -> each.isBlank())) {
            throw new WrongUse(
                    "%s has nothing between two commas, or at an end. Give several values as A,B."
                            .formatted(name));
        }
    }

    /** A URL without what may be a password in it. */
    private static String shown(String word) {
        return word.replaceFirst("(?s)://.*", "://...");
    }

    /** What is neither a flag nor a flag's value, in its order. */
    List<String> words() {
        return given.getArgList();
    }

    boolean asksForHelp() {
        return given.hasOption(HELP);
    }

    boolean asksForVersion() {
        return given.hasOption(VERSION);
    }

    /** The value given, else the environment's, else the default; null if there is none. */
    @Nullable String value(Flag flag) {
        String value = given.getOptionValue(flag.longName());
        if (value == null) {
            value = environment.get(flag.variable());
        }
        return value == null || value.isEmpty() ? flag.byDefault() : value;
    }

    /**
     * Whether a flag that stands alone is given, or its variable is {@code true}.
     *
     * @throws WrongUse if the variable is neither {@code true} nor {@code false}
     */
    boolean has(Flag flag) throws WrongUse {
        String variable = environment.getOrDefault(flag.variable(), "");
        if (!variable.isEmpty() && !variable.equals("true") && !variable.equals("false")) {
            throw new WrongUse(
                    "%s takes true or false, not %s.".formatted(flag.variable(), variable));
        }
        return given.hasOption(flag.longName()) || variable.equals("true");
    }

    /** The values of a flag that may be repeated. */
    List<String> values(Flag flag) {
        String[] values = given.getOptionValues(flag.longName());
        String joined =
                values == null ? environment.get(flag.variable()) : String.join(",", values);
        return joined == null || joined.isEmpty()
                ? List.of()
                : Arrays.asList(joined.split(",", -1));
    }
}
