package trent.store;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tables inside one change. What a change reads is what it will be committed on; what it throws
 * leaves nothing behind.
 */
public final class Tx {

    private final Sql sql;
    private final Sealing sealing;
    private final Memory memory;
    private final List<Runnable> afterCommit = new ArrayList<>();
    private boolean changed;

    Tx(Sql sql, Sealing sealing, Memory memory) {
        this.sql = sql;
        this.sealing = sealing;
        this.memory = memory;
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

    /** For reading. */
    Sql sql() {
        return sql;
    }

    /** Runs a change and gives the number of rows that it touched. */
    int update(String text, @Nullable Object... arguments) {
        int rows = sql.update(text, arguments);
        changed |= rows > 0;
        return rows;
    }

    /** Whether there is something to undo. */
    boolean changed() {
        return changed;
    }

    Sealing sealing() {
        return sealing;
    }

    Memory memory() {
        return memory;
    }

    /** What memory must forget, once the change is durable. */
    void afterCommit(Runnable forget) {
        afterCommit.add(forget);
    }

    void committed() {
        afterCommit.forEach(Runnable::run);
    }
}
