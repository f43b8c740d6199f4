package trent.bench;

import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import trent.api.KeySpec;
import trent.api.SigningAlgorithmSpec;
import trent.crypto.KeyPairs;
import trent.crypto.MessageKind;
import trent.crypto.Providers;
import trent.crypto.signature.Signer;
import trent.key.KeySpecs;

/** Signatures through the crypto room: the key objects are kept, as AsymmetricKeys keeps them. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
        value = 1,
        jvmArgs = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
@Warmup(iterations = 1, time = 1)
@Measurement(iterations = 7, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class SignatureBenchmark {

    @Param("RSA_2048")
    KeySpec spec = KeySpec.RSA_2048;

    @Param("RSASSA_PSS_SHA_256")
    SigningAlgorithmSpec algorithm = SigningAlgorithmSpec.RSASSA_PSS_SHA_256;

    @Param("RAW")
    MessageKind kind = MessageKind.RAW;

    private Signer signer = Signer.of(algorithm);
    private byte[] message = {};
    private byte[] signature = {};
    private PrivateKey privateKey = new NoKey();
    private PublicKey publicKey = new NoKey();

    /** Reads the keys as they are read from the store, and makes a signature to verify. */
    @Setup
    public void prepare() {
        Providers.loadNow();
        signer = Signer.of(algorithm);
        KeyPairs pairs = KeySpecs.of(spec).pairs();
        KeyPair pair = pairs.generate();
        privateKey = pairs.privateKey(pairs.encodePrivate(pair.getPrivate()));
        publicKey = pairs.publicKey(pairs.encodePublic(pair.getPublic()));
        message = new byte[kind == MessageKind.RAW ? 64 : signer.digestBytes()];
        Arrays.fill(message, (byte) 7);
        signature = signer.sign(privateKey, message, kind);
    }

    @Benchmark
    public byte[] sign() {
        return signer.sign(privateKey, message, kind);
    }

    /** Verifies; a wrong answer ends the run. */
    @Benchmark
    public boolean verify() {
        if (!signer.verify(publicKey, message, signature, kind)) {
            throw new IllegalStateException("does not verify");
        }
        return true;
    }

    /** What stands in the fields until the benchmark is prepared. */
    private static final class NoKey implements PrivateKey, PublicKey {
        private static final long serialVersionUID = 1L;

        @Override
        public String getAlgorithm() {
            return "none";
        }

        @Override
        public String getFormat() {
            return "none";
        }

        @Override
        public byte[] getEncoded() {
            return new byte[0];
        }
    }
}
