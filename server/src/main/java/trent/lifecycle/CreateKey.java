package trent.lifecycle;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trent.access.Access;
import trent.api.CreateKeyRequest;
import trent.api.CreateKeyResponse;
import trent.api.CustomKeyStoreNotFoundException;
import trent.api.CustomerMasterKeySpec;
import trent.api.KeySpec;
import trent.api.KeyState;
import trent.api.KeyUsageType;
import trent.api.KmsOperation;
import trent.api.OriginType;
import trent.api.Tag;
import trent.api.ValidationException;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.call.Principal;
import trent.crypto.Entropy;
import trent.key.KeySpecs;
import trent.key.KeyUsages;
import trent.key.LongWork;
import trent.key.Metadata;
import trent.key.NewMaterial;
import trent.key.Quotas;
import trent.key.Sm2Regions;
import trent.name.Arn;
import trent.name.KeyArn;
import trent.name.KeyId;
import trent.name.Region;
import trent.policy.KeyPolicies;
import trent.store.Key;
import trent.store.Store;
import trent.store.Weights;
import trent.tag.TagRules;

/**
 * CreateKey: makes a key of any kind in the caller's account and Region.
 *
 * @param sm2 the Regions in which SM2 keys are offered
 */
public record CreateKey(
        Access access,
        Store store,
        Quotas quotas,
        Entropy entropy,
        InstantSource clock,
        Sm2Regions sm2,
        LongWork work)
        implements Operation<CreateKeyRequest, CreateKeyResponse> {

    private static final Action ACTION = Action.of(KmsOperation.CREATE_KEY);
    private static final Action TAG_ACTION = Action.of(KmsOperation.TAG_RESOURCE);
    private static final int UUID_BYTES = 16;

    @Override
    public CreateKeyResponse answer(Call call, CreateKeyRequest request) {
        access.require(call, ACTION, Arn.EVERYTHING);
        if (!request.tags().isEmpty()) {
            access.require(call, TAG_ACTION, Arn.EVERYTHING);
        }
        KeySpec spec = spec(request);
        KeyUsageType usage = KeyUsages.of(spec, request.keyUsage());
        OriginType origin = origin(request);
        requireOffered(call.region(), spec, origin);
        TagRules.require(request.tags(), quotas);
        String policy = request.policy();
        if (policy == null) {
            policy =
                    KeyPolicies.defaultFor(
                            Principal.root(call.account(), call.region().partition()));
        } else {
            KeyPolicies.require(
                    policy,
                    request.bypassPolicyLockoutSafetyCheck(),
                    call.principal(),
                    call.region(),
                    quotas);
        }
        Key key = create(call, request, spec, usage, origin, policy);
        return new CreateKeyResponse(Metadata.of(key, List.of(key.arn())));
    }

    private Key create(
            Call call,
            CreateKeyRequest request,
            KeySpec spec,
            KeyUsageType usage,
            OriginType origin,
            String policy) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        boolean multiRegion = request.multiRegion();
        boolean imported = origin == OriginType.EXTERNAL;
        KeyArn arn =
                new KeyArn(
                        call.region(),
                        call.account(),
                        KeyId.of(entropy.bytes(UUID_BYTES), multiRegion));
        Key key =
                Key.created(
                        arn,
                        spec,
                        usage,
                        origin,
                        imported ? KeyState.PENDING_IMPORT : KeyState.ENABLED,
                        request.description() == null ? "" : request.description(),
                        now,
                        multiRegion ? call.region() : null);
        if (imported) {
            return insert(key, null, request.tags(), policy);
        }
        try (NewMaterial material =
                work.makes(
                        spec,
                        call.account(),
                        () -> NewMaterial.generate(arn.id(), spec, now, entropy))) {
            return insert(
                    key.withMaterial(material.facts().id(), null),
                    material,
                    request.tags(),
                    policy);
        }
    }

    private Key insert(Key key, @Nullable NewMaterial material, List<Tag> tags, String policy) {
        return store.write(
                Weights.of(policy) + Weights.of(tags) + Weights.of(key.description()),
                tx -> {
                    quotas.requireRoomForKey(
                            tx.keys().count(key.arn().account(), key.arn().region()));
                    tx.keys().insert(key);
                    if (material != null) {
                        tx.materials().put(key.arn(), material.facts(), material.secret());
                    }
                    tx.policies().put(key.arn(), policy);
                    for (Tag tag : tags) {
                        tx.tags().put(key.arn(), tag);
                    }
                    return key;
                });
    }

    private static KeySpec spec(CreateKeyRequest request) {
        CustomerMasterKeySpec deprecated = request.customerMasterKeySpec();
        if (deprecated != null && request.keySpec() != null) {
            throw new ValidationException(
                    "You cannot specify KeySpec and CustomerMasterKeySpec in the same request."
                            + " CustomerMasterKeySpec is deprecated.");
        }
        @Nullable KeySpec spec =
                deprecated == null ? request.keySpec() : KeySpec.ofWire(deprecated.wire());
        return spec == null ? KeySpec.SYMMETRIC_DEFAULT : spec;
    }

    private static OriginType origin(CreateKeyRequest request) {
        OriginType origin = request.origin() == null ? OriginType.AWS_KMS : request.origin();
        boolean inKeyStore =
                origin == OriginType.AWS_CLOUDHSM || origin == OriginType.EXTERNAL_KEY_STORE;
        if (request.customKeyStoreId() != null) {
            if (!inKeyStore) {
                throw new ValidationException(
                        "CustomKeyStoreId is not valid for a KMS key with origin "
                                + origin.wire()
                                + ".");
            }
            throw new CustomKeyStoreNotFoundException(); // none can exist yet
        }
        if (inKeyStore) {
            throw new ValidationException(
                    "CustomKeyStoreId is required for a KMS key with origin "
                            + origin.wire()
                            + ".");
        }
        if (request.xksKeyId() != null) {
            throw new ValidationException(
                    "XksKeyId is valid only for a KMS key with origin "
                            + OriginType.EXTERNAL_KEY_STORE.wire()
                            + ".");
        }
        return origin;
    }

    private void requireOffered(Region region, KeySpec spec, OriginType origin) {
        sm2.require(region, spec, "KeySpec");
        if (origin == OriginType.EXTERNAL && !KeySpecs.of(spec).importable()) {
            throw new ValidationException(
                    "Origin EXTERNAL is not compatible with KeySpec " + spec.wire());
        }
    }
}
