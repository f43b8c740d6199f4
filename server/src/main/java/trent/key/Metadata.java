package trent.key;

import java.util.List;
import trent.api.CustomerMasterKeySpec;
import trent.api.EncryptionAlgorithmSpec;
import trent.api.KeyManagerType;
import trent.api.KeyMetadata;
import trent.api.KeyState;
import trent.store.Key;

/** A key as CreateKey and DescribeKey show it. Source: AWS KMS API Reference, KeyMetadata. */
final class Metadata {

    private Metadata() {}

    static KeyMetadata of(Key key) {
        return KeyMetadata.builder()
                .awsAccountId(key.arn().account().value())
                .keyId(key.arn().id().value())
                .arn(key.arn().toString())
                .creationDate(key.created())
                .enabled(key.state() == KeyState.ENABLED)
                .description(key.description())
                .keyUsage(key.usage())
                .keyState(key.state())
                .deletionDate(key.deletion())
                .origin(key.origin())
                .keyManager(KeyManagerType.CUSTOMER)
                .customerMasterKeySpec(CustomerMasterKeySpec.ofWire(key.spec().wire()))
                .keySpec(key.spec())
                .encryptionAlgorithms(List.of(EncryptionAlgorithmSpec.SYMMETRIC_DEFAULT))
                .multiRegion(key.arn().id().multiRegion())
                .currentKeyMaterialId(key.currentMaterialId())
                .build();
    }
}
