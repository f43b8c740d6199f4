package trent.access;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import trent.language.ConditionKey;
import trent.language.Vocabulary;

/**
 * The names of condition keys, of all services: one policy is compiled once, whichever service asks
 * it. Names that no service has are taken as well; no request has them.
 */
public final class ConditionKeys {

    /** For all policies: of keys, of identities, of sessions and of trust. */
    public static final Vocabulary VOCABULARY = ConditionKeys::named;

    /** Keys with several values that only IAM, STS or AWS's own networks have. */
    private static final Set<String> OTHERS_WITH_SEVERAL =
            Set.of(
                    "aws:calledvia",
                    "aws:principalorgpaths",
                    "aws:principalservicenameslist",
                    "aws:resourceorgpaths",
                    "sts:transitivetagkeys");

    /** A web identity's ways of authentication: of any issuer. */
    private static final String AUTHENTICATION_METHODS = ":amr";

    private static final Map<String, Fact> SINGLE_NAMES =
            Arrays.stream(Fact.values())
                    .filter(fact -> fact != Fact.OTHER && fact.form() != Fact.Form.FAMILY)
                    .collect(Collectors.toUnmodifiableMap(Fact::lowerCase, Function.identity()));

    private static final Fact[] FAMILIES =
            Arrays.stream(Fact.values())
                    .filter(fact -> fact.form() == Fact.Form.FAMILY)
                    .toArray(Fact[]::new);

    private ConditionKeys() {}

    /**
     * A condition key, and where its values are found.
     *
     * @param fact what it asks for
     * @param name in lower case
     * @param member of a family what follows its name, as it was written; else empty
     */
    record Named(Fact fact, String name, String member, boolean multiValued)
            implements ConditionKey {

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Named that && name.equals(that.name);
        }

        @Override
        public int hashCode() {
            return name.hashCode();
        }
    }

    static Named named(String anyCase) {
        String name = anyCase.toLowerCase(Locale.ROOT);
        Fact known = SINGLE_NAMES.get(name);
        if (known != null) {
            return new Named(known, name, "", known.form() == Fact.Form.MULTI);
        }
        for (Fact family : FAMILIES) {
            if (name.length() > family.lowerCase().length()
                    && name.startsWith(family.lowerCase())) {
                // What is before it is ASCII, whose length lower case does not change.
                String member = anyCase.substring(family.lowerCase().length());
                return new Named(family, name, member, false);
            }
        }
        boolean several =
                OTHERS_WITH_SEVERAL.contains(name) || name.endsWith(AUTHENTICATION_METHODS);
        return new Named(Fact.OTHER, name, "", several);
    }
}
