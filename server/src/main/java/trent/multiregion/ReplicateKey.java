package trent.multiregion;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trent.access.Access;
import trent.api.AlreadyExistsException;
import trent.api.KeyMetadata;
import trent.api.KeyState;
import trent.api.KmsOperation;
import trent.api.OriginType;
import trent.api.ReplicateKeyRequest;
import trent.api.ReplicateKeyResponse;
import trent.api.Tag;
import trent.api.ValidationException;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.call.Principal;
import trent.key.KeyFinder;
import trent.key.KeyStates;
import trent.key.Metadata;
import trent.key.MultiRegion;
import trent.key.Quotas;
import trent.key.Sm2Regions;
import trent.name.Arn;
import trent.name.KeyArn;
import trent.name.Region;
import trent.name.Regions;
import trent.policy.KeyPolicies;
import trent.store.Key;
import trent.store.KeyMaterial;
import trent.store.KnownMaterials.Known;
import trent.store.Store;
import trent.store.Tx;
import trent.store.Weights;
import trent.tag.TagRules;

/**
 * ReplicateKey: the same multi-Region key in one Region more, with a policy, tags and
 * aliases of its own.
 */
public record ReplicateKey(
        Access access,
        KeyFinder keys,
        Store store,
        Quotas quotas,
        InstantSource clock,
        Sm2Regions sm2)
        implements Operation<ReplicateKeyRequest, ReplicateKeyResponse> {

    private static final KmsOperation<ReplicateKeyRequest, ReplicateKeyResponse> OPERATION =
            KmsOperation.REPLICATE_KEY;
    private static final Action ACTION = Action.of(OPERATION);
    private static final Action CREATE_ACTION = Action.of(KmsOperation.CREATE_KEY);
    private static final Action TAG_ACTION = Action.of(KmsOperation.TAG_RESOURCE);

    @Override
    public ReplicateKeyResponse answer(Call call, ReplicateKeyRequest request) {
        KeyArn arn = keys.managed(call, ACTION, request.keyId()).arn();
        access.require(call, CREATE_ACTION, Arn.EVERYTHING);
        if (!request.tags().isEmpty()) {
            access.require(call, TAG_ACTION, Arn.EVERYTHING);
        }
        Region region = new Region(request.replicaRegion());
        if (!Regions.mayExist(region)) {
            throw new ValidationException("There is no AWS Region " + region + ".");
        }
        TagRules.require(request.tags(), quotas);
        String policy = policy(call, request, region);
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);

        Key replica =
                store.write(
                        Weights.of(policy)
                                + Weights.of(request.tags())
                                + Weights.of(request.description()),
                        tx -> {
                            Key primary = KeyFinder.orNotFound(arn, tx.keys().find(arn));
                            KeyStates.require(OPERATION, primary);
                            MultiRegion.requirePrimary(primary);
                            sm2.require(region, primary.spec(), "KeySpec");
                            Key made = replica(primary, region, request.description(), now);
                            insert(tx, primary, made, request.tags(), policy);
                            return made;
                        });
        List<KeyArn> related = store.read(tx -> tx.keys().related(arn));
        return new ReplicateKeyResponse(
                beingCreated(replica, related),
                policy,
                request.tags().isEmpty() ? null : request.tags());
    }

    private static Key replica(
            Key primary, Region region, @Nullable String description, Instant now) {
        if (!region.partition().equals(primary.arn().region().partition())) {
            throw new ValidationException(
                    "ReplicaRegion must be in the partition of the primary key.");
        }
        return Key.created(
                        new KeyArn(region, primary.arn().account(), primary.arn().id()),
                        primary.spec(),
                        primary.usage(),
                        primary.origin(),
                        primary.origin() == OriginType.EXTERNAL
                                ? KeyState.PENDING_IMPORT
                                : KeyState.ENABLED,
                        description == null ? "" : description,
                        now,
                        primary.arn().region())
                .withMaterial(primary.currentMaterialId(), null)
                .withOnDemandRotations(primary.onDemandRotations());
    }

    private void insert(Tx tx, Key primary, Key replica, List<Tag> tags, String policy) {
        KeyArn arn = replica.arn();
        if (tx.keys().find(arn) != null) {
            throw new AlreadyExistsException(
                    "You can create only one replica of each primary key in each AWS Region.");
        }
        quotas.requireRoomForKey(tx.keys().count(arn.account(), arn.region()));
        tx.keys().insert(replica);
        if (primary.origin() == OriginType.EXTERNAL) {
            // Imported material is not copied: whoever brought it brings it to each Region.
            for (Known material : tx.materials().known(primary.arn()).all()) {
                tx.materials().put(arn, material.facts().withExpiration(null), null);
            }
        } else {
            for (KeyMaterial material : tx.materials().of(primary.arn()).all()) {
                tx.materials().put(arn, material.facts(), material.secret());
            }
        }
        tx.policies().put(arn, policy);
        for (Tag tag : tags) {
            tx.tags().put(arn, tag);
        }
    }

    private String policy(Call call, ReplicateKeyRequest request, Region region) {
        if (request.policy() == null) {
            return KeyPolicies.defaultFor(Principal.root(call.account(), region.partition()));
        }
        KeyPolicies.require(
                request.policy(),
                request.bypassPolicyLockoutSafetyCheck(),
                call.principal(),
                region,
                quotas);
        return request.policy();
    }

    /** As AWS shows a replica that is still being made; here it is ready at once. */
    private static KeyMetadata beingCreated(Key replica, List<KeyArn> related) {
        return Metadata.of(replica.withMaterial(null, null).withState(KeyState.CREATING), related);
    }
}
