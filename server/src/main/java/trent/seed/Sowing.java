package trent.seed;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import trent.api.IncorrectKeyMaterialException;
import trent.api.KeyState;
import trent.api.KmsOperation;
import trent.api.ServiceException;
import trent.api.iam.IamOperation;
import trent.api.query.QueryIn;
import trent.call.Call;
import trent.call.Principal;
import trent.identity.AwsManagedPolicies;
import trent.identity.AwsManagedPolicies.AwsManagedPolicy;
import trent.key.NewMaterial;
import trent.name.AccountId;
import trent.name.KeyArn;
import trent.name.Region;
import trent.seal.Secret;
import trent.seed.Seed.Identity;
import trent.seed.Seed.NewAccessKey;
import trent.seed.Seed.NewAlias;
import trent.seed.Seed.NewKey;
import trent.store.AccessKey;
import trent.store.Account;
import trent.store.Alias;
import trent.store.Entity;
import trent.store.EntityKind;
import trent.store.EntityPolicies;
import trent.store.Key;
import trent.store.KnownMaterials;
import trent.store.Policies;
import trent.store.Store;

/**
 * Brings about what a seed declares, by the operations of IAM and KMS, called by the root of each
 * account.
 *
 * <p>What is missing is made; what is there and differs is brought in line, or only told in the log.
 * An object is made with its parts one after the other: the store remembers which one was begun, so
 * that a start that was cut short is gone on with and not told as a difference.
 */
final class Sowing {

    private static final Logger LOG = LoggerFactory.getLogger("trent.seed");
    private static final JsonFactory JSON = new JsonFactory();
    private static final Region IAM_REGION = new Region("us-east-1");
    private static final String REQUEST_ID = "00000000-0000-0000-0000-000000000000";
    private static final int MAX_VERSIONS = 5;
    private static final int USUAL_SESSION = 3600;

    private final Store store;
    private final Services services;
    private final boolean changes;
    private final String unfinished;
    private int made;
    private int changed;

    /**
     * @param changes whether what differs is brought in line
     */
    Sowing(Store store, Services services, boolean changes) {
        this.store = store;
        this.services = services;
        this.changes = changes;
        this.unfinished = Objects.requireNonNullElse(store.unfinishedSeed(), "");
    }

    /**
     * Sows it all.
     *
     * @throws Wrong if something cannot be, or contradicts what is there
     */
    void sow(Seed seed) {
        List<Seed.Account> accounts = new ArrayList<>();
        for (Seed.Account account : seed.accounts()) {
            if (store.account(account.id()).state() == Account.State.DISABLED
                    && store.account(account.id()).listed()) {
                LOG.atWarn()
                        .log(
                                "seed line {}: account {} is disabled, and all of it is left as it is",
                                account.line(),
                                account.id());
            } else {
                accounts.add(account);
                at(account.line(), "account " + account.id(), () -> account(account));
            }
        }
        // Policies name principals of other accounts: these come first.
        for (Seed.Account account : accounts) {
            for (Identity each : account.identities()) {
                at(
                        each.line(),
                        each.kind().noun() + " " + each.name(),
                        () -> identity(account.id(), each));
            }
        }
        for (Seed.Account account : accounts) {
            for (NewKey each : account.keys()) {
                at(each.line(), "key " + each.id(), () -> key(account.id(), each));
            }
            for (NewAlias each : account.aliases()) {
                at(each.line(), each.name().value(), () -> alias(account.id(), each));
            }
        }
        if (made > 0 || !unfinished.isEmpty()) {
            store.beginSeed(null);
        }
        if (made > 0 || changed > 0) {
            LOG.atInfo()
                    .addKeyValue("made", made)
                    .addKeyValue("changed", changed)
                    .log("the seed is sown");
        }
    }

    private static void at(int line, String what, Runnable work) {
        try {
            work.run();
        } catch (ServiceException e) {
            throw new Wrong(line, "%s: %s: %s".formatted(what, e.code(), e.getMessage()));
        }
    }

    /** Something that is there, or was just begun. */
    private final class Bed {

        private final int line;
        private final String what;
        private final boolean fresh;

        /**
         * @param name what tells it from everything else
         * @param there whether it is there
         */
        private Bed(int line, String what, String name, boolean there, Runnable make) {
            this.line = line;
            this.what = what;
            this.fresh = !there || unfinished.equals(name);
            if (!there) {
                store.beginSeed(name);
                make.run();
                made++;
            }
        }

