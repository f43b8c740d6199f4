package trent.audit;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trent.name.Arn;

/**
 * What came of one call: names and ids, never a value. Source: AWS KMS Developer Guide, "Logging
 * AWS KMS API calls with AWS CloudTrail".
 *
 * @param operation null if the request named none that exists
 * @param caller the principal's ARN; null if the call was not authenticated
 * @param region null if the call was not authenticated
 * @param sourceIp the address of who called; null if it is not known
 * @param resources what access was checked on
 * @param error the error's name; null if the call succeeded
 * @param micros time from the whole request to the whole answer, in microseconds
 */
public record AuditRecord(
        Instant time,
        String requestId,
        @Nullable String operation,
        @Nullable String caller,
        @Nullable String region,
        @Nullable String sourceIp,
        List<Arn> resources,
        int httpStatus,
        @Nullable String error,
        long micros) {}
