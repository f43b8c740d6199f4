package trent.store;

import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;
import trent.language.Policy;

/**
 * The policy of a key as memory holds it. Many keys share a policy, which is held, and counted, by
 * the cache of compiled ones alone: here a million keys weigh what their names weigh.
 */
final class KeyPolicy {

    private final WeakReference<Policy> compiled;

    KeyPolicy(Policy policy) {
        compiled = new WeakReference<>(policy);
    }

    /** Null once nothing else holds it: it is to be compiled again. */
    @Nullable Policy compiled() {
        return compiled.get();
    }
}