        /** A part that is not as declared. */
        private void part(boolean same, String differs, Runnable change) {
            if (same) {
                return;
            }
            if (fresh) {
                change.run();
            } else if (changes) {
                change.run();
                changed++;
                LOG.atInfo().log("seed line {}: {}: {}: changed", line, what, differs);
            } else {
                LOG.atWarn()
                        .log(
                                "seed line {}: {}: {}. Nothing was changed; start with --seed-apply to change it",
                                line,
                                what,
                                differs);
            }
        }

        /** A part that nobody can change. */
        private void fixed(boolean same, String differs) {
            if (!same) {
                LOG.atWarn()
                        .log(
                                "seed line {}: {}: {}, and cannot be changed: mend the seed, or delete it",
                                line,
                                what,
                                differs);
            }
        }
    }

    // ---- accounts and access keys

    private void account(Seed.Account account) {
        if (!store.account(account.id()).listed()) {
            boolean _ = store.write(tx -> tx.accounts().add(account.id()));
            made++;
        }
        for (NewAccessKey each : account.accessKeys()) {
            accessKey(account.id(), null, account.id().value(), each);
        }
    }

    private void accessKey(
            AccountId account, @Nullable String user, String ownerId, NewAccessKey declared) {
        String whose = user == null ? "the root of " + account : user + " of " + account;
        String what = "access key " + declared.id() + " of " + whose;
        AccessKey now = store.accessKey(declared.id());
        if (now.isNobodys()) {
            at(
                    declared.line(),
                    what,
                    () ->
                            services.createAccessKey(
                                    iam(account), user, declared.id(), declared.secret()));
            made++;
            return;
        }
        if (now.isDeleted()) {
            LOG.atWarn()
                    .log(
                            "seed line {}: {} was deleted, and does not come back: take it out of the seed",
                            declared.line(),
                            what);
            return;
        }
        if (!now.ownerId().equals(ownerId)) {
            throw new Wrong(declared.line(), what + ": somebody else has an access key of this id");
        }
        Secret secret = now.secret();
        if (secret == null || !same(secret, declared.secret())) {
            throw new Wrong(
                    declared.line(),
                    what
                            + " has another secret, and a secret cannot be changed. Nothing was"
                            + " changed here. Declare an access key of another id");
        }
        new Bed(declared.line(), what, declared.id(), true, () -> {})
                .part(
                        now.active(),
                        "it is inactive",
                        () ->
                                ask(
                                        iam(account),
                                        "UpdateAccessKey",
                                        with(
                                                "UserName",
                                                user,
                                                "AccessKeyId",
                                                declared.id(),
                                                "Status",
                                                "Active")));
    }

    private static boolean same(Secret one, Secret other) {
        return one.read(a -> other.read(b -> MessageDigest.isEqual(a, b)));
    }

    // ---- identities

    private void identity(AccountId account, Identity each) {
        Call call = iam(account);
        Entity found = find(account, each);
        String name = account + "/" + each.kind().noun() + "/" + each.name();
        Bed bed =
                new Bed(
                        each.line(),
                        each.kind().noun() + " " + each.name() + " of " + account,
                        name,
                        found != null,
                        () -> create(call, each));
        Entity now = found == null ? Objects.requireNonNull(find(account, each)) : found;
        path(call, bed, now, each);
        tags(call, bed, now, each);
        switch (each.kind()) {
            case USER -> {
                boundary(call, bed, now, each);
                groups(call, bed, now, each);
            }
            case ROLE -> {
                boundary(call, bed, now, each);
                role(call, bed, now, each);
            }
            case POLICY -> document(call, bed, now, each);
            case GROUP, PROVIDER -> {}
        }
        policies(call, bed, now, each);
        attached(call, bed, now, each);
        for (NewAccessKey key : each.accessKeys()) { // last: nobody calls before all is there
            accessKey(account, each.name(), now.id(), key);
        }
    }

    private @Nullable Entity find(AccountId account, Identity each) {
        return store.<@Nullable Entity>read(
                tx -> tx.entities().find(account, each.kind(), each.name()));
    }

