package trent.use;

import org.jspecify.annotations.Nullable;
import trent.access.Detail;
import trent.access.Details;
import trent.api.InvalidKeyUsageException;
import trent.api.KeyUsageType;
import trent.api.KmsOperation;
import trent.api.MessageType;
import trent.api.SigningAlgorithmSpec;
import trent.api.ValidationException;
import trent.crypto.MessageKind;
import trent.crypto.signature.Signer;
import trent.key.KeySpecs;
import trent.key.KeyStates;
import trent.key.KeyUsages;
import trent.store.Key;

/** What Sign and Verify ask of key, algorithm and message, in AWS's order. */
final class Signing {

    private Signing() {}

    /** What conditions may ask of the request. */
    static Details details(SigningAlgorithmSpec algorithm, @Nullable MessageType type) {
        return new Details()
                .with(Detail.SIGNING_ALGORITHM, algorithm.wire())
                .with(Detail.MESSAGE_TYPE, (type == null ? MessageType.RAW : type).wire());
    }

    /** What the message is, after all checks: usage, state, algorithm, message type, length. */
    static MessageKind require(
            KmsOperation<?, ?> operation,
            Key key,
            SigningAlgorithmSpec algorithm,
            @Nullable MessageType type,
            int messageBytes) {
        KeyUsages.require(operation, key, KeyUsageType.SIGN_VERIFY);
        KeyStates.require(operation, key);
        if (!KeySpecs.of(key.spec()).signing().contains(algorithm)) {
            throw new InvalidKeyUsageException(
                    "Algorithm %s is incompatible with key spec %s."
                            .formatted(algorithm.wire(), key.spec().wire()));
        }
        MessageType given = type == null ? MessageType.RAW : type;
        requireCompatible(given, algorithm, key);
        MessageKind kind = kind(given);
        if (kind != MessageKind.RAW && messageBytes != Signer.of(algorithm).digestBytes()) {
            throw new ValidationException(
                    "Digest is invalid length for algorithm " + algorithm.wire() + ".");
        }
        return kind;
    }

    private static void requireCompatible(
            MessageType type, SigningAlgorithmSpec algorithm, Key key) {
        boolean withAlgorithm =
                switch (algorithm) {
                    case ED25519_SHA_512 -> type == MessageType.RAW;
                    case ED25519_PH_SHA_512 -> type == MessageType.DIGEST;
                    case ML_DSA_SHAKE_256 -> {
                        if (type == MessageType.DIGEST) {
                            throw incompatible(type, "key spec " + key.spec().wire());
                        }
                        yield true;
                    }
                    case RSASSA_PSS_SHA_256,
                            RSASSA_PSS_SHA_384,
                            RSASSA_PSS_SHA_512,
                            RSASSA_PKCS1_V1_5_SHA_256,
                            RSASSA_PKCS1_V1_5_SHA_384,
                            RSASSA_PKCS1_V1_5_SHA_512,
                            ECDSA_SHA_256,
                            ECDSA_SHA_384,
                            ECDSA_SHA_512,
                            SM2DSA,
                            SYMMETRIC_DEFAULT -> {
                        if (type == MessageType.EXTERNAL_MU) {
                            throw incompatible(type, "key spec " + key.spec().wire());
                        }
                        yield true;
                    }
                };
        if (!withAlgorithm) {
            throw incompatible(type, "algorithm " + algorithm.wire());
        }
    }

    private static ValidationException incompatible(MessageType type, String with) {
        return new ValidationException(
                "Message type %s is incompatible with %s.".formatted(type.wire(), with));
    }

    private static MessageKind kind(MessageType type) {
        return switch (type) {
            case RAW -> MessageKind.RAW;
            case DIGEST -> MessageKind.DIGEST;
            case EXTERNAL_MU -> MessageKind.EXTERNAL_MU;
        };
    }
}
