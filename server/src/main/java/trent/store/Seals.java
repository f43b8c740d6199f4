package trent.store;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trent.api.Blob;
import trent.api.KeySpec;
import trent.api.KeyUsageType;
import trent.api.OriginType;
import trent.name.KeyArn;
import trent.seal.Secret;

/**
 * The table of sealed key materials, of which the rows of {@code key_material} hold the numbers.
 *
 * <p>It only grows at its end, and what is erased is overwritten where it stands: SQLite then never
 * moves a row to another page, which can leave a copy of it in the first. So what is erased is in
 * no file any more, once the WAL is emptied.
 */
final class Seals {

    /** First byte of a number in {@code key_material.sealed}, where the old form has a 1. */
    static final byte NUMBERED = 2;

    static final int NUMBERED_BYTES = 1 + Long.BYTES;

    private final Tx tx;

    Seals(Tx tx) {
        this.tx = tx;
    }

    /**
     * What a material is sealed with: none of it can be changed in the tables without
     * its key being refused.
     */
    record Bound(
            KeyArn key,
            String materialId,
            KeySpec spec,
            KeyUsageType usage,
            OriginType origin,
            @Nullable String expirationModel,
            @Nullable Instant validTo,
            @Nullable Blob publicKey) {

        /** The row, as the old form named it, which bound nothing else. */
        String row() {
            return key + "/material/" + materialId;
        }

        /** Each member after its length, so that no two of these have the same bytes. */
        byte[] bytes() {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (DataOutputStream out = new DataOutputStream(bytes)) {
                write(out, row());
                write(out, spec.wire());
                write(out, usage.wire());
                write(out, origin.wire());
                write(out, expirationModel == null ? "" : expirationModel);
                out.writeLong(validTo == null ? Long.MIN_VALUE : validTo.toEpochMilli());
                byte @Nullable [] encoded = publicKey == null ? null : publicKey.bytes();
                out.writeInt(encoded == null ? -1 : encoded.length);
                if (encoded != null) {
                    out.write(encoded);
                }
            } catch (IOException e) { // an array takes everything
                throw new UncheckedIOException(e);
            }
            return bytes.toByteArray();
        }

        private static void write(DataOutputStream out, String text) throws IOException {
            out.writeUTF(text);
        }
    }

    /** Seals a material; what it gives goes into {@code key_material.sealed}. */
    byte[] add(Secret secret, Bound bound) {
        return add(tx.sealing().sealBound(secret, bound.bytes()));
    }

    /** Adds what was sealed before. */
    byte[] add(byte[] sealed) {
        long number = tx.sealing().nextSeal();
        tx.update("insert into seal (id, value) values (?, ?)", number, sealed);
        return ByteBuffer.allocate(NUMBERED_BYTES).put(NUMBERED).putLong(number).array();
    }

    /**
     * Opens the material that {@code key_material.sealed} stands for.
     *
     * @throws IllegalStateException if anything of what it is bound to was altered, or the row is
     *     of the old form and the store has none any more
     */
    Secret open(byte[] held, Bound bound) {
        if (!numbered(held)) {
            return openOld(held, bound);
        }
        byte[] sealed = find(number(held));
        return tx.sealing()
                .openBound(sealed == null ? new byte[0] : sealed, bound.bytes(), bound.row());
    }

    /** Seals a value that is not a key's material, with what must not change beside it. */
    byte[] add(Secret secret, byte[] bound) {
        return add(tx.sealing().sealBound(secret, bound));
    }

    /**
     * Opens what {@link #add(Secret, byte[])} gave.
     *
     * @param row what is said of it if it does not open
     * @throws IllegalStateException if it, or anything of what it is bound to, was altered
     */
    Secret open(byte[] held, byte[] bound, String row) {
        byte[] sealed = numbered(held) ? find(number(held)) : null;
        return tx.sealing().openBound(sealed == null ? new byte[0] : sealed, bound, row);
    }

    private byte @Nullable [] find(long number) {
        return tx.sql().find("select value from seal where id = ?", row -> row.getBytes(1), number);
    }

    private Secret openOld(byte[] held, Bound bound) {
        if (!tx.sealing().takesOldForm()) {
            throw new IllegalStateException(
                    "the sealed value of "
                            + bound.row()
                            + " is of the old form, which this store has no more: an old copy was put"
                            + " back. No other key is affected. Restore this key from a backup made since");
        }
        return tx.sealing().open(held, bound.row());
    }

    /** Whether it is a number of this table, and not a sealed material of the old form. */
    static boolean numbered(byte[] held) {
        return held.length == NUMBERED_BYTES && held[0] == NUMBERED;
    }

    static long number(byte[] held) {
        return ByteBuffer.wrap(held).getLong(1);
    }

    /** The last number that was given; 0 if none was. */
    static long last(Sql sql) {
        Long last = sql.find("select coalesce(max(id), 0) from seal", row -> row.getLong(1));
        return last == null ? 0 : last;
    }

    /**
     * The numbers of up to {@code limit} seals after the one and up to the other
     * that were not erased.
     */
    List<Long> present(long after, long last, int limit) {
        return tx.sql()
                .list(
                        """
                        select id from seal where id > ? and id <= ? and substr(value, 1, 1) <> ?
                        order by id limit ?
                        """,
                        row -> row.getLong(1),
                        after,
                        last,
                        new byte[1],
                        limit);
    }

    /** Removes a sealed material from a store in memory. */
    void delete(long number) {
        tx.update("delete from seal where id = ?", number);
    }

    /** Overwrites a sealed material where it stands. */
    void erase(long number) {
        Integer bytes =
                tx.sql()
                        .find(
                                "select length(value) from seal where id = ?",
                                row -> row.getInt(1),
                                number);
        tx.update(
                "update seal set value = ? where id = ?",
                new byte[bytes == null ? 0 : bytes],
                number);
    }
}
