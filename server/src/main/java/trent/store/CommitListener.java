package trent.store;

/** Hears of each commit, on the thread that all changes wait for: it must neither wait nor throw. */
public interface CommitListener {

    /** Hears nothing. */
    CommitListener NONE =
            new CommitListener() {
                @Override
                public void committed(int changes, long nanos) {
                    // Nobody listens.
                }

                @Override
                public void failed() {
                    // Nobody listens.
                }
            };

    /**
     * Changes are on the disk, or in the database.
     *
     * @param changes how many shared this commit
     * @param nanos from the begin of its transaction until it was durable
     */
    void committed(int changes, long nanos);

    /** The database or the disk failed, and callers were told; not where a second try succeeded. */
    void failed();
}
