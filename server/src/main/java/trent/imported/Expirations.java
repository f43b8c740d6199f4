package trent.imported;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import trent.key.Sweep;
import trent.name.KeyArn;
import trent.store.Key;
import trent.store.KeyMaterial.State;
import trent.store.Materials.Expired;
import trent.store.Store;
import trent.store.Tx;

/**
 * Deletes imported key material whose time has come. It is of no use from that moment on, since
 * whoever takes it compares its end with the clock: this only tidies.
 */
public record Expirations(Store store, InstantSource clock, Sweep.Place place) {

    private static final Logger LOG = LoggerFactory.getLogger(Expirations.class);

    public Expirations(Store store, InstantSource clock) {
        this(store, clock, new Sweep.Place());
    }

    /** Deletes all material that expires now or should have before. */
    public Sweep run() {
        Instant now = clock.instant();
        return Sweep.over(
                store,
                place,
                (tx, last, limit) -> tx.materials().expired(now, last, limit),
                this::expire);
    }

    private boolean expire(KeyArn arn) {
        List<Expired> expired = store.write(tx -> expire(tx, arn));
        expired.forEach(
                material ->
                        LOG.atInfo()
                                .addKeyValue("key", arn)
                                .addKeyValue("material", material.id())
                                .log("imported key material deleted, it has expired"));
        return !expired.isEmpty();
    }

    /** Reads all again: the material may have been imported once more since, or deleted. */
    private static List<Expired> expire(Tx tx, KeyArn arn) {
        Key key = tx.keys().find(arn); // as it is without the material
        if (key == null) {
            return List.of();
        }
        List<Expired> expired = tx.materials().expiredOf(arn);
        expired.forEach(material -> ImportedMaterials.expire(tx, key, material));
        if (expired.stream().anyMatch(material -> material.state() != State.PENDING_ROTATION)) {
            tx.keys().update(key.withoutExpiredMaterial(tx.materials().expirationOf(arn)));
        }
        return expired;
    }
}
