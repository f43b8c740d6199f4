package trent;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Requests that a hostile caller could send: of the shapes of the service model, filled with what
 * the house really holds, and then wrong in places. The same {@link Random} gives the same ones.
 */
final class HostileRequests {

    /** In the place of any value, whatever its type. */
    static final List<String> ANY =
            List.of(
                    "null",
                    "true",
                    "false",
                    "0",
                    "-0",
                    "-1",
                    "1.5",
                    "1e400",
                    "-1e400",
                    "1e-400",
                    "NaN",
                    "Infinity",
                    "2147483648",
                    "9223372036854775807",
                    "9223372036854775808",
                    "-9223372036854775809",
                    "1" + "0".repeat(900),
                    "\"\"",
                    "\" \"",
                    "\"x\"",
                    "\"\\u0000\"",
                    "\"\\ud800\"",
                    "\"\\udc00\\ud800\"",
                    "\"\\ud83d\\ude00\"",
                    "\"\\uFEFF\"",
                    "\"ünïcode ☂\"",
                    "\"%s%n\"",
                    "\"' or 1=1 --\"",
                    "\"../../etc/passwd\"",
                    "\"arn:\"",
                    "\"arn:aws:kms:us-east-2:111122223333:key/\"",
                    "\"arn:aws:kms:us-east-2:111122223333:alias/\"",
                    "\"alias/\"",
                    "\"AAAA\"",
                    "\"AA=A\"",
                    "[]",
                    "[[]]",
                    "[null]",
                    "[1]",
                    "[{}]",
                    "{}",
                    "{\"a\":1}",
                    "{\"a\":null}",
                    "{\"\":\"\"}",
                    "{\"a\":\"b\",\"a\":\"c\"}",
                    "{\"\\ud800\":\"\"}",
                    "[".repeat(2000),
                    "{\"a\":".repeat(2000));

