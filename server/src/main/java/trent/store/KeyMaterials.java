package trent.store;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All materials of one key, decrypted, the oldest first. A key of a kind that cannot rotate has
 * one; a symmetric encryption key has one that is current, older ones that only open old
 * ciphertexts, and perhaps one that waits to become current.
 */
public record KeyMaterials(List<KeyMaterial> all) {

    public KeyMaterials {
        all = List.copyOf(all);
    }

    /** Whether the time of one of them is over, since they were read. */
    boolean someHasExpired(InstantSource clock) {
        for (KeyMaterial material : all) {
            // Most never expire, and then nobody asks the clock.
            Instant end = material.facts().expiration() == null ? null : material.facts().validTo();
            if (end != null && end.toEpochMilli() <= clock.millis()) {
                return true;
            }
        }
        return false;
    }

    /** The material with this id, or null if the key never had it. */
    public @Nullable KeyMaterial find(String id) {
        for (KeyMaterial material : all) {
            if (material.id().equals(id)) {
                return material;
            }
        }
        return null;
    }

    /** The material that encrypts, or the only one; null before the first import. */
    public @Nullable KeyMaterial current() {
        for (KeyMaterial material : all) {
            if (material.state() == KeyMaterial.State.CURRENT) {
                return material;
            }
        }
        return null;
    }
}
