package trent.identity;

import java.util.function.Function;
import trent.seal.Secret;

/**
 * An access key: its id, who holds it, and the secret that signs. Not a record, since records print
 * themselves. Source: AWS IAM User Guide, "Manage access keys for IAM users".
 */
public final class Credential implements Credentials.Found {

    private final String accessKeyId;
    private final Holder holder;
    private final Secret secretAccessKey;

    /**
     * Takes the secret access key over, as the bytes of its characters: the caller keeps no copy.
     */
    public Credential(String accessKeyId, Holder holder, byte[] secretAccessKey) {
        if (accessKeyId.isEmpty() || accessKeyId.indexOf('/') >= 0) {
            throw new IllegalArgumentException("not an access key id: '" + accessKeyId + "'");
        }
        if (secretAccessKey.length == 0) {
            throw new IllegalArgumentException("empty secret access key of " + accessKeyId);
        }
        this.accessKeyId = accessKeyId;
        this.holder = holder;
        this.secretAccessKey = new Secret(secretAccessKey);
    }

    /** For example {@code AKIAIOSFODNN7EXAMPLE}; not secret. */
    public String accessKeyId() {
        return accessKeyId;
    }

    /** Who holds it. */
    public Holder holder() {
        return holder;
    }

    /** Lends the secret access key; {@code reader} must not keep it. */
    public <R> R readSecretAccessKey(Function<byte[], R> reader) {
        return secretAccessKey.read(reader);
    }

    @Override
    public String toString() {
        return accessKeyId;
    }
}
