package trent.identity.oidc;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The keys of an issuer in a file, a JWK set, which the operator replaces when they change. */
public record FileKeys(Path file) implements KeySource {

    /**
     * Refuses a file that holds no key that could be used.
     *
     * @throws IOException with words for the operator
     */
    public void check() throws IOException {
        try {
            KeySet.parse(fetch(""));
        } catch (KeySet.NoKeys e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    @Override
    public byte[] fetch(String url) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new IOException(
                        "%s is longer than %d bytes, the longest JWK set that is read"
                                .formatted(file, MAX_BYTES));
            }
            return bytes;
        }
    }
}
