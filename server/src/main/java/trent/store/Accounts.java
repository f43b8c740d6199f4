package trent.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import trent.name.AccountId;
import trent.store.Account.State;

/** The table of accounts. */
public final class Accounts {

    private final Tx tx;

    Accounts(Tx tx) {
        this.tx = tx;
    }

    /** The account; one without a row is of state {@link State#UNKNOWN}. */
    public Account get(AccountId account) {
        Account found =
                tx.sql()
                        .find(
                                "select id, state, listed, identity_version from account where id ="
                                        + " ?",
                                Accounts::read,
                                account);
        return found == null ? Account.unknown(account) : found;
    }

    /** Since when there is a row of it; null if there is none. */
    public @Nullable Instant created(AccountId account) {
        return tx.sql()
                .find(
                        "select created_ms from account where id = ?",
                        row -> Instant.ofEpochMilli(row.getLong(1)),
                        account);
    }

    /** Up to {@code limit} listed accounts in the order of their ids, after the given one. */
    public List<Account> list(@Nullable AccountId after, int limit) {
        return tx.sql()
                .list(
                        """
                        select id, state, listed, identity_version from account
                        where listed and id > ? order by id limit ?
                        """,
                        Accounts::read,
                        after == null ? "" : after.value(),
                        limit);
    }

    /** Lists an account as one that exists; false, and nothing has changed, if it was listed. */
    public boolean add(AccountId account) {
        if (get(account).listed()) {
            return false;
        }
        tx.identitiesChanged(account);
        tx.update(
                "update account set listed = true, state = ? where id = ?", State.ENABLED, account);
        return true;
    }

    /** Lets nobody of the account in any more, or lets them in again. */
    public void put(AccountId account, State state) {
        tx.identitiesChanged(account);
        tx.update("update account set state = ? where id = ?", state, account);
    }

    /**
     * Takes the account off the list. Its row stays, so that its version never falls back to one
     * that somebody still remembers something of.
     */
    public void remove(AccountId account) {
        tx.identitiesChanged(account);
        tx.update(
                "update account set listed = false, state = ? where id = ?",
                State.DISABLED,
                account);
    }

    /**
     * What an account still has, and how many of each: {@code key} and the nouns of identities, such
     * as {@code user}. Keys that services made for themselves do not count, since nobody can delete
     * them.
     */
    public SortedMap<String, Integer> remains(AccountId account) {
        SortedMap<String, Integer> remains = new TreeMap<>();
        tx.sql()
                .list(
                        """
                        select 'key' as kind, count(*) as many from kms_key
                        where account = ? and service is null
                        union all
                        select kind, count(*) from iam_entity where account = ? group by kind
                        """,
                        row -> Map.entry(row.getString("kind"), row.getInt("many")),
                        account,
                        account)
                .forEach(each -> count(remains, each.getKey(), each.getValue()));
        return remains;
    }

    private static void count(SortedMap<String, Integer> all, String kind, int many) {
        if (many > 0) {
            all.put(kind.equals("key") ? kind : EntityKind.valueOf(kind).noun(), many);
        }
    }

    /**
     * An account that has keys, the given one if it has some; empty if none has. For stores that
     * list no accounts.
     */
    List<AccountId> withKeys(AccountId preferred) {
        List<AccountId> own =
                withKeys("select account from kms_key where account = ? limit 1", preferred);
        return own.isEmpty()
                ? withKeys("select account from kms_key where account <> ? limit 1", preferred)
                : own;
    }

    private List<AccountId> withKeys(String query, AccountId account) {
        return tx.sql().list(query, row -> new AccountId(row.getString(1)), account);
    }

    void raise(AccountId account) {
        tx.update(
                """
                insert into account (id, state, listed, identity_version, created_ms)
                values (?, ?, false, 1, ?)
                on conflict (id) do update set identity_version = account.identity_version + 1
                """,
                account,
                State.ENABLED,
                tx.now());
        tx.stale(tx.memory().accounts, account);
    }

    private static Account read(ResultSet row) throws SQLException {
        return new Account(
                new AccountId(row.getString("id")),
                State.valueOf(row.getString("state")),
                row.getBoolean("listed"),
                row.getLong("identity_version"));
    }
}
