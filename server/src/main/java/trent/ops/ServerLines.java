package trent.ops;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;
import trent.key.Quotas;
import trent.ops.Settings.Place.Folder;
import trent.ops.Settings.Place.InMemory;
import trent.ops.Settings.Place.Shared;
import trent.ops.Settings.Signers;
import trent.seal.RootKeyFile;
import trent.wire.Budget;

/** The first line of the log and the last: what this server is, and how it ended. */
public final class ServerLines {

    private static final Logger LOG = LoggerFactory.getLogger("trent");

    private static final double MILLIS_PER_SECOND = 1e3;

    private ServerLines() {}

    /**
     * Tells what has started.
     *
     * @param rootKeyId tells root keys apart and gives nothing away
     */
    public static void started(
            Settings settings, String url, String adminUrl, String rootKeyId, Budget budget) {
        LoggingEventBuilder line =
                LOG.atInfo()
                        .addKeyValue("version", Version.TRENT)
                        .addKeyValue("java", Version.JAVA)
                        .addKeyValue("pid", ProcessHandle.current().pid())
                        .addKeyValue(
                                "mode",
                                settings.signers() instanceof Signers.Anyone ? "dev" : "server")
                        .addKeyValue("url", url)
                        .addKeyValue("admin_url", adminUrl)
                        .addKeyValue("tls", settings.tls() != null);
        Quotas quotas = settings.quotas();
        placed(line, settings.place())
                .addKeyValue("seal_fingerprint", rootKeyId)
                .addKeyValue("log_requests", settings.logRequests())
                .addKeyValue("heap_limit_bytes", Runtime.getRuntime().maxMemory())
                .addKeyValue("callers_limit_bytes", budget.bytes())
                .addKeyValue("connections_limit", budget.connections())
                .addKeyValue("quota_keys", quotas.keys())
                .addKeyValue("quota_aliases_per_key", quotas.aliasesPerKey())
                .addKeyValue("quota_grants_per_key", quotas.grantsPerKey())
                .addKeyValue("quota_tags_per_key", quotas.tagsPerKey())
                .log("started");
    }

    private static LoggingEventBuilder placed(LoggingEventBuilder line, Settings.Place place) {
        return switch (place) {
            case InMemory _ -> line.addKeyValue("store", "memory");
            case Folder(Path data, RootKeyFile rootKey) ->
                    line.addKeyValue("store", "folder")
                            .addKeyValue("store_place", data.toAbsolutePath())
                            .addKeyValue("seal", rootKey.path().toAbsolutePath());
            case Shared shared ->
                    line.addKeyValue("store", "database")
                            .addKeyValue("store_place", shared)
                            .addKeyValue("seal", shared.rootKey().path().toAbsolutePath());
        };
    }

    /**
     * Tells that a server has ended.
     *
     * @param upFor since it had started
     * @param unfinished what was not waited for any longer, in words; empty if nothing
     */
    public static void stopped(Duration upFor, List<String> unfinished) {
        LOG.atInfo()
                .addKeyValue("reason", "asked to end")
                .addKeyValue("uptime_seconds", upFor.toMillis() / MILLIS_PER_SECOND)
                .addKeyValue("unfinished_count", unfinished.size())
                .addKeyValue(
                        "unfinished", unfinished.isEmpty() ? null : String.join("; ", unfinished))
                .log("stopped");
    }

    /** Tells of the end of one that never served: it waited for its store, or failed to start. */
    static void stoppedWaiting() {
        LOG.atInfo()
                .addKeyValue("reason", "asked to end")
                .addKeyValue("unfinished_count", 0)
                .log("stopped before it served");
    }
}
