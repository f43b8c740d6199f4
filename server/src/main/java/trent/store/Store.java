package trent.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import trent.crypto.Entropy;
import trent.name.AliasArn;
import trent.name.KeyArn;
import trent.seal.RootKey;
import trent.seal.RootKeyFile;
import trent.seal.Secret;

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

    private static final String ROOT_KEY = "root key";
    private static final String ROOT_ACCESS_KEY_ID = "root access key id";
    private static final String ROOT_SECRET_ACCESS_KEY = "root secret access key, sealed";

    private final Database database;
    private final GroupCommit commits;
    private final Memory memory = new Memory();
    private final RootKey rootKey;
    private final Sealing sealing;
    private final @Nullable FileChannel lock;
    private volatile InstantSource clock = InstantSource.system();

    private Store(Database database, RootKey rootKey, @Nullable FileChannel lock) {
        this.database = database;
        this.rootKey = rootKey;
        this.sealing = sealing(rootKey);
        this.lock = lock;
        this.commits = new GroupCommit(database, this::tx);
    }

    /** A store that ends with this object; its root key is never written anywhere. */
    public static Store inMemory(Entropy entropy) {
        Database database = Database.inMemory();
        RootKey rootKey = new RootKey(entropy.bytes(RootKey.BYTES), entropy);
        prepare(database, sql -> Settings.put(sql, ROOT_KEY, rootKey.id()));
        return new Store(database, rootKey, null);
    }

    /**
     * Opens the store in this folder, which is made if it does not exist, with the root key in this
     * file. A root key is made only together with a store that is new.
     *
     * @throws CannotOpen if another process has the store open, or the root key is missing or
     *     wrong; nothing was changed
     */
    public static Store open(Path folder, RootKeyFile rootKeyFile, Entropy entropy)
            throws IOException, CannotOpen {
        makeFolder(folder.toAbsolutePath());
        FileChannel lock = lock(folder);
        try {
            return open(folder, rootKeyFile, entropy, lock);
        } catch (IOException | CannotOpen | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static Store open(
            Path folder, RootKeyFile rootKeyFile, Entropy entropy, FileChannel lock)
            throws IOException, CannotOpen {
        Path file = folder.resolve("trent.db");
        boolean existing = Files.exists(file) && Files.size(file) > 0;
        if (existing && !rootKeyFile.exists()) {
            throw new CannotOpen(
                    ("the root key %s is missing, and without it the store in %s cannot be read. Nothing was changed,"
                                    + " and no new root key was made. Put the file back, or name its place with"
                                    + " --seal file:PATH")
                            .formatted(rootKeyFile.path(), folder));
        }
        RootKey rootKey =
                rootKeyFile.exists() ? rootKeyFile.read(entropy) : rootKeyFile.create(entropy);
        Database database = Database.in(file);
        try {
            String sealedWith = existing ? rootKeyId(database) : null;
            if (sealedWith != null && !sealedWith.equals(rootKey.id())) {
                throw new CannotOpen(
                        ("the root key in %s does not open this store (sealed with root key %.8s…, given %.8s…). Nothing"
                                        + " was changed. Give the right one with --seal file:PATH, or restore a backup"
                                        + " made with this one")
                                .formatted(rootKeyFile.path(), sealedWith, rootKey.id()));
            }
            prepare(database, sql -> Settings.put(sql, ROOT_KEY, rootKey.id()));
            return new Store(database, rootKey, lock);
        } catch (CannotOpen | RuntimeException e) {
            database.close();
            throw e;
        }
    }

    /** Why a store cannot be opened, and what to do about it. */
    public static final class CannotOpen extends Exception {

        private static final long serialVersionUID = 1L;

        CannotOpen(String message) {
            super(message);
        }
    }

    /** What is over is told by this clock instead of the system's, for tests that move it. */
    public void tellTimeBy(InstantSource source) {
        clock = source;
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
        Key key = memory.keys.get(arn, k -> read(tx -> tx.keys().find(k)));
        if (key == null || !key.hasLostMaterial(clock)) {
            return key;
        }
        return memory.keys.again(arn, key, k -> read(tx -> tx.keys().find(k)));
    }

    /** The alias, or null if there is none. */
    public @Nullable Alias alias(AliasArn arn) {
        return memory.aliases.get(arn, a -> read(tx -> tx.aliases().find(a)));
    }

    /** The aliases of a key in the order of their names. */
    public List<Alias> aliasesOf(KeyArn key) {
        List<Alias> aliases =
                memory.aliasesOfKey.get(key, k -> read(tx -> List.copyOf(tx.aliases().of(k))));
        return aliases == null ? List.of() : aliases;
    }

    /** The materials of a key, opened. */
    public KeyMaterials materials(KeyArn key) {
        KeyMaterials materials = memory.materials.get(key, k -> read(tx -> tx.materials().of(k)));
        if (materials != null && materials.someHasExpired(clock)) {
            materials =
                    memory.materials.again(key, materials, k -> read(tx -> tx.materials().of(k)));
        }
        return materials == null ? new KeyMaterials(List.of()) : materials;
    }

    /**
     * Reads what is committed.
     *
     * @throws NotInMemory if this thread must not wait for the database
     */
    public <T extends @Nullable Object> T read(Function<Tx, T> reader) {
        Memory.mayWait();
        return database.read(sql -> reader.apply(tx(sql)));
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
        return commits.write(bytes, change);
    }

    /** Why changes cannot be saved at present, or null if they can, as far as is known. */
    public @Nullable String unwritableBecause() {
        return commits.unwritableBecause();
    }

    /**
     * A token that a caller keeps for us, sealed with the root key: it outlives a restart, any node
     * opens it, and no row is stored for it. Two tokens of the same content differ.
     *
     * @param purpose what the token is for; for nothing else does it open
     */
    public String sealToken(String purpose, byte[] content) {
        return Base64.getEncoder().encodeToString(rootKey.sealToken(content, purpose));
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
                ? rootKey.openToken(sealed, purpose)
                : Optional.empty();
    }

    /** The access key of the root that the store keeps for itself. */
    public record KeptCredential(String accessKeyId, Secret secretAccessKey) {}

    /** The root's access key, or null if none was kept yet. */
    public @Nullable KeptCredential rootCredential() {
        return this.<@Nullable KeptCredential>read(
                tx -> {
                    String id = Settings.find(tx.sql(), ROOT_ACCESS_KEY_ID);
                    String sealed = Settings.find(tx.sql(), ROOT_SECRET_ACCESS_KEY);
                    return id == null || sealed == null
                            ? null
                            : new KeptCredential(
                                    id, sealing.open(Base64.getDecoder().decode(sealed), id));
                });
    }

    /** Keeps the root's access key, its secret sealed. */
    public void keepRootCredential(KeptCredential credential) {
        byte[] sealed = sealing.seal(credential.secretAccessKey(), credential.accessKeyId());
        write(
                tx -> {
                    Settings.put(tx, ROOT_ACCESS_KEY_ID, credential.accessKeyId());
                    Settings.put(
                            tx, ROOT_SECRET_ACCESS_KEY, Base64.getEncoder().encodeToString(sealed));
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

    /** Closes the store after what was accepted is committed. */
    @Override
    public void close() throws IOException {
        commits.close();
        database.close();
        if (lock != null) {
            lock.close(); // and with it the lock
        }
    }

    private Tx tx(Sql sql) {
        return new Tx(sql, sealing, memory, clock);
    }

    private static Sealing sealing(RootKey rootKey) {
        return new Sealing() {
            @Override
            public byte[] seal(Secret value, String row) {
                return rootKey.seal(value, row);
            }

            @Override
            public Secret open(byte[] sealed, String row) {
                return rootKey.open(sealed, row);
            }
        };
    }

    private static void prepare(Database database, Consumer<Sql> also) {
        database.write(
                sql -> {
                    sql.begin();
                    Migrations.run(sql);
                    also.accept(sql);
                    sql.commit();
                    return true;
                });
    }

    /** Makes a folder that outlives a loss of power: its entry in its parent is on the disk too. */
    private static void makeFolder(Path folder) throws IOException {
        Path parent = folder.getParent();
        if (parent == null || Files.isDirectory(folder)) {
            return;
        }
        makeFolder(parent);
        Files.createDirectories(
                folder,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try (FileChannel directory = FileChannel.open(parent)) {
            directory.force(true);
        }
    }

    private static @Nullable String rootKeyId(Database database) {
        return database.<@Nullable String>read(
                sql -> {
                    Integer tables =
                            sql.find(
                                    "select count(*) from sqlite_master where name = 'setting'",
                                    row -> row.getInt(1));
                    return tables == null || tables == 0 ? null : Settings.find(sql, ROOT_KEY);
                });
    }

    private static FileChannel lock(Path folder) throws IOException, CannotOpen {
        FileChannel channel =
                FileChannel.open(
                        folder.resolve("trent.lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
        FileLock held;
        try {
            held = channel.tryLock();
        } catch (OverlappingFileLockException _) {
            held = null;
        }
        if (held == null) {
            channel.close();
            throw new CannotOpen(
                    "another process has the store in %s open. Stop it first, or give this one its own --data"
                            .formatted(folder));
        }
        return channel;
    }
}
