package trent.key;

import static trent.api.EncryptionAlgorithmSpec.RSAES_OAEP_SHA_1;
import static trent.api.EncryptionAlgorithmSpec.RSAES_OAEP_SHA_256;
import static trent.api.EncryptionAlgorithmSpec.SM2PKE;
import static trent.api.EncryptionAlgorithmSpec.SYMMETRIC_DEFAULT;
import static trent.api.KeyAgreementAlgorithmSpec.ECDH;
import static trent.api.MacAlgorithmSpec.HMAC_SHA_224;
import static trent.api.MacAlgorithmSpec.HMAC_SHA_256;
import static trent.api.MacAlgorithmSpec.HMAC_SHA_384;
import static trent.api.MacAlgorithmSpec.HMAC_SHA_512;
import static trent.api.SigningAlgorithmSpec.ECDSA_SHA_256;
import static trent.api.SigningAlgorithmSpec.ECDSA_SHA_384;
import static trent.api.SigningAlgorithmSpec.ECDSA_SHA_512;
import static trent.api.SigningAlgorithmSpec.ED25519_PH_SHA_512;
import static trent.api.SigningAlgorithmSpec.ED25519_SHA_512;
import static trent.api.SigningAlgorithmSpec.ML_DSA_SHAKE_256;
import static trent.api.SigningAlgorithmSpec.RSASSA_PKCS1_V1_5_SHA_256;
import static trent.api.SigningAlgorithmSpec.RSASSA_PKCS1_V1_5_SHA_384;
import static trent.api.SigningAlgorithmSpec.RSASSA_PKCS1_V1_5_SHA_512;
import static trent.api.SigningAlgorithmSpec.RSASSA_PSS_SHA_256;
import static trent.api.SigningAlgorithmSpec.RSASSA_PSS_SHA_384;
import static trent.api.SigningAlgorithmSpec.RSASSA_PSS_SHA_512;
import static trent.api.SigningAlgorithmSpec.SM2DSA;
import static trent.key.KeyKind.Wrapped.BY_A_LONGER_KEY_OR_IN_TWO_STEPS;
import static trent.key.KeyKind.Wrapped.DIRECTLY;
import static trent.key.KeyKind.Wrapped.DIRECTLY_OR_IN_TWO_STEPS;
import static trent.key.KeyKind.Wrapped.IN_TWO_STEPS;
import static trent.key.KeyKind.Wrapped.NOT;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import trent.api.DataKeyPairSpec;
import trent.api.EncryptionAlgorithmSpec;
import trent.api.KeyAgreementAlgorithmSpec;
import trent.api.KeySpec;
import trent.api.MacAlgorithmSpec;
import trent.api.SigningAlgorithmSpec;
import trent.api.WrappingKeySpec;
import trent.crypto.KeyPairs;
import trent.key.KeyKind.Material;
import trent.key.KeyKind.Wrapped;

/**
 * All key specs, a row for each: whatever depends on a spec is looked up here. Source: AWS KMS
 * Developer Guide, "Key spec reference".
 */
public final class KeySpecs {

    private static final int MAX_IMPORTED_HMAC_BYTES = 128;

    private static final Map<KeySpec, KeyKind> ROWS = new EnumMap<>(KeySpec.class);

    static {
        for (KeySpec spec : KeySpec.values()) {
            ROWS.put(spec, row(spec));
        }
    }

    private KeySpecs() {}

