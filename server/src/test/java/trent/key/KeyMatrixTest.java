package trent.key;

import static org.assertj.core.api.Assertions.assertThat;
import static trent.api.KeyState.CREATING;
import static trent.api.KeyState.DISABLED;
import static trent.api.KeyState.ENABLED;
import static trent.api.KeyState.PENDING_DELETION;
import static trent.api.KeyState.PENDING_IMPORT;
import static trent.api.KeyState.PENDING_REPLICA_DELETION;
import static trent.api.KeyState.UPDATING;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import trent.Golden;
import trent.House;
import trent.api.Blob;
import trent.api.KeySpec;
import trent.api.KeyState;
import trent.api.KeyUsageType;
import trent.api.KmsOperation;
import trent.api.OriginType;
import trent.imported.ImportedMaterial;
import trent.name.KeyArn;
import trent.name.KeyId;
import trent.name.Region;
import trent.store.Key;
import trent.store.Policies;

/**
 * Every operation on every kind of key in every state that it can have, as key-matrix.txt says.
 * Source: AWS KMS Developer Guide, "Key states of AWS KMS keys", and recorded replies.
 */
class KeyMatrixTest {

    private static final Set<String> WITHOUT_KEY =
            Set.of("CreateKey", "ListKeys", "GenerateRandom", "ListRetirableGrants");

    private static final Region THIRD_REGION = new Region("ap-southeast-2");
    private static final String GRANTEE = "arn:aws:iam::111122223333:user/alice";

    /** The columns. */
    private static final List<KeyState> STATES =
            List.of(
                    ENABLED,
                    DISABLED,
                    PENDING_DELETION,
                    PENDING_REPLICA_DELETION,
                    PENDING_IMPORT,
                    CREATING,
                    UPDATING);

    /** Where a key's material comes from, and so which states it can have. */
    private enum Source {
        GENERATED,
        /** In PendingImport, its material was deleted. */
        IMPORTED,
        NOT_IMPORTED,
        /** Of a multi-Region key, with a replica but while PendingDeletion. */
        PRIMARY,
        REPLICA;

        private Set<KeyState> states() {
            return switch (this) {
                case GENERATED -> Set.of(ENABLED, DISABLED, PENDING_DELETION);
                case IMPORTED -> Set.of(ENABLED, DISABLED, PENDING_DELETION, PENDING_IMPORT);
                case NOT_IMPORTED -> Set.of(DISABLED, PENDING_DELETION, PENDING_IMPORT);
                case PRIMARY ->
                        Set.of(
                                ENABLED,
                                DISABLED,
                                PENDING_DELETION,
                                PENDING_REPLICA_DELETION,
                                UPDATING);
                case REPLICA -> Set.of(ENABLED, DISABLED, PENDING_DELETION, CREATING, UPDATING);
            };
        }
    }

    /** A kind of key; kinds of one family differ in size only. */
    private record Kind(
            String name, String family, KeySpec spec, KeyUsageType usage, Source source) {

        OriginType origin() {
            return source == Source.IMPORTED || source == Source.NOT_IMPORTED
                    ? OriginType.EXTERNAL
                    : OriginType.AWS_KMS;
        }
    }

    /** The kinds by the table in the file's heading: name, family, spec, usage, source. */
    private final List<Kind> kinds = new ArrayList<>();

    /** One key of each kind, of which the keys of the table are copies. */
    private final Map<Kind, KeyArn> templates = new HashMap<>();

    private final House house = new House(new Sm2Regions(true, Set.of()));
    private final House.Caller here = house.caller();
    private final House.Caller there = house.root(House.ACCOUNT, House.OTHER_REGION);
    private final House.Caller third = house.root(House.ACCOUNT, THIRD_REGION);
    private int number;

    @AfterEach
    void close() {
        house.close();
    }

    @Test
    void everyOperationOnEveryKindOfKeyInEveryState() {
        Golden golden = Golden.of("key-matrix.txt");
        List<String> heading = golden.text().lines().takeWhile(line -> !line.isEmpty()).toList();
        readKinds(heading);
        Map<String, String> codes = codes(heading);
        StringBuilder table = new StringBuilder(String.join("\n", heading)).append('\n');
        for (String operation : operations()) {
            table.append(block(operation, codes));
        }
        golden.check(table.toString());
    }

