package trent.crypto;

import org.junit.jupiter.api.Assumptions;

/** The two ways in which Trent's cryptography may be set up on a machine. */
public enum ProviderChoice {
    /** As on the platforms that the native provider is built for. */
    NATIVE("with the native provider"),
    /** As elsewhere: the JDK and Bouncy Castle. */
    FALLBACK("without the native provider");

    private final String words;

    ProviderChoice(String words) {
        this.words = words;
    }

    /** Sets it up for the tests that follow; they must leave it {@link #NATIVE}. */
    public void choose() {
        switch (this) {
            case NATIVE -> {
                Providers.loadNow();
                Assumptions.assumeTrue(
                        Providers.isNative(), "the native provider is not for this platform");
            }
            case FALLBACK -> Providers.forget();
        }
    }

    @Override
    public String toString() {
        return words;
    }
}
