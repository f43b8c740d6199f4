package trent.ops;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;
import trent.audit.AuditRecord;
import trent.audit.AuditTrail;

/** Each call in a line of the log: time, caller, operation, address, resources, outcome, microseconds. */
public final class RequestLog implements AuditTrail {

    private static final Logger LOG = LoggerFactory.getLogger("trent.requests");

    @Override
    public void add(AuditRecord entry) {
        LoggingEventBuilder line =
                LOG.atInfo()
                        .addKeyValue("caller", entry.caller())
                        .addKeyValue("region", entry.region())
                        .addKeyValue("from", entry.sourceIp())
                        .addKeyValue("resources", entry.resources())
                        .addKeyValue("micros", entry.micros())
                        .addKeyValue("request", entry.requestId());
        String operation = entry.operation() == null ? "unknown operation" : entry.operation();
        line.log("{} {}", operation, entry.error() == null ? "ok" : entry.error());
    }
}
