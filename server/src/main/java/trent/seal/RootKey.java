package trent.seal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Function;
import javax.crypto.AEADBadTagException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import trent.crypto.Entropy;
import trent.crypto.MessageCipher;

/**
 * The key above all keys: key material leaves this process only encrypted under it.
 *
 * <p>A sealed value is a version byte, a salt and what {@link MessageCipher} made of the value,
 * bound to the identity of the row that holds it, so that rows cannot be exchanged.
 */
public final class RootKey implements AutoCloseable {

    /** Length of a root key. */
    public static final int BYTES = 32;

    private static final byte VERSION = 1;
    private static final byte BOUND = 2;
    private static final int HEADER_BYTES = 1 + MessageCipher.SALT_BYTES;

    private static final MessageCipher ROWS = new MessageCipher("trent seal 1".getBytes(UTF_8));
    private static final MessageCipher BOUND_ROWS =
            new MessageCipher("trent seal 2".getBytes(UTF_8));
    private static final MessageCipher TOKENS = new MessageCipher("trent token 1".getBytes(UTF_8));

    private final Secret key;
    private final String id;
    private final Entropy entropy;

    /** Takes the bytes over: the caller keeps no copy. */
    public RootKey(byte[] key, Entropy entropy) {
        if (key.length != BYTES) {
            throw new IllegalArgumentException("a root key has 32 bytes");
        }
        this.id = identify(key);
        this.key = new Secret(key);
        this.entropy = entropy;
    }

    /** A new root key. */
    public static RootKey random(Entropy entropy) {
        return new RootKey(entropy.bytes(BYTES), entropy);
    }

    /** What tells root keys apart and gives nothing away: 32 hexadecimal digits. */
    public String id() {
        return id;
    }

    /** Seals the value for the row with this identity. */
    public byte[] seal(Secret value, String row) {
        return value.read(plaintext -> encrypt(VERSION, ROWS, plaintext, row.getBytes(UTF_8)));
    }

    /**
     * Opens what {@link #seal} made.
     *
     * @throws IllegalStateException if this is another root key, another row, or
     *     the row was altered
     */
    public Secret open(byte[] sealed, String row) {
        return decrypt(VERSION, ROWS, sealed, row.getBytes(UTF_8))
                .map(Secret::new)
                .orElseThrow(
                        () ->
                                new IllegalStateException(
                                        "the sealed value of "
                                                + row
                                                + " was altered or belongs elsewhere"));
    }

    /** Seals the value together with what must not change beside it. */
    public byte[] sealBound(Secret value, byte[] bound) {
        return value.read(plaintext -> encrypt(BOUND, BOUND_ROWS, plaintext, bound));
    }

    /**
     * Opens what {@link #sealBound} made.
     *
     * @param row what is said of it if it does not open
     * @throws IllegalStateException if this is another root key, or anything was altered
     */
    public Secret openBound(byte[] sealed, byte[] bound, String row) {
        return decrypt(BOUND, BOUND_ROWS, sealed, bound)
                .map(Secret::new)
                .orElseThrow(
                        () ->
                                new IllegalStateException(
                                        "the sealed value of "
                                                + row
                                                + " was altered or belongs elsewhere, or the spec, usage, origin,"
                                                + " expiration or public key beside it was. No other key is"
                                                + " affected. Restore this key from a backup"));
    }

    /**
     * Seals what a caller keeps for us: nobody else can make such a token, and none is taken for
     * another purpose, or for a row.
     */
    public byte[] sealToken(byte[] content, String purpose) {
        return encrypt(VERSION, TOKENS, content, purpose.getBytes(UTF_8));
    }

    /** Opens a token; empty if {@link #sealToken} did not make it with this key and purpose. */
    public Optional<byte[]> openToken(byte[] token, String purpose) {
        return decrypt(VERSION, TOKENS, token, purpose.getBytes(UTF_8));
    }

    /** The key itself, for its file. */
    <R> R lend(Function<byte[], R> reader) {
        return key.read(reader);
    }

    @Override
    public void close() {
        key.close();
    }

    @Override
    public String toString() {
        return "RootKey[" + id + "]";
    }

    private byte[] encrypt(byte version, MessageCipher cipher, byte[] plaintext, byte[] identity) {
        byte[] salt = entropy.bytes(MessageCipher.SALT_BYTES);
        byte[] sealed = new byte[HEADER_BYTES + plaintext.length + MessageCipher.TAG_BYTES];
        sealed[0] = version;
        System.arraycopy(salt, 0, sealed, 1, salt.length);
        return key.read(
                bytes -> {
                    cipher.encrypt(bytes, salt, plaintext, sealed, HEADER_BYTES, identity);
                    return sealed;
                });
    }

    private Optional<byte[]> decrypt(
            byte version, MessageCipher cipher, byte[] sealed, byte[] identity) {
        if (sealed.length < HEADER_BYTES + MessageCipher.TAG_BYTES || sealed[0] != version) {
            return Optional.empty();
        }
        byte[] salt = Arrays.copyOfRange(sealed, 1, HEADER_BYTES);
        return key.read(
                bytes -> {
                    try {
                        return Optional.of(
                                cipher.decrypt(
                                        bytes,
                                        salt,
                                        sealed,
                                        HEADER_BYTES,
                                        sealed.length - HEADER_BYTES,
                                        identity));
                    } catch (AEADBadTagException _) {
                        return Optional.empty();
                    }
                });
    }

    private static String identify(byte[] key) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            byte[] tag = mac.doFinal("trent root key id 1".getBytes(UTF_8));
            return HexFormat.of().formatHex(tag, 0, 16);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks HMAC-SHA-256", e);
        }
    }
}
