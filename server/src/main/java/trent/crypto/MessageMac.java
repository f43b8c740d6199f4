package trent.crypto;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import trent.api.MacAlgorithmSpec;

/** HMAC with one hash. Source: FIPS 198-1. */
public record MessageMac(String jca) {

    /** The HMAC of an algorithm. */
    public static MessageMac of(MacAlgorithmSpec algorithm) {
        return switch (algorithm) {
            case HMAC_SHA_224 -> new MessageMac("HmacSHA224");
            case HMAC_SHA_256 -> new MessageMac("HmacSHA256");
            case HMAC_SHA_384 -> new MessageMac("HmacSHA384");
            case HMAC_SHA_512 -> new MessageMac("HmacSHA512");
        };
    }

    /** The whole tag: 28, 32, 48 or 64 bytes. */
    public byte[] tag(byte[] key, byte[] message) {
        try {
            Mac mac = Mac.getInstance(jca);
            mac.init(new SecretKeySpec(key, jca));
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw Providers.missing(e);
        }
    }

    /** Whether this is the whole tag of the message; how long that takes tells nothing of it. */
    public boolean verify(byte[] key, byte[] message, byte[] tag) {
        return MessageDigest.isEqual(tag(key, message), tag);
    }
}
