package trent.literal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All that one decision about a key depends on: one line of JSON, as a failing test prints it and a
 * table has it.
 *
 * @param tags of the user or role
 * @param identities the identity policies
 * @param boundary null if there is none
 * @param sessions the session policies
 * @param details condition keys from the request and their values
 * @param encryptionContext null where the operation has none; of CreateGrant the constraint's
 * @param child the grant that is to be made; null but for CreateGrant
 */
record Situation(
        Caller caller,
        Map<String, String> tags,
        List<Map<String, Object>> identities,
        @Nullable Map<String, Object> boundary,
        List<Map<String, Object>> sessions,
        String action,
        TheKey key,
        Map<String, List<String>> details,
        @Nullable Map<String, String> encryptionContext,
        @Nullable Constrained child) {

    static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    static final String SOURCE_IP = "10.1.2.3";
    static final String ALIAS = "alias/app/x";
    private static final String SOME_KEY = "00000000-0000-4000-8000-000000000000";
    static final String USER_AGENT = "aws-cli/2";

    /**
     * A key.
     *
     * @param multiRegion PRIMARY or REPLICA; null for a single-Region key
     */
    record TheKey(
            String arn,
            Map<String, Object> policy,
            Map<String, String> tags,
            List<String> aliases,
            @Nullable String multiRegion,
            List<TheGrant> grants) {

        String account() {
            return arn.split(":", 6)[4];
        }
    }

    /** Operations, and the constraint on their encryption context: at most one of both. */
    record Constrained(
            List<String> operations,
            @Nullable Map<String, String> equals,
            @Nullable Map<String, String> subset) {}

    /**
     * A grant.
     *
     * @param grantee how an ARN names him
     */
    record TheGrant(String grantee, Constrained gives) {}

    /** §3.3: an alias of the caller's account. */
    boolean onAlias() {
        return action.equals("kms:CreateAlias");
    }

    /** §3.3: no resource. */
    boolean onNothing() {
        return action.equals("kms:ListKeys");
    }

    /** What the check is on. */
    String resource() {
        return onAlias()
                ? "arn:aws:kms:us-east-1:" + caller.account() + ":" + ALIAS
                : onNothing() ? "*" : key.arn();
    }

    boolean sameAccount() {
        return onAlias() || onNothing() || caller.account().equals(key.account());
    }

    /** The condition keys of the check (§1, §4). */
    Asked asked() {
        Map<String, List<String>> context = new TreeMap<>();
        // §4.2
        context.put("aws:PrincipalArn", List.of(caller.principalArn()));
        context.put("aws:PrincipalAccount", List.of(caller.account()));
        context.put(
                "aws:PrincipalType",
                List.of(
                        switch (caller.kind()) {
                            case ROOT -> "Account";
                            case USER -> "User";
                            case ROLE_SESSION -> "AssumedRole";
                            case FEDERATED_USER -> "FederatedUser";
                        }));
        tags.forEach((name, value) -> context.put("aws:PrincipalTag/" + name, List.of(value)));
        context.put("aws:PrincipalIsAWSService", List.of("false"));
        context.put("aws:userid", List.of(caller.userId()));
        if (caller.kind() == Caller.Kind.USER) {
            context.put("aws:username", List.of(caller.name()));
        }
        if (caller.temporary()) {
            context.put("aws:TokenIssueTime", List.of(Caller.ISSUED.toString()));
            context.put("aws:MultiFactorAuthPresent", List.of("false"));
        }
        context.put("aws:SourceIp", List.of(SOURCE_IP));
        context.put("aws:SecureTransport", List.of("true"));
        context.put("aws:CurrentTime", List.of(NOW.toString()));
        context.put("aws:EpochTime", List.of(String.valueOf(NOW.getEpochSecond())));
        context.put("aws:UserAgent", List.of(USER_AGENT));
        context.put("aws:RequestedRegion", List.of("us-east-1"));
        context.put("aws:ViaAWSService", List.of("false"));
        if (onNothing()) {
            return new Asked(caller, action, resource(), context); // §1: no keys of kms: at all
        }
        context.put("kms:CallerAccount", List.of(caller.account()));
        if (onAlias()) {
            context.put("aws:ResourceAccount", List.of(caller.account()));
            return new Asked(caller, action, resource(), context); // §1, 21
        }
        context.put("aws:ResourceAccount", List.of(key.account()));
        // §1, the base set of every check on a key
        context.put("kms:KeyOrigin", List.of("AWS_KMS"));
        context.put("kms:KeySpec", List.of("SYMMETRIC_DEFAULT"));
        context.put("kms:KeyUsage", List.of("ENCRYPT_DECRYPT"));
        context.put("kms:CustomerMasterKeySpec", List.of("SYMMETRIC_DEFAULT"));
        context.put("kms:CustomerMasterKeyUsage", List.of("ENCRYPT_DECRYPT"));
        context.put("kms:MultiRegion", List.of(String.valueOf(key.multiRegion() != null)));
        if (key.multiRegion() != null) {
            context.put("kms:MultiRegionKeyType", List.of(key.multiRegion()));
        }
        if (!key.aliases().isEmpty()) {
            context.put("kms:ResourceAliases", key.aliases());
        }
        key.tags().forEach((name, value) -> context.put("aws:ResourceTag/" + name, List.of(value)));
        // §4.1, from the request
        context.putAll(details);
        if (encryptionContext != null && !encryptionContext.isEmpty()) {
            encryptionContext.forEach(
                    (name, value) -> context.put("kms:EncryptionContext:" + name, List.of(value)));
            context.put("kms:EncryptionContextKeys", List.copyOf(encryptionContext.keySet()));
        }
        return new Asked(caller, action, key.arn(), context);
    }

    /** §8: the same without any attribute of the key, its tags, aliases or policy. */
    Asked askedOfForeigner() {
        Asked whole = asked();
        Map<String, List<String>> context = new TreeMap<>(whole.context());
        context.keySet()
                .removeIf(
                        name ->
                                name.startsWith("aws:ResourceTag/")
                                        || name.startsWith("kms:KeyOrigin")
                                        || name.startsWith("kms:KeySpec")
                                        || name.startsWith("kms:KeyUsage")
                                        || name.startsWith("kms:CustomerMasterKey")
                                        || name.startsWith("kms:MultiRegion")
                                        || name.equals("kms:ResourceAliases"));
        // §8: the same for an alias that exists and one that does not: some key of that account.
        String named =
                details.containsKey("kms:RequestAlias")
                        ? key.arn().replaceFirst(":key/.*", ":key/" + SOME_KEY)
                        : key.arn();
        return new Asked(caller, action, named, context);
    }

    String text() {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("caller", caller.title());
        line.put("tags", tags);
        line.put("identities", identities);
        if (boundary != null) {
            line.put("boundary", boundary);
        }
        line.put("sessions", sessions);
        line.put("action", action);
        line.put("key", key.arn());
        line.put("keyPolicy", key.policy());
        line.put("keyTags", key.tags());
        line.put("aliases", key.aliases());
        if (key.multiRegion() != null) {
            line.put("multiRegion", key.multiRegion());
        }
        List<Object> grants = new ArrayList<>();
        for (TheGrant grant : key.grants()) {
            Map<String, Object> one = constrained(grant.gives());
            one.put("grantee", grant.grantee());
            grants.add(one);
        }
        line.put("grants", grants);
        line.put("details", details);
        if (encryptionContext != null) {
            line.put("encryptionContext", encryptionContext);
        }
        if (child != null) {
            line.put("child", constrained(child));
        }
        return Case.write(line);
    }

    static Situation of(String line) {
        Map<String, Object> read = Case.read(line);
        List<TheGrant> grants = new ArrayList<>();
        for (Object grant : LiteralPolicy.listOf(read.get("grants"))) {
            Map<String, Object> one = LiteralPolicy.object(grant);
            grants.add(new TheGrant(Case.textOf(one, "grantee"), constrained(one)));
        }
        Object boundary = read.get("boundary");
        Object child = read.get("child");
        return new Situation(
                World.callerOf(Case.textOf(read, "caller")),
                Objects.requireNonNull(texts(read.get("tags"))),
                policies(read.get("identities")),
                boundary == null ? null : LiteralPolicy.object(boundary),
                policies(read.get("sessions")),
                Case.textOf(read, "action"),
                new TheKey(
                        Case.textOf(read, "key"),
                        LiteralPolicy.object(read.get("keyPolicy")),
                        Objects.requireNonNull(texts(read.get("keyTags"))),
                        strings(read.get("aliases")),
                        (String) read.get("multiRegion"),
                        grants),
                Case.contextOf(read.get("details")),
                texts(read.get("encryptionContext")),
                child == null ? null : constrained(LiteralPolicy.object(child)));
    }

    private static Map<String, Object> constrained(Constrained constrained) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("operations", constrained.operations());
        if (constrained.equals() != null) {
            all.put("equals", constrained.equals());
        }
        if (constrained.subset() != null) {
            all.put("subset", constrained.subset());
        }
        return all;
    }

    private static Constrained constrained(Map<String, Object> all) {
        return new Constrained(
                strings(all.get("operations")), texts(all.get("equals")), texts(all.get("subset")));
    }

    private static List<Map<String, Object>> policies(@Nullable Object policies) {
        return LiteralPolicy.listOf(policies).stream().map(LiteralPolicy::object).toList();
    }

    private static List<String> strings(@Nullable Object list) {
        return LiteralPolicy.listOf(list).stream().map(Object::toString).toList();
    }

    private static @Nullable Map<String, String> texts(@Nullable Object object) {
        if (object == null) {
            return null;
        }
        Map<String, String> texts = new TreeMap<>();
        LiteralPolicy.object(object).forEach((name, value) -> texts.put(name, value.toString()));
        return texts;
    }
}
