package trent;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import trent.access.Access;
import trent.alias.CreateAlias;
import trent.alias.DeleteAlias;
import trent.alias.ListAliases;
import trent.alias.UpdateAlias;
import trent.api.CreateGrantRequest;
import trent.api.DeleteImportedKeyMaterialRequest;
import trent.api.DisableKeyRotationRequest;
import trent.api.EnableKeyRotationRequest;
import trent.api.GetKeyLastUsageRequest;
import trent.api.GetKeyRotationStatusRequest;
import trent.api.GetParametersForImportRequest;
import trent.api.ImportKeyMaterialRequest;
import trent.api.KmsOperation;
import trent.api.ListGrantsRequest;
import trent.api.ListKeyRotationsRequest;
import trent.api.ReplicateKeyRequest;
import trent.api.RetireGrantRequest;
import trent.api.RevokeGrantRequest;
import trent.api.RotateKeyOnDemandRequest;
import trent.api.UpdatePrimaryRegionRequest;
import trent.audit.AuditTrail;
import trent.call.Operation;
import trent.crypto.Entropy;
import trent.identity.Credential;
import trent.identity.Credentials;
import trent.key.CancelKeyDeletion;
import trent.key.CreateKey;
import trent.key.Deletions;
import trent.key.DescribeKey;
import trent.key.DisableKey;
import trent.key.EnableKey;
import trent.key.GetKeyPolicy;
import trent.key.KeyFinder;
import trent.key.ListKeyPolicies;
import trent.key.ListKeys;
import trent.key.ListResourceTags;
import trent.key.PutKeyPolicy;
import trent.key.Quotas;
import trent.key.ScheduleKeyDeletion;
import trent.key.TagResource;
import trent.key.UnbuiltKeyOperation;
import trent.key.UntagResource;
import trent.key.UpdateKeyDescription;
import trent.ops.AdminServer;
import trent.ops.Commands;
import trent.ops.Metrics;
import trent.ops.RequestLog;
import trent.ops.RootCredential;
import trent.ops.Running;
import trent.ops.Settings;
import trent.ops.Settings.Signers;
import trent.seal.RootKeyFile;
import trent.store.Store;
import trent.use.Decrypt;
import trent.use.Encrypt;
import trent.use.GenerateDataKey;
import trent.use.GenerateDataKeyWithoutPlaintext;
import trent.use.GenerateRandom;
import trent.use.ReEncrypt;
import trent.use.SymmetricKeys;
import trent.wire.Front;
import trent.wire.HttpServerSettings;
import trent.wire.HttpService;
import trent.wire.Routes;
import trent.wire.signature.Signatures;

/** Trent: reads its settings and builds the house, by hand, in this one place. */
public final class Trent implements Running {

    private static final Logger LOG = LoggerFactory.getLogger(Trent.class);

    private static final Duration DRAIN = Duration.ofSeconds(10);
    private static final long CERTIFICATE_SECONDS = 2;
    private static final long DELETION_SECONDS = 10;

    private final Settings settings;
    private final Vertx vertx;
    private final Store store;
    private final HttpService http;
    private final AdminServer admin;
    private final ScheduledExecutorService timer;
    private final Running.@Nullable NewCredential newCredential;
    private volatile boolean ready;

    /** Runs the command line. */
    public static void main(String[] arguments) {
        System.exit(Commands.run(arguments, Trent::start));
    }

    /**
     * Starts a server.
     *
     * @throws IOException if an address or file cannot be used
     * @throws Store.CannotOpen if the store cannot be opened with this root key
     */
    public static Trent start(Settings settings) throws IOException, Store.CannotOpen {
        // Each takes a good part of the start-up time, and neither needs the other.
        CompletableFuture<Vertx> vertx =
                CompletableFuture.supplyAsync(Trent::newVertx, Thread::startVirtualThread);
        Entropy entropy = new SecureRandom()::nextBytes;
        Store store;
        try {
            store = open(settings, entropy);
        } catch (IOException | Store.CannotOpen | RuntimeException e) {
            vertx.join().close();
            throw e;
        }
        try {
            return new Trent(settings, vertx.join(), store, entropy);
        } catch (IOException | RuntimeException e) {
            store.close();
            vertx.join().close();
            throw e;
        }
    }

