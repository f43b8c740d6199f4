package trent.seal;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;
import trent.crypto.Entropy;

/**
 * A root key in a file of its own: one line, {@code trent-root-key-1:} and the key in Base64, mode
 * 0600.
 */
public record RootKeyFile(Path path) {

    private static final byte[] PREFIX = "trent-root-key-1:".getBytes(US_ASCII);
    private static final int MAX_FILE_BYTES = 256;
    private static final Set<PosixFilePermission> OWNER_ONLY =
            PosixFilePermissions.fromString("rw-------");

    public boolean exists() {
        return Files.exists(path);
    }

    /** Whether others than the owner may read the file. */
    public boolean readableByOthers() throws IOException {
        Set<PosixFilePermission> permissions = EnumSet.copyOf(Files.getPosixFilePermissions(path));
        return permissions.removeAll(
                EnumSet.of(PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_READ));
    }

    /**
     * Makes a new root key and its file, which is on the disk when this returns.
     *
     * @throws IOException if the file exists or cannot be written; nothing was changed
     */
    public RootKey create(Entropy entropy) throws IOException {
        byte[] key = entropy.bytes(RootKey.BYTES);
        byte[] text = Base64.getEncoder().encode(key);
        Path unfinished = path.resolveSibling(path.getFileName() + ".new");
        Files.deleteIfExists(unfinished);
        try (FileChannel file =
                FileChannel.open(
                        unfinished,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(OWNER_ONLY))) {
            file.write(
                    new ByteBuffer[] {
                        ByteBuffer.wrap(PREFIX),
                        ByteBuffer.wrap(text),
                        ByteBuffer.wrap(new byte[] {'\n'})
                    });
            file.force(true);
        } finally {
            Arrays.fill(text, (byte) 0);
        }
        // A link, since it never replaces: were another process quicker, its key must stay.
        Files.createLink(path, unfinished);
        Files.delete(unfinished);
        try (FileChannel directory =
                FileChannel.open(unfinished.toAbsolutePath().resolveSibling("."))) {
            directory.force(true);
        }
        return new RootKey(key, entropy);
    }

    /**
     * Reads the root key.
     *
     * @throws NoSuchFileException if there is no file
     * @throws IOException if the file is not a root key
     */
    public RootKey read(Entropy entropy) throws IOException {
        if (Files.size(path) > MAX_FILE_BYTES) {
            throw notAKey();
        }
        byte[] text = Files.readAllBytes(path);
        try {
            int end =
                    text.length > 0 && text[text.length - 1] == '\n'
                            ? text.length - 1
                            : text.length;
            if (end <= PREFIX.length
                    || !Arrays.equals(text, 0, PREFIX.length, PREFIX, 0, PREFIX.length)) {
                throw notAKey();
            }
            byte[] key = Base64.getDecoder().decode(Arrays.copyOfRange(text, PREFIX.length, end));
            if (key.length != RootKey.BYTES) {
                throw notAKey();
            }
            return new RootKey(key, entropy);
        } catch (IllegalArgumentException _) { // its text would show what was read
            throw notAKey();
        } finally {
            Arrays.fill(text, (byte) 0);
        }
    }

    private IOException notAKey() {
        return new IOException(path + " is not a root key file");
    }
}