    private static KeyKind row(KeySpec spec) {
        Row row = switch (spec) { // no default: a new spec in AWS's model must not go unseen
                    case SYMMETRIC_DEFAULT ->
                            bytes(KeyKind.Type.SYMMETRIC, 32, 32).encrypting(SYMMETRIC_DEFAULT);
                    case HMAC_224 -> hmac(28).authenticating(HMAC_SHA_224);
                    case HMAC_256 -> hmac(32).authenticating(HMAC_SHA_256);
                    case HMAC_384 -> hmac(48).authenticating(HMAC_SHA_384);
                    case HMAC_512 -> hmac(64).authenticating(HMAC_SHA_512);
                    case RSA_2048 -> rsa(KeyPairs.RSA_2048);
                    case RSA_3072 -> rsa(KeyPairs.RSA_3072);
                    case RSA_4096 -> rsa(KeyPairs.RSA_4096);
                    case ECC_NIST_P256 ->
                            pair(KeyPairs.NIST_P256, DIRECTLY_OR_IN_TWO_STEPS)
                                    .signing(ECDSA_SHA_256)
                                    .agreeing(ECDH);
                    case ECC_NIST_P384 ->
                            pair(KeyPairs.NIST_P384, DIRECTLY_OR_IN_TWO_STEPS)
                                    .signing(ECDSA_SHA_384)
                                    .agreeing(ECDH);
                    case ECC_NIST_P521 ->
                            pair(KeyPairs.NIST_P521, BY_A_LONGER_KEY_OR_IN_TWO_STEPS)
                                    .signing(ECDSA_SHA_512)
                                    .agreeing(ECDH);
                    case ECC_SECG_P256K1 ->
                            pair(KeyPairs.SECP256K1, DIRECTLY_OR_IN_TWO_STEPS)
                                    .signing(ECDSA_SHA_256);
                    case ECC_NIST_EDWARDS25519 ->
                            pair(KeyPairs.ED25519, DIRECTLY_OR_IN_TWO_STEPS)
                                    .signing(ED25519_SHA_512, ED25519_PH_SHA_512);
                    case ML_DSA_44 -> pair(KeyPairs.ML_DSA_44, NOT).signing(ML_DSA_SHAKE_256);
                    case ML_DSA_65 -> pair(KeyPairs.ML_DSA_65, NOT).signing(ML_DSA_SHAKE_256);
                    case ML_DSA_87 -> pair(KeyPairs.ML_DSA_87, NOT).signing(ML_DSA_SHAKE_256);
                    case SM2 ->
                            pair(KeyPairs.SM2, DIRECTLY)
                                    .encrypting(SM2PKE)
                                    .signing(SM2DSA)
                                    .agreeing(ECDH)
                                    .onlyInChina();
                };
        return row.kind();
    }

    /** What a key of the spec is. */
    public static KeyKind of(KeySpec spec) {
        return Objects.requireNonNull(ROWS.get(spec));
    }

    /** The spec of keys that are the same pairs as a data key pair. */
    public static KeySpec of(DataKeyPairSpec spec) {
        return named(spec.wire());
    }

    /** The spec of keys that are the same pairs as a wrapping key. */
    public static KeySpec of(WrappingKeySpec spec) {
        return named(spec.wire());
    }

    private static KeySpec named(String name) {
        KeySpec spec = KeySpec.ofWire(name);
        if (spec == null) {
            throw new IllegalArgumentException("no key spec " + name);
        }
        return spec;
    }

    private static Row bytes(KeyKind.Type type, int count, int mostImported) {
        return new Row(type, new Material.Bytes(count, mostImported), DIRECTLY);
    }

    private static Row hmac(int count) {
        return bytes(KeyKind.Type.HMAC, count, MAX_IMPORTED_HMAC_BYTES);
    }

    private static Row pair(KeyPairs pairs, Wrapped wrapped) {
        return new Row(KeyKind.Type.ASYMMETRIC, new Material.Pair(pairs), wrapped);
    }

    private static Row rsa(KeyPairs pairs) {
        return pair(pairs, IN_TWO_STEPS)
                .encrypting(RSAES_OAEP_SHA_1, RSAES_OAEP_SHA_256)
                .signing(
                        RSASSA_PKCS1_V1_5_SHA_256,
                        RSASSA_PKCS1_V1_5_SHA_384,
                        RSASSA_PKCS1_V1_5_SHA_512,
                        RSASSA_PSS_SHA_256,
                        RSASSA_PSS_SHA_384,
                        RSASSA_PSS_SHA_512);
    }

    /** A row while it is written. */
    private static final class Row {

        private final KeyKind.Type type;
        private final Material material;
        private final Wrapped wrapped;
        private List<EncryptionAlgorithmSpec> encryption = List.of();
        private List<SigningAlgorithmSpec> signing = List.of();
        private List<MacAlgorithmSpec> mac = List.of();
        private List<KeyAgreementAlgorithmSpec> keyAgreement = List.of();
        private boolean onlyInChina;

        private Row(KeyKind.Type type, Material material, Wrapped wrapped) {
            this.type = type;
            this.material = material;
            this.wrapped = wrapped;
        }

        private Row encrypting(EncryptionAlgorithmSpec... algorithms) {
            encryption = List.of(algorithms);
            return this;
        }

        private Row signing(SigningAlgorithmSpec... algorithms) {
            signing = List.of(algorithms);
            return this;
        }

        private Row authenticating(MacAlgorithmSpec... algorithms) {
            mac = List.of(algorithms);
            return this;
        }

        private Row agreeing(KeyAgreementAlgorithmSpec... algorithms) {
            keyAgreement = List.of(algorithms);
            return this;
        }

        private Row onlyInChina() {
            onlyInChina = true;
            return this;
        }

        private KeyKind kind() {
            return new KeyKind(
                    type, material, encryption, signing, mac, keyAgreement, wrapped, onlyInChina);
        }
    }
}
