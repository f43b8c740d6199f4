package trent.identity;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The managed policies that every account finds there, for what there is here: kms, iam and sts.
 * They can be attached, and nobody can change them. Source: AWS Managed Policy Reference Guide.
 */
public final class AwsManagedPolicies {

    private AwsManagedPolicies() {}

    /**
     * One of them.
     *
     * @param id its unique id; attachments hold it
     * @param document of its only version, {@code v1}
     */
    public record AwsManagedPolicy(String id, String name, String description, String document) {

        /** When AWS made the first of them; none of them tells it better. */
        public static final Instant CREATED = Instant.parse("2015-02-06T18:39:46Z");

        /** Its ARN in a partition. */
        public String arn(String partition) {
            return "arn:" + partition + ":iam::" + OWNER + ":policy" + PATH + name;
        }
    }

    /** What stands in their ARNs where others have an account. */
    public static final String OWNER = "aws";

    public static final String PATH = "/";

    private static final List<AwsManagedPolicy> ALL =
            List.of(
                    policy(
                            "ANPAIWMBCKSKIEE64ZLYQ",
                            "AdministratorAccess",
                            "Everything, on everything of the account.",
                            """
                            "Effect": "Allow",
                            "Action": "*",
                            "Resource": "*\"\
                            """,
                            ""),
                    policy(
                            "ANPAJNPP7PPPPMJRV2SA4",
                            "AWSKeyManagementServicePowerUser",
                            "Making, finding and tagging keys and aliases, but not using keys.",
                            """
                            "Effect": "Allow",
                            "Action": [
                              "kms:CreateAlias",
                              "kms:CreateKey",
                              "kms:DeleteAlias",
                              "kms:Describe*",
                              "kms:GenerateRandom",
                              "kms:Get*",
                              "kms:List*",
                              "kms:TagResource",
                              "kms:UntagResource",
                              "iam:ListGroups",
                              "iam:ListRoles",
                              "iam:ListUsers"
                            ],
                            "Resource": "*\"\
                            """,
                            ""),
                    policy(
                            "ANPAI7XKCFMBPM3QQRRVQ",
                            "IAMFullAccess",
                            "Everything on identities.",
                            """
                            "Effect": "Allow",
                            "Action": "iam:*",
                            "Resource": "*\"\
                            """,
                            ""),
                    policy(
                            "ANPAJKSO7NDY4T57MWDSQ",
                            "IAMReadOnlyAccess",
                            "Looking at identities, and asking what they may do.",
                            """
                            "Effect": "Allow",
                            "Action": [
                              "iam:Get*",
                              "iam:List*",
                              "iam:SimulateCustomPolicy",
                              "iam:SimulatePrincipalPolicy"
                            ],
                            "Resource": "*\"\
                            """,
                            ""),
                    policy(
                            "ANPAJYRXTHIB4FOVS3ZXS",
                            "PowerUserAccess",
                            "Everything but identities.",
                            """
                            "Effect": "Allow",
                            "NotAction": "iam:*",
                            "Resource": "*\"\
                            """,
                            """
                            ,
                                {
                                  "Effect": "Allow",
                                  "Action": "iam:ListRoles",
                                  "Resource": "*"
                                }\
                            """),
                    policy(
                            "ANPAILL3HVNFSB6DCOWYQ",
                            "ReadOnlyAccess",
                            "Looking at keys, aliases and identities.",
                            """
                            "Effect": "Allow",
                            "Action": [
                              "kms:Describe*",
                              "kms:Get*",
                              "kms:List*",
                              "iam:Get*",
                              "iam:List*",
                              "iam:SimulateCustomPolicy",
                              "iam:SimulatePrincipalPolicy",
                              "sts:GetAccessKeyInfo",
                              "sts:GetCallerIdentity"
                            ],
                            "Resource": "*\"\
                            """,
                            ""),
                    policy(
                            "ANPAIX2T3QCXHR2OGGCTO",
                            "SecurityAudit",
                            "Looking at how keys and identities are set up.",
                            """
                            "Effect": "Allow",
                            "Action": [
                              "kms:Describe*",
                              "kms:GetKeyPolicy",
                              "kms:GetKeyRotationStatus",
                              "kms:List*",
                              "iam:Get*",
                              "iam:List*",
                              "iam:SimulateCustomPolicy",
                              "iam:SimulatePrincipalPolicy"
                            ],
                            "Resource": "*\"\
                            """,
                            ""));

    private static AwsManagedPolicy policy(
            String id, String name, String description, String statement, String more) {
        return new AwsManagedPolicy(
                id,
                name,
                description,
                """
                {
                  "Version": "2012-10-17",
                  "Statement": [
                    {
                %s
                    }%s
                  ]
                }\
                """
                        .formatted(statement.indent(6).stripTrailing(), more));
    }

    /** All, in the order of their names. */
    public static List<AwsManagedPolicy> all() {
        return ALL;
    }

    /** The one with this unique id, or null. */
    public static @Nullable AwsManagedPolicy ofId(String id) {
        for (AwsManagedPolicy policy : ALL) {
            if (policy.id().equals(id)) {
                return policy;
            }
        }
        return null;
    }

    /** The one of this name, or null. */
    public static @Nullable AwsManagedPolicy ofName(String name) {
        for (AwsManagedPolicy policy : ALL) {
            if (policy.name().equals(name)) {
                return policy;
            }
        }
        return null;
    }
}
