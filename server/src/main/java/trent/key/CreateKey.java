package trent.key;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
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
import trent.api.UnsupportedOperationException;
import trent.api.ValidationException;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.call.Principal;
import trent.crypto.Entropy;
import trent.name.Arn;
import trent.name.KeyArn;
import trent.name.KeyId;
import trent.seal.Secret;
import trent.store.Key;
import trent.store.Store;

/** CreateKey: makes a symmetric encryption key in the caller's account and Region. */
public record CreateKey(
        Access access, Store store, Quotas quotas, Entropy entropy, InstantSource clock)
        implements Operation<CreateKeyRequest, CreateKeyResponse> {

    private static final Action ACTION = Action.of(KmsOperation.CREATE_KEY);
    private static final Action TAG_ACTION = Action.of(KmsOperation.TAG_RESOURCE);
    private static final int UUID_BYTES = 16;
    private static final int MATERIAL_BYTES = 32;

    @Override
    public CreateKeyResponse answer(Call call, CreateKeyRequest request) {
        access.require(call, ACTION, Arn.EVERYTHING);
        if (!request.tags().isEmpty()) {
            access.require(call, TAG_ACTION, Arn.EVERYTHING);
        }
        KeySpec spec = spec(request);
        KeyUsageType usage = KeyKinds.usage(spec, request.keyUsage());
        OriginType origin = origin(request);
        requireSupported(spec, origin, request.multiRegion());
        TagRules.require(request.tags(), quotas);
        String policy = request.policy();
        if (policy == null) {
            policy =
                    KeyPolicies.defaultFor(
                            Principal.root(call.account(), call.region().partition()));
        } else {
            KeyPolicies.require(
                    policy, request.bypassPolicyLockoutSafetyCheck(), call.principal(), quotas);
        }
        return new CreateKeyResponse(
                Metadata.of(create(call, request, spec, usage, origin, policy)));
    }

    private Key create(
            Call call,
            CreateKeyRequest request,
            KeySpec spec,
            KeyUsageType usage,
            OriginType origin,
            String policy) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        KeyArn arn =
                new KeyArn(
                        call.region(), call.account(), KeyId.of(entropy.bytes(UUID_BYTES), false));
        byte[] material = entropy.bytes(MATERIAL_BYTES);
        String materialId = MaterialId.of(arn.id(), material);
        Key key =
                new Key(
                        arn,
                        spec,
                        usage,
                        origin,
                        KeyState.ENABLED,
                        request.description() == null ? "" : request.description(),
                        now,
                        null,
                        materialId);
        try (Secret secret = new Secret(material)) {
            return store.write(
                    tx -> {
                        tx.keys().insert(key);
                        tx.materials().insert(arn, materialId, secret, now);
                        tx.policies().put(arn, policy);
                        for (Tag tag : request.tags()) {
                            tx.tags().put(arn, tag);
                        }
                        return key;
                    });
        }
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

    private static void requireSupported(KeySpec spec, OriginType origin, boolean multiRegion) {
        if (spec == KeySpec.SM2) {
            throw new UnsupportedOperationException("KeySpec SM2 is not supported in this Region");
        }
        if (spec != KeySpec.SYMMETRIC_DEFAULT) {
            throw new UnsupportedOperationException(
                    "KeySpec " + spec.wire() + " is not supported yet.");
        }
        if (origin != OriginType.AWS_KMS) {
            throw new UnsupportedOperationException(
                    "Origin " + origin.wire() + " is not supported yet.");
        }
        if (multiRegion) {
            throw new UnsupportedOperationException("Multi-Region keys are not supported yet.");
        }
    }
}
