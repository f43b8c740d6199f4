package trent.seed;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.schema.CoreSchema;
import trent.api.KeySpec;
import trent.api.KeyUsageType;
import trent.api.OriginType;
import trent.api.ServiceException;
import trent.name.AccountId;
import trent.name.AliasName;
import trent.name.KeyId;
import trent.name.Region;
import trent.seal.Secret;
import trent.seed.Seed.Identity;
import trent.seed.Seed.NewAccessKey;
import trent.seed.Seed.NewAlias;
import trent.seed.Seed.NewKey;
import trent.seed.SeedValue.Members;
import trent.store.EntityKind;

/** Reads a seed's text. It is strict: whatever it does not know is wrong. */
final class SeedReader {

    private static final Set<String> FILE = Set.of("accounts");
    private static final Set<String> ACCOUNT =
            Set.of("accessKeys", "policies", "groups", "users", "roles", "keys", "aliases");
    private static final Set<String> ACCESS_KEY = Set.of("id", "secret");
    private static final Set<String> POLICY =
            Set.of("name", "path", "description", "tags", "document");
    private static final Set<String> GROUP = Set.of("name", "path", "policies", "attached");
    private static final Set<String> USER =
            Set.of(
                    "name",
                    "path",
                    "tags",
                    "boundary",
                    "groups",
                    "accessKeys",
                    "policies",
                    "attached");
    private static final Set<String> ROLE =
            Set.of(
                    "name",
                    "path",
                    "description",
                    "tags",
                    "boundary",
                    "trust",
                    "maxSession",
                    "policies",
                    "attached");
    private static final Set<String> KEY =
            Set.of(
                    "id",
                    "region",
                    "spec",
                    "usage",
                    "origin",
                    "multiRegion",
                    "material",
                    "description",
                    "policy",
                    "tags",
                    "rotation");
    private static final Set<String> ALIAS = Set.of("name", "region", "key");

    private static final Pattern ACCESS_KEY_ID = Pattern.compile("[A-Za-z0-9_]{16,128}");
    private static final int MIN_SECRET = 8;
    private static final String HEX = "hex:";
    private static final int MIN_SESSION = 3600;
    private static final int MAX_SESSION = 43_200;
    private static final int MIN_ROTATION = 90;
    private static final int MAX_ROTATION = 2560;
    private static final int USUAL_ROTATION = 365;
    private static final int MAX_CODE_POINTS = 16 << 20;

    private final Set<String> accessKeyIds = new HashSet<>();

    private SeedReader() {}

