package trent.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import trent.seal.GuardedFile;

/**
 * Where a store in a PostgreSQL database is, and how it is spoken to. Holds no secret.
 *
 * @param url given as {@code postgresql://[USER@]HOST[:PORT][,…]/DATABASE[?PARAMETER=…]} or in the
 *     form of JDBC, kept in the form of JDBC; never with a password
 * @param passwordFile its first line is the password; null for none
 * @param othersMayReadPassword whether a password file that everybody on the machine can read is
 *     taken, as mounted secrets are
 * @param connections how many connections read, 1 to 500; this node has three more, for changes,
 *     for the feed and for its lease
 * @param connectTimeout for one attempt at one host, 1 s to 5 min
 * @param socketTimeout for how long the database may send nothing that is waited for, 1 s to 1 h
 * @param statementTimeout after which the database gives a statement up, from 1 s and shorter than
 *     {@code socketTimeout}, so that a slow statement costs no connection
 * @param lease for how long the others wait for this node when it is not heard of, 0.1 s to 60 s,
 *     and at least five times {@code poll}
 * @param poll between two looks at what the others have changed, 1 ms to 1 s
 */
public record PostgresSettings(
        String url,
        @Nullable Path passwordFile,
        boolean othersMayReadPassword,
        int connections,
        Duration connectTimeout,
        Duration socketTimeout,
        Duration statementTimeout,
        Duration lease,
        Duration poll) {

    public static final int CONNECTIONS = 8;
    public static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    public static final Duration SOCKET_TIMEOUT = Duration.ofSeconds(15);
    public static final Duration STATEMENT_TIMEOUT = Duration.ofSeconds(10);
    public static final Duration LEASE = Duration.ofSeconds(5);
    public static final Duration POLL = Duration.ofMillis(20);

    private static final int MAX_CONNECTIONS = 500;
    private static final int POLLS_IN_A_LEASE = 5;

    /** Tokens that stand for passwords have a kilobyte or two. */
    private static final int MAX_PASSWORD_BYTES = 8192;

    /**
     * Settings in which everything fits.
     *
     * @throws IllegalArgumentException in words for the operator, which hold nothing of the URL
     */
    public PostgresSettings {
        url = PostgresUrl.read(url).jdbc();
        if (connections < 1 || connections > MAX_CONNECTIONS) {
            throw new IllegalArgumentException(
                    "--store-connections takes 1 to %d, not %d"
                            .formatted(MAX_CONNECTIONS, connections));
        }
        within("--store-connect-timeout", connectTimeout, "PT1S", "PT5M");
        within("--store-socket-timeout", socketTimeout, "PT1S", "PT1H");
        within("--store-statement-timeout", statementTimeout, "PT1S", "PT1H");
        within("--store-lease", lease, "PT0.1S", "PT60S");
        within("--store-poll", poll, "PT0.001S", "PT1S");
        if (statementTimeout.compareTo(socketTimeout) >= 0) {
            throw new IllegalArgumentException(
                    "--store-statement-timeout must be shorter than --store-socket-timeout, %s: else a slow statement"
                                    .formatted(words(socketTimeout))
                            + " costs its connection too");
        }
        if (lease.compareTo(poll.multipliedBy(POLLS_IN_A_LEASE)) < 0) {
            throw new IllegalArgumentException(
                    "--store-lease must be at least %d times --store-poll, %s: a node that looks so rarely would lose it"
                            .formatted(POLLS_IN_A_LEASE, words(poll)));
        }
    }

    /** The database at this URL, without a password and with all defaults. */
    public static PostgresSettings of(String url) {
        return new PostgresSettings(
                url,
                null,
                false,
                CONNECTIONS,
                CONNECT_TIMEOUT,
                SOCKET_TIMEOUT,
                STATEMENT_TIMEOUT,
                LEASE,
                POLL);
    }

    /** The same with the password in this file, which only its owner may read, or his group. */
    public PostgresSettings withPasswordFile(Path file) {
        return new PostgresSettings(
                url,
                file,
                false,
                connections,
                connectTimeout,
                socketTimeout,
                statementTimeout,
                lease,
                poll);
    }

    /** The same with another lease, and another time between two looks. */
    public PostgresSettings withLease(Duration newLease, Duration newPoll) {
        return new PostgresSettings(
                url,
                passwordFile,
                othersMayReadPassword,
                connections,
                connectTimeout,
                socketTimeout,
                statementTimeout,
                newLease,
                newPoll);
    }

    /**
     * Refuses a password file that cannot be used, and warns of one that could be guarded better: to
     * be called at the start.
     *
     * @throws IOException with words for the operator
     */
    public void check() throws IOException {
        if (passwordFile != null) {
            guarded(passwordFile).requireGuarded();
            String _ = passwordIn(passwordFile);
        }
    }

    /**
     * The password as the file has it now; null without a file. A text, since that is what pgjdbc
     * takes.
     *
     * @throws IOException if the file holds none, or others have a hold on it
     */
    public @Nullable String readPassword() throws IOException {
        if (passwordFile == null) {
            return null;
        }
        guarded(passwordFile).requireStillGuarded();
        return passwordIn(passwordFile);
    }

    /** What an operator should mend, though Trent works without; null if there is nothing. */
    public @Nullable String warning() {
        PostgresUrl database = PostgresUrl.read(url);
        return database.verifies()
                ? null
                : ("the database is reached with sslmode=%s, so that whoever is between here and there can pass for it:"
                                + " he would learn its password and decide what this node believes. Give the URL of"
                                + " --store sslmode=verify-full and sslrootcert=FILE, the authority that signed the"
                                + " database's certificate")
                        .formatted(database.sslmode());
    }

    private GuardedFile guarded(Path file) {
        return new GuardedFile(
                file,
                "database's password",
                "can read and change what is stored",
                othersMayReadPassword);
    }

    private static String passwordIn(Path file) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MAX_PASSWORD_BYTES + 1);
        }
        try {
            if (bytes.length > MAX_PASSWORD_BYTES) {
                throw new IOException(
                        "%s is longer than the %d bytes that a password may have"
                                .formatted(file, MAX_PASSWORD_BYTES));
            }
            int end = 0;
            while (end < bytes.length && bytes[end] != '\n' && bytes[end] != '\r') {
                end++;
            }
            if (end == 0) {
                throw new IOException(
                        "the first line of %s is empty; it is to be the password of --store"
                                .formatted(file));
            }
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, end)).toString();
        } catch (CharacterCodingException _) {
            throw new IOException("%s is no text in UTF-8".formatted(file));
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    private static void within(String setting, Duration value, String least, String most) {
        if (value.compareTo(Duration.parse(least)) < 0
                || value.compareTo(Duration.parse(most)) > 0) {
            throw new IllegalArgumentException(
                    "%s takes %s to %s, not %s"
                            .formatted(
                                    setting,
                                    words(Duration.parse(least)),
                                    words(Duration.parse(most)),
                                    words(value)));
        }
    }

    private static String words(Duration time) {
        return time.toMillis() % 1000 == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
    }
}
