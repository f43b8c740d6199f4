package trent.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import trent.name.AccountId;
import trent.name.KeyArn;
import trent.name.KeyId;
import trent.name.Region;

/**
 * A key that something is due for, as its row names it: a row that cannot be read must not hide
 * those after it.
 *
 * @param dueMillis since the epoch
 */
public record DueKey(long dueMillis, String account, String region, String keyId) {

    /** Comes before all. */
    public static final DueKey NONE = new DueKey(Long.MIN_VALUE, "", "", "");

    /**
     * Its name.
     *
     * @throws IllegalArgumentException if the row is damaged
     */
    public KeyArn arn() {
        return new KeyArn(new Region(region), new AccountId(account), new KeyId(keyId));
    }

    /** Of columns in this order: when, account, Region, id. */
    static DueKey read(ResultSet row) throws SQLException {
        return new DueKey(row.getLong(1), row.getString(2), row.getString(3), row.getString(4));
    }
}
