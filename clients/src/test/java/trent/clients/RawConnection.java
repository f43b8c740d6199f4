package trent.clients;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * HTTP/1.1 with nothing in between: bytes go out as given, replies come back with
 * their headers as written.
 */
final class RawConnection implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    private RawConnection(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream(), 1 << 14);
        this.out = socket.getOutputStream();
    }

    static RawConnection to(int port) throws IOException {
        Socket socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) PATIENCE.toMillis());
        socket.connect(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                (int) PATIENCE.toMillis());
        return new RawConnection(socket);
    }

    /** One reply; the names of its headers have the letters that were sent. */
    record Reply(String version, int status, List<Map.Entry<String, String>> headers, String body) {

        /** The value of a header, whatever its letters' case. */
        Optional<String> header(String name) {
            return headers.stream()
                    .filter(h -> h.getKey().equalsIgnoreCase(name))
                    .map(Map.Entry::getValue)
                    .findFirst();
        }

        List<String> headerNames() {
            return headers.stream().map(Map.Entry::getKey).toList();
        }

        String requestId() {
            return header("x-amzn-RequestId").orElse("");
        }

        /** The error's name, or {@code 200}. */
        String code() {
            return status == 200 ? "200" : Json.text(body, "__type");
        }

        /** The error's text under whichever key it was sent, or nothing. */
        String message() {
            return Json.textOrEmpty(body, "message") + Json.textOrEmpty(body, "Message");
        }
    }

    void send(String text) throws IOException {
        send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    void send(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    void patience(Duration patience) throws IOException {
        socket.setSoTimeout((int) patience.toMillis());
    }

    /** The next reply, interim ones ({@code 100 Continue}) included. */
    Reply reply() throws IOException {
        String[] status = line().split(" ", 3);
        if (status.length < 2 || !status[0].startsWith("HTTP/")) {
            throw new IOException("not a status line: " + String.join(" ", status));
        }
        List<Map.Entry<String, String>> headers = new ArrayList<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.add(Map.entry(line.substring(0, colon), line.substring(colon + 1).strip()));
        }
        Reply head = new Reply(status[0], Integer.parseInt(status[1]), List.copyOf(headers), "");
        return new Reply(
                head.version(),
                head.status(),
                head.headers(),
                new String(body(head), StandardCharsets.UTF_8));
    }

    /** Whether the other side has closed: nothing more comes, now or until patience ends. */
    boolean closed() {
        try {
            return in.read() < 0;
        } catch (IOException reset) {
            return !(reset instanceof SocketTimeoutException);
        }
    }

    /**
     * Whether nothing at all comes, no byte and no end, until patience ends. Takes
     * the byte that comes.
     */
    boolean silent() {
        try {
            in.read();
            return false;
        } catch (IOException e) {
            return e instanceof SocketTimeoutException;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private byte[] body(Reply head) throws IOException {
        if (head.status() < 200 || head.status() == 204 || head.status() == 304) {
            return new byte[0];
        }
        if (head.header("Transfer-Encoding").filter("chunked"::equalsIgnoreCase).isPresent()) {
            return chunks();
        }
        Optional<String> length = head.header("Content-Length");
        return length.isPresent() ? exactly(Integer.parseInt(length.get())) : in.readAllBytes();
    }

    private byte[] chunks() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int size = Integer.parseInt(line(), 16);
                size > 0;
                size = Integer.parseInt(line(), 16)) {
            body.writeBytes(exactly(size));
            line();
        }
        line();
        return body.toByteArray();
    }

    private byte[] exactly(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("closed after %d of %d bytes".formatted(bytes.length, length));
        }
        return bytes;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("closed after: " + line);
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }
}
