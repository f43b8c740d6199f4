package trent.ops;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The log, on standard error: lines for people in a terminal, JSON elsewhere. Found by Logback as a
 * service, since that costs a third of the start-up time of an XML file.
 */
public final class Logging extends ContextAwareBase implements Configurator {

    private static final String CONSOLE = "console";
    private static final Duration FLUSH = Duration.ofSeconds(2);

    /** How a line is written. */
    enum Format {
        /** For people. */
        TEXT,
        /** For programs. */
        JSON;

        private Encoder<ILoggingEvent> encoder() {
            Encoder<ILoggingEvent> encoder =
                    switch (this) {
                        case TEXT -> new TextLines();
                        case JSON -> new JsonLines();
                    };
            encoder.start();
            return encoder;
        }
    }

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        BackgroundAppender console =
                new BackgroundAppender(
                        new FileOutputStream(FileDescriptor.err),
                        (isTerminal() ? Format.TEXT : Format.JSON).encoder(),
                        context.getLogger("trent"));
        console.setContext(context);
        console.setName(CONSOLE);
        console.start();
        ch.qos.logback.classic.Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.INFO);
        root.addAppender(console);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** From now on lines are written so, wherever they go. */
    static void format(Format format) {
        BackgroundAppender console = console();
        if (console != null) {
            console.encodeBy(format.encoder());
        }
    }

    /**
     * Lets waiting lines out before the process ends, for a bounded time: nobody may be reading.
     */
    static void flush() {
        BackgroundAppender console = console();
        if (console != null) {
            boolean _ = console.flush(FLUSH);
        }
    }

    /** How many lines were dropped since the start. */
    static long droppedLines() {
        BackgroundAppender console = console();
        return console == null ? 0 : console.dropped();
    }

    /** Null where another configuration is in use, as in tests. */
    private static @Nullable BackgroundAppender console() {
        return LoggerFactory.getILoggerFactory() instanceof LoggerContext context
                        && context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).getAppender(CONSOLE)
                                instanceof BackgroundAppender console
                ? console
                : null;
    }

    /** The launcher looks: the JDK asks about standard input and output only, and takes long. */
    static boolean isTerminal() {
        return Boolean.getBoolean("trent.terminal");
    }
}
