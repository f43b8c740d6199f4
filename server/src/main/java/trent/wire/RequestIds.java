package trent.wire;

import java.nio.ByteBuffer;
import java.util.UUID;
import trent.crypto.Entropy;

/** Request ids: random UUIDs. Source: RFC 9562, version 4. */
final class RequestIds {

    private static final int AT_ONCE = 64;
    private static final int UUID_BYTES = 16;

    private final Entropy entropy;
    private ByteBuffer random = ByteBuffer.allocate(0);

    /** For one thread; drawn in batches, since one draw costs as much for 16 bytes as for many. */
    RequestIds(Entropy entropy) {
        this.entropy = entropy;
    }

    String next() {
        if (!random.hasRemaining()) {
            random = ByteBuffer.wrap(entropy.bytes(AT_ONCE * UUID_BYTES));
        }
        long high = (random.getLong() & 0xffff_ffff_ffff_0fffL) | 0x4000L; // version 4
        long low =
                (random.getLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L; // variant 1
        return new UUID(high, low).toString();
    }
}
