package trent.store;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trent.store.Key.Expiration;
import trent.store.KeyMaterial.Facts;
import trent.store.KeyMaterial.State;

/**
 * What is known of all materials of one key, the oldest first, with none of them opened: whoever
 * only asks what is there, or takes it away, is not kept from it by one that is damaged.
 */
public record KnownMaterials(List<Known> all) {

    /**
     * One material.
     *
     * @param present false if it was imported and has been deleted or has expired
     */
    public record Known(Facts facts, boolean present) {

        public String id() {
            return facts.id();
        }

        public State state() {
            return facts.state();
        }
    }

    public KnownMaterials {
        all = List.copyOf(all);
    }

    /** The material with this id, or null if the key never had it. */
    public @Nullable Known find(String id) {
        for (Known material : all) {
            if (material.id().equals(id)) {
                return material;
            }
        }
        return null;
    }

    /** The material that encrypts, or the only one; null before the first import. */
    public @Nullable Known current() {
        return first(State.CURRENT);
    }

    /** The material that waits for RotateKeyOnDemand, or null. */
    public @Nullable Known pending() {
        return first(State.PENDING_ROTATION);
    }

    /**
     * What DescribeKey shows of imported materials: the earliest end of all that are present and
     * belong to the key for good; null if none is present.
     */
    public @Nullable Expiration expiration() {
        Expiration earliest = null;
        for (Known material : all) {
            Expiration each = material.facts().expiration();
            if (each == null || !material.present() || material.state() == State.PENDING_ROTATION) {
                continue;
            }
            if (earliest == null || endsBefore(each, earliest)) {
                earliest = each;
            }
        }
        return earliest;
    }

    private @Nullable Known first(State state) {
        for (Known material : all) {
            if (material.state() == state) {
                return material;
            }
        }
        return null;
    }

    private static boolean endsBefore(Expiration one, Expiration other) {
        Instant end = one.validTo();
        Instant otherEnd = other.validTo();
        return end != null && (otherEnd == null || end.isBefore(otherEnd));
    }
}
