package trent.imported;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Objects;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.engines.RFC5649WrapEngine;
import org.bouncycastle.crypto.params.KeyParameter;
import org.jspecify.annotations.Nullable;
import trent.House;
import trent.House.Caller;
import trent.api.GetParametersForImportResponse;
import trent.api.ImportKeyMaterialResponse;
import trent.api.KmsOperation;

/**
 * What somebody does who brings his own key: fetches a wrapping key, wraps the material as AWS's
 * guide says, and sends it. The wrapping is done by other code than the service unwraps with.
 */
public final class Importing {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int AES_BYTES = 32;

    private final Caller caller;
    private final String key;
    private final String algorithm;
    private final PublicKey wrappingKey;
    private final byte[] token;

    private Importing(
            Caller caller, String key, String algorithm, PublicKey wrappingKey, byte[] token) {
        this.caller = caller;
        this.key = key;
        this.algorithm = algorithm;
        this.wrappingKey = wrappingKey;
        this.token = token;
    }

    /** A wrapping key, and a token that is good for any number of imports. */
    public static Importing begin(Caller caller, String key, String spec, String algorithm) {
        GetParametersForImportResponse parameters =
                caller.ask(
                        KmsOperation.GET_PARAMETERS_FOR_IMPORT,
                        "KeyId",
                        key,
                        "WrappingKeySpec",
                        spec,
                        "WrappingAlgorithm",
                        algorithm);
        try {
            PublicKey wrappingKey =
                    KeyFactory.getInstance("RSA", "SunRsaSign")
                            .generatePublic(
                                    new X509EncodedKeySpec(
                                            Objects.requireNonNull(parameters.publicKey())
                                                    .bytes()));
            return new Importing(
                    caller,
                    key,
                    algorithm,
                    wrappingKey,
                    Objects.requireNonNull(parameters.importToken()).bytes());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The same for material of 32 bytes. */
    public static Importing begin(Caller caller, String key) {
        return begin(caller, key, "RSA_2048", "RSAES_OAEP_SHA_256");
    }

    /** A new key without material. */
    public static String newKey(Caller caller, @Nullable Object... members) {
        Object[] all = Arrays.copyOf(members, members.length + 2);
        all[members.length] = "Origin";
        all[members.length + 1] = "EXTERNAL";
        return Objects.requireNonNull(caller.ask(KmsOperation.CREATE_KEY, all).keyMetadata())
                .keyId();
    }

    /** 32 bytes, the same for the same seed. */
    public static byte[] material(int seed) {
        byte[] material = new byte[32];
        Arrays.fill(material, (byte) seed);
        return material;
    }

    /** Imports material that does not expire. */
    public ImportKeyMaterialResponse lasting(byte[] material, @Nullable Object... more) {
        return caller.ask(
                KmsOperation.IMPORT_KEY_MATERIAL,
                members(material, append(more, "ExpirationModel", "KEY_MATERIAL_DOES_NOT_EXPIRE")));
    }

    /** Imports with these members besides. */
    public ImportKeyMaterialResponse send(byte[] material, @Nullable Object... more) {
        return caller.ask(KmsOperation.IMPORT_KEY_MATERIAL, members(material, more));
    }

    /** The id of material that {@link #lasting} imported. */
    public String lastingId(byte[] material, @Nullable Object... more) {
        return Objects.requireNonNull(lasting(material, more).keyMaterialId());
    }

    /** What comes of an import with these members besides. */
    public String tried(byte[] material, @Nullable Object... more) {
        return caller.tried("ImportKeyMaterial", members(material, more));
    }

    /** What comes of an import of material that does not expire. */
    public String triedLasting(byte[] material, @Nullable Object... more) {
        return tried(material, append(more, "ExpirationModel", "KEY_MATERIAL_DOES_NOT_EXPIRE"));
    }

    /** What comes of a message that was wrapped otherwise. */
    public String triedWrapped(byte[] wrapped) {
        return caller.tried(
                "ImportKeyMaterial",
                "KeyId",
                key,
                "ImportToken",
                token,
                "EncryptedKeyMaterial",
                wrapped,
                "ExpirationModel",
                "KEY_MATERIAL_DOES_NOT_EXPIRE");
    }

    /** Somebody else's call, or one for another key, with this token. */
    public Importing as(Caller other, String otherKey) {
        return new Importing(other, otherKey, algorithm, wrappingKey, token);
    }

    public Importing withToken(byte[] otherToken) {
        return new Importing(caller, key, algorithm, wrappingKey, otherToken);
    }

    public byte[] token() {
        return token.clone();
    }

    public int modulusBits() {
        return ((RSAPublicKey) wrappingKey).getModulus().bitLength();
    }

    public BigInteger modulus() {
        return ((RSAPublicKey) wrappingKey).getModulus();
    }

    /** Wraps by the algorithm that was asked for. */
    public byte[] wrap(byte[] material) {
        String hash = algorithm.endsWith("SHA_1") ? "SHA-1" : "SHA-256";
        if (algorithm.startsWith("RSAES_OAEP")) {
            return oaep(hash, material);
        }
        byte[] aes = new byte[AES_BYTES];
        RANDOM.nextBytes(aes);
        return twoSteps(hash, aes, material);
    }

    /** An AES key under RSA, and the material under the AES key. */
    public byte[] twoSteps(String hash, byte[] aes, byte[] material) {
        RFC5649WrapEngine engine = new RFC5649WrapEngine(AESEngine.newInstance());
        engine.init(true, new KeyParameter(aes));
        byte[] second = engine.wrap(material, 0, material.length);
        byte[] first = oaep(hash, aes);
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    public byte[] oaep(String hash, byte[] message) {
        try {
            Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding", "SunJCE");
            cipher.init(
                    Cipher.ENCRYPT_MODE,
                    wrappingKey,
                    new OAEPParameterSpec(
                            hash, "MGF1", new MGF1ParameterSpec(hash), PSource.PSpecified.DEFAULT));
            return cipher.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private @Nullable Object[] members(byte[] material, @Nullable Object... more) {
        return append(
                more, "KeyId", key, "ImportToken", token, "EncryptedKeyMaterial", wrap(material));
    }

    private static @Nullable Object[] append(@Nullable Object[] some, @Nullable Object... more) {
        @Nullable Object[] all = Arrays.copyOf(some, some.length + more.length);
        System.arraycopy(more, 0, all, some.length, more.length);
        return all;
    }

    /** The text of the error that a state brings. */
    public static String invalidState(House.Caller caller, String key, String what) {
        return "KMSInvalidStateException: " + caller.arn(key) + " is " + what + ".";
    }
}
