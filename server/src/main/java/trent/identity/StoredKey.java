package trent.identity;

/**
 * An access key as the store has it.
 *
 * @param active whether it may be used: neither it nor its account is disabled, and it was not
 *     deleted
 */
public record StoredKey(Credential credential, boolean active) {}
