package trent.identity.oidc;

import java.io.IOException;

/** Where the keys of an issuer are had from. */
@FunctionalInterface
public interface KeySource {

    /** Longest document that is read, in bytes. */
    int MAX_BYTES = 64 * 1024;

    /**
     * A JWK set as it stands there now.
     *
     * @param url the issuer's, without scheme
     * @throws IOException if it cannot be had, with words for the log
     */
    byte[] fetch(String url) throws IOException;
}
