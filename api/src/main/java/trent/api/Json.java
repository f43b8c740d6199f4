package trent.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;

/** The one JSON factory for requests and answers. */
public final class Json {

    /** Deeper than any structure of the API; only members that nobody knows can be deeper. */
    private static final int MAX_DEPTH = 100;

    /** An encryption context's key is a member name, so a name may be as long as a whole body. */
    private static final int MAX_TEXT_CHARACTERS = 1 << 20;

    public static final JsonFactory FACTORY =
            new JsonFactoryBuilder()
                    // Names come from clients. Canonicalized, they would stay in this factory's
                    // table
                    // for ever; interned, in the JVM's.
                    .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    // A body is UTF-8; UTF-16 must not be guessed from its first bytes.
                    .disable(JsonFactory.Feature.CHARSET_DETECTION)
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(MAX_DEPTH)
                                    .maxNameLength(MAX_TEXT_CHARACTERS)
                                    .maxStringLength(MAX_TEXT_CHARACTERS)
                                    .build())
                    // The default keeps buffers in a thread local, which a virtual thread
                    // loses at its end.
                    .recyclerPool(JsonRecyclerPools.newConcurrentDequePool())
                    .build();

    private Json() {}
}
