package trent.grant;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trent.access.Detail;
import trent.access.Details;
import trent.access.GrantTokens;
import trent.api.CreateGrantRequest;
import trent.api.CreateGrantResponse;
import trent.api.GrantConstraints;
import trent.api.KmsOperation;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.crypto.Entropy;
import trent.key.KeyFinder;
import trent.key.KeyStates;
import trent.key.Quotas;
import trent.name.KeyArn;
import trent.store.Grant;
import trent.store.Key;
import trent.store.Store;
import trent.store.Tx;
import trent.use.DryRun;

/**
 * CreateGrant: a key lets a principal do something. Asked again with the same name and in all else,
 * it gives a new token of the grant that there is.
 */
public record CreateGrant(
        KeyFinder keys,
        GrantTokens tokens,
        GrantPrincipals principals,
        Store store,
        Quotas quotas,
        Entropy entropy,
        InstantSource clock)
        implements Operation<CreateGrantRequest, CreateGrantResponse> {

    private static final KmsOperation<CreateGrantRequest, CreateGrantResponse> OPERATION =
            KmsOperation.CREATE_GRANT;
    private static final Action ACTION = Action.of(OPERATION);
    private static final int GRANT_ID_BYTES = 32;

    @Override
    public CreateGrantResponse answer(Call call, CreateGrantRequest request) {
        Key key = keys.managed(call, ACTION, request.keyId(), details(request));
        keys.access().requireKnown(request.grantTokens());
        GrantRules.requireConstraints(request.constraints(), key);
        GrantRules.requireOperations(request.operations(), key);
        String retiring = request.retiringPrincipal();
        String granteeId = principals.idOf(request.granteePrincipal(), call.region());
        String retiringId = retiring == null ? null : principals.idOf(retiring, call.region());
        Grant asked = asked(call, key.arn(), request, granteeId, retiringId);
        Grant grant = store.write(asked.bytes(), tx -> create(tx, asked, request.dryRun()));
        return new CreateGrantResponse(tokens.issue(grant), grant.id());
    }

    private static Details details(CreateGrantRequest request) {
        GrantConstraints constraints = request.constraints();
        return new Details()
                .with(Detail.GRANTEE_PRINCIPAL, request.granteePrincipal())
                .with(Detail.RETIRING_PRINCIPAL, request.retiringPrincipal())
                .with(Detail.GRANT_IS_FOR_AWS_RESOURCE, "false")
                .grant(
                        request.operations(),
                        constraints == null ? null : constraints.encryptionContextEquals(),
                        constraints == null ? null : constraints.encryptionContextSubset());
    }

    private Grant asked(
            Call call,
            KeyArn key,
            CreateGrantRequest request,
            @Nullable String granteeId,
            @Nullable String retiringId) {
        GrantConstraints constraints = request.constraints();
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        return new Grant(
                key,
                HexFormat.of().formatHex(entropy.bytes(GRANT_ID_BYTES)),
                request.name(),
                call.account(),
                request.granteePrincipal(),
                request.retiringPrincipal(),
                List.copyOf(request.operations().stream().distinct().toList()),
                constraints == null ? null : constraints.encryptionContextEquals(),
                constraints == null ? null : constraints.encryptionContextSubset(),
                now,
                granteeId,
                retiringId);
    }

    private Grant create(Tx tx, Grant asked, boolean dryRun) {
        Key key = KeyFinder.orNotFound(asked.key(), tx.keys().find(asked.key()));
        KeyStates.require(OPERATION, key);
        Grant existing = asked.name() == null ? null : tx.grants().sameAs(asked);
        if (existing == null) {
            quotas.requireRoomForGrant(tx.grants().countOf(asked.key()));
        }
        DryRun.end(dryRun);
        if (existing != null) {
            return existing;
        }
        tx.grants().insert(asked);
        return asked;
    }
}
