package trent.use;

import java.security.KeyPair;
import trent.api.Blob;
import trent.api.DataKeyPairSpec;
import trent.api.KeySpec;
import trent.crypto.KeyPairs;
import trent.key.KeySpecs;
import trent.key.Sm2Regions;
import trent.name.Region;

/** A key pair for a caller's own use: PKCS #8 and SubjectPublicKeyInfo. */
record DataKeyPair(Blob privateKey, Blob publicKey) {

    static DataKeyPair generate(DataKeyPairSpec spec, Region region, Sm2Regions sm2) {
        KeySpec keySpec = KeySpecs.of(spec);
        sm2.require(region, keySpec, "KeyPairSpec");
        KeyPairs pairs = KeySpecs.of(keySpec).pairs();
        KeyPair pair = pairs.generate();
        return new DataKeyPair(
                new Blob(pairs.encodePrivate(pair.getPrivate())),
                new Blob(pairs.encodePublic(pair.getPublic())));
    }
}
