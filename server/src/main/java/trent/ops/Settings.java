package trent.ops;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import trent.identity.Credential;
import trent.key.Quotas;
import trent.key.Sm2Regions;
import trent.name.AccountId;
import trent.seal.RootKeyFile;
import trent.wire.HttpServerSettings.Tls;

/**
 * All that can be set, read once at start.
 *
 * @param listen where the API is served
 * @param adminListen where health and metrics are served
 * @param data the folder of the store; null keeps it in memory
 * @param rootKeyFile where the root key is; null where the store is in memory
 * @param tls null serves plain HTTP
 * @param signers whose signatures are taken
 * @param quotas how much an account may have
 * @param sm2Regions where SM2 is offered
 * @param attestationRoots a PEM file of who is believed to attest; null if nobody is
 * @param corsOrigin whose pages may call from a browser; null for nobody's
 * @param logRequests whether each call is a line in the log
 */
public record Settings(
        Address listen,
        Address adminListen,
        @Nullable Path data,
        @Nullable RootKeyFile rootKeyFile,
        @Nullable Tls tls,
        Signers signers,
        Quotas quotas,
        Sm2Regions sm2Regions,
        @Nullable Path attestationRoots,
        @Nullable String corsOrigin,
        boolean logRequests) {

    /** Whose signatures are taken. */
    public sealed interface Signers {

        /** Anyone's, unchecked: {@code trent dev}. */
        record Anyone() implements Signers {}

        /** The root of one account, by the credential given, else by one that the store keeps. */
        record Root(AccountId account, @Nullable Credential credential) implements Signers {}
    }
}
