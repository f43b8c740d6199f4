package trent;

import java.time.InstantSource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import trent.access.Access;
import trent.access.GrantTokens;
import trent.alias.CreateAlias;
import trent.alias.DeleteAlias;
import trent.alias.ListAliases;
import trent.alias.UpdateAlias;
import trent.api.KeyLastUsageTrackingOperation;
import trent.api.KmsOperation;
import trent.crypto.AttestationRoots;
import trent.crypto.Entropy;
import trent.grant.CreateGrant;
import trent.grant.ListGrants;
import trent.grant.ListRetirableGrants;
import trent.grant.RetireGrant;
import trent.grant.RevokeGrant;
import trent.key.CancelKeyDeletion;
import trent.key.CreateKey;
import trent.key.DeleteImportedKeyMaterial;
import trent.key.DescribeKey;
import trent.key.DisableKey;
import trent.key.DisableKeyRotation;
import trent.key.EnableKey;
import trent.key.EnableKeyRotation;
import trent.key.GetKeyLastUsage;
import trent.key.GetKeyPolicy;
import trent.key.GetKeyRotationStatus;
import trent.key.GetParametersForImport;
import trent.key.ImportKeyMaterial;
import trent.key.ImportTokens;
import trent.key.KeyFinder;
import trent.key.LatestUses;
import trent.key.ListKeyPolicies;
import trent.key.ListKeyRotations;
import trent.key.ListKeys;
import trent.key.ListResourceTags;
import trent.key.PutKeyPolicy;
import trent.key.Quotas;
import trent.key.ReplicateKey;
import trent.key.RotateKeyOnDemand;
import trent.key.Rotations;
import trent.key.ScheduleKeyDeletion;
import trent.key.Sm2Regions;
import trent.key.TagResource;
import trent.key.UntagResource;
import trent.key.UpdateKeyDescription;
import trent.key.UpdatePrimaryRegion;
import trent.store.Store;
import trent.use.AsymmetricKeys;
import trent.use.Decrypt;
import trent.use.DeriveSharedSecret;
import trent.use.Encrypt;
import trent.use.Encryption;
import trent.use.GenerateDataKey;
import trent.use.GenerateDataKeyPair;
import trent.use.GenerateDataKeyPairWithoutPlaintext;
import trent.use.GenerateDataKeyWithoutPlaintext;
import trent.use.GenerateMac;
import trent.use.GenerateRandom;
import trent.use.GetPublicKey;
import trent.use.Macs;
import trent.use.NotedUse;
import trent.use.ReEncrypt;
import trent.use.Recipients;
import trent.use.Sign;
import trent.use.SymmetricKeys;
import trent.use.Verify;
import trent.use.VerifyMac;
import trent.wire.Routes;

/** Which class answers which operation: one method for each family. */
final class Operations {

    private final Store store;
    private final Entropy entropy;
    private final InstantSource clock;
    private final Quotas quotas;
    private final GrantTokens tokens;
    private final Access access;
    private final LatestUses uses;
    private final Sm2Regions sm2;
    private final Recipients recipients;
    private final KeyFinder keys;
    private final SymmetricKeys symmetric;
    private final AsymmetricKeys asymmetric;
    private final Encryption encryption;

    Operations(
            Store store,
            Entropy entropy,
            InstantSource clock,
            Quotas quotas,
            LatestUses uses,
            Sm2Regions sm2,
            @Nullable AttestationRoots roots) {
        this.store = store;
        this.entropy = entropy;
        this.clock = clock;
        this.quotas = quotas;
        this.uses = uses;
        this.sm2 = sm2;
        this.recipients = new Recipients(store, roots, clock);
        this.tokens = new GrantTokens(store);
        this.access = new Access(tokens);
        this.keys = new KeyFinder(store, access);
        this.symmetric = new SymmetricKeys(keys, store, entropy);
        this.asymmetric = new AsymmetricKeys(store);
        this.encryption = new Encryption(keys, symmetric, asymmetric);
    }

    /** All of them; what is not built yet is refused as not supported. */
    Routes routes() {
        Routes routes = new Routes();
        aliases(routes);
        keys(routes);
        cryptography(routes);
        imports(routes);
        rotation(routes);
        multiRegion(routes);
        grants(routes);
        usage(routes);
        return routes;
    }

    /** Friendly names. */
    private void aliases(Routes routes) {
        routes.aside(KmsOperation.CREATE_ALIAS, new CreateAlias(access, keys, store, quotas, clock))
                .aside(
                        KmsOperation.UPDATE_ALIAS,
                        new UpdateAlias(access, keys, store, quotas, clock))
                .aside(KmsOperation.DELETE_ALIAS, new DeleteAlias(access, store))
                .here(KmsOperation.LIST_ALIASES, new ListAliases(access, keys, store));
    }

