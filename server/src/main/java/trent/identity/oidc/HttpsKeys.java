package trent.identity.oidc;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.text.ParseException;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The keys that issuers publish, over HTTPS only and without following redirects. Source: OpenID
 * Connect Discovery 1.0.
 */
public final class HttpsKeys implements KeySource {

    /** For an issuer's two documents together. */
    private static final Duration DEADLINE = Duration.ofSeconds(3);

    private static final int OK = 200;

    private final @Nullable Path authorities;
    private final Lock making = new ReentrantLock();
    private @Nullable SSLContext context;

    /**
     * Believes the authorities of the Java runtime.
     *
     * @param authorities a PEM file of others that are believed too; null for none
     */
    public HttpsKeys(@Nullable Path authorities) {
        this.authorities = authorities;
    }

    /**
     * Refuses a file without certificates.
     *
     * @throws IOException with words for the operator
     */
    public static void check(Path authorities) throws IOException {
        try {
            certificates(authorities);
        } catch (GeneralSecurityException e) {
            throw new IOException(authorities + " holds no certificates in PEM", e);
        }
    }

    @Override
    public byte[] fetch(String url) throws IOException {
        long end = System.nanoTime() + DEADLINE.toNanos();
        // One for each fetch, which is rare: between them no thread is kept.
        HttpClient client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(DEADLINE)
                        .sslContext(context())
                        .build();
        try {
            String issuer = "https://" + url;
            byte[] document = get(client, issuer + "/.well-known/openid-configuration", end);
            Map<String, Object> configuration =
                    JSONObjectUtils.parse(new String(document, UTF_8), MAX_BYTES);
            if (!issuer.equals(configuration.get("issuer"))) {
                throw new IOException("the configuration of %s is another's".formatted(issuer));
            }
            return get(client, String.valueOf(configuration.get("jwks_uri")), end);
        } catch (ParseException e) {
            throw new IOException("the configuration of https://%s is no JSON".formatted(url), e);
        } finally {
            client.shutdownNow();
        }
    }

    private static byte[] get(HttpClient client, String url, long end) throws IOException {
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            throw new IOException("%s is no URL".formatted(url), e);
        }
        if (!"https".equals(uri.getScheme()) || uri.getHost() == null) {
            throw new IOException("%s is no URL of HTTPS".formatted(url));
        }
        CompletableFuture<HttpResponse<byte[]>> answer =
                client.sendAsync(
                        HttpRequest.newBuilder(uri).timeout(DEADLINE).build(),
                        BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_BYTES));
        try {
            HttpResponse<byte[]> response =
                    answer.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (response.statusCode() != OK) {
                throw new IOException(
                        "%s answered with status %d".formatted(url, response.statusCode()));
            }
            return response.body();
        } catch (ExecutionException e) {
            throw new IOException("%s cannot be read: %s".formatted(url, e.getCause()), e);
        } catch (TimeoutException e) {
            throw new IOException(
                    "%s did not answer within %d s".formatted(url, DEADLINE.toSeconds()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            answer.cancel(true);
        }
    }

    private SSLContext context() throws IOException {
        making.lock();
        try {
            SSLContext made = context;
            if (made == null) {
                made = believing(authorities);
                context = made;
            }
            return made;
        } catch (GeneralSecurityException e) {
            throw new IOException("the authorities for issuers of tokens cannot be read", e);
        } finally {
            making.unlock();
        }
    }

    /**
     * TLS that believes the authorities of the Java runtime, and those of a PEM file.
     *
     * @param authorities null for none
     */
    public static SSLContext believing(@Nullable Path authorities)
            throws GeneralSecurityException, IOException {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        int count = 0;
        for (TrustManager manager : managers(null)) {
            if (manager instanceof X509TrustManager x509) {
                for (X509Certificate each : x509.getAcceptedIssuers()) {
                    trusted.setCertificateEntry("runtime " + count++, each);
                }
            }
        }
        if (authorities != null) {
            for (Certificate each : certificates(authorities)) {
                trusted.setCertificateEntry("given " + count++, each);
            }
        }
        SSLContext made = SSLContext.getInstance("TLS");
        made.init(null, managers(trusted), null);
        return made;
    }

    private static TrustManager[] managers(@Nullable KeyStore trusted)
            throws GeneralSecurityException {
        TrustManagerFactory factory =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        return Objects.requireNonNull(factory.getTrustManagers());
    }

    private static Collection<? extends Certificate> certificates(Path file)
            throws GeneralSecurityException, IOException {
        try (InputStream in = Files.newInputStream(file)) {
            Collection<? extends Certificate> found =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (found.isEmpty()) {
                throw new GeneralSecurityException("no certificate in " + file);
            }
            return found;
        }
    }
}
