package trent.key;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import trent.House;
import trent.api.KeyState;
import trent.api.KmsOperation;
import trent.imported.Importing;
import trent.store.Key;

/** Every operation on a key in every state, by the table in key-states.txt. */
class KeyStatesTest {

    private static final Set<String> WITHOUT_KEY =
            Set.of("CreateKey", "ListKeys", "GenerateRandom");

    /** Operations on a key of origin EXTERNAL; with -own, on one of origin AWS_KMS. */
    private static final Set<String> IMPORTS =
            Set.of("GetParametersForImport", "ImportKeyMaterial", "DeleteImportedKeyMaterial");

    private final House house = new House();
    private final House.Caller caller = house.caller();
    private String other = "";
    private int number;
    private byte[] token = {1};

    @BeforeEach
    void makeOther() {
        other = caller.newKey();
    }

    @AfterEach
    void close() {
        house.close();
    }

    @Test
    void everyOperationInEveryState() throws IOException {
        String expected;
        try (InputStream file =
                Objects.requireNonNull(
                        KeyStatesTest.class.getResourceAsStream("/key-states.txt"))) {
            expected = new String(file.readAllBytes(), UTF_8);
        }
        Map<String, String> codes = codes(expected);
        List<String> states = List.of();
        List<String> actual = new ArrayList<>();
        for (String line : expected.lines().toList()) {
            List<String> words = Arrays.asList(line.split(" +", -1));
            if (line.startsWith("# operation on the key")) {
                states = words.subList(5, words.size());
                actual.add(line);
            } else if (line.startsWith("#")) {
                actual.add(line);
            } else {
                actual.add(row(words.getFirst(), states, codes));
            }
        }
        assertThat(states)
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(KeyState.values()).map(KeyState::wire).toList());
        assertThat(String.join("\n", actual) + "\n").isEqualTo(expected);
    }

    @Test
    void everyRowIsAnOperation() throws IOException {
        Set<String> rows = new TreeSet<>(WITHOUT_KEY);
        try (InputStream file =
                Objects.requireNonNull(
                        KeyStatesTest.class.getResourceAsStream("/key-states.txt"))) {
            new String(file.readAllBytes(), UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .forEach(
                            line ->
                                    rows.add(
                                            line.substring(0, line.indexOf(' '))
                                                    .replaceAll("-(from|to|own)$", "")));
        }
        assertThat(house.operations()).containsAll(rows);
    }

    @Test
    void anOperationWithoutRowIsOurMistake() {
        Key key = Objects.requireNonNull(house.store().key(caller.arn(other)));
        assertThatThrownBy(() -> KeyStates.require(KmsOperation.CREATE_KEY, key))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private String row(String operation, List<String> states, Map<String, String> codes) {
        StringBuilder row = new StringBuilder("%-33s".formatted(operation));
        for (String state : states) {
            boolean external = IMPORTS.contains(operation);
            String key = external ? Importing.newKey(caller) : caller.newKey();
            caller.newAlias("alias/" + ++number, key);
            byte[] blob = external ? wrapped(key) : caller.encrypt(key);
            house.setState(caller.arn(key), Objects.requireNonNull(KeyState.ofWire(state)));
            String outcome =
                    tried(operation, key, blob).replace(caller.arn(key).toString(), "<arn>");
            String width = "%-" + state.length() + "s";
            row.append(' ').append(width.formatted(codes.getOrDefault(outcome, outcome)));
        }
        return row.toString().stripTrailing();
    }

    private String tried(String operation, String key, byte[] blob) {
        String alias = "alias/" + number;
        return switch (operation) {
            case "CreateAlias" ->
                    caller.tried(operation, "AliasName", alias + "/new", "TargetKeyId", key);
            case "DeleteAlias" -> caller.tried(operation, "AliasName", alias);
            case "UpdateAlias-from" ->
                    caller.tried("UpdateAlias", "AliasName", alias, "TargetKeyId", other);
            case "UpdateAlias-to" -> {
                caller.newAlias(alias + "/of-another", other);
                yield caller.tried(
                        "UpdateAlias", "AliasName", alias + "/of-another", "TargetKeyId", key);
            }
            case "Decrypt" -> caller.tried(operation, "CiphertextBlob", blob);
            case "Encrypt" -> caller.tried(operation, "KeyId", key, "Plaintext", new byte[1]);
            case "GenerateDataKey", "GenerateDataKeyWithoutPlaintext" ->
                    caller.tried(operation, "KeyId", key, "KeySpec", "AES_256");
            case "ReEncrypt-from" ->
                    caller.tried("ReEncrypt", "CiphertextBlob", blob, "DestinationKeyId", other);
            case "ReEncrypt-to" ->
                    caller.tried(
                            "ReEncrypt",
                            "CiphertextBlob",
                            caller.encrypt(other),
                            "DestinationKeyId",
                            key);
            case "TagResource" ->
                    caller.tried(
                            operation,
                            "KeyId",
                            key,
                            "Tags",
                            List.of(Map.of("TagKey", "a", "TagValue", "b")));
            case "UntagResource" -> caller.tried(operation, "KeyId", key, "TagKeys", List.of("a"));
            case "UpdateKeyDescription" ->
                    caller.tried(operation, "KeyId", key, "Description", "x");
            case "PutKeyPolicy" ->
                    caller.tried(
                            operation,
                            "KeyId",
                            key,
                            "Policy",
                            caller.ask(KmsOperation.GET_KEY_POLICY, "KeyId", key).policy());
            case "GetParametersForImport", "GetParametersForImport-own" ->
                    caller.tried(
                            "GetParametersForImport",
                            "KeyId",
                            key,
                            "WrappingKeySpec",
                            "RSA_2048",
                            "WrappingAlgorithm",
                            "RSAES_OAEP_SHA_256");
            case "ImportKeyMaterial", "ImportKeyMaterial-own" ->
                    caller.tried(
                            "ImportKeyMaterial",
                            "KeyId",
                            key,
                            "ImportToken",
                            token,
                            "EncryptedKeyMaterial",
                            blob,
                            "ExpirationModel",
                            "KEY_MATERIAL_DOES_NOT_EXPIRE");
            case "DeleteImportedKeyMaterial-own" ->
                    caller.tried("DeleteImportedKeyMaterial", "KeyId", key);
            default -> caller.tried(operation, "KeyId", key);
        };
    }

    /** Imports material into the key, and wraps it once more. */
    private byte[] wrapped(String key) {
        Importing importing = Importing.begin(caller, key);
        importing.lasting(Importing.material(1));
        token = importing.token();
        return importing.wrap(Importing.material(1));
    }

    /** The legend: an outcome and its code. */
    private static Map<String, String> codes(String table) {
        Map<String, String> codes = new HashMap<>(Map.of(House.OK, House.OK));
        table.lines()
                .filter(line -> line.matches("# [A-Z]   .*"))
                .forEach(line -> codes.put(line.substring(6), line.substring(2, 3)));
        return codes;
    }
}
