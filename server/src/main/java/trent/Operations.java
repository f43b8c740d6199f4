package trent;

import java.time.InstantSource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import trent.access.Access;
import trent.access.GrantTokens;
import trent.access.StoredKeySources;
import trent.alias.CreateAlias;
import trent.alias.DeleteAlias;
import trent.alias.ListAliases;
import trent.alias.UpdateAlias;
import trent.api.KeyLastUsageTrackingOperation;
import trent.api.KmsOperation;
import trent.crypto.Entropy;
import trent.crypto.attestation.AttestationRoots;
import trent.grant.CreateGrant;
import trent.grant.GrantPrincipals;
import trent.grant.ListGrants;
import trent.grant.ListRetirableGrants;
import trent.grant.RetireGrant;
import trent.grant.RevokeGrant;
import trent.identity.Identities;
import trent.identity.PrincipalNames;
import trent.imported.DeleteImportedKeyMaterial;
import trent.imported.GetParametersForImport;
import trent.imported.ImportKeyMaterial;
import trent.imported.ImportTokens;
import trent.key.KeyFinder;
import trent.key.LatestUses;
import trent.key.LongWork;
import trent.key.Quotas;
import trent.key.Sm2Regions;
import trent.language.CompiledPolicies;
import trent.lifecycle.AwsManagedKeys;
import trent.lifecycle.CancelKeyDeletion;
import trent.lifecycle.CreateKey;
import trent.lifecycle.DescribeKey;
import trent.lifecycle.DisableKey;
import trent.lifecycle.EnableKey;
import trent.lifecycle.GetKeyLastUsage;
import trent.lifecycle.ListKeys;
import trent.lifecycle.ScheduleKeyDeletion;
import trent.lifecycle.UpdateKeyDescription;
import trent.multiregion.ReplicateKey;
import trent.multiregion.UpdatePrimaryRegion;
import trent.policy.GetKeyPolicy;
import trent.policy.KeyPolicies;
import trent.policy.KeyPolicyDocuments;
import trent.policy.ListKeyPolicies;
import trent.policy.PutKeyPolicy;
import trent.rotation.DisableKeyRotation;
import trent.rotation.EnableKeyRotation;
import trent.rotation.GetKeyRotationStatus;
import trent.rotation.ListKeyRotations;
import trent.rotation.RotateKeyOnDemand;
import trent.rotation.Rotations;
import trent.store.Store;
import trent.tag.ListResourceTags;
import trent.tag.TagResource;
import trent.tag.UntagResource;
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

/** Which class answers which operation: one method for each room. */
final class Operations {

    private final Store store;
    private final Entropy entropy;
    private final InstantSource clock;
    private final Quotas quotas;
    private final GrantTokens tokens;
    private final Access access;
    private final LatestUses uses;
    private final Sm2Regions sm2;
    private final LongWork work;
    private final IdentityTurns turns;
    private final Recipients recipients;
    private final KeyFinder keys;
    private final PrincipalNames names;
    private final KeyPolicyDocuments documents;
    private final KeyPolicies policies;
    private final GrantPrincipals principals;
    private final SymmetricKeys symmetric;
    private final AsymmetricKeys asymmetric;
    private final Encryption encryption;

    /**
     * All that operations share.
     *
     * @param wall by which attestation documents are too old, as their makers' clocks have it
     */
    Operations(
            Store store,
            Identities identities,
            CompiledPolicies compiled,
            boolean acceptUnknownPrincipals,
            Entropy entropy,
            InstantSource clock,
            InstantSource wall,
            Quotas quotas,
            LatestUses uses,
            Sm2Regions sm2,
            @Nullable AttestationRoots roots,
            LongWork work,
            IdentityTurns turns) {
        this.store = store;
        this.entropy = entropy;
        this.clock = clock;
        this.quotas = quotas;
        this.uses = uses;
        this.sm2 = sm2;
        this.work = work;
        this.turns = turns;
        this.recipients = new Recipients(store, roots, wall, work);
        this.tokens = new GrantTokens(store);
        this.access =
                new Access(
                        tokens,
                        new StoredKeySources(store),
                        identities,
                        clock,
                        quotas.aliasesPerKey());
        this.keys = new KeyFinder(store, access);
        this.names = new PrincipalNames(identities, acceptUnknownPrincipals);
        this.documents = new KeyPolicyDocuments(names, compiled);
        this.policies = new KeyPolicies(access, documents, quotas);
        this.principals = new GrantPrincipals(names);
        store.compilePoliciesBy(documents);
        this.symmetric = new SymmetricKeys(store, entropy);
        this.asymmetric = new AsymmetricKeys(store, work);
        this.encryption = new Encryption(keys, symmetric, asymmetric);
    }

    Access access() {
        return access;
    }

    PrincipalNames names() {
        return names;
    }

    CreateKey createKey() {
        return new CreateKey(access, policies, store, quotas, entropy, clock, sm2, work);
    }

    /** All of them; what is not built yet is refused as not supported. */
    Routes routes() {
        Routes routes = new Routes();
        imported(routes);
        rotation(routes);
        tag(routes);
        policy(routes);
        lifecycle(routes);
        multiregion(routes);
        alias(routes);
        use(routes);
        grant(routes);
        for (KmsOperation<?, ?> operation : KmsOperation.all()) {
            check(routes, operation);
        }
        for (KeyLastUsageTrackingOperation operation : KeyLastUsageTrackingOperation.values()) {
            note(routes, operation, Objects.requireNonNull(KmsOperation.byName(operation.wire())));
        }
        return routes;
    }

