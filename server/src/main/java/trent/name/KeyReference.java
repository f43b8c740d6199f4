package trent.name;

import trent.api.InvalidArnException;
import trent.api.NotFoundException;

/**
 * How a request names a key: by key id or key ARN, or by alias name or alias ARN. Source: AWS KMS
 * Developer Guide, "Key identifiers (KeyId)".
 */
public sealed interface KeyReference {

    /** The key itself; it may belong to another account and need not exist. */
    record ToKey(KeyArn arn) implements KeyReference {}

    /** An alias, whose key is yet to be looked up. */
    record ToAlias(AliasArn arn) implements KeyReference {}

    /** Whether the text is an alias name or the ARN of an alias, well formed or not. */
    static boolean isAlias(String text) {
        return text.startsWith(AliasName.PREFIX)
                || (text.startsWith("arn:") && resource(text).startsWith(AliasName.PREFIX));
    }

    /**
     * Reads what a caller gave as key identifier where an alias may stand for a key.
     *
     * @throws NotFoundException if the identifier is malformed or names another Region
     * @throws InvalidArnException if it is an ARN of something that is no key and no alias
     */
    static KeyReference parse(String text, AccountId caller, Region region) {
        if (text.startsWith("arn:")) {
            return parseArn(text, region);
        }
        if (text.startsWith(AliasName.PREFIX)) {
            return new ToAlias(new AliasArn(region, caller, new AliasName(text)));
        }
        if (KeyId.isValid(text)) {
            return new ToKey(new KeyArn(region, caller, new KeyId(text)));
        }
        throw new NotFoundException("Invalid keyId '" + text + "'");
    }

    /**
     * Reads a key identifier where only a key id or key ARN may stand.
     *
     * @throws InvalidArnException if it is an alias, before anything else is looked at
     */
    static KeyArn parseKey(String text, AccountId caller, Region region) {
        if (isAlias(text)) {
            throw new InvalidArnException("Key Aliases are not supported for this operation.");
        }
        return switch (parse(text, caller, region)) {
            case ToKey(KeyArn arn) -> arn;
            case ToAlias alias -> throw new IllegalStateException("an alias after all: " + alias);
        };
    }

    private static KeyReference parseArn(String text, Region region) {
        String[] parts = text.split(":", 6);
        if (parts.length < 6 || !parts[2].equals("kms") || !AccountId.isValid(parts[4])) {
            throw new InvalidArnException("Invalid arn " + text);
        }
        // An ARN of another partition cannot be of this Region either.
        if (!parts[3].equals(region.value()) || !parts[1].equals(region.partition())) {
            throw new NotFoundException("Invalid arn " + parts[3]);
        }
        AccountId account = new AccountId(parts[4]);
        String resource = parts[5];
        if (resource.startsWith(AliasName.PREFIX)) {
            return new ToAlias(new AliasArn(region, account, new AliasName(resource)));
        }
        if (!resource.startsWith("key/")) {
            throw new InvalidArnException("Invalid arn " + text);
        }
        String id = resource.substring("key/".length());
        if (!KeyId.isValid(id)) {
            throw new NotFoundException("Invalid keyId " + id);
        }
        return new ToKey(new KeyArn(region, account, new KeyId(id)));
    }

    private static String resource(String arn) {
        String[] parts = arn.split(":", 6);
        return parts.length == 6 ? parts[5] : "";
    }
}
