package trent.crypto;

import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.Security;
import javax.crypto.Cipher;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which provider computes what: Amazon Corretto Crypto Provider where it is there and has the
 * algorithm, else the JDK's own.
 *
 * <p>The native provider takes 0.2 to 0.8 s to load, so it is loaded beside the start; until then,
 * and on platforms that it is not made for, the JDK computes. It is never installed for the whole
 * JVM: only who asks here gets it.
 */
public final class Providers {

    private static final Logger LOG = LoggerFactory.getLogger(Providers.class);

    private static final String NATIVE =
            "com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider";

    /** Null until it is loaded, and for ever where it is not available. */
    private static volatile @Nullable Provider available;

    private static volatile boolean settled;

    private Providers() {}

    /** Starts to load the native provider on a thread of its own; returns at once. */
    public static void loadInBackground() {
        Thread.ofPlatform().name("trent-crypto").daemon().start(Providers::load);
    }

    /** Loads the native provider and waits for it: for tests and benchmarks. */
    public static void loadNow() {
        load();
    }

    /** For tests: until {@link #loadNow}, as on a platform that has no native provider. */
    static void forget() {
        available = null;
    }

    /** Whether the native provider is there. */
    public static boolean isNative() {
        return available != null;
    }

    /**
     * Whether it is known if the native provider is there. A key object made before may be another
     * provider's, and slow for the one that uses it later: not one to keep.
     */
    public static boolean settled() {
        return settled;
    }

    /** The native provider if it is there and has the algorithm, else null. */
    public static @Nullable Provider nativeFor(String type, String algorithm) {
        Provider provider = available;
        return provider != null && provider.getService(type, algorithm) != null ? provider : null;
    }

    /**
     * The provider to use.
     *
     * @throws IllegalStateException if no provider has the algorithm
     */
    public static Provider of(String type, String algorithm) {
        Provider provider = nativeFor(type, algorithm);
        if (provider != null) {
            return provider;
        }
        for (Provider installed : Security.getProviders()) {
            if (installed.getService(type, algorithm) != null) {
                return installed;
            }
        }
        throw new IllegalStateException("no provider has " + type + " " + algorithm);
    }

    /** A cipher of the native provider, else of the JDK, which lists mode and padding apart. */
    public static Cipher cipher(String transformation) throws GeneralSecurityException {
        Provider provider = nativeFor("Cipher", transformation);
        return provider == null
                ? Cipher.getInstance(transformation, "SunJCE")
                : Cipher.getInstance(transformation, provider);
    }

    /** The native provider or Bouncy Castle: the JDK has given the curve up. */
    public static Provider forSecp256k1(String type, String algorithm) {
        Provider provider = nativeFor(type, algorithm);
        return provider == null ? Bouncy.CASTLE : provider;
    }

    /** For the curve of SM2, which no other provider has. */
    static Provider bouncyCastle() {
        return Bouncy.CASTLE;
    }

    /** A class of its own, so that it is loaded only when a key needs it. */
    private static final class Bouncy {
        private static final Provider CASTLE = new BouncyCastleProvider();
    }

    private static synchronized void load() {
        if (available != null) {
            return;
        }
        try {
            Class<?> type = Class.forName(NATIVE);
            Provider found = (Provider) type.getField("INSTANCE").get(null);
            type.getMethod("assertHealthy").invoke(found);
            available = found;
        } catch (ReflectiveOperationException | LinkageError e) {
            LOG.atInfo().log(
                    "the native cryptography is not available on this platform, the JDK's is used: {}",
                    e.getClass().getSimpleName());
        } finally {
            settled = true;
        }
    }

    /** A fault of the platform: what every JDK has is missing. */
    public static IllegalStateException missing(GeneralSecurityException e) {
        return new IllegalStateException("this platform lacks an algorithm", e);
    }
}
