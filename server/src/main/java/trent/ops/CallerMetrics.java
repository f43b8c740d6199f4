package trent.ops;

import trent.wire.Budget;
import trent.wire.EventLoops;

/** What callers hold, and what became of those for whom there was no room. */
public final class CallerMetrics {

    private CallerMetrics() {}

    /** Shows it among these. */
    public static void show(Metrics metrics, EventLoops loops) {
        Budget budget = loops.budget();
        metrics.gauge(
                "trent_callers_held_bytes",
                "Memory held for callers: connections, heads, bodies, work, unread answers",
                budget::heldBytes);
        metrics.gauge(
                "trent_callers_limit_bytes",
                "How much memory may be held for callers",
                budget::bytes);
        metrics.gauge(
                "trent_direct_memory_used_bytes",
                "Memory outside the heap that the buffers of connections have",
                loops::directBytes);
        metrics.gauge(
                "trent_direct_memory_limit_bytes",
                "How much memory outside the heap buffers may have",
                EventLoops::directLimitBytes);
        metrics.gauge(
                "trent_connections_open", "Connections of all addresses", budget::openConnections);
        metrics.gauge(
                "trent_connections_limit", "How many connections may be open", budget::connections);
        metrics.counter(
                "trent_connections_closed_for_room_total",
                "Connections closed since others needed their memory or their place",
                budget::closedConnections);
        metrics.counter(
                "trent_requests_refused_for_room_total",
                "Requests answered with 503 since there was no memory for them",
                budget::refusedRequests);
        metrics.gauge(
                "trent_tls_handshakes", "TLS handshakes in progress", loops::handshakesInProgress);
        metrics.gauge(
                "trent_tls_handshakes_waiting",
                "Connections that wait for a place to begin their TLS handshake",
                loops::handshakesWaiting);
    }
}
