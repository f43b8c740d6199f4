package trent.identity;

import java.util.IdentityHashMap;
import java.util.List;
import trent.language.Policy;

/**
 * What the policies of remembered identities retain together: one that many have is one, and counts
 * until the last of them is forgotten.
 */
final class HeldPolicies {

    private final IdentityHashMap<Policy, Integer> holders = new IdentityHashMap<>();
    private long bytes;

    synchronized void hold(List<Policy> policies) {
        for (Policy policy : policies) {
            if (holders.merge(policy, 1, Integer::sum) == 1) {
                bytes += policy.bytes();
            }
        }
    }

    synchronized void release(List<Policy> policies) {
        for (Policy policy : policies) {
            if (holders.merge(policy, -1, (held, less) -> held + less == 0 ? null : held + less)
                    == null) {
                bytes -= policy.bytes();
            }
        }
    }

    synchronized long bytes() {
        return bytes;
    }
}