    private void create(Call call, Identity each) {
        Map<String, @Nullable String> form = named(each);
        form.put("Path", each.path());
        form.put("PermissionsBoundary", each.boundary());
        form.put("Description", each.description());
        form.put("AssumeRolePolicyDocument", each.trust());
        form.put("PolicyDocument", each.document());
        Integer session = each.maxSession();
        form.put("MaxSessionDuration", session == null ? null : session.toString());
        tagForm(form, each.tags() == null ? Map.of() : each.tags());
        ask(call, "Create" + noun(each), form);
    }

    private void path(Call call, Bed bed, Entity now, Identity each) {
        String path = each.path();
        boolean same = path == null || path.equals(now.path());
        String differs = "its path is " + now.path();
        switch (each.kind()) {
            case USER, GROUP ->
                    bed.part(
                            same,
                            differs,
                            () -> ask(call, "Update" + noun(each), named(each, "NewPath", path)));
            case ROLE, POLICY, PROVIDER -> bed.fixed(same, differs);
        }
    }

    private void tags(Call call, Bed bed, Entity now, Identity each) {
        Map<String, String> declared = each.tags();
        if (declared == null) {
            return;
        }
        Map<String, String> are = store.read(tx -> tx.entityTags().of(now.id()));
        bed.part(
                are.equals(declared),
                "it has other tags",
                () -> {
                    List<String> over = new ArrayList<>(are.keySet());
                    over.removeAll(declared.keySet());
                    if (!over.isEmpty()) {
                        Map<String, @Nullable String> form = referred(call, each, now);
                        for (int i = 0; i < over.size(); i++) {
                            form.put("TagKeys.member." + (i + 1), over.get(i));
                        }
                        ask(call, "Untag" + noun(each), form);
                    }
                    if (!declared.isEmpty()) {
                        Map<String, @Nullable String> form = referred(call, each, now);
                        tagForm(form, declared);
                        ask(call, "Tag" + noun(each), form);
                    }
                });
    }

    private void boundary(Call call, Bed bed, Entity now, Identity each) {
        String declared = each.boundary();
        if (declared == null) {
            return;
        }
        String is = now.boundary() == null ? null : policyArn(now.boundary());
        bed.part(
                declared.equals(is),
                is == null ? "it has no boundary" : "its boundary is " + is,
                () ->
                        ask(
                                call,
                                "Put" + noun(each) + "PermissionsBoundary",
                                named(each, "PermissionsBoundary", declared)));
    }

    private void groups(Call call, Bed bed, Entity now, Identity each) {
        List<String> declared = each.groups();
        if (declared == null) {
            return;
        }
        List<String> are =
                store.read(
                        tx ->
                                tx.groupMembers().groupsOf(now.id()).stream()
                                        .map(Entity::name)
                                        .toList());
        for (String group : declared) {
            bed.part(
                    are.contains(group),
                    "it is not in the group " + group,
                    () -> ask(call, "AddUserToGroup", named(each, "GroupName", group)));
        }
        for (String group : are) {
            bed.part(
                    declared.contains(group),
                    "it is in the group " + group,
                    () -> ask(call, "RemoveUserFromGroup", named(each, "GroupName", group)));
        }
    }

    private void role(Call call, Bed bed, Entity now, Identity each) {
        String trust = Objects.requireNonNull(each.trust());
        bed.part(
                sameJson(trust, now.trust()),
                "its trust policy is another",
                () -> ask(call, "UpdateAssumeRolePolicy", named(each, "PolicyDocument", trust)));
        Integer session = each.maxSession();
        int is = Objects.requireNonNullElse(now.maxSessionSeconds(), USUAL_SESSION);
        bed.part(
                session == null || session == is,
                "its longest session is " + is + " s",
                () ->
                        ask(
                                call,
                                "UpdateRole",
                                named(each, "MaxSessionDuration", String.valueOf(session))));
        String description = each.description();
        bed.part(
                description == null || description.equals(now.description()),
                "its description is another",
                () -> ask(call, "UpdateRole", named(each, "Description", description)));
    }

