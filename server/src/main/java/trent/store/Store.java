package trent.store;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import trent.api.DependencyTimeoutException;
import trent.api.ServiceException;
import trent.crypto.Entropy;
import trent.language.Policy;
import trent.name.AccountId;
import trent.name.AliasArn;
import trent.name.KeyArn;
import trent.name.KeyId;
import trent.name.Region;
import trent.seal.RootKey;
import trent.seal.RootKeyFile;
import trent.seal.Secret;
import trent.store.Policies.Nearest;

/**
 * Everything that outlives a call: keys, materials, aliases, grants, tags, policies and last uses.
 *
 * <p>What {@link #write} returns from is on the disk. The {@code key}, {@code alias}, {@code
 * aliasesOf} and {@code materials} lookups answer from memory where they can.
 *
 * <p>Keys and materials are as they are by now: imported material whose time is over is absent, and
 * its key waits for import, whether or not the row has been tidied yet.
 */
public final class Store implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Store.class);

    private static final String ROOT_KEY = "root key";
    private static final String MATERIALS_BOUND = "materials bound, sealed";
    private static final String ROOT_ACCESS_KEY_ID = "root access key id";
    private static final String ROOT_SECRET_ACCESS_KEY = "root secret access key, sealed";

    private static final String UNFINISHED_SEED = "unfinished seed";
    private static final String ERA = "era";
    private static final int ERA_BYTES = 16;
    private static final String MODE = "mode";

    /** How many accounts a message names. */
    private static final int ACCOUNTS_NAMED = 5;

    /** How often a call is checked at most before its change is made. */
    static final int CHECKS = 10;

    /** Whoever was overtaken so often takes turns with the others who were. */
    private static final int CHECKS_IN_A_CROWD = 1;

    /** The same where other nodes change things, and reading is checked as well. */
    private static final int CHECKS_AMONG_NODES = 20;

    private final Database database;
    private final GroupCommit commits;
    private final Memory memory;
    private final Turns turns = new Turns();
    private final RootKey rootKey;
    private final StoreSealing sealing;
    private final @Nullable StoreFiles files;
    private final @Nullable Cluster cluster;
    private final @Nullable Housekeeping housekeeping;
    private volatile InstantSource clock = InstantSource.system();

    /** What tells the tokens that were sealed before the store was emptied; null if it never was. */
    private volatile @Nullable String era;

    private volatile PolicyCompiler compiler =
            _ -> {
                throw new IllegalStateException("nobody has said how policies are compiled");
            };

    private Store(
            Database database,
            RootKey rootKey,
            @Nullable StoreFiles files,
            @Nullable Cluster cluster,
            @Nullable RootKeyWatch rootKeyWatch) {
        this.database = database;
        this.rootKey = rootKey;
        this.memory = new Memory(cluster);
        this.sealing =
                new StoreSealing(
                        rootKey, cluster == null ? database.read(Seals::last) : 0, files != null);
        this.files = files;
        this.cluster = cluster;
        this.era =
                cluster == null
                        ? database.<@Nullable String>read(sql -> Settings.find(sql, ERA))
                        : null;
        this.commits = new GroupCommit(database, this::tx, sealing, files, cluster);
        this.housekeeping =
                rootKeyWatch == null
                        ? null
                        : new Housekeeping(
                                files,
                                rootKeyWatch,
                                sealing.supersededFlag(),
                                this,
                                database instanceof SqliteDatabase sqlite ? sqlite : null);
    }

    /** A store that ends with this object; its root key is never written anywhere. */
    public static Store inMemory(Entropy entropy) {
        Database database = SqliteDatabase.inMemory();
        RootKey rootKey = new RootKey(entropy.bytes(RootKey.BYTES), entropy);
        prepare(database, rootKey);
        Store store = new Store(database, rootKey, null, null, null);
        store.sealing.refuseOldForm();
        return store;
    }

    /**
     * Whether there is a store in this database.
     *
     * @throws CannotOpen if the database cannot be used
     */
    public static boolean exists(PostgresSettings place) throws CannotOpen {
        try (PostgresDatabase database = new PostgresDatabase(place)) {
            Baseline.requireRoom(database);
            return rootKeyId(database) != null;
        } catch (DependencyTimeoutException | StoreException e) {
            throw cannotUse(place, e);
        }
    }

    /**
     * Makes a new store in a database, under the root key in this file where there is one, else with
     * a new one. Of several that do so at once, one makes it, and the others are told that there is
     * one.
     *
     * @throws CannotOpen if there is a store already; nothing was changed
     * @throws IOException if a file cannot be used
     */
    public static void init(PostgresSettings place, RootKeyFile rootKeyFile, Entropy entropy)
            throws IOException, CannotOpen {
        if (exists(place)) {
            throw already();
        }
        PostgresDatabase.check(place);
        boolean given = rootKeyFile.exists();
        try (RootKey rootKey = given ? rootKeyFile.read(entropy) : RootKey.random(entropy);
                PostgresDatabase database = new PostgresDatabase(place)) {
            if (!given) { // first: a store without its root key would be lost
                rootKeyFile.write(rootKey, entropy);
            }
            // Where the outcome is not known the file stays: the store may be under its key.
            boolean made = Baseline.make(database, sql -> putRootKey(sql, rootKey));
            // Made after all, if an earlier attempt was not answered.
            if (!made && (given || !rootKey.id().equals(rootKeyId(database)))) {
                // Others may have found our file, and made the store under its key.
                if (!given && !rootKey.id().equals(rootKeyId(database))) {
                    rootKeyFile.remove(rootKey.id(), entropy);
                }
                throw already();
            }
        } catch (DependencyTimeoutException | StoreException e) {
            throw cannotUse(place, e);
        }
    }

    private static CannotOpen already() {
        return new CannotOpen(
                "there is a store in this database already. Nothing was changed. Start it with trent server, or name"
                        + " another database with --store URL");
    }

    private static CannotOpen cannotUse(PostgresSettings place, RuntimeException e)
            throws CannotOpen {
        PostgresDatabase.check(place); // it may know better why
        return PostgresDatabase.cannotUse(e);
    }

    /**
     * Opens the store in this database with the root key in this file, and joins the other nodes
     * there.
     *
     * @throws CannotOpen if there is no store, or the root key does not fit it, or the database is
     *     one on which nothing can be promised; nothing was changed
     * @throws IOException if a file cannot be used
     */
    public static Store open(PostgresSettings place, RootKeyFile rootKeyFile, Entropy entropy)
            throws IOException, CannotOpen {
        return open(place, rootKeyFile, entropy, Opening.TO_LOOK_AFTER);
    }

    /**
     * The same for a server.
     *
     * @throws CannotOpen also if the store is not for what it is opened for
     */
    public static Store open(
            PostgresSettings place, RootKeyFile rootKeyFile, Entropy entropy, Opening opening)
            throws IOException, CannotOpen {
        PostgresDatabase.check(place);
        RootKey rootKey = rootKeyFile.read(entropy);
        PostgresDatabase database = new PostgresDatabase(place);
        Store store = null;
        try {
            String sealedWith = rootKeyId(database);
            if (sealedWith == null) {
                throw noStore();
            }
            requireSame(rootKeyFile, rootKey, sealedWith);
            requireMode(database, opening);
            new Upgrade(database, Upgrade.CHANGES).expand();
            RootKeyWatch watch = new RootKeyWatch(rootKeyFile, rootKey.id());
            Cluster cluster = new Cluster(database, place, entropy);
            store = new Store(database, rootKey, null, cluster, watch);
            cluster.start(store.memory);
            store.startHousekeeping();
            store.admit(opening);
            return store;
        } catch (DependencyTimeoutException | StoreException e) {
            closeAfter(store, database, rootKey);
            throw cannotUse(place, e);
        } catch (IOException | CannotOpen | RuntimeException e) {
            closeAfter(store, database, rootKey);
            throw e;
        }
    }

    /** Nothing of a store that could not be opened stays: whoever opens it tries again and again. */
    private static void closeAfter(
            @Nullable Store store, PostgresDatabase database, RootKey rootKey) throws IOException {
        try (rootKey;
                database) {
            if (store != null) {
                store.close();
            }
        }
    }

    /**
     * Ends the use of a store in a database by older versions, whose nodes are all stopped.
     *
     * @return the schema that is needed from now on
     * @throws CannotOpen if some run, or the database cannot be used; nothing was changed
     */
    public static int contract(PostgresSettings place) throws CannotOpen {
        try (PostgresDatabase database = new PostgresDatabase(place)) {
            if (rootKeyId(database) == null) {
                throw noStore();
            }
            return new Upgrade(database, Upgrade.CHANGES).contract();
        } catch (DependencyTimeoutException | StoreException e) {
            throw cannotUse(place, e);
        }
    }

    private static CannotOpen noStore() {
        return new CannotOpen(
                "there is no store in this database. Nothing was changed. Make one with trent init --store URL"
                        + " --seal file:PATH");
    }

    private static void requireSame(RootKeyFile file, RootKey rootKey, @Nullable String sealedWith)
            throws CannotOpen {
        if (sealedWith != null && !sealedWith.equals(rootKey.id())) {
            throw new CannotOpen(
                    ("the root key in %s does not open this store (sealed with root key %.8s…, given %.8s…). Nothing"
                                    + " was changed. Give the right one with --seal file:PATH, or restore a backup"
                                    + " made with this one")
                            .formatted(file.path(), sealedWith, rootKey.id()));
        }
    }

    /**
     * Opens the store in this folder with the root key in this file. Both are
     * made where neither existed.
     *
     * @throws CannotOpen if another process has the store open, or one of the two is missing or
     *     does not fit the other; nothing was changed
     * @throws IOException if a file cannot be used
     */
    public static Store open(Path folder, RootKeyFile rootKeyFile, Entropy entropy)
            throws IOException, CannotOpen {
        return open(folder, rootKeyFile, entropy, Opening.TO_LOOK_AFTER);
    }

    /**
     * The same for a server.
     *
     * @throws CannotOpen also if the store is not for what it is opened for
     */
    public static Store open(Path folder, RootKeyFile rootKeyFile, Entropy entropy, Opening opening)
            throws IOException, CannotOpen {
        requireBothOrNone(folder, rootKeyFile, entropy); // first: a folder in doubt is not touched
        StoreFiles files = StoreFiles.lock(folder);
        try {
            switch (StoreFiles.found(folder)) {
                case STORE -> {}
                case UNFINISHED, NOTHING -> {
                    if (requireBothOrNone(folder, rootKeyFile, entropy)) {
                        files.finish();
                    } else {
                        make(files, rootKeyFile, RootKey.random(entropy), entropy);
                    }
                }
            }
            return opened(files, rootKeyFile, entropy, opening);
        } catch (IOException | CannotOpen | RuntimeException e) {
            files.close();
            throw Failures.words(folder, e);
        }
    }

    /** Whether there is a store in this folder. */
    public static boolean isIn(Path folder) {
        return StoreFiles.isIn(folder);
    }

    /**
     * Makes a new store, under the root key in this file where there is one, else with a new one.
     *
     * @throws CannotOpen if there is a store already; nothing was changed
     * @throws IOException if a file cannot be used
     */
    public static void init(Path folder, RootKeyFile rootKeyFile, Entropy entropy)
            throws IOException, CannotOpen {
        refuseExisting(folder);
        StoreFiles files = StoreFiles.lock(folder);
        try (files) {
            refuseExisting(folder);
            boolean given = rootKeyFile.exists();
            RootKey rootKey = given ? rootKeyFile.read(entropy) : RootKey.random(entropy);
            make(files, given ? null : rootKeyFile, rootKey, entropy);
        } catch (IOException | CannotOpen | RuntimeException e) {
            throw Failures.words(folder, e);
        }
    }

    private static void refuseExisting(Path folder) throws IOException, CannotOpen {
        if (StoreFiles.found(folder) == StoreFiles.Found.STORE) {
            throw new CannotOpen(
                    "there is a store in %s already. Nothing was changed. Start it with trent server, or name another folder with --data DIR"
                            .formatted(folder));
        }
    }

    /**
     * Refuses a store without its root key and a root key without its store: what is missing may be
     * a volume that is not mounted, and a new one in its place would hide that.
     *
     * @return whether there are both
     */
    private static boolean requireBothOrNone(Path folder, RootKeyFile rootKeyFile, Entropy entropy)
            throws IOException, CannotOpen {
        StoreFiles.Found found = StoreFiles.found(folder);
        boolean key = rootKeyFile.exists();
        if (found == StoreFiles.Found.STORE && !key) {
            throw new CannotOpen(
                    ("the root key %s is missing, and without it the store in %s cannot be read. Nothing was changed,"
                                    + " and no new root key was made. Put the file back, or name its place with"
                                    + " --seal file:PATH")
                            .formatted(rootKeyFile.path(), folder));
        }
        if (found == StoreFiles.Found.UNFINISHED && key) {
            try (RootKey rootKey = rootKeyFile.read(entropy)) {
                if (rootKey.id().equals(rootKeyOf(folder.resolve("trent.db.new")))) {
                    return true; // a first start was cut short on its last step
                }
            }
        }
        if (found != StoreFiles.Found.STORE && key) {
            throw new CannotOpen(
                    ("there is a root key in %s, but no store in %s: the volume may not be mounted, or --data names"
                                    + " another folder than before. Nothing was changed. Put the store back; or, if a"
                                    + " new and empty one under this root key is what you want, make it with trent init"
                                    + " --data %s --seal file:%s")
                            .formatted(rootKeyFile.path(), folder, folder, rootKeyFile.path()));
        }
        return found == StoreFiles.Found.STORE;
    }

    /**
     * Makes a store. Its database is made whole before its root key's file is written, and is put
     * in its place after: wherever that is cut short, the next start can tell what is missing.
     *
     * @param toWrite the root key's file; null if it is there
     */
    private static void make(
            StoreFiles files, @Nullable RootKeyFile toWrite, RootKey rootKey, Entropy entropy)
            throws IOException {
        files.removeUnfinished();
        boolean begun = false;
        try (rootKey) {
            try (SqliteDatabase database = SqliteDatabase.in(files.unfinished())) {
                prepare(database, rootKey);
                // Here and not when it is closed, where SQLite says nothing of a full disk.
                if (!database.emptyWal()) {
                    throw new StoreException("the new database is in use by somebody else");
                }
            }
            if (toWrite != null) {
                begun = true;
                toWrite.write(rootKey, entropy);
            }
            files.finish();
        } catch (IOException | RuntimeException e) {
            if (!begun) { // else the next start ends it, under the root key that may be written
                files.removeUnfinished();
            }
            throw e;
        }
    }

    private static Store opened(
            StoreFiles files, RootKeyFile rootKeyFile, Entropy entropy, Opening opening)
            throws IOException, CannotOpen {
        RootKey rootKey = rootKeyFile.read(entropy);
        rootKeyFile.removeUnfinished();
        SqliteDatabase database = SqliteDatabase.in(files.database());
        Store store = null;
        try {
            requireSame(rootKeyFile, rootKey, rootKeyId(database));
            requireMode(database, opening);
            prepare(database, rootKey);
            files.opened();
            store =
                    new Store(
                            database,
                            rootKey,
                            files,
                            null,
                            new RootKeyWatch(rootKeyFile, rootKey.id()));
            store.startHousekeeping();
            store.admit(opening);
            return store;
        } catch (IOException | CannotOpen | RuntimeException e) {
            if (store == null) {
                database.close();
            } else {
                store.close();
            }
            throw e;
        }
    }

    /** Refuses a store that is kept in the other mode, before anything of it is changed. */
    private static void requireMode(Database database, Opening opening) throws CannotOpen {
        if (opening.as() == null) {
            return;
        }
        String written =
                database.<@Nullable String>read(
                        sql -> Settings.exist(sql) ? Settings.find(sql, MODE) : null);
        requireModeOf(written, opening);
    }

    private static void requireModeOf(@Nullable String written, Opening opening) throws CannotOpen {
        Mode mode = Mode.of(written);
        if (written != null && mode == null) {
            throw new CannotOpen(
                    "this store says it is kept for \"%s\", which this Trent does not know: a newer one made it. Nothing was changed"
                            .formatted(written));
        }
        if (mode == null || mode == opening.as() || opening.evenOfOther()) {
            return;
        }
        throw new CannotOpen(
                mode == Mode.SERVICE
                        ? "this store is kept by trent server, where every signature is verified; with trent dev whoever"
                                + " reaches its port is root of every account in it. Nothing was changed. Start it with"
                                + " trent server; or, if it is to be open to all, with trent dev --as-development: the"
                                + " store stays one of trent server"
                        : "this store was made by trent dev, where whoever reached its port was root: what is in it may be"
                                + " of anybody's making, and it has no root credential. Nothing was changed. Start it with"
                                + " trent dev, or name another place; or make it one of trent server, which it then"
                                + " stays, with trent server --from-development");
    }

    /**
     * Refuses an account that a store in use does not have, then notes in which mode it is kept: a
     * store without a note is of the mode that it is opened in first.
     */
    private void admit(Opening opening) throws CannotOpen {
        if (opening.root() != null) {
            requireAccount(opening.root());
        }
        Mode as = opening.as();
        if (as == null || (as == Mode.DEVELOPMENT && opening.evenOfOther())) {
            return; // it stays what it is, or what it becomes without that
        }
        String written = this.<@Nullable String>read(tx -> Settings.find(tx.sql(), MODE));
        requireModeOf(written, opening); // it may have been noted since it was opened
        boolean becomesService = as == Mode.SERVICE && opening.evenOfOther();
        if (written != null && written.equals(as.written())) {
            return;
        }
        if (becomesService && written != null) {
            requireAlone();
        }
        try {
            boolean _ =
                    write(
                            tx -> {
                                if (becomesService) {
                                    Settings.put(tx, MODE, as.written());
                                } else {
                                    Settings.add(tx, MODE, as.written());
                                }
                                return true;
                            });
            // Of several nodes that noted it at once, one did, and the others are held to that.
            requireModeOf(
                    this.<@Nullable String>read(tx -> Settings.find(tx.sql(), MODE)), opening);
        } catch (ServiceException | StoreException e) {
            if (becomesService) {
                throw new CannotOpen(
                        "it could not be noted that this store is one of trent server from now on (%s). Nothing was changed. See that the disk takes changes, and start again"
                                .formatted(e.getMessage()));
            }
            // The disk takes none, and a store that only reads is better than none: noted next
            // time.
            LOG.atWarn().setCause(e).log("the mode of this store could not be noted");
        }
    }

    /** Else whoever reaches the port of a node of development goes on being root. */
    private void requireAlone() throws CannotOpen {
        ClusterState node = cluster();
        int others = node == null ? 0 : node.liveNodes() - 1;
        if (others > 0) {
            throw new CannotOpen(
                    "%d more nodes are at work on this store, which was made by trent dev: whoever reaches them is root. Nothing was changed. Stop them all; one that was killed counts until its lease has ended"
                            .formatted(others));
        }
    }

    private void requireAccount(AccountId root) throws CannotOpen {
        if (account(root).listed()) {
            return;
        }
        List<Account> listed = read(tx -> tx.accounts().list(null, ACCOUNTS_NAMED));
        List<AccountId> used =
                listed.isEmpty()
                        ? read(tx -> tx.accounts().withKeys(root))
                        : listed.stream().map(Account::id).toList();
        if (used.isEmpty() || used.contains(root)) {
            return;
        }
        throw new CannotOpen(
                ("there is no account %s in this store, but %s%s: the root of %s would find an empty service. Nothing was"
                                + " changed. Name an account that there is with --account, or make this one first, with"
                                + " trent account add %s")
                        .formatted(
                                root,
                                used.stream().map(AccountId::value).collect(joining(", ")),
                                used.size() == ACCOUNTS_NAMED ? " and others" : "",
                                root,
                                root));
    }

    private static @Nullable String rootKeyOf(Path file) throws IOException {
        try (SqliteDatabase database = SqliteDatabase.in(file)) {
            return rootKeyId(database);
        }
    }

    /** Why a store cannot be opened, and what to do about it. */
    public static final class CannotOpen extends Exception {

        private static final long serialVersionUID = 1L;

        private final boolean mayPass;

        CannotOpen(String message) {
            this(message, false);
        }

        CannotOpen(String message, boolean mayPass) {
            super(message);
            this.mayPass = mayPass;
        }

        /** Whether it may pass without anybody's doing: the database does not answer yet. */
        public boolean mayPass() {
            return mayPass;
        }
    }

    /** What is over is told by this clock instead of the system's, for tests that move it. */
    public void tellTimeBy(InstantSource source) {
        clock = source;
    }

    /** Key policies are compiled by this. */
    public void compilePoliciesBy(PolicyCompiler policyCompiler) {
        compiler = policyCompiler;
    }

    /** From here on this thread is answered from memory, or told {@link NotInMemory}. */
    public static void thisThreadMustNotWait() {
        Memory.thisThreadMustNotWait();
    }

    /**
     * Says that what follows takes long, 200 µs or more.
     *
     * @throws NotInMemory if this thread must not be kept so long
     */
    public void takesLong() {
        Memory.mayWait();
    }

    /** The key, or null if there is none. */
    public @Nullable Key key(KeyArn arn) {
        Key key = memory.keys.get(arn, k -> loaded(k));
        return key == null || !key.hasLostMaterial(clock)
                ? key
                : memory.keys.again(arn, key, k -> loaded(k));
    }

    private @Nullable Key loaded(KeyArn arn) {
        // Its materials are opened anew, with the properties that this row has now.
        memory.materials.forget(arn);
        return load(tx -> tx.keys().findUntold(arn));
    }

    /** The alias, or null if there is none. */
    public @Nullable Alias alias(AliasArn arn) {
        return memory.aliases.get(arn, a -> load(tx -> tx.aliases().findUntold(a)));
    }

    /** The aliases of a key in the order of their names. */
    public List<Alias> aliasesOf(KeyArn key) {
        List<Alias> aliases =
                memory.aliasesOfKey.get(key, k -> load(tx -> List.copyOf(tx.aliases().of(k))));
        return aliases == null ? List.of() : aliases;
    }

    /**
     * The account that has a key with this id in a Region, if one has; else any, or null. Whether
     * there is such a key, only {@link #key} says.
     */
    public @Nullable AccountId ownerOf(Region region, KeyId id) {
        return memory.keyOwners.get(
                new Memory.KeyName(region, id), name -> load(tx -> tx.keys().owner(name)));
    }

    /** The policy of a key, compiled; null if there is no such key. */
    public @Nullable Policy keyPolicy(KeyArn arn) {
        KeyPolicy policy = memory.policies.get(arn, a -> policy(a));
        while (policy != null) {
            Policy compiled = policy.compiled();
            if (compiled != null) {
                return compiled;
            }
            policy = memory.policies.again(arn, policy, a -> policy(a));
        }
        return null;
    }

    private @Nullable KeyPolicy policy(KeyArn arn) {
        Nearest nearest = this.<@Nullable Nearest>load(tx -> tx.policies().nearest(arn));
        if (nearest == null) {
            return null;
        }
        // Compiled even if it is of another key: that there is none must not be quicker to see.
        KeyPolicy compiled = new KeyPolicy(compiler.compile(nearest.policy()));
        return nearest.key().equals(arn) ? compiled : null;
    }

    /** The tags of a key. */
    public Map<String, String> tagsOf(KeyArn arn) {
        Map<String, String> tags = memory.tags.get(arn, a -> load(tx -> tx.tags().of(a)));
        return tags == null ? Map.of() : tags;
    }

    /** The grants of a key for whom this unique id names. */
    public List<Grant> grantsFor(KeyArn arn, String granteeId) {
        List<Grant> grants =
                memory.grants.get(
                        new Memory.GrantsOf(arn, granteeId),
                        of -> load(tx -> tx.grants().of(of.key(), of.granteeId())));
        return grants == null ? List.of() : grants;
    }

    /** The account; one that was never heard of has state {@link Account.State#UNKNOWN}. */
    public Account account(AccountId account) {
        return Objects.requireNonNull(
                memory.accounts.get(account, a -> load(tx -> tx.accounts().get(a))));
    }

    /**
     * The access key with this id; one that nobody ever had {@link AccessKey#isNobodys}, and one
     * that was deleted {@link AccessKey#isDeleted}. The same object until something of it changes.
     */
    public AccessKey accessKey(String id) {
        return Objects.requireNonNull(
                memory.accessKeys.get(id, a -> load(tx -> tx.accessKeys().opened(a))));
    }

    /** The materials of a key, opened. */
    public KeyMaterials materials(KeyArn key) {
        KeyMaterials materials = memory.materials.get(key, k -> load(tx -> tx.materials().of(k)));
        if (materials != null && materials.someHasExpired(clock)) {
            materials =
                    memory.materials.again(key, materials, k -> load(tx -> tx.materials().of(k)));
        }
        return materials == null ? new KeyMaterials(List.of()) : materials;
    }

    /**
     * Reads what is committed. The reader may run twice, and so has no effect but what it returns.
     *
     * @throws NotInMemory if this thread must not wait for the database
     */
    public <T extends @Nullable Object> T read(Function<Tx, T> reader) {
        Memory.mayWait();
        return cluster == null
                ? database.read(sql -> reader.apply(tx(sql)))
                : cluster.read(sql -> reader.apply(tx(sql)), true);
    }

    /** The same for what memory knows when it was changed. */
    private <T extends @Nullable Object> T load(Function<Tx, T> reader) {
        Memory.mayWait();
        return cluster == null
                ? database.read(sql -> reader.apply(tx(sql)))
                : cluster.read(sql -> reader.apply(tx(sql)), false);
    }

    /**
     * Makes a change and returns when it is durable. What the change throws leaves nothing behind.
     * It may run twice and so has no effect but through its {@code Tx}.
     *
     * @throws NotInMemory if this thread must not wait for the disk
     */
    public <T> T write(Function<Tx, T> change) {
        return write(0, change);
    }

    /**
     * The same for a change that holds much of its caller's input until it is made.
     *
     * @param bytes how much; what a call holds anyhow, about 2 KiB, need not be counted
     */
    public <T> T write(int bytes, Function<Tx, T> change) {
        Memory.mayWait();
        if (files != null) {
            files.requireUsable();
        }
        if (cluster != null) {
            cluster.requireSane();
        }
        Reads reads = Reads.taken();
        return commits.write(
                bytes,
                reads == null
                        ? change
                        : tx -> {
                            reads.requireUnmoved();
                            return change.apply(tx);
                        });
    }

    /**
     * Runs a call that checks first and then makes one change: if something that the check read
     * from memory was changed before that, nothing is changed and the call runs again. Where several
     * nodes share the database, so does a call that only reads, unless all it read was so at one
     * moment; and it is answered when every node would answer the same.
     *
     * <p>Calls that are overtaken again and again by changes of the same thing take turns, so that
     * each gets through.
     *
     * @param othersTurn held by those who change, one after the other, what such calls are checked
     *     against: before the call gives up it takes a turn itself, and none of them is in between
     * @throws DependencyTimeoutException if it moved again and again; the caller may try again
     */
    public <T extends @Nullable Object> T checked(Lock othersTurn, Supplier<T> call) {
        Lock turn = null;
        try {
            for (int attempt = 1; attempt < checks(); attempt++) {
                try {
                    return checkedOnce(call);
                } catch (Moved e) { // it was checked against what is no longer so
                    if (attempt >= CHECKS_IN_A_CROWD) {
                        turn = turns.next(turn, e.turn());
                    }
                }
            }
        } finally {
            if (turn != null) {
                turn.unlock();
            }
        }
        Memory.mayWait();
        othersTurn.lock();
        try {
            return checkedOnce(call);
        } catch (Moved _) {
            throw movedAgain();
        } finally {
            othersTurn.unlock();
        }
    }

    /** The same for those whose turn it is already. */
    public <T extends @Nullable Object> T checked(Supplier<T> call) {
        for (int attempt = 1; attempt <= checks(); attempt++) {
            try {
                return checkedOnce(call);
            } catch (Moved _) {
                // As above.
            }
        }
        throw movedAgain();
    }

    private int checks() {
        return cluster == null ? CHECKS : CHECKS_AMONG_NODES;
    }

    private <T extends @Nullable Object> T checkedOnce(Supplier<T> call) {
        Reads reads = Reads.begin(cluster);
        boolean told = true;
        try {
            return call.get();
        } catch (Moved | NotInMemory e) {
            told = false;
            throw e;
        } finally {
            Reads.end();
            if (told) { // whatever it is: to be refused tells something as well
                reads.awaitAnswer();
            }
        }
    }

    private static DependencyTimeoutException movedAgain() {
        return new DependencyTimeoutException(
                "What the call is allowed by was being changed. Nothing was changed by the call. Try again.");
    }

    /** Whether other processes may change what is in this store. */
    public boolean shared() {
        return cluster != null;
    }

    /**
     * From now on nothing is answered from memory, and no other node waits for this one: to be
     * called first when the service is to stop. Of a store that is not shared nothing changes.
     */
    public void leave() {
        if (cluster != null) {
            cluster.leave();
        }
    }

    /** What this node alone may do until it is closed. */
    @FunctionalInterface
    public interface Alone extends AutoCloseable {

        @Override
        void close();
    }

    /**
     * Waits until no other node that shares this store is alone under this name.
     *
     * @param name a few words, which the log of a node that waits shows
     */
    public Alone alone(String name) {
        return database instanceof PostgresDatabase postgres ? postgres.alone(name) : () -> {};
    }

    /** Why this node must not serve before it is started anew, or null. */
    public @Nullable String staleBecause() {
        return cluster == null ? null : cluster.staleBecause();
    }

    /** How this node stands among those that share the database; null if it is not shared. */
    public @Nullable ClusterState cluster() {
        return cluster == null || !(database instanceof PostgresDatabase postgres)
                ? null
                : cluster.state(postgres.reading());
    }

    /** Why changes cannot be saved at present, or null if they can, as far as is known. */
    public @Nullable String unwritableBecause() {
        return commits.unwritableBecause();
    }

    /** What tells the store's root key from others and gives nothing away: 32 hexadecimal digits. */
    public String rootKeyId() {
        return rootKey.id();
    }

    /**
     * A token that a caller keeps for us, sealed with the root key: it outlives a restart, any node
     * opens it, and no row is stored for it. Two tokens of the same content differ.
     *
     * @param purpose what the token is for; for nothing else does it open
     */
    public String sealToken(String purpose, byte[] content) {
        return Base64.getEncoder().encodeToString(rootKey.sealToken(content, inThisEra(purpose)));
    }

    /** What is in the token; empty if {@link #sealToken} did not make it for this purpose. */
    public Optional<byte[]> openToken(String purpose, String token) {
        byte[] sealed;
        try {
            sealed = Base64.getDecoder().decode(token);
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
        // Base64 has several texts for the same bytes, and only one of them was given out.
        return Base64.getEncoder().encodeToString(sealed).equals(token)
                ? rootKey.openToken(sealed, inThisEra(purpose))
                : Optional.empty();
    }

    private String inThisEra(String purpose) {
        String now = era;
        return now == null ? purpose : purpose + " in " + now;
    }

    /**
     * Takes everything out: keys, aliases, identities, accounts, and what is remembered of the
     * clock. Tokens that were sealed before open no more. While this runs, nobody may use the store;
     * afterwards, nobody may believe what he remembers of it.
     *
     * @throws IllegalStateException if nodes share the store
     * @throws ServiceException as {@link #write}; nothing was changed then
     * @throws StoreException if the database failed: the message says whether it may be empty
     */
    public void empty(Entropy entropy) {
        if (cluster != null) {
            throw new IllegalStateException("a store that nodes share is not emptied");
        }
        String next = HexFormat.of().formatHex(entropy.bytes(ERA_BYTES));
        try {
            boolean _ =
                    write(
                            tx -> {
                                Emptying.empty(tx);
                                Settings.put(tx, ERA, next);
                                return true;
                            });
            removeSeals();
        } finally { // whatever became of it, what is there now counts
            memory.forgetAll(0);
            era = this.<@Nullable String>read(tx -> Settings.find(tx.sql(), ERA));
        }
    }

    /** They hold nothing any more: if they stay, they only take room. */
    private void removeSeals() {
        try {
            boolean _ =
                    write(
                            tx -> {
                                Emptying.removeSeals(tx);
                                return true;
                            });
        } catch (ServiceException | StoreException e) {
            LOG.atWarn().setCause(e).log("the seals of what a reset took out stay in the store");
        }
    }

    /**
     * Where an older version kept the root's access key apart, makes it one like all others: the
     * root's of this account. Else it changes nothing.
     */
    public void moveRootCredential(AccountId account) {
        if (this.<@Nullable String>read(tx -> Settings.find(tx.sql(), ROOT_ACCESS_KEY_ID))
                == null) {
            return;
        }
        boolean _ =
                write(
                        tx -> {
                            String id = Settings.find(tx.sql(), ROOT_ACCESS_KEY_ID);
                            String sealed = Settings.find(tx.sql(), ROOT_SECRET_ACCESS_KEY);
                            boolean moved = false;
                            if (id != null && sealed != null) {
                                try (Secret secret =
                                        sealing.open(Base64.getDecoder().decode(sealed), id)) {
                                    moved =
                                            tx.accessKeys()
                                                    .insert(
                                                            id,
                                                            account,
                                                            account.value(),
                                                            secret,
                                                            tx.now());
                                }
                            }
                            Settings.remove(tx, ROOT_ACCESS_KEY_ID);
                            Settings.remove(tx, ROOT_SECRET_ACCESS_KEY);
                            return moved;
                        });
    }

    /** What {@link #beginSeed} noted last; null if nothing is half done. */
    public @Nullable String unfinishedSeed() {
        return this.<@Nullable String>read(tx -> Settings.find(tx.sql(), UNFINISHED_SEED));
    }

    /**
     * Notes which object of a seed is being made, part by part.
     *
     * @param object null when all are whole
     */
    public void beginSeed(@Nullable String object) {
        boolean _ =
                write(
                        tx -> {
                            if (object == null) {
                                Settings.remove(tx, UNFINISHED_SEED);
                            } else {
                                Settings.put(tx, UNFINISHED_SEED, object);
                            }
                            return true;
                        });
    }

    /** How many changes wait for the next commit. */
    public int waiting() {
        return commits.waiting();
    }

    /** How many commits were made, each of one change or many. */
    public long commits() {
        return commits.commits();
    }

    /** Has it hear of each commit from now on. */
    public void tellOfCommits(CommitListener listener) {
        commits.tell(listener);
    }

    /**
     * Whether all is as it was when the store was opened: its files, its lock and its root key's
     * file. The log says what is not.
     */
    public boolean sound() {
        return filesFault() == null && rootKeyFault() == null;
    }

    /** What is wrong with its files or its lock, as last looked at; null if nothing is. */
    public @Nullable String filesFault() {
        return files == null ? null : files.fault();
    }

    /** What is wrong with its root key's file, as last looked at; null if nothing is. */
    public @Nullable String rootKeyFault() {
        return housekeeping == null ? null : housekeeping.rootKeyFault();
    }

    /** Null if it is not in files. Asks the file system, and may wait for it. */
    public @Nullable StoreSize size() {
        return files != null && database instanceof SqliteDatabase sqlite ? sqlite.size() : null;
    }

    /**
     * Counts what it holds. Looks at each row of two tables, which takes a second or so for a
     * million keys: for one who asks rarely, and may wait.
     */
    public Inventory inventory() {
        return read(tx -> new Inventory(tx.keys().countByState(), tx.aliases().count()));
    }

    /**
     * How long deleted material has been waiting to be erased, in seconds; 0 if none waits. A few
     * seconds are usual; more if it fails, which the log says, or if a reader is in the way.
     */
    public double eraseWaitingSeconds() {
        return housekeeping == null ? 0 : housekeeping.eraseWaitingSeconds();
    }

    /**
     * Closes the store after what was accepted is committed. Whatever of it fails,
     * the rest is closed.
     */
    @Override
    public void close() throws IOException {
        leave();
        try (files; // and with it the lock
                database;
                cluster;
                commits;
                housekeeping) {
            // Closed from the last to the first.
        }
    }

    private Tx tx(Sql sql) {
        return new Tx(sql, sealing, memory, clock);
    }

    /**
     * Before the first caller: an older store's materials are taken as they are
     * until all are bound.
     */
    private void startHousekeeping() {
        String bound = this.<@Nullable String>read(tx -> Settings.find(tx.sql(), MATERIALS_BOUND));
        if (bound != null) {
            sealing.open(Base64.getDecoder().decode(bound), MATERIALS_BOUND).close();
            sealing.refuseOldForm();
        }
        if (housekeeping != null) {
            housekeeping.start(bound == null ? new Rebinding(this) : null);
        }
    }

    /** From now on, and after each start, a material that binds nothing but its row is refused. */
    void refuseOldForm() {
        String bound = bound(rootKey);
        write(
                tx -> {
                    Settings.put(tx.sql(), MATERIALS_BOUND, bound);
                    return true;
                });
        sealing.refuseOldForm();
    }

    /** Sealed, since it decides what is believed. */
    private static String bound(RootKey rootKey) {
        try (Secret all = new Secret(new byte[] {1})) {
            return Base64.getEncoder().encodeToString(rootKey.seal(all, MATERIALS_BOUND));
        }
    }

    /** Opens a material of the old form. */
    Secret openOld(Materials.Held held) {
        return sealing.open(held.sealed().bytes(), held.bound().row());
    }

    byte[] sealBound(Secret secret, Seals.Bound bound) {
        return sealing.sealBound(secret, bound.bytes());
    }

    private static void prepare(Database database, RootKey rootKey) {
        database.write(
                sql -> {
                    sql.begin();
                    // What is as it should be is not written: a store on a full disk opens.
                    if (Migrations.run(sql) == 0) {
                        putRootKey(sql, rootKey);
                    }
                    sql.commit();
                    return true;
                });
    }

    private static void putRootKey(Sql sql, RootKey rootKey) {
        Settings.put(sql, ROOT_KEY, rootKey.id());
        Settings.put(sql, MATERIALS_BOUND, bound(rootKey));
    }

    private static @Nullable String rootKeyId(Database database) {
        return database.<@Nullable String>read(
                sql -> Settings.exist(sql) ? Settings.find(sql, ROOT_KEY) : null);
    }
}
