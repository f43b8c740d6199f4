package trent.language;

/**
 * ARNs of what belongs to no Region, users and roles among them. Here it belongs to no partition
 * either: it is the same under the ARN of each. So that a statement which names it counts
 * whichever Region a call is signed for, such ARNs are compared as those of partition {@code aws}.
 */
final class GlobalArn {

    private static final String OTHER_PARTITION = "arn:aws-";
    private static final String COMPARED_AS = "arn:aws";

    private GlobalArn() {}

    /** The text as it is compared; the same text unless it is such an ARN of another partition. */
    static String compared(String text) {
        if (!text.startsWith(OTHER_PARTITION)) {
            return text;
        }
        int end = text.indexOf(':', OTHER_PARTITION.length());
        return end > 0 && (text.startsWith("iam:", end + 1) || text.startsWith("sts:", end + 1))
                ? COMPARED_AS + text.substring(end)
                : text;
    }
}
