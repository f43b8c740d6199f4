package trent.ops;

import org.jspecify.annotations.Nullable;

/** A house that is up. */
public interface Running extends AutoCloseable {

    /** Where the API is served, for example {@code http://127.0.0.1:4599}. */
    String url();

    /** Where health and metrics are served. */
    String adminUrl();

    /**
     * The root credential that was made at this start and is shown this once; null
     * if none was made.
     */
    @Nullable NewCredential newCredential();

    /** Finishes what was accepted and stops. */
    @Override
    void close();

    /** Shown once and never again. */
    final class NewCredential {

        private final String accessKeyId;
        private final String secretAccessKey;

        public NewCredential(String accessKeyId, String secretAccessKey) {
            this.accessKeyId = accessKeyId;
            this.secretAccessKey = secretAccessKey;
        }

        String accessKeyId() {
            return accessKeyId;
        }

        String secretAccessKey() {
            return secretAccessKey;
        }

        @Override
        public String toString() {
            return accessKeyId;
        }
    }
}
