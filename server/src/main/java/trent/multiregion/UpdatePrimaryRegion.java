package trent.multiregion;

import trent.access.Detail;
import trent.access.Details;
import trent.api.Empty;
import trent.api.KmsOperation;
import trent.api.UpdatePrimaryRegionRequest;
import trent.api.ValidationException;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.key.KeyFinder;
import trent.key.KeyStates;
import trent.key.MultiRegion;
import trent.name.KeyArn;
import trent.name.Region;
import trent.store.Key;
import trent.store.Key.Rotation;
import trent.store.Store;

/** UpdatePrimaryRegion: a replica and the primary of a multi-Region key change their roles. */
public record UpdatePrimaryRegion(KeyFinder keys, Store store)
        implements Operation<UpdatePrimaryRegionRequest, Empty> {

    private static final KmsOperation<UpdatePrimaryRegionRequest, Empty> OPERATION =
            KmsOperation.UPDATE_PRIMARY_REGION;
    private static final Action ACTION = Action.of(OPERATION);

    @Override
    public Empty answer(Call call, UpdatePrimaryRegionRequest request) {
        Details details = new Details().with(Detail.PRIMARY_REGION, request.primaryRegion());
        KeyArn arn = keys.managed(call, ACTION, request.keyId(), details).arn();
        Region region = new Region(request.primaryRegion());
        KeyArn chosen = new KeyArn(region, arn.account(), arn.id());
        Key becomesPrimary = store.key(chosen);
        if (becomesPrimary != null) { // else refused below, by who may change the primary
            keys.access().require(call, ACTION, becomesPrimary, details);
        }

        return store.write(
                tx -> {
                    Key primary = KeyFinder.orNotFound(arn, tx.keys().find(arn));
                    KeyStates.require(OPERATION, primary);
                    MultiRegion.requirePrimary(primary);
                    if (chosen.equals(arn)) {
                        throw new ValidationException(
                                arn + " is the primary key of Region " + region + " already.");
                    }
                    Key replica = KeyFinder.orNotFound(chosen, tx.keys().find(chosen));
                    KeyStates.require(OPERATION, replica);
                    Rotation rotation = primary.rotation();
                    for (KeyArn each : tx.keys().related(arn)) {
                        Key related = KeyFinder.orNotFound(each, tx.keys().find(each));
                        tx.keys()
                                .update(
                                        related.withPrimaryRegion(region)
                                                .withRotation(
                                                        each.equals(chosen) ? rotation : null));
                    }
                    return Empty.EMPTY;
                });
    }
}
