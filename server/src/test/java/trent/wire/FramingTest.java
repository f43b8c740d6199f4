package trent.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How a request is framed, and what it may expect. Source: RFC 9112, 5.2, 6.1, 6.3; RFC 9110. */
@Timeout(60)
class FramingTest {

    private static final String CHUNKS = "2\r\n{}\r\n0\r\n\r\n";

    @TempDir Path folder;

    private static Budget plenty() {
        return new Budget(64 << 20, 100);
    }

    private static String answer(Served served, String path, String lines, String body)
            throws IOException {
        Socket socket = served.connect();
        Served.send(
                socket,
                "POST %s HTTP/1.1\r\n%s\r\nHost: x\r\nConnection: close\r\n\r\n%s"
                        .formatted(path, lines, body));
        return new String(socket.getInputStream().readAllBytes(), US_ASCII);
    }

    /** A semicolon ends a line. Two that frame a request differently let one smuggle another. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            chunked                                 | 200
            CHUNKED                                 | 200
            , chunked,                              | 200
            gzip, chunked                           | 501
            gzip;Transfer-Encoding: chunked         | 501
            identity, chunked                       | 501
            identity,; chunked                      | 501
            "chunked                                | 400
            gzip                                    | 400
            chunked, gzip                           | 400
            chunked;Transfer-Encoding: gzip         | 400
            chunked, chunked                        | 400
            ; chunked                               | 400
            chunked;Content-Length: 2               | 400
            """)
    void onlyChunksAreUnderstood(String codings, int status) throws IOException {
        try (Served served = new Served(plenty(), each -> each, null)) {
            String lines = "Transfer-Encoding: " + codings.replace(";", "\r\n");
            assertThat(answer(served, "/", lines, CHUNKS)).startsWith("HTTP/1.1 " + status);
        }
    }

    /** A space in its place, as RFC 9112, 5.2 lets a server do; never where it frames. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            textBlock =
                    """
            x-line: a; b;Content-Length: 2|200
            x-line: a;\tb;\tc;Content-Length: 2|200
             x-line: a b;Content-Length: 2|400
            Content-Length:; 2|400
            Content-Length: 2; 2|400
            """)
    void aFoldedLineIsOneLine(String lines, int status) throws IOException {
        try (Served served = new Served(plenty(), each -> each, null)) {
            String got =
                    answer(served, "/line", lines.replace("\\t", "\t").replace(";", "\r\n"), "{}");
            assertThat(got).startsWith("HTTP/1.1 " + status);
            if (status == 200) {
                assertThat(got).containsPattern("\\[a b( c)?]");
            }
        }
    }

    @Test
    void aClientOfHttp2ThatAsksIsToldToContinue() throws IOException {
        try (Served served = new Served(plenty(), each -> each, Served.certificate(folder))) {
            Http2Frames client = Http2Frames.to(served);
            client.request(1, 0, 0x83, "/", "expect", "100-continue");
            assertThat(client.next(Http2Frames.HEADERS, 1)).as("the interim answer").isNotEmpty();
            client.send(Http2Frames.DATA, Http2Frames.END_STREAM, 1, (byte) 'x');
            assertThat(client.next(Http2Frames.HEADERS, 1)).as("the answer").isNotEmpty();
            assertThat(client.next(Http2Frames.DATA, 1)).asString().isEqualTo("1 bytes");
        }
    }

    @Test
    void aClientOfHttp2ThatExpectsSomethingElseIsRefused() throws IOException {
        try (Served served = new Served(plenty(), each -> each, Served.certificate(folder))) {
            Http2Frames client = Http2Frames.to(served);
            client.request(1, 0, 0x83, "/", "expect", "rubbish");
            assertThat(client.next(Http2Frames.HEADERS, 1)).isNotEmpty();
            assertThat(client.reset(1)).as("NO_ERROR: nothing more is wanted of it").isZero();
            client.request(3, Http2Frames.END_STREAM, 0x82, "/");
            assertThat(client.next(Http2Frames.DATA, 3)).isNotEmpty();
        }
    }
}
