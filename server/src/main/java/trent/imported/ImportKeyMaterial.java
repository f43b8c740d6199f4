package trent.imported;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import trent.access.Detail;
import trent.access.Details;
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
import trent.name.AccountId;
import trent.name.KeyArn;
import trent.store.Key;
import trent.store.Key.Expiration;
import trent.store.KeyMaterial.Facts;
import trent.store.KeyMaterial.State;
import trent.store.KnownMaterials;
import trent.store.KnownMaterials.Known;
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
        Key key = keys.managed(call, ACTION, request.keyId(), details(request));
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
        try (NewMaterial brought = brought(work, key, call.account(), material, now)) {
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

    private static Details details(ImportKeyMaterialRequest request) {
        ExpirationModelType model = request.expirationModel();
        Instant validTo = request.validTo();
        return new Details()
                .with(
                        Detail.EXPIRATION_MODEL,
                        (model == null ? ExpirationModelType.KEY_MATERIAL_EXPIRES : model).wire())
                .with(
                        Detail.VALID_TO,
                        validTo == null ? null : Long.toString(validTo.getEpochSecond()));
    }

    /** Checks the material, whose array is taken over: it is wiped whatever comes of it. */
    static NewMaterial brought(
            LongWork work, Key key, AccountId account, byte[] material, Instant now) {
        try {
            return work.checks(
                    key.spec(),
                    account,
                    () -> NewMaterial.imported(key.arn().id(), key.spec(), material, now));
        } catch (RuntimeException | Error e) { // the lane may have refused it unseen
            Arrays.fill(material, (byte) 0);
            throw e;
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
        KnownMaterials known = tx.materials().known(key.arn());
        Known same = same(key, known, brought);
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
    private static @Nullable Known same(Key key, KnownMaterials known, NewMaterial brought) {
        Known same = known.find(brought.facts().id());
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
            KnownMaterials known,
            @Nullable Known same,
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
                Known pending = known.pending();
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
            Key key, @Nullable Known same, @Nullable String description) {
        boolean replica = key.multiRegion() && !key.primary();
        if (replica
                && same != null
                && description != null
                && !description.equals(same.facts().description())) {
            throw new ValidationException(
                    "KeyMaterialDescription of a multi-Region key is set on its primary key.");
        }
    }

    private static Facts added(Tx tx, Key key, Facts brought, KnownMaterials known) {
        return known.all().isEmpty()
                ? brought
                : brought.withSequence(tx.materials().nextSequence(key.arn()))
                        .withState(State.PENDING_ROTATION);
    }
}
