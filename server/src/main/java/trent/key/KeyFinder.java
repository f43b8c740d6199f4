package trent.key;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import trent.access.Access;
import trent.access.Detail;
import trent.access.Details;
import trent.api.NotFoundException;
import trent.call.Action;
import trent.call.Call;
import trent.name.AccountId;
import trent.name.AliasArn;
import trent.name.KeyArn;
import trent.name.KeyId;
import trent.name.KeyReference;
import trent.name.KeyReference.ToAlias;
import trent.name.KeyReference.ToKey;
import trent.store.Alias;
import trent.store.Key;
import trent.store.Store;

/**
 * Finds the key that a request names. Whether something of another account exists is told to nobody
 * who may not use it: what is missing there is refused in the same words, after the same steps, as
 * what is denied.
 */
public record KeyFinder(Store store, Access access) {

    /** Who is looked up where nobody has the key, so that there are as many steps. */
    private static final AccountId NOBODY = new AccountId("000000000000");

    private static final AccountId NOBODY_ELSE = new AccountId("000000000001");

    /** Of a UUID's upper half: ids that are given out say which version they have. */
    private static final long NO_VERSION = ~0xF000L;

    /** The key for an operation that takes key ids and key ARNs only, after the access check. */
    public Key managed(Call call, Action action, String keyId) {
        return managed(call, action, keyId, new Details());
    }

    /** The same, where conditions may ask for what the request says. */
    public Key managed(Call call, Action action, String keyId, Details details) {
        KeyArn arn = KeyReference.parseKey(keyId, call.account(), call.region());
        Key key = existing(call, action, arn, details);
        access.require(call, action, key, details);
        return key;
    }

    /** The key for an operation that takes aliases and grant tokens too, after the access check. */
    public Key used(
            Call call, Action action, String keyId, List<String> grantTokens, Details details) {
        access.requireKnown(grantTokens); // first: it must not tell whether the key is there
        Key key = named(call, action, keyId, details);
        access.require(call, action, key, details);
        return key;
    }

    /** The key that a request names by any identifier, before any check of access. */
    public Key named(Call call, Action action, String keyId, Details details) {
        return switch (KeyReference.parse(keyId, call.account(), call.region())) {
            case ToKey(KeyArn arn) -> existing(call, action, arn, details);
            case ToAlias(AliasArn alias) -> {
                details.with(Detail.REQUEST_ALIAS, alias.name().value());
                yield ofAlias(call, action, alias, details);
            }
        };
    }

    /** Which key a reference leads to, whether or not there is one; null if an alias leads nowhere. */
    public @Nullable KeyArn pointedAt(KeyReference reference) {
        return switch (reference) {
            case ToKey(KeyArn arn) -> arn;
            case ToAlias(AliasArn alias) -> {
                Alias found = store.alias(alias);
                yield found == null ? null : found.targetArn();
            }
        };
    }

    /**
     * The key, before any check of access.
     *
     * @throws NotFoundException if the caller's account has no such key; of other accounts this is
     *     not told
     */
    public Key existing(Call call, Action action, KeyArn arn, Details details) {
        Key key = store.key(arn);
        if (key == null && !arn.account().equals(call.account())) {
            throw access.hidden(call, action, details, arn, arn);
        }
        return orNotFound(arn, key);
    }

    /**
     * The key with this id in the call's Region, for a ciphertext that names it: the caller's own,
     * else that of whoever has one. That nobody has is not told.
     */
    public Key ofAnybody(Call call, Action action, KeyId id, Details details) {
        Key own = store.key(new KeyArn(call.region(), call.account(), id));
        if (own != null) {
            return own;
        }
        AccountId owner = store.ownerOf(call.region(), id);
        if (owner == null || owner.equals(call.account())) { // there it is not
            owner = call.account().equals(NOBODY) ? NOBODY_ELSE : NOBODY;
        }
        KeyArn arn = new KeyArn(call.region(), owner, id);
        Key key = store.key(arn);
        if (key == null) {
            throw access.hiddenByCiphertext(call, action, details, arn);
        }
        return key;
    }

    /**
     * All keys that share the material of this one, itself among them: of a
     * single-Region key only that.
     */
    public List<KeyArn> related(Key key) {
        return key.multiRegion()
                ? store.read(tx -> tx.keys().related(key.arn()))
                : List.of(key.arn());
    }

    /** What was found of a key, or NotFoundException in AWS's words. */
    public static <K> K orNotFound(KeyArn arn, @Nullable K found) {
        if (found == null) {
            throw new NotFoundException("Key '" + arn + "' does not exist");
        }
        return found;
    }

    /** The alias as it was found, or NotFoundException in AWS's words. */
    public static Alias orNotFound(AliasArn arn, @Nullable Alias found) {
        if (found == null) {
            throw new NotFoundException("Alias " + arn + " is not found.");
        }
        return found;
    }

    private Key ofAlias(Call call, Action action, AliasArn alias, Details details) {
        Alias found = store.alias(alias);
        if (alias.account().equals(call.account())) {
            return existing(call, action, orNotFound(alias, found).targetArn(), details);
        }
        KeyArn nobodys = nobodys(alias); // made in both cases, which takes microseconds
        KeyArn target = found == null ? nobodys : found.targetArn();
        Key key = store.key(target);
        if (key == null) {
            throw access.hidden(call, action, details, alias, target);
        }
        return key;
    }

    /** What an alias that does not exist stands for: another for each, as with those that do. */
    private static KeyArn nobodys(AliasArn alias) {
        ByteBuffer digest = ByteBuffer.wrap(sha256(alias.name().value()));
        UUID id = new UUID(digest.getLong() & NO_VERSION, digest.getLong());
        return new KeyArn(alias.region(), alias.account(), new KeyId(id.toString()));
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK lacks SHA-256", e);
        }
    }
}
