package trent.multiregion;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trent.access.Access;
import trent.access.Detail;
import trent.access.Details;
import trent.api.AlreadyExistsException;
import trent.api.KeyMetadata;
import trent.api.KeyState;
import trent.api.KmsOperation;
import trent.api.MultiRegionKeyType;
import trent.api.OriginType;
import trent.api.ReplicateKeyRequest;
import trent.api.ReplicateKeyResponse;
import trent.api.Tag;
import trent.api.ValidationException;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.key.KeyFinder;
import trent.key.KeyStates;
import trent.key.Metadata;
import trent.key.MultiRegion;
import trent.key.Quotas;
import trent.key.Sm2Regions;
import trent.name.KeyArn;
import trent.name.Region;
import trent.name.Regions;
import trent.policy.KeyPolicies;
import trent.store.Key;
import trent.store.KeyMaterial;
import trent.store.KnownMaterials.Known;
import trent.store.Policies.Stored;
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
        KeyPolicies policies,
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
        Key found =
                keys.managed(
                        call,
                        ACTION,
                        request.keyId(),
                        new Details().with(Detail.REPLICA_REGION, request.replicaRegion()));
        KeyArn arn = found.arn();
        Details creation = creation(found, request);
        Region region = new Region(request.replicaRegion());
        if (!Regions.mayExist(region)) {
            throw new ValidationException("There is no AWS Region " + region + ".");
        }
        Call there = call.in(region);
        access.requireAnywhere(there, CREATE_ACTION, creation);
        if (!request.tags().isEmpty()) {
            access.requireAnywhere(there, TAG_ACTION, creation);
        }
        TagRules.require(request.tags(), quotas);
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        Stored policy =
                policies.ofNewKey(
                        call,
                        replica(found, region, request.description(), now),
                        request.tags(),
                        request.policy(),
                        request.bypassPolicyLockoutSafetyCheck());

        Key replica =
                store.write(
                        Weights.of(policy.document())
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
        call.about(replica.arn());
        List<KeyArn> related = store.read(tx -> tx.keys().related(arn));
        return new ReplicateKeyResponse(
                beingCreated(replica, related),
                policy.document(),
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

    private void insert(Tx tx, Key primary, Key replica, List<Tag> tags, Stored policy) {
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

    /** What conditions may ask of the key that is to be made. */
    private static Details creation(Key primary, ReplicateKeyRequest request) {
        return new Details()
                .with(Detail.KEY_SPEC, primary.spec().wire())
                .with(Detail.KEY_USAGE, primary.usage().wire())
                .with(Detail.KEY_ORIGIN, primary.origin().wire())
                .with(Detail.MULTI_REGION, "true")
                .with(Detail.MULTI_REGION_KEY_TYPE, MultiRegionKeyType.REPLICA.wire())
                .with(
                        Detail.BYPASS_POLICY_LOCKOUT_SAFETY_CHECK,
                        KeyPolicies.bypass(request.bypassPolicyLockoutSafetyCheck()))
                .tags(TagRules.map(request.tags()));
    }

    /** As AWS shows a replica that is still being made; here it is ready at once. */
    private static KeyMetadata beingCreated(Key replica, List<KeyArn> related) {
        return Metadata.of(replica.withMaterial(null, null).withState(KeyState.CREATING), related);
    }
}
