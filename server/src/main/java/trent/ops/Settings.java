package trent.ops;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import trent.identity.Credential;
import trent.identity.oidc.FileKeys;
import trent.identity.oidc.HttpsKeys;
import trent.key.Quotas;
import trent.key.Sm2Regions;
import trent.name.AccountId;
import trent.seal.RootKeyFile;
import trent.seed.SeedFile;
import trent.store.Opening;
import trent.store.PostgresSettings;
import trent.wire.BrowserGuard;
import trent.wire.HttpServerSettings.Tls;
import trent.wire.TrustedProxies;

/**
 * All that can be set, read once at start.
 *
 * @param listen where the API is served
 * @param adminListen where health and metrics are served
 * @param place where the state is kept
 * @param opening in which mode, and for whom, what is kept there is opened
 * @param tls null serves plain HTTP
 * @param signers whose signatures are taken
 * @param quotas how much an account may have
 * @param sm2Regions where SM2 is offered
 * @param attestationRoots a PEM file of who is believed to attest; null if nobody is
 * @param guard which pages of browsers are let in, and under which names
 * @param trusted the proxies that are believed about whom they speak for
 * @param oidc where the keys of OpenID Connect providers are had from
 * @param seed what is to be there; null if nothing is declared
 * @param acceptUnknownPrincipals whether policies and grants may name whom there is not
 * @param logRequests whether each call is a line in the log
 * @param allowReset whether a test may empty a store that outlives the process
 */
public record Settings(
        Address listen,
        Address adminListen,
        Place place,
        Opening opening,
        @Nullable Tls tls,
        Signers signers,
        Quotas quotas,
        Sm2Regions sm2Regions,
        @Nullable Path attestationRoots,
        BrowserGuard guard,
        TrustedProxies trusted,
        Oidc oidc,
        @Nullable Seeding seed,
        boolean acceptUnknownPrincipals,
        boolean logRequests,
        boolean allowReset) {

    /** Where the state is kept. */
    public sealed interface Place permits Place.InMemory, Kept {

        /** In memory: it ends with the process, and so does its root key. */
        record InMemory() implements Place {}

        /** In a folder that one process uses at a time. */
        record Folder(Path data, RootKeyFile rootKey) implements Kept {

            @Override
            public String toString() {
                return data.toString();
            }
        }

        /** In a database that several nodes share. */
        record Shared(PostgresSettings database, RootKeyFile rootKey) implements Kept {

            @Override
            public String toString() {
                return database.url();
            }
        }
    }

    /** Where the state outlives the process. */
    public sealed interface Kept extends Place permits Place.Folder, Place.Shared {

        RootKeyFile rootKey();
    }

    /**
     * A seed file.
     *
     * @param changes whether what is there and differs is brought in line
     */
    public record Seeding(SeedFile file, boolean changes) {}

    /**
     * Where the keys of OpenID Connect providers are had from.
     *
     * @param authorities a PEM file of who is believed beside the runtime's; null for nobody
     * @param keys those that are in files, by the provider's URL without scheme
     */
    public record Oidc(@Nullable Path authorities, Map<String, FileKeys> keys) {

        public Oidc {
            keys = Map.copyOf(keys);
        }

        /**
         * Refuses files that hold nothing that could be used.
         *
         * @throws IOException with words for the operator
         */
        public void check() throws IOException {
            if (authorities != null) {
                try {
                    HttpsKeys.check(authorities);
                } catch (IOException e) {
                    throw new IOException(
                            "%s: %s. Name a PEM file with the certificates of the authorities"
                                    .formatted(Flag.OIDC_CA, FileWords.of(e)),
                            e);
                }
            }
            for (FileKeys each : keys.values()) {
                try {
                    each.check();
                } catch (IOException e) {
                    throw new IOException(
                            "%s: %s. Save what the provider's jwks_uri answers in that file"
                                    .formatted(Flag.OIDC_KEYS, FileWords.of(e)),
                            e);
                }
            }
        }
    }

    /** Whose signatures are taken. */
    public sealed interface Signers {

        /** Anyone's, unchecked: {@code trent dev}. */
        record Anyone() implements Signers {}

        /** The root of one account, by the credential given, else by one that the store keeps. */
        record Root(AccountId account, @Nullable Credential credential) implements Signers {}
    }
}
