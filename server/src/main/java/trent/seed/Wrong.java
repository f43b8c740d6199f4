package trent.seed;

/** What is wrong with a seed, and in which line. */
final class Wrong extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int line;

    Wrong(int line, String words) {
        super(words, null, false, false);
        this.line = line;
    }

    /** The first line is 1. */
    int line() {
        return line;
    }

    String words() {
        return String.valueOf(getMessage());
    }
}
