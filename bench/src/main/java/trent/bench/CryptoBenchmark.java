package trent.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import javax.crypto.AEADBadTagException;
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
import org.openjdk.jmh.annotations.Warmup;
import trent.api.KeySpec;
import trent.api.MacAlgorithmSpec;
import trent.crypto.DoesNotOpen;
import trent.crypto.Ecdh;
import trent.crypto.InvalidKeyMaterial;
import trent.crypto.KeyPairs;
import trent.crypto.MessageCipher;
import trent.crypto.MessageMac;
import trent.crypto.Oaep;
import trent.crypto.Providers;
import trent.key.KeySpecs;

/** All but signatures, through the crypto room. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
        value = 1,
        jvmArgs = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
@Warmup(iterations = 1, time = 1)
@Measurement(iterations = 7, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class CryptoBenchmark {

    /** A message of 1,024 bytes, sealed and authenticated. */
    @State(Scope.Thread)
    public static class Message {

        private final MessageCipher cipher = new MessageCipher("benchmark".getBytes(UTF_8));
        private final MessageMac sha256 = MessageMac.of(MacAlgorithmSpec.HMAC_SHA_256);
        private final MessageMac sha512 = MessageMac.of(MacAlgorithmSpec.HMAC_SHA_512);
        private final byte[] key = random(32);
        private final byte[] salt = random(MessageCipher.SALT_BYTES);
        private final byte[] plaintext = random(1024);
        private final byte[] freshSalt = random(MessageCipher.SALT_BYTES);
        private long messages;
        private final byte[] out = new byte[plaintext.length + MessageCipher.TAG_BYTES];
        private final byte[] sealed = new byte[plaintext.length + MessageCipher.TAG_BYTES];

        /** Seals what is to be opened. */
        @Setup(Level.Trial)
        public void prepare() {
            cipher.encrypt(key, salt, plaintext, sealed, 0);
        }

        private static byte[] random(int count) {
            byte[] bytes = new byte[count];
            new SecureRandom().nextBytes(bytes);
            return bytes;
        }
    }

    /** An RSA pair and a ciphertext. */
    @State(Scope.Thread)
    public static class Rsa {

        @Param("RSA_2048")
        KeySpec spec = KeySpec.RSA_2048;

        private KeyPair pair = new KeyPair(null, null);
        private byte[] ciphertext = {};

        /** Makes them. */
        @Setup(Level.Trial)
        public void prepare() {
            pair = pair(spec);
            ciphertext = Oaep.SHA_256.encrypt(pair.getPublic(), new byte[32]);
        }
    }

    /** A pair and somebody else's public key on a curve. */
    @State(Scope.Thread)
    public static class Curve {

        @Param("ECC_NIST_P256")
        KeySpec spec = KeySpec.ECC_NIST_P256;

        private KeyPair pair = new KeyPair(null, null);
        private byte[] peer = {};

        /** Makes them. */
        @Setup(Level.Trial)
        public void prepare() {
            pair = pair(spec);
            peer = KeySpecs.of(spec).pairs().encodePublic(pair(spec).getPublic());
        }
    }

    private static KeyPair pair(KeySpec spec) {
        Providers.loadNow();
        KeyPairs pairs = KeySpecs.of(spec).pairs();
        KeyPair made = pairs.generate();
        return new KeyPair(
                pairs.publicKey(pairs.encodePublic(made.getPublic())),
                pairs.privateKey(pairs.encodePrivate(made.getPrivate())));
    }

    @Benchmark
    public byte[] encryptMessage(Message message) {
        ByteBuffer.wrap(message.freshSalt).putLong(message.messages++); // GCM refuses a nonce twice
        message.cipher.encrypt(message.key, message.freshSalt, message.plaintext, message.out, 0);
        return message.out;
    }

    @Benchmark
    public byte[] decryptMessage(Message message) throws AEADBadTagException {
        return message.cipher.decrypt(
                message.key, message.salt, message.sealed, 0, message.sealed.length);
    }

    @Benchmark
    public byte[] hmacSha256(Message message) {
        return message.sha256.tag(message.key, message.plaintext);
    }

    @Benchmark
    public byte[] hmacSha512(Message message) {
        return message.sha512.tag(message.key, message.plaintext);
    }

    @Benchmark
    public byte[] oaepEncrypt(Rsa rsa) {
        return Oaep.SHA_256.encrypt(rsa.pair.getPublic(), new byte[32]);
    }

    @Benchmark
    public byte[] oaepDecrypt(Rsa rsa) throws DoesNotOpen {
        return Oaep.SHA_256.decrypt(rsa.pair.getPrivate(), rsa.ciphertext);
    }

    /** Reads and checks the peer's key, and agrees. */
    @Benchmark
    public byte[] ecdh(Curve curve) throws InvalidKeyMaterial {
        return Ecdh.agree(KeySpecs.of(curve.spec).pairs(), curve.pair.getPrivate(), curve.peer);
    }
}
