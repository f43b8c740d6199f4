package trent.ops;

/** A command line that cannot be followed; the message says what would be right. */
final class WrongUse extends Exception {

    private static final long serialVersionUID = 1L;

    WrongUse(String message) {
        super(message);
    }
}
