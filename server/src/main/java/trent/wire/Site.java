package trent.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is served at an address. */
public interface Site {

    /** A header line. */
    record Header(String name, String value) {}

    /** A longer body is refused with 413. */
    int maxBodyBytes();

    /** The header lines of every answer, beside its date, type and length. */
    List<Header> headers();

    /** Whether answers tell the request's id. */
    boolean tellsRequestId();

    /** Whose pages may read the answers; null for nobody's. */
    @Nullable Cors cors();

    /**
     * Answers a whole request, now or later, through {@code reply}. Runs on an event loop and must
     * not wait; what it throws is answered with {@link #failed}.
     */
    void answer(ReceivedRequest request, Reply reply);

    /** The answer to a body that is too long. */
    Answer tooLarge(ReceivedRequest request, String requestId);

    /** The answer to a request that this process has no room for. */
    Answer noRoom(ReceivedRequest request, String requestId);

    /** The answer to a request that met a fault of ours. */
    Answer failed(ReceivedRequest request, String requestId, Throwable fault);
}
