package trent.store;

import trent.api.KeySpec;
import trent.api.KeyState;
import trent.api.KeyUsageType;

/**
 * What matters of a key when an alias comes to it or leaves it.
 *
 * @param aliases how many aliases it has
 */
public record AliasTarget(KeySpec spec, KeyUsageType usage, KeyState state, int aliases) {}
