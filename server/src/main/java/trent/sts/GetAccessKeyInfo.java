package trent.sts;

import trent.access.Access;
import trent.access.Decision;
import trent.access.Denial;
import trent.access.ServiceFacts;
import trent.api.query.AccessDenied;
import trent.api.query.ValidationError;
import trent.api.sts.GetAccessKeyInfoRequest;
import trent.api.sts.GetAccessKeyInfoResponse;
import trent.call.Call;
import trent.call.Operation;
import trent.identity.AccessKeys;
import trent.identity.NewAccessKey;
import trent.identity.StoredKey;
import trent.name.AccountId;

/** GetAccessKeyInfo: the account of an access key, permanent or temporary, usable or not. */
public record GetAccessKeyInfo(Access access, AccessKeys keys)
        implements Operation<GetAccessKeyInfoRequest, GetAccessKeyInfoResponse> {

    private static final String ACTION = "sts:GetAccessKeyInfo";

    @Override
    public GetAccessKeyInfoResponse answer(Call call, GetAccessKeyInfoRequest request) {
        Decision decision = access.decideIdentity(call, ACTION, "*", new ServiceFacts());
        if (!(decision instanceof Decision.Allowed)) {
            throw new AccessDenied(
                    Denial.sentence(call.principal(), ACTION, "resource: *", decision));
        }
        return new GetAccessKeyInfoResponse(account(request.accessKeyId()).value());
    }

    private AccountId account(String accessKeyId) {
        StoredKey stored = keys.find(accessKeyId);
        if (stored != null) {
            return stored.credential().holder().account();
        }
        try {
            return NewAccessKey.accountOf(accessKeyId);
        } catch (IllegalArgumentException _) {
            throw new ValidationError("The access key ID " + accessKeyId + " is invalid.");
        }
    }
}
