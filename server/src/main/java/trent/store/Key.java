package trent.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import trent.api.KeySpec;
import trent.api.KeyState;
import trent.api.KeyUsageType;
import trent.api.OriginType;
import trent.name.KeyArn;

/**
 * A key without its material: the row that DescribeKey shows. Source: AWS KMS API Reference,
 * KeyMetadata.
 *
 * @param currentMaterialId 64 hexadecimal digits; null where AWS shows none
 * @param deletion when it will be deleted; null unless it is pending deletion
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
        @Nullable String currentMaterialId) {

    public Key withState(KeyState newState) {
        return new Key(
                arn, spec, usage, origin, newState, description, created, null, currentMaterialId);
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
                currentMaterialId);
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
                currentMaterialId);
    }
}
