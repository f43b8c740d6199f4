package trent;

import java.io.IOException;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import trent.access.ConditionKeys;
import trent.audit.AuditTrail;
import trent.crypto.Entropy;
import trent.crypto.attestation.AttestationRoots;
import trent.explain.Explainer;
import trent.iam.AccessKeyUses;
import trent.identity.Credentials;
import trent.identity.KeyUses;
import trent.identity.SessionTokens;
import trent.identity.StoredCredentials;
import trent.identity.StoredIdentities;
import trent.identity.oidc.HttpsKeys;
import trent.identity.oidc.IssuerKeys;
import trent.imported.Expirations;
import trent.key.LatestUses;
import trent.key.LongWork;
import trent.key.Sweep;
import trent.language.CompiledPolicies;
import trent.lifecycle.DeletionClock;
import trent.lifecycle.Deletions;
import trent.name.Region;
import trent.ops.RootAccessKey;
import trent.ops.Settings;
import trent.ops.Settings.Signers;
import trent.rotation.Rotations;
import trent.seed.SeedFile;
import trent.seed.Services;
import trent.store.HeapShare;
import trent.store.Store;
import trent.sts.AssumeRole.Roots;
import trent.wire.Front;
import trent.wire.Routes;
import trent.wire.signature.Signatures;

/**
 * Everything that remembers something of what is in the store: who calls, which operation answers,
 * what is due. A store that was emptied gets a new one, so that nothing of before is remembered.
 */
final class World {

    private final Store store;
    private final LatestUses uses;
    private final AccessKeyUses keyUses;
    private final DeletionClock believed;
    private final Deletions deletions;
    private final Expirations expirations;
    private final Rotations rotations;
    private final Services services;
    private final Front front;
    private final @Nullable RootAccessKey newRoot;

    /** What every world of a house has in common. */
    record Common(
            Settings settings,
            Entropy entropy,
            Times times,
            LongWork work,
            AuditTrail trail,
            @Nullable AttestationRoots roots) {}

    /**
     * Two times, which differ only where tests move the one.
     *
     * @param wall by which others' clocks are judged: signatures, certificates, identity tokens
     * @param service by which everything of the service's own begins and ends
     * @param nanos monotonic, and in step with the service's
     */
    record Times(InstantSource wall, InstantSource service, LongSupplier nanos) {}

    World(Store store, Common common) {
        Settings settings = common.settings();
        Entropy entropy = common.entropy();
        InstantSource clock = common.times().service();
        InstantSource wall = common.times().wall();
        this.store = store;
        boolean development = settings.signers() instanceof Signers.Anyone;
        CompiledPolicies compiled =
                new CompiledPolicies(ConditionKeys.VOCABULARY, HeapShare.COMPILED_POLICIES.bytes());
        StoredIdentities identities = new StoredIdentities(store, compiled, development);
        StoredCredentials stored = new StoredCredentials(store, identities);
        SessionTokens sessions = new SessionTokens(store);
        this.keyUses = new AccessKeyUses(store, clock);
        Credentials.Holders holders = new Credentials.Holders(identities, stored, stored);
        KeyUses noted = (id, service, region, _) -> keyUses.note(id, service, new Region(region));
        Credentials credentials;
        RootAccessKey made = null;
        if (settings.signers() instanceof Signers.Root root) {
            if (root.credential() == null) {
                made = RootAccessKey.of(store, root.account(), entropy);
            } else if (!store.account(root.account()).listed()) {
                boolean _ = store.write(tx -> tx.accounts().add(root.account()));
            }
            credentials = Credentials.issued(root.credential(), stored, sessions, holders, noted);
        } else {
            credentials = Credentials.anyones(stored, sessions, holders, noted);
        }
        this.newRoot = made;
        this.uses = new LatestUses(store, clock);
        IdentityTurns turns = new IdentityTurns();
        Operations operations =
                new Operations(
                        store,
                        identities,
                        compiled,
                        settings.acceptUnknownPrincipals(),
                        entropy,
                        clock,
                        wall,
                        settings.quotas(),
                        uses,
                        settings.sm2Regions(),
                        common.roots(),
                        common.work(),
                        turns);
        Routes routes = operations.routes();
        IdentityOperations identityOperations =
                new IdentityOperations(
                        operations.access(),
                        store,
                        compiled,
                        operations.names(),
                        identities,
                        stored,
                        sessions,
                        new IssuerKeys(
                                new HttpsKeys(settings.oidc().authorities()),
                                settings.oidc().keys(),
                                wall),
                        keyUses,
                        development ? Roots.MAY_IN_DEVELOPMENT : Roots.MAY_NOT,
                        turns,
                        entropy,
                        clock,
                        wall);
        identityOperations.addTo(routes);
        Explainer explainer = new Explainer(operations.access(), store, identities, clock);
        routes.explain(explainer::answer);
        this.services =
                new Seeding(routes, operations.createKey(), identityOperations.iam(), store);
        this.front =
                new Front(new Signatures(credentials, wall, clock), routes, common.trail(), wall);
        this.believed = new DeletionClock(store, clock, common.times().nanos());
        this.deletions = new Deletions(store, clock, believed);
        this.expirations = new Expirations(store, clock);
        this.rotations = new Rotations(store, entropy, clock);
    }

    /**
     * Brings about what a seed says.
     *
     * @throws IOException if it contradicts what is there: its message names the line
     */
    void sow(SeedFile.Read seed, boolean changes) throws IOException {
        seed.sow(store, services, changes);
    }

    Front front() {
        return front;
    }

    LatestUses uses() {
        return uses;
    }

    AccessKeyUses keyUses() {
        return keyUses;
    }

    DeletionClock believed() {
        return believed;
    }

    /** The root's access key that was made for this store, if one was. */
    @Nullable RootAccessKey newRoot() {
        return newRoot;
    }

    Sweep delete() {
        return deletions.run();
    }

    Sweep expire() {
        return expirations.run();
    }

    Sweep rotate() {
        return rotations.run();
    }

    /** Nothing is written any more of what was noted: its keys are gone. */
    void forget() {
        uses.forget();
    }
}
