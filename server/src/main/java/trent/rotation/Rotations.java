package trent.rotation;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import trent.api.KeySpec;
import trent.api.KeyState;
import trent.api.RotationType;
import trent.crypto.Entropy;
import trent.key.KeyFinder;
import trent.key.NewMaterial;
import trent.key.Sweep;
import trent.name.KeyArn;
import trent.store.Key;
import trent.store.Key.Rotation;
import trent.store.KeyMaterial.Facts;
import trent.store.Store;
import trent.store.Tx;

/**
 * Rotates the keys whose automatic rotation is due: new material encrypts from then on, and what is
 * older goes on decrypting. Source: AWS KMS Developer Guide, "Rotate AWS KMS keys".
 */
public record Rotations(Store store, Entropy entropy, InstantSource clock, Sweep.Place place) {

    private static final Logger LOG = LoggerFactory.getLogger(Rotations.class);

    /** A rotation that is no later than this leaves the schedule as it is. */
    private static final Duration ON_TIME = Duration.ofDays(1);

    public Rotations(Store store, Entropy entropy, InstantSource clock) {
        this(store, entropy, clock, new Sweep.Place());
    }

    /** Rotates every key that is due now. */
    public Sweep run() {
        Instant now = now();
        return Sweep.over(
                store,
                place,
                (tx, last, limit) -> tx.keys().dueForRotation(now, last, limit),
                arn -> rotateIfDue(arn, now, _ -> {}));
    }

    /** Makes a change to a key, and in the same commit the rotation that is due with it. */
    public void write(KeyArn arn, Consumer<Tx> change) {
        boolean _ = rotateIfDue(arn, now(), change);
    }

    private boolean rotateIfDue(KeyArn arn, Instant now, Consumer<Tx> before) {
        boolean rotated;
        try (NewMaterial material =
                NewMaterial.generate(arn.id(), KeySpec.SYMMETRIC_DEFAULT, now, entropy)) {
            rotated =
                    store.write(
                            tx -> {
                                before.accept(tx);
                                // Read again: since the key was found, another node may have
                                // rotated it, and its owner disabled it or turned rotation off.
                                Key key = tx.keys().find(arn);
                                Rotation rotation = key == null ? null : key.rotation();
                                if (key == null || rotation == null || !due(key, now)) {
                                    return false;
                                }
                                tx.keys().update(key.withRotation(after(rotation, now)));
                                makeCurrent(tx, arn, material, now, RotationType.AUTOMATIC);
                                return true;
                            });
        }
        if (rotated) {
            LOG.atInfo().addKeyValue("key", arn).log("key rotated, as its rotation period says");
        }
        return rotated;
    }

    private static boolean due(Key key, Instant now) {
        Rotation rotation = key.rotation();
        return rotation != null && key.state() == KeyState.ENABLED && !rotation.next().isAfter(now);
    }

    /**
     * When to rotate next. A key is rotated once, however many periods it missed while it was
     * disabled or the service stood still, since two materials made in the same second protect no
     * better than one. From there a whole period passes, as AWS describes it for a key that is
     * enabled again. A rotation on its day keeps to the schedule, so that the seconds until the
     * timer looks do not add up over the years.
     */
    private static Rotation after(Rotation rotation, Instant now) {
        boolean onTime = !rotation.next().plus(ON_TIME).isBefore(now);
        return in(rotation.periodDays(), onTime ? rotation.next() : now);
    }

    /** The first rotation a period after this time. */
    public static Rotation in(int periodDays, Instant from) {
        return new Rotation(periodDays, from.plus(Duration.ofDays(periodDays)));
    }

    /**
     * Gives a key new material, in all its Regions in the same commit: no Region encrypts under
     * what another cannot decrypt.
     */
    static void makeCurrent(
            Tx tx, KeyArn arn, NewMaterial material, Instant when, RotationType type) {
        for (KeyArn each : tx.keys().related(arn)) {
            Key related = KeyFinder.orNotFound(each, tx.keys().find(each));
            Facts facts =
                    material.facts()
                            .withSequence(tx.materials().nextSequence(each))
                            .rotatedIn(when, type);
            tx.materials().retireCurrent(each);
            tx.materials().put(each, facts, material.secret());
            tx.keys().update(related.withMaterial(facts.id(), null));
        }
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