    private static final List<String> POLICIES =
            List.of(
                    "",
                    "{",
                    "{}",
                    "[]",
                    "null",
                    "{\"Version\":\"2012-10-17\",\"Statement\":[]}",
                    "{\"Version\":1,\"Statement\":{}}",
                    "{\"Version\":\"2012-10-17\",\"Statement\":[null]}",
                    "{\"Version\":\"2012-10-17\",\"Statement\":[[]]}",
                    "{\"Version\":\"2012-10-17\",\"Statement\":%s}",
                    "{\"Version\":\"2012-10-17\",\"Version\":\"2012-10-17\",\"Statement\":[]}",
                    "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Principal\":%s,\"Action\":\"*\",\"Resource\":\"*\"}}",
                    "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":%s},\"Action\":\"*\",\"Resource\":\"*\"}}",
                    "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":%s,\"Resource\":\"*\"}}",
                    "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":%s}}",
                    "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":%s,\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"*\"}}",
                    "{\"Version\":\"2012-10-17\",\"Statement\":{\"Sid\":%s,\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"kms:*\",\"Resource\":\"*\",\"Condition\":%s}}",
                    "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"NotPrincipal\":%s,\"NotAction\":%s,\"NotResource\":%s}}",
                    "{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::111122223333:root\"},\"Action\":\"kms:*\",\"Resource\":\"*\"}}",
                    "{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":[\"*\",\"arn:aws:iam::1:root\"]},\"Action\":[\""
                            + "*".repeat(3000)
                            + "x\"],\"Resource\":\"*\"}}");

    static final JsonNode MODEL = model();
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Random random;
    private final Held held;

    /** What is there to be attacked. */
    record Held(
            List<String> keyIds,
            Map<String, List<String>> keyIdsByUsage,
            List<String> aliases,
            List<String> grantIds,
            List<String> grantTokens,
            List<String> markers,
            List<byte[]> ciphertexts,
            List<byte[]> publicKeys) {}

    HostileRequests(Random random, Held held) {
        this.random = random;
        this.held = held;
    }

    /** A request's body; perhaps sound. */
    byte[] body(String operation) {
        JsonNode input = MODEL.path("operations").path(operation).path("input").path("shape");
        String body = structure(input.textValue(), operation);
        return switch (random.nextInt(60)) {
            case 0 -> Arrays.copyOf(body.getBytes(UTF_8), random.nextInt(body.length()));
            case 1 -> ("\uFEFF" + body).getBytes(UTF_8);
            case 2 -> (body + pick(ANY)).getBytes(UTF_8);
            case 3 -> flipped(body.getBytes(UTF_8));
            case 4 -> pick(ANY).getBytes(UTF_8);
            default -> body.getBytes(UTF_8);
        };
    }

    private String structure(String name, String operation) {
        JsonNode shape = MODEL.path("shapes").path(name);
        List<String> required = new ArrayList<>();
        shape.path("required").forEach(one -> required.add(one.textValue()));
        List<String> members = new ArrayList<>();
        for (Map.Entry<String, JsonNode> member : shape.path("members").properties()) {
            double wanted = required.contains(member.getKey()) ? 0.97 : 0.3;
            for (int times = random.nextInt(40) == 0 ? 2 : 1; times > 0; times--) {
                if (random.nextDouble() < wanted) {
                    String type = member.getValue().path("shape").textValue();
                    members.add(quoted(member.getKey()) + ":" + value(type, operation));
                }
            }
        }
        if (random.nextInt(20) == 0) {
            members.add("\"Unknown\":" + pick(ANY));
        }
        return "{" + String.join(",", members) + "}";
    }

    private String value(String type, String operation) {
        if (random.nextInt(12) == 0) {
            return pick(ANY);
        }
        if (random.nextInt(400) == 0) {
            return quoted("a".repeat(1 << 20));
        }
        return switch (type) {
            case "KeyIdType" -> quoted(keyId(operation));
            case "AliasNameType" ->
                    quoted(coin() ? pick(held.aliases()) : "alias/new" + random.nextInt(50));
            case "CiphertextType" -> blob(changed(pick(held.ciphertexts())));
            case "PublicKeyType" -> blob(changed(pick(held.publicKeys())));
            case "PlaintextType" -> blob(new byte[pick(List.of(0, 1, 20, 32, 48, 64, 4096, 4097))]);
            case "AttestationDocumentType" -> blob(new byte[random.nextInt(100)]);
            case "GrantTokenType" -> quoted(text(pick(held.grantTokens())));
            case "GrantIdType" -> quoted(text(pick(held.grantIds())));
            case "MarkerType" -> quoted(text(pick(held.markers())));
            case "PolicyType" -> quoted(pick(POLICIES).replace("%s", pick(ANY)));
            case "PolicyNameType" -> quoted(coin() ? "default" : "other");
            case "RegionType" -> quoted(pick(List.of("eu-west-1", "us-east-2", "cn-north-1", "-")));
            case "PrincipalIdType" -> quoted("arn:aws:iam::111122223333:user/" + random.nextInt(3));
            case "CustomKeyStoreIdType" -> quoted("cks-1234567890abcdef0");
            default -> ofKind(type, MODEL.path("shapes").path(type), operation);
        };
    }

    private String ofKind(String type, JsonNode shape, String operation) {
        return switch (shape.path("type").textValue()) {
            case "string" -> {
                List<String> words = new ArrayList<>();
                // The large RSA keys take seconds to make, and are no other code.
                shape.path("enum").forEach(word -> words.add(word.textValue()));
                words.removeAll(List.of("RSA_3072", "RSA_4096"));
                yield quoted(
                        words.isEmpty() ? "a".repeat(shape.path("min").asInt(1)) : pick(words));
            }
            case "integer" -> {
                int min = shape.path("min").asInt();
                int max = shape.path("max").asInt();
                yield "" + pick(List.of(min - 1, min, min + 1, max - 1, max, max + 1, 7, 30, 90));
            }
            case "boolean" -> random.nextInt(4) == 0 ? "true" : "false";
            case "timestamp" -> pick(List.of("0", "1767323045.678", "1e18", "-1e18", "4102444800"));
            case "blob" -> blob(new byte[1 + random.nextInt(64)]);
            case "list" -> {
                String element = shape.path("member").path("shape").textValue();
                List<String> elements = new ArrayList<>();
                for (int i = pick(List.of(0, 1, 1, 2, 3, 60)); i > 0; i--) {
                    elements.add(value(element, operation));
                }
                yield "[" + String.join(",", elements) + "]";
            }
            case "map" ->
                    pick(
                            List.of(
                                    "{}",
                                    "{\"a\":\"b\"}",
                                    "{\"b\":\"a\",\"a\":\"b\"}",
                                    "{\"a\":\"" + "b".repeat(9000) + "\"}"));
            default -> structure(type, operation);
        };
    }

    /** Mostly one that the operation can use. */
    private String keyId(String operation) {
        String usage =
                switch (operation) {
                    case "Sign", "Verify" -> "SIGN_VERIFY";
                    case "GenerateMac", "VerifyMac" -> "GENERATE_VERIFY_MAC";
                    case "DeriveSharedSecret" -> "KEY_AGREEMENT";
                    default -> "ENCRYPT_DECRYPT";
                };
        String id =
                pick(
                        random.nextInt(4) == 0
                                ? held.keyIds()
                                : Objects.requireNonNull(held.keyIdsByUsage().get(usage)));
        return switch (random.nextInt(14)) {
            case 0 -> "arn:aws:kms:us-east-2:111122223333:key/" + id;
            case 1 -> "arn:aws:kms:eu-west-1:111122223333:key/" + id;
            case 2 -> "arn:aws:kms:us-east-2:444455556666:key/" + id;
            case 3 -> pick(held.aliases());
            case 4 -> "arn:aws:kms:us-east-2:111122223333:" + pick(held.aliases());
            case 5 -> id.toUpperCase(Locale.ROOT);
            case 6 -> House.UNKNOWN_KEY;
            case 7 -> text(id);
            default -> id;
        };
    }

    /** As it is, or with one character changed, or cut. */
    private String text(String sound) {
        if (coin() || sound.isEmpty()) {
            return sound;
        }
        int at = random.nextInt(sound.length());
        return coin()
                ? sound.substring(0, at)
                : sound.substring(0, at)
                        + (char) (33 + random.nextInt(90))
                        + sound.substring(at + 1);
    }

    /** As they are, or with a bit flipped, or cut, or longer, or as an extreme number. */
    private byte[] changed(byte[] sound) {
        return switch (random.nextInt(12)) {
            case 0, 1, 2, 3 -> flipped(sound);
            case 4 -> Arrays.copyOf(sound, random.nextInt(sound.length));
            case 5 -> Arrays.copyOf(sound, sound.length + 1 + random.nextInt(6200));
            case 6 -> new byte[sound.length];
            case 7 -> {
                byte[] most = new byte[sound.length];
                Arrays.fill(most, (byte) 0xff);
                yield most;
            }
            default -> sound;
        };
    }

    private byte[] flipped(byte[] sound) {
        byte[] flipped = sound.clone();
        int bit = random.nextInt(sound.length * 8);
        flipped[bit / 8] ^= (byte) (1 << bit % 8);
        return flipped;
    }

    /** The modulus of an RSA key and its neighbours, as long as a ciphertext. */
    static List<byte[]> outOfRange(BigInteger modulus) {
        int bytes = (modulus.bitLength() + 7) / 8;
        BigInteger all = BigInteger.ONE.shiftLeft(8 * bytes).subtract(BigInteger.ONE);
        return List.of(
                fixed(modulus, bytes),
                fixed(modulus.add(BigInteger.ONE), bytes),
                fixed(modulus.subtract(BigInteger.ONE), bytes),
                fixed(all, bytes),
                fixed(BigInteger.ZERO, bytes),
                fixed(BigInteger.ONE, bytes),
                fixed(BigInteger.TWO, bytes));
    }

    private static byte[] fixed(BigInteger number, int length) {
        byte[] fixed = new byte[length];
        byte[] bytes = number.toByteArray();
        int from = Math.max(0, bytes.length - length);
        System.arraycopy(bytes, from, fixed, length - (bytes.length - from), bytes.length - from);
        return fixed;
    }

    private boolean coin() {
        return random.nextBoolean();
    }

    private <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    private static String blob(byte[] bytes) {
        return '"' + Base64.getEncoder().encodeToString(bytes) + '"';
    }

    private static String quoted(@Nullable String text) {
        try {
            return JSON.writeValueAsString(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode model() {
        String home = Objects.requireNonNull(System.getProperty("trent.home"), "trent.home");
        try {
            return new ObjectMapper()
                    .readTree(Path.of(home, "model", "kms-2014-11-01.json").toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
