package trent.clients;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import trent.clients.TrentProcess.Ended;
import trent.clients.TrentProcess.Settings;
import trent.testing.EmbeddedPostgres;
import trent.testing.TcpProxy;

/**
 * Nodes of Trent, each a process with a wire of its own to the one PostgreSQL that they share, a
 * user {@link #READER} who may decrypt where an alias or a tag of the key says so, and a user {@link
 * #VISITOR} who may encrypt.
 */
final class Cluster implements AutoCloseable {

    static final Signer READER =
            new Signer(
                    "AKIAREADEROFEXAMPLE1",
                    "readersecretreadersecretreadersecret1234",
                    Signer.ROOT.region());

    static final Signer VISITOR =
            new Signer(
                    "AKIAVISITOROFEXAMPL1",
                    "visitorsecretvisitorsecretvisitorsecret1",
                    Signer.ROOT.region());

    static final String READER_ARN = "arn:aws:iam::000000000000:user/reader";

    /** Aliases that begin so let the reader decrypt with their key. */
    static final String DOOR = "alias/door/";

    /** The tag that does, with the value {@code yes}. */
    static final String OPEN = "open";

    private static final Duration READY = Duration.ofMinutes(1);

    private static final String SEED =
            """
            accounts:
              "000000000000":
                users:
                  - name: reader
                    accessKeys:
                      - {id: %s, secret: %s}
                    policies:
                      by-alias:
                        Version: "2012-10-17"
                        Statement:
                          - Effect: Allow
                            Action: kms:Decrypt
                            Resource: "*"
                            Condition: {"ForAnyValue:StringLike": {kms:ResourceAliases: "%s*"}}
                      by-tag:
                        Version: "2012-10-17"
                        Statement:
                          - Effect: Allow
                            Action: kms:Decrypt
                            Resource: "*"
                            Condition: {StringEquals: {aws:ResourceTag/%s: "yes"}}
                  - name: visitor
                    accessKeys:
                      - {id: %s, secret: %s}
                    policies:
                      encrypt:
                        Version: "2012-10-17"
                        Statement: {Effect: Allow, Action: kms:Encrypt, Resource: "*"}
            """
                    .formatted(
                            READER.accessKeyId(),
                            READER.secretAccessKey(),
                            DOOR,
                            OPEN,
                            VISITOR.accessKeyId(),
                            VISITOR.secretAccessKey());

    /** One process, and its wire if it needs one. */
    private record Node(TrentProcess process, @Nullable TcpProxy wire) {}

    private final List<Node> nodes = new ArrayList<>();

    private Cluster() {}

    /**
     * Starts so many nodes on a new store.
     *
     * @param more settings of every node beside the store's place
     */
    static Cluster start(int size, EmbeddedPostgres postgres, UnaryOperator<Settings> more) {
        Cluster cluster = new Cluster();
        try {
            cluster.startOn(postgres, postgres.newDatabase(), size, more);
            return cluster;
        } catch (RuntimeException | Error e) {
            cluster.close();
            throw e;
        }
    }

    /** One node that keeps its state on a disk of its own. */
    static Cluster alone() {
        Cluster cluster = new Cluster();
        cluster.nodes.add(new Node(TrentProcess.server().with("--seed", seed()).start(), null));
        return cluster;
    }

    private void startOn(
            EmbeddedPostgres postgres, String store, int size, UnaryOperator<Settings> more) {
        Path rootKey = Workplace.folder("seal").resolve("root.key");
        Ended made = TrentProcess.node("init", store, rootKey).runToEnd();
        if (made.exitCode() != 0) {
            throw new AssertionError("trent init: " + made.output());
        }
        Path seed = seed();
        try (TrentProcess first =
                TrentProcess.node("server", store, rootKey).with("--seed", seed).start()) {
            int exitCode = first.stop();
            if (exitCode != 0) {
                throw new AssertionError(
                        "it ended with %d: %s".formatted(exitCode, first.stderr()));
            }
        }
        for (int i = 0; i < size; i++) {
            TcpProxy wire = TcpProxy.to(postgres.port());
            String through = store.replace(":" + postgres.port() + "/", ":" + wire.port() + "/");
            try {
                nodes.add(
                        new Node(
                                more.apply(TrentProcess.node("server", through, rootKey)).start(),
                                wire));
            } catch (RuntimeException | Error e) {
                wire.close();
                throw e;
            }
        }
    }

    private static Path seed() {
        try {
            Path seed = Workplace.folder("seed").resolve("seed.yaml");
            Files.writeString(seed, SEED);
            Files.setPosixFilePermissions(seed, PosixFilePermissions.fromString("rw-------"));
            return seed;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int size() {
        return nodes.size();
    }

    TrentProcess process(int node) {
        return nodes.get(node).process();
    }

    TcpProxy wire(int node) {
        return Objects.requireNonNull(nodes.get(node).wire(), "it has a disk of its own");
    }

    /** Waits until every node serves. */
    void awaitReady() {
        for (Node node : nodes) {
            Await.until("ready", READY, node.process()::ready);
        }
    }

    /** What the nodes wrote to their logs, for a test that has failed. */
    String logs() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < nodes.size(); i++) {
            text.append("node %d:\n%s\n".formatted(i, process(i).stderr()));
        }
        return text.toString();
    }

    @Override
    public void close() {
        for (Node node : nodes) {
            node.process().close(); // frozen or not
            if (node.wire() != null) {
                node.wire().close();
            }
        }
    }
}
