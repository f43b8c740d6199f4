package trent.language;

/** The condition keys that a service knows. */
@FunctionalInterface
public interface Vocabulary {

    /** The key of this name, in any case; for an unknown name one that no request has. */
    ConditionKey key(String name);
}
