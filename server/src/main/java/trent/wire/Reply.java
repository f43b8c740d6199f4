package trent.wire;

/** Where the answer to one request goes. */
public interface Reply {

    /** A UUID, new for every request. */
    String requestId();

    /** What the request holds in memory: its head and its body. */
    long heldBytes();

    /** The request's signature is right: its connection is no stranger's. From any thread. */
    void verified();

    /** Sends the answer, once, from any thread. */
    void send(Answer answer);

    /** Ends it without an answer, as a connection that breaks off does; from any thread. */
    void breakOff();
}
