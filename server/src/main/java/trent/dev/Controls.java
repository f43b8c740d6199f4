package trent.dev;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import trent.api.Json;
import trent.api.ServiceException;
import trent.crypto.Entropy;
import trent.wire.Answer;
import trent.wire.Interceptor;
import trent.wire.ReceivedRequest;
import trent.wire.Reply;
import trent.wire.Site;

/**
 * {@code /reset}, {@code /clock} and {@code /faults}, for tests of one's own code.
 *
 * <p>Whoever reaches the admin address of {@code trent dev} may do this, but no web page: one cannot
 * send JSON to another origin without asking first, and what a browser sends for it names an origin.
 */
public final class Controls implements AutoCloseable {

    /** What is told of where there is nothing. */
    public static final String PATHS = "/reset /clock /faults";

    /** The largest body: a hundred faults. */
    public static final int MAX_BODY_BYTES = 64 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(Controls.class);

    /** For how long a reset waits for calls that are under way: the longest makes RSA keys. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final String JSON = "application/json";
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final int SEED_BYTES = 8;

    private final InstantSource wall;
    private final MovableClock clock;
    private final Gate gate = new Gate();
    private final Faults faults = new Faults();
    private final FaultReader faultReader;

    /** One change after the other. */
    private final ReentrantLock turn = new ReentrantLock();

    private volatile @Nullable Workings workings;
    private boolean closed;
    private long resets;

    /** What a request asks for. */
    private interface Task {
        Answer answer() throws WrongAsked, InterruptedException;
    }

    /** Controls of a house that is being built. */
    public Controls(InstantSource wall, MovableClock clock, Entropy entropy) {
        this.wall = wall;
        this.clock = clock;
        this.faultReader =
                new FaultReader(() -> ByteBuffer.wrap(entropy.bytes(SEED_BYTES)).getLong());
    }

    /** From now on the house is up. */
    public void begin(Workings house) {
        workings = house;
    }

    /** The service's time. */
    public MovableClock clock() {
        return clock;
    }

    /** What befalls calls. */
    public Interceptor faults() {
        return faults;
    }

    /** The API behind the gate that {@code /reset} and {@code /clock} shut. */
    public Site gated(Supplier<Site> current) {
        return new GatedSite(gate, current);
    }

    /** Does something as a call does it, which no change of the world meets in between; or not now. */
    public <T> T asCall(Supplier<T> work, T otherwise) {
        if (!gate.enteredNow()) {
            return otherwise;
        }
        try {
            return work.get();
        } finally {
            gate.leave();
        }
    }

    /** Whether a request is for one of these paths; it is answered then, now or later. */
    public boolean takes(ReceivedRequest request, Reply reply) {
        Task task =
                switch (request.path()) {
                    case "/reset" ->
                            switch (request.method()) {
                                case "POST" -> () -> reset(request);
                                default -> () -> notAllowed("POST");
                            };
                    case "/clock" ->
                            switch (request.method()) {
                                case "GET", "HEAD" -> this::shownClock;
                                case "POST" -> () -> moveClock(request);
                                default -> () -> notAllowed("GET or POST");
                            };
                    case "/faults" ->
                            switch (request.method()) {
                                case "GET", "HEAD" -> this::shownFaults;
                                case "POST" -> () -> addFaults(request);
                                case "DELETE" -> this::endFaults;
                                default -> () -> notAllowed("GET, POST or DELETE");
                            };
                    default -> null;
                };
        if (task == null) {
            return false;
        }
        Answer refusal = changes(request) ? refusal(request) : null;
        if (refusal != null) {
            reply.send(refusal);
        } else {
            // It may wait for calls, or for the disk.
            Thread.ofVirtual().name("trent-controls").start(() -> reply.send(done(task)));
        }
        return true;
    }

    private static boolean changes(ReceivedRequest request) {
        return !request.method().equals("GET") && !request.method().equals("HEAD");
    }

    /** Why a change is not made, whatever it is; null if it is. */
    private static @Nullable Answer refusal(ReceivedRequest request) {
        if (request.origin() != null) {
            return words(403, "No web page may do this: the request has an Origin header.");
        }
        String type = request.contentType();
        if (type == null || !mediaType(type).equals(JSON)) {
            return words(
                    415,
                    "A request that changes something needs the header Content-Type: application/json, which no"
                            + " other site's page can send unasked.");
        }
        return null;
    }

    private static String mediaType(String contentType) {
        int parameters = contentType.indexOf(';');
        return (parameters < 0 ? contentType : contentType.substring(0, parameters))
                .strip()
                .toLowerCase(Locale.ROOT);
    }

    private Answer done(Task task) {
        turn.lock();
        try {
            return closed || workings == null
                    ? words(503, "This server is starting, or ending.")
                    : task.answer();
        } catch (WrongAsked e) {
            return words(400, e.words());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return words(503, "This server is ending.");
        } catch (RuntimeException | Error e) {
            LOG.atError().setCause(e).log("what a test asked for failed");
            return words(500, "That failed because of an internal error; the log says which.");
        } finally {
            turn.unlock();
        }
    }

    // ---- the store

