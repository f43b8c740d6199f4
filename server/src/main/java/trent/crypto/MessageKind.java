package trent.crypto;

/** What is given to be signed. */
public enum MessageKind {
    /** The message itself. */
    RAW,
    /** Its digest. Ed25519ph hashes once more what it is given. */
    DIGEST,
    /** The 64 bytes μ that ML-DSA computes from key and message. Source: FIPS 204. */
    EXTERNAL_MU
}
