package trent.ops;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import ch.qos.logback.core.encoder.Encoder;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Writes the log on a thread of its own, so that whoever does not read it holds up nobody: lines
 * that find no room are dropped, counted, and told of as soon as there is room again.
 */
final class BackgroundAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {

    /** Lines that wait, in bytes as they are written; more than a second of a busy server's. */
    static final int MAX_WAITING_BYTES = 1 << 20;

    private final OutputStream out;
    private volatile Encoder<ILoggingEvent> encoder;
    private final Logger own;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Queue<byte[]> waiting = new ArrayDeque<>();
    private int waitingBytes;
    private boolean writing;
    private long untold;
    private final AtomicLong dropped = new AtomicLong();

    /**
     * @param own names the lines that tell of others
     */
    BackgroundAppender(OutputStream out, Encoder<ILoggingEvent> encoder, Logger own) {
        this.out = out;
        this.encoder = encoder;
        this.own = own;
    }

    @Override
    public void start() {
        super.start();
        Thread.ofPlatform().daemon().name("trent-log").start(this::write);
    }

    /** From now on lines are written so. */
    void encodeBy(Encoder<ILoggingEvent> other) {
        encoder = other;
    }

    /** How many lines were dropped since the start. */
    long dropped() {
        return dropped.get();
    }

    @Override
    protected void append(ILoggingEvent event) {
        byte[] line = encoder.encode(event); // here: what the event refers to may change
        lock.lock();
        try {
            if (waitingBytes + line.length > MAX_WAITING_BYTES) {
                dropped.incrementAndGet();
                untold++;
                return;
            }
            waiting.add(line);
            waitingBytes += line.length;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until all lines are written; false if that takes longer than this. */
    boolean flush(Duration atMost) {
        long left = atMost.toNanos();
        lock.lock();
        try {
            while (writing || untold > 0 || !waiting.isEmpty()) {
                if (left <= 0) {
                    return false;
                }
                left = changed.awaitNanos(left);
            }
            return true;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void write() {
        while (true) {
            try {
                out.write(next());
            } catch (IOException _) {
                // Whoever read has gone, or the disk is full: the next line may find room again.
                dropped.incrementAndGet();
            } catch (RuntimeException | Error _) {
                // One line that cannot be made must not end the log for good.
            }
        }
    }

    /** The next line; of lines that were dropped it is told once those before them are written. */
    private byte[] next() {
        lock.lock();
        try {
            writing = false;
            changed.signalAll();
            while (true) {
                byte[] line = waiting.poll();
                if (line != null) {
                    waitingBytes -= line.length;
                    writing = true;
                    return line;
                }
                if (untold > 0) {
                    long told = untold;
                    untold = 0;
                    writing = true;
                    return encoder.encode(event(told));
                }
                boolean _ = changed.await(1, TimeUnit.HOURS);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the log", e);
        } finally {
            lock.unlock();
        }
    }

    private ILoggingEvent event(long lines) {
        return new LoggingEvent(
                BackgroundAppender.class.getName(),
                own,
                Level.WARN,
                "%d lines of the log were dropped here, since nobody read it fast enough. Whatever reads standard error must keep up"
                        .formatted(lines),
                (@Nullable Throwable) null,
                (Object @Nullable []) null);
    }
}
