package trent.lifecycle;

import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trent.access.Access;
import trent.access.Detail;
import trent.access.Details;
import trent.api.CreateKeyRequest;
import trent.api.CreateKeyResponse;
import trent.api.CustomKeyStoreNotFoundException;
import trent.api.CustomerMasterKeySpec;
import trent.api.ExpirationModelType;
import trent.api.KeySpec;
import trent.api.KeyState;
import trent.api.KeyUsageType;
import trent.api.KmsOperation;
import trent.api.MultiRegionKeyType;
import trent.api.OriginType;
import trent.api.Tag;
import trent.api.ValidationException;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.crypto.Entropy;
import trent.key.KeySpecs;
import trent.key.KeyUsages;
import trent.key.LongWork;
import trent.key.Metadata;
import trent.key.NewMaterial;
import trent.key.Quotas;
import trent.key.Sm2Regions;
import trent.name.KeyArn;
import trent.name.KeyId;
import trent.name.Region;
import trent.policy.KeyPolicies;
import trent.seal.Secret;
import trent.store.Key;
import trent.store.Key.Expiration;
import trent.store.KeyMaterial.Facts;
import trent.store.Policies.Stored;
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
        KeyPolicies policies,
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
        Key key =
                made(
                        call,
                        request,
                        KeyId.of(entropy.bytes(UUID_BYTES), request.multiRegion()),
                        null);
        call.about(key.arn());
        return new CreateKeyResponse(Metadata.of(key, List.of(key.arn())));
    }

    /**
     * Makes a key of a given id, as an operator declares it, under the same checks.
     *
     * @param given its material, which of origin EXTERNAL does not expire; null where it is made, or
     *     imported later
     * @throws trent.api.IncorrectKeyMaterialException if a key of the spec cannot have it
     */
    public Key made(Call call, CreateKeyRequest request, KeyId id, @Nullable Secret given) {
        Details details = details(request);
        access.requireAnywhere(call, ACTION, details);
        if (!request.tags().isEmpty()) {
            access.requireAnywhere(call, TAG_ACTION, details);
        }
        KeySpec spec = spec(request);
        KeyUsageType usage = KeyUsages.of(spec, request.keyUsage());
        OriginType origin = origin(request);
        requireOffered(call.region(), spec, origin);
        TagRules.require(request.tags(), quotas);
        KeyArn arn = new KeyArn(call.region(), call.account(), id);
        Key planned = planned(arn, request, spec, usage, origin);
        Stored policy =
                policies.ofNewKey(
                        call,
                        planned,
                        request.tags(),
                        request.policy(),
                        request.bypassPolicyLockoutSafetyCheck());
        return given == null
                ? create(call, request, planned, policy)
                : createWith(given, request, planned, policy);
    }

    private Key createWith(Secret given, CreateKeyRequest request, Key key, Stored policy) {
        if (!KeySpecs.of(key.spec()).importable()) {
            throw new ValidationException(
                    "Material cannot be given to a key of KeySpec " + key.spec().wire() + ".");
        }
        Expiration never =
                key.origin() == OriginType.EXTERNAL
                        ? new Expiration(ExpirationModelType.KEY_MATERIAL_DOES_NOT_EXPIRE, null)
                        : null;
        try (NewMaterial material =
                NewMaterial.imported(
                        key.arn().id(), key.spec(), given.read(byte[]::clone), key.created())) {
            return insert(
                    key.withState(KeyState.ENABLED).withMaterial(material.facts().id(), never),
                    material.facts().withExpiration(never),
                    material.secret(),
                    request.tags(),
                    policy);
        }
    }

    private Details details(CreateKeyRequest request) {
        String multiRegion = Boolean.toString(request.multiRegion());
        CustomerMasterKeySpec deprecated = request.customerMasterKeySpec();
        KeySpec spec = request.keySpec();
        KeyUsageType usage = request.keyUsage();
        OriginType origin = request.origin();
        return new Details()
                .with(
                        Detail.KEY_SPEC,
                        spec != null
                                ? spec.wire()
                                : deprecated != null
                                        ? deprecated.wire()
                                        : KeySpec.SYMMETRIC_DEFAULT.wire())
                .with(
                        Detail.KEY_USAGE,
                        (usage == null ? KeyUsageType.ENCRYPT_DECRYPT : usage).wire())
                .with(Detail.KEY_ORIGIN, (origin == null ? OriginType.AWS_KMS : origin).wire())
                .with(Detail.MULTI_REGION, multiRegion)
                .with(
                        Detail.MULTI_REGION_KEY_TYPE,
                        request.multiRegion() ? MultiRegionKeyType.PRIMARY.wire() : null)
                .with(
                        Detail.BYPASS_POLICY_LOCKOUT_SAFETY_CHECK,
                        KeyPolicies.bypass(request.bypassPolicyLockoutSafetyCheck()))
                .tags(TagRules.map(request.tags()));
    }

    private Key planned(
            KeyArn arn,
            CreateKeyRequest request,
            KeySpec spec,
            KeyUsageType usage,
            OriginType origin) {
        return Key.created(
                arn,
                spec,
                usage,
                origin,
                origin == OriginType.EXTERNAL ? KeyState.PENDING_IMPORT : KeyState.ENABLED,
                request.description() == null ? "" : request.description(),
                clock.instant().truncatedTo(ChronoUnit.MILLIS),
                request.multiRegion() ? arn.region() : null);
    }

    private Key create(Call call, CreateKeyRequest request, Key key, Stored policy) {
        if (key.origin() == OriginType.EXTERNAL) {
            return insert(key, null, null, request.tags(), policy);
        }
        try (NewMaterial material =
                work.makes(
                        key.spec(),
                        call.account(),
                        () ->
                                NewMaterial.generate(
                                        key.arn().id(), key.spec(), key.created(), entropy))) {
            return insert(
                    key.withMaterial(material.facts().id(), null),
                    material.facts(),
                    material.secret(),
                    request.tags(),
                    policy);
        }
    }

    private Key insert(
            Key key,
            @Nullable Facts facts,
            @Nullable Secret secret,
            List<Tag> tags,
            Stored policy) {
        return store.write(
                Weights.of(policy.document()) + Weights.of(tags) + Weights.of(key.description()),
                tx -> {
                    quotas.requireRoomForKey(
                            tx.keys().count(key.arn().account(), key.arn().region()));
                    tx.keys().insert(key);
                    if (facts != null) {
                        tx.materials().put(key.arn(), facts, secret);
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
