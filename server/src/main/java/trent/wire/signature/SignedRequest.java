package trent.wire.signature;

import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A request as it was received. Each char of its texts stands for one byte on the wire
 * (ISO-8859-1), as HTTP servers hand them over: a signature covers bytes.
 */
public interface SignedRequest {

    /** For example {@code POST}. */
    String method();

    /** The path, not decoded; empty means {@code /}. */
    String path();

    /** What follows the {@code ?}, not decoded; null or empty if nothing does. */
    @Nullable String query();

    /** Gives the name, in any case, and the value of each header line, in the order received. */
    void forEachHeader(BiConsumer<String, String> line);

    /** Holds the body, {@link #bodyLength} bytes from {@link #bodyOffset}; it is only read. */
    byte[] body();

    /** Where in {@link #body} the body starts. */
    int bodyOffset();

    /** The body's length in bytes. */
    int bodyLength();
}
