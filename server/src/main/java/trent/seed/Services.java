package trent.seed;

import org.jspecify.annotations.Nullable;
import trent.api.CreateKeyRequest;
import trent.api.KmsOperation;
import trent.api.iam.IamOperation;
import trent.call.Call;
import trent.name.KeyId;
import trent.seal.Secret;

/** The operations that a seed is sown by, with all their checks, and what only a seed may give. */
public interface Services {

    /** What the operation answers. */
    <I, O> O kms(Call call, KmsOperation<I, O> operation, I request);

    /** What the operation answers. */
    <I, O> O iam(Call call, IamOperation<I, O> operation, I request);

    /**
     * CreateKey with a given id.
     *
     * @param material null where it is made, or imported later
     */
    void createKey(Call call, CreateKeyRequest request, KeyId id, @Nullable Secret material);

    /**
     * CreateAccessKey with a given id and secret.
     *
     * @param userName null for the root that calls
     */
    void createAccessKey(Call call, @Nullable String userName, String id, Secret secret);
}
