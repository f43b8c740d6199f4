package trent.wire;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request and its answer: collects the body, has it answered, sends the answer once. */
abstract class Exchange implements Reply {

    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

    /** What of a refused body is read and thrown away, so that the client can read its answer. */
    private static final int MAX_DISCARDED_BYTES = 32 << 20;

    private static final int FIRST_BODY_BYTES = 2048;
    private static final byte[] NOTHING = {};

    private final Connection connection;
    private final Site site;
    private final String requestId;
    private final ReceivedRequest request;
    private final long since = System.nanoTime();
    private final long announced;
    private byte[] body = NOTHING;
    private int length;
    private long discarded;
    private boolean ended;
    private boolean answered;

    /** A request whose head has come. */
    Exchange(Connection connection, ReceivedRequest request) {
        this.connection = connection;
        this.site = connection.service().site();
        this.requestId = connection.loop().nextRequestId();
        this.request = request;
        this.announced = request.announcedLength();
    }

    /** Writes the answer to the connection; on its event loop. */
    abstract void write(Answer answer);

    /** Ends what carries it: the connection, or one stream of it; on its event loop. */
    abstract void cutOff(Connection carrier);

    ReceivedRequest request() {
        return request;
    }

    Site site() {
        return site;
    }

    long since() {
        return since;
    }

    /** Header lines that let another origin's page read the answer. */
    List<Site.Header> crossOrigin() {
        Cors cors = site.cors();
        return cors == null ? List.of() : cors.headers(request);
    }

    /** Whether its body has come whole. */
    boolean ended() {
        return ended;
    }

    boolean answered() {
        return answered;
    }

    /** Whether it is known already that the body is too long. */
    boolean announcesTooMuch() {
        return announced > site.maxBodyBytes();
    }

    @Override
    public String requestId() {
        return requestId;
    }

    @Override
    public long heldBytes() {
        return request.headBytes() + body.length;
    }

    @Override
    public void verified() {
        if (connection.loop().executor().inEventLoop()) {
            connection.verified();
        } else {
            connection.loop().executor().execute(connection::verified);
        }
    }

    // ---- the body

    /** Takes a piece of the body; the caller releases it. */
    void add(ByteBuf piece) {
        int more = piece.readableBytes();
        if (!answered && (long) length + more > site.maxBodyBytes()) {
            tooLarge();
        }
        if (answered) {
            body = NOTHING;
            discarded += more;
            if (discarded > MAX_DISCARDED_BYTES) {
                connection.close();
            }
            return;
        }
        if (body.length - length < more) {
            body = Arrays.copyOf(body, capacity(length + more));
        }
        piece.readBytes(body, length, more);
        length += more;
    }

    /** Exactly what is announced if all of it is there; else twice as much as is needed now. */
    private int capacity(int needed) {
        int most = announced >= needed ? (int) announced : site.maxBodyBytes();
        return Math.min(most, Math.max(FIRST_BODY_BYTES, 2 * needed));
    }

    /** The body has come whole. */
    void end() {
        ended = true;
        if (answered) {
            return;
        }
        request.body(body, length);
        body = NOTHING; // the request's, which the site lets go
        try {
            site.answer(request, this);
        } catch (Throwable e) { // whatever it is, the caller gets an answer
            failed(e);
        }
    }

    // ---- the answer

    @Override
    public void send(Answer answer) {
        if (connection.loop().executor().inEventLoop()) {
            sendHere(answer);
        } else {
            connection.loop().executor().execute(() -> sendHere(answer));
        }
    }

    @Override
    public void breakOff() {
        connection
                .loop()
                .executor()
                .execute(
                        () -> {
                            if (!answered) {
                                answered = true;
                                body = NOTHING;
                                cutOff(connection);
                            }
                        });
    }

    /** Answers before the body has ended; what still comes of it is thrown away. */
    void tooLarge() {
        send(site.tooLarge(request, requestId));
    }

    /** Answers that there is no room for it. */
    void noRoom() {
        connection.loop().budget().refuses();
        send(site.noRoom(request, requestId));
    }

    private void failed(Throwable fault) {
        send(site.failed(request, requestId, fault));
    }

    private void sendHere(Answer answer) {
        if (answered) {
            return;
        }
        answered = true;
        body = NOTHING;
        try {
            if (connection.channel().isActive()) {
                write(answer);
            }
        } catch (Throwable e) { // it cannot be answered: then it must not wait
            LOG.atError().setCause(e).log("an answer could not be written");
            connection.close();
        }
    }
}