    /** Material that callers bring. */
    private void imported(Routes routes) {
        ImportTokens importTokens = new ImportTokens(store);
        routes.aside(
                        KmsOperation.GET_PARAMETERS_FOR_IMPORT,
                        new GetParametersForImport(keys, importTokens, clock, sm2, work))
                .aside(
                        KmsOperation.IMPORT_KEY_MATERIAL,
                        new ImportKeyMaterial(keys, importTokens, store, clock, work))
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

    /** Words that a customer hangs on a key. */
    private void tag(Routes routes) {
        routes.aside(KmsOperation.TAG_RESOURCE, new TagResource(keys, store, quotas))
                .aside(KmsOperation.UNTAG_RESOURCE, new UntagResource(keys, store))
                .aside(KmsOperation.LIST_RESOURCE_TAGS, new ListResourceTags(keys, store));
    }

    /** Who may use a key, as its owner wrote it. */
    private void policy(Routes routes) {
        routes.aside(KmsOperation.GET_KEY_POLICY, new GetKeyPolicy(keys, documents, store))
                .aside(KmsOperation.PUT_KEY_POLICY, new PutKeyPolicy(keys, policies, store))
                .here(KmsOperation.LIST_KEY_POLICIES, new ListKeyPolicies(keys));
    }

    /** From a key's creation to its deletion. */
    private void lifecycle(Routes routes) {
        routes.aside(KmsOperation.CREATE_KEY, createKey())
                .here(
                        KmsOperation.DESCRIBE_KEY,
                        new DescribeKey(keys, new AwsManagedKeys(access, store, entropy, clock)))
                .aside(KmsOperation.LIST_KEYS, new ListKeys(access, store))
                .aside(
                        KmsOperation.ENABLE_KEY,
                        new EnableKey(keys, new Rotations(store, entropy, clock)))
                .aside(KmsOperation.DISABLE_KEY, new DisableKey(keys, store, uses))
                .aside(
                        KmsOperation.SCHEDULE_KEY_DELETION,
                        new ScheduleKeyDeletion(keys, store, clock, uses))
                .aside(KmsOperation.CANCEL_KEY_DELETION, new CancelKeyDeletion(keys, store))
                .aside(KmsOperation.UPDATE_KEY_DESCRIPTION, new UpdateKeyDescription(keys, store))
                .here(KmsOperation.GET_KEY_LAST_USAGE, new GetKeyLastUsage(keys, uses));
    }

    /** One key in several Regions. */
    private void multiregion(Routes routes) {
        routes.aside(
                        KmsOperation.REPLICATE_KEY,
                        new ReplicateKey(access, keys, policies, store, quotas, clock, sm2))
                .aside(KmsOperation.UPDATE_PRIMARY_REGION, new UpdatePrimaryRegion(keys, store));
    }

    /** Friendly names. */
    private void alias(Routes routes) {
        routes.aside(KmsOperation.CREATE_ALIAS, new CreateAlias(access, keys, store, quotas, clock))
                .aside(
                        KmsOperation.UPDATE_ALIAS,
                        new UpdateAlias(access, keys, store, quotas, clock))
                .aside(KmsOperation.DELETE_ALIAS, new DeleteAlias(access, keys, store))
                .here(KmsOperation.LIST_ALIASES, new ListAliases(access, keys, store));
    }

    /** Keys put to use. */
    private void use(Routes routes) {
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
                        new GenerateDataKeyPair(keys, symmetric, sm2, work, recipients))
                .aside(
                        KmsOperation.GENERATE_DATA_KEY_PAIR_WITHOUT_PLAINTEXT,
                        new GenerateDataKeyPairWithoutPlaintext(keys, symmetric, sm2, work))
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

    /** Permissions given by a key to somebody. */
    private void grant(Routes routes) {
        routes.aside(
                        KmsOperation.CREATE_GRANT,
                        new CreateGrant(keys, tokens, principals, store, quotas, entropy, clock))
                .aside(KmsOperation.LIST_GRANTS, new ListGrants(keys, names, store))
                .aside(
                        KmsOperation.LIST_RETIRABLE_GRANTS,
                        new ListRetirableGrants(access, principals, store))
                .aside(KmsOperation.RETIRE_GRANT, new RetireGrant(keys, tokens, store))
                .aside(KmsOperation.REVOKE_GRANT, new RevokeGrant(keys, store));
    }

    /**
     * What a change was allowed by must still hold when it is made. Where other nodes change things,
     * all that a call reads must have been so at one moment.
     */
    private <I, O> void check(Routes routes, KmsOperation<I, O> operation) {
        if (routes.aside(operation) || store.shared()) {
            routes.around(
                    operation,
                    code ->
                            (call, request) ->
                                    store.checked(
                                            turns.of(call.account()),
                                            () -> code.answer(call, request)));
        }
    }

    /** Notes each success as the last use of the keys. */
    private <I, O> void note(
            Routes routes, KeyLastUsageTrackingOperation operation, KmsOperation<I, O> routed) {
        routes.around(routed, code -> new NotedUse<>(code, operation, uses));
    }
}
