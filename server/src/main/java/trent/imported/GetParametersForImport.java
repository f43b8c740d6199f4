package trent.imported;

import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import trent.access.Detail;
import trent.access.Details;
import trent.api.AlgorithmSpec;
import trent.api.Blob;
import trent.api.GetParametersForImportRequest;
import trent.api.GetParametersForImportResponse;
import trent.api.KeySpec;
import trent.api.KmsOperation;
import trent.api.WrappingKeySpec;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.crypto.KeyPairs;
import trent.key.KeyFinder;
import trent.key.KeySpecs;
import trent.key.KeyStates;
import trent.key.LongWork;
import trent.key.Sm2Regions;
import trent.store.Key;

/**
 * GetParametersForImport: a new wrapping key's public half, and a token that brings
 * its private half back.
 */
public record GetParametersForImport(
        KeyFinder keys, ImportTokens tokens, InstantSource clock, Sm2Regions sm2, LongWork work)
        implements Operation<GetParametersForImportRequest, GetParametersForImportResponse> {

    private static final KmsOperation<GetParametersForImportRequest, GetParametersForImportResponse>
            OPERATION = KmsOperation.GET_PARAMETERS_FOR_IMPORT;
    private static final Action ACTION = Action.of(OPERATION);
    private static final Duration VALIDITY = Duration.ofHours(24);

    @Override
    public GetParametersForImportResponse answer(Call call, GetParametersForImportRequest request) {
        Key key =
                keys.managed(
                        call,
                        ACTION,
                        request.keyId(),
                        new Details()
                                .with(Detail.WRAPPING_ALGORITHM, request.wrappingAlgorithm().wire())
                                .with(Detail.WRAPPING_KEY_SPEC, request.wrappingKeySpec().wire()));
        KeyStates.require(OPERATION, key);
        ImportedMaterials.requireExternal(key);
        WrappingKeySpec spec = request.wrappingKeySpec();
        AlgorithmSpec algorithm = request.wrappingAlgorithm();
        KeySpec keySpec = KeySpecs.of(spec);
        sm2.require(call.region(), keySpec, "WrappingKeySpec");
        WrappingAlgorithms.require(key.spec(), spec, algorithm);

        Instant validTo = clock.instant().truncatedTo(ChronoUnit.MILLIS).plus(VALIDITY);
        KeyPairs pairs = KeySpecs.of(keySpec).pairs();
        KeyPair wrapping = work.makes(keySpec, call.account(), pairs::generate);
        byte[] privateKey = pairs.encodePrivate(wrapping.getPrivate());
        try {
            return GetParametersForImportResponse.builder()
                    .keyId(key.arn().toString())
                    .importToken(tokens.issue(key.arn(), spec, algorithm, privateKey, validTo))
                    .publicKey(new Blob(pairs.encodePublic(wrapping.getPublic())))
                    .parametersValidTo(validTo)
                    .build();
        } finally {
            Arrays.fill(privateKey, (byte) 0);
        }
    }
}
