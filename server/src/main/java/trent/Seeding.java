package trent;

import org.jspecify.annotations.Nullable;
import trent.api.CreateKeyRequest;
import trent.api.KmsOperation;
import trent.api.iam.IamOperation;
import trent.call.Call;
import trent.call.Operation;
import trent.iam.IamOperations;
import trent.lifecycle.CreateKey;
import trent.name.KeyId;
import trent.seal.Secret;
import trent.seed.Services;
import trent.store.Key;
import trent.store.Store;
import trent.wire.Routes;

/** The operations that a seed is sown by: those that callers are answered by. */
record Seeding(Routes routes, CreateKey keys, IamOperations identities, Store store)
        implements Services {

    @Override
    public <I, O> O kms(Call call, KmsOperation<I, O> operation, I request) {
        @SuppressWarnings("unchecked") // as it was put there
        Operation<I, O> code = (Operation<I, O>) routes.code(operation);
        return code.answer(call, request);
    }

    @Override
    public <I, O> O iam(Call call, IamOperation<I, O> operation, I request) {
        @SuppressWarnings("unchecked") // as it was put there
        Operation<I, O> code = (Operation<I, O>) routes.code(operation);
        return code.answer(call, request);
    }

    @Override
    public void createKey(
            Call call, CreateKeyRequest request, KeyId id, @Nullable Secret material) {
        Key _ = store.checked(() -> keys.made(call, request, id, material));
    }

    @Override
    public void createAccessKey(Call call, @Nullable String userName, String id, Secret secret) {
        identities.createAccessKey(call, userName, id, secret);
    }
}