    /** Nothing is missing: a new operation, spec, usage or state must come into the table. */
    @Test
    void theTableHasEverything() {
        readKinds(Golden.of("key-matrix.txt").text().lines().toList());
        Set<String> inTable = new TreeSet<>();
        operations().forEach(operation -> inTable.add(apiName(operation)));
        Set<String> working = new TreeSet<>(house.operations());
        working.removeAll(WITHOUT_KEY);
        assertThat(inTable).isEqualTo(working);

        Set<String> shown = new TreeSet<>();
        kinds.forEach(kind -> shown.add(kind.spec().wire() + " " + kind.usage().wire()));
        for (KeySpec spec : KeySpec.values()) {
            for (KeyUsageType usage : KeyUsageType.values()) {
                String outcome =
                        here.tried(
                                "CreateKey",
                                "KeySpec",
                                spec.wire(),
                                "KeyUsage",
                                usage.wire(),
                                "Origin",
                                KeySpecs.of(spec).importable() ? "EXTERNAL" : "AWS_KMS");
                assertThat(shown.contains(spec.wire() + " " + usage.wire()))
                        .as("%s %s: %s", spec.wire(), usage.wire(), outcome)
                        .isEqualTo(outcome.equals(House.OK));
            }
        }
    }

    /** The names of the blocks; some operations have several. */
    private List<String> operations() {
        Map<String, List<String>> several =
                Map.of(
                        "Decrypt", List.of("Decrypt", "Decrypt foreign"),
                        "Encrypt", List.of("Encrypt", "Encrypt algorithm"),
                        "GenerateMac", List.of("GenerateMac", "GenerateMac algorithm"),
                        "ReEncrypt", List.of("ReEncrypt from", "ReEncrypt to"),
                        "Sign", List.of("Sign", "Sign algorithm"),
                        "UpdateAlias", List.of("UpdateAlias from", "UpdateAlias to"));
        return house.operations().stream()
                .filter(operation -> !WITHOUT_KEY.contains(operation))
                .flatMap(operation -> several.getOrDefault(operation, List.of(operation)).stream())
                .toList();
    }

    /** Kinds that answer alike stand in one line; what a state cannot be for them fits any. */
    private String block(String operation, Map<String, String> codes) {
        Map<Map<KeyState, String>, List<Kind>> groups = new LinkedHashMap<>();
        for (Kind kind : kinds) {
            Map<KeyState, String> row = row(operation, kind, codes);
            Map<KeyState, String> alike =
                    groups.entrySet().stream()
                            .filter(each -> compatible(each.getKey(), row))
                            .max(Comparator.comparing(each -> kinship(each.getValue(), kind)))
                            .map(Map.Entry::getKey)
                            .orElse(Map.of());
            List<Kind> members = groups.remove(alike);
            Map<KeyState, String> merged = new EnumMap<>(KeyState.class);
            merged.putAll(alike);
            merged.putAll(row);
            List<Kind> all = new ArrayList<>(members == null ? List.of() : members);
            all.add(kind);
            groups.put(merged, all);
        }
        StringBuilder block = new StringBuilder("\n## " + operation + "\n");
        for (KeyState state : STATES) {
            block.append(column(state).formatted(abbreviation(state)));
        }
        block.append("keys\n");
        groups.entrySet().stream()
                .sorted(
                        (a, b) ->
                                kinds.indexOf(a.getValue().getFirst())
                                        - kinds.indexOf(b.getValue().getFirst()))
                .forEach(
                        group -> {
                            for (KeyState state : STATES) {
                                block.append(
                                        column(state)
                                                .formatted(
                                                        group.getKey().getOrDefault(state, "-")));
                            }
                            block.append(names(group.getValue())).append('\n');
                        });
        return block.toString();
    }

    /** How near the kind is to the nearest of these: of the same use, of the same origin. */
    private static int kinship(List<Kind> members, Kind kind) {
        return members.stream()
                .mapToInt(
                        each ->
                                (KeySpecs.of(each.spec()).type() == KeySpecs.of(kind.spec()).type()
                                                        && each.usage() == kind.usage()
                                                ? 2
                                                : 0)
                                        + (each.origin() == kind.origin() ? 1 : 0))
                .max()
                .orElse(0);
    }

