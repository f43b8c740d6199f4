package trent.store;

import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import trent.seal.Secret;

/**
 * All materials of one key, decrypted. One of them is current; the others only open old
 * ciphertexts.
 */
public record KeyMaterials(List<Material> all) {

    /** One material; its id is 64 hexadecimal digits. */
    public static final class Material {

        private final String id;
        private final byte[] idBytes;
        private final Secret secret;

        public Material(String id, Secret secret) {
            this.id = id;
            this.idBytes = HexFormat.of().parseHex(id);
            this.secret = secret;
        }

        public String id() {
            return id;
        }

        /** The id as 32 bytes, as ciphertexts carry it; not to be changed. */
        public byte[] idBytes() {
            return idBytes;
        }

        public Secret secret() {
            return secret;
        }
    }

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
