package trent.seed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import trent.seal.GuardedFile;
import trent.store.Store;

/**
 * A file that says what is to be there at a start: accounts, identities, keys, aliases.
 *
 * @param environment where its variables are taken from
 * @param othersMayRead whether a file with secrets that everybody on the machine can read is taken
 */
public record SeedFile(Path path, Map<String, String> environment, boolean othersMayRead) {

    private static final long MAX_BYTES = 16 << 20;

    /**
     * Brings about what the file says.
     *
     * @param changes whether what is there and differs is brought in line; else the log tells it
     * @throws IOException if the file cannot be read, is wrong, or contradicts what is there: its
     *     message names the line
     */
    public void sow(Store store, Services services, boolean changes) throws IOException {
        read().sow(store, services, changes);
    }

    /**
     * Reads the file and changes nothing.
     *
     * @throws IOException if the file cannot be read or is wrong: its message names the line
     */
    public Read read() throws IOException {
        Reading reading = new Reading();
        boolean once = !Files.isRegularFile(path);
        try {
            Seed seed = SeedReader.read(bytes(path), reading);
            if (reading.secrets) {
                requireGuarded(path);
            }
            return new Read(seed, once);
        } catch (Wrong e) {
            throw words(e);
        }
    }

    private IOException words(Wrong e) {
        return new IOException("the seed %s, line %d: %s".formatted(path, e.line(), e.words()));
    }

    /** What a file says. Not a record, since records print themselves. */
    public final class Read {

        private final Seed seed;

        /** Whether it came from a pipe or the like, and does not come again. */
        private final boolean once;

        private Read(Seed seed, boolean once) {
            this.seed = seed;
            this.once = once;
        }

        /**
         * What the file says by now; the same of what can be read only once.
         *
         * @throws IOException as {@link SeedFile#read}
         */
        public Read again() throws IOException {
            return once ? this : read();
        }

        /**
         * Brings it about.
         *
         * @param changes whether what is there and differs is brought in line; else the log tells it
         * @throws IOException if it contradicts what is there: its message names the line
         */
        public void sow(Store store, Services services, boolean changes) throws IOException {
            // Nodes that start together have the same.
            try (Store.Alone _ = store.alone("seeding")) {
                new Sowing(store, services, changes).sow(seed);
            } catch (Wrong e) {
                throw words(e);
            }
        }
    }

    /** Without the environment, which may hold secrets. */
    @Override
    public String toString() {
        return path.toString();
    }

    private void requireGuarded(Path file) throws IOException {
        new GuardedFile(file, "seed", "holds the secrets in it", othersMayRead).requireGuarded();
    }

    private static byte[] bytes(Path file) throws IOException {
        if (Files.size(file) > MAX_BYTES) {
            throw new IOException(
                    "%s is larger than %d bytes and is not read".formatted(file, MAX_BYTES));
        }
        return Files.readAllBytes(file);
    }

    private final class Reading implements SeedValue.Sources {

        private boolean secrets;

        @Override
        public @Nullable String variable(String name) {
            return environment.get(name);
        }

        @Override
        public byte[] file(String name, boolean secret) throws IOException {
            Path folder =
                    Objects.requireNonNull(path.toAbsolutePath().getParent(), "a file's folder");
            Path file = folder.resolve(name);
            byte[] bytes = bytes(file);
            if (secret) {
                requireGuarded(file);
            }
            return bytes;
        }

        @Override
        public void holdsSecret() {
            secrets = true;
        }
    }
}
