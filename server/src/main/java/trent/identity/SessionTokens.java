package trent.identity;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import trent.call.Session;
import trent.crypto.Entropy;
import trent.store.HeapShare;
import trent.store.Store;
import trent.store.Weights;

/**
 * Session tokens: all that temporary credentials are, sealed with the root key and kept by who uses
 * them, so that no row is stored for a session. Source: AWS IAM User Guide, "Temporary security
 * credentials in IAM".
 *
 * <p>A token is the mark {@code TRENT}, its version, the id of the root key that it is sealed with,
 * and what {@link SessionContent} wrote, sealed.
 */
public final class SessionTokens {

    /** Longest token, in characters. */
    public static final int MAX_LENGTH = 8192;

    private static final String PURPOSE = "session";
    private static final String MARK = "TRENT";

    /** As Base64 it is the mark, and the first bits of the version. */
    private static final byte[] MARK_AND_VERSION = {0x4D, 0x11, 0x0D, 0x4D};

    private static final int ROOT_KEY_ID_BYTES = 16;

    /** A multiple of three, so that what follows in Base64 stands by itself. */
    private static final int HEAD_BYTES = 21;

    private static final int DIGEST_BYTES = 32;

    /** An opened token, without its texts: digest, credential, secret, session, tables. */
    private static final int OPENED_BYTES = 900;

    private final Store store;
    private final String head;

    /** Those opened before, by digest; only what was sealed here, so that nobody can fill it. */
    private final Cache<ByteBuffer, Credential> opened =
            Caffeine.newBuilder()
                    .maximumWeight(HeapShare.SESSION_TOKENS.bytes())
                    .weigher((ByteBuffer _, Credential credential) -> weight(credential))
                    .executor(Runnable::run)
                    .build();

    public SessionTokens(Store store) {
        this.store = store;
        byte[] rootKeyId = HexFormat.of().parseHex(store.rootKeyId());
        if (rootKeyId.length != ROOT_KEY_ID_BYTES) {
            throw new IllegalStateException("a root key's id has 16 bytes");
        }
        byte[] bytes = Arrays.copyOf(MARK_AND_VERSION, HEAD_BYTES);
        System.arraycopy(rootKeyId, 0, bytes, MARK_AND_VERSION.length, rootKeyId.length);
        this.head = Base64.getEncoder().encodeToString(bytes);
    }

    /** Temporary credentials that were just issued. Not a record, since records print themselves. */
    public static final class Issued {

        private final NewAccessKey key;
        private final String token;
        private final boolean packed;

        private Issued(NewAccessKey key, String token, boolean packed) {
            this.key = key;
            this.token = token;
            this.packed = packed;
        }

        public NewAccessKey key() {
            return key;
        }

        /** May be too long, which {@link #percent} tells. */
        public String token() {
            return token;
        }

        /** Whether there are policies or tags in the token. */
        public boolean packed() {
            return packed;
        }

        /** How much of the longest token it takes, rounded up; beyond 100 it is too long. */
        public int percent() {
            return (100 * token.length() + MAX_LENGTH - 1) / MAX_LENGTH;
        }

        @Override
        public String toString() {
            return key.id();
        }
    }

    /** New credentials for the holder. */
    public Issued issue(Holder.Temporary holder, Entropy entropy) {
        NewAccessKey key = NewAccessKey.temporary(holder.account(), entropy);
        byte[] content =
                key.secret().read(secret -> SessionContent.write(key.id(), secret, holder));
        try {
            Session session = holder.session();
            return new Issued(
                    key,
                    head + store.sealToken(PURPOSE, content),
                    session.hasPolicies() || !session.tags().isEmpty());
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }

    /** Whether a token claims to be one of these, of whichever root key and version. */
    public static boolean isMarked(String token) {
        return token.startsWith(MARK);
    }

    /**
     * The credential in a token: the same object as long as it is in memory. It may have expired.
     * Null if {@link #issue} did not make the token with this root key.
     */
    public @Nullable Credential open(String token) {
        if (token.length() > MAX_LENGTH || !token.startsWith(head)) {
            return null;
        }
        ByteBuffer digest = ByteBuffer.wrap(sha256(token));
        Credential before = opened.getIfPresent(digest);
        if (before != null) {
            return before;
        }
        Optional<byte[]> content = store.openToken(PURPOSE, token.substring(head.length()));
        if (content.isEmpty()) {
            return null;
        }
        try {
            Credential credential = SessionContent.read(content.get());
            return opened.asMap().merge(digest, credential, (first, _) -> first);
        } finally {
            Arrays.fill(content.get(), (byte) 0);
        }
    }

    private static int weight(Credential credential) {
        int sum = OPENED_BYTES + DIGEST_BYTES;
        if (credential.holder() instanceof Holder.Temporary holder) {
            Session session = holder.session();
            sum += Weights.of(session.name()) + Weights.of(session.policy());
            sum += Weights.of(session.sourceIdentity());
            for (Map.Entry<String, String> tag : session.tags().entrySet()) {
                sum += Weights.of(tag.getKey()) + Weights.of(tag.getValue());
            }
            for (String arn : session.policyArns()) {
                sum += Weights.of(arn);
            }
        }
        return sum;
    }

    private static byte[] sha256(String token) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(token.getBytes(isLatin1(token) ? ISO_8859_1 : UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    /** Else two tokens could have one digest: what Latin-1 lacks becomes a question mark. */
    private static boolean isLatin1(String token) {
        return token.chars().allMatch(c -> c <= 0xff);
    }
}
