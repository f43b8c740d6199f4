package trent.dev;

/** What was asked for cannot be: the words say what is meant. */
final class WrongAsked extends Exception {

    private static final long serialVersionUID = 1L;

    WrongAsked(String words) {
        super(words, null, false, false);
    }

    String words() {
        return String.valueOf(getMessage());
    }
}
