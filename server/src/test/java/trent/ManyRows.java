package trent;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiConsumer;
import trent.api.GrantOperation;
import trent.api.KeySpec;
import trent.api.KeyState;
import trent.api.KeyUsageType;
import trent.api.OriginType;
import trent.call.Principal;
import trent.crypto.Entropy;
import trent.key.NewMaterial;
import trent.name.AccountId;
import trent.name.AliasName;
import trent.name.KeyArn;
import trent.name.KeyId;
import trent.name.Region;
import trent.policy.KeyPolicies;
import trent.seal.RootKeyFile;
import trent.seal.Secret;
import trent.store.Alias;
import trent.store.Entity;
import trent.store.EntityKind;
import trent.store.Grant;
import trent.store.Key;
import trent.store.Policies;
import trent.store.PostgresSettings;
import trent.store.Store;
import trent.store.Store.CannotOpen;
import trent.store.Tx;

/**
 * Makes a store of many rows, by the store's own code and without a call for each, for tests of the
 * whole server: keys under their default policies, each with an alias, and users with access keys, both in ten accounts,
 * and grants on the first key for users of the other accounts. Names, ids and secrets follow from
 * numbers, as scale.py has them.
 */
public final class ManyRows {

    private static final int ACCOUNTS = 10;
    private static final int ROWS_A_COMMIT = 2_000;
    private static final Region REGION = new Region("us-east-2");
    private static final Entropy ENTROPY = new SecureRandom()::nextBytes;
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");
    private static final String EVERYTHING_OF_KMS =
            """
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}\
            """;

    private ManyRows() {}

    /**
     * {@code FOLDER KEYS USERS GRANTS [URL]}: the store is in FOLDER/data or in the database, its
     * root key in FOLDER/root.key.
     */
    public static void main(String[] arguments) throws IOException, CannotOpen {
        Path folder = Path.of(arguments[0]);
        RootKeyFile rootKey = new RootKeyFile(folder.resolve("root.key"));
        try (Store store =
                arguments.length > 4
                        ? made(PostgresSettings.of(arguments[4]), rootKey)
                        : made(folder.resolve("data"), rootKey)) {
            keys(store, Integer.parseInt(arguments[1]));
            users(store, Integer.parseInt(arguments[2]));
            grants(store, Integer.parseInt(arguments[3]), Integer.parseInt(arguments[2]));
        }
    }

    private static Store made(Path data, RootKeyFile rootKey) throws IOException, CannotOpen {
        Store.init(Files.createDirectories(data), rootKey, ENTROPY);
        return Store.open(data, rootKey, ENTROPY);
    }

    private static Store made(PostgresSettings database, RootKeyFile rootKey)
            throws IOException, CannotOpen {
        Store.init(database, rootKey, ENTROPY);
        return Store.open(database, rootKey, ENTROPY);
    }

    private static AccountId account(int number) {
        return new AccountId("1000000000" + "%02d".formatted(number % ACCOUNTS));
    }

    private static KeyArn key(int number) {
        String id = UUID.nameUUIDFromBytes(("key " + number).getBytes(US_ASCII)).toString();
        return new KeyArn(REGION, account(number), new KeyId(id));
    }

    /** So many letters for a number. */
    private static String letters(int number, int length) {
        StringBuilder letters = new StringBuilder(Integer.toString(number));
        letters.insert(0, "0".repeat(length - letters.length()));
        for (int i = 0; i < length; i++) {
            letters.setCharAt(i, (char) ('A' + letters.charAt(i) - '0'));
        }
        return letters.toString();
    }

    private static String userId(int number) {
        return "AIDA" + letters(number, 17);
    }

    /** In the order of their table, which is then written from its front to its end. */
    private static void keys(Store store, int many) {
        List<KeyArn> arns = new ArrayList<>(many);
        for (int i = 0; i < many; i++) {
            arns.add(key(i));
        }
        arns.sort(
                Comparator.comparing((KeyArn arn) -> arn.account().value())
                        .thenComparing(arn -> arn.id().value()));
        each(store, arns, ManyRows::insertKey);
    }

    private static void insertKey(Tx tx, KeyArn arn) {
        try (NewMaterial material =
                NewMaterial.generate(arn.id(), KeySpec.SYMMETRIC_DEFAULT, NOW, ENTROPY)) {
            tx.keys()
                    .insert(
                            Key.created(
                                            arn,
                                            KeySpec.SYMMETRIC_DEFAULT,
                                            KeyUsageType.ENCRYPT_DECRYPT,
                                            OriginType.AWS_KMS,
                                            KeyState.ENABLED,
                                            "",
                                            NOW,
                                            null)
                                    .withMaterial(material.facts().id(), null));
            tx.materials().put(arn, material.facts(), material.secret());
        }
        boolean inserted =
                tx.aliases()
                        .insert(
                                new Alias(
                                        new AliasName("alias/of-" + arn.id())
                                                .in(arn.account(), arn.region()),
                                        arn.id(),
                                        NOW,
                                        NOW));
        if (!inserted) {
            throw new IllegalStateException("there is an alias of " + arn);
        }
        String policy = KeyPolicies.defaultFor(Principal.root(arn.account(), "aws"));
        tx.policies().put(arn, new Policies.Stored(policy, Map.of()));
    }

    private static void users(Store store, int many) {
        List<Integer> numbers = new ArrayList<>(many);
        for (int i = 0; i < many; i++) {
            numbers.add(i);
        }
        each(store, numbers.subList(0, ACCOUNTS), (tx, i) -> tx.accounts().add(account(i)));
        each(store, numbers, ManyRows::insertUser);
    }

    private static void insertUser(Tx tx, int number) {
        Entity user =
                Entity.created(
                        account(number),
                        EntityKind.USER,
                        userId(number),
                        "user" + number,
                        "/",
                        NOW);
        boolean inserted = tx.entities().insert(user);
        tx.entityPolicies().putInline(user, "kms", EVERYTHING_OF_KMS);
        try (Secret secret = new Secret("%040d".formatted(number).getBytes(US_ASCII))) {
            inserted &=
                    tx.accessKeys()
                            .insert(
                                    "AKIA" + letters(number, 16),
                                    account(number),
                                    user.id(),
                                    secret,
                                    NOW);
        }
        if (!inserted) {
            throw new IllegalStateException("there is a user " + number);
        }
    }

    private static void grants(Store store, int many, int users) {
        List<Grant> grants = new ArrayList<>(many);
        for (int i = 0; i < many; i++) {
            // Not of the key's own account, whose users need none.
            int user = (i / (ACCOUNTS - 1) * ACCOUNTS + i % (ACCOUNTS - 1) + 1) % users;
            grants.add(
                    new Grant(
                            key(0),
                            HexFormat.of().formatHex(ENTROPY.bytes(32)),
                            "grant " + i,
                            account(0),
                            "arn:aws:iam::" + account(user) + ":user/user" + user,
                            null,
                            List.of(GrantOperation.ENCRYPT),
                            null,
                            null,
                            NOW,
                            userId(user),
                            null));
        }
        Collections.sort(grants, Comparator.comparing(Grant::id));
        each(store, grants, (tx, grant) -> tx.grants().insert(grant));
    }

    private static <T> void each(Store store, List<T> all, BiConsumer<Tx, T> insert) {
        for (int from = 0; from < all.size(); from += ROWS_A_COMMIT) {
            List<T> part = all.subList(from, Math.min(all.size(), from + ROWS_A_COMMIT));
            boolean _ =
                    store.write(
                            tx -> {
                                part.forEach(each -> insert.accept(tx, each));
                                return true;
                            });
        }
    }
}
