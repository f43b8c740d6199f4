package trent.crypto;

/** What is given to be signed. */
public enum MessageKind {
    /** The message itself. */
    RAW,
    /** Its digest; for Ed25519ph what that signs, which it hashes once more. */
    DIGEST,
    /** The 64 bytes μ that ML-DSA makes of key and message. Source: FIPS 204. */
    EXTERNAL_MU
}
