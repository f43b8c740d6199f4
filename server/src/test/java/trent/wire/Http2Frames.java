package trent.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import javax.net.ssl.SSLSocket;

/** A client of HTTP/2 that says frames one by one. */
final class Http2Frames {

    static final byte DATA = 0;
    static final byte HEADERS = 1;
    static final byte RST_STREAM = 3;
    static final byte SETTINGS = 4;
    static final byte WINDOW_UPDATE = 8;
    static final byte END_HEADERS = 4;
    static final byte END_STREAM = 1;
    static final int REFUSED_STREAM = 7;
    static final int CANCEL = 8;

    private final OutputStream out;
    private final DataInputStream in;

    /** A connection on which nothing was asked yet. */
    static Http2Frames to(Served served) throws IOException {
        return over(served.connectTls(Served.trusting(), "h2"));
    }

    static Http2Frames over(SSLSocket socket) throws IOException {
        assertThat(socket.getApplicationProtocol()).isEqualTo("h2");
        Http2Frames frames = new Http2Frames(socket);
        frames.send(SETTINGS, 0, 0);
        return frames;
    }

    private Http2Frames(SSLSocket socket) throws IOException {
        out = socket.getOutputStream();
        in = new DataInputStream(socket.getInputStream());
        out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII));
    }

    void send(byte type, int flags, int stream, byte... payload) throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write(payload.length >> 16);
        frame.write(payload.length >> 8);
        frame.write(payload.length);
        frame.write(type);
        frame.write(flags);
        for (int shift = 24; shift >= 0; shift -= 8) {
            frame.write(stream >> shift);
        }
        frame.write(payload);
        out.write(frame.toByteArray());
        out.flush();
    }

    /** The head of a request: method (0x82 GET, 0x83 POST), https, and a path. */
    void request(int stream, int flags, int method, String path) throws IOException {
        request(stream, flags, method, path, "", "");
    }

    /** With one more header, unless its name is empty. */
    void request(int stream, int flags, int method, String path, String name, String value)
            throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        head.write(method);
        head.write(0x87);
        head.write(0x04); // :path, not to be remembered
        head.write(path.length());
        head.write(path.getBytes(US_ASCII));
        head.write(0x01); // :authority
        head.write(1);
        head.write('x');
        if (!name.isEmpty()) {
            head.write(0x00); // by name, not to be remembered
            head.write(name.length());
            head.write(name.getBytes(US_ASCII));
            head.write(value.length());
            head.write(value.getBytes(US_ASCII));
        }
        send(HEADERS, END_HEADERS | flags, stream, head.toByteArray());
    }

    /** The next frame of a type for a stream: its payload. */
    byte[] next(byte type, int stream) throws IOException {
        while (true) {
            int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
            byte is = in.readByte();
            in.readByte();
            int of = in.readInt();
            byte[] payload = in.readNBytes(length);
            if (is == type && of == stream) {
                return payload;
            }
        }
    }

    int reset(int stream) throws IOException {
        byte[] code = next(RST_STREAM, stream);
        return code[3];
    }
}
