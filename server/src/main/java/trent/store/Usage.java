package trent.store;

import trent.api.KeyLastUsageTrackingOperation;

/**
 * A successful use of a key.
 *
 * @param millis when, in milliseconds since the epoch
 * @param requestId of the call, by which its audit record is found
 */
public record Usage(long millis, KeyLastUsageTrackingOperation operation, String requestId) {}
