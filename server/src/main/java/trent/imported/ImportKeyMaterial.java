package trent.imported;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import trent.api.Blob;
import trent.api.ExpirationModelType;
import trent.api.ImportKeyMaterialRequest;
import trent.api.ImportKeyMaterialResponse;
import trent.api.ImportType;
import trent.api.IncorrectKeyMaterialException;
import trent.api.KMSInvalidStateException;
import trent.api.KeySpec;
import trent.api.KmsOperation;
import trent.api.ValidationException;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.key.KeyFinder;
import trent.key.KeySpecs;
import trent.key.KeyStates;
import trent.key.LongWork;
import trent.key.MaterialId;
import trent.key.MultiRegion;
import trent.key.NewMaterial;
import trent.name.KeyArn;
import trent.store.Key;
import trent.store.Key.Expiration;
import trent.store.KeyMaterial;
import trent.store.KeyMaterial.Facts;
import trent.store.KeyMaterial.State;
import trent.store.KeyMaterials;
import trent.store.Store;
import trent.store.Tx;

/**
 * ImportKeyMaterial: gives a key of origin EXTERNAL its material, gives it back, or gives a
 * symmetric encryption key one more for its next rotation.
 */
public record ImportKeyMaterial(
        KeyFinder keys, ImportTokens tokens, Store store, InstantSource clock, LongWork work)
        implements Operation<ImportKeyMaterialRequest, ImportKeyMaterialResponse> {

    private static final KmsOperation<ImportKeyMaterialRequest, ImportKeyMaterialResponse>
            OPERATION = KmsOperation.IMPORT_KEY_MATERIAL;
    private static final Action ACTION = Action.of(OPERATION);
    private static final Duration LONGEST = Duration.ofDays(365);

    @Override
    public ImportKeyMaterialResponse answer(Call call, ImportKeyMaterialRequest request) {
        Key key = keys.managed(call, ACTION, request.keyId());
        KeyStates.require(OPERATION, key);
        ImportedMaterials.requireExternal(key);
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        Expiration expiration = expiration(request, now);
        requireMembers(request, key.spec());

        KeyArn arn = key.arn();
        byte[] material =
                work.computes(
                        call.account(),
                        () ->
                                tokens.open(request.importToken(), arn, now)
                                        .unwrap(request.encryptedKeyMaterial()));
        try (NewMaterial brought =
                work.checks(
                        key.spec(),
                        call.account(),
                        () -> NewMaterial.imported(arn.id(), key.spec(), material, now))) {
            return store.write(
                    request.importToken().size() + request.encryptedKeyMaterial().size(),
                    tx -> {
                        Key found = KeyFinder.orNotFound(arn, tx.keys().find(arn));
                        KeyStates.require(OPERATION, found);
                        String id = take(tx, found, request, brought, expiration);
                        return new ImportKeyMaterialResponse(
                                arn.toString(), ImportedMaterials.shownId(key, id));
                    });
        }
    }

    private static Expiration expiration(ImportKeyMaterialRequest request, Instant now) {
        Instant validTo =
                request.validTo() == null ? null : request.validTo().truncatedTo(ChronoUnit.MILLIS);
        if (request.expirationModel() == ExpirationModelType.KEY_MATERIAL_DOES_NOT_EXPIRE) {
            if (validTo != null) {
                throw new ValidationException(
                        "A validTo date must not be set if the ExpirationModel is KEY_MATERIAL_DOES_NOT_EXPIRE");
            }
            return new Expiration(ExpirationModelType.KEY_MATERIAL_DOES_NOT_EXPIRE, null);
        }
        if (validTo == null) {
            throw new ValidationException(
                    "A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES");
        }
        if (!validTo.isAfter(now)) {
            throw new ValidationException("ValidTo must be in the future");
        }
        if (validTo.isAfter(now.plus(LONGEST))) {
            throw new ValidationException("ValidTo must be within 365 days");
        }
        return new Expiration(ExpirationModelType.KEY_MATERIAL_EXPIRES, validTo);
    }

    /** Other keys have one material, which needs no telling apart. */
    private static void requireMembers(ImportKeyMaterialRequest request, KeySpec spec) {
        if (!KeySpecs.of(spec).symmetric()) {
            requireAbsent("ImportType", request.importType());
            requireAbsent("KeyMaterialDescription", request.keyMaterialDescription());
            requireAbsent("KeyMaterialId", request.keyMaterialId());
        }
    }

    private static void requireAbsent(String member, @Nullable Object value) {
        if (value != null) {
            throw new ValidationException(
                    member + " is supported only with a symmetric encryption KMS key.");
        }
    }

    /** Gives the material's id, which is an earlier one if the key had the material before. */
    private static String take(
            Tx tx,
            Key key,
            ImportKeyMaterialRequest request,
            NewMaterial brought,
            Expiration expiration) {
        KeyMaterials known = tx.materials().of(key.arn());
        KeyMaterial same = same(key, known, brought);
        requireType(
                key, known, same, request, same == null ? brought.facts().id() : same.facts().id());
        String description = request.keyMaterialDescription();
        if (same != null && description == null) {
            description = same.facts().description();
        }
        requireOwnDescription(key, same, description);
        Facts facts =
                same == null
                        ? added(tx, key, brought.facts(), known)
                        // What stands beside absent material is bound to nothing: the public key is
                        // that of the material brought.
                        : same.facts().withPublicKey(brought.facts().publicKey());
        ImportedMaterials.put(
                tx,
                key,
                facts.withExpiration(expiration).withDescription(description),
                brought.secret());
        return facts.id();
    }

    /** What the key has of this material, whatever form of id it got. */
    private static @Nullable KeyMaterial same(Key key, KeyMaterials known, NewMaterial brought) {
        KeyMaterial same = known.find(brought.facts().id());
        if (same != null || known.all().isEmpty()) {
            return same;
        }
        Blob publicKey = brought.facts().publicKey();
        return known.find(
                publicKey == null
                        ? brought.secret()
                                .read(material -> MaterialId.earlier(key.arn().id(), material))
                        : MaterialId.earlier(key.arn().id(), publicKey.bytes()));
    }

    private static void requireType(
            Key key,
            KeyMaterials known,
            @Nullable KeyMaterial same,
            ImportKeyMaterialRequest request,
            String id) {
        ImportType type = request.importType();
        if (type == null) {
            type =
                    known.all().isEmpty()
                            ? ImportType.NEW_KEY_MATERIAL
                            : ImportType.EXISTING_KEY_MATERIAL;
        }
        switch (type) {
            case NEW_KEY_MATERIAL -> {
                if (request.keyMaterialId() != null) {
                    throw new ValidationException(
                            "KeyMaterialId is not valid with ImportType NEW_KEY_MATERIAL.");
                }
                MultiRegion.refuseReplica(key);
                if (same != null) {
                    throw new IncorrectKeyMaterialException();
                }
                KeyMaterial pending = known.pending();
                if (pending != null) {
                    throw new KMSInvalidStateException(
                            "New key material (id: %s) cannot be imported into KMS key %s, because another key material (id: %s) is pending rotation."
                                    .formatted(id, key.arn(), pending.id()));
                }
            }
            case EXISTING_KEY_MATERIAL -> {
                if (same == null
                        || (request.keyMaterialId() != null
                                && !request.keyMaterialId().equals(id))) {
                    throw new IncorrectKeyMaterialException();
                }
            }
        }
    }

    /** A description is set on the primary, which gives it to its replicas. */
    private static void requireOwnDescription(
            Key key, @Nullable KeyMaterial same, @Nullable String description) {
        boolean replica = key.multiRegion() && !key.primary();
        if (replica
                && same != null
                && description != null
                && !description.equals(same.facts().description())) {
            throw new ValidationException(
                    "KeyMaterialDescription of a multi-Region key is set on its primary key.");
        }
    }

    private static Facts added(Tx tx, Key key, Facts brought, KeyMaterials known) {
        return known.all().isEmpty()
                ? brought
                : brought.withSequence(tx.materials().nextSequence(key.arn()))
                        .withState(State.PENDING_ROTATION);
    }
}
