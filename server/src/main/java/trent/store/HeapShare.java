package trent.store;

/**
 * What each cache may fill of the heap, so that all together leave room for those who call. Each
 * entry is weighed with the bytes that it retains; docs/limits.md has the figures.
 */
public enum HeapShare {
    /** Rows of keys. */
    KEYS(45),
    /** Materials of keys, opened. */
    MATERIALS(60),
    /** Private keys of asymmetric keys, parsed. */
    PRIVATE_KEYS(40),
    /** Public keys of asymmetric keys, parsed. */
    PUBLIC_KEYS(20),
    /** Aliases by name. */
    ALIASES(40),
    /** The aliases of a key. */
    ALIAS_LISTS(15),
    /** Which policy a key has. */
    KEY_POLICIES(15),
    /** Compiled policies, of keys and of all others. */
    COMPILED_POLICIES(40),
    /** Which account has a key, for ciphertexts of others' keys. */
    KEY_OWNERS(5),
    /** The tags of a key. */
    TAGS(10),
    /** The grants of a key for somebody. */
    GRANTS(20),
    /** Signing keys of Signature Version 4. */
    SIGNING_KEYS(15),
    /** Session tokens, opened. */
    SESSION_TOKENS(15),
    /** Keys of the issuers of identity tokens. */
    ISSUER_KEYS(5),
    /** Last uses of keys that are not written yet. */
    LATEST_USES(30),
    /** Accounts, with the version of what is remembered of their identities. */
    ACCOUNTS(5),
    /** Access keys by id, with their secrets, and ids that nobody has. */
    ACCESS_KEYS(15),
    /** Users, groups, roles and policies by id, and what is compiled of them. */
    IDENTITIES(35),
    /** Ids of users, roles, policies and providers by ARN, and ARNs that nobody has. */
    IDENTITY_NAMES(10),
    /** Last uses of access keys that are not written yet. */
    ACCESS_KEY_USES(5),
    /** Changes that wait for the writer, or are being made. */
    WAITING_CHANGES(80);

    private final int perMille;

    HeapShare(int perMille) {
        this.perMille = perMille;
    }

    /** Bytes, of the heap as {@code -Xmx} bounds it. */
    public long bytes() {
        return Runtime.getRuntime().maxMemory() / 1000 * perMille;
    }
}
