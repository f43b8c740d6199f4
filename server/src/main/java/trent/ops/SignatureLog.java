package trent.ops;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import trent.audit.AuditRecord;
import trent.audit.AuditTrail;

/**
 * Tells of requests whose signature is not taken: whose access key, from where; never the signature
 * or a session token. At most {@value #LINES} lines in {@value #WINDOW_SECONDS} seconds, whatever
 * comes; how many were left out is told afterwards.
 */
public final class SignatureLog implements AuditTrail, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SignatureLog.class);

    static final int LINES = 10;
    static final int WINDOW_SECONDS = 10;

    private static final long WINDOW_NANOS = Duration.ofSeconds(WINDOW_SECONDS).toNanos();

    private final LongSupplier nanos;
    private long windowBegan;
    private int lines;
    private long leftOut;

    public SignatureLog() {
        this(System::nanoTime);
    }

    SignatureLog(LongSupplier nanos) {
        this.nanos = nanos;
        this.windowBegan = nanos.getAsLong();
    }

    @Override
    public void add(AuditRecord entry) {
        SignatureFailure failure = SignatureFailure.of(entry);
        if (failure == null || !mayTell()) {
            return;
        }
        LOG.atWarn()
                .addKeyValue("error", entry.error())
                .addKeyValue("reason", failure.label())
                .addKeyValue("operation", entry.operation())
                .addKeyValue("access_key_id", Sent.accessKeyId(entry.sender()))
                .addKeyValue("source_address", entry.sender().sourceIp())
                .addKeyValue("user_agent", Sent.userAgent(entry.sender()))
                .addKeyValue("request_id", entry.requestId())
                .log("a signature was refused");
    }

    private synchronized boolean mayTell() {
        tellWhatWasLeftOut();
        if (lines == LINES) {
            leftOut++;
            return false;
        }
        lines++;
        return true;
    }

    /** Tells how many lines were left out in a window that is over; to be called now and then. */
    public synchronized void tellWhatWasLeftOut() {
        long now = nanos.getAsLong();
        if (now - windowBegan >= WINDOW_NANOS) {
            windowBegan = now;
            lines = 0;
            tell();
        }
    }

    private void tell() {
        if (leftOut > 0) {
            LOG.atWarn()
                    .addKeyValue("left_out", leftOut)
                    .log("more signatures were refused than are told of one by one");
            leftOut = 0;
        }
    }

    /** Tells what is untold. */
    @Override
    public synchronized void close() {
        tell();
    }
}
