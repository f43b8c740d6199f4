package trent.key;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.KDF;
import javax.crypto.Mac;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import trent.name.KeyId;

/**
 * The id of key material: 64 hexadecimal digits that follow from key id and material, so that the
 * same material under the same key has the same id, and that give nothing away of the material.
 */
public final class MaterialId {

    private static final String HMAC = "HmacSHA256";
    private static final int BYTES = 32;

    private MaterialId() {}

    /**
     * HKDF-SHA-256 of the material, salted with the key id. Not an HMAC under the material: that of
     * a customer's HMAC key is made for the customer's messages only.
     */
    public static String of(KeyId key, byte[] material) {
        try {
            return HexFormat.of()
                    .formatHex(
                            KDF.getInstance("HKDF-SHA256")
                                    .deriveData(
                                            HKDFParameterSpec.ofExtract()
                                                    .addIKM(material)
                                                    .addSalt(key.bytes())
                                                    .thenExpand(
                                                            "trent key material id 2"
                                                                    .getBytes(UTF_8),
                                                            BYTES)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks HKDF", e);
        }
    }

    /**
     * The id that the material got before there were ids of the form of {@link #of}. Material that
     * has one keeps it; this finds it again when the material is imported again.
     */
    public static String earlier(KeyId key, byte[] material) {
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
