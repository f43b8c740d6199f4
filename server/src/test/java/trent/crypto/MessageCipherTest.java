package trent.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** AES-256-GCM under a derived key: what goes in comes out, and nothing that was changed. */
class MessageCipherTest {

    private static final MessageCipher CIPHER = new MessageCipher("test 1".getBytes(UTF_8));
    private static final AtomicInteger SALTS = new AtomicInteger();

    @Property(tries = 300)
    void whatGoesInComesOut(
            @ForAll @Size(32) byte[] key,
            @ForAll @Size(32) byte[] salt,
            @ForAll @Size(max = 500) byte[] plaintext,
            @ForAll @Size(max = 50) byte[] associated)
            throws AEADBadTagException {
        byte[] sealed = seal(CIPHER, key, salt, plaintext, associated);
        assertThat(CIPHER.decrypt(key, salt, sealed, 0, sealed.length, associated))
                .isEqualTo(plaintext);
    }

    /** HKDF as RFC 5869 writes it, and GCM with the two parts of its output. */
    @Property(tries = 200)
    void itIsHkdfAndGcm(
            @ForAll @Size(32) byte[] key,
            @ForAll @Size(32) byte[] salt,
            @ForAll @Size(max = 100) byte[] plaintext,
            @ForAll @Size(max = 50) byte[] associated)
            throws GeneralSecurityException {
        byte[] info = "test 1".getBytes(UTF_8);
        byte[] pseudorandom = hmac(salt, key);
        byte[] first = hmac(pseudorandom, info, new byte[] {1});
        byte[] second = hmac(pseudorandom, first, info, new byte[] {2});
        Cipher gcm = Cipher.getInstance("AES/GCM/NoPadding");
        gcm.init(
                Cipher.ENCRYPT_MODE,
                new SecretKeySpec(first, "AES"),
                new GCMParameterSpec(128, Arrays.copyOf(second, 12)));
        gcm.updateAAD(associated);
        assertThat(seal(CIPHER, key, salt, plaintext, associated))
                .isEqualTo(gcm.doFinal(plaintext));
    }

    @Test
    void anyChangedBitFails() {
        byte[] key = filled(32, 1);
        byte[] salt = filled(32, 2);
        byte[] associated = filled(9, 3);
        byte[] sealed = seal(CIPHER, key, salt, filled(21, 4), associated);
        for (byte[] part : List.of(key, salt, associated, sealed)) {
            for (int bit = 0; bit < part.length * 8; bit++) {
                part[bit / 8] ^= (byte) (1 << bit % 8);
                assertThatThrownBy(
                                () ->
                                        CIPHER.decrypt(
                                                key, salt, sealed, 0, sealed.length, associated))
                        .isInstanceOf(AEADBadTagException.class);
                part[bit / 8] ^= (byte) (1 << bit % 8);
            }
        }
        for (int length = 0; length < sealed.length; length++) {
            int cut = length;
            assertThatThrownBy(() -> CIPHER.decrypt(key, salt, sealed, 0, cut, associated))
                    .isInstanceOf(AEADBadTagException.class);
        }
    }

    @Test
    void anotherLabelIsAnotherPurpose() {
        byte[] key = filled(32, 1);
        byte[] salt = filled(32, 2);
        byte[] sealed = seal(CIPHER, key, salt, filled(5, 4), new byte[0]);
        MessageCipher other = new MessageCipher("test 2".getBytes(UTF_8));
        assertThatThrownBy(() -> other.decrypt(key, salt, sealed, 0, sealed.length, new byte[0]))
                .isInstanceOf(AEADBadTagException.class);
    }

    /** Only a source of random bytes that repeats itself could bring the same salt twice. */
    @Test
    void aRepeatedSaltIsRefused() {
        byte[] output = new byte[MessageCipher.TAG_BYTES];
        byte[] salt = newSalt();
        CIPHER.encrypt(filled(32, 1), salt, new byte[0], output, 0);
        assertThatThrownBy(() -> CIPHER.encrypt(filled(32, 1), salt, new byte[0], output, 0))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void itWritesWhereItIsTold() {
        byte[] sealed = seal(CIPHER, filled(32, 1), filled(32, 3), filled(4, 4));
        seal(CIPHER, filled(32, 1), newSalt(), filled(4, 4));
        byte[] output = filled(50, 9);
        CIPHER.encrypt(filled(32, 1), filled(32, 3), filled(4, 4), output, 10);
        assertThat(Arrays.copyOfRange(output, 10, 30)).isEqualTo(sealed);
        assertThat(Arrays.copyOf(output, 10)).containsOnly(9);
        assertThat(Arrays.copyOfRange(output, 30, 50)).containsOnly(9);
    }

    /**
     * Platform threads keep a cipher each, also after one of their messages did not open; virtual
     * threads keep none.
     */
    @Test
    void manyThreadsAtOnce() throws Exception {
        for (ExecutorService threads :
                List.of(
                        Executors.newFixedThreadPool(4),
                        Executors.newVirtualThreadPerTaskExecutor())) {
            try (threads) {
                List<Future<?>> all = new ArrayList<>();
                for (int i = 0; i < 64; i++) {
                    byte[] key = filled(32, i);
                    byte[] salt = filled(32, i + 1);
                    byte[] plaintext = filled(i, i);
                    all.add(
                            threads.submit(
                                    () -> {
                                        for (int round = 0; round < 20; round++) {
                                            byte[] sealed = seal(CIPHER, key, salt, plaintext, key);
                                            assertThatThrownBy(
                                                            () ->
                                                                    CIPHER.decrypt(
                                                                            key,
                                                                            salt,
                                                                            sealed,
                                                                            0,
                                                                            sealed.length,
                                                                            salt))
                                                    .isInstanceOf(AEADBadTagException.class);
                                            assertThat(
                                                            CIPHER.decrypt(
                                                                    key,
                                                                    salt,
                                                                    sealed,
                                                                    0,
                                                                    sealed.length,
                                                                    key))
                                                    .isEqualTo(plaintext);
                                        }
                                        return null;
                                    }));
                }
                for (Future<?> each : all) {
                    each.get();
                }
            }
        }
    }

    private static byte[] seal(
            MessageCipher cipher, byte[] key, byte[] salt, byte[] plaintext, byte[]... associated) {
        byte[] output = new byte[plaintext.length + MessageCipher.TAG_BYTES];
        // The JDK refuses the same key and nonce twice in a row, as it should: let
        // another message come between.
        cipher.encrypt(filled(32, 7), newSalt(), new byte[0], new byte[MessageCipher.TAG_BYTES], 0);
        cipher.encrypt(key, salt, plaintext, output, 0, associated);
        return output;
    }

    private static byte[] newSalt() {
        return ByteBuffer.allocate(MessageCipher.SALT_BYTES)
                .putInt(SALTS.incrementAndGet())
                .array();
    }

    private static byte[] filled(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private static byte[] hmac(byte[] key, byte[]... parts) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        for (byte[] part : parts) {
            mac.update(part);
        }
        return mac.doFinal();
    }
}
