package trent.identity;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Base64;
import trent.crypto.Entropy;
import trent.name.AccountId;
import trent.seal.Secret;

/**
 * An access key that was just made. The id of a temporary one tells its account, as those of AWS
 * do. Source: AWS IAM User Guide, "IAM identifiers".
 */
public final class NewAccessKey {

    /** What the ids of permanent access keys begin with. */
    public static final String PERMANENT = "AKIA";

    /** What the ids of temporary access keys begin with. */
    public static final String TEMPORARY = "ASIA";

    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final int LETTERS = 16;
    private static final int BITS_OF_LETTER = 5;
    private static final int ID_BYTES = 10;
    private static final int SECRET_BYTES = 30;

    /** Where the account's 40 bits lie in the 80 of the id. */
    private static final int ACCOUNT_BITS = 40;

    private static final int BITS_BEFORE_ACCOUNT = 1;

    private final String id;
    private final Secret secret;

    private NewAccessKey(String id, Secret secret) {
        this.id = id;
        this.secret = secret;
    }

    /** An access key of a root or a user. */
    public static NewAccessKey permanent(Entropy entropy) {
        return made(PERMANENT, entropy.bytes(ID_BYTES), entropy);
    }

    /** An access key of a session. */
    static NewAccessKey temporary(AccountId account, Entropy entropy) {
        byte[] bits = entropy.bytes(ID_BYTES);
        long number = Long.parseLong(account.value());
        for (int i = 0; i < ACCOUNT_BITS; i++) {
            int at = BITS_BEFORE_ACCOUNT + i;
            int mask = 0x80 >> (at & 7);
            boolean set = ((number >> (ACCOUNT_BITS - 1 - i)) & 1) == 1;
            bits[at >> 3] = (byte) (set ? bits[at >> 3] | mask : bits[at >> 3] & ~mask);
        }
        return made(TEMPORARY, bits, entropy);
    }

    /** Whether an id has the form of those that {@link #permanent} and {@link #temporary} give. */
    public static boolean isIdOf(String prefix, String accessKeyId) {
        return accessKeyId.length() == prefix.length() + LETTERS
                && accessKeyId.startsWith(prefix)
                && accessKeyId
                        .chars()
                        .skip(prefix.length())
                        .allMatch(c -> ALPHABET.indexOf(c) >= 0);
    }

    /**
     * The account of a temporary access key.
     *
     * @throws IllegalArgumentException if this is no id of such a key
     */
    public static AccountId accountOf(String temporaryId) {
        if (!isIdOf(TEMPORARY, temporaryId)) {
            throw new IllegalArgumentException("not a temporary access key id: " + temporaryId);
        }
        long number = 0;
        for (int i = 0; i < ACCOUNT_BITS; i++) {
            int at = BITS_BEFORE_ACCOUNT + i;
            char letter = temporaryId.charAt(TEMPORARY.length() + at / BITS_OF_LETTER);
            int bit = BITS_OF_LETTER - 1 - at % BITS_OF_LETTER;
            number = (number << 1) | ((ALPHABET.indexOf(letter) >> bit) & 1);
        }
        String digits = "%012d".formatted(number);
        if (!AccountId.isValid(digits)) {
            throw new IllegalArgumentException("not a temporary access key id: " + temporaryId);
        }
        return new AccountId(digits);
    }

    public String id() {
        return id;
    }

    /** The secret access key, as the bytes of its 40 characters. */
    public Secret secret() {
        return secret;
    }

    /** The secret access key as it is shown once. */
    public String shown() {
        return secret.read(bytes -> new String(bytes, US_ASCII));
    }

    @Override
    public String toString() {
        return id;
    }

    private static NewAccessKey made(String prefix, byte[] bits, Entropy entropy) {
        StringBuilder id = new StringBuilder(prefix);
        for (int letter = 0; letter < LETTERS; letter++) {
            int value = 0;
            for (int i = 0; i < BITS_OF_LETTER; i++) {
                int at = letter * BITS_OF_LETTER + i;
                value = (value << 1) | ((bits[at >> 3] >> (7 - (at & 7))) & 1);
            }
            id.append(ALPHABET.charAt(value));
        }
        return new NewAccessKey(
                id.toString(), new Secret(Base64.getEncoder().encode(entropy.bytes(SECRET_BYTES))));
    }
}
