package trent.store;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where the tables are: connections that read what is committed, and one that writes. A connection
 * that has met an error is replaced before anybody uses it again.
 */
interface Database extends AutoCloseable {

    /** Reads what is committed, all of one moment; may wait for a free connection. */
    <T extends @Nullable Object> T read(Function<Sql, T> reader);

    /** Lends the one connection that writes; to be called by one thread only. */
    <T> T write(Function<Sql, T> change);

    /** Waits for readers; whoever reads later gets a {@link StoreException}. */
    @Override
    void close();
}
