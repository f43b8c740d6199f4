package trent.store;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import trent.api.Blob;
import trent.seal.Secret;

/**
 * Brings the materials of an older store into the form that binds all that must not change. A few
 * at a time, sealed beside the writer, so that nobody waits for it.
 */
final class Rebinding {

    private static final Logger LOG = LoggerFactory.getLogger(Rebinding.class);
    private static final int AT_ONCE = 64;
    private static final int SQLITE_CORRUPT = 11;

    private final Store store;
    private Materials.Place last = Materials.Place.FIRST;

    /** Made, and not written yet. */
    private final List<Renewed> renewed = new ArrayList<>();

    private boolean more = true;
    private int bound;
    private int refused;

    Rebinding(Store store) {
        this.store = store;
    }

    /** One material in its new form, made from what the row held. */
    private record Renewed(Materials.Held from, Blob sealed) {}

    /** Takes the next few; whether there are more. If it throws, it goes on where it was. */
    boolean step() {
        if (renewed.isEmpty() && more) {
            gather();
        }
        if (!renewed.isEmpty()) {
            List<Renewed> now = List.copyOf(renewed);
            store.write(
                    tx -> {
                        for (Renewed one : now) {
                            tx.materials().renew(one.from(), tx.seals().add(one.sealed().bytes()));
                        }
                        return true;
                    });
            bound += now.size();
            renewed.clear();
        }
        if (more) {
            return true;
        }
        store.refuseOldForm();
        LOG.atInfo().log(
                "{} materials of an older store were bound to their keys' properties, {} could not be"
                        + " opened; the old form is refused from now on",
                bound,
                refused);
        return false;
    }

    private void gather() {
        List<Materials.Place> next = store.read(tx -> tx.materials().places(last, AT_ONCE));
        for (Materials.Place place : next) {
            Materials.Held held = held(place);
            if (held != null && !Seals.numbered(held.sealed().bytes())) {
                byte[] sealed = renewed(held);
                if (sealed != null) {
                    renewed.add(new Renewed(held, new Blob(sealed)));
                }
            }
            last = place;
        }
        more = next.size() == AT_ONCE;
    }

    /** Each by itself: a row that cannot be read is named, and passed by. */
    private Materials.@Nullable Held held(Materials.Place place) {
        try {
            return store.<Materials.@Nullable Held>read(tx -> tx.materials().held(place));
        } catch (IllegalArgumentException | IllegalStateException e) {
            refuse(place, e);
        } catch (StoreException e) {
            if (!(e.getCause() instanceof SQLException sql)
                    || sql.getErrorCode() != SQLITE_CORRUPT) {
                throw e; // it may be readable later
            }
            refuse(place, e);
        }
        return null;
    }

    private void refuse(Materials.Place place, RuntimeException why) {
        refused++;
        LOG.atError()
                .addKeyValue("account", place.account())
                .addKeyValue("region", place.region())
                .addKeyValue("key", place.keyId())
                .log(
                        "a row of an older store cannot be read: {}. Its material cannot be used; no other key is"
                                + " affected. Restore this key from a backup",
                        why.getMessage());
    }

    /** Null, and nothing else is affected, if it does not open. */
    private byte @Nullable [] renewed(Materials.Held held) {
        try (Secret secret = store.openOld(held)) {
            return store.sealBound(secret, held.bound());
        } catch (IllegalStateException e) {
            refused++;
            LOG.atError()
                    .addKeyValue("key", held.bound().key())
                    .log("a material cannot be used: {}", e.getMessage());
            return null;
        }
    }
}
