package trent.key;

import static trent.api.KeyUsageType.ENCRYPT_DECRYPT;
import static trent.api.KeyUsageType.GENERATE_VERIFY_MAC;
import static trent.api.KeyUsageType.KEY_AGREEMENT;
import static trent.api.KeyUsageType.SIGN_VERIFY;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import trent.api.InvalidKeyUsageException;
import trent.api.KeySpec;
import trent.api.KeyUsageType;
import trent.api.KmsOperation;
import trent.api.ValidationException;
import trent.store.Key;

/** What a key of a spec can be used for. Source: AWS KMS Developer Guide, "Key spec reference". */
public final class KeyKinds {

    private KeyKinds() {}

    /**
     * The type of a key, which an alias keeps when it moves: symmetric encryption, HMAC or
     * asymmetric.
     */
    public static String describe(KeySpec spec) {
        return switch (spec) {
            case SYMMETRIC_DEFAULT -> "SYMMETRIC";
            case HMAC_224, HMAC_256, HMAC_384, HMAC_512 -> "HMAC";
            case RSA_2048,
                    RSA_3072,
                    RSA_4096,
                    ECC_NIST_P256,
                    ECC_NIST_P384,
                    ECC_NIST_P521,
                    ECC_SECG_P256K1,
                    ECC_NIST_EDWARDS25519,
                    SM2,
                    ML_DSA_44,
                    ML_DSA_65,
                    ML_DSA_87 ->
                    "ASYMMETRIC";
        };
    }

    /**
     * The usage of a new key.
     *
     * @throws ValidationException if the spec does not allow the usage, or needs one that is
     *     missing
     */
    public static KeyUsageType usage(KeySpec spec, @Nullable KeyUsageType asked) {
        if (asked == null) {
            if (spec == KeySpec.SYMMETRIC_DEFAULT) {
                return ENCRYPT_DECRYPT;
            }
            throw new ValidationException(
                    "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.");
        }
        if (!usages(spec).contains(asked)) {
            throw new ValidationException(
                    "KeyUsage %s is not compatible with KeySpec %s"
                            .formatted(asked.wire(), spec.wire()));
        }
        return asked;
    }

    /** Whether keys of the spec have a public half. */
    public static boolean asymmetric(KeySpec spec) {
        return describe(spec).equals("ASYMMETRIC");
    }

    /** Whether material for a key of the spec can be imported. */
    public static boolean importable(KeySpec spec) {
        return switch (spec) {
            case ML_DSA_44, ML_DSA_65, ML_DSA_87 -> false;
            case SYMMETRIC_DEFAULT,
                    HMAC_224,
                    HMAC_256,
                    HMAC_384,
                    HMAC_512,
                    RSA_2048,
                    RSA_3072,
                    RSA_4096,
                    ECC_NIST_P256,
                    ECC_NIST_P384,
                    ECC_NIST_P521,
                    ECC_SECG_P256K1,
                    ECC_NIST_EDWARDS25519,
                    SM2 ->
                    true;
        };
    }

    /** Lets the operation pass if the key is for this usage. */
    public static void requireUsage(KmsOperation<?, ?> operation, Key key, KeyUsageType needed) {
        if (key.usage() != needed) {
            throw new InvalidKeyUsageException(
                    "%s key usage is %s which is not valid for %s."
                            .formatted(key.arn(), key.usage().wire(), operation.name()));
        }
    }

    private static Set<KeyUsageType> usages(KeySpec spec) {
        return switch (spec) {
            case SYMMETRIC_DEFAULT -> Set.of(ENCRYPT_DECRYPT);
            case HMAC_224, HMAC_256, HMAC_384, HMAC_512 -> Set.of(GENERATE_VERIFY_MAC);
            case RSA_2048, RSA_3072, RSA_4096 -> Set.of(ENCRYPT_DECRYPT, SIGN_VERIFY);
            case ECC_NIST_P256, ECC_NIST_P384, ECC_NIST_P521 -> Set.of(SIGN_VERIFY, KEY_AGREEMENT);
            case ECC_SECG_P256K1, ECC_NIST_EDWARDS25519, ML_DSA_44, ML_DSA_65, ML_DSA_87 ->
                    Set.of(SIGN_VERIFY);
            case SM2 -> Set.of(ENCRYPT_DECRYPT, SIGN_VERIFY, KEY_AGREEMENT);
        };
    }
}
