package trent.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;
import trent.api.ServiceException;
import trent.store.NotInMemory;
import trent.wire.Front.Looked;

/** The API, on the event loops where it takes microseconds and aside where it may wait. */
public final class Api implements Site, AutoCloseable {

    /** Holds the largest request of the API. */
    private static final int MAX_BODY_BYTES = 1 << 20;

    private static final List<Header> NOT_TO_BE_KEPT =
            List.of(
                    new Header("Cache-Control", "no-cache, no-store, must-revalidate, private"),
                    new Header("Expires", "0"),
                    new Header("Pragma", "no-cache"));

    private final Front front;
    private final Aside aside;
    private final @Nullable Cors cors;

    public Api(Front front, Budget budget, @Nullable Cors cors) {
        this.front = front;
        this.aside = new Aside(budget);
        this.cors = cors;
    }

    @Override
    public int maxBodyBytes() {
        return MAX_BODY_BYTES;
    }

    @Override
    public List<Header> headers() {
        return NOT_TO_BE_KEPT;
    }

    @Override
    public boolean tellsRequestId() {
        return true;
    }

    @Override
    public @Nullable Cors cors() {
        return cors;
    }

    @Override
    public void answer(ReceivedRequest request, Reply reply) {
        if (cors != null && Cors.isPreflight(request)) {
            reply.send(Answer.PREFLIGHT);
            return;
        }
        long bytes = reply.heldBytes() + request.bodyLength();
        switch (front.look(request, reply.requestId())) {
            case Looked.Answered(Answer answer, boolean verified) -> {
                if (verified) {
                    reply.verified();
                }
                reply.send(answer);
            }
            case Looked.Ready<?, ?> ready -> {
                reply.verified();
                answer(ready, bytes, reply);
            }
        }
    }

    private <I, O> void answer(Looked.Ready<I, O> ready, long bytes, Reply reply) {
        if (!ready.route().aside()) {
            try {
                reply.send(front.answer(ready));
                return;
            } catch (NotInMemory _) {
                // On a thread that may wait, then.
            }
        }
        try {
            aside.run(
                    ready.call().account(),
                    bytes,
                    () -> {
                        Answer answer;
                        try {
                            answer = front.answer(ready);
                        } catch (Throwable e) { // whatever it is, the caller gets an answer
                            answer = front.failed(reply.requestId(), e);
                        }
                        reply.send(answer);
                    });
        } catch (ServiceException tooMuch) {
            reply.send(front.refused(ready, tooMuch));
        }
    }

    @Override
    public Answer tooLarge(String requestId) {
        return front.tooLarge(requestId);
    }

    @Override
    public Answer noRoom(String requestId) {
        return front.noRoom(requestId);
    }

    @Override
    public Answer failed(String requestId, Throwable fault) {
        return front.failed(requestId, fault);
    }

    /** Waits for what was begun. */
    @Override
    public void close() {
        aside.close();
    }
}
