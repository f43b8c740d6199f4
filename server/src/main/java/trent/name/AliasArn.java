package trent.name;

/** The ARN of an alias. Source: AWS KMS Developer Guide, "Alias ARN". */
public record AliasArn(Region region, AccountId account, AliasName name) implements Arn {

    @Override
    public String toString() {
        return "arn:"
                + region.partition()
                + ":kms:"
                + region.value()
                + ":"
                + account.value()
                + ":"
                + name.value();
    }
}
