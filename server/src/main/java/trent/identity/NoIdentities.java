package trent.identity;

import java.util.List;
import org.jspecify.annotations.Nullable;
import trent.call.Principal;
import trent.name.AccountId;

/** Accounts that have nobody but their roots. */
final class NoIdentities implements Identities {

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
        return null;
    }

    @Override
    public boolean has(String uniqueId) {
        return false;
    }

    @Override
    public @Nullable String arnOf(String uniqueId, String partition) {
        return null;
    }
}
