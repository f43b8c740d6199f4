package trent.store;

import java.util.List;

/**
 * Takes everything out of a store: what is left is one that was just made, under the same root key.
 */
final class Emptying {

    /** One for each table but those of seals and settings, which have words of their own. */
    static final List<String> STATEMENTS =
            List.of(
                    "delete from kms_key",
                    "delete from key_policy",
                    "delete from tag",
                    "delete from alias",
                    "delete from key_material",
                    "delete from key_grant",
                    "delete from key_count",
                    "delete from key_usage",
                    "delete from account",
                    "delete from iam_entity",
                    "delete from iam_trusted",
                    "delete from iam_policy_version",
                    "delete from iam_attachment",
                    "delete from iam_inline_policy",
                    "delete from iam_member",
                    "delete from iam_tag",
                    "delete from iam_provider_value",
                    "delete from access_key");

    private static final int AT_ONCE = 256;

    private Emptying() {}

    /** All of it but the seals. */
    static void empty(Tx tx) {
        STATEMENTS.forEach(tx::update);
        Settings.removeAllOfTheContent(tx);
        if (tx.sealing().erasesLater()) {
            eraseSeals(tx);
            tx.superseded();
        }
    }

    /** Where they stand: a row that is taken away can leave its bytes behind. */
    private static void eraseSeals(Tx tx) {
        long last = Seals.last(tx.sql());
        List<Long> some = tx.seals().present(0, last, AT_ONCE);
        while (!some.isEmpty()) {
            some.forEach(tx.seals()::erase);
            some = tx.seals().present(some.getLast(), last, AT_ONCE);
        }
    }

    /** The seals, which hold nothing any more. In a commit after the other's. */
    static void removeSeals(Tx tx) {
        tx.update("delete from seal");
    }
}
