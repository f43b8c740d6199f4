package trent.alias;

import trent.api.DependencyTimeoutException;
import trent.api.LimitExceededException;
import trent.api.ValidationException;
import trent.call.Call;
import trent.key.Quotas;
import trent.name.KeyArn;
import trent.name.KeyReference;
import trent.store.Alias;

/** The key that an alias is to stand for. */
final class Target {

    private Target() {}

    /** Reads TargetKeyId, where an alias has an error of its own. */
    static KeyArn parse(Call call, String targetKeyId) {
        if (KeyReference.isAlias(targetKeyId)) {
            throw new ValidationException("Aliases must refer to keys. Not aliases");
        }
        return KeyReference.parseKey(targetKeyId, call.account(), call.region());
    }

    /**
     * Refuses to change an alias that leaves another key than the one on which permission was
     * checked. {@link trent.store.Store#checked} has the call checked again before it comes to this.
     */
    static void requireUnmoved(Alias seen, Alias existing) {
        if (!existing.target().equals(seen.target())) {
            throw new DependencyTimeoutException(
                    "The alias was being moved. Nothing was changed by the call. Try again.");
        }
    }

    /** The refusal of one alias more on a key that has {@code used} already. */
    static LimitExceededException full(int used, Quotas quotas) {
        return new LimitExceededException(
                "Aliases per key quota for this account in this region is %d, current usage is %d."
                        .formatted(quotas.aliasesPerKey(), used));
    }
}
