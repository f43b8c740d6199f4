package trent.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import trent.crypto.Entropy;

/** One event loop: its connections, looked after once a second, and what they share. */
final class Loop {

    private static final Logger LOG = LoggerFactory.getLogger(Loop.class);

    private static final long SWEEP_MILLIS = 1000;

    /** How soon a connection for which there was no room asks again. */
    private static final long RETRY_MILLIS = 10;

    private static final long TURN_MILLIS = 1;

    /** How many connections may wait for their clients to read the last answer. */
    static final int MAX_LINGERING = 64;

    /** How long there may be no room before somebody has to give way. */
    private static final long GRACE_NANOS = Duration.ofMillis(100).toNanos();

    private static final DateTimeFormatter HTTP_DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private final EventExecutor executor;
    private final Budget budget;
    private final InstantSource clock;
    private final RequestIds requestIds;
    private final Set<Connection> connections = new HashSet<>();
    private final Set<Connection> waiting = new LinkedHashSet<>();
    private boolean retries;
    private int lingering;
    private long dateSecond = Long.MIN_VALUE;
    private byte[] date = {};

    Loop(EventExecutor executor, Budget budget, Entropy entropy, InstantSource clock) {
        this.executor = executor;
        this.budget = budget;
        this.clock = clock;
        this.requestIds = new RequestIds(entropy);
        ScheduledFuture<?> _ =
                executor.scheduleWithFixedDelay(
                        this::sweep, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
    }

    EventExecutor executor() {
        return executor;
    }

    Budget budget() {
        return budget;
    }

    String nextRequestId() {
        return requestIds.next();
    }

    /** The value of a Date header, now. */
    byte[] date() {
        Instant now = clock.instant();
        if (now.getEpochSecond() != dateSecond) {
            dateSecond = now.getEpochSecond();
            date = HTTP_DATE.format(now).getBytes(US_ASCII);
        }
        return date;
    }

    void add(Connection connection) {
        connections.add(connection);
    }

    void remove(Connection connection) {
        connections.remove(connection);
        waiting.remove(connection);
    }

    /** Whether one more may wait for its client to read the last answer. */
    boolean mayLinger() {
        if (lingering >= MAX_LINGERING) {
            return false;
        }
        lingering++;
        return true;
    }

    void lingered() {
        lingering--;
    }

    /** The connections of a service, now. */
    List<Connection> of(HttpService service) {
        return connections.stream().filter(each -> each.service() == service).toList();
    }

    /**
     * Lets a protocol go on once the others were looked at. Not as a task: Netty runs tasks, and
     * those that they leave, for up to a second before it reads again.
     */
    void nextTurn(Protocol protocol) {
        ScheduledFuture<?> _ =
                executor.schedule(protocol::goOn, TURN_MILLIS, TimeUnit.MILLISECONDS);
    }

    boolean somebodyWaits() {
        return !waiting.isEmpty();
    }

    /** Asks for room again, soon and until there is some. */
    void awaitRoom(Connection connection) {
        waiting.add(connection);
        retryLater();
    }

    /** Those that hold least go first: who has just come is not kept out by those who hold all. */
    private void retry() {
        retries = false;
        long now = System.nanoTime();
        List<Connection> inOrder = new ArrayList<>(waiting);
        inOrder.sort(Comparator.comparingLong(Connection::heldBytes));
        long promised = 0;
        boolean tooLong = false;
        @Nullable Connection furthest = null;
        for (Connection connection : inOrder) {
            if (connection.hasRoom(promised)) {
                promised += connection.nextReadBytes();
                waiting.remove(connection);
                connection.readOn();
            } else {
                if (connection.known()) {
                    furthest = connection; // none holds more
                }
                tooLong |= now - connection.waitingSince() > GRACE_NANOS;
            }
        }
        if (tooLong) {
            budget.relieveBytes();
        }
        if (furthest != null) {
            // The known are not closed: if each waited for the others' room, none would ever end.
            waiting.remove(furthest);
            furthest.readOnWithoutRoom();
        }
        if (!waiting.isEmpty()) {
            retryLater();
        }
    }

    private void retryLater() {
        if (!retries) {
            retries = true;
            ScheduledFuture<?> _ =
                    executor.schedule(this::retry, RETRY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void sweep() {
        long now = System.nanoTime();
        for (Connection connection : List.copyOf(connections)) {
            try {
                connection.sweep(now);
            } catch (Throwable e) { // one connection's fault must not end the sweeping of all
                LOG.atError().setCause(e).log("a connection could not be looked after");
                connection.close();
            }
        }
    }
}
