package trent.name;

/** The ARN of a key. Source: AWS KMS Developer Guide, "Key ARN". */
public record KeyArn(Region region, AccountId account, KeyId id) implements Arn {

    @Override
    public String toString() {
        return "arn:"
                + region.partition()
                + ":kms:"
                + region.value()
                + ":"
                + account.value()
                + ":key/"
                + id.value();
    }
}
