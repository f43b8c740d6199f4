package trent.ops;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * A line of JSON for each event, without nesting: {@code time} (RFC 3339, milliseconds, UTC), {@code
 * level}, {@code logger}, {@code message}, the event's own fields, each of its type, and of what was
 * thrown {@code exception} and {@code stack_trace}. What there is not, is left out.
 *
 * <p>Control characters are escaped, so that no event makes two lines; half of a surrogate pair,
 * which UTF-8 cannot tell, becomes U+FFFD.
 */
final class JsonLines extends EncoderBase<ILoggingEvent> {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);
    private static final int TYPICAL_CHARS = 512;
    private static final String HEX = "0123456789abcdef";
    private static final byte[] NOTHING = {};

    /** What an event's own field is not called; it gets an underscore behind its name. */
    private static final Set<String> OURS =
            Set.of("time", "level", "logger", "message", "exception", "stack_trace");

    @Override
    public byte[] headerBytes() {
        return NOTHING;
    }

    @Override
    public byte[] footerBytes() {
        return NOTHING;
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        StringBuilder line = new StringBuilder(TYPICAL_CHARS);
        line.append("{\"time\":\"");
        TIME.formatTo(Instant.ofEpochMilli(event.getTimeStamp()), line);
        line.append("\",\"level\":\"").append(event.getLevel()).append('"');
        text(line, "logger", event.getLoggerName());
        text(line, "message", String.valueOf(event.getFormattedMessage()));
        fields(line, event.getKeyValuePairs());
        IThrowableProxy thrown = event.getThrowableProxy();
        if (thrown != null) {
            text(line, "exception", thrown.getClassName());
            text(line, "stack_trace", ThrowableProxyUtil.asString(thrown));
        }
        return line.append("}\n").toString().getBytes(UTF_8);
    }

    /** Of two fields of one name the first counts. */
    private static void fields(StringBuilder line, @Nullable List<KeyValuePair> pairs) {
        if (pairs == null) {
            return;
        }
        Set<String> names = HashSet.newHashSet(pairs.size());
        for (KeyValuePair pair : pairs) {
            if (pair.value != null && names.add(pair.key)) {
                field(line, OURS.contains(pair.key) ? pair.key + "_" : pair.key, pair.value);
            }
        }
    }

    private static void field(StringBuilder line, String name, Object value) {
        switch (value) {
            case Boolean truth -> name(line, name).append(truth.booleanValue());
            case Long number -> name(line, name).append(number.longValue());
            case Integer number -> name(line, name).append(number.intValue());
            case Double number when Double.isFinite(number) ->
                    name(line, name).append(number.doubleValue());
            default -> text(line, name, String.valueOf(value));
        }
    }

    private static void text(StringBuilder line, String name, String value) {
        name(line, name).append('"');
        escape(line, value);
        line.append('"');
    }

    private static StringBuilder name(StringBuilder line, String name) {
        line.append(",\"");
        escape(line, name);
        return line.append("\":");
    }

    /** Appends a text as JSON has it between quotation marks. */
    static void escape(StringBuilder line, String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"' -> line.append("\\\"");
                case '\\' -> line.append("\\\\");
                case '\n' -> line.append("\\n");
                case '\r' -> line.append("\\r");
                case '\t' -> line.append("\\t");
                default -> {
                    if (isControl(c)) {
                        unicode(line, c);
                    } else if (!Character.isSurrogate(c)) {
                        line.append(c);
                    } else if (isPair(value, i)) {
                        line.append(c).append(value.charAt(++i));
                    } else {
                        line.append('\uFFFD');
                    }
                }
            }
        }
    }

    /**
     * Those of ASCII and Latin-1, what some readers take for the end of a line, and what has no shape
     * but changes how others are shown, such as their direction.
     */
    static boolean isControl(char c) {
        return Character.isISOControl(c)
                || Character.getType(c) == Character.FORMAT
                || c == '\u2028'
                || c == '\u2029';
    }

    /** Whether a whole surrogate pair stands there. */
    static boolean isPair(String value, int at) {
        return Character.isHighSurrogate(value.charAt(at))
                && at + 1 < value.length()
                && Character.isLowSurrogate(value.charAt(at + 1));
    }

    private static void unicode(StringBuilder line, char c) {
        line.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
            line.append(HEX.charAt((c >> shift) & 0xf));
        }
    }
}
