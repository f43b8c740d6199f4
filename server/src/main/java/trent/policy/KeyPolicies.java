package trent.policy;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import trent.access.Access;
import trent.access.Decision;
import trent.api.LimitExceededException;
import trent.api.MalformedPolicyDocumentException;
import trent.api.NotFoundException;
import trent.api.Tag;
import trent.call.Call;
import trent.call.Principal;
import trent.key.Quotas;
import trent.name.KeyArn;
import trent.store.Key;
import trent.store.Policies.Stored;
import trent.tag.TagRules;

/** The one policy that each key has. Source: AWS KMS Developer Guide, "Default key policy". */
public record KeyPolicies(Access access, KeyPolicyDocuments documents, Quotas quotas) {

    /** The only name that a key policy can have. */
    static final String NAME = "default";

    /** The policy of a key that was made without one. */
    public static String defaultFor(Principal root) {
        return """
                {
                  "Version" : "2012-10-17",
                  "Id" : "key-default-1",
                  "Statement" : [ {
                    "Sid" : "Enable IAM User Permissions",
                    "Effect" : "Allow",
                    "Principal" : {
                      "AWS" : "%s"
                    },
                    "Action" : "kms:*",
                    "Resource" : "*"
                  } ]
                }"""
                .formatted(root.arn());
    }

    /** The policy of a key that AWS manages for a service. */
    public static Stored ofService(KeyArn key, String service) {
        String root = Principal.root(key.account(), key.region().partition()).arn();
        return new Stored(
                """
                {
                  "Version" : "2012-10-17",
                  "Id" : "auto-%1$s-1",
                  "Statement" : [ {
                    "Sid" : "Use through the service",
                    "Effect" : "Allow",
                    "Principal" : {
                      "AWS" : "*"
                    },
                    "Action" : [ "kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:CreateGrant", "kms:DescribeKey" ],
                    "Resource" : "*",
                    "Condition" : {
                      "StringEquals" : {
                        "kms:CallerAccount" : "%2$s",
                        "kms:ViaService" : "%1$s.%3$s.amazonaws.com"
                      }
                    }
                  }, {
                    "Sid" : "Look at the key",
                    "Effect" : "Allow",
                    "Principal" : {
                      "AWS" : "%4$s"
                    },
                    "Action" : [ "kms:Describe*", "kms:Get*", "kms:List*", "kms:RevokeGrant" ],
                    "Resource" : "*"
                  } ]
                }"""
                        .formatted(service, key.account(), key.region(), root),
                Map.of());
    }

    /**
     * The policy of a key that is to be made.
     *
     * @param key as it will be
     * @param policy null for the default one
     */
    public Stored ofNewKey(
            Call call,
            Key key,
            List<Tag> tags,
            @Nullable String policy,
            boolean bypassLockoutCheck) {
        String partition = key.arn().region().partition();
        String text =
                policy == null ? defaultFor(Principal.root(call.account(), partition)) : policy;
        KeyPolicyDocuments.Checked checked = checked(text, key);
        if (!bypassLockoutCheck) {
            requireChangeable(access.wouldAllow(call, key, TagRules.map(tags), checked.policy()));
        }
        return checked.stored();
    }

    /** A policy that a caller gives to a key that there is. */
    Stored ofKey(Call call, Key key, String policy, boolean bypassLockoutCheck) {
        KeyPolicyDocuments.Checked checked = checked(policy, key);
        if (!bypassLockoutCheck) {
            requireChangeable(access.wouldAllow(call, key, checked.policy()));
        }
        return checked.stored();
    }

    private KeyPolicyDocuments.Checked checked(String policy, Key key) {
        int bytes = policy.getBytes(UTF_8).length;
        if (bytes > quotas.policyBytes()) {
            throw new LimitExceededException(
                    "Key policy size quota is %d bytes, the given policy has %d bytes."
                            .formatted(quotas.policyBytes(), bytes));
        }
        return documents.check(policy, key.arn().region());
    }

    /** Refuses a policy that would lock its writer out. */
    private static void requireChangeable(Decision decision) {
        if (!(decision instanceof Decision.Allowed)) {
            throw new MalformedPolicyDocumentException(
                    "The new key policy will not allow you to update the key policy in the future.");
        }
    }

    /** The value of {@code kms:BypassPolicyLockoutSafetyCheck}: none where it is not asked for. */
    public static @Nullable String bypass(boolean asked) {
        return asked ? "true" : null;
    }

    /** Refuses every name but the one that exists; an absent name means it. */
    static void requireName(@Nullable String policyName) {
        if (policyName != null && !policyName.equals(NAME)) {
            throw new NotFoundException("No such policy exists");
        }
    }
}
