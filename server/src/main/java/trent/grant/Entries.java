package trent.grant;

import java.util.List;
import org.jspecify.annotations.Nullable;
import trent.api.GrantConstraints;
import trent.api.GrantListEntry;
import trent.api.KmsOperation;
import trent.api.ListGrantsResponse;
import trent.call.Principal;
import trent.identity.PrincipalNames;
import trent.key.Page;
import trent.store.Grant;

/** Grants as the listings show them. Source: AWS KMS API Reference, GrantListEntry. */
final class Entries {

    /** How many are shown where the request sets no limit. */
    static final int DEFAULT_LIMIT = 50;

    private Entries() {}

    /** One page, of up to one grant more than it may hold. */
    static ListGrantsResponse page(
            KmsOperation<?, ?> listing, List<Grant> found, int limit, PrincipalNames names) {
        Page<Grant> page = Page.of(listing, found, limit, Grant::id);
        return new ListGrantsResponse(
                page.items().stream().map(grant -> entry(grant, names)).toList(),
                page.next(),
                page.truncated());
    }

    private static GrantListEntry entry(Grant grant, PrincipalNames names) {
        String partition = grant.key().region().partition();
        return GrantListEntry.builder()
                .keyId(grant.key().toString())
                .grantId(grant.id())
                .name(grant.name() == null ? "" : grant.name())
                .creationDate(grant.created())
                .granteePrincipal(shown(grant.granteeId(), grant.grantee(), partition, names))
                .retiringPrincipal(
                        grant.retiring() == null
                                ? null
                                : shown(grant.retiringId(), grant.retiring(), partition, names))
                .issuingAccount(Principal.root(grant.issuingAccount(), partition).arn())
                .operations(grant.operations())
                .constraints(constraints(grant))
                .build();
    }

    /** Under the name that he has by now. */
    private static String shown(
            @Nullable String id, String arn, String partition, PrincipalNames names) {
        return id == null ? arn : names.shownAs(id, arn, partition);
    }

    private static @Nullable GrantConstraints constraints(Grant grant) {
        return grant.contextEquals() == null && grant.contextSubset() == null
                ? null
                : new GrantConstraints(grant.contextSubset(), grant.contextEquals());
    }
}