    private static boolean compatible(Map<KeyState, String> one, Map<KeyState, String> other) {
        return one.entrySet().stream()
                .allMatch(
                        cell ->
                                other.getOrDefault(cell.getKey(), cell.getValue())
                                        .equals(cell.getValue()));
    }

    /** A family by its name where all of it answers alike. */
    private String names(List<Kind> members) {
        if (members.size() == kinds.size()) {
            return "all";
        }
        Set<String> names = new LinkedHashSet<>();
        for (Kind kind : members) {
            boolean whole =
                    kinds.stream()
                            .filter(each -> each.family().equals(kind.family()))
                            .allMatch(members::contains);
            names.add(whole ? kind.family() : kind.name());
        }
        return String.join(" ", names);
    }

    private Map<KeyState, String> row(String operation, Kind kind, Map<String, String> codes) {
        Map<KeyState, String> row = new EnumMap<>(KeyState.class);
        for (KeyState state : STATES) {
            if (kind.source().states().contains(state)) {
                House.Caller caller = kind.source() == Source.REPLICA ? there : here;
                KeyArn arn = key(kind, state);
                String outcome =
                        template(tried(operation, caller, kind, arn, state), arn, kind, operation);
                row.put(state, codes.getOrDefault(outcome, outcome));
            }
        }
        return row;
    }

    /** The outcome with names for what differs from key to key. */
    private static String template(String outcome, KeyArn arn, Kind kind, String operation) {
        return outcome.replace(arn.toString(), "<arn>")
                .replace("key usage is " + kind.usage().wire(), "key usage is <usage>")
                .replace("valid for " + apiName(operation) + ".", "valid for <operation>.")
                .replace("key spec " + kind.spec().wire() + ".", "key spec <spec>.")
                .replaceAll("Algorithm [A-Z0-9_]+ is", "Algorithm <algorithm> is")
                .replace("origin is " + kind.origin().wire(), "origin is <origin>");
    }

    /** A key of the kind, still enabled if it can be: the call is prepared on it first. */
    private KeyArn key(Kind kind, KeyState state) {
        return switch (kind.source()) {
            case GENERATED -> copy(templates.computeIfAbsent(kind, this::create));
            case NOT_IMPORTED -> create(kind);
            case IMPORTED -> {
                KeyArn arn = create(kind);
                ImportedMaterial.importFirst(house, arn, 1, null);
                yield arn;
            }
            case PRIMARY, REPLICA -> {
                KeyArn primary = create(kind);
                if (state != PENDING_DELETION || kind.source() == Source.REPLICA) {
                    here.ask(
                            KmsOperation.REPLICATE_KEY,
                            "KeyId",
                            primary.id().value(),
                            "ReplicaRegion",
                            House.OTHER_REGION.value());
                }
                yield kind.source() == Source.PRIMARY ? primary : there.arn(primary.id().value());
            }
        };
    }

    private KeyArn create(Kind kind) {
        String id =
                Objects.requireNonNull(
                                here.ask(
                                                KmsOperation.CREATE_KEY,
                                                "KeySpec",
                                                kind.spec().wire(),
                                                "KeyUsage",
                                                kind.usage().wire(),
                                                "Origin",
                                                kind.origin().wire(),
                                                "MultiRegion",
                                                kind.source() == Source.PRIMARY
                                                        || kind.source() == Source.REPLICA)
                                        .keyMetadata())
                        .keyId();
        return here.arn(id);
    }

    /** A key with the material of another: making an RSA key pair for each call takes too long. */
    private KeyArn copy(KeyArn template) {
        byte[] random = new byte[16];
        ByteBuffer.wrap(random).putInt(++number);
        KeyArn arn = new KeyArn(template.region(), template.account(), KeyId.of(random, false));
        house.store()
                .write(
                        tx -> {
                            Key from = Objects.requireNonNull(tx.keys().find(template));
                            Policies.Stored policy =
                                    Objects.requireNonNull(tx.policies().of(template));
                            tx.keys()
                                    .insert(
                                            Key.created(
                                                            arn,
                                                            from.spec(),
                                                            from.usage(),
                                                            from.origin(),
                                                            from.state(),
                                                            "",
                                                            from.created(),
                                                            null)
                                                    .withMaterial(from.currentMaterialId(), null));
                            tx.policies().put(arn, policy);
                            tx.materials()
                                    .of(template)
                                    .all()
                                    .forEach(
                                            each ->
                                                    tx.materials()
                                                            .put(arn, each.facts(), each.secret()));
                            return true;
                        });
        return arn;
    }

