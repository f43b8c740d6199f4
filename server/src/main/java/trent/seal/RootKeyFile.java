package trent.seal;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import trent.crypto.Entropy;

/**
 * A root key in a file of its own: one line, {@code trent-root-key-1:} and the key
 * in Base64, mode 0600.
 *
 * @param othersMayRead whether a file that everybody on the machine can read is taken,
 *     as mounted secrets are
 */
public record RootKeyFile(Path path, boolean othersMayRead) {

    private static final Logger LOG = LoggerFactory.getLogger(RootKeyFile.class);

    private static final byte[] PREFIX = "trent-root-key-1:".getBytes(US_ASCII);
    private static final int MAX_FILE_BYTES = 256;
    private static final Set<PosixFilePermission> OWNER_ONLY =
            PosixFilePermissions.fromString("rw-------");

    private static final String UNFINISHED = ".new";
    private static final int UNFINISHED_NAME_BYTES = 8;

    /** A file that only its owner may read, or his group. */
    public RootKeyFile(Path path) {
        this(path, false);
    }

    /** Whether there is a file, be it one that this user must not look at. */
    public boolean exists() {
        return !Files.notExists(path);
    }

    /** What changes when the file is replaced, written or guarded otherwise. */
    public record Stamp(Object file, long bytes, FileTime modified, FileTime changed) {}

    /**
     * The file as it is now; it is not opened.
     *
     * @throws IOException if there is none
     */
    public Stamp stamp() throws IOException {
        BasicFileAttributes is = Files.readAttributes(path, BasicFileAttributes.class);
        return new Stamp(
                Objects.requireNonNullElse(is.fileKey(), path),
                is.size(),
                is.lastModifiedTime(),
                (FileTime) Files.getAttribute(path, "unix:ctime"));
    }

    /**
     * Makes a new root key and its file, which is on the disk when this returns.
     *
     * @throws IOException if the file exists or cannot be written; nothing was changed
     */
    public RootKey create(Entropy entropy) throws IOException {
        RootKey made = RootKey.random(entropy);
        write(made, entropy);
        return made;
    }

    /**
     * Writes the file of a new root key, which is on the disk when this returns.
     *
     * @throws IOException if the file exists or cannot be written; nothing was changed
     */
    public void write(RootKey made, Entropy entropy) throws IOException {
        Path folder = Objects.requireNonNull(path.toAbsolutePath().getParent(), "a file's folder");
        guarded().requireGuarded(folder.toRealPath());
        removeUnfinished();
        // A name of its own: were it the same for all, another start could exchange what is linked.
        Path unfinished =
                path.resolveSibling(
                        path.getFileName()
                                + "."
                                + HexFormat.of().formatHex(entropy.bytes(UNFINISHED_NAME_BYTES))
                                + UNFINISHED);
        try {
            writeLine(made, unfinished);
            // A link, since it never replaces: were another process quicker, its key must stay.
            Files.createLink(path, unfinished);
        } catch (FileAlreadyExistsException | NoSuchFileException _) {
            throw new FileAlreadyExistsException(
                    path.toString(),
                    null,
                    "another start made a root key there just now, and this one must not replace"
                            + " it. Nothing was changed. Give each store its own --seal file:PATH,"
                            + " or make this one under the same root key with trent init");
        } finally {
            Files.deleteIfExists(unfinished);
        }
        try (FileChannel directory = FileChannel.open(folder)) {
            directory.force(true);
        }
        try (RootKey written = read(entropy)) {
            if (!written.id().equals(made.id())) {
                throw new IOException(
                        path
                                + " was replaced while it was made; nothing was sealed with it. See who"
                                + " else writes there, and start again");
            }
        }
    }

    /**
     * Takes away the file of a root key that nothing was sealed with.
     *
     * @param id of which key; a file with another one stays
     */
    public void remove(String id, Entropy entropy) throws IOException {
        try (RootKey there = read(entropy)) {
            if (!there.id().equals(id)) {
                return;
            }
        }
        Files.delete(path);
    }

