package trent.api.query;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import trent.api.Blob;
import trent.api.ServiceException;

/**
 * Writes one XML document, element by element. Element names are ours; texts may be anybody's.
 * Source: Extensible Markup Language (XML) 1.0, section 2.2 for the characters there are.
 */
public final class XmlOut {

    /** Stands for what XML 1.0 cannot say, not even as a reference. */
    private static final char REPLACEMENT = '\uFFFD';

    private final StringBuilder text = new StringBuilder(512);

    /** The document in UTF-8. */
    public byte[] bytes() {
        return text.toString().getBytes(UTF_8);
    }

    /** Writes a whole error document. */
    public void error(ServiceException error, String namespace, String requestId) {
        startDocument("ErrorResponse", namespace);
        start("Error");
        string("Type", error.senderFault() ? "Sender" : "Receiver");
        string("Code", error.code());
        @Nullable String message = error.getMessage();
        if (message != null) {
            string("Message", message);
        }
        end("Error");
        string("RequestId", requestId);
        end("ErrorResponse");
    }

    public void startDocument(String element, String namespace) {
        text.append('<').append(element).append(" xmlns=\"").append(namespace).append("\">\n");
    }

    public void start(String element) {
        text.append('<').append(element).append('>');
    }

    public void end(String element) {
        text.append("</").append(element).append('>');
    }

    public void string(String element, String value) {
        start(element);
        escape(value);
        end(element);
    }

    public void whole(String element, int value) {
        start(element);
        text.append(value);
        end(element);
    }

    public void bool(String element, boolean value) {
        start(element);
        text.append(value);
        end(element);
    }

    /** To the second, such as {@code 2019-11-09T13:34:41Z}. */
    public void time(String element, Instant value) {
        start(element);
        text.append(value.truncatedTo(ChronoUnit.SECONDS));
        end(element);
    }

    /** In Base64. */
    public void blob(String element, Blob value) {
        start(element);
        text.append(Base64.getEncoder().encodeToString(value.bytes()));
        end(element);
    }

    private void escape(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '<' -> text.append("&lt;");
                case '>' -> text.append("&gt;");
                case '&' -> text.append("&amp;");
                case '"' -> text.append("&quot;");
                case '\r' -> text.append("&#xD;"); // a parser would make a line feed of it
                case '\t', '\n' -> text.append(c);
                default -> {
                    if (Character.isHighSurrogate(c)
                            && i + 1 < value.length()
                            && Character.isLowSurrogate(value.charAt(i + 1))) {
                        text.append(c).append(value.charAt(++i));
                    } else {
                        text.append(exists(c) ? c : REPLACEMENT);
                    }
                }
            }
        }
    }

    private static boolean exists(char c) {
        return c >= ' ' && !Character.isSurrogate(c) && c < '\uFFFE';
    }
}
