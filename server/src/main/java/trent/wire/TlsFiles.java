package trent.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.handler.ssl.DelegatingSslContext;
import io.netty.handler.ssl.SslContext;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.security.KeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.PSSParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import trent.wire.HttpServerSettings.Tls;

/**
 * A certificate chain and its private key, as they were read from their files.
 *
 * <p>Whatever would make every handshake fail, or could not be what is meant, is refused in words.
 */
record TlsFiles(List<X509Certificate> chain, PrivateKey key) {

    private static final int MAX_BYTES = 1 << 20;

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);

    private static final String CERTIFICATE = "CERTIFICATE";
    private static final String PRIVATE_KEY = "PRIVATE KEY";

    /** The first byte of everything in DER that is a sequence: certificates, keys, PKCS #12. */
    private static final int DER_SEQUENCE = 0x30;

    private static final int JKS = 0xFE;

    private static final byte[] PROBE = "do they belong together?".getBytes(US_ASCII);

    /** Most clients refuse shorter ones. */
    private static final int RSA_BITS = 2048;

    /** The JDK refuses shorter ones. */
    private static final int LEAST_RSA_BITS = 1024;

    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    /** The curves that TLS 1.3 signs on and the JDK has. */
    private static final Set<String> CURVES = Set.of("secp256r1", "secp384r1", "secp521r1");

    private static final List<String> KEY_ALGORITHMS =
            List.of("RSA", "EC", "EdDSA", "RSASSA-PSS", "DSA", "ML-DSA");

    TlsFiles {
        chain = List.copyOf(chain);
    }

    /** What changes when a file is replaced or written; of one that cannot be looked at, why. */
    static List<Object> marks(Tls tls) {
        List<Object> marks = new ArrayList<>();
        for (Path file : List.of(tls.certificate(), tls.privateKey())) {
            try {
                BasicFileAttributes is = Files.readAttributes(file, BasicFileAttributes.class);
                marks.add(Arrays.asList(is.fileKey(), is.size(), is.lastModifiedTime()));
                marks.add(Files.getAttribute(file, "unix:ctime"));
            } catch (IOException e) {
                marks.add(String.valueOf(e));
            }
        }
        return marks;
    }

    /**
     * Reads both.
     *
     * @throws IOException in words for the operator
     */
    static TlsFiles read(Tls tls) throws IOException {
        String certificateFile = "the certificate %s (--tls-cert)".formatted(tls.certificate());
        String keyFile = "the key %s (--tls-key)".formatted(tls.privateKey());
        List<X509Certificate> chain =
                chain(certificateFile, blocks(certificateFile, tls.certificate()));
        Block block = keyBlock(keyFile, blocks(keyFile, tls.privateKey()));
        PublicKey publicKey = chain.getFirst().getPublicKey();
        requireUsable(certificateFile, publicKey);
        try {
            byte[] encoded = pkcs8(block);
            PrivateKey key = key(publicKey.getAlgorithm(), encoded);
            if (key == null || !belongTogether(key, publicKey)) {
                throw notAPair(certificateFile, keyFile, chain, encoded);
            }
            requireOrder(certificateFile, chain);
            return new TlsFiles(chain, key);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException(
                    "%s cannot be read: it is damaged, or no key of a kind that TLS uses. Make it anew with its certificate, or name the right file"
                            .formatted(keyFile),
                    e);
        }
    }

    /** When it begins to be valid, if that is later than now; null otherwise. */
    @Nullable Instant validFrom(Instant now) {
        Instant from = chain.getFirst().getNotBefore().toInstant();
        return from.isAfter(now) ? from : null;
    }

    /** Until when it is valid. */
    Instant ends() {
        return chain.getFirst().getNotAfter().toInstant();
    }

    /** What works, and not with all clients. */
    List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        PublicKey key = chain.getFirst().getPublicKey();
        if (key.getAlgorithm().equals("EdDSA")) {
            warnings.add(
                    "its key is of Ed25519 or Ed448: OpenSSL, Go, and Java since 15 take it, browsers and many older"
                            + " clients do not. All take ECDSA with P-256");
        }
        if (key instanceof RSAKey rsa && rsa.getModulus().bitLength() < RSA_BITS) {
            warnings.add(
                    "its RSA key has %d bits: most clients refuse one of less than %d"
                            .formatted(rsa.getModulus().bitLength(), RSA_BITS));
        }
        if (!namesAHost(chain.getFirst())) {
            warnings.add(
                    "it names no host in its subjectAltName: most clients look for the name there only, and refuse it");
        }
        return warnings;
    }

    private static boolean namesAHost(X509Certificate certificate) {
        try {
            var names = certificate.getSubjectAlternativeNames();
            return names != null
                    && names.stream()
                            .anyMatch(
                                    each ->
                                            each.getFirst().equals(DNS_NAME)
                                                    || each.getFirst().equals(IP_ADDRESS));
        } catch (CertificateException _) {
            return false;
        }
    }

    // ---- PEM

    /** One block of a PEM file, between its lines BEGIN and END. */
    private record Block(String kind, String body) {

        boolean isPrivateKey() {
            return kind.endsWith(PRIVATE_KEY);
        }

        boolean isCertificate() {
            return kind.equals(CERTIFICATE) || kind.equals("X509 CERTIFICATE");
        }

        byte[] bytes() {
            return Base64.getMimeDecoder().decode(body);
        }

        /** It may hold a key. */
        @Override
        public String toString() {
            return kind;
        }
    }

    private static List<Block> blocks(String what, Path file) throws IOException {
        byte[] bytes = bytes(what, file);
        String text = new String(bytes, ISO_8859_1);
        if (text.isBlank()) {
            throw new IOException(
                    what + " is empty. If something is to write it, start Trent after that");
        }
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(text);
        while (matcher.find()) {
            blocks.add(new Block(matcher.group(1), matcher.group(2)));
        }
        if (!blocks.isEmpty()) {
            return blocks;
        }
        if (text.contains("-----BEGIN ")) {
            throw new IOException(
                    what
                            + " is cut short: what begins in it does not end. Copy it again, or wait until it is"
                            + " written whole");
        }
        int first = bytes[0] & 0xff;
        throw new IOException(
                first == DER_SEQUENCE || first == JKS
                        ? ("%s is not PEM, but DER, PKCS #12 or a Java key store. Convert it: openssl x509 -inform DER"
                                        + " -in FILE for a certificate, openssl pkey -inform DER -in FILE for a key,"
                                        + " openssl pkcs12 -nodes -in FILE for both")
                                .formatted(what)
                        : what
                                + " is not PEM: it has no line such as -----BEGIN CERTIFICATE-----. Name the file that"
                                + " has");
    }

    private static byte[] bytes(String what, Path file) throws IOException {
        try {
            if (Files.isDirectory(file)) {
                throw new IOException(what + " is a folder. Name the file in it");
            }
            try (InputStream in = Files.newInputStream(file)) {
                byte[] bytes = in.readNBytes(MAX_BYTES + 1);
                if (bytes.length > MAX_BYTES) {
                    throw new IOException(
                            "%s is larger than %d bytes. Name the right file"
                                    .formatted(what, MAX_BYTES));
                }
                return bytes;
            }
        } catch (NoSuchFileException _) {
            throw new IOException(what + " does not exist. Make it, or name another");
        } catch (AccessDeniedException _) {
            throw new IOException(
                    what
                            + " may not be read by the user that Trent runs as. Give that user the right to it, or name"
                            + " another");
        }
    }

    // ---- the certificate

    private static List<X509Certificate> chain(String what, List<Block> blocks) throws IOException {
        List<X509Certificate> chain = new ArrayList<>();
        for (Block block : blocks) {
            if (block.isCertificate()) {
                chain.add(certificate(what, chain.size() + 1, block));
            }
        }
        if (!chain.isEmpty()) {
            return chain;
        }
        if (blocks.stream().anyMatch(Block::isPrivateKey)) {
            throw new IOException(
                    what
                            + " holds a private key and no certificate. Were --tls-cert and --tls-key mixed up?");
        }
        throw new IOException(
                "%s holds no certificate, but %s. Name the file that your authority made%s"
                        .formatted(
                                what,
                                blocks,
                                blocks.getFirst().kind().endsWith("CERTIFICATE REQUEST")
                                        ? " of this request"
                                        : ""));
    }

    private static X509Certificate certificate(String what, int number, Block block)
            throws IOException {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(block.bytes()));
        } catch (CertificateException | IllegalArgumentException e) {
            throw new IOException(
                    "%s cannot be read: certificate %d in it is damaged. Copy the file again"
                            .formatted(what, number),
                    e);
        }
    }

    /** Clients follow the chain as it is sent; the JDK takes none that is in another order. */
    private static void requireOrder(String what, List<X509Certificate> chain) throws IOException {
        if (new HashSet<>(chain).size() < chain.size()) {
            throw new IOException(
                    "%s holds the same certificate twice. Take one of them out".formatted(what));
        }
        for (int i = 1; i < chain.size(); i++) {
            X509Certificate before = chain.get(i - 1);
            X509Certificate after = chain.get(i);
            if (!before.getIssuerX500Principal().equals(after.getSubjectX500Principal())) {
                throw new IOException(
                        ("%s is out of order: certificate %d (%s) is not the one that certificate %d was issued by (%s)."
                                        + " First comes the server's own, then its issuer's, then that one's issuer's,"
                                        + " and nothing else")
                                .formatted(
                                        what,
                                        i + 1,
                                        after.getSubjectX500Principal(),
                                        i,
                                        before.getIssuerX500Principal()));
            }
        }
    }

    // ---- the key

    private static Block keyBlock(String what, List<Block> blocks) throws IOException {
        for (Block block : blocks) {
            if (block.kind().equals("ENCRYPTED PRIVATE KEY")
                    || (block.isPrivateKey() && block.body().contains("ENCRYPTED"))) {
                throw new IOException(
                        what
                                + " is encrypted with a password, and Trent asks for none. Decrypt it into a file that"
                                + " only Trent's user can read: (umask 077; openssl pkey -in FILE -out NEW)");
            }
            if (block.kind().equals("OPENSSH PRIVATE KEY")) {
                throw new IOException(
                        what
                                + " is a key for SSH. Name the key that the certificate was made for; openssl genpkey"
                                + " makes such");
            }
            if (block.isPrivateKey()) {
                return block;
            }
        }
        if (blocks.stream().anyMatch(Block::isCertificate)) {
            throw new IOException(
                    what
                            + " holds a certificate and no private key. Were --tls-cert and --tls-key mixed up?");
        }
        throw new IOException(
                "%s holds no private key, but %s. Name the file with the key that the certificate was made for"
                        .formatted(what, blocks));
    }

    /** The key as PKCS #8 has it, which the older forms for RSA and elliptic curves are brought to. */
    private static byte[] pkcs8(Block block) throws GeneralSecurityException, IOException {
        if (block.kind().equals(PRIVATE_KEY)) {
            return block.bytes();
        }
        String text =
                "-----BEGIN %s-----%s-----END %s-----\n"
                        .formatted(block.kind(), block.body(), block.kind());
        byte @Nullable [] encoded =
                Pem.privateKey(new ByteArrayInputStream(text.getBytes(ISO_8859_1))).getEncoded();
        if (encoded == null) {
            throw new KeyException("a key that cannot be written down");
        }
        return encoded;
    }

    /** Null if it is no key of this algorithm. */
    private static @Nullable PrivateKey key(String algorithm, byte[] pkcs8)
            throws GeneralSecurityException {
        try {
            return KeyFactory.getInstance(algorithm)
                    .generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (InvalidKeySpecException _) {
            return null;
        }
    }

    private static boolean belongTogether(PrivateKey key, PublicKey publicKey)
            throws GeneralSecurityException {
        Signature signature =
                Signature.getInstance(
                        switch (publicKey.getAlgorithm()) {
                            case "RSA" -> "SHA256withRSA";
                            case "EC" -> "SHA256withECDSA";
                            case "DSA" -> "SHA256withDSA";
                            default -> publicKey.getAlgorithm();
                        });
        if (publicKey instanceof RSAKey rsa && publicKey.getAlgorithm().equals("RSASSA-PSS")) {
            signature.setParameter(
                    rsa.getParams() instanceof PSSParameterSpec given
                            ? given
                            : new PSSParameterSpec(
                                    "SHA-256",
                                    "MGF1",
                                    MGF1ParameterSpec.SHA256,
                                    32,
                                    PSSParameterSpec.TRAILER_FIELD_BC));
        }
        signature.initSign(key);
        signature.update(PROBE);
        byte[] signed = signature.sign();
        signature.initVerify(publicKey);
        signature.update(PROBE);
        try {
            return signature.verify(signed);
        } catch (SignatureException _) { // it has another length
            return false;
        }
    }

    /** Each handshake would fail. */
    private static IOException notAPair(
            String certificateFile, String keyFile, List<X509Certificate> chain, byte[] pkcs8)
            throws GeneralSecurityException {
        boolean isAKey = false;
        for (String algorithm : KEY_ALGORITHMS) {
            isAKey |= key(algorithm, pkcs8) != null;
        }
        if (!isAKey) {
            throw new InvalidKeySpecException("a key of no known algorithm");
        }
        for (int i = 1; i < chain.size(); i++) {
            PublicKey other = chain.get(i).getPublicKey();
            PrivateKey key = key(other.getAlgorithm(), pkcs8);
            if (key != null && belongTogether(key, other)) {
                return new IOException(
                        "%s is out of order: %s is the key of certificate %d in it (%s), and the server's own must be the first"
                                .formatted(
                                        certificateFile,
                                        keyFile,
                                        i + 1,
                                        chain.get(i).getSubjectX500Principal()));
            }
        }
        return new IOException(
                "%s and %s do not belong together: the key is not the certificate's (%s). Name the two that do"
                        .formatted(
                                certificateFile,
                                keyFile,
                                chain.getFirst().getSubjectX500Principal()));
    }

    /** Refuses a key with which TLS 1.3 knows no signature. */
    private static void requireUsable(String what, PublicKey key) throws IOException {
        boolean usable =
                switch (key) {
                    case RSAKey rsa -> rsa.getModulus().bitLength() >= LEAST_RSA_BITS;
                    case ECKey curve ->
                            CURVES.stream()
                                    .anyMatch(each -> curve.getParams().toString().contains(each));
                    default -> key.getAlgorithm().equals("EdDSA");
                };
        if (!usable) {
            throw new IOException(
                    "%s has a key (%s%s) that TLS cannot use. Make one of ECDSA with P-256, P-384 or P-521, or of RSA with 2048 bits or more"
                            .formatted(
                                    what,
                                    key.getAlgorithm(),
                                    switch (key) {
                                        case RSAKey rsa ->
                                                " of %d bits"
                                                        .formatted(rsa.getModulus().bitLength());
                                        case ECKey curve -> " on " + curve.getParams();
                                        default -> "";
                                    }));
        }
    }

    /** Netty's reader of private keys, which it lends to its subclasses only. */
    private abstract static class Pem extends DelegatingSslContext {

        @SuppressWarnings("UnusedMethod") // no object is made, and a class must have one
        private Pem(SslContext context) {
            super(context);
        }

        static PrivateKey privateKey(InputStream in) throws GeneralSecurityException, IOException {
            return toPrivateKey(in, null);
        }
    }
}
