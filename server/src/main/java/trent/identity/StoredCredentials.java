package trent.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import trent.name.AccountId;
import trent.seal.Secret;
import trent.store.AccessKey;
import trent.store.Entity;
import trent.store.EntityKind;
import trent.store.HeapShare;
import trent.store.Store;

/** Access keys and their holders, accounts and providers, as the store has them now. */
public final class StoredCredentials implements AccessKeys, AccountStates, WebIdentityProviders {

    /** What one access key's credential retains, its secret in it. */
    private static final int BYTES_A_KEY = 640;

    private final Store store;
    private final StoredIdentities identities;

    /** By access key id. What is in it counts only as long as what it was made of is the same. */
    private final Cache<String, Known> known =
            Caffeine.newBuilder()
                    .maximumSize(HeapShare.ACCESS_KEYS.bytes() / BYTES_A_KEY)
                    .executor(Runnable::run)
                    .build();

    /**
     * A credential and what it was made of.
     *
     * @param version of the account's identities
     */
    private record Known(AccessKey key, long version, boolean enabled, StoredKey stored) {}

    public StoredCredentials(Store store, StoredIdentities identities) {
        this.store = store;
        this.identities = identities;
    }

    @Override
    public @Nullable StoredKey find(String accessKeyId) {
        AccessKey key = store.accessKey(accessKeyId);
        if (key.isNobodys()) {
            return null;
        }
        Known before = known.getIfPresent(accessKeyId);
        long version = store.account(key.account()).identityVersion();
        boolean enabled = enabled(key.account());
        if (before != null
                && before.key().equals(key)
                && before.version() == version
                && before.enabled() == enabled) {
            return before.stored();
        }
        StoredKey stored = stored(key, enabled, before);
        known.put(accessKeyId, new Known(key, version, enabled, stored));
        return stored;
    }

    /** The one of before if the change was somebody else's: what was verified with it stays so. */
    private StoredKey stored(AccessKey key, boolean enabled, @Nullable Known before) {
        Holder holder = holder(key);
        Secret secret = key.secret();
        if (before != null
                && before.key().equals(key)
                && before.enabled() == enabled
                && before.stored().active()
                && before.stored().credential().holder().equals(holder)) {
            return before.stored();
        }
        return holder == null || secret == null
                ? new StoredKey(
                        new Credential(key.id(), new Holder.Root(key.account()), new byte[] {'-'}),
                        false)
                : new StoredKey(
                        new Credential(key.id(), holder, secret.read(byte[]::clone)),
                        enabled && key.active());
    }

    /** Null if the user is gone, or the key was deleted. */
    private @Nullable Holder holder(AccessKey key) {
        if (key.isDeleted()) {
            return null;
        }
        if (key.isRoots()) {
            return new Holder.Root(key.account());
        }
        Entity user = identities.entity(key.ownerId());
        return user == null || user.kind() != EntityKind.USER
                ? null
                : new Holder.User(user.account(), user.path(), user.name(), user.id());
    }

    @Override
    public boolean enabled(AccountId account) {
        return identities.exists(account);
    }

    @Override
    public @Nullable Registered find(AccountId account, String url) {
        List<String> clientIds = identities.clientIds(account, url);
        Entity provider = identities.find(account, EntityKind.PROVIDER, url);
        return clientIds == null || provider == null
                ? null
                : new Registered(new Holder.Provider(provider.id(), url), Set.copyOf(clientIds));
    }
}