    private Trent(Settings settings, Vertx vertx, Store store, Entropy entropy) throws IOException {
        InstantSource clock = InstantSource.system();
        this.settings = settings;
        this.vertx = vertx;
        this.store = store;
        Metrics metrics = new Metrics();
        List<AuditTrail> trails = new ArrayList<>(List.of(metrics));
        if (settings.logRequests()) {
            trails.add(new RequestLog());
        }
        Credentials credentials;
        if (settings.signers() instanceof Signers.Root root) {
            RootCredential kept =
                    root.credential() == null
                            ? RootCredential.of(store, root.account(), entropy)
                            : new RootCredential(root.credential(), null);
            Credential credential = kept.credential();
            credentials = new Credentials.Known(Map.of(credential.accessKeyId(), credential));
            newCredential = kept.shownOnce();
        } else {
            credentials = new Credentials.Anyone();
            newCredential = null;
        }
        Front front =
                new Front(
                        new Signatures(credentials, clock),
                        routes(store, entropy, clock),
                        AuditTrail.of(trails),
                        clock);
        this.http =
                HttpService.start(
                        vertx,
                        HttpServerSettings.on(
                                settings.listen().host(), settings.listen().port(), settings.tls()),
                        front,
                        entropy,
                        clock);
        this.admin = AdminServer.start(vertx, settings.adminListen(), () -> ready, metrics);
        this.timer =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().name("trent-timer").factory());
        Deletions deletions = new Deletions(store, clock);
        repeat(deletions::run, DELETION_SECONDS);
        repeat(http::reloadCertificateIfChanged, CERTIFICATE_SECONDS);
        ready = true;
    }

    private static Routes routes(Store store, Entropy entropy, InstantSource clock) {
        Access access = new Access();
        Quotas quotas = Quotas.DEFAULT;
        KeyFinder keys = new KeyFinder(store, access);
        SymmetricKeys symmetric = new SymmetricKeys(keys, store, entropy);
        return new Routes()
                .aside(
                        KmsOperation.CREATE_ALIAS,
                        new CreateAlias(access, keys, store, quotas, clock))
                .aside(
                        KmsOperation.UPDATE_ALIAS,
                        new UpdateAlias(access, keys, store, quotas, clock))
                .aside(KmsOperation.DELETE_ALIAS, new DeleteAlias(access, store))
                .here(KmsOperation.LIST_ALIASES, new ListAliases(access, keys, store))
                .aside(
                        KmsOperation.CREATE_KEY,
                        new CreateKey(access, store, quotas, entropy, clock))
                .here(KmsOperation.DESCRIBE_KEY, new DescribeKey(keys))
                .aside(KmsOperation.LIST_KEYS, new ListKeys(access, store))
                .aside(KmsOperation.ENABLE_KEY, new EnableKey(keys, store))
                .aside(KmsOperation.DISABLE_KEY, new DisableKey(keys, store))
                .aside(
                        KmsOperation.SCHEDULE_KEY_DELETION,
                        new ScheduleKeyDeletion(keys, store, clock))
                .aside(KmsOperation.CANCEL_KEY_DELETION, new CancelKeyDeletion(keys, store))
                .aside(KmsOperation.UPDATE_KEY_DESCRIPTION, new UpdateKeyDescription(keys, store))
                .aside(KmsOperation.TAG_RESOURCE, new TagResource(keys, store, quotas))
                .aside(KmsOperation.UNTAG_RESOURCE, new UntagResource(keys, store))
                .aside(KmsOperation.LIST_RESOURCE_TAGS, new ListResourceTags(keys, store))
                .aside(KmsOperation.GET_KEY_POLICY, new GetKeyPolicy(keys, store))
                .aside(KmsOperation.PUT_KEY_POLICY, new PutKeyPolicy(keys, store, quotas))
                .here(KmsOperation.LIST_KEY_POLICIES, new ListKeyPolicies(keys))
                .here(KmsOperation.ENCRYPT, new Encrypt(keys, symmetric))
                .here(KmsOperation.DECRYPT, new Decrypt(keys, symmetric))
                .here(KmsOperation.RE_ENCRYPT, new ReEncrypt(keys, symmetric))
                .here(KmsOperation.GENERATE_DATA_KEY, new GenerateDataKey(keys, symmetric))
                .here(
                        KmsOperation.GENERATE_DATA_KEY_WITHOUT_PLAINTEXT,
                        new GenerateDataKeyWithoutPlaintext(keys, symmetric))
                .here(KmsOperation.GENERATE_RANDOM, new GenerateRandom(access, entropy))
                .here(
                        KmsOperation.CREATE_GRANT,
                        unbuilt(keys, KmsOperation.CREATE_GRANT, CreateGrantRequest::keyId))
                .here(
                        KmsOperation.DELETE_IMPORTED_KEY_MATERIAL,
                        unbuilt(
                                keys,
                                KmsOperation.DELETE_IMPORTED_KEY_MATERIAL,
                                DeleteImportedKeyMaterialRequest::keyId))
                .here(
                        KmsOperation.DISABLE_KEY_ROTATION,
                        unbuilt(
                                keys,
                                KmsOperation.DISABLE_KEY_ROTATION,
                                DisableKeyRotationRequest::keyId))
                .here(
                        KmsOperation.ENABLE_KEY_ROTATION,
                        unbuilt(
                                keys,
                                KmsOperation.ENABLE_KEY_ROTATION,
                                EnableKeyRotationRequest::keyId))
                .here(
                        KmsOperation.GET_KEY_LAST_USAGE,
                        unbuilt(
                                keys,
                                KmsOperation.GET_KEY_LAST_USAGE,
                                GetKeyLastUsageRequest::keyId))
                .here(
                        KmsOperation.GET_KEY_ROTATION_STATUS,
                        unbuilt(
                                keys,
                                KmsOperation.GET_KEY_ROTATION_STATUS,
                                GetKeyRotationStatusRequest::keyId))
                .here(
                        KmsOperation.GET_PARAMETERS_FOR_IMPORT,
                        unbuilt(
                                keys,
                                KmsOperation.GET_PARAMETERS_FOR_IMPORT,
                                GetParametersForImportRequest::keyId))
                .here(
                        KmsOperation.IMPORT_KEY_MATERIAL,
                        unbuilt(
                                keys,
                                KmsOperation.IMPORT_KEY_MATERIAL,
                                ImportKeyMaterialRequest::keyId))
                .here(
                        KmsOperation.LIST_GRANTS,
                        unbuilt(keys, KmsOperation.LIST_GRANTS, ListGrantsRequest::keyId))
                .here(
                        KmsOperation.LIST_KEY_ROTATIONS,
                        unbuilt(
                                keys,
                                KmsOperation.LIST_KEY_ROTATIONS,
                                ListKeyRotationsRequest::keyId))
                .here(
                        KmsOperation.REPLICATE_KEY,
                        unbuilt(keys, KmsOperation.REPLICATE_KEY, ReplicateKeyRequest::keyId))
                .here(
                        KmsOperation.RETIRE_GRANT,
                        unbuilt(keys, KmsOperation.RETIRE_GRANT, RetireGrantRequest::keyId))
                .here(
                        KmsOperation.REVOKE_GRANT,
                        unbuilt(keys, KmsOperation.REVOKE_GRANT, RevokeGrantRequest::keyId))
                .here(
                        KmsOperation.ROTATE_KEY_ON_DEMAND,
                        unbuilt(
                                keys,
                                KmsOperation.ROTATE_KEY_ON_DEMAND,
                                RotateKeyOnDemandRequest::keyId))
                .here(
                        KmsOperation.UPDATE_PRIMARY_REGION,
                        unbuilt(
                                keys,
                                KmsOperation.UPDATE_PRIMARY_REGION,
                                UpdatePrimaryRegionRequest::keyId));
    }

    private static <I, O> Operation<I, O> unbuilt(
            KeyFinder keys, KmsOperation<I, O> operation, Function<I, @Nullable String> keyId) {
        return new UnbuiltKeyOperation<>(keys, operation, keyId);
    }

    @Override
    public String url() {
        return (settings.tls() == null ? "http://" : "https://")
                + at(settings.listen().host(), http.port());
    }

    @Override
    public String adminUrl() {
        return "http://" + at(settings.adminListen().host(), admin.port());
    }

    @Override
    public Running.@Nullable NewCredential newCredential() {
        return newCredential;
    }

    @Override
    public void close() {
        ready = false;
        http.stop(DRAIN);
        timer.close();
        try {
            store.close();
        } catch (IOException e) {
            LOG.atError()
                    .setCause(e)
                    .log("the store was not closed cleanly; what was acknowledged is on the disk");
        }
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private static Store open(Settings settings, Entropy entropy)
            throws IOException, Store.CannotOpen {
        Path data = settings.data();
        Path rootKey = settings.rootKeyFile();
        return data == null || rootKey == null
                ? Store.inMemory(entropy)
                : Store.open(data, new RootKeyFile(rootKey), entropy);
    }

    private static Vertx newVertx() {
        return Vertx.vertx(
                new VertxOptions()
                        .setEventLoopPoolSize(
                                Math.max(1, Runtime.getRuntime().availableProcessors()))
                        .setFileSystemOptions(
                                new FileSystemOptions()
                                        .setFileCachingEnabled(false)
                                        .setClassPathResolvingEnabled(false)));
    }

    private void repeat(Runnable task, long seconds) {
        Runnable guarded =
                () -> {
                    try {
                        task.run();
                    } catch (RuntimeException e) { // one failure must not end the repetition
                        LOG.atError()
                                .setCause(e)
                                .log("a task of the timer failed; it is tried again");
                    }
                };
        ScheduledFuture<?> _ =
                timer.scheduleWithFixedDelay(guarded, seconds, seconds, TimeUnit.SECONDS);
    }

    private static String at(String host, int port) {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
