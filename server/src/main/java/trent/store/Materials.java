package trent.store;

import java.time.Instant;
import java.util.List;
import trent.name.KeyArn;
import trent.seal.Secret;

/** The table of key materials, each sealed for its own row. */
public final class Materials {

    private final Tx tx;

    Materials(Tx tx) {
        this.tx = tx;
    }

    /** All materials of a key, the oldest first. */
    public KeyMaterials of(KeyArn key) {
        List<KeyMaterials.Material> all =
                tx.sql()
                        .list(
                                """
                        select material_id, sealed from key_material
                        where account = ? and region = ? and key_id = ? order by created_ms, material_id
                        """,
                                row -> {
                                    String id = row.getString("material_id");
                                    return new KeyMaterials.Material(
                                            id,
                                            tx.sealing()
                                                    .open(
                                                            row.getBytes("sealed"),
                                                            identity(key, id)));
                                },
                                key.account(),
                                key.region(),
                                key.id());
        return new KeyMaterials(all);
    }

    public void insert(KeyArn key, String materialId, Secret material, Instant created) {
        tx.update(
                """
                insert into key_material (account, region, key_id, material_id, sealed, created_ms)
                values (?, ?, ?, ?, ?, ?)
                """,
                key.account(),
                key.region(),
                key.id(),
                materialId,
                tx.sealing().seal(material, identity(key, materialId)),
                created);
        tx.afterCommit(() -> tx.memory().materials.forget(key));
    }

    private static String identity(KeyArn key, String materialId) {
        return key + "/material/" + materialId;
    }
}
