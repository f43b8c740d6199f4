package trent.identity.oidc;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.SignedJWT;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import trent.api.SigningAlgorithmSpec;
import trent.crypto.MessageKind;
import trent.crypto.signature.Signer;

/**
 * The public keys with which an issuer's tokens are verified. Secret keys, keys for encryption and
 * kinds of key that no algorithm here takes are left out. Source: RFC 7517.
 */
final class KeySet {

    /** How many keys of a set are looked at. */
    private static final int MAX_KEYS = 64;

    /** How many keys are tried on a token that does not name one. */
    private static final int MAX_TRIED = 4;

    private static final int MIN_RSA_BITS = 2048;

    /** What is longer takes too long to verify. */
    private static final int MAX_RSA_BITS = 8192;

    private static final int MAX_EXPONENT_BITS = 32;
    private static final int ED25519_BYTES = 32;

    /** An Ed25519 public key in X.509 up to the key itself. Source: RFC 8410. */
    private static final byte[] ED25519_HEAD = HexFormat.of().parseHex("302a300506032b6570032100");

    private final List<Key> keys;

    /** One key, with all that it is good for. */
    private record Key(@Nullable String id, List<JWSAlgorithm> algorithms, Verifier verifier) {}

    private interface Verifier {
        boolean verify(SignedJWT token) throws JOSEException;
    }

    /** A text is no JWK set, or has no key that could be used. */
    static final class NoKeys extends Exception {

        private static final long serialVersionUID = 1L;

        private NoKeys(String message) {
            super(message);
        }
    }

    private KeySet(List<Key> keys) {
        this.keys = keys;
    }

    static KeySet parse(byte[] json) throws NoKeys {
        List<Key> keys = new ArrayList<>();
        try {
            Map<String, Object> set =
                    JSONObjectUtils.parse(new String(json, UTF_8), KeySource.MAX_BYTES);
            Map<String, Object>[] members = JSONObjectUtils.getJSONObjectArray(set, "keys");
            if (members == null) {
                throw new NoKeys("not a JWK set: there is no member keys");
            }
            for (Map<String, Object> member :
                    Arrays.copyOf(members, Math.min(members.length, MAX_KEYS))) {
                Key key = key(member);
                if (key != null) {
                    keys.add(key);
                }
            }
        } catch (ParseException _) {
            throw new NoKeys("not a JWK set, but some other text");
        }
        if (keys.isEmpty()) {
            throw new NoKeys(
                    "a JWK set without a key that verifies signatures: RSA from %d to %d bits, P-256, P-384, P-521 or Ed25519"
                            .formatted(MIN_RSA_BITS, MAX_RSA_BITS));
        }
        return new KeySet(List.copyOf(keys));
    }

    /** Null for a key that is not for signatures, of a kind that is not known, or that is broken. */
    private static @Nullable Key key(Map<String, Object> member) {
        try {
            JWK jwk = JWK.parse(member);
            if (jwk.getKeyUse() != null && !jwk.getKeyUse().equals(KeyUse.SIGNATURE)) {
                return null;
            }
            List<JWSAlgorithm> algorithms = algorithms(jwk);
            if (jwk.getAlgorithm() != null) {
                algorithms = algorithms.stream().filter(jwk.getAlgorithm()::equals).toList();
            }
            return algorithms.isEmpty() ? null : new Key(jwk.getKeyID(), algorithms, verifier(jwk));
        } catch (ParseException | JOSEException | GeneralSecurityException e) {
            return null; // the others may do
        }
    }

    /** What a key can verify: an RSA key no HMAC, a curve no other curve's signatures. */
    private static List<JWSAlgorithm> algorithms(JWK jwk) throws JOSEException {
        return switch (jwk) {
            case RSAKey rsa -> {
                int bits = rsa.toRSAPublicKey().getModulus().bitLength();
                int exponent = rsa.toRSAPublicKey().getPublicExponent().bitLength();
                yield bits < MIN_RSA_BITS || bits > MAX_RSA_BITS || exponent > MAX_EXPONENT_BITS
                        ? List.of()
                        : List.of(
                                JWSAlgorithm.RS256,
                                JWSAlgorithm.RS384,
                                JWSAlgorithm.RS512,
                                JWSAlgorithm.PS256,
                                JWSAlgorithm.PS384,
                                JWSAlgorithm.PS512);
            }
            case ECKey ec when ec.getCurve().equals(Curve.P_256) -> List.of(JWSAlgorithm.ES256);
            case ECKey ec when ec.getCurve().equals(Curve.P_384) -> List.of(JWSAlgorithm.ES384);
            case ECKey ec when ec.getCurve().equals(Curve.P_521) -> List.of(JWSAlgorithm.ES512);
            case OctetKeyPair pair when pair.getCurve().equals(Curve.Ed25519) ->
                    List.of(JWSAlgorithm.EdDSA, JWSAlgorithm.Ed25519);
            default -> List.of();
        };
    }

    private static Verifier verifier(JWK jwk) throws JOSEException, GeneralSecurityException {
        return switch (jwk) {
            case RSAKey rsa -> {
                RSASSAVerifier verifier = new RSASSAVerifier(rsa.toRSAPublicKey());
                yield token -> token.verify(verifier);
            }
            case ECKey ec -> {
                ECDSAVerifier verifier = new ECDSAVerifier(ec.toECPublicKey());
                yield token -> token.verify(verifier);
            }
            case OctetKeyPair pair -> {
                PublicKey key = ed25519(pair.getX());
                Signer signer = Signer.of(SigningAlgorithmSpec.ED25519_SHA_512);
                yield token ->
                        signer.verify(
                                key,
                                token.getSigningInput(),
                                token.getSignature().decode(),
                                MessageKind.RAW);
            }
            default -> throw new JOSEException("a kind of key that is not known");
        };
    }

    private static PublicKey ed25519(Base64URL x) throws GeneralSecurityException {
        byte[] raw = x.decode();
        if (raw.length != ED25519_BYTES) {
            throw new GeneralSecurityException("an Ed25519 key has 32 bytes");
        }
        byte[] encoded = Arrays.copyOf(ED25519_HEAD, ED25519_HEAD.length + raw.length);
        System.arraycopy(raw, 0, encoded, ED25519_HEAD.length, raw.length);
        return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
    }

    /** Whether a token with this header may be signed with one of these. */
    boolean hasKeyFor(JWSHeader header) {
        return keys.stream().anyMatch(key -> isFor(key, header));
    }

    /** Whether one of these has signed the token. */
    boolean verifies(SignedJWT token) {
        int tried = 0;
        for (Key key : keys) {
            if (isFor(key, token.getHeader()) && tried++ < MAX_TRIED) {
                try {
                    if (key.verifier().verify(token)) {
                        return true;
                    }
                } catch (JOSEException _) {
                    // a signature of a form that this key cannot have made
                }
            }
        }
        return false;
    }

    private static boolean isFor(Key key, JWSHeader header) {
        return key.algorithms().contains(header.getAlgorithm())
                && (header.getKeyID() == null || Objects.equals(key.id(), header.getKeyID()));
    }
}
