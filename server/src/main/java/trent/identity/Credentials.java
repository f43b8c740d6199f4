package trent.identity;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trent.call.Principal;
import trent.call.Session;
import trent.name.AccountId;

/**
 * Whose signatures are taken, as it is now: an access key that is deleted or deactivated, a session
 * whose role is gone, counts for nothing from the next call on.
 *
 * <p>Answers from memory; on a thread that must not wait it throws {@link
 * trent.store.NotInMemory} where it would have to.
 */
public final class Credentials {

    private static final AccountId EVERYBODY = new AccountId("000000000000");

    /** How long the ids of stored access keys are; what is shorter need not be looked up. */
    private static final int MIN_STORED_ID = 16;

    private static final int MAX_STORED_ID = 128;

    private final @Nullable Credential given;
    private final boolean anyones;
    private final AccessKeys keys;
    private final SessionTokens tokens;
    private final Holders holders;
    private final KeyUses uses;

    /** What an access key id, with the session token that came with it, leads to. */
    public sealed interface Found permits Credential, Unusable {}

    /** An access key id that leads to no credential. */
    public enum Unusable implements Found {
        /** Nobody's that was ever issued here: in development such a caller is believed. */
        ANYONES,
        /** Nobody's, or it may not be used. */
        ACCESS_KEY,
        /** The session token is none of this access key, or who it was issued for is gone. */
        SESSION_TOKEN
    }

    /** What is known of those who hold credentials. */
    public record Holders(
            Identities identities, AccountStates accounts, WebIdentityProviders providers) {}

    private Credentials(
            @Nullable Credential given,
            boolean anyones,
            AccessKeys keys,
            SessionTokens tokens,
            Holders holders,
            KeyUses uses) {
        this.given = given;
        this.anyones = anyones;
        this.keys = keys;
        this.tokens = tokens;
        this.holders = holders;
        this.uses = uses;
    }

    /**
     * Those that are issued.
     *
     * @param given one that the operator gives beside them, which is not stored; null for none
     */
    public static Credentials issued(
            @Nullable Credential given,
            AccessKeys keys,
            SessionTokens tokens,
            Holders holders,
            KeyUses uses) {
        return new Credentials(given, false, keys, tokens, holders, uses);
    }

    /**
     * Anyone's beside those that are issued: for development only. The access key id says which
     * account calls, so that a test can be two accounts without setting up either.
     */
    public static Credentials anyones(
            AccessKeys keys, SessionTokens tokens, Holders holders, KeyUses uses) {
        return new Credentials(null, true, keys, tokens, holders, uses);
    }

    /**
     * What the access key id leads to: the same object as before if nothing of it has changed.
     *
     * @param sessionToken null if none came with it
     */
    public Found find(String accessKeyId, @Nullable String sessionToken) {
        if (sessionToken != null && SessionTokens.isMarked(sessionToken)) {
            Credential temporary = tokens.open(sessionToken);
            return temporary == null || !temporary.accessKeyId().equals(accessKeyId)
                    ? Unusable.SESSION_TOKEN
                    : temporary;
        }
        if (given != null && given.accessKeyId().equals(accessKeyId)) {
            return given;
        }
        StoredKey stored = mayBeStored(accessKeyId) ? keys.find(accessKeyId) : null;
        if (stored != null) {
            return stored.active() ? stored.credential() : Unusable.ACCESS_KEY;
        }
        return anyones ? Unusable.ANYONES : Unusable.ACCESS_KEY;
    }

    /**
     * Who holds the credential, as it is now; null if that root, user, role, federated user or
     * provider is gone or its account disabled.
     *
     * @param partition that of the call's Region
     * @param before what this gave for the same credential and partition; null at first
     */
    public @Nullable Principal principal(
            Credential credential, String partition, @Nullable Principal before) {
        if (!holders.accounts().enabled(credential.holder().account())) {
            return null;
        }
        return switch (credential.holder()) {
            case Holder.Root(AccountId account) ->
                    before != null ? before : Principal.root(account, partition);
            case Holder.User user ->
                    before != null
                            ? before
                            : Principal.user(
                                    user.account(),
                                    partition,
                                    user.path(),
                                    user.name(),
                                    user.id(),
                                    null);
            case Holder.Temporary temporary -> principal(temporary, partition, before);
        };
    }

    private @Nullable Principal principal(
            Holder.Temporary holder, String partition, @Nullable Principal before) {
        Holder.Provider provider = holder.provider();
        if (provider != null) {
            WebIdentityProviders.Registered now =
                    holders.providers().find(holder.account(), provider.url());
            if (now == null || !now.provider().id().equals(provider.id())) {
                return null;
            }
        }
        String arn = null;
        if (!holder.isOfRoot()) {
            arn = holders.identities().arnOf(holder.id(), partition);
            if (arn == null) {
                return null;
            }
        }
        boolean federated = holder.kind() == Principal.Kind.FEDERATED_USER;
        if (before != null && (arn == null || federated || before.principalArn().equals(arn))) {
            return before;
        }
        Session session = in(partition, holder);
        AccountId account = holder.account();
        return federated
                ? Principal.federatedUser(account, partition, holder.id(), session)
                : holders.identities().principal(holder.id(), account, partition, session);
    }

    /** For development: who calls with an access key that was never issued; null if nobody may. */
    public @Nullable Principal anyone(String accessKeyId, String partition) {
        AccountId account = AccountId.isValid(accessKeyId) ? new AccountId(accessKeyId) : EVERYBODY;
        return holders.accounts().enabled(account) ? Principal.root(account, partition) : null;
    }

    /** Notes that the credential was used. */
    public void used(Credential credential, String service, String region, Instant now) {
        if (!credential.equals(given) && !(credential.holder() instanceof Holder.Temporary)) {
            uses.note(credential.accessKeyId(), service, region, now);
        }
    }

    /** The same session with the ARNs that it holds in another partition. */
    private static Session in(String partition, Holder.Temporary holder) {
        Session session = holder.session();
        Holder.Provider provider = holder.provider();
        return new Session(
                session.name(),
                session.issued(),
                session.expires(),
                session.tags(),
                session.transitiveTags(),
                session.sourceIdentity(),
                provider == null ? null : provider.arn(holder.account(), partition),
                session.chained(),
                session.policy(),
                inPartition(partition, session.policyArns()),
                session.secondsSinceMfa());
    }

    private static List<String> inPartition(String partition, List<String> arns) {
        return arns.stream()
                .map(arn -> "arn:" + partition + arn.substring(arn.indexOf(':', "arn:".length())))
                .toList();
    }

    private static boolean mayBeStored(String accessKeyId) {
        return accessKeyId.length() >= MIN_STORED_ID && accessKeyId.length() <= MAX_STORED_ID;
    }
}