    private void document(Call call, Bed bed, Entity now, Identity each) {
        String declared = Objects.requireNonNull(each.document());
        bed.fixed(
                each.description() == null || each.description().equals(now.description()),
                "its description is another");
        List<EntityPolicies.Version> versions =
                store.read(tx -> tx.entityPolicies().versions(now.id()));
        String is = null;
        for (EntityPolicies.Version version : versions) {
            if (version.number() == now.defaultVersion()) {
                is = version.document();
            }
        }
        bed.part(
                sameJson(declared, is),
                "its default version says something else",
                () -> {
                    if (versions.size() >= MAX_VERSIONS) {
                        int oldest =
                                versions.stream()
                                        .mapToInt(EntityPolicies.Version::number)
                                        .filter(number -> number != now.defaultVersion())
                                        .min()
                                        .orElseThrow();
                        Map<String, @Nullable String> form = referred(call, each, now);
                        form.put("VersionId", "v" + oldest);
                        ask(call, "DeletePolicyVersion", form);
                    }
                    Map<String, @Nullable String> form = referred(call, each, now);
                    form.put("PolicyDocument", declared);
                    form.put("SetAsDefault", "true");
                    ask(call, "CreatePolicyVersion", form);
                });
    }

    private void policies(Call call, Bed bed, Entity now, Identity each) {
        Map<String, String> declared = each.policies();
        if (declared == null) {
            return;
        }
        Map<String, String> are = new TreeMap<>();
        store.read(tx -> tx.entityPolicies().inline(now.id()))
                .forEach(inline -> are.put(inline.name(), inline.document()));
        declared.forEach(
                (name, document) ->
                        bed.part(
                                sameJson(document, are.get(name)),
                                are.containsKey(name)
                                        ? "its policy " + name + " says something else"
                                        : "it has no policy " + name,
                                () -> {
                                    Map<String, @Nullable String> form =
                                            named(each, "PolicyName", name);
                                    form.put("PolicyDocument", document);
                                    ask(call, "Put" + noun(each) + "Policy", form);
                                }));
        for (String name : are.keySet()) {
            bed.part(
                    declared.containsKey(name),
                    "it has a policy " + name,
                    () ->
                            ask(
                                    call,
                                    "Delete" + noun(each) + "Policy",
                                    named(each, "PolicyName", name)));
        }
    }

    private void attached(Call call, Bed bed, Entity now, Identity each) {
        List<String> declared = each.attached();
        if (declared == null) {
            return;
        }
        TreeSet<String> are = new TreeSet<>();
        store.read(tx -> tx.entityPolicies().attached(now.id()))
                .forEach(id -> are.add(policyArn(id)));
        for (String arn : declared) {
            bed.part(
                    are.contains(arn),
                    arn + " is not attached",
                    () ->
                            ask(
                                    call,
                                    "Attach" + noun(each) + "Policy",
                                    named(each, "PolicyArn", arn)));
        }
        for (String arn : are) {
            bed.part(
                    declared.contains(arn),
                    arn + " is attached",
                    () ->
                            ask(
                                    call,
                                    "Detach" + noun(each) + "Policy",
                                    named(each, "PolicyArn", arn)));
        }
    }

    private String policyArn(String id) {
        AwsManagedPolicy aws = AwsManagedPolicies.ofId(id);
        if (aws != null) {
            return aws.arn("aws");
        }
        Entity policy = store.<@Nullable Entity>read(tx -> tx.entities().find(id));
        return policy == null ? id : policy.arn("aws");
    }

    // ---- keys and aliases

    private void key(AccountId account, NewKey each) {
        Call call = call(account, each.region());
        KeyArn arn = new KeyArn(each.region(), account, each.id());
        Key found = store.key(arn);
        if (found != null) {
            requireSame(each, found);
        }
        Bed bed =
                new Bed(
                        each.line(),
                        "key " + arn,
                        arn.toString(),
                        found != null,
                        () -> create(call, each));
        Key now = found == null ? Objects.requireNonNull(store.key(arn)) : found;
        if (now.state() == KeyState.PENDING_DELETION
                || now.state() == KeyState.PENDING_REPLICA_DELETION) {
            bed.fixed(false, "it waits for its deletion");
            return;
        }
        parts(call, bed, now, each);
    }

    private void create(Call call, NewKey each) {
        List<Map<String, String>> tags = new ArrayList<>();
        if (each.tags() != null) {
            each.tags().forEach((key, value) -> tags.add(Map.of("TagKey", key, "TagValue", value)));
        }
        services.createKey(
                call,
                read(
                        KmsOperation.CREATE_KEY,
                        "KeySpec",
                        each.spec(),
                        "KeyUsage",
                        each.usage(),
                        "Origin",
                        each.origin(),
                        "Description",
                        each.description(),
                        "Policy",
                        each.policy(),
                        "MultiRegion",
                        each.id().multiRegion(),
                        "Tags",
                        tags),
                each.id(),
                each.material());
    }

