package trent.bench;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import trent.api.Blob;
import trent.api.CreateKeyRequest;
import trent.api.KeySpec;
import trent.api.KeyUsageType;
import trent.api.SignRequest;
import trent.api.SignResponse;
import trent.api.SigningAlgorithmSpec;
import trent.api.VerifyRequest;
import trent.api.VerifyResponse;
import trent.call.Call;
import trent.crypto.Entropy;
import trent.crypto.Providers;
import trent.key.KeyFinder;
import trent.key.LongWork;
import trent.store.Store;
import trent.use.AsymmetricKeys;
import trent.use.Sign;
import trent.use.Verify;
import trent.work.Lanes;

/** Sign and Verify as whole operations, without HTTP and the request's own signature. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
        value = 1,
        jvmArgs = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
@Warmup(iterations = 1, time = 1)
@Measurement(iterations = 7, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class AsymmetricBenchmark {

    @Param("RSA_2048")
    KeySpec spec = KeySpec.RSA_2048;

    @Param("RSASSA_PSS_SHA_256")
    SigningAlgorithmSpec algorithm = SigningAlgorithmSpec.RSASSA_PSS_SHA_256;

    private final Entropy entropy = new SecureRandom()::nextBytes;
    private final LongWork work = new LongWork(new Lanes(1));
    private final Bench bench = Bench.with(entropy);
    private final Store store = bench.store();
    private final KeyFinder keys = bench.keys();
    private final AsymmetricKeys asymmetric = new AsymmetricKeys(store, work);
    private final Sign sign = new Sign(keys, asymmetric);
    private final Verify verify = new Verify(keys, asymmetric);
    private final Call call = Bench.CALL;

    private SignRequest signRequest =
            SignRequest.builder()
                    .keyId("")
                    .message(new Blob(new byte[1]))
                    .signingAlgorithm(algorithm)
                    .build();
    private VerifyRequest verifyRequest =
            VerifyRequest.builder()
                    .keyId("")
                    .message(new Blob(new byte[1]))
                    .signature(new Blob(new byte[1]))
                    .signingAlgorithm(algorithm)
                    .build();

    /** Makes the key and one request of each kind. */
    @Setup(Level.Trial)
    public void prepare() {
        Providers.loadNow();
        CreateKeyRequest request =
                CreateKeyRequest.builder().keySpec(spec).keyUsage(KeyUsageType.SIGN_VERIFY).build();
        String keyId = bench.newKey(request, entropy, work);
        Blob message = new Blob(entropy.bytes(64));
        signRequest =
                SignRequest.builder()
                        .keyId(keyId)
                        .message(message)
                        .signingAlgorithm(algorithm)
                        .build();
        verifyRequest =
                VerifyRequest.builder()
                        .keyId(keyId)
                        .message(message)
                        .signature(
                                Objects.requireNonNull(sign.answer(call, signRequest).signature()))
                        .signingAlgorithm(algorithm)
                        .build();
    }

    /** Closes the store. */
    @TearDown(Level.Trial)
    public void finish() throws IOException {
        store.close();
    }

    @Benchmark
    public SignResponse sign() {
        return sign.answer(call, signRequest);
    }

    @Benchmark
    public VerifyResponse verify() {
        return verify.answer(call, verifyRequest);
    }
}
