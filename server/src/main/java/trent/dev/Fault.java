package trent.dev;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import trent.api.KmsErrors;
import trent.api.KmsOperation;
import trent.api.ServiceException;
import trent.api.iam.IamErrors;
import trent.api.iam.IamOperation;
import trent.api.sts.StsErrors;
import trent.api.sts.StsOperation;

/**
 * What is to befall some calls.
 *
 * @param operations whose calls
 * @param all whether they were said as {@code *}
 * @param error what they are answered with, as the wire names it; null if the operation answers
 * @param message the error's text
 * @param latency how long they wait before that
 * @param timeout whether they are never answered: their connection breaks off after the latency
 * @param count how many are struck at most
 * @param share which part of them is struck, by chance: more than 0, up to 1
 * @param seed what chance begins with: the same calls are struck again with the same seed
 */
record Fault(
        ServiceName service,
        Set<String> operations,
        boolean all,
        @Nullable String error,
        String message,
        Duration latency,
        boolean timeout,
        long count,
        double share,
        long seed) {

    /** Without limit. */
    static final long ALWAYS = Long.MAX_VALUE;

    /** A service of this address, with its operations and errors as AWS's model has them. */
    enum ServiceName {
        KMS,
        IAM,
        STS;

        /** All that can be called here, in the order of the alphabet. */
        Set<String> operations() {
            Set<String> names = new TreeSet<>();
            switch (this) {
                case KMS -> KmsOperation.all().forEach(each -> names.add(each.name()));
                case IAM -> IamOperation.all().forEach(each -> names.add(each.name()));
                case STS -> StsOperation.all().forEach(each -> names.add(each.name()));
            }
            return names;
        }

        /** What an operation may answer with. */
        List<String> errorsOf(String operation) {
            return switch (this) {
                case KMS -> KmsErrors.of(operation);
                case IAM -> IamErrors.of(operation);
                case STS -> StsErrors.of(operation);
            };
        }

        private ServiceException error(String code, String message) {
            return switch (this) {
                case KMS -> KmsErrors.made(code, message);
                case IAM -> IamErrors.made(code, message);
                case STS -> StsErrors.made(code, message);
            };
        }

        /** As requests and rules name it. */
        String written() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    boolean meant(String calledService, String operation) {
        return service.written().equals(calledService) && operations.contains(operation);
    }

    /** The error that its calls are answered with; null if they have another answer, or none. */
    @Nullable ServiceException answer() {
        return error == null ? null : service.error(error, message);
    }
}
