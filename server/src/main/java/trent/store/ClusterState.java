package trent.store;

/**
 * How this node stands among those that share its database; all of one moment.
 *
 * @param leaseValid whether it may answer from memory
 * @param leaseSecondsLeft for how long it may do so yet unless the lease is renewed; 0 if it may not
 * @param position the number of the last change that this node has followed: what it touched is
 *     forgotten here
 * @param followed the number of the last change that all nodes have followed, as far as this one
 *     knows
 * @param liveNodes how many nodes have a lease, this one among them
 * @param feedDelaySeconds how long ago it looked for changes of others
 * @param retries how many transactions were begun once more, since the start
 * @param connectionsInUse how many connections read at this moment
 * @param connections how many read at most
 */
public record ClusterState(
        boolean leaseValid,
        double leaseSecondsLeft,
        long position,
        long followed,
        int liveNodes,
        double feedDelaySeconds,
        long retries,
        int connectionsInUse,
        int connections) {

    /** Of a node that is not among the others yet. */
    public static final ClusterState NONE = new ClusterState(false, 0, 0, 0, 0, 0, 0, 0, 0);
}
