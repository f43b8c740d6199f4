package trent.access;

import java.util.List;
import trent.access.Decision.AllowedAsOwner;
import trent.access.Decision.Hidden;
import trent.access.Decision.NotAllowed;
import trent.api.AccessDeniedException;
import trent.api.GrantOperation;
import trent.api.KmsOperation;
import trent.call.Action;
import trent.call.Call;
import trent.call.Principal;
import trent.name.AccountId;
import trent.name.AliasArn;
import trent.name.Arn;
import trent.name.KeyArn;
import trent.store.Grant;

/**
 * Lets calls pass or denies them in AWS's words. Until policies are enforced the root of an account
 * may do everything with what the account owns, and nothing with what others own.
 */
public final class Access {

    private static final Action RETIRE_GRANT = Action.of(KmsOperation.RETIRE_GRANT);
    private static final String HIDDEN =
            " because the resource does not exist in this Region, no resource-based policies allow access, or a"
                    + " resource-based policy explicitly denies access";

    private final GrantTokens tokens;

    public Access(GrantTokens tokens) {
        this.tokens = tokens;
    }

    /** Lets the call pass, or throws AccessDeniedException in AWS's words. */
    public void require(Call call, Action action, Arn resource) {
        call.about(resource);
        switch (decide(call, resource)) {
            case AllowedAsOwner _ -> {}
            case NotAllowed _ -> throw notAllowed(call, action, resource);
            case Hidden _ -> throw hidden(call, action);
        }
    }

    /** Whether the caller may, and why. */
    public Decision decide(Call call, Arn resource) {
        AccountId owner =
                switch (resource) {
                    case KeyArn key -> key.account();
                    case AliasArn alias -> alias.account();
                    case Arn.Everything _ -> call.account();
                };
        if (!owner.equals(call.account())) {
            return new Hidden();
        }
        return call.principal().isRoot() ? new AllowedAsOwner() : new NotAllowed();
    }

    /**
     * Refuses grant tokens that no CreateGrant of this service gave out. Those of grants that are
     * gone, or of other keys, are without effect.
     */
    public void requireKnown(List<String> grantTokens) {
        grantTokens.forEach(tokens::read);
    }

    /**
     * Lets the call retire the grant, or throws AccessDeniedException: the grant decides, not the
     * key's policy. Source: AWS KMS Developer Guide, "Retiring and revoking grants".
     */
    public void requireRetirable(Call call, Grant grant) {
        call.about(grant.key());
        Principal caller = call.principal();
        if (caller.is(grant.retiring())
                || (grant.operations().contains(GrantOperation.RETIRE_GRANT)
                        && caller.is(grant.grantee()))) {
            return;
        }
        if (caller.isRoot()
                && (caller.account().equals(grant.issuingAccount())
                        || caller.account().equals(grant.key().account()))) {
            return;
        }
        throw caller.account().equals(grant.key().account())
                ? notAllowed(call, RETIRE_GRANT, grant.key())
                : hidden(call, RETIRE_GRANT);
    }

    /** Refuses a call about a principal of another account. */
    public void requireOwnPrincipal(Call call, Action action, String principal) {
        String[] arn = principal.split(":", 6); // a service's name has no account
        if (arn.length != 6 || !arn[4].equals(call.account().value())) {
            throw notAllowed(call, action, principal);
        }
    }

    /** The one answer about what another account owns, whether it exists or not. */
    public AccessDeniedException hidden(Call call, Action action) {
        return new AccessDeniedException(denied(call, action) + " on this resource" + HIDDEN);
    }

    /** The same where the key is named by a ciphertext only. */
    public AccessDeniedException hiddenByCiphertext(Call call, Action action) {
        return new AccessDeniedException(
                denied(call, action) + " on the resource associated with this ciphertext" + HIDDEN);
    }

    private static AccessDeniedException notAllowed(Call call, Action action, Object resource) {
        return new AccessDeniedException(
                denied(call, action)
                        + " on resource: %s because no identity-based policy allows the %s action"
                                .formatted(resource, action));
    }

    private static String denied(Call call, Action action) {
        return "User: " + call.principal() + " is not authorized to perform: " + action;
    }
}
