package trent.store;

import java.io.Serial;
import trent.api.ServiceException;

/** What a change was allowed by has moved before it was made: nothing was changed, check again. */
final class Moved extends ServiceException {

    @Serial private static final long serialVersionUID = 1L;

    private final int turn;

    /**
     * It was overtaken.
     *
     * @param turn the same for all who were overtaken by changes of the same thing
     */
    Moved(int turn) {
        super("DependencyTimeoutException", 503, "message", null);
        this.turn = turn;
    }

    int turn() {
        return turn;
    }
}
