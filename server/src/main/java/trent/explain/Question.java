package trent.explain;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * May somebody do something on a key, and why?
 *
 * @param as the ARN of who would; null to ask who may
 * @param action for example {@code kms:Decrypt}
 * @param key its id, its ARN, or the name or ARN of an alias of it
 * @param context the encryption context that the call would have
 * @param facts other condition keys that it would have, such as {@code aws:SourceIp}
 * @param marker of a page of who may; null for the first
 */
public record Question(
        @Nullable String as,
        String action,
        String key,
        Map<String, String> context,
        Map<String, String> facts,
        @Nullable String marker) {

    public Question {
        context = Map.copyOf(context);
        facts = Map.copyOf(facts);
    }
}
