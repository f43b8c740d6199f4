package trent.use;

import java.security.KeyPair;
import trent.api.Blob;
import trent.api.DataKeyPairSpec;
import trent.api.KeySpec;
import trent.call.Call;
import trent.crypto.KeyPairs;
import trent.key.KeySpecs;
import trent.key.LongWork;
import trent.key.Sm2Regions;

/** A key pair for a caller's own use: PKCS #8 and SubjectPublicKeyInfo. */
record DataKeyPair(Blob privateKey, Blob publicKey) {

    static DataKeyPair generate(DataKeyPairSpec spec, Call call, Sm2Regions sm2, LongWork work) {
        KeySpec keySpec = KeySpecs.of(spec);
        sm2.require(call.region(), keySpec, "KeyPairSpec");
        return work.makes(keySpec, call.account(), () -> generate(KeySpecs.of(keySpec).pairs()));
    }

    private static DataKeyPair generate(KeyPairs pairs) {
        KeyPair pair = pairs.generate();
        return new DataKeyPair(
                new Blob(pairs.encodePrivate(pair.getPrivate())),
                new Blob(pairs.encodePublic(pair.getPublic())));
    }
}
