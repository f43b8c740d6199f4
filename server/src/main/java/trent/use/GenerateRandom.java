package trent.use;

import trent.access.Access;
import trent.access.Details;
import trent.api.Blob;
import trent.api.CustomKeyStoreNotFoundException;
import trent.api.GenerateRandomRequest;
import trent.api.GenerateRandomResponse;
import trent.api.KmsOperation;
import trent.api.ValidationException;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.crypto.Entropy;

/** GenerateRandom: 1 to 1024 random bytes. */
public record GenerateRandom(Access access, Entropy entropy, Recipients recipients)
        implements Operation<GenerateRandomRequest, GenerateRandomResponse> {

    private static final Action ACTION = Action.of(KmsOperation.GENERATE_RANDOM);

    @Override
    public GenerateRandomResponse answer(Call call, GenerateRandomRequest request) {
        Recipient recipient = recipients.of(call, request.recipient());
        access.requireAnywhere(call, ACTION, new Details());
        if (request.numberOfBytes() == null) {
            throw new ValidationException("NumberOfBytes is required.");
        }
        if (request.customKeyStoreId() != null) {
            throw new CustomKeyStoreNotFoundException(); // none can exist yet
        }
        Blob random = new Blob(entropy.bytes(request.numberOfBytes()));
        return new GenerateRandomResponse(
                recipient.plaintext(random), recipient.ciphertext(random));
    }
}
