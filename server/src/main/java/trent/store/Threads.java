package trent.store;

/** What is done with threads in more than one place. */
final class Threads {

    private Threads() {}

    /**
     * Waits until a thread has ended, interrupted or not.
     *
     * @return whether this thread was interrupted meanwhile, which its caller is to set again
     */
    static boolean awaitEnd(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        return interrupted;
    }
}
