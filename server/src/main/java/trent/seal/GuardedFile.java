package trent.seal;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * A file with secrets, which others must neither write nor exchange, nor all read.
 *
 * @param what it is, in a word or two, for messages
 * @param gains what whoever reads it does then, for messages
 * @param othersMayRead whether a file that everybody on the machine can read is taken, as mounted
 *     secrets are
 */
public record GuardedFile(Path path, String what, String gains, boolean othersMayRead) {

    private static final Logger LOG = LoggerFactory.getLogger(GuardedFile.class);

    private static final int GROUP_READS = 0040;
    private static final int GROUP_WRITES = 0020;
    private static final int OTHERS_READ = 0004;
    private static final int OTHERS_WRITE = 0002;
    private static final int STICKY = 01000;
    private static final int PERMISSIONS = 07777;
    private static final int SUPERUSER = 0;

    /** Refuses a file that others could exchange, or all could read, and warns of groups that could. */
    public void requireGuarded() throws IOException {
        requireGuarded(Level.WARN);
    }

    /** The same for a file that is read again and again: nobody is warned twice. */
    public void requireStillGuarded() throws IOException {
        requireGuarded(Level.DEBUG);
    }

    private void requireGuarded(Level ofGroups) throws IOException {
        Path file = path.toRealPath();
        Map<String, Object> is = Files.readAttributes(file, "unix:mode,uid");
        int mode = mode(is);
        if (!Files.isRegularFile(file)) { // to read it could take for ever
            throw new IOException(
                    "%s %s is no regular file. Nothing was changed. Put the %s itself there"
                            .formatted("the " + what, file, what));
        }
        if ((mode & (GROUP_WRITES | OTHERS_WRITE)) != 0) {
            throw refused(file, mode, "written", "exchanges the " + what, "chmod go-w " + file);
        }
        if ((mode & OTHERS_READ) != 0 && !othersMayRead) {
            throw refused(
                    file,
                    mode,
                    "read",
                    gains,
                    "chmod 600 %s, or start with --seal-readable-by-others if it is a mounted secret"
                            .formatted(file));
        }
        if ((mode & GROUP_READS) != 0 && !othersMayRead) {
            LOG.atLevel(ofGroups)
                    .log(
                            "the {} {} can be read by its group (mode {}). Unless that is meant, chmod 600 {}",
                            what,
                            file,
                            octal(mode),
                            file);
        }
        Path folder = Objects.requireNonNull(file.getParent(), "a file's folder");
        requireGuarded(folder, ofGroups);
        // A link is as good as what it leads to: whoever can exchange it exchanges the root key.
        Path link = Objects.requireNonNull(path.toAbsolutePath().getParent(), "a file's folder");
        requireGuarded(link.toRealPath(), ofGroups);
        if (sticky(mode(Files.readAttributes(folder, "unix:mode"))) && strange(is)) {
            throw new IOException(
                    "the %s %s lies in a folder where everybody can make files, and belongs to another user: it"
                                    .formatted(what, file)
                            + " may be of anybody's making. Nothing was changed. Move it to a folder of its own,"
                            + " owned by the user that Trent runs as");
        }
    }

    /** Refuses a folder in which others could put another file in the place of this one. */
    void requireGuarded(Path folder) throws IOException {
        requireGuarded(folder, Level.WARN);
    }

    private void requireGuarded(Path folder, Level ofGroups) throws IOException {
        for (Path each = folder; each != null; each = each.getParent()) {
            int mode = mode(Files.readAttributes(each, "unix:mode"));
            if ((mode & OTHERS_WRITE) != 0 && !sticky(mode)) {
                throw refused(
                        each,
                        mode,
                        "written",
                        "can put another %s in the place of this one".formatted(what),
                        "chmod o-w " + each);
            }
        }
        int mode = mode(Files.readAttributes(folder, "unix:mode"));
        if ((mode & GROUP_WRITES) != 0 && !sticky(mode)) {
            LOG.atLevel(ofGroups)
                    .log(
                            "the folder of the {}, {}, can be written by its group (mode {}), which can put"
                                    + " another in its place. Unless that is meant, chmod g-w {}",
                            what,
                            folder,
                            octal(mode),
                            folder);
        }
    }

    /** In such a folder only its owner can take a file's place, though all can make new ones. */
    private static boolean sticky(int mode) {
        return (mode & STICKY) != 0;
    }

    private static boolean strange(Map<String, Object> file) {
        int owner = (Integer) Objects.requireNonNull(file.get("uid"));
        return owner != SUPERUSER && owner != new UnixSystem().getUid();
    }

    private static int mode(Map<String, Object> attributes) {
        return (Integer) Objects.requireNonNull(attributes.get("mode"));
    }

    private static String octal(int mode) {
        return "%04o".formatted(mode & PERMISSIONS);
    }

    private IOException refused(Path which, int mode, String can, String doing, String remedy) {
        return new IOException(
                "the %s is not guarded: %s can be %s by others than its owner (mode %s), and who does so %s. Nothing was changed. %s"
                        .formatted(what, which, can, octal(mode), doing, remedy));
    }
}
