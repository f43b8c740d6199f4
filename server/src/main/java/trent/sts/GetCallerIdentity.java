package trent.sts;

import trent.api.sts.GetCallerIdentityRequest;
import trent.api.sts.GetCallerIdentityResponse;
import trent.call.Call;
import trent.call.Operation;
import trent.call.Principal;

/** GetCallerIdentity: who one is. Needs no permission, and no policy can deny it. */
public final class GetCallerIdentity
        implements Operation<GetCallerIdentityRequest, GetCallerIdentityResponse> {

    @Override
    public GetCallerIdentityResponse answer(Call call, GetCallerIdentityRequest request) {
        Principal caller = call.principal();
        return new GetCallerIdentityResponse(
                caller.userId(), caller.account().value(), caller.arn());
    }
}
