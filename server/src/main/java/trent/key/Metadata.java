package trent.key;

import java.util.List;
import org.jspecify.annotations.Nullable;
import trent.api.KeyManagerType;
import trent.api.KeyMetadata;
import trent.api.KeySpec;
import trent.api.KeyState;
import trent.api.KeyUsageType;
import trent.api.MultiRegionConfiguration;
import trent.api.MultiRegionKey;
import trent.api.MultiRegionKeyType;
import trent.name.KeyArn;
import trent.store.Key;
import trent.store.Key.Expiration;

/** A key as CreateKey and DescribeKey show it. Source: AWS KMS API Reference, KeyMetadata. */
public final class Metadata {

    private Metadata() {}

    /**
     * Shows a key.
     *
     * @param related all keys that share its material, itself among them
     */
    public static KeyMetadata of(Key key, List<KeyArn> related) {
        KeySpec spec = key.spec();
        KeyKind kind = KeySpecs.of(spec);
        KeyUsageType usage = key.usage();
        Expiration expiration = key.expiration();
        return KeyMetadata.builder()
                .awsAccountId(key.arn().account().value())
                .keyId(key.arn().id().value())
                .arn(key.arn().toString())
                .creationDate(key.created())
                .enabled(key.state() == KeyState.ENABLED)
                .description(key.description())
                .keyUsage(usage)
                .keyState(key.state())
                .deletionDate(key.deletion())
                .validTo(expiration == null ? null : expiration.validTo())
                .origin(key.origin())
                .expirationModel(expiration == null ? null : expiration.model())
                .keyManager(key.awsManaged() ? KeyManagerType.AWS : KeyManagerType.CUSTOMER)
                .customerMasterKeySpec(spec)
                .keySpec(spec)
                .encryptionAlgorithms(
                        usage == KeyUsageType.ENCRYPT_DECRYPT ? kind.encryption() : null)
                .signingAlgorithms(usage == KeyUsageType.SIGN_VERIFY ? kind.signing() : null)
                .keyAgreementAlgorithms(
                        usage == KeyUsageType.KEY_AGREEMENT ? kind.keyAgreement() : null)
                .multiRegion(key.multiRegion())
                .multiRegionConfiguration(multiRegion(key, related))
                .pendingDeletionWindowInDays(key.pendingWindowDays())
                .macAlgorithms(usage == KeyUsageType.GENERATE_VERIFY_MAC ? kind.mac() : null)
                .currentKeyMaterialId(kind.symmetric() ? key.currentMaterialId() : null)
                .build();
    }

    private static @Nullable MultiRegionConfiguration multiRegion(Key key, List<KeyArn> related) {
        if (key.primaryRegion() == null) {
            return null;
        }
        KeyArn primary = new KeyArn(key.primaryRegion(), key.arn().account(), key.arn().id());
        return new MultiRegionConfiguration(
                key.primary() ? MultiRegionKeyType.PRIMARY : MultiRegionKeyType.REPLICA,
                show(primary),
                related.stream().filter(arn -> !arn.equals(primary)).map(Metadata::show).toList());
    }

    private static MultiRegionKey show(KeyArn arn) {
        return new MultiRegionKey(arn.toString(), arn.region().value());
    }
}
