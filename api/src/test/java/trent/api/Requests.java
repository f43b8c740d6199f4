package trent.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads requests for tests. */
final class Requests {

    private Requests() {}

    static <I> I read(KmsOperation<I, ?> operation, String body) {
        byte[] bytes = body.getBytes(UTF_8);
        return operation.read(bytes, 0, bytes.length);
    }

    static Object read(String operation, String body) {
        return read(Objects.requireNonNull(KmsOperation.byName(operation)), body);
    }

    /** The error's text, "" without one; fails if there is no such error. */
    static String errorText(Class<? extends ServiceException> type, String operation, String body) {
        @Nullable ServiceException thrown = catchThrowableOfType(type, () -> read(operation, body));
        if (thrown == null) {
            throw new AssertionError("no error: " + operation + " " + body);
        }
        String text = thrown.getMessage();
        return text == null ? "" : text;
    }
}
