package trent.store;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import trent.api.GrantOperation;
import trent.name.AccountId;
import trent.name.KeyArn;

/**
 * A grant: a key lets a principal do something. Source: AWS KMS API Reference, GrantListEntry.
 *
 * @param id 64 hexadecimal digits
 * @param name null where the creator gave none; several grants of a key may have the same
 * @param issuingAccount the account of its creator
 * @param grantee the ARN of the principal that may do it
 * @param retiring the ARN of the principal that may retire the grant; null if there is none
 * @param contextEquals the encryption context that calls must have; null if that is not asked
 * @param contextSubset what calls must have in their encryption context; null if that is not asked
 */
public record Grant(
        KeyArn key,
        String id,
        @Nullable String name,
        AccountId issuingAccount,
        String grantee,
        @Nullable String retiring,
        List<GrantOperation> operations,
        @Nullable Map<String, String> contextEquals,
        @Nullable Map<String, String> contextSubset,
        Instant created) {

    /** Whether the two differ in nothing that a creator says, and so are one grant if named. */
    public boolean sameRequest(Grant other) {
        return withoutIdentity().equals(other.withoutIdentity())
                && Set.copyOf(operations).equals(Set.copyOf(other.operations));
    }

    private Grant withoutIdentity() {
        return new Grant(
                key,
                "",
                name,
                issuingAccount,
                grantee,
                retiring,
                List.of(),
                contextEquals,
                contextSubset,
                Instant.EPOCH);
    }
}
