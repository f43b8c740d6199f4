package trent.store;

import java.time.Instant;
import trent.name.AliasArn;
import trent.name.KeyArn;
import trent.name.KeyId;

/**
 * An alias and the key it stands for, which is of the same account and Region. Source: AWS
 * KMS API Reference, AliasListEntry.
 *
 * @param updated when it was last given a key
 */
public record Alias(AliasArn arn, KeyId target, Instant created, Instant updated) {

    public KeyArn targetArn() {
        return new KeyArn(arn.region(), arn.account(), target);
    }
}
