package trent.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import trent.call.Principal;
import trent.call.Session;
import trent.crypto.Entropy;
import trent.identity.Credential;
import trent.identity.Credentials;
import trent.identity.Holder;
import trent.identity.SessionTokens;
import trent.identity.StoredCredentials;
import trent.identity.StoredKey;
import trent.name.AccountId;
import trent.wire.signature.Caller;
import trent.wire.signature.Signatures;
import trent.wire.signature.SigningService;

/** Signature Version 4 of an Encrypt: with a user's own access key, and with a session. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 1,
        jvmArgs = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
public class RequestSignatureBenchmark {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final AccountId ACCOUNT = new AccountId("111122223333");
    private static final String KEY_ID = "AKIAIOSFODNN7EXAMPLE";
    private static final String SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    private final Signatures signatures;
    private final SignedEncrypt permanent = new SignedEncrypt(KEY_ID, SECRET, null);
    private final SignedEncrypt temporary;

    /** One user with an access key, and a session of the root. */
    public RequestSignatureBenchmark() {
        Entropy entropy = new SecureRandom()::nextBytes;
        Bench bench = Bench.with(entropy);
        SessionTokens tokens = new SessionTokens(bench.store());
        StoredCredentials known = new StoredCredentials(bench.store(), bench.identities());
        Holder alice = new Holder.User(ACCOUNT, "/", "Alice", "AIDACKCEVSQ6C2EXAMPLE");
        Map<String, StoredKey> stored = new ConcurrentHashMap<>();
        stored.put(
                KEY_ID,
                new StoredKey(new Credential(KEY_ID, alice, SECRET.getBytes(US_ASCII)), true));
        signatures =
                new Signatures(
                        Credentials.issued(
                                null,
                                stored::get,
                                tokens,
                                new Credentials.Holders(bench.identities(), known, known),
                                (_, _, _, _) -> {}),
                        InstantSource.fixed(NOW));
        Session session =
                new Session(
                        null,
                        NOW,
                        NOW.plusSeconds(3600),
                        Map.of(),
                        Set.of(),
                        null,
                        null,
                        false,
                        null,
                        List.of(),
                        null);
        SessionTokens.Issued issued =
                tokens.issue(
                        new Holder.Temporary(
                                Principal.Kind.ROOT, ACCOUNT, ACCOUNT.value(), null, session),
                        entropy);
        temporary = new SignedEncrypt(issued.key().id(), issued.key().shown(), issued.token());
    }

    @Benchmark
    public Caller permanentKey() {
        return signatures.verify(permanent, SigningService.KMS);
    }

    @Benchmark
    public Caller session() {
        return signatures.verify(temporary, SigningService.KMS);
    }
}
