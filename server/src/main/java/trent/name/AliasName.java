package trent.name;

import trent.api.InvalidAliasNameException;
import trent.api.NotAuthorizedException;
import trent.api.ValidationException;

/**
 * A name such as {@code alias/ExampleAlias}: 7 to 256 characters, prefix included; case matters.
 * Source: AWS KMS API Reference, CreateAlias.
 */
public record AliasName(String value) {

    static final String PREFIX = "alias/";
    private static final String RESERVED = "alias/aws/";

    public AliasName {
        if (!value.startsWith(PREFIX)) {
            throw new IllegalArgumentException("not an alias name: " + value); // a bug of ours
        }
    }

    /**
     * The name of an alias that a caller wants to create, move or delete, checked in AWS's order.
     */
    public static AliasName ofCustomer(String value) {
        if (!value.startsWith(PREFIX)) {
            throw new ValidationException(
                    "Alias must start with the prefix \"alias/\". Please see "
                            + "https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html");
        }
        if (value.startsWith(RESERVED)) {
            throw new NotAuthorizedException();
        }
        if (value.indexOf(':') >= 0) { // the model's pattern lets it pass, AWS does not
            throw new ValidationException(value + " contains invalid characters for an alias");
        }
        if (value.equals(PREFIX)) {
            throw new InvalidAliasNameException("Alias name must not be empty");
        }
        return new AliasName(value);
    }

    /** Whether only AWS makes such aliases. */
    public boolean isAwsManaged() {
        return value.startsWith(RESERVED);
    }

    /** What follows {@code alias/aws/} in the name of such an alias. */
    public String service() {
        return value.substring(RESERVED.length());
    }

    /** The alias of the key that AWS manages for a service. */
    public static AliasName ofService(String service) {
        return new AliasName(RESERVED + service);
    }

    public AliasArn in(AccountId account, Region region) {
        return new AliasArn(region, account, this);
    }

    @Override
    public String toString() {
        return value;
    }
}
