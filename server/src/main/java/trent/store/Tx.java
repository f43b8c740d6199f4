package trent.store;

import java.util.ArrayList;
import java.util.List;

/**
 * The tables inside one change. What a change reads is what it will be committed on; what it throws
 * leaves nothing behind.
 */
public final class Tx {

    private static final String SAVEPOINT = "savepoint change";
    private static final String KEEP = "release savepoint change";
    private static final String UNDO = "rollback to savepoint change";

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

    /** For reading. */
    Sql sql() {
        return sql;
    }

    /** For writing: from here on there is something to undo. */
    Sql change() {
        if (!changed) {
            sql.update(SAVEPOINT);
            changed = true;
        }
        return sql;
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

    void keep() {
        if (changed) {
            sql.update(KEEP);
        }
    }

    void undo() {
        if (changed) {
            sql.update(UNDO);
            sql.update(KEEP);
        }
        afterCommit.clear();
    }

    void committed() {
        afterCommit.forEach(Runnable::run);
    }
}
