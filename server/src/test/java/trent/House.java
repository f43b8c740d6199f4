package trent;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import trent.access.ConditionKeys;
import trent.api.AliasListEntry;
import trent.api.KeyMetadata;
import trent.api.KeySpec;
import trent.api.KeyState;
import trent.api.KeyUsageType;
import trent.api.KmsOperation;
import trent.api.OriginType;
import trent.api.ServiceException;
import trent.call.Call;
import trent.call.Operation;
import trent.call.Principal;
import trent.crypto.Entropy;
import trent.crypto.attestation.AttestationRoots;
import trent.imported.Expirations;
import trent.key.LatestUses;
import trent.key.LongWork;
import trent.key.Quotas;
import trent.key.Sm2Regions;
import trent.key.Sweep;
import trent.language.CompiledPolicies;
import trent.lifecycle.Deletions;
import trent.name.AccountId;
import trent.name.AliasArn;
import trent.name.AliasName;
import trent.name.KeyArn;
import trent.name.KeyId;
import trent.name.Region;
import trent.policy.KeyPolicies;
import trent.rotation.Rotations;
import trent.store.HeapShare;
import trent.store.Key;
import trent.store.Policies;
import trent.store.Store;
import trent.wire.Routes;
import trent.work.Lanes;

/**
 * The whole service without its wire: a real store, real cryptography, every operation, and a clock
 * that the test moves.
 */
public final class House implements AutoCloseable {

    public static final AccountId ACCOUNT = new AccountId("111122223333");
    public static final AccountId OTHER_ACCOUNT = new AccountId("444455556666");
    public static final Region REGION = new Region("us-east-2");
    public static final Region OTHER_REGION = new Region("eu-west-1");
    public static final Instant START = Instant.parse("2026-01-02T03:04:05.678Z");

    /** An id that no key has. */
    public static final String UNKNOWN_KEY = "1234abcd-12ab-34cd-56ef-1234567890ab";

    /** What {@link Caller#tried} says of a call that was answered. */
    public static final String OK = "ok";

    private static final LongWork WORK = new LongWork(new Lanes(2));
    private static final Entropy RANDOM = new SecureRandom()::nextBytes;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Store store;
    private final Entropy entropy;
    private final Clock clock = new Clock();
    private static final Set<String> CUSTOM_KEY_STORES =
            Set.of(
                    "ConnectCustomKeyStore",
                    "CreateCustomKeyStore",
                    "DeleteCustomKeyStore",
                    "DescribeCustomKeyStores",
                    "DisconnectCustomKeyStore",
                    "UpdateCustomKeyStore");

    private final TestIdentities identities = new TestIdentities();
    private final LatestUses uses;
    private final Routes routes;

    /** A house of its own, gone when it is closed. */
    public House() {
        this(RANDOM);
    }

    /** A house whose random bytes are known. */
    public House(Entropy entropy) {
        this(Stores.fresh(entropy), entropy);
    }

    /** A house over this store, which it takes over. */
    public House(Store store, Entropy entropy) {
        this(store, entropy, Quotas.DEFAULT);
    }

    /** The same with other quotas. */
    public House(Store store, Entropy entropy, Quotas quotas) {
        this(store, entropy, quotas, Sm2Regions.CHINA, null);
    }

    /** A house that offers SM2 in these Regions. */
    public House(Sm2Regions sm2) {
        this(Stores.fresh(RANDOM), RANDOM, Quotas.DEFAULT, sm2, null);
    }

    /** A house that believes attestation documents of these roots. */
    public House(AttestationRoots roots) {
        this(Stores.fresh(RANDOM), RANDOM, Quotas.DEFAULT, Sm2Regions.CHINA, roots);
    }

    private House(
            Store store,
            Entropy entropy,
            Quotas quotas,
            Sm2Regions sm2,
            @Nullable AttestationRoots roots) {
        this.store = store;
        this.entropy = entropy;
        store.tellTimeBy(clock);
        this.uses = new LatestUses(store, clock);
        this.routes =
                new Operations(
                                store,
                                identities,
                                new CompiledPolicies(
                                        ConditionKeys.VOCABULARY,
                                        HeapShare.COMPILED_POLICIES.bytes()),
                                false,
                                entropy,
                                clock,
                                clock,
                                quotas,
                                uses,
                                sm2,
                                roots,
                                WORK,
                                new IdentityTurns())
                        .routes();
    }

