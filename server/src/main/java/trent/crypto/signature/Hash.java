package trent.crypto.signature;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import org.bouncycastle.crypto.Digest;
import trent.crypto.MessageKind;
import trent.crypto.Providers;

/** A hash function of SHA-2 and what the standards call it. Source: FIPS 180-4; RFC 8017. */
enum Hash {
    SHA_256("SHA-256", 32, "2.16.840.1.101.3.4.2.1"),
    SHA_384("SHA-384", 48, "2.16.840.1.101.3.4.2.2"),
    SHA_512("SHA-512", 64, "2.16.840.1.101.3.4.2.3");

    private final String jca;
    private final int bytes;
    private final String oid;

    Hash(String jca, int bytes, String oid) {
        this.jca = jca;
        this.bytes = bytes;
        this.oid = oid;
    }

    /** Its name in the JCA. */
    String jca() {
        return jca;
    }

    /** The length of its digests. */
    int bytes() {
        return bytes;
    }

    /** Its object identifier. */
    String oid() {
        return oid;
    }

    /** The digest of a message, or the one that was given in its place. */
    byte[] of(byte[] message, MessageKind kind) {
        return switch (kind) {
            case DIGEST -> message;
            case RAW -> newDigest().digest(message);
            case EXTERNAL_MU -> throw new IllegalArgumentException("only ML-DSA has a mu");
        };
    }

    /** For Bouncy Castle, whose own hash functions are half as fast as the JDK's. */
    Digest forBouncyCastle() {
        return new JdkDigest(newDigest(), bytes);
    }

    private MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance(jca);
        } catch (GeneralSecurityException e) {
            throw Providers.missing(e);
        }
    }

    /** A hash function of the JDK's in the shape that Bouncy Castle asks for. */
    private record JdkDigest(MessageDigest jdk, int bytes) implements Digest {

        @Override
        public String getAlgorithmName() {
            return jdk.getAlgorithm();
        }

        @Override
        public int getDigestSize() {
            return bytes;
        }

        @Override
        public void update(byte in) {
            jdk.update(in);
        }

        @Override
        public void update(byte[] in, int offset, int length) {
            jdk.update(in, offset, length);
        }

        @Override
        public int doFinal(byte[] out, int offset) {
            byte[] digest = jdk.digest();
            System.arraycopy(digest, 0, out, offset, bytes);
            return bytes;
        }

        @Override
        public void reset() {
            jdk.reset();
        }
    }
}
