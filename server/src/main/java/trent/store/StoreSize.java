package trent.store;

/**
 * How large a store in files is.
 *
 * @param databaseBytes of the database
 * @param walBytes of its write-ahead log
 * @param freeBytes what its volume has left for this process
 */
public record StoreSize(long databaseBytes, long walBytes, long freeBytes) {}
