package trent.alias;

import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import trent.access.Access;
import trent.access.Details;
import trent.api.AliasListEntry;
import trent.api.KmsOperation;
import trent.api.ListAliasesRequest;
import trent.api.ListAliasesResponse;
import trent.call.Action;
import trent.call.Call;
import trent.call.Operation;
import trent.key.KeyFinder;
import trent.key.Page;
import trent.key.PredefinedAliases;
import trent.name.AliasName;
import trent.name.KeyArn;
import trent.name.KeyReference;
import trent.store.Alias;
import trent.store.Store;

/**
 * ListAliases: the aliases of the caller's account and Region in the order of their names, or those
 * of one key.
 */
public record ListAliases(Access access, KeyFinder keys, Store store)
        implements Operation<ListAliasesRequest, ListAliasesResponse> {

    private static final KmsOperation<ListAliasesRequest, ListAliasesResponse> OPERATION =
            KmsOperation.LIST_ALIASES;
    private static final Action ACTION = Action.of(OPERATION);
    private static final int DEFAULT_LIMIT = 50;

    @Override
    public ListAliasesResponse answer(Call call, ListAliasesRequest request) {
        access.requireAnywhere(call, ACTION, new Details());
        String after = Page.position(OPERATION, request.marker());
        int limit = request.limit() == null ? DEFAULT_LIMIT : request.limit();
        List<AliasListEntry> found =
                request.keyId() == null
                        ? all(call, after, limit + 1)
                        : ofKey(call, request.keyId(), after, limit + 1);
        Page<AliasListEntry> page =
                Page.of(
                        OPERATION,
                        found,
                        limit,
                        entry -> Objects.requireNonNull(entry.aliasName()));
        return new ListAliasesResponse(page.items(), page.next(), page.truncated());
    }

    /** Predefined aliases that have no key yet are among them, without one. */
    private List<AliasListEntry> all(Call call, String after, int limit) {
        SortedMap<String, AliasListEntry> entries = new TreeMap<>();
        for (String name : PredefinedAliases.after(after)) {
            entries.put(
                    name,
                    AliasListEntry.builder()
                            .aliasName(name)
                            .aliasArn(
                                    new AliasName(name)
                                            .in(call.account(), call.region())
                                            .toString())
                            .build());
        }
        List<Alias> made =
                store.read(tx -> tx.aliases().list(call.account(), call.region(), after, limit));
        for (Alias alias : made) {
            entries.put(alias.arn().name().value(), entry(alias));
        }
        return entries.values().stream().limit(limit).toList();
    }

    private List<AliasListEntry> ofKey(Call call, String keyId, String after, int limit) {
        KeyArn key = KeyReference.parseKey(keyId, call.account(), call.region());
        if (!key.account().equals(call.account())) {
            throw access.hidden(call, ACTION, new Details(), key, key);
        }
        keys.existing(call, ACTION, key, new Details());
        return store.aliasesOf(key).stream()
                .filter(alias -> alias.arn().name().value().compareTo(after) > 0)
                .limit(limit)
                .map(ListAliases::entry)
                .toList();
    }

    private static AliasListEntry entry(Alias alias) {
        return AliasListEntry.builder()
                .aliasName(alias.arn().name().value())
                .aliasArn(alias.arn().toString())
                .targetKeyId(alias.target().value())
                .creationDate(alias.created())
                .lastUpdatedDate(alias.updated())
                .build();
    }
}
