package trent.imported;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import trent.name.KeyArn;
import trent.store.Key;
import trent.store.KeyMaterial;
import trent.store.Store;
import trent.store.Tx;

/** Deletes imported key material whose time has come. */
public record Expirations(Store store, InstantSource clock) {

    private static final Logger LOG = LoggerFactory.getLogger(Expirations.class);
    private static final int AT_ONCE = 100;

    /** Deletes all material that expires now or should have before. */
    public void run() {
        Instant now = clock.instant();
        List<KeyArn> due;
        do {
            due = store.read(tx -> tx.materials().expired(now, AT_ONCE));
            for (KeyArn arn : due) {
                List<String> expired = store.write(tx -> expire(tx, arn, now));
                expired.forEach(
                        id ->
                                LOG.atInfo()
                                        .addKeyValue("key", arn)
                                        .addKeyValue("material", id)
                                        .log("imported key material deleted, it has expired"));
            }
        } while (due.size() == AT_ONCE);
    }

    /** Reads all again: the material may have been imported once more since, or deleted. */
    private static List<String> expire(Tx tx, KeyArn arn, Instant now) {
        List<String> expired = new ArrayList<>();
        for (KeyMaterial material : tx.materials().of(arn).all()) {
            Instant validTo = material.facts().validTo();
            Key key = tx.keys().find(arn);
            if (key != null && validTo != null && !validTo.isAfter(now)) {
                ImportedMaterials.expire(tx, key, material);
                expired.add(material.id());
            }
        }
        return expired;
    }
}
