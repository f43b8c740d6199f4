package trent.ops;

import java.util.Comparator;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What of the environment is Trent's: variables whose names begin with {@code TRENT_}. */
final class Environment {

    static final String PREFIX = "TRENT_";

    /**
     * Those that are no flags: of the launcher, and the root credential, which no
     * command line should hold.
     */
    private static final Set<String> OTHERS =
            Set.of(
                    "TRENT_JAVA_HOME",
                    "TRENT_JAVA_OPTS",
                    "TRENT_NO_DOWNLOAD",
                    "TRENT_ROOT_ACCESS_KEY_ID",
                    "TRENT_ROOT_SECRET_ACCESS_KEY");

    /** Of so many letters that were written, one may be wrong, missing or too many. */
    private static final int LETTERS_FOR_A_MISTAKE = 3;

    /** What Kubernetes gives every container beside a service that is called trent. */
    private static final Pattern KUBERNETES =
            Pattern.compile("TRENT_(SERVICE_(HOST|PORT)|PORT)(_.*)?");

    private Environment() {}

    /**
     * Words about the first variable that would be a setting, were it spelled right; null
     * if there is none.
     */
    static @Nullable String unknown(Set<String> variables) {
        Set<String> known = new TreeSet<>(OTHERS);
        for (Flag flag : Flag.values()) {
            known.add(flag.variable());
        }
        for (String variable : new TreeSet<>(variables)) {
            if (variable.startsWith(PREFIX)
                    && !known.contains(variable)
                    && !KUBERNETES.matcher(variable).matches()) {
                return "The environment variable %s is no setting.%s Unset it, or spell it right."
                        .formatted(variable, suggested(known, variable));
            }
        }
        return null;
    }

    /** By what differs: all begin alike. */
    private static String suggested(Set<String> known, String variable) {
        Set<String> names = new TreeSet<>();
        known.forEach(each -> names.add(each.substring(PREFIX.length())));
        return suggestion(names, variable.substring(PREFIX.length()))
                .replace("Did you mean ", "Did you mean " + PREFIX);
    }

    /** {@code Did you mean NAME?}, after a space, if a name is near to what was written; else nothing. */
    static String suggestion(Set<String> names, String written) {
        String nearest = nearest(names, written);
        boolean near =
                distance(small(nearest), small(written))
                                <= Math.max(1, written.length() / LETTERS_FOR_A_MISTAKE)
                        || (written.length() > 1 && nearest.startsWith(written));
        return near ? " Did you mean %s?".formatted(nearest) : "";
    }

    /** The name that differs least from what was written. */
    static String nearest(Set<String> names, String written) {
        return names.stream()
                .min(Comparator.comparingInt(name -> distance(small(name), small(written))))
                .orElseThrow();
    }

    private static String small(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    /** How many letters must be put in, taken out or changed (Levenshtein). */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
