package trent.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import trent.House;
import trent.api.Blob;
import trent.api.KeySpec;
import trent.api.KeyState;
import trent.api.KeyUsageType;
import trent.api.OriginType;
import trent.name.AliasArn;
import trent.name.AliasName;
import trent.name.KeyArn;
import trent.name.KeyId;
import trent.seal.Secret;
import trent.store.KeyMaterial.Facts;

/** What memory believes that its entries retain, against what the heap says. */
@Tag("sqlite")
class WeightsTest {

    private static final int ENTRIES = 4000;

    private final Memory memory = new Memory(null);

    @Test
    void rowsOfKeys() {
        assertWeight(
                Weights.of(key(0)),
                i -> {
                    Key key = Objects.requireNonNull(memory.keys.get(arn(i), _ -> key(i)));
                    assertThat(key.arn().toString()).isNotEmpty(); // each use of a key asks for it
                });
    }

    @Test
    void symmetricMaterials() {
        assertWeight(
                Weights.of(materials(0, 32, 0)),
                i -> memory.materials.get(arn(i), _ -> materials(i, 32, 0)));
    }

    /** The lengths of an RSA-4096 key. */
    @Test
    void longMaterials() {
        assertWeight(
                Weights.of(materials(0, 2375, 550)),
                i -> memory.materials.get(arn(i), _ -> materials(i, 2375, 550)));
    }

    @Test
    void aliases() {
        assertWeight(Weights.of(alias(0)), i -> memory.aliases.get(alias(i).arn(), _ -> alias(i)));
    }

    @Test
    void aliasesOfAKey() {
        assertWeight(
                Weights.ofAliases(List.of(alias(0), alias(1))),
                i -> memory.aliasesOfKey.get(arn(i), _ -> List.of(alias(2 * i), alias(2 * i + 1))));
    }

    private static void assertWeight(int weight, IntConsumer fill) {
        for (int i = 0; i < 10; i++) {
            fill.accept(ENTRIES + i); // classes and first tables
        }
        long before = used();
        for (int i = 0; i < ENTRIES; i++) {
            fill.accept(i);
        }
        long each = (used() - before) / ENTRIES;
        System.out.printf("an entry weighs %d and retains %d bytes%n", weight, each);
        assertThat(each).isLessThan(weight * 5L / 4).isGreaterThan(weight / 3L);
    }

    private static long used() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static Key key(int i) {
        return Key.created(
                        arn(i),
                        KeySpec.SYMMETRIC_DEFAULT,
                        KeyUsageType.ENCRYPT_DECRYPT,
                        OriginType.AWS_KMS,
                        KeyState.ENABLED,
                        "",
                        Instant.ofEpochMilli(i),
                        null)
                .withMaterial(id(i), null);
    }

    private static KeyMaterials materials(int i, int secretBytes, int publicBytes) {
        Blob publicKey = publicBytes == 0 ? null : new Blob(new byte[publicBytes]);
        return new KeyMaterials(
                List.of(
                        new KeyMaterial(
                                Facts.first(id(i), publicKey, Instant.ofEpochMilli(i)),
                                new Secret(new byte[secretBytes]))));
    }

    private static Alias alias(int i) {
        return new Alias(
                new AliasArn(House.REGION, House.ACCOUNT, new AliasName("alias/name-" + i)),
                arn(i).id(),
                Instant.ofEpochMilli(i),
                Instant.ofEpochMilli(i));
    }

    private static KeyArn arn(int i) {
        return new KeyArn(
                House.REGION,
                House.ACCOUNT,
                new KeyId("1234abcd-12ab-34cd-56ef-" + "%012x".formatted(i)));
    }

    private static String id(int i) {
        byte[] id = new byte[32];
        id[0] = (byte) (i >> 8);
        id[1] = (byte) i;
        return HexFormat.of().formatHex(id);
    }
}
