package trent.rotation;

import trent.api.OriginType;
import trent.api.UnsupportedOperationException;
import trent.imported.ImportedMaterials;
import trent.key.KeySpecs;
import trent.store.Key;

/** Which keys can rotate. Source: AWS KMS Developer Guide, "Rotate AWS KMS keys". */
final class RotationRules {

    private RotationRules() {}

    /** Refuses asymmetric and HMAC keys, as AWS does without a word. */
    static void requireSymmetric(Key key) {
        if (!KeySpecs.of(key.spec()).symmetric()) {
            throw new UnsupportedOperationException();
        }
    }

    /** Refuses keys whose material did not come from here. */
    static void requireAutomatic(Key key) {
        if (key.origin() != OriginType.AWS_KMS) {
            throw ImportedMaterials.wrongOrigin(key);
        }
    }

    /** Refuses keys whose material is in a key store. */
    static void requireOnDemand(Key key) {
        if (key.origin() != OriginType.AWS_KMS && key.origin() != OriginType.EXTERNAL) {
            throw ImportedMaterials.wrongOrigin(key);
        }
    }
}
