package trent.key;

import org.jspecify.annotations.Nullable;
import trent.api.KeySpec;
import trent.api.OriginType;
import trent.api.UnsupportedOperationException;
import trent.name.KeyArn;
import trent.store.Key;
import trent.store.KeyMaterial;
import trent.store.Tx;

/** Which keys can rotate. Source: AWS KMS Developer Guide, "Rotate AWS KMS keys". */
final class RotationRules {

    private RotationRules() {}

    /** Refuses asymmetric and HMAC keys, as AWS does without a word. */
    static void requireSymmetric(Key key) {
        if (key.spec() != KeySpec.SYMMETRIC_DEFAULT) {
            throw new UnsupportedOperationException();
        }
    }

    /** Refuses keys whose material did not come from here. */
    static void requireAutomatic(Key key) {
        if (key.origin() != OriginType.AWS_KMS) {
            throw wrongOrigin(key);
        }
    }

    /** Refuses keys whose material is in a key store. */
    static void requireOnDemand(Key key) {
        if (key.origin() != OriginType.AWS_KMS && key.origin() != OriginType.EXTERNAL) {
            throw wrongOrigin(key);
        }
    }

    /** Whether the material is present in every Region of the key, and so may become current. */
    static boolean inEveryRegion(Tx tx, KeyArn arn, String materialId) {
        return tx.keys().related(arn).stream()
                .map(each -> tx.materials().of(each).find(materialId))
                .allMatch(RotationRules::present);
    }

    private static boolean present(@Nullable KeyMaterial material) {
        return material != null && material.secret() != null;
    }

    private static UnsupportedOperationException wrongOrigin(Key key) {
        return new UnsupportedOperationException(
                "%s origin is %s which is not valid for this operation."
                        .formatted(key.arn(), key.origin().wire()));
    }
}