    private void enter(Kind kind, KeyArn arn, KeyState state) {
        if (kind.source() == Source.IMPORTED && state == PENDING_IMPORT) {
            String material =
                    Objects.requireNonNull(
                            Objects.requireNonNull(house.store().key(arn)).currentMaterialId());
            ImportedMaterial.forget(house, arn, material);
        }
        house.setState(arn, state);
    }

    /** Prepares the call on a key that is not in the state yet, then makes it. */
    private String tried(
            String operation, House.Caller caller, Kind kind, KeyArn arn, KeyState state) {
        Map<String, @Nullable Object> members = members(operation, caller, kind, arn);
        enter(kind, arn, state);
        return caller.tried(
                apiName(operation),
                members.entrySet().stream()
                        .flatMap(e -> Stream.of(e.getKey(), e.getValue()))
                        .toArray());
    }

    private Map<String, @Nullable Object> members(
            String operation, House.Caller caller, Kind kind, KeyArn arn) {
        String key = arn.id().value();
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("KeyId", key);
        switch (operation) {
            case "CreateAlias" -> {
                members.remove("KeyId");
                members.put("AliasName", "alias/" + ++number);
                members.put("TargetKeyId", key);
            }
            case "DeleteAlias" -> {
                members.remove("KeyId");
                members.put("AliasName", alias(caller, key));
            }
            case "UpdateAlias from", "UpdateAlias to" -> {
                String partner = partner(caller, kind).id().value();
                boolean from = operation.endsWith("from");
                members.remove("KeyId");
                members.put("AliasName", alias(caller, from ? key : partner));
                members.put("TargetKeyId", from ? partner : key);
            }
            case "CreateGrant" -> {
                members.put("GranteePrincipal", GRANTEE);
                members.put("Operations", List.of("DescribeKey"));
            }
            case "RetireGrant", "RevokeGrant" -> {
                members.put("KeyId", arn.toString());
                members.put("GrantId", grant(caller, kind, key));
            }
            case "Encrypt" -> {
                members.put("Plaintext", new byte[1]);
                members.put("EncryptionAlgorithm", encryptionAlgorithm(kind));
            }
            case "Encrypt algorithm" -> {
                members.put("Plaintext", new byte[1]);
                members.put(
                        "EncryptionAlgorithm",
                        symmetric(kind) ? "RSAES_OAEP_SHA_1" : "SYMMETRIC_DEFAULT");
            }
            case "Decrypt" -> {
                members.put("CiphertextBlob", ciphertext(caller, kind, key));
                members.put("EncryptionAlgorithm", encryptionAlgorithm(kind));
            }
            case "Decrypt foreign" ->
                    members.put("CiphertextBlob", caller.encrypt(caller.newKey()));
            case "ReEncrypt from" -> {
                members.remove("KeyId");
                members.put("SourceKeyId", key);
                members.put("CiphertextBlob", ciphertext(caller, kind, key));
                members.put("SourceEncryptionAlgorithm", encryptionAlgorithm(kind));
                members.put("DestinationKeyId", caller.newKey());
            }
            case "ReEncrypt to" -> {
                members.remove("KeyId");
                members.put("CiphertextBlob", caller.encrypt(caller.newKey()));
                members.put("DestinationKeyId", key);
                members.put("DestinationEncryptionAlgorithm", encryptionAlgorithm(kind));
            }
            case "GenerateDataKey", "GenerateDataKeyWithoutPlaintext" ->
                    members.put("KeySpec", "AES_256");
            case "GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext" ->
                    members.put("KeyPairSpec", "ECC_NIST_P256");
            case "GenerateMac", "VerifyMac" -> {
                members.put("Message", new byte[1]);
                members.put("MacAlgorithm", macAlgorithm(kind));
                if (operation.equals("VerifyMac")) {
                    members.put("Mac", mac(caller, kind, members));
                }
            }
            case "GenerateMac algorithm" -> {
                members.put("Message", new byte[1]);
                members.put(
                        "MacAlgorithm",
                        macAlgorithm(kind).equals("HMAC_SHA_256")
                                ? "HMAC_SHA_512"
                                : "HMAC_SHA_256");
            }
            case "Sign", "Verify" -> {
                members.put("Message", new byte[1]);
                members.put("SigningAlgorithm", signingAlgorithm(kind));
                if (operation.equals("Verify")) {
                    members.put("Signature", signature(caller, kind, members));
                }
            }
            case "Sign algorithm" -> {
                members.put("Message", new byte[1]);
                members.put("SigningAlgorithm", "SYMMETRIC_DEFAULT");
            }
            case "DeriveSharedSecret" -> {
                members.put("KeyAgreementAlgorithm", "ECDH");
                members.put("PublicKey", publicKey(caller, kind, key));
            }
            case "TagResource" ->
                    members.put("Tags", List.of(Map.of("TagKey", "a", "TagValue", "b")));
            case "UntagResource" -> members.put("TagKeys", List.of("a"));
            case "UpdateKeyDescription" -> members.put("Description", "x");
            case "PutKeyPolicy" ->
                    members.put(
                            "Policy",
                            caller.ask(KmsOperation.GET_KEY_POLICY, "KeyId", key).policy());
            case "ReplicateKey" -> members.put("ReplicaRegion", third.call().region().value());
            case "UpdatePrimaryRegion" ->
                    members.put("PrimaryRegion", there.call().region().value());
            case "GetParametersForImport" -> {
                members.put(
                        "WrappingAlgorithm",
                        kind.spec() == KeySpec.RSA_2048
                                ? "RSA_AES_KEY_WRAP_SHA_256"
                                : "RSAES_OAEP_SHA_256");
                members.put("WrappingKeySpec", "RSA_2048");
            }
            case "ImportKeyMaterial" -> {
                members.put("ImportToken", new byte[] {1});
                members.put("EncryptedKeyMaterial", new byte[256]);
                members.put("ExpirationModel", "KEY_MATERIAL_DOES_NOT_EXPIRE");
            }
            default -> {
                // The key is all that the operation needs.
            }
        }
        return members;
    }