    /** Neither material nor what a key is for is ever changed. */
    private void requireSame(NewKey each, Key now) {
        String usage = each.usage();
        String differs =
                !now.spec().wire().equals(each.spec())
                        ? "spec is " + now.spec().wire()
                        : !now.origin().wire().equals(each.origin())
                                ? "origin is " + now.origin().wire()
                                : usage != null && !now.usage().wire().equals(usage)
                                        ? "usage is " + now.usage().wire()
                                        : hasOtherMaterial(each, now)
                                                ? "material is another"
                                                : null;
        if (differs != null) {
            throw new Wrong(
                    each.line(),
                    "the key %s is there, and its %s. That is never changed: mend the seed, or declare a key of another id"
                            .formatted(now.arn(), differs));
        }
    }

    private boolean hasOtherMaterial(NewKey each, Key now) {
        Secret declared = each.material();
        if (declared == null) {
            return false;
        }
        KnownMaterials known = store.read(tx -> tx.materials().known(now.arn()));
        try (NewMaterial material =
                NewMaterial.imported(
                        now.arn().id(), now.spec(), declared.read(byte[]::clone), Instant.EPOCH)) {
            return known.find(material.facts().id()) == null;
        } catch (IncorrectKeyMaterialException _) {
            return true;
        }
    }

    private void parts(Call call, Bed bed, Key now, NewKey each) {
        String id = now.arn().toString();
        String description = each.description();
        bed.part(
                description == null || description.equals(now.description()),
                "its description is another",
                () ->
                        kms(
                                call,
                                KmsOperation.UPDATE_KEY_DESCRIPTION,
                                "KeyId",
                                id,
                                "Description",
                                description));
        String policy = each.policy();
        Policies.Stored is =
                store.<Policies.@Nullable Stored>read(tx -> tx.policies().of(now.arn()));
        bed.part(
                policy == null || sameJson(policy, is == null ? null : is.document()),
                "its policy is another",
                () -> kms(call, KmsOperation.PUT_KEY_POLICY, "KeyId", id, "Policy", policy));
        keyTags(call, bed, now, each);
        rotation(call, bed, now, each);
        if (each.material() != null && now.state() == KeyState.PENDING_IMPORT) {
            bed.fixed(false, "its material was deleted, and comes back by ImportKeyMaterial only");
        }
    }

    private void keyTags(Call call, Bed bed, Key now, NewKey each) {
        Map<String, String> declared = each.tags();
        if (declared == null) {
            return;
        }
        String id = now.arn().toString();
        Map<String, String> are = store.tagsOf(now.arn());
        bed.part(
                are.equals(declared),
                "it has other tags",
                () -> {
                    List<String> over = new ArrayList<>(are.keySet());
                    over.removeAll(declared.keySet());
                    if (!over.isEmpty()) {
                        kms(call, KmsOperation.UNTAG_RESOURCE, "KeyId", id, "TagKeys", over);
                    }
                    List<Map<String, String>> tags = new ArrayList<>();
                    declared.forEach(
                            (key, value) -> tags.add(Map.of("TagKey", key, "TagValue", value)));
                    if (!tags.isEmpty()) {
                        kms(call, KmsOperation.TAG_RESOURCE, "KeyId", id, "Tags", tags);
                    }
                });
    }

    private void rotation(Call call, Bed bed, Key now, NewKey each) {
        Integer declared = each.rotationDays();
        if (declared == null) {
            return;
        }
        Key.Rotation rotation = now.rotation();
        int is = rotation == null ? 0 : rotation.periodDays();
        String id = now.arn().toString();
        bed.part(
                is == declared,
                is == 0 ? "it is not rotated" : "it is rotated every " + is + " days",
                () -> {
                    if (declared == 0) {
                        kms(call, KmsOperation.DISABLE_KEY_ROTATION, "KeyId", id);
                    } else {
                        kms(
                                call,
                                KmsOperation.ENABLE_KEY_ROTATION,
                                "KeyId",
                                id,
                                "RotationPeriodInDays",
                                declared);
                    }
                });
    }

