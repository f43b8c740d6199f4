package trent.identity;

import java.time.Instant;

/** What access keys were used for last. Called on event loops, at most once a second for a key. */
@FunctionalInterface
public interface KeyUses {

    /**
     * Notes a use.
     *
     * @param service for example {@code kms}
     * @param region for example {@code us-east-2}
     */
    void note(String accessKeyId, String service, String region, Instant time);
}
