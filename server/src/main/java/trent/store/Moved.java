package trent.store;

import java.io.Serial;
import trent.api.ServiceException;

/** What a change was allowed by has moved before it was made: nothing was changed, check again. */
final class Moved extends ServiceException {

    @Serial private static final long serialVersionUID = 1L;

    Moved() {
        super("DependencyTimeoutException", 503, "message", null);
    }
}
