package trent.wire;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import trent.api.ServiceException;
import trent.store.NotInMemory;
import trent.wire.Front.Looked;
import trent.wire.Routes.KmsRoute;
import trent.wire.Routes.OwnRoute;
import trent.wire.Routes.QueryRoute;

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
    private final BrowserGuard guard;
    private final @Nullable Interceptor interceptor;

    public Api(Front front, Budget budget, BrowserGuard guard) {
        this(front, budget, guard, null);
    }

    /** With somebody who may take calls over. */
    public Api(Front front, Budget budget, BrowserGuard guard, @Nullable Interceptor interceptor) {
        this.front = front;
        this.aside = new Aside(budget);
        this.guard = guard;
        this.interceptor = interceptor;
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
        return guard.cors();
    }

    @Override
    public void answer(ReceivedRequest request, Reply reply) {
        Answer refusal = guard.refusal(request);
        if (refusal != null) {
            reply.send(front.unlooked(refusal, request, reply.requestId()));
            return;
        }
        if (guard.cors() != null && Cors.isPreflight(request)) {
            reply.send(Answer.PREFLIGHT);
            return;
        }
        long bytes = reply.heldBytes() + request.bodyLength();
        switch (front.look(request, reply.requestId())) {
            case Looked.Answered answered -> send(answered, reply);
            case Looked.Ready<?, ?> ready -> {
                reply.verified();
                if (!intercepted(ready, request, reply)) {
                    answer(ready, request, bytes, reply);
                }
            }
            case Looked.Unread unread -> {
                reply.verified();
                readOn(unread, request, bytes, reply);
            }
            case Looked.Later later -> later(later, request, bytes, reply);
        }
    }

    private static void send(Looked.Answered answered, Reply reply) {
        if (answered.verified()) {
            reply.verified();
        }
        reply.send(answered.answer());
    }

    /** Looks at it again where that may wait; until its caller is known the work is a stranger's. */
    private void later(Looked.Later later, ReceivedRequest request, long bytes, Reply reply) {
        try {
            aside.runForStranger(
                    bytes,
                    () -> {
                        try {
                            lookAgain(later, request, bytes, reply);
                        } catch (Throwable e) { // whatever it is, the caller gets an answer
                            reply.send(front.failed(request, reply.requestId(), e));
                        }
                    });
        } catch (ServiceException tooMuch) {
            reply.send(front.refused(request, reply.requestId(), tooMuch));
        }
    }

    private void lookAgain(Looked.Later later, ReceivedRequest request, long bytes, Reply reply) {
        switch (front.lookAgain(later, request, reply.requestId())) {
            case Looked.Answered answered -> send(answered, reply);
            case Looked.Ready<?, ?> ready when ready.isStrangers() -> {
                if (!intercepted(ready, request, reply)) {
                    reply.send(front.answer(ready));
                }
            }
            case Looked.Ready<?, ?> ready -> {
                reply.verified();
                if (!intercepted(ready, request, reply)) {
                    aside(ready, request, bytes, reply);
                }
            }
            case Looked.Later _, Looked.Unread _ ->
                    throw new IllegalStateException("a thread that may wait was told not to");
        }
    }

    private void readOn(Looked.Unread unread, ReceivedRequest request, long bytes, Reply reply) {
        try {
            aside.run(
                    unread.call().account(),
                    bytes,
                    () -> {
                        try {
                            switch (front.readOn(unread, request)) {
                                case Looked.Answered answered -> reply.send(answered.answer());
                                case Looked.Ready<?, ?> ready -> {
                                    if (!intercepted(ready, request, reply)) {
                                        reply.send(front.answer(ready));
                                    }
                                }
                                case Looked.Later _, Looked.Unread _ ->
                                        throw new IllegalStateException(
                                                "what is known is not looked up");
                            }
                        } catch (Throwable e) { // whatever it is, the caller gets an answer
                            reply.send(front.failed(request, reply.requestId(), e));
                        }
                    });
        } catch (ServiceException tooMuch) {
            reply.send(front.refused(request, reply.requestId(), tooMuch));
        }
    }

    /** Whether somebody has taken the call over, who answers it. */
    private boolean intercepted(Looked.Ready<?, ?> ready, ReceivedRequest request, Reply reply) {
        return interceptor != null && interceptor.takes(new Begun(front, ready, request, reply));
    }

    /** A call that may be taken over. */
    private record Begun(
            Front front, Looked.Ready<?, ?> ready, ReceivedRequest request, Reply reply)
            implements Interceptor.Known {

        @Override
        public String service() {
            return ready.route().service().name().toLowerCase(Locale.ROOT);
        }

        @Override
        public @Nullable String operation() {
            return switch (ready.route()) {
                case KmsRoute<?, ?> route -> route.operation().name();
                case QueryRoute<?, ?> route -> route.operation().name();
                case OwnRoute<?, ?> _ -> null;
            };
        }

        @Override
        public void refuse(ServiceException error) {
            reply.send(front.refused(ready, error));
        }
    }

    private <I, O> void answer(
            Looked.Ready<I, O> ready, ReceivedRequest request, long bytes, Reply reply) {
        if (!ready.route().aside()) {
            try {
                reply.send(front.answer(ready));
                return;
            } catch (NotInMemory _) {
                // On a thread that may wait, then.
            }
        }
        aside(ready, request, bytes, reply);
    }

    private <I, O> void aside(
            Looked.Ready<I, O> ready, ReceivedRequest request, long bytes, Reply reply) {
        try {
            aside.run(
                    ready.call().account(),
                    bytes,
                    () -> {
                        Answer answer;
                        try {
                            answer = front.answer(ready);
                        } catch (Throwable e) { // whatever it is, the caller gets an answer
                            answer = front.failed(request, reply.requestId(), e);
                        }
                        reply.send(answer);
                    });
        } catch (ServiceException tooMuch) {
            reply.send(front.refused(ready, tooMuch));
        }
    }

    @Override
    public Answer tooLarge(ReceivedRequest request, String requestId) {
        return front.tooLarge(request, requestId);
    }

    @Override
    public Answer noRoom(ReceivedRequest request, String requestId) {
        return front.noRoom(request, requestId);
    }

    @Override
    public Answer failed(ReceivedRequest request, String requestId, Throwable fault) {
        return front.failed(request, requestId, fault);
    }

    /** Waits for what was begun. */
    @Override
    public void close() {
        aside.close();
    }
}
