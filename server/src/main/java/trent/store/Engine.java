package trent.store;

/** What the engines do not have in common. All other SQL is the same for both. */
enum Engine {
    SQLITE("begin", "begin", "select count(*) from sqlite_master where name = ?"),
    /** Everything that speaks its protocol, too. */
    POSTGRESQL(
            "begin isolation level read committed",
            "begin isolation level repeatable read read only",
            """
            select count(*) from information_schema.tables
            where table_schema = current_schema() and table_name = ?
            """);

    private final String begin;
    private final String beginToRead;
    private final String tablesNamed;

    Engine(String begin, String beginToRead, String tablesNamed) {
        this.begin = begin;
        this.beginToRead = beginToRead;
        this.tablesNamed = tablesNamed;
    }

    String begin() {
        return begin;
    }

    /** Begins a transaction in which all that is read is of one moment. */
    String beginToRead() {
        return beginToRead;
    }

    /** How many tables there are of a name. */
    String tablesNamed() {
        return tablesNamed;
    }
}
