package trent.language;

import java.util.List;

/**
 * Where a statement stands in its document, as IAM's simulator tells it: after its opening and after
 * its closing brace.
 *
 * @param startLine from 1 on
 * @param startColumn from 1 on, in characters
 */
public record Span(int startLine, int startColumn, int endLine, int endColumn) {

    /**
     * Those of a policy's statements, in order.
     *
     * @throws PolicySyntaxException if the text is no JSON
     */
    public static List<Span> of(String document) throws PolicySyntaxException {
        return PolicyReader.spans(document);
    }
}
