package trent.seal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.AEADBadTagException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
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
    private static final int HEADER_BYTES = 1 + MessageCipher.SALT_BYTES;

    private static final MessageCipher CIPHER = new MessageCipher("trent seal 1".getBytes(UTF_8));

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

    /** What tells root keys apart and gives nothing away: 32 hexadecimal digits. */
    public String id() {
        return id;
    }

    /** Seals the value for the row with this identity. */
    public byte[] seal(Secret value, String row) {
        byte[] salt = entropy.bytes(MessageCipher.SALT_BYTES);
        return value.read(
                plaintext -> {
                    byte[] sealed =
                            new byte[HEADER_BYTES + plaintext.length + MessageCipher.TAG_BYTES];
                    sealed[0] = VERSION;
                    System.arraycopy(salt, 0, sealed, 1, salt.length);
                    key.read(
                            bytes -> {
                                CIPHER.encrypt(
                                        bytes,
                                        salt,
                                        plaintext,
                                        sealed,
                                        HEADER_BYTES,
                                        row.getBytes(UTF_8));
                                return sealed;
                            });
                    return sealed;
                });
    }

    /**
     * Opens what {@link #seal} made.
     *
     * @throws IllegalStateException if this is another root key, another row, or the row was
     *     altered
     */
    public Secret open(byte[] sealed, String row) {
        if (sealed.length < HEADER_BYTES + MessageCipher.TAG_BYTES || sealed[0] != VERSION) {
            throw damaged(row, null);
        }
        byte[] salt = Arrays.copyOfRange(sealed, 1, HEADER_BYTES);
        return key.read(
                bytes -> {
                    try {
                        return new Secret(
                                CIPHER.decrypt(
                                        bytes,
                                        salt,
                                        sealed,
                                        HEADER_BYTES,
                                        sealed.length - HEADER_BYTES,
                                        row.getBytes(UTF_8)));
                    } catch (AEADBadTagException e) {
                        throw damaged(row, e);
                    }
                });
    }

    @Override
    public void close() {
        key.close();
    }

    @Override
    public String toString() {
        return "RootKey[" + id + "]";
    }

    private static IllegalStateException damaged(String row, @Nullable Exception cause) {
        return new IllegalStateException(
                "the sealed value of " + row + " was altered or belongs elsewhere", cause);
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
