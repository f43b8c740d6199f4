package trent.identity;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import trent.name.AccountId;

/**
 * The OpenID Connect providers that accounts have registered. Answers from memory; on a thread that
 * must not wait it throws {@link trent.store.NotInMemory} where it would have to. Source: AWS IAM
 * User Guide, "Create an OpenID Connect (OIDC) identity provider in IAM".
 */
@FunctionalInterface
public interface WebIdentityProviders {

    /**
     * A provider as an account has registered it.
     *
     * @param clientIds for whom its tokens may be
     */
    record Registered(Holder.Provider provider, Set<String> clientIds) {

        public Registered {
            clientIds = Set.copyOf(clientIds);
        }
    }

    /**
     * The provider of this account with this URL, given without scheme; null if it has none.
     */
    @Nullable Registered find(AccountId account, String url);
}
