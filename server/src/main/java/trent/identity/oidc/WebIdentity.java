package trent.identity.oidc;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import trent.identity.Holder;

/**
 * What a verified identity token says.
 *
 * @param subject the {@code sub} claim
 * @param audience which of the provider's client ids it is for
 * @param authorizedParty the {@code azp} claim; null if there is none
 * @param methods the {@code amr} claim; may be empty
 * @param tags session tags
 * @param transitiveTags the keys of those that a further session inherits
 * @param sourceIdentity null if it sets none
 */
public record WebIdentity(
        Holder.Provider provider,
        String subject,
        String audience,
        @Nullable String authorizedParty,
        List<String> methods,
        Map<String, String> tags,
        Set<String> transitiveTags,
        @Nullable String sourceIdentity,
        Instant expires) {}
