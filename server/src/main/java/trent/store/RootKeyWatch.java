package trent.store;

import java.io.IOException;
import java.nio.file.FileSystemException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import trent.crypto.Entropy;
import trent.seal.RootKey;
import trent.seal.RootKeyFile;

/**
 * Sees whether the root key's file still holds the key that the store is sealed with. The running
 * server does not need it, and so nobody would miss it until the next start.
 */
final class RootKeyWatch {

    private static final Logger LOG = LoggerFactory.getLogger(RootKeyWatch.class);

    /** Reading makes no random bytes. */
    private static final Entropy NONE =
            _ -> {
                throw new IllegalStateException("nothing is sealed here");
            };

    private final RootKeyFile file;
    private final String id;
    private RootKeyFile.Stamp good;
    private @Nullable Exchanged exchanged;
    private volatile @Nullable String fault;

    /** The file while it holds another key. */
    private record Exchanged(RootKeyFile.Stamp stamp, String fault) {}

    /** To be made right after the file was read. */
    RootKeyWatch(RootKeyFile file, String id) throws IOException {
        this.file = file;
        this.id = id;
        this.good = file.stamp();
    }

    /** What is wrong with the file; null if nothing was when it was last looked at. */
    @Nullable String fault() {
        return fault;
    }

    /** Looks at the file, and reads it if it is not as it was. */
    void look() {
        String now = found();
        String before = fault;
        fault = now;
        if (now != null && !now.equals(before)) {
            LOG.atError()
                    .log(
                            "the root key {}. This server goes on with the one in its memory, but no start will"
                                    + " succeed without it. Put the file back, or restore it from its backup, before"
                                    + " this server ends",
                            now);
        } else if (now == null && before != null) {
            LOG.atInfo().log("the root key {} is there again", file.path());
        }
    }

    private @Nullable String found() {
        try {
            RootKeyFile.Stamp now = file.stamp();
            if (now.equals(good)) {
                return null;
            }
            Exchanged known = exchanged;
            if (known != null && now.equals(known.stamp())) {
                return known.fault(); // reading it once more would tell of it once more
            }
            try (RootKey key = file.read(NONE)) {
                if (!key.id().equals(id)) {
                    String found =
                            "%s was exchanged: it holds root key %.8s…, and the store is sealed with %.8s…"
                                    .formatted(file.path(), key.id(), id);
                    exchanged = new Exchanged(now, found);
                    return found;
                }
            }
            good = now; // the same key, written anew, as mounted secrets are
            return null;
        } catch (FileSystemException _) {
            return file.path() + " is gone or cannot be read";
        } catch (IOException e) {
            return "cannot be used any more: " + e.getMessage();
        }
    }
}
