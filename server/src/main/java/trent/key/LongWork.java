package trent.key;

import trent.api.KeySpec;
import trent.crypto.KeyPairs;
import trent.crypto.Providers;
import trent.key.KeyKind.Material;
import trent.name.AccountId;
import trent.work.Lane.Work;
import trent.work.Lanes;

/**
 * What of the work on keys takes over a millisecond, and so is done in a lane. By measurement:
 * docs/decisions/0017-lanes-for-long-work.md has the figures.
 */
public record LongWork(Lanes lanes) {

    /** Makes material for a key of the spec, in the lane if that takes long. */
    public <T, X extends Exception> T makes(KeySpec spec, AccountId account, Work<T, X> work)
            throws X {
        return longToMake(spec) ? lanes.keys().run(account, work) : work.run();
    }

    /** Checks material that somebody brings for a key of the spec. */
    public <T, X extends Exception> T checks(KeySpec spec, AccountId account, Work<T, X> work)
            throws X {
        return KeySpecs.of(spec).asymmetric() ? lanes.keys().run(account, work) : work.run();
    }

    /** Uses the private key of a key of the spec. */
    public <T, X extends Exception> T usesPrivate(KeySpec spec, AccountId account, Work<T, X> work)
            throws X {
        return longToUse(spec) ? computes(account, work) : work.run();
    }

    /** Uses the public key of a key of the spec. */
    public <T, X extends Exception> T usesPublic(KeySpec spec, AccountId account, Work<T, X> work)
            throws X {
        return longToVerify(spec) ? computes(account, work) : work.run();
    }

    /** What is always long: an unwrapping, the check of an attestation document. */
    public <T, X extends Exception> T computes(AccountId account, Work<T, X> work) throws X {
        return lanes.computations().run(account, work);
    }

    private static boolean longToMake(KeySpec spec) {
        return KeySpecs.of(spec).material() instanceof Material.Pair(KeyPairs pairs)
                && switch (pairs) {
                    case RSA_2048, RSA_3072, RSA_4096 -> true; // 100 ms to seconds
                    case ML_DSA_44, ML_DSA_65, ML_DSA_87 -> true; // 0.6 ms, never in native code
                    case NIST_P384, NIST_P521 -> !Providers.isNative();
                    case NIST_P256, SECP256K1, ED25519, SM2 -> false;
                };
    }

    private static boolean longToUse(KeySpec spec) {
        return KeySpecs.of(spec).material() instanceof Material.Pair(KeyPairs pairs)
                && switch (pairs) {
                    case RSA_3072, RSA_4096 -> true; // 1 ms with the reading of the key, and 1.5
                    case ML_DSA_44, ML_DSA_65, ML_DSA_87 -> true; // one in ten is made anew: 1.1
                    case RSA_2048, NIST_P256, NIST_P384, NIST_P521 -> !Providers.isNative();
                    case SECP256K1, ED25519, SM2 -> false;
                };
    }

    private static boolean longToVerify(KeySpec spec) {
        return KeySpecs.of(spec).material() instanceof Material.Pair(KeyPairs pairs)
                && (pairs == KeyPairs.NIST_P384 || pairs == KeyPairs.NIST_P521)
                && !Providers.isNative();
    }
}
