package trent.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Who comes is accepted, whatever those who read are at. */
class AcceptingTest {

    private static final int PLENTY = 64 << 20;

    /** Else the kernel's queue overflows, and a client's first word is sent again after 1, 2, 4 s. */
    @Test
    void newConnectionsAreAcceptedWhileAllLoopsAreBusy() throws IOException {
        CountDownLatch busy = new CountDownLatch(1);
        try (Served served = new Served(new Budget(PLENTY, 1000), each -> each, null)) {
            keepBusy(served, busy);
            List<Socket> sockets = connect(served, 100);
            Served.await(() -> served.budget.arriving() == sockets.size());
            busy.countDown();
            requireServed(sockets);
            assertThat(served.budget.arriving()).isZero();
            assertThat(served.budget.openConnections()).isEqualTo(sockets.size());
        } finally {
            busy.countDown();
        }
    }

    /** What waits for a loop is held, but counted by none: it has a bound of its own. */
    @Test
    void noMoreAreAcceptedThanTheLoopsGetTo() throws IOException {
        CountDownLatch busy = new CountDownLatch(1);
        try (Served served = new Served(new Budget(PLENTY, 1000), each -> each, null)) {
            keepBusy(served, busy);
            List<Socket> sockets = connect(served, 400);
            Served.await(() -> served.budget.arriving() >= Budget.MAX_ARRIVING);
            assertThat(served.budget.crowded()).isTrue();
            assertThat(served.budget.arriving())
                    .isLessThan(Budget.MAX_ARRIVING + HttpService.ACCEPTED_AT_ONCE);
            busy.countDown();
            requireServed(sockets);
            assertThat(served.budget.closedConnections()).as("there is room for all").isZero();
        } finally {
            busy.countDown();
        }
    }

    /** Places are counted from the moment of accepting: no descriptor is taken beyond them. */
    @Test
    void whoWaitsForALoopHasAPlace() throws IOException {
        CountDownLatch busy = new CountDownLatch(1);
        try (Served served = new Served(new Budget(PLENTY, 80), each -> each, null)) {
            keepBusy(served, busy);
            List<Socket> sockets = connect(served, 200);
            Served.await(() -> !served.budget.place());
            assertThat(served.budget.arriving())
                    .isLessThan(60 + HttpService.ACCEPTED_AT_ONCE); // strangers' three quarters
            busy.countDown();
            requireServed(sockets.subList(sockets.size() - 1, sockets.size()));
        } finally {
            busy.countDown();
        }
    }

    private static void keepBusy(Served served, CountDownLatch until) {
        CountDownLatch begun = new CountDownLatch(served.loops.all().size());
        for (Loop loop : served.loops.all()) {
            loop.executor()
                    .execute(
                            () -> {
                                begun.countDown();
                                awaitQuietly(until);
                            });
        }
        awaitQuietly(begun);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<Socket> connect(Served served, int many) throws IOException {
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            sockets.add(served.connect());
        }
        return sockets;
    }

    private static void requireServed(List<Socket> sockets) throws IOException {
        for (Socket each : sockets) {
            Served.get(each, "/line");
            assertThat(Served.status(each)).isEqualTo(200);
        }
    }
}
