package trent.store;

import java.util.List;
import org.jspecify.annotations.Nullable;
import trent.seal.Secret;

/** All materials of one key, decrypted. One of them is current; the others only open old ciphertexts. */
public record KeyMaterials(List<Material> all) {

    /**
     * One material.
     *
     * @param id 64 hexadecimal digits
     * @param idBytes the same as 32 bytes, as ciphertexts carry it
     */
    public record Material(String id, byte[] idBytes, Secret secret) {}

    public KeyMaterials {
        all = List.copyOf(all);
    }

    /** The material with this id, or null if the key never had it or lost it. */
    public @Nullable Material find(String id) {
        for (Material material : all) {
            if (material.id().equals(id)) {
                return material;
            }
        }
        return null;
    }
}
