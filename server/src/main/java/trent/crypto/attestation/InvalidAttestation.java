package trent.crypto.attestation;

/** An attestation document proves nothing. The message says why, and nothing that is secret. */
public final class InvalidAttestation extends Exception {

    private static final long serialVersionUID = 1L;

    InvalidAttestation(String message) {
        super(message, null, false, false);
    }
}
