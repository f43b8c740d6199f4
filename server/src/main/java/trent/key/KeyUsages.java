package trent.key;

import org.jspecify.annotations.Nullable;
import trent.api.InvalidKeyUsageException;
import trent.api.KeySpec;
import trent.api.KeyUsageType;
import trent.api.KmsOperation;
import trent.api.ValidationException;
import trent.store.Key;

/**
 * What a key is for, which is fixed when it is created. Source: AWS KMS API Reference, CreateKey.
 */
public final class KeyUsages {

    private KeyUsages() {}

    /**
     * The usage of a new key.
     *
     * @throws ValidationException if the spec does not allow the usage, or needs
     *     one that is missing
     */
    public static KeyUsageType of(KeySpec spec, @Nullable KeyUsageType asked) {
        if (asked == null) {
            if (KeySpecs.of(spec).symmetric()) {
                return KeyUsageType.ENCRYPT_DECRYPT;
            }
            throw new ValidationException(
                    "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.");
        }
        if (!KeySpecs.of(spec).usages().contains(asked)) {
            throw new ValidationException(
                    "KeyUsage %s is not compatible with KeySpec %s"
                            .formatted(asked.wire(), spec.wire()));
        }
        return asked;
    }

    /** Lets the operation pass if the key is for this usage. */
    public static void require(KmsOperation<?, ?> operation, Key key, KeyUsageType needed) {
        if (key.usage() != needed) {
            throw new InvalidKeyUsageException(
                    "%s key usage is %s which is not valid for %s."
                            .formatted(key.arn(), key.usage().wire(), operation.name()));
        }
    }
}
