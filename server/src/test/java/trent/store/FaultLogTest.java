package trent.store;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

/** Who tells of a fault goes on, also where the telling fails. */
@Tag("sqlite")
class FaultLogTest {

    @Test
    void aLogThatFailsEndsNobody() {
        Logger failing =
                (Logger)
                        Proxy.newProxyInstance(
                                Logger.class.getClassLoader(),
                                new Class<?>[] {Logger.class},
                                (_, _, _) -> {
                                    throw new IllegalStateException("no log");
                                });
        FaultLog faults = new FaultLog(failing);
        assertThatCode(() -> faults.add("it failed", new StoreException("why")))
                .doesNotThrowAnyException();
    }
}
