package trent.store;

import java.util.Map;
import trent.api.KeyState;

/**
 * What a store holds, of all accounts and Regions.
 *
 * @param keys how many there are in each state that one is in
 */
public record Inventory(Map<KeyState, Long> keys, long aliases) {

    public Inventory {
        keys = Map.copyOf(keys);
    }
}
