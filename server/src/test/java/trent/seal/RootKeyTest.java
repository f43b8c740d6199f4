package trent.seal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.IntStream;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trent.crypto.Entropy;

/** The key above all keys, its file, and what it seals. */
class RootKeyTest {

    private static final Entropy ENTROPY = new SecureRandom()::nextBytes;

    @TempDir Path folder = Path.of("");

    /** A store remembers it: another id for the same key would lock every store out. */
    @Test
    void theIdOfAKeyNeverChanges() throws GeneralSecurityException {
        byte[] key = key();
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        String expected =
                HexFormat.of().formatHex(mac.doFinal("trent root key id 1".getBytes(UTF_8)), 0, 16);
        RootKey rootKey = new RootKey(key, ENTROPY);
        assertThat(rootKey.id()).isEqualTo(expected).isEqualTo("d2ebf37100a222d38eb73e61c04ca5be");
        assertThat(rootKey).hasToString("RootKey[" + expected + "]");
    }

    @Property(tries = 200)
    void whatIsSealedOpensForItsRow(@ForAll @Size(max = 200) byte[] value, @ForAll String row) {
        RootKey rootKey = new RootKey(key(), ENTROPY);
        byte[] sealed = rootKey.seal(new Secret(value.clone()), "row" + row.length());
        assertThat(sealed).hasSize(1 + 32 + value.length + 16);
        assertThat(rootKey.open(sealed, "row" + row.length()).<byte[]>read(byte[]::clone))
                .isEqualTo(value);
    }

    /** By HKDF and GCM as RFC 5869 and SP 800-38D write them: version, salt, ciphertext and tag. */
    @Test
    void aSealedValueCanBeOpenedByHand() throws GeneralSecurityException {
        byte[] sealed = new RootKey(key(), ENTROPY).seal(new Secret(new byte[] {1, 2, 3}), "row");
        assertThat(sealed[0]).isEqualTo((byte) 1);
        byte[] info = "trent seal 1".getBytes(UTF_8);
        byte[] pseudorandom = hmac(Arrays.copyOfRange(sealed, 1, 33), key());
        byte[] first = hmac(pseudorandom, info, new byte[] {1});
        byte[] second = hmac(pseudorandom, first, info, new byte[] {2});
        Cipher gcm = Cipher.getInstance("AES/GCM/NoPadding");
        gcm.init(
                Cipher.DECRYPT_MODE,
                new SecretKeySpec(first, "AES"),
                new GCMParameterSpec(128, Arrays.copyOf(second, 12)));
        gcm.updateAAD("row".getBytes(UTF_8));
        assertThat(gcm.doFinal(sealed, 33, sealed.length - 33)).containsExactly(1, 2, 3);
    }

    @Test
    void anotherRowAnotherKeyAndAnyChangedBitFail() {
        RootKey rootKey = new RootKey(key(), ENTROPY);
        byte[] sealed = rootKey.seal(new Secret(new byte[] {1, 2, 3}), "row");
        refused(rootKey, sealed, "Row");
        refused(rootKey, sealed, "");
        refused(new RootKey(ENTROPY.bytes(32), ENTROPY), sealed, "row");
        for (int bit = 0; bit < sealed.length * 8; bit++) {
            byte[] flipped = sealed.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            refused(rootKey, flipped, "row");
        }
        for (int length = 0; length < sealed.length; length++) {
            refused(rootKey, Arrays.copyOf(sealed, length), "row");
        }
    }

    @Test
    void theSameValueIsNeverSealedAlike() {
        RootKey rootKey = new RootKey(key(), ENTROPY);
        Secret value = new Secret(new byte[32]);
        assertThat(
                        IntStream.range(0, 50)
                                .mapToObj(
                                        _ -> HexFormat.of().formatHex(rootKey.seal(value, "row"))))
                .doesNotHaveDuplicates();
    }

    @Test
    void aKeyHasThirtyTwoBytes() {
        assertThatThrownBy(() -> new RootKey(new byte[31], ENTROPY))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aClosedKeySealsNothing() {
        RootKey rootKey = new RootKey(key(), ENTROPY);
        rootKey.close();
        assertThatThrownBy(() -> rootKey.seal(new Secret(new byte[1]), "row"))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aFileIsOneLineThatOnlyItsOwnerReads() throws IOException {
        RootKeyFile file = new RootKeyFile(folder.resolve("root.key"));
        RootKey made = file.create(ENTROPY);
        assertThat(Files.readString(file.path())).matches("trent-root-key-1:[A-Za-z0-9+/]{43}=\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.path())))
                .isEqualTo("rw-------");
        assertThat(file.read(ENTROPY).id()).isEqualTo(made.id());
        try (var files = Files.list(folder)) {
            assertThat(files).as("nothing unfinished is left").containsExactly(file.path());
        }
    }

    @Test
    void aFileIsNeverReplaced() throws IOException {
        RootKeyFile file = new RootKeyFile(folder.resolve("root.key"));
        String first = file.create(ENTROPY).id();
        assertThatThrownBy(() -> file.create(ENTROPY))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(file.read(ENTROPY).id()).isEqualTo(first);
    }

    @Test
    void noFileIsNoKey() {
        assertThatThrownBy(() -> new RootKeyFile(folder.resolve("none")).read(ENTROPY))
                .isInstanceOf(NoSuchFileException.class);
    }

    private static void refused(RootKey rootKey, byte[] sealed, String row) {
        assertThatThrownBy(() -> rootKey.open(sealed, row))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the sealed value of " + row + " was altered or belongs elsewhere");
    }

    /** The bytes 0 to 31. */
    private static byte[] key() {
        byte[] key = new byte[32];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) i;
        }
        return key;
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
