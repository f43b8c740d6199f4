package trent.api.query;

/**
 * An operation of a service that speaks AWS Query.
 *
 * @param <I> its request
 * @param <O> its answer; {@link trent.api.Empty} if it has no output
 */
public interface QueryOperation<I, O> {

    /** As the parameter Action names it, such as {@code CreateUser}. */
    String name();

    /** From 0, without gaps within its service. */
    int ordinal();

    /** The service's namespace, such as {@code https://iam.amazonaws.com/doc/2010-05-08/}. */
    String namespace();

    /**
     * Reads a request.
     *
     * @throws MalformedInput if a parameter is not of its member's type
     * @throws ValidationError if members violate their constraints
     */
    I read(QueryIn in);

    /** Writes the result's element; nothing if there is no output. */
    void writeResult(O output, XmlOut xml);

    /** Writes the whole answer. */
    default void write(O output, String requestId, XmlOut xml) {
        xml.startDocument(name() + "Response", namespace());
        writeResult(output, xml);
        xml.start("ResponseMetadata");
        xml.string("RequestId", requestId);
        xml.end("ResponseMetadata");
        xml.end(name() + "Response");
    }
}
