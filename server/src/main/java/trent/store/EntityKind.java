package trent.store;

import java.util.Locale;

/** What an account has that has a name and an ARN of its own. */
public enum EntityKind {
    USER("user", "AIDA"),
    GROUP("group", "AGPA"),
    ROLE("role", "AROA"),
    /** A managed policy of the account's own. */
    POLICY("policy", "ANPA"),
    /** A provider of web identities; AWS shows no id of it, this one is for sessions. */
    PROVIDER("oidc-provider", "OIDC");

    private final String noun;
    private final String prefix;

    EntityKind(String noun, String prefix) {
        this.noun = noun;
        this.prefix = prefix;
    }

    /** As ARNs and messages have it, for example {@code user}. */
    public String noun() {
        return noun;
    }

    /** What its unique ids begin with. */
    public String prefix() {
        return prefix;
    }

    /** Whether two names or tag keys that differ in case only are the same. */
    public boolean ignoresCaseOfTagKeys() {
        return this == USER || this == ROLE;
    }

    /** By which names are unique. */
    public String fold(String name) {
        return this == PROVIDER ? name : name.toLowerCase(Locale.ROOT);
    }
}
