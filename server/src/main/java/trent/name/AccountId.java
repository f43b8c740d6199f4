package trent.name;

/**
 * An account: exactly 12 decimal digits. Source: AWS KMS API Reference, AccountIdType.
 *
 * @param value for example {@code 111122223333}
 */
public record AccountId(String value) {

    public AccountId {
        if (!isValid(value)) {
            throw new IllegalArgumentException("an account id has 12 digits, not: " + value);
        }
    }

    /** Whether the text is 12 decimal digits. */
    public static boolean isValid(String text) {
        return text.length() == 12 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    @Override
    public String toString() {
        return value;
    }
}
