package trent.key;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import trent.api.InvalidMarkerException;
import trent.api.KmsOperation;

/**
 * One page of a listing. Its marker names the last item shown, so that any node continues where
 * another stopped; a check sum keeps markers of other listings and typing errors out.
 *
 * @param next null on the last page
 */
public record Page<T>(List<T> items, @Nullable String next) {

    private static final int CHECK_BYTES = 4;

    /**
     * Makes a page from one item more than it may hold.
     *
     * @param found up to {@code limit + 1} items
     * @param position what the marker says of an item
     */
    public static <T> Page<T> of(
            KmsOperation<?, ?> listing, List<T> found, int limit, Function<T, String> position) {
        if (found.size() <= limit) {
            return new Page<>(found, null);
        }
        List<T> shown = found.subList(0, limit);
        return new Page<>(shown, marker(listing, position.apply(shown.getLast())));
    }

    public boolean truncated() {
        return next != null;
    }

    /**
     * The position in the marker, or the empty text, which is before every
     * position, without a marker.
     *
     * @throws InvalidMarkerException if the marker is not one of this listing
     */
    public static String position(KmsOperation<?, ?> listing, @Nullable String marker) {
        if (marker == null) {
            return "";
        }
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(marker);
        } catch (IllegalArgumentException _) {
            throw new InvalidMarkerException();
        }
        if (bytes.length < CHECK_BYTES) {
            throw new InvalidMarkerException();
        }
        String position = new String(bytes, CHECK_BYTES, bytes.length - CHECK_BYTES, UTF_8);
        // Made once more and compared as a whole: Base64 has several texts for the same bytes.
        if (!marker(listing, position).equals(marker)) {
            throw new InvalidMarkerException();
        }
        return position;
    }

    private static String marker(KmsOperation<?, ?> listing, String position) {
        byte[] bytes = position.getBytes(UTF_8);
        byte[] marker = Arrays.copyOf(check(listing, bytes), CHECK_BYTES + bytes.length);
        System.arraycopy(bytes, 0, marker, CHECK_BYTES, bytes.length);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(marker);
    }

    private static byte[] check(KmsOperation<?, ?> listing, byte[] position) {
        CRC32C crc = new CRC32C();
        crc.update(listing.name().getBytes(UTF_8));
        crc.update(position);
        int value = (int) crc.getValue();
        return new byte[] {
            (byte) (value >>> 24), (byte) (value >>> 16), (byte) (value >>> 8), (byte) value
        };
    }
}
