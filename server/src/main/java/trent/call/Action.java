package trent.call;

import trent.api.KmsOperation;

/**
 * What a permission is about: {@code kms:} and an operation's name, except that ReEncrypt
 * needs two. Source: Service Authorization Reference, "Actions, resources, and condition
 * keys for AWS KMS".
 */
public record Action(String name) {

    /** Permission on the key that a ciphertext is under. */
    public static final Action RE_ENCRYPT_FROM = new Action("kms:ReEncryptFrom");

    /** Permission on the key that the ciphertext is to be under. */
    public static final Action RE_ENCRYPT_TO = new Action("kms:ReEncryptTo");

    /** The action of the operation's own name. */
    public static Action of(KmsOperation<?, ?> operation) {
        return new Action("kms:" + operation.name());
    }

    @Override
    public String toString() {
        return name;
    }
}
