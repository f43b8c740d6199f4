package trent.wire;

import java.io.IOException;

/** Why an address cannot be listened on, and what to do about it. */
public final class CannotListen extends IOException {

    private static final long serialVersionUID = 1L;

    /** What is in the way. */
    public enum Why {
        TAKEN(
                "another program has that port. Nothing was changed. End it, or name another port; port 0 takes a free"
                        + " one"),
        NOT_ALLOWED(
                "ports below 1024 are for the superuser. Nothing was changed. Name a higher one, or give Trent the"
                        + " capability CAP_NET_BIND_SERVICE"),
        ELSEWHERE(
                "this machine does not have that address. Nothing was changed. Name one that it has; 0.0.0.0 is all of"
                        + " them"),
        UNKNOWN_NAME(
                "nobody knows an address of that name. Nothing was changed. Name an address, such as 127.0.0.1");

        private final String says;

        Why(String says) {
            this.says = says;
        }
    }

    private final String host;
    private final int port;
    private final Why why;

    CannotListen(String host, int port, Why why) {
        this("cannot listen on %s:%d".formatted(inUrl(host), port), host, port, why);
    }

    private CannotListen(String what, String host, int port, Why why) {
        super(what + ": " + why.says);
        this.host = host;
        this.port = port;
        this.why = why;
    }

    /** The same, naming the setting that the address is from. */
    public CannotListen of(String setting) {
        return new CannotListen(
                "cannot listen on %s:%d, the address of %s".formatted(inUrl(host), port, setting),
                host,
                port,
                why);
    }

    private static String inUrl(String host) {
        return host.contains(":") ? "[" + host + "]" : host;
    }
}
