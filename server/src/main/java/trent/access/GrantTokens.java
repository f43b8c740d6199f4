package trent.access;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import trent.api.InvalidGrantTokenException;
import trent.name.AccountId;
import trent.name.KeyArn;
import trent.name.KeyId;
import trent.name.Region;
import trent.store.Grant;
import trent.store.Store;

/**
 * Tokens that name a grant: no secret and no right by themselves, but nobody can make one up. They
 * are not stored, and no two are the same. Source: AWS KMS Developer Guide, "Grant token".
 */
public record GrantTokens(Store store) {

    private static final String PURPOSE = "grant";
    private static final int ACCOUNT_BYTES = 12;
    private static final int GRANT_ID_BYTES = 32;

    /** The grant that a token names; it may be gone. */
    public record Named(KeyArn key, String grantId) {}

    /** A new token of the grant. */
    public String issue(Grant grant) {
        byte[] region = grant.key().region().value().getBytes(US_ASCII);
        ByteBuffer content =
                ByteBuffer.allocate(KeyId.BYTES + GRANT_ID_BYTES + ACCOUNT_BYTES + region.length)
                        .put(grant.key().id().bytes())
                        .put(HexFormat.of().parseHex(grant.id()))
                        .put(grant.key().account().value().getBytes(US_ASCII))
                        .put(region);
        return store.sealToken(PURPOSE, content.array());
    }

    /**
     * Reads a token.
     *
     * @throws InvalidGrantTokenException if {@link #issue} did not make it
     */
    public Named read(String token) {
        byte[] content =
                store.openToken(PURPOSE, token).orElseThrow(InvalidGrantTokenException::new);
        int account = KeyId.BYTES + GRANT_ID_BYTES;
        int region = account + ACCOUNT_BYTES;
        return new Named(
                new KeyArn(
                        new Region(new String(content, region, content.length - region, US_ASCII)),
                        new AccountId(new String(content, account, ACCOUNT_BYTES, US_ASCII)),
                        KeyId.parse(content, 0)),
                HexFormat.of().formatHex(content, KeyId.BYTES, account));
    }
}
