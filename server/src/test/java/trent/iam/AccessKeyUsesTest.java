package trent.iam;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import trent.name.Region;
import trent.store.HeapShare;
import trent.store.Store;

/** Last uses of access keys, as far as there is room for them. */
class AccessKeyUsesTest {

    @Test
    void whatThereIsNoRoomForIsCounted() throws IOException {
        try (Store store = Store.inMemory(new SecureRandom()::nextBytes)) {
            AccessKeyUses uses = new AccessKeyUses(store, InstantSource.system());
            Region region = new Region("us-east-2");
            long room = HeapShare.ACCESS_KEY_USES.bytes() / AccessKeyUses.BYTES_A_KEY;
            for (long i = 0; i < room; i++) {
                uses.note("AKIA" + i, "kms", region);
            }
            assertThat(uses.dropped()).isZero();
            uses.note("AKIAMORE", "kms", region);
            uses.note("AKIA0", "sts", region);
            assertThat(uses.dropped()).as("one key more, and a use of a known one").isEqualTo(1);
            assertThat(uses.flush().failed()).isZero();
            uses.note("AKIAMORE", "kms", region);
            assertThat(uses.dropped()).as("there is room again").isEqualTo(1);
        }
    }
}
