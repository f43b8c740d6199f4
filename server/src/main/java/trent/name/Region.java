package trent.name;

import java.util.Map;

/**
 * A Region such as {@code us-east-2}: taken from the credential scope of the call,
 * never from a host name. 1 to 64 lower-case letters, digits and hyphens. Source: AWS
 * KMS Developer Guide, "Regions".
 */
public record Region(String value) {

    private static final int MAX_LENGTH = 64;

    /** Prefix of the Region → partition; every other Region is in {@code aws}. */
    private static final Map<String, String> PARTITIONS =
            Map.of(
                    "cn-", "aws-cn",
                    "us-gov-", "aws-us-gov",
                    "us-iso-", "aws-iso",
                    "us-isob-", "aws-iso-b",
                    "us-isof-", "aws-iso-f",
                    "eu-isoe-", "aws-iso-e",
                    "eusc-", "aws-eusc");

    public Region {
        if (!isValid(value)) {
            throw new IllegalArgumentException("not a Region: " + value);
        }
    }

    /** Whether the text could be a Region: letters, digits and hyphens, in lower case. */
    public static boolean isValid(String text) {
        return !text.isEmpty()
                && text.length() <= MAX_LENGTH
                && text.chars()
                        .allMatch(
                                c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-');
    }

    /**
     * The partition that an ARN of this Region names, for example {@code aws} or {@code aws-cn}.
     */
    public String partition() {
        for (Map.Entry<String, String> partition : PARTITIONS.entrySet()) {
            if (value.startsWith(partition.getKey())) {
                return partition.getValue();
            }
        }
        return "aws";
    }

    @Override
    public String toString() {
        return value;
    }
}
