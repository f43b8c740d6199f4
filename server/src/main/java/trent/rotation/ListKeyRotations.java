package trent.rotation;

import java.util.List;
import trent.api.ImportState;
import trent.api.IncludeKeyMaterial;
import trent.api.InvalidMarkerException;
import trent.api.KeyMaterialState;
import trent.api.KmsOperation;
import trent.api.ListKeyRotationsRequest;
import trent.api.ListKeyRotationsResponse;
import trent.api.OriginType;
import trent.api.RotationsListEntry;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.imported.ImportedMaterials;
import trent.key.KeyFinder;
import trent.key.KeyStates;
import trent.key.Page;
import trent.store.Key;
import trent.store.Key.Expiration;
import trent.store.KeyMaterial.Facts;
import trent.store.KnownMaterials.Known;
import trent.store.Store;

/** ListKeyRotations: the materials that rotations brought a key, the oldest first. */
public record ListKeyRotations(KeyFinder keys, Store store)
        implements Operation<ListKeyRotationsRequest, ListKeyRotationsResponse> {

    private static final KmsOperation<ListKeyRotationsRequest, ListKeyRotationsResponse> OPERATION =
            KmsOperation.LIST_KEY_ROTATIONS;
    private static final Action ACTION = Action.of(OPERATION);
    private static final int DEFAULT_LIMIT = 100;
    private static final int BEFORE_ALL = -1;

    @Override
    public ListKeyRotationsResponse answer(Call call, ListKeyRotationsRequest request) {
        Key key = keys.managed(call, ACTION, request.keyId());
        KeyStates.require(OPERATION, key);
        RotationRules.requireSymmetric(key);
        RotationRules.requireOnDemand(key);
        int after = sequence(Page.position(OPERATION, request.marker()));
        int limit = request.limit() == null ? DEFAULT_LIMIT : request.limit();
        boolean all = request.includeKeyMaterial() == IncludeKeyMaterial.ALL_KEY_MATERIAL;

        List<Known> found =
                store.read(tx -> tx.materials().known(key.arn())).all().stream()
                        .filter(material -> all || material.facts().rotated() != null)
                        .filter(material -> material.facts().sequence() > after)
                        .limit(limit + 1L)
                        .toList();
        Page<Known> page =
                Page.of(
                        OPERATION,
                        found,
                        limit,
                        material -> Integer.toString(material.facts().sequence()));
        return new ListKeyRotationsResponse(
                page.items().stream().map(material -> entry(key, material)).toList(),
                page.next(),
                page.truncated());
    }

    private static int sequence(String position) {
        if (position.isEmpty()) {
            return BEFORE_ALL;
        }
        try {
            return Integer.parseInt(position);
        } catch (NumberFormatException _) { // made by somebody who knows how to make check sums
            throw new InvalidMarkerException();
        }
    }

    private RotationsListEntry entry(Key key, Known material) {
        Facts facts = material.facts();
        RotationsListEntry.Builder entry =
                RotationsListEntry.builder()
                        .keyId(key.arn().toString())
                        .keyMaterialId(facts.id())
                        .keyMaterialState(state(key, material))
                        .rotationDate(facts.rotated())
                        .rotationType(facts.rotationType());
        if (key.origin() == OriginType.EXTERNAL) {
            boolean present = material.present();
            Expiration expiration = present ? facts.expiration() : null;
            entry.keyMaterialDescription(facts.description())
                    .importState(present ? ImportState.IMPORTED : ImportState.PENDING_IMPORT)
                    .expirationModel(expiration == null ? null : expiration.model())
                    .validTo(present ? facts.validTo() : null);
        }
        return entry.build();
    }

    private KeyMaterialState state(Key key, Known material) {
        return switch (material.state()) {
            case CURRENT -> KeyMaterialState.CURRENT;
            case NON_CURRENT -> KeyMaterialState.NON_CURRENT;
            case PENDING_ROTATION ->
                    waitsForRegions(key)
                            ? KeyMaterialState.PENDING_MULTI_REGION_IMPORT_AND_ROTATION
                            : KeyMaterialState.PENDING_ROTATION;
        };
    }

    /** Whether a related key lacks the material still, so that no Region may encrypt under it. */
    private boolean waitsForRegions(Key key) {
        return key.multiRegion() && !store.read(tx -> ImportedMaterials.rotatable(tx, key));
    }
}
