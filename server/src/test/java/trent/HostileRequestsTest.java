package trent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trent.House.Caller;
import trent.api.KeySpec;
import trent.api.KeyUsageType;
import trent.api.KmsOperation;
import trent.api.ServiceException;

/**
 * Whatever a caller sends, every operation answers or refuses in AWS's form, and what was refused
 * has changed nothing.
 */
class HostileRequestsTest {

    private static final long SEED = Long.getLong("trent.seed", System.nanoTime());
    private static final int REQUESTS = Boolean.getBoolean("trent.all") ? 40_000 : 4_000;

    /** A house that fuzzing has filled is left for a new one. */
    private static final int MOST_KEYS = 60;

    private static final Duration LONGEST = Duration.ofSeconds(30);

    /** What only a program's insides print. */
    private static final Pattern INSIDES =
            Pattern.compile(
                    "Exception\\b|\\.java\\b|\\b(java|javax|jdk|sun|trent|org|com)\\.[a-z]+\\.|SQLITE|@[0-9a-f]{6}");

    private static final Set<String> WITHOUT_TEXT =
            Set.of(
                    "InvalidCiphertextException",
                    "KMSInvalidSignatureException",
                    "KMSInvalidMacException");

    private static final Set<String> CAPITAL_TEXT =
            Set.of("AccessDeniedException", "SerializationException");

    private static final Set<String> UNMODELLED =
            Set.of(
                    "ValidationException",
                    "SerializationException",
                    "AccessDeniedException",
                    "NotAuthorizedException");

    private static final Set<String> FAULTS =
            Set.of("KMSInternalException", "DependencyTimeoutException", "InternalFailure");

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> MODELLED = modelled();

    private House house = new House();

    @AfterEach
    void close() {
        house.close();
    }

