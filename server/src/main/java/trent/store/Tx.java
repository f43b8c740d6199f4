package trent.store;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import trent.api.ServiceException;
import trent.name.AccountId;
import trent.name.KeyArn;

/**
 * The tables inside one change. What a change reads is what it will be committed on; what it throws
 * leaves nothing behind.
 */
public final class Tx {

    private final Sql sql;
    private final Sealing sealing;
    private final Memory memory;
    private final InstantSource clock;
    private final List<Memory.Entry<?>> stale = new ArrayList<>();
    private @Nullable Set<AccountId> raised;
    private boolean canBeUndoneAlone;
    private boolean changed;
    private boolean forgetting;
    private boolean superseded;
    private @Nullable Key inserted;

    Tx(Sql sql, Sealing sealing, Memory memory, InstantSource clock) {
        this.sql = sql;
        this.sealing = sealing;
        this.memory = memory;
        this.clock = clock;
    }

    /** From now on {@link #undo} works: it costs what changes something 4 µs. */
    void prepareToUndo() {
        canBeUndoneAlone = true;
    }

    /**
     * To be thrown by a change that finds what its call was allowed by no longer so, where the call
     * read it elsewhere than in memory: the call is checked again, as {@link Store#checked} says.
     */
    public ServiceException moved() {
        return new Moved(-1);
    }

    public Keys keys() {
        return new Keys(this);
    }

    public Aliases aliases() {
        return new Aliases(this);
    }

    public Materials materials() {
        return new Materials(this);
    }

    Seals seals() {
        return new Seals(this);
    }

    public Policies policies() {
        return new Policies(this);
    }

    public Tags tags() {
        return new Tags(this);
    }

    public Grants grants() {
        return new Grants(this);
    }

    public Usages usages() {
        return new Usages(this);
    }

    public Accounts accounts() {
        return new Accounts(this);
    }

    public Entities entities() {
        return new Entities(this);
    }

    public EntityPolicies entityPolicies() {
        return new EntityPolicies(this);
    }

    public EntityTags entityTags() {
        return new EntityTags(this);
    }

    public GroupMembers groupMembers() {
        return new GroupMembers(this);
    }

    public ProviderValues providerValues() {
        return new ProviderValues(this);
    }

    public AccessKeys accessKeys() {
        return new AccessKeys(this);
    }

    /**
     * Raises the account's identity version, once in a change: whatever is remembered of its
     * identities is read anew. Each change of an identity calls it.
     */
    void identitiesChanged(AccountId account) {
        Set<AccountId> already = raised == null ? new HashSet<>(2) : raised;
        raised = already;
        if (already.add(account)) {
            accounts().raise(account);
        }
    }

    /** Whether a time is over by now; null never is. */
    boolean over(@Nullable Instant end) {
        return end != null && end.toEpochMilli() <= clock.millis();
    }

    Instant now() {
        return clock.instant();
    }

    /** For reading. */
    Sql sql() {
        return sql;
    }

    /** Runs a change and gives the number of rows that it touched. */
    int update(String text, @Nullable Object... arguments) {
        if (canBeUndoneAlone && !changed) {
            sql.savepoint();
            changed = true;
        }
        int rows = sql.update(text, arguments);
        changed |= rows > 0;
        if (rows > 0
                && (text.startsWith("update key_material")
                        || text.startsWith("delete from key_mat"))) {
            superseded();
        }
        return rows;
    }

    /** Whether there is something to undo. */
    boolean changed() {
        return changed;
    }

    /** Undoes this change and no other of the same commit. */
    void undo() {
        sql.rollbackToSavepoint();
        stale.clear();
    }

    /** Leaves the change to its commit. */
    void done() {
        if (canBeUndoneAlone && changed) {
            sql.releaseSavepoint();
        }
    }

    /** The key that this change made, which needs no looking up. */
    void inserted(Key key) {
        inserted = key;
    }

    /** The key if this change made it, else null. */
    @Nullable Key inserted(KeyArn arn) {
        return inserted != null && inserted.arn().equals(arn) ? inserted : null;
    }

    Sealing sealing() {
        return sealing;
    }

    Memory memory() {
        return memory;
    }

    /** A sealed material may have lost its key by this change. */
    void superseded() {
        superseded = true;
    }

    /** What memory must forget when the change is committed. */
    <K> void stale(Memory.Table<K, ?> table, K key) {
        stale.add(new Memory.Entry<>(table, key));
    }

    /** What the change has touched. */
    List<Memory.Entry<?>> stale() {
        return stale;
    }

    /** To be called when the change is made, before its commit, which others may see at once. */
    void beginToForget() {
        forgetting = true;
        stale.forEach(Memory.Entry::changing);
    }

    /** To be called after the commit, whatever became of it. */
    void endForgetting() {
        if (forgetting) {
            stale.forEach(Memory.Entry::changed);
            forgetting = false;
            if (superseded) {
                sealing.superseded();
            }
        }
    }
}
