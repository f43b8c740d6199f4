package trent.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import trent.api.GrantOperation;
import trent.name.AccountId;
import trent.name.KeyArn;

/**
 * A grant: a key lets a principal do something. Source: AWS KMS API Reference, GrantListEntry.
 *
 * @param id 64 hexadecimal digits
 * @param name null where the creator gave none; several grants of a key may have the same
 * @param issuingAccount the account of its creator
 * @param grantee the ARN of the principal that may do it
 * @param retiring the ARN of the principal that may retire the grant; null if there is none
 * @param contextEquals the encryption context that calls must have; null if that is not asked
 * @param contextSubset what calls must have in their encryption context; null if that is not asked
 * @param granteeId the grantee as {@link trent.call.Principal#answersTo} has it; null if it never
 *     calls here, such as a service
 * @param retiringId the same of the retiring principal
 */
public record Grant(
        KeyArn key,
        String id,
        @Nullable String name,
        AccountId issuingAccount,
        String grantee,
        @Nullable String retiring,
        List<GrantOperation> operations,
        @Nullable Map<String, String> contextEquals,
        @Nullable Map<String, String> contextSubset,
        Instant created,
        @Nullable String granteeId,
        @Nullable String retiringId) {

    /**
     * What a creator says, as 64 hexadecimal digits: two grants of a key that agree in
     * it are one grant if they are named. Neither the order of operations nor that of
     * a context's pairs counts.
     */
    String digest() {
        MessageDigest digest = sha256();
        add(digest, name);
        add(digest, issuingAccount.value());
        add(digest, grantee);
        add(digest, retiring);
        new TreeSet<>(operations).forEach(operation -> add(digest, operation.wire()));
        add(digest, contextEquals);
        add(digest, contextSubset);
        add(digest, granteeId);
        add(digest, retiringId);
        return HexFormat.of().formatHex(digest.digest());
    }

    /** The same with the ids of its principals. */
    Grant withIds(@Nullable String ofGrantee, @Nullable String ofRetiring) {
        return new Grant(
                key,
                id,
                name,
                issuingAccount,
                grantee,
                retiring,
                operations,
                contextEquals,
                contextSubset,
                created,
                ofGrantee,
                ofRetiring);
    }

    /** How much it holds of its creator's input. */
    public int bytes() {
        return Weights.of(name)
                + Weights.of(grantee)
                + Weights.of(retiring)
                + Weights.of(contextEquals)
                + Weights.of(contextSubset);
    }

    private static void add(MessageDigest digest, @Nullable Map<String, String> context) {
        add(digest, context == null ? null : Integer.toString(context.size()));
        if (context != null) {
            new TreeMap<>(context)
                    .forEach(
                            (key, value) -> {
                                add(digest, key);
                                add(digest, value);
                            });
        }
    }

    /** After its length, so that no two lists of texts are the same bytes. */
    private static void add(MessageDigest digest, @Nullable String text) {
        byte[] bytes = text == null ? new byte[0] : text.getBytes(UTF_8);
        digest.update(
                ByteBuffer.allocate(Integer.BYTES)
                        .putInt(text == null ? -1 : bytes.length)
                        .array());
        digest.update(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