    /** Time as the test tells it; it stands still meanwhile. */
    private static final class Clock implements InstantSource {

        private volatile Instant now = START;

        @Override
        public Instant instant() {
            return now;
        }
    }

    /** The root of the account, in the Region, where most tests happen. */
    public Caller caller() {
        return root(ACCOUNT, REGION);
    }

    public Caller root(AccountId account, Region region) {
        return new Caller(new Call(Principal.root(account, region.partition()), region, "test"));
    }

    /** Somebody of the account who is not its root: nothing is allowed to him. */
    public Caller user(AccountId account, Region region) {
        return new Caller(
                new Call(
                        Principal.user(account, "aws", "/", "alice", "AIDAALICEALICEALICE2", null),
                        region,
                        "test"));
    }

    /** A principal by its ARN: a user, a role's session … */
    public Caller principal(AccountId account, String arn) {
        return new Caller(new Call(Principals.of(account, arn), REGION, "test"));
    }

    public Store store() {
        return store;
    }

    public Instant now() {
        return clock.instant();
    }

    public void advance(Duration duration) {
        clock.now = clock.now.plus(duration);
    }

    /** Deletes the keys that are due, as the service does from time to time. */
    public void deleteWhatIsDue() {
        Sweep _ = new Deletions(store, clock, clock).run();
    }

    /** Deletes imported material that has expired, as the service does from time to time. */
    public void expireWhatIsDue() {
        Sweep _ = new Expirations(store, clock).run();
    }

    /** Rotates the keys that are due, as the service does from time to time. */
    public void rotateWhatIsDue() {
        Sweep _ = new Rotations(store, entropy, clock).run();
    }

    /** Writes the last uses of the keys, as the service does every few seconds. */
    public void flushUses() {
        Sweep _ = uses.flush();
    }

    /** The names of the operations that work. */
    public Set<String> operations() {
        Set<String> names = new TreeSet<>();
        for (KmsOperation<?, ?> operation : KmsOperation.all()) {
            if (!CUSTOM_KEY_STORES.contains(operation.name())) {
                names.add(operation.name());
            }
        }
        return names;
    }

    /** Gives a key a state that no operation may lead to yet. */
    public void setState(KeyArn arn, KeyState state) {
        store.write(
                tx -> {
                    tx.keys().update(Objects.requireNonNull(tx.keys().find(arn)).withState(state));
                    return state;
                });
    }

    /** A key of a kind that CreateKey does not make yet; it has no material. */
    public KeyArn insertKey(Caller caller, KeySpec spec, KeyUsageType usage) {
        KeyArn arn = caller.newArn();
        Key key =
                Key.created(
                        arn,
                        spec,
                        usage,
                        OriginType.AWS_KMS,
                        KeyState.ENABLED,
                        "",
                        clock.instant(),
                        null);
        store.write(
                tx -> {
                    tx.keys().insert(key);
                    tx.policies()
                            .put(
                                    arn,
                                    new Policies.Stored(
                                            KeyPolicies.defaultFor(
                                                    Principal.root(
                                                            arn.account(),
                                                            arn.region().partition())),
                                            Map.of()));
                    return key;
                });
        return arn;
    }

