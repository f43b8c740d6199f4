package trent.identity;

import org.jspecify.annotations.Nullable;

/**
 * The access keys that accounts and users have. Answers from memory, that there is none too; on a
 * thread that must not wait it throws {@link trent.store.NotInMemory} where it would have to.
 */
@FunctionalInterface
public interface AccessKeys {

    /**
     * The access key with this id, the same object as long as nothing of it, of its user or of its
     * account has changed; null if none was ever issued. One that was deleted is still told, as not
     * active.
     */
    @Nullable StoredKey find(String accessKeyId);
}
