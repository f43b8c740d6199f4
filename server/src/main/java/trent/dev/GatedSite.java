package trent.dev;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import trent.wire.Answer;
import trent.wire.Cors;
import trent.wire.ReceivedRequest;
import trent.wire.Reply;
import trent.wire.Site;

/**
 * The API behind a gate: a call is inside from before it is looked at until its answer is on its
 * way, and knows one world only.
 */
final class GatedSite implements Site {

    private final Gate gate;

    /** Another one after each reset. */
    private final Supplier<Site> current;

    GatedSite(Gate gate, Supplier<Site> current) {
        this.gate = gate;
        this.current = current;
    }

    @Override
    public void answer(ReceivedRequest request, Reply reply) {
        answer(request, reply, false);
    }

    /**
     * Has it answered.
     *
     * @param spared whether no fault strikes it any more
     */
    void answer(ReceivedRequest request, Reply reply, boolean spared) {
        switch (gate.enter(
                () -> answerLater(request, reply, spared),
                reply.heldBytes() + request.bodyLength())) {
            case INSIDE -> answerInside(request, new Passing(reply, spared));
            case WAITS -> {}
            case NO_ROOM -> reply.send(current.get().noRoom(request, reply.requestId()));
        }
    }

    private void answerInside(ReceivedRequest request, Passing passing) {
        try {
            current.get().answer(request, passing);
        } catch (Throwable e) { // who called answers it
            passing.leave();
            throw e;
        }
    }

    /** The same on a thread of its own, where nobody else would answer a failure. */
    void answerLater(ReceivedRequest request, Reply reply, boolean spared) {
        try {
            answer(request, reply, spared);
        } catch (Throwable e) { // whatever it is, the caller gets an answer
            reply.send(current.get().failed(request, reply.requestId(), e));
        }
    }

    /** The way of the answer out of the gate. */
    final class Passing implements Reply {

        private final Reply outside;
        private final boolean spared;
        private final AtomicBoolean inside = new AtomicBoolean(true);

        private Passing(Reply outside, boolean spared) {
            this.outside = outside;
            this.spared = spared;
        }

        /** Whether no fault strikes it any more. */
        boolean spared() {
            return spared;
        }

        /** The call is not under way any more: it is answered, or has to begin anew. */
        void leave() {
            if (inside.compareAndSet(true, false)) {
                gate.leave();
            }
        }

        /** Has it begun anew, and no fault strikes it then. */
        void beginAnew(ReceivedRequest request) {
            answerLater(request, outside, true);
        }

        @Override
        public String requestId() {
            return outside.requestId();
        }

        @Override
        public long heldBytes() {
            return outside.heldBytes();
        }

        @Override
        public void verified() {
            outside.verified();
        }

        @Override
        public void send(Answer answer) {
            try {
                outside.send(answer);
            } finally {
                leave();
            }
        }

        @Override
        public void breakOff() {
            try {
                outside.breakOff();
            } finally {
                leave();
            }
        }
    }

    // ---- as the API itself

    @Override
    public int maxBodyBytes() {
        return current.get().maxBodyBytes();
    }

    @Override
    public List<Header> headers() {
        return current.get().headers();
    }

    @Override
    public boolean tellsRequestId() {
        return current.get().tellsRequestId();
    }

    @Override
    public @Nullable Cors cors() {
        return current.get().cors();
    }

    @Override
    public Answer tooLarge(ReceivedRequest request, String requestId) {
        return current.get().tooLarge(request, requestId);
    }

    @Override
    public Answer noRoom(ReceivedRequest request, String requestId) {
        return current.get().noRoom(request, requestId);
    }

    @Override
    public Answer failed(ReceivedRequest request, String requestId, Throwable fault) {
        return current.get().failed(request, requestId, fault);
    }
}
