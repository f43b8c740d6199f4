package trent.wire;

/** What a connection speaks once its first bytes have come; all on its event loop. */
interface Protocol {

    /** What it holds: unfinished heads, bodies, streams; not what waits to be sent. */
    long heldBytes();

    /** Whether no request has begun that is not answered. */
    boolean betweenRequests();

    /** How many requests have come, their heads at least, and are not answered. */
    int requests();

    /** There is room again for what it sends and holds: it may go on with what it has read. */
    void goOn();

    /** Closes what has taken too long. */
    void sweep(long now);

    /** Answers what can be answered with "no room", then closes. */
    void giveWay();

    /** Finishes what has begun, accepts nothing more, then closes. */
    void finish();

    /** The client sends no more: what has come whole is answered, and then it is closed. */
    void inputEnded();
}
