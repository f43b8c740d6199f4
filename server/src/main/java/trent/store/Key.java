package trent.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import trent.api.ExpirationModelType;
import trent.api.KeySpec;
import trent.api.KeyState;
import trent.api.KeyUsageType;
import trent.api.OriginType;
import trent.name.KeyArn;
import trent.name.Region;

/**
 * A key without its material: the row that DescribeKey shows. Source: AWS KMS API Reference,
 * KeyMetadata.
 *
 * @param deletion when it will be deleted; null unless it is pending deletion
 * @param pendingWindowDays the waiting period that starts when the last replica is deleted; null
 *     unless the key waits for that
 * @param currentMaterialId 64 hexadecimal digits; null before the first import
 * @param expiration of imported material that is present; null without such material
 * @param primaryRegion where the primary of a multi-Region key is; null for a single-Region key
 * @param rotation automatic rotation; null if it is off
 * @param onDemandRotations how many rotations on demand were made
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
        int onDemandRotations) {

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
                0);
    }

    public boolean multiRegion() {
        return primaryRegion != null;
    }

    /** Whether this is the primary of a multi-Region key. */
    public boolean primary() {
        return arn.region().equals(primaryRegion);
    }

    /** In another state, and so no longer waiting for its deletion. */
    public Key withState(KeyState newState) {
        return new Key(
                arn,
                spec,
                usage,
                origin,
                newState,
                description,
                created,
                null,
                null,
                currentMaterialId,
                expiration,
                primaryRegion,
                rotation,
                onDemandRotations);
    }

    public Key withDescription(String newDescription) {
        return new Key(
                arn,
                spec,
                usage,
                origin,
                state,
                newDescription,
                created,
                deletion,
                pendingWindowDays,
                currentMaterialId,
                expiration,
                primaryRegion,
                rotation,
                onDemandRotations);
    }

    public Key pendingDeletion(Instant when) {
        return new Key(
                arn,
                spec,
                usage,
                origin,
                KeyState.PENDING_DELETION,
                description,
                created,
                when,
                null,
                currentMaterialId,
                expiration,
                primaryRegion,
                rotation,
                onDemandRotations);
    }

    public Key pendingReplicaDeletion(int windowDays) {
        return new Key(
                arn,
                spec,
                usage,
                origin,
                KeyState.PENDING_REPLICA_DELETION,
                description,
                created,
                null,
                windowDays,
                currentMaterialId,
                expiration,
                primaryRegion,
                rotation,
                onDemandRotations);
    }

    public Key withMaterial(@Nullable String newMaterialId, @Nullable Expiration newExpiration) {
        return new Key(
                arn,
                spec,
                usage,
                origin,
                state,
                description,
                created,
                deletion,
                pendingWindowDays,
                newMaterialId,
                newExpiration,
                primaryRegion,
                rotation,
                onDemandRotations);
    }

    public Key withRotation(@Nullable Rotation newRotation) {
        return new Key(
                arn,
                spec,
                usage,
                origin,
                state,
                description,
                created,
                deletion,
                pendingWindowDays,
                currentMaterialId,
                expiration,
                primaryRegion,
                newRotation,
                onDemandRotations);
    }

    public Key withOnDemandRotations(int count) {
        return new Key(
                arn,
                spec,
                usage,
                origin,
                state,
                description,
                created,
                deletion,
                pendingWindowDays,
                currentMaterialId,
                expiration,
                primaryRegion,
                rotation,
                count);
    }

    public Key withPrimaryRegion(Region newPrimary) {
        return new Key(
                arn,
                spec,
                usage,
                origin,
                state,
                description,
                created,
                deletion,
                pendingWindowDays,
                currentMaterialId,
                expiration,
                newPrimary,
                rotation,
                onDemandRotations);
    }
}
