package trent.store;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import trent.seal.RootKey;
import trent.seal.Secret;

/** Seals with the root key, and numbers what it seals. */
final class StoreSealing implements Sealing {

    private final RootKey rootKey;
    private final boolean erasesLater;
    private final AtomicLong lastSeal;
    private final AtomicBoolean superseded = new AtomicBoolean();
    private volatile boolean takesOldForm = true;

    StoreSealing(RootKey rootKey, long lastSeal, boolean erasesLater) {
        this.rootKey = rootKey;
        this.erasesLater = erasesLater;
        this.lastSeal = new AtomicLong(lastSeal);
    }

    void refuseOldForm() {
        takesOldForm = false;
    }

    /** True after {@link #superseded}; whoever looks after it takes it back. */
    AtomicBoolean supersededFlag() {
        return superseded;
    }

    @Override
    public byte[] seal(Secret value, String row) {
        return rootKey.seal(value, row);
    }

    @Override
    public Secret open(byte[] sealed, String row) {
        return rootKey.open(sealed, row);
    }

    @Override
    public byte[] sealBound(Secret value, byte[] bound) {
        return rootKey.sealBound(value, bound);
    }

    @Override
    public Secret openBound(byte[] sealed, byte[] bound, String row) {
        return rootKey.openBound(sealed, bound, row);
    }

    @Override
    public boolean takesOldForm() {
        return takesOldForm;
    }

    @Override
    public long nextSeal() {
        return lastSeal.incrementAndGet();
    }

    /** Where several nodes seal, each commit has numbers of its own: those after this one. */
    void numberAfter(long number) {
        lastSeal.set(number);
    }

    @Override
    public boolean erasesLater() {
        return erasesLater;
    }

    @Override
    public void superseded() {
        superseded.set(true);
    }
}
