package trent.crypto.attestation;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXCertPathValidatorResult;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import trent.crypto.Providers;

/**
 * The certificate authorities whose attestation documents are believed. Source: AWS Nitro Enclaves
 * User Guide, "Verifying the root of trust".
 */
public final class AttestationRoots {

    /** How far a document's time may be from the clock, either way. */
    public static final Duration MAX_AGE = Duration.ofMinutes(5);

    private static final int MAX_FILE_BYTES = 1024 * 1024;
    private static final int DIGITAL_SIGNATURE = 0;
    private static final int KEY_CERT_SIGN = 5;

    /** How every key on P-384 begins: id-ecPublicKey, secp384r1, an uncompressed point. */
    private static final byte[] P384 =
            HexFormat.of().parseHex("3076301006072a8648ce3d020106052b8104002203620004");

    private final Set<TrustAnchor> anchors = new HashSet<>();
    private final CertificateFactory certificates;

    private AttestationRoots(Collection<X509Certificate> roots) {
        for (X509Certificate root : roots) {
            anchors.add(new TrustAnchor(root, null));
        }
        this.certificates = certificateFactory();
    }

    /**
     * Reads the roots from a PEM file.
     *
     * @throws IOException if it cannot be read, or holds anything but certificates of authorities;
     *     the message is for the operator
     */
    public static AttestationRoots read(Path file) throws IOException {
        List<X509Certificate> roots = new ArrayList<>();
        try {
            for (Certificate one :
                    certificateFactory()
                            .generateCertificates(new ByteArrayInputStream(content(file)))) {
                roots.add((X509Certificate) one);
            }
        } catch (CertificateException _) {
            throw refused(file, "it is no PEM file of certificates");
        }
        if (roots.isEmpty()) {
            throw refused(file, "it holds no certificate");
        }
        for (X509Certificate root : roots) {
            if (!isAuthority(root)) {
                throw refused(
                        file,
                        "%s is no certificate authority"
                                .formatted(root.getSubjectX500Principal().getName()));
            }
        }
        return new AttestationRoots(roots);
    }

    private static byte[] content(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] content = in.readNBytes(MAX_FILE_BYTES + 1);
            if (content.length > MAX_FILE_BYTES) {
                throw refused(file, "it is larger than 1 MiB");
            }
            return content;
        } catch (FileSystemException _) {
            throw refused(file, "it cannot be read");
        }
    }

    /**
     * The document, after everything in it that can be proved is.
     *
     * @param document a COSE_Sign1
     * @throws InvalidAttestation if anything is wrong with it
     */
    public AttestationDocument verify(byte[] document, Instant now) throws InvalidAttestation {
        CoseSign1 signed = CoseSign1.read(document);
        AttestationDocument read = AttestationDocument.read(signed.payload());
        X509Certificate signer = certificate(read.certificate());
        if (!isOnP384(signer) || !signed.isSignedBy(signer.getPublicKey())) {
            throw new InvalidAttestation("its signature is not that of its certificate");
        }
        requireLinked(signer, read.bundle(), now);
        if (Duration.between(read.timestamp(), now).abs().compareTo(MAX_AGE) > 0) {
            throw new InvalidAttestation("it was not made within the last 5 minutes");
        }
        return read;
    }

    /** Refuses a signer who is not linked to a root by certificates that are all valid now. */
    private void requireLinked(X509Certificate signer, List<byte[]> bundle, Instant now)
            throws InvalidAttestation {
        List<X509Certificate> path = path(signer, bundle);
        try {
            PKIXParameters parameters = new PKIXParameters(anchors);
            parameters.setRevocationEnabled(false); // Source: there are no revocation lists
            parameters.setDate(Date.from(now));
            PKIXCertPathValidatorResult result =
                    (PKIXCertPathValidatorResult)
                            CertPathValidator.getInstance("PKIX")
                                    .validate(certificates.generateCertPath(path), parameters);
            requireRoot(result.getTrustAnchor().getTrustedCert(), path.size() - 1, now);
        } catch (CertPathValidatorException | CertificateException _) {
            throw unlinked();
        } catch (NoSuchAlgorithmException | InvalidAlgorithmParameterException e) {
            throw Providers.missing(e);
        }
        if (signer.getBasicConstraints() >= 0 || !isFor(signer, DIGITAL_SIGNATURE)) {
            throw unlinked();
        }
        for (X509Certificate authority : path.subList(1, path.size())) {
            if (!isAuthority(authority)) {
                throw unlinked();
            }
        }
    }

    /** What the JDK takes for granted of its anchors: the time, and the length of the path. */
    private static void requireRoot(X509Certificate root, int authorities, Instant now)
            throws CertificateException, InvalidAttestation {
        root.checkValidity(Date.from(now));
        if (root.getBasicConstraints() < authorities) {
            throw unlinked();
        }
    }

    /** From the signer up to below the root, which a document puts first in its bundle. */
    private List<X509Certificate> path(X509Certificate signer, List<byte[]> bundle)
            throws InvalidAttestation {
        List<X509Certificate> path = new ArrayList<>();
        path.add(signer);
        for (byte[] authority : bundle.reversed()) {
            path.add(certificate(authority));
        }
        X509Certificate first = path.getLast();
        if (anchors.stream().anyMatch(anchor -> first.equals(anchor.getTrustedCert()))) {
            path.removeLast();
        }
        return path;
    }

    private X509Certificate certificate(byte[] der) throws InvalidAttestation {
        try {
            Certificate read = certificates.generateCertificate(new ByteArrayInputStream(der));
            if (read instanceof X509Certificate x509 && Arrays.equals(x509.getEncoded(), der)) {
                return x509;
            }
        } catch (CertificateException _) { // answered below
        }
        throw new InvalidAttestation("one of its certificates is malformed");
    }

    private static boolean isAuthority(X509Certificate certificate) {
        return certificate.getBasicConstraints() >= 0 && isFor(certificate, KEY_CERT_SIGN);
    }

    private static boolean isFor(X509Certificate certificate, int usage) {
        boolean[] usages = certificate.getKeyUsage();
        return usages != null && usages[usage];
    }

    private static boolean isOnP384(X509Certificate certificate) {
        byte[] spki = certificate.getPublicKey().getEncoded();
        return certificate.getPublicKey() instanceof ECPublicKey
                && Arrays.equals(P384, Arrays.copyOf(spki, P384.length));
    }

    private static InvalidAttestation unlinked() {
        return new InvalidAttestation(
                "its certificates do not link it to a configured root, or are not valid now");
    }

    private static IOException refused(Path file, String why) {
        return new IOException(
                "the attestation roots in %s cannot be used: %s. Give a PEM file of the certificates of the"
                                .formatted(file, why)
                        + " authorities that attestation documents are to be believed from");
    }

    private static CertificateFactory certificateFactory() {
        try {
            return CertificateFactory.getInstance("X.509");
        } catch (GeneralSecurityException e) {
            throw Providers.missing(e);
        }
    }
}
