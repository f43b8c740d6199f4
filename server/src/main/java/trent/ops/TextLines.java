package trent.ops;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * A line for people for each event: local time, level, message, then {@code name=value}. Control
 * characters of what others sent reach no terminal; only a stack trace takes more lines.
 */
final class TextLines extends EncoderBase<ILoggingEvent> {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT)
                    .withZone(ZoneId.systemDefault());
    private static final int TYPICAL_CHARS = 256;
    private static final int LEVEL_COLUMNS = 6;
    private static final byte[] NOTHING = {};

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
        TIME.formatTo(Instant.ofEpochMilli(event.getTimeStamp()), line);
        String level = event.getLevel().toString();
        line.append(' ').append(level).repeat(' ', LEVEL_COLUMNS - level.length());
        visible(line, String.valueOf(event.getFormattedMessage()));
        fields(line, event.getKeyValuePairs());
        line.append('\n');
        IThrowableProxy thrown = event.getThrowableProxy();
        if (thrown != null) {
            ThrowableProxyUtil.asString(thrown)
                    .lines()
                    .forEach(
                            each -> {
                                visible(line, each);
                                line.append('\n');
                            });
        }
        return line.toString().getBytes(UTF_8);
    }

    private static void fields(StringBuilder line, @Nullable List<KeyValuePair> pairs) {
        if (pairs == null) {
            return;
        }
        for (KeyValuePair pair : pairs) {
            if (pair.value != null) {
                line.append(' ').append(pair.key).append('=');
                visible(line, String.valueOf(pair.value));
            }
        }
    }

    private static void visible(StringBuilder line, String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '\t') {
                line.append(c);
            } else if (JsonLines.isControl(c)) {
                line.append("\\u%04x".formatted((int) c));
            } else if (!Character.isSurrogate(c)) {
                line.append(c);
            } else if (JsonLines.isPair(value, i)) {
                line.append(c).append(value.charAt(++i));
            } else {
                line.append('\uFFFD');
            }
        }
    }
}
