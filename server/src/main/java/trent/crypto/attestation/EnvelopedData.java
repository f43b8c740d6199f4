package trent.crypto.attestation;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAESOAEPparams;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cms.CMSAlgorithm;
import org.bouncycastle.cms.CMSEnvelopedDataGenerator;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.KeyTransRecipientInfoGenerator;
import org.bouncycastle.cms.bc.BcCMSContentEncryptorBuilder;
import org.bouncycastle.operator.AsymmetricKeyWrapper;
import org.bouncycastle.operator.GenericKey;
import trent.crypto.Oaep;
import trent.crypto.Providers;

/**
 * CMS EnvelopedData for one recipient, byte for byte of the form that AWS sends: BER, RSAES-OAEP
 * with SHA-256, AES-256-CBC, and the SHA-256 of the public key as its identifier. Sources: RFC 5652
 * and replies that were recorded.
 */
public final class EnvelopedData {

    private static final SecureRandom RANDOM = new SecureRandom();

    private static final AlgorithmIdentifier SHA_256 =
            new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha256, DERNull.INSTANCE);
    private static final AlgorithmIdentifier OAEP_SHA_256 =
            new AlgorithmIdentifier(
                    PKCSObjectIdentifiers.id_RSAES_OAEP,
                    new RSAESOAEPparams(
                            SHA_256,
                            new AlgorithmIdentifier(PKCSObjectIdentifiers.id_mgf1, SHA_256),
                            RSAESOAEPparams.DEFAULT_P_SOURCE_ALGORITHM));

    private EnvelopedData() {}

    /** A ContentInfo that only the holder of the RSA key can read. */
    public static byte[] seal(PublicKey recipient, byte[] content) {
        CMSEnvelopedDataGenerator generator = new CMSEnvelopedDataGenerator();
        generator.addRecipientInfoGenerator(new Recipient(recipient));
        try {
            return generator
                    .generate(
                            new CMSProcessableByteArray(content),
                            new BcCMSContentEncryptorBuilder(CMSAlgorithm.AES256_CBC)
                                    .setSecureRandom(RANDOM)
                                    .build())
                    .getEncoded();
        } catch (CMSException | IOException e) {
            throw new IllegalStateException("CMS cannot be written", e);
        }
    }

    private static byte[] identifier(PublicKey key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getEncoded());
        } catch (GeneralSecurityException e) {
            throw Providers.missing(e);
        }
    }

    private static final class Recipient extends KeyTransRecipientInfoGenerator {
        private Recipient(PublicKey key) {
            super(identifier(key), new Wrapper(key));
        }
    }

    private static final class Wrapper extends AsymmetricKeyWrapper {

        private final PublicKey key;

        private Wrapper(PublicKey key) {
            super(OAEP_SHA_256);
            this.key = key;
        }

        @Override
        public byte[] generateWrappedKey(GenericKey content) {
            byte[] contentKey = (byte[]) content.getRepresentation();
            try {
                return Oaep.SHA_256.encrypt(key, contentKey);
            } finally {
                Arrays.fill(contentKey, (byte) 0);
            }
        }
    }
}