    private String alias(House.Caller caller, String key) {
        String name = "alias/" + ++number;
        caller.newAlias(name, key);
        return name;
    }

    /** Another key of the kind. */
    private KeyArn partner(House.Caller caller, Kind kind) {
        KeyArn arn = key(kind, ENABLED);
        assertThat(arn.region()).isEqualTo(caller.call().region());
        return arn;
    }

    /** A grant that was made while the key could have some; else an id that none has. */
    private static String grant(House.Caller caller, Kind kind, String key) {
        if (kind.source() == Source.NOT_IMPORTED) {
            return "0".repeat(64);
        }
        return Objects.requireNonNull(
                caller.ask(
                                KmsOperation.CREATE_GRANT,
                                "KeyId",
                                key,
                                "GranteePrincipal",
                                GRANTEE,
                                "Operations",
                                List.of("DescribeKey"))
                        .grantId());
    }

    private static boolean symmetric(Kind kind) {
        return kind.spec() == KeySpec.SYMMETRIC_DEFAULT;
    }

    private static boolean encrypts(Kind kind) {
        return kind.usage() == KeyUsageType.ENCRYPT_DECRYPT;
    }

    private static boolean usable(Kind kind) {
        return kind.source() != Source.NOT_IMPORTED;
    }

    private static String encryptionAlgorithm(Kind kind) {
        return kind.spec() == KeySpec.SM2
                ? "SM2PKE"
                : symmetric(kind) ? "SYMMETRIC_DEFAULT" : "RSAES_OAEP_SHA_256";
    }

    /** A ciphertext of the key; of one that cannot make any, something as long. */
    private static byte[] ciphertext(House.Caller caller, Kind kind, String key) {
        if (!encrypts(kind)) {
            return new byte[256];
        }
        if (!usable(kind)) { // the header is all that comes to be looked at
            return symmetric(kind) ? headerOf(caller, key) : new byte[256];
        }
        return bytes(
                caller.ask(
                                KmsOperation.ENCRYPT,
                                "KeyId",
                                key,
                                "Plaintext",
                                new byte[1],
                                "EncryptionAlgorithm",
                                encryptionAlgorithm(kind))
                        .ciphertextBlob());
    }