    /** Keys and their life. */
    private void keys(Routes routes) {
        routes.aside(
                        KmsOperation.CREATE_KEY,
                        new CreateKey(access, store, quotas, entropy, clock, sm2))
                .here(KmsOperation.DESCRIBE_KEY, new DescribeKey(keys))
                .aside(KmsOperation.LIST_KEYS, new ListKeys(access, store))
                .aside(
                        KmsOperation.ENABLE_KEY,
                        new EnableKey(keys, store, new Rotations(store, entropy, clock)))
                .aside(KmsOperation.DISABLE_KEY, new DisableKey(keys, store))
                .aside(
                        KmsOperation.SCHEDULE_KEY_DELETION,
                        new ScheduleKeyDeletion(keys, store, clock))
                .aside(KmsOperation.CANCEL_KEY_DELETION, new CancelKeyDeletion(keys, store))
                .aside(KmsOperation.UPDATE_KEY_DESCRIPTION, new UpdateKeyDescription(keys, store))
                .aside(KmsOperation.TAG_RESOURCE, new TagResource(keys, store, quotas))
                .aside(KmsOperation.UNTAG_RESOURCE, new UntagResource(keys, store))
                .aside(KmsOperation.LIST_RESOURCE_TAGS, new ListResourceTags(keys, store))
                .aside(KmsOperation.GET_KEY_POLICY, new GetKeyPolicy(keys, store))
                .aside(KmsOperation.PUT_KEY_POLICY, new PutKeyPolicy(keys, store, quotas))
                .here(KmsOperation.LIST_KEY_POLICIES, new ListKeyPolicies(keys));
    }

    /** Keys put to use. */
    private void cryptography(Routes routes) {
        routes.here(KmsOperation.ENCRYPT, new Encrypt(keys, encryption))
                .here(KmsOperation.DECRYPT, new Decrypt(keys, encryption, recipients))
                .here(KmsOperation.RE_ENCRYPT, new ReEncrypt(keys, encryption))
                .here(
                        KmsOperation.GENERATE_DATA_KEY,
                        new GenerateDataKey(keys, symmetric, recipients))
                .here(
                        KmsOperation.GENERATE_DATA_KEY_WITHOUT_PLAINTEXT,
                        new GenerateDataKeyWithoutPlaintext(keys, symmetric))
                .aside(
                        KmsOperation.GENERATE_DATA_KEY_PAIR,
                        new GenerateDataKeyPair(keys, symmetric, sm2, recipients))
                .aside(
                        KmsOperation.GENERATE_DATA_KEY_PAIR_WITHOUT_PLAINTEXT,
                        new GenerateDataKeyPairWithoutPlaintext(keys, symmetric, sm2))
                .here(KmsOperation.GENERATE_RANDOM, new GenerateRandom(access, entropy, recipients))
                .aside(KmsOperation.SIGN, new Sign(keys, asymmetric))
                .aside(KmsOperation.VERIFY, new Verify(keys, asymmetric))
                .here(KmsOperation.GENERATE_MAC, new GenerateMac(keys, new Macs(store)))
                .here(KmsOperation.VERIFY_MAC, new VerifyMac(keys, new Macs(store)))
                .here(KmsOperation.GET_PUBLIC_KEY, new GetPublicKey(keys, asymmetric))
                .aside(
                        KmsOperation.DERIVE_SHARED_SECRET,
                        new DeriveSharedSecret(keys, asymmetric, recipients));
    }

    /** Material that callers bring. */
    private void imports(Routes routes) {
        ImportTokens importTokens = new ImportTokens(store);
        routes.aside(
                        KmsOperation.GET_PARAMETERS_FOR_IMPORT,
                        new GetParametersForImport(keys, importTokens, clock))
                .aside(
                        KmsOperation.IMPORT_KEY_MATERIAL,
                        new ImportKeyMaterial(keys, importTokens, store, clock))
                .aside(
                        KmsOperation.DELETE_IMPORTED_KEY_MATERIAL,
                        new DeleteImportedKeyMaterial(keys, store));
    }

    /** New material for an old key. */
    private void rotation(Routes routes) {
        routes.aside(KmsOperation.ENABLE_KEY_ROTATION, new EnableKeyRotation(keys, store, clock))
                .aside(KmsOperation.DISABLE_KEY_ROTATION, new DisableKeyRotation(keys, store))
                .here(KmsOperation.GET_KEY_ROTATION_STATUS, new GetKeyRotationStatus(keys, store))
                .here(KmsOperation.LIST_KEY_ROTATIONS, new ListKeyRotations(keys, store))
                .aside(
                        KmsOperation.ROTATE_KEY_ON_DEMAND,
                        new RotateKeyOnDemand(keys, store, quotas, entropy, clock));
    }

    /** One key in several Regions. */
    private void multiRegion(Routes routes) {
        routes.aside(
                        KmsOperation.REPLICATE_KEY,
                        new ReplicateKey(access, keys, store, quotas, clock, sm2))
                .aside(KmsOperation.UPDATE_PRIMARY_REGION, new UpdatePrimaryRegion(keys, store));
    }

    /** Permissions given by a key to somebody. */
    private void grants(Routes routes) {
        routes.aside(
                        KmsOperation.CREATE_GRANT,
                        new CreateGrant(keys, tokens, store, quotas, entropy, clock))
                .aside(KmsOperation.LIST_GRANTS, new ListGrants(keys, store))
                .aside(KmsOperation.LIST_RETIRABLE_GRANTS, new ListRetirableGrants(access, store))
                .aside(KmsOperation.RETIRE_GRANT, new RetireGrant(keys, tokens, store))
                .aside(KmsOperation.REVOKE_GRANT, new RevokeGrant(keys, store));
    }

    /** When a key was last used, noted by all that use it: comes last. */
    private void usage(Routes routes) {
        routes.here(KmsOperation.GET_KEY_LAST_USAGE, new GetKeyLastUsage(keys, uses));
        for (KeyLastUsageTrackingOperation operation : KeyLastUsageTrackingOperation.values()) {
            note(routes, operation, Objects.requireNonNull(KmsOperation.byName(operation.wire())));
        }
    }

    private <I, O> void note(
            Routes routes, KeyLastUsageTrackingOperation operation, KmsOperation<I, O> routed) {
        routes.around(routed, code -> new NotedUse<>(code, operation, uses));
    }
}