    @Override
    public void close() {
        try {
            store.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a call came to, as the tables of the tests write it. */
    public static String outcome(Runnable call) {
        try {
            call.run();
            return OK;
        } catch (ServiceException e) {
            return e.getMessage() == null ? e.code() : e.code() + ": " + e.getMessage();
        }
    }

    /** A request's body, from names and values in turn; null values are left out. */
    public static byte[] body(@Nullable Object... members) {
        Map<Object, Object> body = new LinkedHashMap<>();
        for (int i = 0; i < members.length; i += 2) {
            Object name = Objects.requireNonNull(members[i]);
            Object value = members[i + 1];
            if (value != null) {
                body.put(
                        name,
                        value instanceof byte[] bytes
                                ? Base64.getEncoder().encodeToString(bytes)
                                : value);
            }
        }
        try {
            return JSON.writeValueAsBytes(body);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Somebody who calls: requests go through the checks of their members, as on the wire. */
    public final class Caller {

        private volatile Call call;

        private Caller(Call call) {
            this.call = call;
        }

        /** The answer, or the {@link ServiceException} that is the answer. */
        public <I, O> O send(KmsOperation<I, O> operation, I request) {
            @SuppressWarnings("unchecked") // as it was added
            Operation<I, O> known = (Operation<I, O>) routes.code(operation);
            Call next =
                    call.in(call.region()); // a new one for each: it remembers what it was about
            call = next;
            return known.answer(next, request);
        }

        /** The same with the request's members, names and values in turn. */
        public <I, O> O ask(KmsOperation<I, O> operation, @Nullable Object... members) {
            return sendBody(operation, body(members));
        }

        /**
         * The outcome of a request with these members: {@link House#OK}, or the error and its text.
         */
        public String tried(String operation, @Nullable Object... members) {
            return triedBody(operation, new String(body(members), UTF_8));
        }

        /** The outcome of a request with this body. */
        public String triedBody(String operation, String json) {
            KmsOperation<?, ?> known = Objects.requireNonNull(KmsOperation.byName(operation));
            return outcome(() -> sendBody(known, json.getBytes(UTF_8)));
        }

        /** The error that a request with this body meets; null if it is answered. */
        public @Nullable ServiceException thrown(String operation, byte[] json) {
            try {
                Object _ = sendBody(Objects.requireNonNull(KmsOperation.byName(operation)), json);
                return null;
            } catch (ServiceException e) {
                return e;
            }
        }

        private <I, O> O sendBody(KmsOperation<I, O> operation, byte[] body) {
            return send(operation, operation.read(body, 0, body.length));
        }

        /** What DescribeKey shows. */
        public KeyMetadata describe(String keyId) {
            return Objects.requireNonNull(
                    ask(KmsOperation.DESCRIBE_KEY, "KeyId", keyId).keyMetadata());
        }

        /** The first page of ListAliases. */
        public List<AliasListEntry> aliases(@Nullable Object... members) {
            return Objects.requireNonNull(ask(KmsOperation.LIST_ALIASES, members).aliases())
                    .stream()
                    .filter(alias -> alias.targetKeyId() != null)
                    .toList();
        }

        /** The names on the first page of ListAliases. */
        public List<String> aliasNames(@Nullable Object... members) {
            return aliases(members).stream()
                    .map(alias -> Objects.requireNonNull(alias.aliasName()))
                    .toList();
        }

        /** Makes a key and gives its id. */
        public String newKey() {
            return Objects.requireNonNull(ask(KmsOperation.CREATE_KEY).keyMetadata()).keyId();
        }

        public void newAlias(String name, String keyId) {
            ask(KmsOperation.CREATE_ALIAS, "AliasName", name, "TargetKeyId", keyId);
        }

        public byte[] encrypt(String keyId, byte[] plaintext, Map<String, String> context) {
            return Objects.requireNonNull(
                            ask(
                                            KmsOperation.ENCRYPT,
                                            "KeyId",
                                            keyId,
                                            "Plaintext",
                                            plaintext,
                                            "EncryptionContext",
                                            context)
                                    .ciphertextBlob())
                    .bytes();
        }

        /** A ciphertext of one byte, without context. */
        public byte[] encrypt(String keyId) {
            return encrypt(keyId, new byte[] {42}, Map.of());
        }

        /** The plaintext of a ciphertext. */
        public byte[] decrypt(byte[] ciphertext, Map<String, String> context) {
            return Objects.requireNonNull(
                            ask(
                                            KmsOperation.DECRYPT,
                                            "CiphertextBlob",
                                            ciphertext,
                                            "EncryptionContext",
                                            context)
                                    .plaintext())
                    .bytes();
        }

        public KeyArn arn(String keyId) {
            return new KeyArn(call.region(), call.account(), new KeyId(keyId));
        }

        public AliasArn alias(String name) {
            return new AliasName(name).in(call.account(), call.region());
        }

        /** The last one, or one that is like those to come. */
        public Call call() {
            return call;
        }

        private KeyArn newArn() {
            byte[] random = new byte[16];
            new SecureRandom().nextBytes(random);
            return new KeyArn(call.region(), call.account(), KeyId.of(random, false));
        }
    }
}