    /** A ciphertext that names the key and was never made by it; see docs/ciphertext.md. */
    private static byte[] headerOf(House.Caller caller, String key) {
        ByteBuffer blob = ByteBuffer.wrap(caller.encrypt(caller.newKey()));
        blob.put(1, caller.arn(key).id().bytes());
        CRC32C check = new CRC32C();
        check.update(blob.array(), 0, 82);
        return blob.putInt(82, (int) check.getValue()).array();
    }

    private static String macAlgorithm(Kind kind) {
        return kind.usage() == KeyUsageType.GENERATE_VERIFY_MAC
                ? "HMAC_SHA_" + kind.spec().wire().substring("HMAC_".length())
                : "HMAC_SHA_256";
    }

    private static byte[] mac(
            House.Caller caller, Kind kind, Map<String, @Nullable Object> members) {
        if (kind.usage() != KeyUsageType.GENERATE_VERIFY_MAC || !usable(kind)) {
            return new byte[32];
        }
        return bytes(
                caller.ask(
                                KmsOperation.GENERATE_MAC,
                                "KeyId",
                                members.get("KeyId"),
                                "Message",
                                members.get("Message"),
                                "MacAlgorithm",
                                members.get("MacAlgorithm"))
                        .mac());
    }

    /** Another one for each length of RSA keys. */
    private static String signingAlgorithm(Kind kind) {
        if (kind.usage() != KeyUsageType.SIGN_VERIFY) {
            return "ECDSA_SHA_256";
        }
        return switch (kind.spec()) {
            case RSA_3072 -> "RSASSA_PSS_SHA_384";
            case RSA_4096 -> "RSASSA_PSS_SHA_512";
            default -> KeySpecs.of(kind.spec()).signing().getFirst().wire();
        };
    }

    private static byte[] signature(
            House.Caller caller, Kind kind, Map<String, @Nullable Object> members) {
        if (kind.usage() != KeyUsageType.SIGN_VERIFY || !usable(kind)) {
            return new byte[64];
        }
        return bytes(
                caller.ask(
                                KmsOperation.SIGN,
                                "KeyId",
                                members.get("KeyId"),
                                "Message",
                                members.get("Message"),
                                "SigningAlgorithm",
                                members.get("SigningAlgorithm"))
                        .signature());
    }

    private static byte[] publicKey(House.Caller caller, Kind kind, String key) {
        if (kind.usage() != KeyUsageType.KEY_AGREEMENT || !usable(kind)) {
            return new byte[91];
        }
        return bytes(caller.ask(KmsOperation.GET_PUBLIC_KEY, "KeyId", key).publicKey());
    }

    private static byte[] bytes(@Nullable Blob blob) {
        return Objects.requireNonNull(blob).bytes();
    }

    private static String apiName(String operation) {
        return operation.replaceAll(" .*", "");
    }

    private static String abbreviation(KeyState state) {
        return state.wire()
                .replace("Pending", "Pend")
                .replace("Deletion", "Del")
                .replace("Replica", "Rep");
    }

    private static String column(KeyState state) {
        return "%-" + (Math.max(abbreviation(state).length(), 7) + 1) + "s";
    }

    /** The table of kinds in the heading. */
    private void readKinds(List<String> heading) {
        for (String line : heading) {
            List<String> words = List.of(line.split(" +", -1));
            if (line.matches("# [a-z0-9-]+ +[a-z0-9-]+ +[A-Z0-9_]+ +[A-Z_]+ +[A-Z_]+")) {
                kinds.add(
                        new Kind(
                                words.get(1),
                                words.get(2),
                                Objects.requireNonNull(KeySpec.ofWire(words.get(3))),
                                Objects.requireNonNull(KeyUsageType.ofWire(words.get(4))),
                                Source.valueOf(words.get(5))));
            }
        }
        assertThat(kinds).as("the kinds in the heading").hasSizeGreaterThan(20);
    }

    /** The legend: an outcome and its code. */
    private static Map<String, String> codes(List<String> heading) {
        Map<String, String> codes = new HashMap<>(Map.of(House.OK, House.OK));
        for (String line : heading) {
            if (line.matches("# +[A-Za-z]+ += .*")) {
                int at = line.indexOf('=');
                codes.put(line.substring(at + 2), line.substring(1, at).strip());
            }
        }
        return codes;
    }
}
