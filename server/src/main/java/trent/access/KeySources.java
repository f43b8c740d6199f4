package trent.access;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import trent.language.Policy;
import trent.name.KeyArn;
import trent.store.Alias;
import trent.store.Grant;

/**
 * What a decision about a key asks of the store: as it is committed, from memory. On a thread that
 * must not wait each throws {@link trent.store.NotInMemory} where it would have to. All may be asked
 * of keys that do not exist, with the same effort: the time of an answer must not tell.
 */
public interface KeySources {

    /**
     * Says that the decision takes long.
     *
     * @throws trent.store.NotInMemory if this thread must not be kept so long
     */
    default void takesLong() {}

    /** The key's policy; null if there is no such key. */
    @Nullable Policy keyPolicy(KeyArn key);

    /** The key's tags; empty if it has none. */
    Map<String, String> tagsOf(KeyArn key);

    /** The key's aliases in its account and Region; empty if it has none. */
    List<Alias> aliasesOf(KeyArn key);

    /**
     * The grants on the key whose grantee has this id, as {@link trent.call.Principal#answersTo}
     * has it; empty if there are none.
     */
    List<Grant> grantsFor(KeyArn key, String granteeId);
}
