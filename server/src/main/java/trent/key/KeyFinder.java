package trent.key;

import java.util.List;
import org.jspecify.annotations.Nullable;
import trent.access.Access;
import trent.api.NotFoundException;
import trent.call.Action;
import trent.call.Call;
import trent.name.AliasArn;
import trent.name.KeyArn;
import trent.name.KeyReference;
import trent.name.KeyReference.ToAlias;
import trent.name.KeyReference.ToKey;
import trent.store.Alias;
import trent.store.Key;
import trent.store.Store;

/**
 * Finds the key that a request names. What belongs to another account is refused before it is
 * looked up, so that the answer cannot tell whether it exists.
 */
public record KeyFinder(Store store, Access access) {

    /** The key for an operation that takes key ids and key ARNs only, after the access check. */
    public Key managed(Call call, Action action, String keyId) {
        Key key =
                existing(call, action, KeyReference.parseKey(keyId, call.account(), call.region()));
        access.require(call, action, key.arn());
        return key;
    }

    /** The key for an operation that takes aliases and grant tokens too, after the access check. */
    public Key used(Call call, Action action, String keyId, List<String> grantTokens) {
        Key key =
                switch (KeyReference.parse(keyId, call.account(), call.region())) {
                    case ToKey(KeyArn arn) -> existing(call, action, arn);
                    case ToAlias(AliasArn alias) ->
                            existing(call, action, target(call, action, alias));
                };
        access.requireKnown(grantTokens);
        access.require(call, action, key.arn());
        return key;
    }

    /** The key, before any check of access but that it is the caller's own. */
    public Key existing(Call call, Action action, KeyArn arn) {
        if (!arn.account().equals(call.account())) {
            throw access.hidden(call, action);
        }
        return orNotFound(arn, store.key(arn));
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

    private KeyArn target(Call call, Action action, AliasArn alias) {
        if (!alias.account().equals(call.account())) {
            throw access.hidden(call, action);
        }
        return orNotFound(alias, store.alias(alias)).targetArn();
    }
}
