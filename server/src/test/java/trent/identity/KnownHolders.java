package trent.identity;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import trent.call.Principal;
import trent.name.AccountId;
import trent.store.Store;

/** Who there is, as a test says: users, roles, providers, access keys, accounts that are disabled. */
public final class KnownHolders
        implements Identities, AccessKeys, AccountStates, WebIdentityProviders, KeyUses {

    public final Store store;
    public final SessionTokens tokens;

    /** ARNs in partition aws by unique id. */
    public final Map<String, String> arns = new HashMap<>();

    public final Map<String, StoredKey> keys = new HashMap<>();
    public final Set<AccountId> disabled = new HashSet<>();
    public final Map<String, Registered> providers = new HashMap<>();
    public final List<String> uses = new ArrayList<>();

    private KnownHolders(Store store) {
        this.store = store;
        this.tokens = new SessionTokens(store);
    }

    public static KnownHolders nobody() {
        return new KnownHolders(Store.inMemory(new SecureRandom()::nextBytes));
    }

    public static KnownHolders of(Credential stored) {
        KnownHolders known = nobody();
        known.put(stored, true);
        return known;
    }

    public void put(Credential stored, boolean active) {
        keys.put(stored.accessKeyId(), new StoredKey(stored, active));
    }

    public Credentials credentials() {
        return Credentials.issued(null, this, tokens, holders(), this);
    }

    public Credentials anyones() {
        return Credentials.anyones(this, tokens, holders(), this);
    }

    public Credentials.Holders holders() {
        return new Credentials.Holders(this, this, this);
    }

    @Override
    public @Nullable StoredKey find(String accessKeyId) {
        return keys.get(accessKeyId);
    }

    @Override
    public @Nullable Registered find(AccountId account, String url) {
        return providers.get(account + " " + url);
    }

    @Override
    public boolean enabled(AccountId account) {
        return !disabled.contains(account);
    }

    @Override
    public void note(String accessKeyId, String service, String region, Instant time) {
        uses.add(accessKeyId + " " + service + " " + region + " " + time);
    }

    @Override
    public @Nullable Subject of(Principal caller) {
        return caller.isRoot() ? Subject.ROOT : null;
    }

    @Override
    public List<IdentityPolicy> sessionPolicies(Principal caller) {
        return List.of();
    }

    @Override
    public boolean exists(AccountId account) {
        return true;
    }

    @Override
    public @Nullable String idOf(String arn) {
        for (Map.Entry<String, String> each : arns.entrySet()) {
            if (each.getValue().equals(arn)) {
                return each.getKey();
            }
        }
        return null;
    }

    @Override
    public boolean has(String uniqueId) {
        return arns.containsKey(uniqueId);
    }

    @Override
    public @Nullable String arnOf(String uniqueId, String partition) {
        String arn = arns.get(uniqueId);
        return arn == null ? null : arn.replace("arn:aws:", "arn:" + partition + ":");
    }
}
