package trent.sts;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import trent.api.query.AccessDenied;
import trent.api.sts.Credentials;
import trent.api.sts.PackedPolicyTooLargeException;
import trent.call.Principal;
import trent.call.Session;
import trent.crypto.Entropy;
import trent.identity.Holder;
import trent.identity.SessionTokens;
import trent.name.AccountId;

/** Issues temporary credentials. */
public record Sessions(SessionTokens tokens, Entropy entropy, InstantSource clock) {

    static final int HOUR_SECONDS = 3600;

    /** Whole seconds, as tokens and answers have them. */
    Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }

    /** What is issued, as answers have it. */
    record Issued(Credentials credentials, @Nullable Integer packedPolicySize) {}

    /**
     * A session from now on.
     *
     * @param calling the session that calls; null if a permanent key does
     */
    Session session(
            @Nullable String name,
            int seconds,
            SessionTags tags,
            SessionPolicies policies,
            @Nullable String sourceIdentity,
            Holder.@Nullable Provider provider,
            AccountId account,
            @Nullable Session calling) {
        Instant now = now();
        return new Session(
                name,
                now,
                now.plusSeconds(seconds),
                tags.all(),
                tags.transitive(),
                sourceIdentity,
                provider == null ? null : provider.arn(account, "aws"),
                calling != null,
                policies.policy(),
                policies.arns(),
                null);
    }

    /**
     * Credentials for the session.
     *
     * @throws PackedPolicyTooLargeException if its policies and tags do not fit into a token
     */
    Issued issue(
            Principal.Kind kind,
            AccountId account,
            String id,
            Holder.@Nullable Provider provider,
            Session session) {
        SessionTokens.Issued issued =
                tokens.issue(new Holder.Temporary(kind, account, id, provider, session), entropy);
        if (issued.percent() > 100) {
            throw new PackedPolicyTooLargeException(
                    session.hasPolicies()
                            ? "Packed policy consumes %d%% of allotted space, please use smaller policy."
                                    .formatted(issued.percent())
                            : "Packed size of session tags consumes %d%% of allotted space."
                                    .formatted(issued.percent()));
        }
        return new Issued(
                new Credentials(
                        issued.key().id(),
                        issued.key().secret().read(secret -> new String(secret, US_ASCII)),
                        issued.token(),
                        session.expires()),
                issued.packed() ? issued.percent() : null);
    }

    /** Refuses a code of an MFA device: no account has one. */
    static void refuseMfa(@Nullable String serialNumber, @Nullable String tokenCode) {
        if (serialNumber != null || tokenCode != null) {
            throw new AccessDenied(
                    "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.");
        }
    }
}