    /**
     * Reads it.
     *
     * @throws Wrong if it is no seed
     */
    static Seed read(byte[] text, SeedValue.Sources sources) {
        LoadSettings settings =
                LoadSettings.builder()
                        .setSchema(new CoreSchema())
                        .setCodePointLimit(MAX_CODE_POINTS)
                        .setMaxAliasesForCollections(0)
                        .build();
        Node root;
        try {
            root = new Compose(settings).composeString(new String(text, UTF_8)).orElse(null);
        } catch (MarkedYamlEngineException e) {
            throw new Wrong(
                    e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1),
                    "this is no YAML: " + e.getProblem());
        } catch (YamlEngineException e) {
            throw new Wrong(1, "this is no YAML: " + e.getMessage());
        }
        if (root == null) {
            throw new Wrong(1, "the file is empty. It begins with accounts:");
        }
        return new SeedReader().seed(new SeedValue(root, sources));
    }

    private Seed seed(SeedValue file) {
        List<Seed.Account> accounts = new ArrayList<>();
        file.members("the seed", FILE)
                .get("accounts")
                .entries("accounts")
                .forEach((id, value) -> accounts.add(account(id, value)));
        return new Seed(accounts);
    }

    private Seed.Account account(String id, SeedValue value) {
        if (!AccountId.isValid(id)) {
            throw value.wrong("%s is no id of an account: 12 digits".formatted(id));
        }
        Members all = value.members("an account", ACCOUNT);
        List<Identity> identities = new ArrayList<>();
        Set<String> names = new HashSet<>();
        read(all, "policies", each -> policy(each), identities, names);
        read(all, "groups", each -> group(each), identities, names);
        read(all, "users", each -> user(each), identities, names);
        read(all, "roles", each -> role(each), identities, names);
        Map<String, NewKey> keys = new LinkedHashMap<>();
        for (SeedValue each : all.list("keys")) {
            NewKey key = key(each);
            if (keys.put(key.region() + "/" + key.id(), key) != null) {
                throw each.wrong(
                        "the key %s of %s stands here twice".formatted(key.id(), key.region()));
            }
        }
        Map<String, NewAlias> aliases = new LinkedHashMap<>();
        for (SeedValue each : all.list("aliases")) {
            NewAlias alias = alias(each);
            if (aliases.put(alias.region() + "/" + alias.name(), alias) != null) {
                throw each.wrong(
                        "%s of %s stands here twice".formatted(alias.name(), alias.region()));
            }
        }
        return new Seed.Account(
                value.line(),
                new AccountId(id),
                accessKeys(all),
                identities,
                List.copyOf(keys.values()),
                List.copyOf(aliases.values()));
    }

    private static void read(
            Members all,
            String member,
            java.util.function.Function<SeedValue, Identity> reader,
            List<Identity> to,
            Set<String> names) {
        for (SeedValue each : all.list(member)) {
            Identity identity = reader.apply(each);
            if (!names.add(identity.kind() + "/" + identity.kind().fold(identity.name()))) {
                throw each.wrong(
                        "the %s %s stands here twice"
                                .formatted(identity.kind().noun(), identity.name()));
            }
            to.add(identity);
        }
    }

    private static Identity policy(SeedValue value) {
        Members of = value.members("a policy", POLICY);
        return new Identity(
                value.line(),
                EntityKind.POLICY,
                of.get("name").text("name"),
                of.text("path"),
                of.text("description"),
                of.texts("tags"),
                null,
                null,
                List.of(),
                null,
                null,
                null,
                null,
                of.get("document").document("document"));
    }

    private static Identity group(SeedValue value) {
        Members of = value.members("a group", GROUP);
        return new Identity(
                value.line(),
                EntityKind.GROUP,
                of.get("name").text("name"),
                of.text("path"),
                null,
                null,
                null,
                null,
                List.of(),
                documents(of),
                texts(of, "attached"),
                null,
                null,
                null);
    }

    private Identity user(SeedValue value) {
        Members of = value.members("a user", USER);
        return new Identity(
                value.line(),
                EntityKind.USER,
                of.get("name").text("name"),
                of.text("path"),
                null,
                of.texts("tags"),
                of.text("boundary"),
                texts(of, "groups"),
                accessKeys(of),
                documents(of),
                texts(of, "attached"),
                null,
                null,
                null);
    }

    private static Identity role(SeedValue value) {
        Members of = value.members("a role", ROLE);
        SeedValue session = of.find("maxSession");
        return new Identity(
                value.line(),
                EntityKind.ROLE,
                of.get("name").text("name"),
                of.text("path"),
                of.text("description"),
                of.texts("tags"),
                of.text("boundary"),
                null,
                List.of(),
                documents(of),
                texts(of, "attached"),
                of.get("trust").document("trust"),
                session == null ? null : session.number("maxSession", MIN_SESSION, MAX_SESSION),
                null);
    }

    private List<NewAccessKey> accessKeys(Members of) {
        List<NewAccessKey> keys = new ArrayList<>();
        for (SeedValue each : of.list("accessKeys")) {
            Members key = each.members("an access key", ACCESS_KEY);
            String id = key.get("id").text("id");
            if (!ACCESS_KEY_ID.matcher(id).matches()) {
                throw key.get("id")
                        .wrong("the id of an access key has 16 to 128 letters and digits");
            }
            if (!accessKeyIds.add(id)) {
                throw key.get("id").wrong("the access key %s stands here twice".formatted(id));
            }
            String secret = key.get("secret").secret("secret");
            if (secret.length() < MIN_SECRET) {
                throw key.get("secret")
                        .wrong(
                                "a secret access key has %d characters or more"
                                        .formatted(MIN_SECRET));
            }
            keys.add(new NewAccessKey(each.line(), id, new Secret(secret.getBytes(UTF_8))));
        }
        return keys;
    }

    private static @Nullable Map<String, String> documents(Members of) {
        SeedValue policies = of.find("policies");
        if (policies == null) {
            return null;
        }
        Map<String, String> documents = new LinkedHashMap<>();
        policies.entries("policies")
                .forEach((name, value) -> documents.put(name, value.document(name)));
        return documents;
    }

    private static @Nullable List<String> texts(Members of, String member) {
        SeedValue value = of.find(member);
        return value == null
                ? null
                : value.list(member).stream().map(each -> each.text(member)).distinct().toList();
    }

    private static NewKey key(SeedValue value) {
        Members of = value.members("a key", KEY);
        KeyId id = keyId(of.get("id"), "id");
        SeedValue multiRegion = of.find("multiRegion");
        if (multiRegion != null && multiRegion.truth("multiRegion") != id.multiRegion()) {
            throw multiRegion.wrong(
                    "the id of a multi-Region key, and of no other, begins with mrk-");
        }
        String spec = of.text("spec");
        if (spec != null && KeySpec.ofWire(spec) == null) {
            throw of.get("spec").wrong("there is no key spec %s".formatted(spec));
        }
        String usage = of.text("usage");
        if (usage != null && KeyUsageType.ofWire(usage) == null) {
            throw of.get("usage").wrong("there is no key usage %s".formatted(usage));
        }
        String origin = of.text("origin");
        if (origin != null
                && !origin.equals(OriginType.AWS_KMS.wire())
                && !origin.equals(OriginType.EXTERNAL.wire())) {
            throw of.get("origin").wrong("the origin of a key here is AWS_KMS or EXTERNAL");
        }
        SeedValue policy = of.find("policy");
        return new NewKey(
                value.line(),
                id,
                region(of.get("region")),
                spec == null ? KeySpec.SYMMETRIC_DEFAULT.wire() : spec,
                usage,
                origin == null ? OriginType.AWS_KMS.wire() : origin,
                material(of.find("material")),
                of.text("description"),
                policy == null ? null : policy.document("policy"),
                of.texts("tags"),
                rotation(of.find("rotation")));
    }

    private static @Nullable Integer rotation(@Nullable SeedValue value) {
        if (value == null) {
            return null;
        }
        if (value.isTruth()) {
            return value.truth("rotation") ? USUAL_ROTATION : 0;
        }
        return value.number("rotation", MIN_ROTATION, MAX_ROTATION);
    }

    private static @Nullable Secret material(@Nullable SeedValue value) {
        if (value == null) {
            return null;
        }
        String text = value.secret("material").strip();
        try {
            return new Secret(
                    text.startsWith(HEX)
                            ? HexFormat.of().parseHex(text.substring(HEX.length()))
                            : Base64.getMimeDecoder().decode(text));
        } catch (IllegalArgumentException _) { // its text would show what was read
            throw value.wrong("material is Base64, or hex: and hexadecimal digits");
        }
    }

    private static NewAlias alias(SeedValue value) {
        Members of = value.members("an alias", ALIAS);
        String name = of.get("name").text("name");
        return new NewAlias(
                value.line(),
                aliasName(of.get("name"), name),
                region(of.get("region")),
                keyId(of.get("key"), "key"));
    }

    private static AliasName aliasName(SeedValue value, String name) {
        try {
            return AliasName.ofCustomer(name);
        } catch (ServiceException _) {
            throw value.wrong(
                    "%s is no name of an alias of one's own, such as alias/blue".formatted(name));
        }
    }

    private static KeyId keyId(SeedValue value, String member) {
        String text = value.text(member);
        if (!KeyId.isValid(text)) {
            throw value.wrong(
                    "%s is no id of a key: a UUID, or mrk- and 32 hexadecimal digits"
                            .formatted(text));
        }
        return new KeyId(text);
    }

    private static Region region(SeedValue value) {
        String text = value.text("region");
        if (!Region.isValid(text)) {
            throw value.wrong("%s is no Region".formatted(text));
        }
        return new Region(text);
    }
}
