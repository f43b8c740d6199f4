package trent.bench;

import java.time.InstantSource;
import java.util.Objects;
import trent.access.Access;
import trent.access.ConditionKeys;
import trent.access.GrantTokens;
import trent.access.StoredKeySources;
import trent.api.CreateKeyRequest;
import trent.call.Call;
import trent.call.Principal;
import trent.crypto.Entropy;
import trent.identity.PrincipalNames;
import trent.identity.StoredIdentities;
import trent.key.KeyFinder;
import trent.key.LongWork;
import trent.key.Quotas;
import trent.key.Sm2Regions;
import trent.language.CompiledPolicies;
import trent.lifecycle.CreateKey;
import trent.name.AccountId;
import trent.name.Region;
import trent.policy.KeyPolicies;
import trent.policy.KeyPolicyDocuments;
import trent.store.HeapShare;
import trent.store.Store;

/** A store in memory, its root, and keys under their default policy, as the service has them. */
record Bench(Store store, StoredIdentities identities, KeyFinder keys, KeyPolicies policies) {

    static final Call CALL =
            new Call(
                    Principal.root(new AccountId("000000000000"), "aws"),
                    new Region("us-east-1"),
                    "benchmark");

    static Bench with(Entropy entropy) {
        Store store = Store.inMemory(entropy);
        CompiledPolicies compiled =
                new CompiledPolicies(ConditionKeys.VOCABULARY, HeapShare.COMPILED_POLICIES.bytes());
        StoredIdentities identities = new StoredIdentities(store, compiled, true);
        Access access =
                new Access(
                        new GrantTokens(store),
                        new StoredKeySources(store),
                        identities,
                        InstantSource.system(),
                        Quotas.DEFAULT.aliasesPerKey());
        KeyPolicyDocuments documents =
                new KeyPolicyDocuments(new PrincipalNames(identities, false), compiled);
        store.compilePoliciesBy(documents);
        return new Bench(
                store,
                identities,
                new KeyFinder(store, access),
                new KeyPolicies(access, documents, Quotas.DEFAULT));
    }

    /** Makes a key and gives its id. */
    String newKey(CreateKeyRequest request, Entropy entropy, LongWork work) {
        CreateKey createKey =
                new CreateKey(
                        keys.access(),
                        policies,
                        store,
                        Quotas.DEFAULT,
                        entropy,
                        InstantSource.system(),
                        Sm2Regions.CHINA,
                        work);
        return Objects.requireNonNull(createKey.answer(CALL, request).keyMetadata()).keyId();
    }
}
