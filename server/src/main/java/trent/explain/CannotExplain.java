package trent.explain;

import java.io.Serial;
import trent.api.ServiceException;

/** A question that makes no sense as it was asked; the message says what would. */
public final class CannotExplain extends ServiceException {

    @Serial private static final long serialVersionUID = 1L;

    private static final int BAD_REQUEST = 400;

    public CannotExplain(String message) {
        super("CannotExplainException", BAD_REQUEST, "message", message);
    }
}
