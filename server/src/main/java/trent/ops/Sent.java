package trent.ops;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import trent.audit.Sender;

/** What a sender says of itself, as far as it may stand in a log: short, and no secret. */
final class Sent {

    /** Longer, it says nothing more. */
    static final int MAX_USER_AGENT = 256;

    /**
     * What is an access key id and no secret access key that was put in its place by mistake: those
     * have 16 characters at least.
     */
    private static final Pattern ACCESS_KEY_ID =
            Pattern.compile("[\\w.-]{1,15}|(AKIA|ASIA)[A-Z0-9]{4,28}");

    private Sent() {}

    /** Null if the request names none, or one that none can be. */
    static @Nullable String accessKeyId(Sender sender) {
        String claimed = sender.accessKeyId();
        return claimed != null && ACCESS_KEY_ID.matcher(claimed).matches() ? claimed : null;
    }

    /** Null if the request names none. */
    static @Nullable String userAgent(Sender sender) {
        String agent = sender.userAgent();
        return agent == null || agent.length() <= MAX_USER_AGENT
                ? agent
                : agent.substring(0, MAX_USER_AGENT) + "…";
    }
}
