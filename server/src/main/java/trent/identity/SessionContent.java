package trent.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;
import trent.call.Principal;
import trent.call.Session;
import trent.name.AccountId;

/**
 * What a session token holds, as bytes: a version, the access key and its secret, then everything
 * else, deflated. Nothing is deflated together with the secret, so that the length tells nothing of
 * it. What is read was sealed here; it is read within bounds all the same.
 */
final class SessionContent {

    private static final byte VERSION = 1;

    /** Far more than all that may be in a token; nothing that was deflated here is longer. */
    private static final int MAX_BYTES = 256 * 1024;

    private static final int CHUNK_BYTES = 4096;

    /** As they are written: never in another order, and new ones at the end. */
    private static final List<Principal.Kind> KINDS =
            List.of(
                    Principal.Kind.ROOT,
                    Principal.Kind.USER,
                    Principal.Kind.ROLE_SESSION,
                    Principal.Kind.FEDERATED_USER);

    private SessionContent() {}

    static byte[] write(String accessKeyId, byte[] secret, Holder.Temporary holder) {
        Out out = new Out();
        out.bytes.write(VERSION);
        out.text(accessKeyId);
        out.array(secret);
        byte[] rest = deflated(rest(holder));
        out.bytes.write(rest, 0, rest.length);
        return out.bytes.toByteArray();
    }

    private static byte[] rest(Holder.Temporary holder) {
        Session session = holder.session();
        Holder.Provider provider = holder.provider();
        Out out = new Out();
        out.number(KINDS.indexOf(holder.kind()));
        out.text(holder.account().value());
        out.text(holder.id());
        out.textOrNull(provider == null ? null : provider.id());
        out.textOrNull(provider == null ? null : provider.url());
        out.textOrNull(session.name());
        out.number(session.issued().getEpochSecond());
        out.number(session.expires().getEpochSecond());
        out.number(session.chained() ? 1 : 0);
        out.textOrNull(session.sourceIdentity());
        Integer mfa = session.secondsSinceMfa();
        out.number(mfa == null ? 0 : 1L + mfa);
        out.number(session.tags().size());
        for (Map.Entry<String, String> tag : new TreeMap<>(session.tags()).entrySet()) {
            out.text(tag.getKey());
            out.text(tag.getValue());
        }
        out.texts(new TreeSet<>(session.transitiveTags()));
        out.textOrNull(session.policy());
        out.texts(session.policyArns());
        return out.bytes.toByteArray();
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IllegalStateException if it is of a version that this Trent does not know
     */
    static Credential read(byte[] content) {
        In in = new In(content);
        int version = in.next();
        if (version != VERSION) {
            throw new IllegalStateException(
                    "a session token's content has version " + version + ", of a newer Trent");
        }
        String accessKeyId = in.text();
        byte[] secret = in.array();
        return new Credential(accessKeyId, holder(new In(inflated(in.remaining()))), secret);
    }

    private static Holder.Temporary holder(In in) {
        Principal.Kind kind = KINDS.get(in.count());
        AccountId account = new AccountId(in.text());
        String id = in.text();
        String providerId = in.textOrNull();
        String providerUrl = in.textOrNull();
        Holder.Provider provider =
                providerId == null || providerUrl == null
                        ? null
                        : new Holder.Provider(providerId, providerUrl);
        String name = in.textOrNull();
        Instant issued = Instant.ofEpochSecond(in.number());
        Instant expires = Instant.ofEpochSecond(in.number());
        boolean chained = in.number() == 1;
        String sourceIdentity = in.textOrNull();
        int mfa = in.count();
        Map<String, String> tags = new LinkedHashMap<>();
        for (int left = in.count(); left > 0; left--) {
            tags.put(in.text(), in.text());
        }
        Set<String> transitive = new LinkedHashSet<>(in.texts());
        String policy = in.textOrNull();
        List<String> policyArns = in.texts();
        return new Holder.Temporary(
                kind,
                account,
                id,
                provider,
                new Session(
                        name,
                        issued,
                        expires,
                        tags,
                        transitive,
                        sourceIdentity,
                        provider == null ? null : provider.arn(account, "aws"),
                        chained,
                        policy,
                        policyArns,
                        mfa == 0 ? null : mfa - 1));
    }

    private static byte[] deflated(byte[] bytes) {
        try (Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true)) {
            deflater.setInput(bytes);
            deflater.finish();
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] chunk = new byte[CHUNK_BYTES];
            while (!deflater.finished()) {
                out.write(chunk, 0, deflater.deflate(chunk));
            }
            return out.toByteArray();
        }
    }

    private static byte[] inflated(byte[] bytes) {
        try (Inflater inflater = new Inflater(true)) {
            inflater.setInput(bytes);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] chunk = new byte[CHUNK_BYTES];
            while (!inflater.finished()) {
                int count = inflater.inflate(chunk);
                if (count == 0 || out.size() + count > MAX_BYTES) {
                    throw malformed();
                }
                out.write(chunk, 0, count);
            }
            return out.toByteArray();
        } catch (DataFormatException _) {
            throw malformed();
        }
    }

    private static IllegalStateException malformed() {
        return new IllegalStateException("a session token was sealed here, and cannot be read");
    }

    /** Numbers are written seven bits a byte, texts in UTF-8 behind their length. */
    private static final class Out {

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);

        void number(long number) {
            long left = number;
            while (left >= 0x80) {
                bytes.write((int) ((left & 0x7f) | 0x80));
                left >>= 7;
            }
            bytes.write((int) left);
        }

        void array(byte[] array) {
            number(array.length);
            bytes.write(array, 0, array.length);
        }

        void text(String text) {
            array(text.getBytes(UTF_8));
        }

        void textOrNull(@Nullable String text) {
            number(text == null ? 0 : 1);
            if (text != null) {
                text(text);
            }
        }

        void texts(Iterable<String> texts) {
            List<String> list = new ArrayList<>();
            texts.forEach(list::add);
            number(list.size());
            list.forEach(this::text);
        }
    }

    private static final class In {

        private static final int MAX_SHIFT = 56;

        private final byte[] bytes;
        private int at;

        In(byte[] bytes) {
            this.bytes = bytes;
        }

        int next() {
            if (at == bytes.length) {
                throw malformed();
            }
            return bytes[at++] & 0xff;
        }

        long number() {
            long number = 0;
            for (int shift = 0; shift <= MAX_SHIFT; shift += 7) {
                int next = next();
                number |= (long) (next & 0x7f) << shift;
                if (next < 0x80) {
                    return number;
                }
            }
            throw malformed();
        }

        /** A number of things that follow, or of bytes: there cannot be more than are left. */
        int count() {
            long count = number();
            if (count > MAX_BYTES) {
                throw malformed();
            }
            return (int) count;
        }

        byte[] array() {
            int length = count();
            if (length > bytes.length - at) {
                throw malformed();
            }
            byte[] array = new byte[length];
            System.arraycopy(bytes, at, array, 0, length);
            at += length;
            return array;
        }

        byte[] remaining() {
            byte[] array = new byte[bytes.length - at];
            System.arraycopy(bytes, at, array, 0, array.length);
            at = bytes.length;
            return array;
        }

        String text() {
            return new String(array(), UTF_8);
        }

        @Nullable String textOrNull() {
            return number() == 0 ? null : text();
        }

        List<String> texts() {
            List<String> texts = new ArrayList<>();
            for (int left = count(); left > 0; left--) {
                texts.add(text());
            }
            return texts;
        }
    }
}