    private void alias(AccountId account, NewAlias each) {
        Call call = call(account, each.region());
        Alias now = store.alias(each.name().in(account, each.region()));
        String name = each.name().value();
        String key = each.key().value();
        Bed bed =
                new Bed(
                        each.line(),
                        "alias " + each.name().in(account, each.region()),
                        each.name().in(account, each.region()).toString(),
                        now != null,
                        () ->
                                kms(
                                        call,
                                        KmsOperation.CREATE_ALIAS,
                                        "AliasName",
                                        name,
                                        "TargetKeyId",
                                        key));
        bed.part(
                now == null || now.target().equals(each.key()),
                now == null ? "" : "it leads to " + now.target(),
                () -> kms(call, KmsOperation.UPDATE_ALIAS, "AliasName", name, "TargetKeyId", key));
    }

    // ---- calls

    private static Call iam(AccountId account) {
        return call(account, IAM_REGION);
    }

    private static Call call(AccountId account, Region region) {
        return new Call(Principal.root(account, region.partition()), region, REQUEST_ID);
    }

    private static String noun(Identity each) {
        String noun = each.kind().noun();
        return noun.substring(0, 1).toUpperCase(Locale.ROOT) + noun.substring(1);
    }

    private static Map<String, @Nullable String> named(Identity each) {
        return with(noun(each) + "Name", each.name());
    }

    private static Map<String, @Nullable String> named(
            Identity each, String member, @Nullable String value) {
        return with(noun(each) + "Name", each.name(), member, value);
    }

    /** Managed policies are referred to by their ARN, others by their name. */
    private static Map<String, @Nullable String> referred(Call call, Identity each, Entity now) {
        return each.kind() == EntityKind.POLICY
                ? with("PolicyArn", now.arn(call.principal().partition()))
                : named(each);
    }

    private static Map<String, @Nullable String> with(@Nullable String... members) {
        Map<String, @Nullable String> form = new HashMap<>();
        for (int i = 0; i < members.length; i += 2) {
            form.put(Objects.requireNonNull(members[i]), members[i + 1]);
        }
        return form;
    }

    private static void tagForm(Map<String, @Nullable String> form, Map<String, String> tags) {
        int i = 0;
        for (Map.Entry<String, String> tag : tags.entrySet()) {
            i++;
            form.put("Tags.member." + i + ".Key", tag.getKey());
            form.put("Tags.member." + i + ".Value", tag.getValue());
        }
    }

    /** As it comes over the wire, so that its members are checked as those are. */
    private void ask(Call call, String operation, Map<String, @Nullable String> form) {
        StringBuilder text = new StringBuilder();
        form.forEach(
                (name, value) -> {
                    if (value != null) {
                        text.append(text.isEmpty() ? "" : "&")
                                .append(name)
                                .append('=')
                                .append(URLEncoder.encode(value, StandardCharsets.UTF_8));
                    }
                });
        answer(
                call,
                Objects.requireNonNull(IamOperation.byName(operation)),
                QueryIn.of(text.toString().getBytes(StandardCharsets.UTF_8)));
    }

    private <I, O> void answer(Call call, IamOperation<I, O> operation, QueryIn in) {
        Object _ = services.iam(call, operation, operation.read(in));
    }

    private <I, O> void kms(Call call, KmsOperation<I, O> operation, @Nullable Object... members) {
        Object _ = services.kms(call, operation, read(operation, members));
    }

    private static <I, O> I read(KmsOperation<I, O> operation, @Nullable Object... members) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            for (int i = 0; i < members.length; i += 2) {
                if (members[i + 1] != null) {
                    json.writeFieldName((String) Objects.requireNonNull(members[i]));
                    write(json, members[i + 1]);
                }
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        byte[] body = text.toString().getBytes(StandardCharsets.UTF_8);
        return operation.read(body, 0, body.length);
    }

    private static void write(JsonGenerator json, @Nullable Object value) throws IOException {
        switch (value) {
            case Boolean truth -> json.writeBoolean(truth);
            case Integer number -> json.writeNumber(number);
            case List<?> list -> {
                json.writeStartArray();
                for (Object each : list) {
                    write(json, each);
                }
                json.writeEndArray();
            }
            case Map<?, ?> map -> {
                json.writeStartObject();
                for (Map.Entry<?, ?> each : map.entrySet()) {
                    json.writeFieldName(String.valueOf(each.getKey()));
                    write(json, each.getValue());
                }
                json.writeEndObject();
            }
            case null, default -> json.writeString(String.valueOf(value));
        }
    }

    private static boolean sameJson(String declared, @Nullable String is) {
        return is != null && Objects.equals(SeedValue.compact(declared), SeedValue.compact(is));
    }
}
