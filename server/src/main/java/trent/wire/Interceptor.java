package trent.wire;

import org.jspecify.annotations.Nullable;
import trent.api.ServiceException;

/** May take a call over before its operation is begun: in development, a fault that a test wants. */
@FunctionalInterface
public interface Interceptor {

    /** Whether it takes the call over, and answers it then; else its operation does. */
    boolean takes(Known call);

    /** A call whose caller is known and whose input is valid; nothing has happened yet. */
    interface Known {

        /** Such as {@code kms}. */
        String service();

        /** Such as {@code CreateKey}; null if AWS has no such operation. */
        @Nullable String operation();

        ReceivedRequest request();

        /** Where its answer goes. */
        Reply reply();

        /** Answers with this error as its operation would; from any thread. */
        void refuse(ServiceException error);
    }
}
