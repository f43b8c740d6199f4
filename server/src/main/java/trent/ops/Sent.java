package trent.ops;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
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

    /** As UTF-8 if it is that. Null if the request names none. */
    static @Nullable String userAgent(Sender sender) {
        String sent = sender.userAgent();
        if (sent == null) {
            return null;
        }
        String agent = text(sent);
        if (agent.length() <= MAX_USER_AGENT) {
            return agent;
        }
        boolean halved = Character.isHighSurrogate(agent.charAt(MAX_USER_AGENT - 1));
        return agent.substring(0, halved ? MAX_USER_AGENT - 1 : MAX_USER_AGENT) + "…";
    }

    /** A header's bytes arrive as one character each. */
    private static String text(String sent) {
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(sent.getBytes(ISO_8859_1))).toString();
        } catch (CharacterCodingException _) {
            return sent;
        }
    }
}
