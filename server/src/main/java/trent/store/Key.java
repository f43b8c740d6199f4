package trent.store;

import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import trent.api.ExpirationModelType;
import trent.api.KeySpec;
import trent.api.KeyState;
import trent.api.KeyUsageType;
import trent.api.OriginType;
import trent.name.KeyArn;
import trent.name.Region;

/**
 * A key without its material: the row that DescribeKey shows. Source: AWS
 * KMS API Reference, KeyMetadata.
 *
 * @param deletion when it will be deleted; null unless it is pending deletion
 * @param pendingWindowDays the waiting period that starts when the last replica is deleted; null
 *     unless the key waits for that
 * @param currentMaterialId 64 hexadecimal digits; null before the first import
 * @param expiration of imported material that is present; null without such material
 * @param primaryRegion where the primary of a multi-Region key is; null for a single-Region key
 * @param rotation automatic rotation; null if it is off
 * @param onDemandRotations how many rotations on demand were made
 * @param service the AWS service that manages the key, for example {@code s3}; null if the customer
 *     does
 */
public record Key(
        KeyArn arn,
        KeySpec spec,
        KeyUsageType usage,
        OriginType origin,
        KeyState state,
        String description,
        Instant created,
        @Nullable Instant deletion,
        @Nullable Integer pendingWindowDays,
        @Nullable String currentMaterialId,
        @Nullable Expiration expiration,
        @Nullable Region primaryRegion,
        @Nullable Rotation rotation,
        int onDemandRotations,
        @Nullable String service) {

    /**
     * How long imported material stays.
     *
     * @param validTo the earliest end of all materials; null if none expires
     */
    public record Expiration(ExpirationModelType model, @Nullable Instant validTo) {}

    /** Automatic rotation: every so many days, and when next. */
    public record Rotation(int periodDays, Instant next) {}

    /** A new key that nothing has happened to yet. */
    public static Key created(
            KeyArn arn,
            KeySpec spec,
            KeyUsageType usage,
            OriginType origin,
            KeyState state,
            String description,
            Instant created,
            @Nullable Region primaryRegion) {
        return new Key(
                arn,
                spec,
                usage,
                origin,
                state,
                description,
                created,
                null,
                null,
                null,
                null,
                primaryRegion,
                null,
                0,
                null);
    }

    /** The same, managed by an AWS service. */
    public Key managedBy(String ofService) {
        return changed(key -> key.service = ofService);
    }

    /** Whether AWS manages it: its owner can look at it and do nothing with it. */
    public boolean awsManaged() {
        return service != null;
    }

    public boolean multiRegion() {
        return primaryRegion != null;
    }

    /** Whether this is the primary of a multi-Region key. */
    public boolean primary() {
        return arn.region().equals(primaryRegion);
    }

    /**
     * Whether the time of material that belongs to the key for good is over, since this was read.
     */
    boolean hasLostMaterial(InstantSource clock) {
        Instant end = expiration == null ? null : expiration.validTo();
        return end != null && end.toEpochMilli() <= clock.millis();
    }

    /**
     * Without material whose time is over: of no use until that is imported again.
     *
     * @param left the earliest end of what is still present
     */
    public Key withoutExpiredMaterial(@Nullable Expiration left) {
        boolean waits = state == KeyState.ENABLED || state == KeyState.DISABLED;
        Key lacking = withMaterial(currentMaterialId, left);
        return waits ? lacking.withState(KeyState.PENDING_IMPORT) : lacking;
    }

    /** In another state, and so no longer waiting for its deletion. */
    public Key withState(KeyState newState) {
        return changed(
                key -> {
                    key.state = newState;
                    key.deletion = null;
                    key.pendingWindowDays = null;
                });
    }

    public Key withDescription(String newDescription) {
        return changed(key -> key.description = newDescription);
    }

    public Key pendingDeletion(Instant when) {
        return changed(
                key -> {
                    key.state = KeyState.PENDING_DELETION;
                    key.deletion = when;
                    key.pendingWindowDays = null;
                });
    }

    public Key pendingReplicaDeletion(int windowDays) {
        return changed(
                key -> {
                    key.state = KeyState.PENDING_REPLICA_DELETION;
                    key.deletion = null;
                    key.pendingWindowDays = windowDays;
                });
    }

    public Key withMaterial(@Nullable String newMaterialId, @Nullable Expiration newExpiration) {
        return changed(
                key -> {
                    key.currentMaterialId = newMaterialId;
                    key.expiration = newExpiration;
                });
    }

    public Key withRotation(@Nullable Rotation newRotation) {
        return changed(key -> key.rotation = newRotation);
    }

    public Key withOnDemandRotations(int count) {
        return changed(key -> key.onDemandRotations = count);
    }

    public Key withPrimaryRegion(Region newPrimary) {
        return changed(key -> key.primaryRegion = newPrimary);
    }

    private Key changed(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.key();
    }

    /** What can change in a key, while it changes: a record has no way to differ in one member. */
    private static final class Draft {

        private final Key from;
        private KeyState state;
        private String description;
        private @Nullable Instant deletion;
        private @Nullable Integer pendingWindowDays;
        private @Nullable String currentMaterialId;
        private @Nullable Expiration expiration;
        private @Nullable Region primaryRegion;
        private @Nullable Rotation rotation;
        private int onDemandRotations;
        private @Nullable String service;

        private Draft(Key from) {
            this.from = from;
            this.state = from.state;
            this.description = from.description;
            this.deletion = from.deletion;
            this.pendingWindowDays = from.pendingWindowDays;
            this.currentMaterialId = from.currentMaterialId;
            this.expiration = from.expiration;
            this.primaryRegion = from.primaryRegion;
            this.rotation = from.rotation;
            this.onDemandRotations = from.onDemandRotations;
            this.service = from.service;
        }

        private Key key() {
            return new Key(
                    from.arn,
                    from.spec,
                    from.usage,
                    from.origin,
                    state,
                    description,
                    from.created,
                    deletion,
                    pendingWindowDays,
                    currentMaterialId,
                    expiration,
                    primaryRegion,
                    rotation,
                    onDemandRotations,
                    service);
        }
    }
}