    /**
     * Reads the root key.
     *
     * @throws NoSuchFileException if there is no file
     * @throws IOException if the file is not a root key, or others have a hold on it
     */
    public RootKey read(Entropy entropy) throws IOException {
        requireGuarded();
        if (Files.size(path) > MAX_FILE_BYTES) {
            throw notAKey();
        }
        byte[] key = keyIn(Files.readAllBytes(path));
        if (key == null) {
            throw notAKey();
        }
        return new RootKey(key, entropy);
    }

    /**
     * Takes away what starts that were cut short left beside the file, but no whole root key that
     * Trent may not have written.
     */
    public void removeUnfinished() {
        Path folder = Objects.requireNonNull(path.toAbsolutePath().getParent(), "a file's folder");
        String name = String.valueOf(path.getFileName());
        try (DirectoryStream<Path> all =
                Files.newDirectoryStream(
                        folder,
                        each -> {
                            String found = String.valueOf(each.getFileName());
                            return found.startsWith(name + ".") && found.endsWith(UNFINISHED);
                        })) {
            for (Path each : all) {
                String middle =
                        String.valueOf(each.getFileName())
                                .substring(name.length())
                                .replace(UNFINISHED, "");
                boolean ours =
                        middle.matches("\\.[0-9a-f]{%d}".formatted(UNFINISHED_NAME_BYTES * 2));
                if (ours || (middle.isEmpty() && mayGo(each))) {
                    Files.deleteIfExists(each);
                }
            }
        } catch (IOException | RuntimeException e) {
            // A mounted secret's folder, for one, cannot be tidied, and holds nothing of ours.
            LOG.atDebug().setCause(e).log("the folder of the root key was not tidied");
        }
    }

    /** Earlier versions gave what was unfinished one name for all, which people use as well. */
    private boolean mayGo(Path unfinished) throws IOException {
        if (!Files.isRegularFile(unfinished) || Files.size(unfinished) > MAX_FILE_BYTES) {
            return false;
        }
        byte[] left = keyIn(Files.readAllBytes(unfinished));
        if (left == null) {
            return true; // cut short
        }
        try {
            byte[] used = exists() ? keyIn(Files.readAllBytes(path)) : null;
            boolean same = used != null && Arrays.equals(used, left);
            if (used != null) {
                Arrays.fill(used, (byte) 0);
            }
            if (!same) {
                LOG.atWarn()
                        .log(
                                "{} holds a root key that is not the one in {}, and is left alone. Remove it if"
                                        + " no store needs it",
                                unfinished,
                                path);
            }
            return same;
        } finally {
            Arrays.fill(left, (byte) 0);
        }
    }

    /** Refuses a file that others could exchange, or all could read. */
    private void requireGuarded() throws IOException {
        guarded().requireGuarded();
    }

    private GuardedFile guarded() {
        return new GuardedFile(
                path, "root key", "opens every key of a copy of the store", othersMayRead);
    }

    private static void writeLine(RootKey made, Path file) throws IOException {
        byte[] text = made.lend(Base64.getEncoder()::encode);
        try (FileChannel channel =
                FileChannel.open(
                        file,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(OWNER_ONLY))) {
            ByteBuffer[] line = {
                ByteBuffer.wrap(PREFIX), ByteBuffer.wrap(text), ByteBuffer.wrap(new byte[] {'\n'})
            };
            while (line[line.length - 1].hasRemaining()) {
                channel.write(line);
            }
            channel.force(true);
        } finally {
            Arrays.fill(text, (byte) 0);
        }
    }

    /** The key in the line, which is wiped; null if it holds none. */
    private static byte @Nullable [] keyIn(byte[] line) {
        try {
            int end =
                    line.length > 0 && line[line.length - 1] == '\n'
                            ? line.length - 1
                            : line.length;
            if (end <= PREFIX.length
                    || !Arrays.equals(line, 0, PREFIX.length, PREFIX, 0, PREFIX.length)) {
                return null;
            }
            byte[] text = Arrays.copyOfRange(line, PREFIX.length, end);
            try {
                byte[] key = Base64.getDecoder().decode(text);
                return key.length == RootKey.BYTES ? key : null;
            } finally {
                Arrays.fill(text, (byte) 0);
            }
        } catch (IllegalArgumentException _) { // its text would show what was read
            return null;
        } finally {
            Arrays.fill(line, (byte) 0);
        }
    }

    private IOException notAKey() {
        return new IOException(path + " is not a root key file");
    }
}
