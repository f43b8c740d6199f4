package trent.use;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import javax.crypto.AEADBadTagException;
import trent.api.Blob;
import trent.api.InvalidCiphertextException;
import trent.crypto.Entropy;
import trent.crypto.MessageCipher;
import trent.name.KeyId;
import trent.seal.Secret;
import trent.store.KeyMaterial;

/**
 * A ciphertext of a symmetric key, version 1; docs/ciphertext.md describes it with test vectors.
 *
 * <pre>
 *  0  version                1 byte, 1
 *  1  key id                17 bytes, {@link KeyId#bytes()}
 * 18  key material id       32 bytes
 * 50  salt                  32 bytes
 * 82  check sum              4 bytes, CRC-32C of the bytes before it
 * 86  ciphertext and tag    as many bytes as the plaintext, and 16
 * </pre>
 *
 * <p>The check sum makes a damaged header what AWS calls it, an invalid ciphertext, where it would
 * otherwise name a key that does not exist. It proves nothing: header and encryption context are
 * the associated data.
 */
final class CiphertextBlob {

    private static final byte VERSION = 1;
    private static final int MATERIAL_AT = 1 + KeyId.BYTES;
    private static final int MATERIAL_BYTES = 32;
    private static final int SALT_AT = MATERIAL_AT + MATERIAL_BYTES;
    private static final int CHECK_AT = SALT_AT + MessageCipher.SALT_BYTES;
    private static final int HEADER_BYTES = CHECK_AT + Integer.BYTES;

    private static final MessageCipher CIPHER =
            new MessageCipher("trent ciphertext 1".getBytes(UTF_8));

    private final byte[] bytes;

    private CiphertextBlob(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Encrypts under a key's material, bound to key, material and context. */
    static Blob encrypt(
            KeyId key,
            KeyMaterial material,
            Secret secret,
            EncryptionContext context,
            byte[] plaintext,
            Entropy entropy) {
        byte[] salt = entropy.bytes(MessageCipher.SALT_BYTES);
        byte[] blob = new byte[HEADER_BYTES + plaintext.length + MessageCipher.TAG_BYTES];
        ByteBuffer.wrap(blob)
                .put(VERSION)
                .put(key.bytes())
                .put(material.idBytes())
                .put(salt)
                .putInt(checkSum(blob));
        byte[] header = Arrays.copyOf(blob, HEADER_BYTES);
        secret.read(
                bytes -> {
                    CIPHER.encrypt(
                            bytes,
                            salt,
                            plaintext,
                            blob,
                            HEADER_BYTES,
                            header,
                            context.canonical());
                    return blob;
                });
        return new Blob(blob);
    }

    /**
     * Reads the header.
     *
     * @throws InvalidCiphertextException if the bytes are no ciphertext of this service
     */
    static CiphertextBlob parse(Blob blob) {
        byte[] bytes = blob.bytes();
        if (bytes.length < HEADER_BYTES + MessageCipher.TAG_BYTES
                || bytes[0] != VERSION
                || ByteBuffer.wrap(bytes).getInt(CHECK_AT) != checkSum(bytes)
                || (bytes[1] != 0 && bytes[1] != 1)) {
            throw new InvalidCiphertextException();
        }
        return new CiphertextBlob(bytes);
    }

    KeyId keyId() {
        return KeyId.parse(bytes, 1);
    }

    String materialId() {
        return HexFormat.of().formatHex(bytes, MATERIAL_AT, SALT_AT);
    }

    /**
     * Decrypts.
     *
     * @throws InvalidCiphertextException if the blob was altered or the context is another
     */
    byte[] decrypt(Secret secret, EncryptionContext context) {
        byte[] salt = Arrays.copyOfRange(bytes, SALT_AT, CHECK_AT);
        byte[] header = Arrays.copyOf(bytes, HEADER_BYTES);
        return secret.read(
                material -> {
                    try {
                        return CIPHER.decrypt(
                                material,
                                salt,
                                bytes,
                                HEADER_BYTES,
                                bytes.length - HEADER_BYTES,
                                header,
                                context.canonical());
                    } catch (AEADBadTagException _) {
                        throw new InvalidCiphertextException();
                    }
                });
    }

    private static int checkSum(byte[] blob) {
        CRC32C crc = new CRC32C();
        crc.update(blob, 0, CHECK_AT);
        return (int) crc.getValue();
    }
}
