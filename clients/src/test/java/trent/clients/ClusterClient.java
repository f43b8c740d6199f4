package trent.clients;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import trent.clients.RawConnection.Reply;

/** Calls the nodes of a cluster by connections of its own, and tells what it was told. */
final class ClusterClient implements AutoCloseable {

    private static final JsonNode NOTHING = JsonNodeFactory.instance.objectNode();

    /** Of an error of IAM. */
    private static final Pattern CODE = Pattern.compile("<Code>(\\w+)</Code>");

    private final Cluster cluster;
    private final String name;
    private final Map<Line, Kms> lines = new HashMap<>();

    /** A connection that is kept. */
    private record Line(int node, Signer signer, Duration patience) {}

    ClusterClient(Cluster cluster, String name) {
        this.cluster = cluster;
        this.name = name;
    }

    /** One call of KMS, whatever comes of it. */
    Told call(
            int node, Signer signer, Duration patience, String operation, Map<String, ?> members) {
        String body = Json.text(members);
        return told(new Line(node, signer, patience), kms -> kms.send(operation, body));
    }

    /** One call of IAM. */
    Told iam(int node, Duration patience, String action, Map<String, String> parameters) {
        Line line = new Line(node, Signer.ROOT.in("us-east-1"), patience);
        return told(line, kms -> kms.iam(action, parameters));
    }

    private interface Request {
        Reply send(Kms kms) throws IOException;
    }

    private Told told(Line line, Request request) {
        String by = "%s at node %d".formatted(name, line.node());
        Kms kms =
                lines.computeIfAbsent(
                        line,
                        _ ->
                                new Kms(
                                        cluster.process(line.node()).port(),
                                        line.signer(),
                                        line.patience()));
        long invoked = System.nanoTime();
        try {
            Reply reply = request.send(kms);
            return new Told(by, invoked, System.nanoTime(), meaning(reply), body(reply));
        } catch (IOException e) {
            lines.remove(line); // started anew, the node may have another port
            String code = e instanceof ConnectException ? Told.NOT_MADE : Told.UNKNOWN;
            return new Told(by, invoked, System.nanoTime(), code, NOTHING);
        }
    }

    /** KMSInternalException is no answer of a service that knows what it does, and stays one. */
    private static String meaning(Reply reply) {
        String code = code(reply);
        if (reply.status() != 503 && !code.equals("DependencyTimeoutException")) {
            return code;
        }
        return reply.body().contains("Nothing was changed") ? Told.NOT_MADE : Told.UNKNOWN;
    }

    private static String code(Reply reply) {
        if (reply.status() == 200) {
            return Told.OK;
        }
        Matcher xml = CODE.matcher(reply.body());
        return xml.find() ? xml.group(1) : Json.textOrEmpty(reply.body(), "__type");
    }

    private static JsonNode body(Reply reply) {
        return reply.body().startsWith("{") ? Json.of(reply.body()) : NOTHING;
    }

    @Override
    public void close() throws IOException {
        for (Kms kms : lines.values()) {
            kms.close();
        }
    }
}
