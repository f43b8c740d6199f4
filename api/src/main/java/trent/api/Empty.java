package trent.api;

/** The answer of an operation that has none: the reply's body is empty. */
public final class Empty {

    public static final Empty EMPTY = new Empty();

    private Empty() {}

    @Override
    public String toString() {
        return "Empty";
    }
}
