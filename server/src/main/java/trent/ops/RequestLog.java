package trent.ops;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import trent.audit.AuditRecord;
import trent.audit.AuditTrail;
import trent.name.AliasArn;
import trent.name.Arn;
import trent.name.KeyArn;

/** Each call in a line of the log: who, what, on which key, what came of it, how long it took. */
public final class RequestLog implements AuditTrail {

    private static final Logger LOG = LoggerFactory.getLogger("trent.requests");

    private static final double MICROS_PER_SECOND = 1e6;
    private static final String KMS = "kms";

    @Override
    public void add(AuditRecord entry) {
        String recorded = entry.operation();
        int prefix = recorded == null ? -1 : recorded.indexOf(':');
        String operation = recorded == null ? null : recorded.substring(prefix + 1);
        Arn key = first(entry.resources(), KeyArn.class);
        Arn alias = first(entry.resources(), AliasArn.class);
        LOG.atInfo()
                .addKeyValue("operation", operation)
                .addKeyValue(
                        "service",
                        recorded == null ? null : prefix < 0 ? KMS : recorded.substring(0, prefix))
                .addKeyValue("caller", entry.caller())
                .addKeyValue("account", entry.account())
                .addKeyValue("access_key_id", Sent.accessKeyId(entry.sender()))
                .addKeyValue("source_address", entry.sender().sourceIp())
                .addKeyValue("user_agent", Sent.userAgent(entry.sender()))
                .addKeyValue("region", entry.region())
                .addKeyValue("request_id", entry.requestId())
                .addKeyValue("key", key)
                .addKeyValue("alias", alias)
                .addKeyValue("resources", all(entry.resources(), key, alias))
                .addKeyValue("error", entry.error())
                .addKeyValue("status", entry.httpStatus())
                .addKeyValue("duration_seconds", entry.micros() / MICROS_PER_SECOND)
                .addKeyValue("request_bytes", entry.sender().bodyBytes())
                .addKeyValue("answer_bytes", entry.answerBytes())
                .log(
                        "{} {}",
                        operation == null ? "unknown operation" : operation,
                        entry.error() == null ? "ok" : entry.error());
    }

    /** All in one text; null if these two are all. */
    private static @Nullable String all(
            List<Arn> resources, @Nullable Arn key, @Nullable Arn alias) {
        int shown = (key == null ? 0 : 1) + (alias == null ? 0 : 1);
        return resources.size() == shown
                ? null
                : resources.stream().map(Arn::toString).collect(Collectors.joining(" "));
    }

    private static <T extends Arn> @Nullable Arn first(List<Arn> resources, Class<T> kind) {
        for (Arn each : resources) {
            if (kind.isInstance(each)) {
                return each;
            }
        }
        return null;
    }
}
