package trent.call;

import trent.name.AccountId;
import trent.name.Region;

/**
 * One call as an operation sees it: who, where, and under which id it is audited.
 *
 * @param principal who signed it
 * @param region the Region of the credential scope
 * @param requestId a UUID, new for every request
 */
public record Call(Principal principal, Region region, String requestId) {

    /** The caller's account: what is created belongs to it, bare ids and alias names are looked up in it. */
    public AccountId account() {
        return principal.account();
    }
}