    private Answer reset(ReceivedRequest request) throws WrongAsked, InterruptedException {
        JsonMembers.ofObject(request.body(), request.bodyLength()).requireOnly(Set.of());
        Workings house = house();
        String kept = house.keptBecause();
        if (kept != null) {
            return words(409, kept);
        }
        Workings.Restart restart;
        try {
            restart = house.ready();
        } catch (IOException e) {
            return words(409, "Nothing was reset: " + e.getMessage());
        }
        try {
            gate.alone(
                    PATIENCE,
                    () -> {
                        faults.clear();
                        clock.reset();
                        try {
                            restart.run();
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    });
        } catch (Gate.StillInside e) {
            return words(503, "Nothing was reset: " + e.getMessage() + ". Try again.");
        } catch (ServiceException e) {
            return words(503, "The store was not emptied: " + e.getMessage());
        } catch (UncheckedIOException e) {
            Throwable cause = e.getCause();
            return words(
                    500,
                    "The store was emptied, and the seed was not sown whole: "
                            + (cause == null ? e : cause).getMessage());
        }
        resets++;
        return json(
                200,
                json -> {
                    json.writeStartObject();
                    json.writeNumberField("resets", resets);
                    json.writeEndObject();
                });
    }

    private Workings house() {
        Workings house = workings;
        if (house == null) {
            throw new IllegalStateException("the house is not up");
        }
        return house;
    }

    // ---- the clock

    private Answer moveClock(ReceivedRequest request) throws WrongAsked, InterruptedException {
        JsonMembers asked = JsonMembers.ofObject(request.body(), request.bodyLength());
        Instant wallTime = wall.instant();
        Instant time = ClockReader.read(asked, wallTime.plus(clock.offset()));
        int[] failed = {0};
        try {
            gate.alone(
                    PATIENCE,
                    () -> {
                        if (time == null) {
                            clock.reset();
                        } else {
                            clock.set(time, wallTime);
                        }
                        failed[0] = house().catchUp();
                    });
        } catch (Gate.StillInside e) {
            return words(503, "The clock was not moved: " + e.getMessage() + ". Try again.");
        }
        return failed[0] == 0
                ? shownClock()
                : words(
                        500,
                        "The clock was moved, and what is due could not be done for %d keys; the log says why. It is"
                                        .formatted(failed[0])
                                + " tried again.");
    }

    private Answer shownClock() {
        Instant now = wall.instant();
        Duration offset = clock.offset();
        return json(
                200,
                json -> {
                    json.writeStartObject();
                    json.writeStringField(
                            "now", now.plus(offset).truncatedTo(ChronoUnit.MILLIS).toString());
                    json.writeStringField("wall", now.truncatedTo(ChronoUnit.MILLIS).toString());
                    json.writeNumberField("offsetSeconds", Math.round(offset.toMillis() / 1e3));
                    json.writeEndObject();
                });
    }

    // ---- the faults

    private Answer addFaults(ReceivedRequest request) throws WrongAsked {
        List<JsonMembers> asked = JsonMembers.ofObjects(request.body(), request.bodyLength());
        if (asked.size() == 1 && asked.getFirst().has("clear")) {
            asked.getFirst().requireOnly(Set.of("clear"));
            if (!asked.getFirst().truth("clear")) {
                throw new WrongAsked("\"clear\" is to be true.");
            }
            return endFaults();
        }
        if (!faults.add(faultReader.read(asked))) {
            throw new WrongAsked(
                    "There may be %d faults at most; DELETE /faults ends those that there are."
                            .formatted(Faults.MOST_RULES));
        }
        return shownFaults();
    }

    private Answer endFaults() {
        faults.clear();
        return shownFaults();
    }

    private Answer shownFaults() {
        return json(
                200,
                json -> {
                    json.writeStartObject();
                    json.writeArrayFieldStart("faults");
                    for (Faults.Rule rule : faults.rules()) {
                        write(rule, json);
                    }
                    json.writeEndArray();
                    json.writeNumberField("waiting", faults.waiting());
                    json.writeEndObject();
                });
    }

    private static void write(Faults.Rule rule, JsonGenerator json) throws IOException {
        Fault fault = rule.fault();
        json.writeStartObject();
        json.writeStringField("service", fault.service().written());
        if (fault.all()) {
            json.writeStringField("operation", "*");
        } else {
            json.writeArrayFieldStart("operation");
            for (String each : new TreeSet<>(fault.operations())) {
                json.writeString(each);
            }
            json.writeEndArray();
        }
        if (fault.error() != null) {
            json.writeStringField("error", fault.error());
            json.writeStringField("message", fault.message());
        }
        json.writeNumberField("latency", fault.latency().toMillis());
        json.writeBooleanField("timeout", fault.timeout());
        if (fault.count() != Fault.ALWAYS) {
            json.writeNumberField("count", fault.count());
        }
        if (fault.share() < 1) {
            json.writeNumberField("share", fault.share());
            json.writeNumberField("seed", fault.seed());
        }
        json.writeNumberField("met", rule.met());
        json.writeNumberField("struck", rule.struck());
        json.writeEndObject();
    }

    // ---- answers

    private static Answer notAllowed(String methods) {
        return words(405, "Here is %s.".formatted(methods));
    }

    private static Answer words(int status, String words) {
        return Answer.of(status, TEXT, (words + "\n").getBytes(UTF_8));
    }

    /** Writes JSON. */
    @FunctionalInterface
    private interface Writing {
        void write(JsonGenerator json) throws IOException;
    }

    private static Answer json(int status, Writing writing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = Json.FACTORY.createGenerator(bytes)) {
            writing.write(json);
            json.writeRaw('\n');
        } catch (IOException e) {
            throw new UncheckedIOException("an answer could not be written to memory", e);
        }
        return Answer.of(status, JSON, bytes.toByteArray());
    }

    /** Ends what waits, and changes nothing any more. */
    @Override
    public void close() {
        turn.lock();
        try {
            closed = true;
            faults.close();
        } finally {
            turn.unlock();
        }
    }
}
