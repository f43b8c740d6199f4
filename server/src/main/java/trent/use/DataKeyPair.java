package trent.use;

import java.security.KeyPair;
import trent.api.Blob;
import trent.api.DataKeyPairSpec;
import trent.api.KeySpec;
import trent.crypto.KeyPairs;
import trent.key.Sm2Regions;
import trent.name.Region;

/** A key pair for a caller's own use: PKCS #8 and SubjectPublicKeyInfo. */
record DataKeyPair(Blob privateKey, Blob publicKey) {

    static DataKeyPair generate(DataKeyPairSpec spec, Region region, Sm2Regions sm2) {
        if (spec == DataKeyPairSpec.SM2) {
            sm2.require(region, "KeyPairSpec");
        }
        KeyPairs pairs = KeyPairs.of(keySpec(spec));
        KeyPair pair = pairs.generate();
        return new DataKeyPair(
                new Blob(pairs.encodePrivate(pair.getPrivate())),
                new Blob(pairs.encodePublic(pair.getPublic())));
    }

    private static KeySpec keySpec(DataKeyPairSpec spec) {
        return switch (spec) {
            case RSA_2048 -> KeySpec.RSA_2048;
            case RSA_3072 -> KeySpec.RSA_3072;
            case RSA_4096 -> KeySpec.RSA_4096;
            case ECC_NIST_P256 -> KeySpec.ECC_NIST_P256;
            case ECC_NIST_P384 -> KeySpec.ECC_NIST_P384;
            case ECC_NIST_P521 -> KeySpec.ECC_NIST_P521;
            case ECC_SECG_P256K1 -> KeySpec.ECC_SECG_P256K1;
            case ECC_NIST_EDWARDS25519 -> KeySpec.ECC_NIST_EDWARDS25519;
            case SM2 -> KeySpec.SM2;
        };
    }
}
