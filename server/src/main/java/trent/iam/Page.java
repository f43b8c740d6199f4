package trent.iam;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import trent.api.iam.IamOperation;
import trent.api.query.ValidationError;

/**
 * One page of a listing. Its marker names the last item shown; a check sum keeps markers of other
 * listings out.
 *
 * @param marker null on the last page
 */
record Page<T>(List<T> items, @Nullable String marker) {

    /** Without MaxItems. */
    static final int ITEMS = 100;

    boolean truncated() {
        return marker != null;
    }

    <R> List<R> map(Function<T, R> shown) {
        return items.stream().map(shown).toList();
    }

    /** How many items it may hold. */
    static int limit(@Nullable Integer maxItems) {
        return maxItems == null ? ITEMS : maxItems;
    }

    /**
     * Makes a page from one item more than it may hold.
     *
     * @param found up to {@code limit + 1} items, in the order of their positions
     */
    static <T> Page<T> of(
            IamOperation<?, ?> listing, List<T> found, int limit, Function<T, String> position) {
        if (found.size() <= limit) {
            return new Page<>(found, null);
        }
        List<T> shown = found.subList(0, limit);
        return new Page<>(shown, marker(listing, position.apply(shown.getLast())));
    }

    /** The page of a short list, which is wholly there. */
    static <T> Page<T> ofAll(
            IamOperation<?, ?> listing,
            List<T> all,
            Function<T, String> position,
            @Nullable String marker,
            @Nullable Integer maxItems) {
        String after = position(listing, marker);
        List<T> rest = new ArrayList<>(all);
        rest.removeIf(item -> position.apply(item).compareTo(after) <= 0);
        rest.sort(Comparator.comparing(position));
        int limit = limit(maxItems);
        return of(listing, rest.subList(0, Math.min(rest.size(), limit + 1)), limit, position);
    }

    /** The position in the marker; without one the empty text, which is before every other. */
    static String position(IamOperation<?, ?> listing, @Nullable String marker) {
        if (marker == null) {
            return "";
        }
        try {
            String position = new String(Base64.getUrlDecoder().decode(marker), UTF_8);
            int colon = position.indexOf(':');
            if (colon >= 0 && marker(listing, position.substring(colon + 1)).equals(marker)) {
                return position.substring(colon + 1);
            }
        } catch (IllegalArgumentException _) {
            // No Base64: as wrong as any other.
        }
        throw new ValidationError("Invalid Marker.");
    }

    private static String marker(IamOperation<?, ?> listing, String position) {
        CRC32C crc = new CRC32C();
        crc.update((listing.name() + '\n' + position).getBytes(UTF_8));
        String text = Long.toHexString(crc.getValue()) + ':' + position;
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
    }
}
