package trent.store;

/**
 * What each cache may fill of the heap, so that all together leave room for those who call. Each
 * entry is weighed with the bytes that it retains; docs/limits.md has the figures.
 */
public enum HeapShare {
    /** Rows of keys. */
    KEYS(50),
    /** Materials of keys, opened. */
    MATERIALS(90),
    /** Private keys of asymmetric keys, parsed. */
    PRIVATE_KEYS(60),
    /** Public keys of asymmetric keys, parsed. */
    PUBLIC_KEYS(30),
    /** Aliases by name. */
    ALIASES(50),
    /** The aliases of a key. */
    ALIAS_LISTS(20),
    /** Signing keys of Signature Version 4. */
    SIGNING_KEYS(20),
    /** Last uses of keys that are not written yet. */
    LATEST_USES(40),
    /** Changes that wait for the writer, or are being made. */
    WAITING_CHANGES(120);

    private final int perMille;

    HeapShare(int perMille) {
        this.perMille = perMille;
    }

    /** Bytes, of the heap as {@code -Xmx} bounds it. */
    public long bytes() {
        return Runtime.getRuntime().maxMemory() / 1000 * perMille;
    }
}
