package trent.store;

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

    private final Store store;
    private Materials.@Nullable Held last;
    private int bound;
    private int refused;

    Rebinding(Store store) {
        this.store = store;
    }

    /** One material in its new form, made from what the row held. */
    private record Renewed(Materials.Held from, Blob sealed) {}

    /** Takes the next few; whether there are more. */
    boolean step() {
        Materials.Held after = last;
        List<Materials.Held> next = store.read(tx -> tx.materials().held(after, AT_ONCE));
        List<Renewed> renewed = new ArrayList<>();
        for (Materials.Held held : next) {
            if (!Seals.numbered(held.sealed().bytes())) {
                byte[] sealed = renewed(held);
                if (sealed != null) {
                    renewed.add(new Renewed(held, new Blob(sealed)));
                }
            }
        }
        if (!renewed.isEmpty()) {
            store.write(
                    tx -> {
                        for (Renewed one : renewed) {
                            tx.materials().renew(one.from(), tx.seals().add(one.sealed().bytes()));
                        }
                        return true;
                    });
        }
        bound += renewed.size();
        if (next.size() == AT_ONCE) {
            last = next.getLast();
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
