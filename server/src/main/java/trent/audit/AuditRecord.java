package trent.audit;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trent.name.Arn;

/**
 * What came of one call: names and ids, never a value. Source: AWS KMS Developer Guide, "Logging
 * AWS KMS API calls with AWS CloudTrail".
 *
 * @param operation those of KMS by their names, others as {@code iam:CreateUser}; null if the
 *     request named none that exists
 * @param caller the principal's ARN; null if the call was not authenticated
 * @param account the principal's; null if the call was not authenticated
 * @param region null if the call was not authenticated
 * @param sender who sent it, authenticated or not
 * @param resources what access was checked on, and what was made
 * @param error the error's name; null if the call succeeded
 * @param micros time from the whole request to the whole answer, in microseconds
 * @param answerBytes the length of the answer's body
 */
public record AuditRecord(
        Instant time,
        String requestId,
        @Nullable String operation,
        @Nullable String caller,
        @Nullable String account,
        @Nullable String region,
        Sender sender,
        List<Arn> resources,
        int httpStatus,
        @Nullable String error,
        long micros,
        int answerBytes) {}
