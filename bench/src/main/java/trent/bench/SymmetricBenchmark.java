package trent.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import trent.api.Blob;
import trent.api.CreateKeyRequest;
import trent.api.DataKeySpec;
import trent.api.DecryptRequest;
import trent.api.DecryptResponse;
import trent.api.EncryptRequest;
import trent.api.EncryptResponse;
import trent.api.GenerateDataKeyRequest;
import trent.api.GenerateDataKeyResponse;
import trent.api.Json;
import trent.api.KmsOperation;
import trent.call.Call;
import trent.crypto.Entropy;
import trent.key.KeyFinder;
import trent.key.LongWork;
import trent.store.Store;
import trent.use.AsymmetricKeys;
import trent.use.Decrypt;
import trent.use.Encrypt;
import trent.use.Encryption;
import trent.use.GenerateDataKey;
import trent.use.Recipients;
import trent.use.SymmetricKeys;
import trent.work.Lanes;

/** The symmetric operations without HTTP and signature, and the JSON around them. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class SymmetricBenchmark {

    private static final Map<String, String> CONTEXT = Map.of("app", "bench", "run", "0123");

    private final Entropy entropy = new SecureRandom()::nextBytes;
    private final LongWork work = new LongWork(new Lanes(1));
    private final Bench bench = Bench.with(entropy);
    private final Store store = bench.store();
    private final KeyFinder keys = bench.keys();
    private final SymmetricKeys symmetric = new SymmetricKeys(store, entropy);
    private final Encryption encryption =
            new Encryption(keys, symmetric, new AsymmetricKeys(store, work));
    private final Recipients recipients = new Recipients(store, null, InstantSource.system(), work);
    private final Encrypt encrypt = new Encrypt(keys, encryption);
    private final Decrypt decrypt = new Decrypt(keys, encryption, recipients);
    private final GenerateDataKey generateDataKey =
            new GenerateDataKey(keys, symmetric, recipients);
    private final Call call = Bench.CALL;

    private EncryptRequest encryptRequest =
            EncryptRequest.builder().keyId("").plaintext(new Blob(new byte[1])).build();
    private DecryptRequest decryptRequest = DecryptRequest.builder().build();
    private GenerateDataKeyRequest dataKeyRequest =
            GenerateDataKeyRequest.builder().keyId("").build();
    private byte[] encryptBody = {};
    private EncryptResponse encrypted = new EncryptResponse(null, null, null);

    /** Makes the key and one request of each kind. */
    @Setup(Level.Trial)
    public void prepare() {
        String keyId = bench.newKey(CreateKeyRequest.builder().build(), entropy, work);
        byte[] plaintext = entropy.bytes(32);
        encryptRequest =
                EncryptRequest.builder()
                        .keyId(keyId)
                        .plaintext(new Blob(plaintext))
                        .encryptionContext(CONTEXT)
                        .build();
        encrypted = encrypt.answer(call, encryptRequest);
        decryptRequest =
                DecryptRequest.builder()
                        .ciphertextBlob(encrypted.ciphertextBlob())
                        .encryptionContext(CONTEXT)
                        .build();
        dataKeyRequest =
                GenerateDataKeyRequest.builder()
                        .keyId(keyId)
                        .keySpec(DataKeySpec.AES_256)
                        .encryptionContext(CONTEXT)
                        .build();
        encryptBody =
                ("{\"KeyId\":\""
                                + keyId
                                + "\",\"Plaintext\":\""
                                + Base64.getEncoder().encodeToString(plaintext)
                                + "\",\"EncryptionContext\":{\"app\":\"bench\",\"run\":\"0123\"}}")
                        .getBytes(UTF_8);
    }

    /** Closes the store. */
    @TearDown(Level.Trial)
    public void finish() throws IOException {
        store.close();
    }

    @Benchmark
    public EncryptResponse encrypt() {
        return encrypt.answer(call, encryptRequest);
    }

    @Benchmark
    public DecryptResponse decrypt() {
        return decrypt.answer(call, decryptRequest);
    }

    @Benchmark
    public GenerateDataKeyResponse generateDataKey() {
        return generateDataKey.answer(call, dataKeyRequest);
    }

    @Benchmark
    public EncryptRequest readEncryptRequest() {
        return KmsOperation.ENCRYPT.read(encryptBody, 0, encryptBody.length);
    }

    /** Writes an answer as JSON. */
    @Benchmark
    public ByteArrayOutputStream writeEncryptResponse() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(512);
        try (var json = Json.FACTORY.createGenerator(out)) {
            KmsOperation.ENCRYPT.write(encrypted, json);
        }
        return out;
    }
}
