package trent.lifecycle;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import trent.access.Access;
import trent.access.Decision;
import trent.access.ServiceFacts;
import trent.api.KeySpec;
import trent.api.KeyState;
import trent.api.KeyUsageType;
import trent.api.OriginType;
import trent.call.Action;
import trent.call.Call;
import trent.crypto.Entropy;
import trent.key.NewMaterial;
import trent.key.PredefinedAliases;
import trent.name.AliasArn;
import trent.name.KeyArn;
import trent.name.KeyId;
import trent.name.KeyReference;
import trent.name.KeyReference.ToAlias;
import trent.name.Regions;
import trent.policy.KeyPolicies;
import trent.rotation.Rotations;
import trent.store.Alias;
import trent.store.Key;
import trent.store.Store;

/**
 * The keys that AWS manages for its services: made when somebody first looks at their alias. Their
 * policy lets the account look, and use them through the service alone, which no call here comes
 * from. Source: AWS KMS Developer Guide, "AWS managed keys".
 */
public record AwsManagedKeys(Access access, Store store, Entropy entropy, InstantSource clock) {

    private static final int UUID_BYTES = 16;
    private static final int ROTATION_DAYS = 365;

    /** Makes the key of a predefined alias that has none yet, if the request names one. */
    void makeIfFirst(Call call, Action action, String keyId) {
        if (KeyReference.isAlias(keyId)
                && KeyReference.parse(keyId, call.account(), call.region())
                        instanceof ToAlias(AliasArn alias)
                && alias.account().equals(call.account())
                && PredefinedAliases.has(alias.name())
                && Regions.mayExist(alias.region())
                && store.alias(alias) == null
                && mayLook(call, action, alias)) {
            make(alias);
        }
    }

    /**
     * Whether the account lets the caller look, as the policy of such a key leaves it to the
     * account: who may not gets no key made.
     */
    private boolean mayLook(Call call, Action action, AliasArn alias) {
        String anyKey =
                "arn:%s:kms:%s:%s:key/*"
                        .formatted(alias.region().partition(), alias.region(), alias.account());
        return access.decideIdentity(call, action.name(), anyKey, new ServiceFacts())
                instanceof Decision.Allowed;
    }

    private void make(AliasArn alias) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        String service = alias.name().service();
        KeyArn arn =
                new KeyArn(
                        alias.region(),
                        alias.account(),
                        KeyId.of(entropy.bytes(UUID_BYTES), false));
        try (NewMaterial material =
                NewMaterial.generate(arn.id(), KeySpec.SYMMETRIC_DEFAULT, now, entropy)) {
            Key key =
                    Key.created(
                                    arn,
                                    KeySpec.SYMMETRIC_DEFAULT,
                                    KeyUsageType.ENCRYPT_DECRYPT,
                                    OriginType.AWS_KMS,
                                    KeyState.ENABLED,
                                    "AWS managed key of " + service,
                                    now,
                                    null)
                            .managedBy(service)
                            .withMaterial(material.facts().id(), null)
                            .withRotation(Rotations.in(ROTATION_DAYS, now));
            boolean _ =
                    store.write(
                            tx -> {
                                // Two may look at once: the database decides whose key it is.
                                if (!tx.aliases().insert(new Alias(alias, arn.id(), now, now))) {
                                    return false;
                                }
                                tx.keys().insert(key);
                                tx.materials().put(arn, material.facts(), material.secret());
                                tx.policies().put(arn, KeyPolicies.ofService(arn, service));
                                return true;
                            });
        }
    }
}