    @Test
    void whateverIsSentIsAnsweredOrRefusedAndARefusalChangesNothing() {
        System.out.println("repeat with -Dtrent.seed=" + SEED);
        Random random = new Random(SEED);
        List<KmsOperation<?, ?>> operations = KmsOperation.all();
        Map<String, Integer> outcomes = new TreeMap<>();
        HostileRequests requests = furnish(random);
        String state = state();
        for (int i = 0; i < REQUESTS; i++) {
            String operation = operations.get(random.nextInt(operations.size())).name();
            byte[] body = requests.body(operation);
            String request =
                    "seed %d, request %d: %s %s".formatted(SEED, i, operation, shown(body));
            long start = System.nanoTime();
            String outcome = outcome(operation, body, request);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).as(request).isLessThan(LONGEST);
            outcomes.merge(outcome, 1, Integer::sum);
            if (!outcome.equals(House.OK)) {
                assertThat(state()).as(request).isEqualTo(state);
                continue;
            }
            repair();
            if (keyIds().size() > MOST_KEYS) {
                house.close();
                house = new House();
                requests = furnish(random);
            }
            state = state();
        }
        System.out.println(outcomes);
        // Else it would say nothing of what lies behind the first checks.
        assertThat(outcomes).as("seed " + SEED).hasSizeGreaterThan(15).containsKey(House.OK);
        assertThat(outcomes.get(House.OK)).isGreaterThan(REQUESTS / 20);
    }

    @ParameterizedTest
    @CsvSource({"RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"})
    void anRsaCiphertextOutOfRangeIsInvalid(String algorithm) throws GeneralSecurityException {
        Caller caller = house.caller();
        String key = newKey(KeySpec.RSA_2048, KeyUsageType.ENCRYPT_DECRYPT);
        RSAPublicKey publicKey =
                (RSAPublicKey)
                        KeyFactory.getInstance("RSA")
                                .generatePublic(new X509EncodedKeySpec(publicKey(key)));
        List<byte[]> blobs = new ArrayList<>(HostileRequests.outOfRange(publicKey.getModulus()));
        byte[] sound =
                Objects.requireNonNull(
                                caller.ask(
                                                KmsOperation.ENCRYPT,
                                                "KeyId",
                                                key,
                                                "Plaintext",
                                                new byte[] {1},
                                                "EncryptionAlgorithm",
                                                algorithm)
                                        .ciphertextBlob())
                        .bytes();
        for (int length = 1; length < sound.length; length += 5) {
            blobs.add(Arrays.copyOf(sound, length));
        }
        blobs.add(Arrays.copyOf(sound, sound.length + 1));
        for (int bit = 0; bit < sound.length * 8; bit += 7) {
            blobs.add(flip(sound, bit));
        }
        for (byte[] blob : blobs) {
            assertThat(
                            caller.tried(
                                    "Decrypt",
                                    "KeyId",
                                    key,
                                    "CiphertextBlob",
                                    blob,
                                    "EncryptionAlgorithm",
                                    algorithm))
                    .as(HexFormat.of().formatHex(blob))
                    .isEqualTo("InvalidCiphertextException");
        }
    }

    /** Changed anywhere, it names another curve, lies on none, or is another point of the curve. */
    @ParameterizedTest
    @CsvSource({"ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521"})
    void aPeersPublicKeyWithAFlippedBitOrCutIsRefused(KeySpec spec) {
        String key = newKey(spec, KeyUsageType.KEY_AGREEMENT);
        byte[] peer = publicKey(newKey(spec, KeyUsageType.KEY_AGREEMENT));
        for (int bit = 0; bit < peer.length * 8; bit++) {
            assertThat(agreed(key, flip(peer, bit))).as("bit " + bit).isEqualTo(UNUSABLE);
        }
        for (int length = 1; length < peer.length; length++) {
            assertThat(agreed(key, Arrays.copyOf(peer, length)))
                    .as("length " + length)
                    .isEqualTo(UNUSABLE);
        }
        assertThat(agreed(key, peer)).isEqualTo(House.OK);
    }

    private static final String UNUSABLE = "ValidationException: ";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            nothing of ASN.1               | 00
            an empty sequence              | 3000
            null                           | 0500
            an endless length              | 3084ffffffff
            an indefinite length           | 3080
            P-256, the point at infinity   | 3019301306072a8648ce3d020106082a8648ce3d03010703020000
            P-256, the point (0, 0)        | 3059301306072a8648ce3d020106082a8648ce3d0301070342000400000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000
            P-256, both coordinates p      | 3059301306072a8648ce3d020106082a8648ce3d03010703420004ffffffff00000001000000000000000000000000ffffffffffffffffffffffffffffffff00000001000000000000000000000000ffffffffffffffffffffffff
            no parameters of the curve     | 300c300906072a8648ce3d02010301
            X25519                         | 302a300506032b656e032100e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c
            """)
    void bytesThatAreNoKeyOfTheCurveAreRefused(String what, String hex) {
        String key = newKey(KeySpec.ECC_NIST_P256, KeyUsageType.KEY_AGREEMENT);
        assertThat(agreed(key, HexFormat.of().parseHex(hex))).as(what).isEqualTo(UNUSABLE);
    }

    @Test
    void deeplyNestedAsn1IsRefused() {
        String key = newKey(KeySpec.ECC_NIST_P256, KeyUsageType.KEY_AGREEMENT);
        byte[] indefinite = new byte[8192];
        for (int i = 0; i < indefinite.length; i += 2) {
            indefinite[i] = 0x30;
            indefinite[i + 1] = (byte) 0x80;
        }
        assertThat(agreed(key, indefinite)).isEqualTo(UNUSABLE);
        byte[] nested = new byte[8192];
        int at = nested.length;
        for (int length = 0; at >= 4; length += 4) {
            at -= 4;
            nested[at] = 0x30;
            nested[at + 1] = (byte) 0x82;
            nested[at + 2] = (byte) (length >>> 8);
            nested[at + 3] = (byte) length;
        }
        assertThat(agreed(key, nested)).isEqualTo(UNUSABLE);
    }

    @Test
    void aCompressedOrHybridPointIsNoKeyThatAwsTakes() {
        String key = newKey(KeySpec.ECC_NIST_P256, KeyUsageType.KEY_AGREEMENT);
        byte[] peer = publicKey(newKey(KeySpec.ECC_NIST_P256, KeyUsageType.KEY_AGREEMENT));
        byte[] hybrid = peer.clone();
        hybrid[26] = (byte) (6 + (peer[peer.length - 1] & 1));
        assertThat(agreed(key, hybrid)).isEqualTo(UNUSABLE);
    }

    @Test
    void aGrantTokenOrMarkerWithAnyCharacterChangedIsInvalid() {
        Caller caller = house.caller();
        String key = caller.newKey();
        String token =
                Objects.requireNonNull(
                        caller.ask(
                                        KmsOperation.CREATE_GRANT,
                                        "KeyId",
                                        key,
                                        "GranteePrincipal",
                                        "arn:aws:iam::111122223333:user/alice",
                                        "Operations",
                                        List.of("Decrypt"))
                                .grantToken());
        caller.newKey();
        String marker =
                Objects.requireNonNull(caller.ask(KmsOperation.LIST_KEYS, "Limit", 1).nextMarker());
        for (char other : "Ab0+/=-_ \u00e9".toCharArray()) {
            for (int at = 0; at < token.length(); at++) {
                if (token.charAt(at) != other) {
                    String changed = token.substring(0, at) + other + token.substring(at + 1);
                    assertThat(caller.tried("RetireGrant", "GrantToken", changed))
                            .as(changed)
                            .isEqualTo("InvalidGrantTokenException");
                }
            }
            for (int at = 0; at < marker.length(); at++) {
                if (marker.charAt(at) != other) {
                    String changed = marker.substring(0, at) + other + marker.substring(at + 1);
                    assertThat(caller.tried("ListKeys", "Marker", changed))
                            .as(changed)
                            .startsWith(
                                    other <= 0xff
                                            ? "InvalidMarkerException"
                                            : "ValidationException");
                }
            }
        }
    }

    // ----

    private HostileRequests furnish(Random random) {
        Caller caller = house.caller();
        Map<String, List<String>> byUsage = new LinkedHashMap<>();
        for (String kind :
                List.of(
                        "SYMMETRIC_DEFAULT ENCRYPT_DECRYPT",
                        "SYMMETRIC_DEFAULT ENCRYPT_DECRYPT",
                        "RSA_2048 ENCRYPT_DECRYPT",
                        "RSA_2048 SIGN_VERIFY",
                        "ECC_NIST_P256 SIGN_VERIFY",
                        "ECC_SECG_P256K1 SIGN_VERIFY",
                        "ECC_NIST_EDWARDS25519 SIGN_VERIFY",
                        "ML_DSA_44 SIGN_VERIFY",
                        "ECC_NIST_P256 KEY_AGREEMENT",
                        "ECC_NIST_P521 KEY_AGREEMENT",
                        "HMAC_224 GENERATE_VERIFY_MAC",
                        "HMAC_512 GENERATE_VERIFY_MAC")) {
            String[] words = kind.split(" ", 2);
            byUsage.computeIfAbsent(words[1], _ -> new ArrayList<>())
                    .add(newKey(KeySpec.valueOf(words[0]), KeyUsageType.valueOf(words[1])));
        }
        List<String> symmetric = Objects.requireNonNull(byUsage.get("ENCRYPT_DECRYPT"));
        List<String> regional =
                List.of(
                        created("MultiRegion", true),
                        created("Origin", "EXTERNAL"),
                        created("Tags", List.of(Map.of("TagKey", "a", "TagValue", "b"))));
        caller.ask(
                KmsOperation.REPLICATE_KEY,
                "KeyId",
                regional.getFirst(),
                "ReplicaRegion",
                "eu-west-1");
        List<String> ids = new ArrayList<>(regional);
        byUsage.values().forEach(ids::addAll);
        List<String> aliases = new ArrayList<>();
        List<String> grantIds = new ArrayList<>();
        List<String> tokens = new ArrayList<>();
        List<byte[]> ciphertexts = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            String alias = "alias/held" + i;
            caller.newAlias(alias, symmetric.get(i));
            aliases.add(alias);
            var grant =
                    caller.ask(
                            KmsOperation.CREATE_GRANT,
                            "KeyId",
                            symmetric.get(i),
                            "GranteePrincipal",
                            "arn:aws:iam::111122223333:user/" + i,
                            "Operations",
                            List.of("Decrypt"));
            grantIds.add(Objects.requireNonNull(grant.grantId()));
            tokens.add(Objects.requireNonNull(grant.grantToken()));
            ciphertexts.add(
                    Objects.requireNonNull(
                                    caller.ask(
                                                    KmsOperation.ENCRYPT,
                                                    "KeyId",
                                                    symmetric.get(i),
                                                    "Plaintext",
                                                    new byte[] {1, 2, 3},
                                                    "EncryptionAlgorithm",
                                                    i == 2
                                                            ? "RSAES_OAEP_SHA_256"
                                                            : "SYMMETRIC_DEFAULT")
                                            .ciphertextBlob())
                            .bytes());
        }
        List<String> agreeing = Objects.requireNonNull(byUsage.get("KEY_AGREEMENT"));
        return new HostileRequests(
                random,
                new HostileRequests.Held(
                        ids,
                        byUsage,
                        aliases,
                        grantIds,
                        tokens,
                        List.of(
                                Objects.requireNonNull(
                                        caller.ask(KmsOperation.LIST_KEYS, "Limit", 1)
                                                .nextMarker()),
                                Objects.requireNonNull(
                                        caller.ask(KmsOperation.LIST_ALIASES, "Limit", 1)
                                                .nextMarker())),
                        ciphertexts,
                        agreeing.stream().map(this::publicKey).toList()));
    }

    /** The name of the error, once its form is AWS's; or {@link House#OK}. */
    private String outcome(String operation, byte[] body, String request) {
        try {
            return requireForm(house.caller().thrown(operation, body), request);
        } catch (RuntimeException | StackOverflowError e) {
            throw new AssertionError(request, e);
        }
    }

    private static String requireForm(@Nullable ServiceException error, String request) {
        if (error == null) {
            return House.OK;
        }
        JsonNode reply = written(error);
        String code = reply.path("__type").asText();
        Set<String> members = new TreeSet<>();
        reply.fieldNames().forEachRemaining(members::add);
        assertThat(error.httpStatus()).as(request).isEqualTo(400);
        assertThat(code).as(request).isNotIn(FAULTS);
        if (!UNMODELLED.contains(code)) {
            assertThat(MODELLED).as(request).contains(code);
        }
        String text = CAPITAL_TEXT.contains(code) ? "Message" : "message";
        assertThat(members).as(request).contains("__type").isSubsetOf("__type", text);
        if (WITHOUT_TEXT.contains(code)) {
            assertThat(members).as(request).containsExactly("__type");
        }
        // What the request itself said may be printed again.
        String own = reply.path(text).asText().replaceAll("'[^']*'", "");
        assertThat(own.length() < 5000 ? own : "").as(request).doesNotContainPattern(INSIDES);
        return code;
    }

    private static JsonNode written(ServiceException error) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            error.write(json);
            json.flush();
            return JSON.readTree(text.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All that the reading operations show, in both Regions. */
    private String state() {
        StringBuilder state = new StringBuilder();
        for (Caller caller :
                List.of(house.caller(), house.root(House.ACCOUNT, House.OTHER_REGION))) {
            var keys = caller.ask(KmsOperation.LIST_KEYS, "Limit", 1000).keys();
            state.append(caller.ask(KmsOperation.LIST_ALIASES, "Limit", 100)).append('\n');
            for (var key : Objects.requireNonNull(keys)) {
                String id = Objects.requireNonNull(key.keyId());
                state.append(shown(caller, KmsOperation.DESCRIBE_KEY, "KeyId", id))
                        .append(shown(caller, KmsOperation.LIST_GRANTS, "KeyId", id, "Limit", 100))
                        .append(shown(caller, KmsOperation.LIST_RESOURCE_TAGS, "KeyId", id))
                        .append(shown(caller, KmsOperation.GET_KEY_POLICY, "KeyId", id))
                        .append('\n');
            }
        }
        return state.toString();
    }

    /** The answer, or why there is none: a key may have been made with a policy that lets in nobody. */
    private static String shown(Caller caller, KmsOperation<?, ?> operation, Object... members) {
        try {
            Object answer = caller.ask(operation, members);
            return answer.toString();
        } catch (ServiceException e) {
            return e.code() + e.getMessage();
        }
    }

    /** Lets the keys be used again, so that later requests get beyond the check of their state. */
    private void repair() {
        Caller caller = house.caller();
        for (String key : keyIds()) {
            caller.tried("CancelKeyDeletion", "KeyId", key);
            caller.tried("EnableKey", "KeyId", key);
        }
    }

    private List<String> keyIds() {
        return Objects.requireNonNull(
                        house.caller().ask(KmsOperation.LIST_KEYS, "Limit", 1000).keys())
                .stream()
                .map(key -> Objects.requireNonNull(key.keyId()))
                .toList();
    }

    private String agreed(String key, byte[] peer) {
        return house.caller()
                .tried(
                        "DeriveSharedSecret",
                        "KeyId",
                        key,
                        "KeyAgreementAlgorithm",
                        "ECDH",
                        "PublicKey",
                        peer);
    }

    private byte[] publicKey(String key) {
        return Objects.requireNonNull(
                        house.caller().ask(KmsOperation.GET_PUBLIC_KEY, "KeyId", key).publicKey())
                .bytes();
    }

    private String newKey(KeySpec spec, KeyUsageType usage) {
        return created("KeySpec", spec.wire(), "KeyUsage", usage.wire());
    }

    private String created(Object... members) {
        return Objects.requireNonNull(
                        house.caller().ask(KmsOperation.CREATE_KEY, members).keyMetadata())
                .keyId();
    }

    private static byte[] flip(byte[] bytes, int bit) {
        byte[] flipped = bytes.clone();
        flipped[bit / 8] ^= (byte) (1 << bit % 8);
        return flipped;
    }

    private static String shown(byte[] body) {
        return body.length > 3000
                ? new String(body, 0, 3000, UTF_8)
                        + "… "
                        + body.length
                        + " bytes, Base64 of its end: "
                        + Base64.getEncoder()
                                .encodeToString(
                                        Arrays.copyOfRange(body, body.length - 30, body.length))
                : new String(body, UTF_8);
    }

    private static Set<String> modelled() {
        Set<String> names = new TreeSet<>();
        HostileRequests.MODEL
                .path("shapes")
                .properties()
                .forEach(
                        shape -> {
                            if (shape.getValue().path("exception").asBoolean()) {
                                names.add(shape.getKey());
                            }
                        });
        return names;
    }
}
