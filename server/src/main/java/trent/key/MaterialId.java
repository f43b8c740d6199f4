package trent.key;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import trent.name.KeyId;

/**
 * The id of key material: 64 hexadecimal digits that follow from key id and material, so that the
 * same material under the same key has the same id, and that give nothing away of the material.
 */
public final class MaterialId {

    private static final String HMAC = "HmacSHA256";

    private MaterialId() {}

    public static String of(KeyId key, byte[] material) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(material, HMAC));
            mac.update("trent key material id 1".getBytes(UTF_8));
            return HexFormat.of().formatHex(mac.doFinal(key.bytes()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks HMAC-SHA-256", e);
        }
    }
}
