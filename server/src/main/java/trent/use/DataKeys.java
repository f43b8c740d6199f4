package trent.use;

import org.jspecify.annotations.Nullable;
import trent.api.DataKeySpec;
import trent.api.ValidationException;

/** How long a data key is to be. Source: AWS KMS API Reference, GenerateDataKey. */
final class DataKeys {

    private DataKeys() {}

    /** The length in bytes, by a number or a spec, of which a request names exactly one. */
    static int length(@Nullable Integer numberOfBytes, @Nullable DataKeySpec spec) {
        if (spec != null && numberOfBytes == null) {
            return switch (spec) {
                case AES_128 -> 16;
                case AES_256 -> 32;
            };
        }
        if (numberOfBytes == null || spec != null) {
            throw new ValidationException("Please specify either number of bytes or key spec.");
        }
        return numberOfBytes;
    }
}
