"""What Terraform's aws provider calls, in its order, by boto3: apply, a plan that must be empty, destroy. URL follows.

The provider reads after each write, and again before each plan and delete; without any skip_ setting it asks STS
for the account first. Prints a row for each resource and step.
"""

import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

URL, KEY, SECRET = sys.argv[1:4]
AT = dict(endpoint_url=URL, region_name="us-east-2", aws_access_key_id=KEY, aws_secret_access_key=SECRET,
          config=Config(retries={"total_max_attempts": 1}))
kms, iam, sts = (boto3.client(name, **AT) for name in ("kms", "iam", "sts"))
TAGS = [{"Key": "team", "Value": "one"}]
DOCUMENT = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kms:Encrypt", "Resource": "*"}]})
state = {}


def trust():
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
                       "Principal": {"AWS": f"arn:aws:iam::{state['account']}:root"}}]})


def plain(answer):
    return json.loads(json.dumps({k: v for k, v in answer.items() if k != "ResponseMetadata"}, default=str))


class Resource:
    """How it is made, read (a list of calls, whose answers are what a plan compares) and deleted."""

    def __init__(self, name, make, read, delete, gone):
        self.name, self.make, self.read, self.delete, self.gone = name, make, read, delete, gone

    def seen(self):
        return [plain(call()) for call in self.read()]


def make_key():
    made = kms.create_key(Tags=[{"TagKey": "team", "TagValue": "one"}], BypassPolicyLockoutSafetyCheck=False)
    state["key"] = made["KeyMetadata"]["KeyId"]
    kms.enable_key_rotation(KeyId=state["key"])


def make_policy():
    state["policy"] = iam.create_policy(PolicyName="tf", PolicyDocument=DOCUMENT, Path="/", Tags=TAGS)["Policy"]["Arn"]


def make_access_key():
    state["access"] = iam.create_access_key(UserName="tf")["AccessKey"]["AccessKeyId"]


def make_oidc():
    state["oidc"] = iam.create_open_id_connect_provider(
        Url="https://tf.example.com", ClientIDList=["trent"], Tags=TAGS)["OpenIDConnectProviderArn"]


def make_grant():
    state["grant"] = kms.create_grant(
        KeyId=state["key"], GranteePrincipal=f"arn:aws:iam::{state['account']}:role/tf", Operations=["Encrypt"], Name="tf")["GrantId"]


def delete_user():
    for group in iam.list_groups_for_user(UserName="tf")["Groups"]:
        iam.remove_user_from_group(UserName="tf", GroupName=group["GroupName"])
    iam.delete_user(UserName="tf")


def delete_role():
    assert not iam.list_instance_profiles_for_role(RoleName="tf")["InstanceProfiles"]
    iam.delete_role(RoleName="tf")


def delete_policy():
    for version in iam.list_policy_versions(PolicyArn=state["policy"])["Versions"]:
        if not version["IsDefaultVersion"]:
            iam.delete_policy_version(PolicyArn=state["policy"], VersionId=version["VersionId"])
    iam.delete_policy(PolicyArn=state["policy"])


def find_attached():
    page = iam.list_attached_user_policies(UserName="tf")
    if not any(p["PolicyArn"] == state["policy"] for p in page["AttachedPolicies"]):
        raise LookupError("not attached")
    return page


def find_alias():
    for page in kms.get_paginator("list_aliases").paginate():
        for alias in page["Aliases"]:
            if alias["AliasName"] == "alias/tf":
                return alias
    raise LookupError("no alias")


def find_grant():
    for grant in kms.list_grants(KeyId=state["key"])["Grants"]:
        if grant["GrantId"] == state["grant"]:
            return grant
    raise LookupError("no grant")


def find_member():
    page = iam.list_groups_for_user(UserName="tf")
    if not page["Groups"]:
        raise LookupError("no member")
    return page


def find_access_key():
    keys = [k for k in iam.list_access_keys(UserName="tf")["AccessKeyMetadata"] if k["AccessKeyId"] == state["access"]]
    if not keys:
        raise LookupError("no access key")
    return keys[0]


RESOURCES = [
    Resource("user", lambda: iam.create_user(UserName="tf", Path="/", Tags=TAGS),
             lambda: [lambda: iam.get_user(UserName="tf"), lambda: iam.list_user_tags(UserName="tf")],
             delete_user, "NoSuchEntity"),
    Resource("role", lambda: iam.create_role(
        RoleName="tf", Path="/", AssumeRolePolicyDocument=trust(), MaxSessionDuration=3600, Tags=TAGS),
             lambda: [lambda: iam.get_role(RoleName="tf"), lambda: iam.list_role_policies(RoleName="tf"),
                      lambda: iam.list_attached_role_policies(RoleName="tf")],
             delete_role, "NoSuchEntity"),
    Resource("policy", make_policy,
             lambda: [lambda: iam.get_policy(PolicyArn=state["policy"]),
                      lambda: iam.get_policy_version(PolicyArn=state["policy"], VersionId="v1")],
             delete_policy, "NoSuchEntity"),
    Resource("attachment", lambda: iam.attach_user_policy(UserName="tf", PolicyArn=state["policy"]),
             lambda: [find_attached], lambda: iam.detach_user_policy(UserName="tf", PolicyArn=state["policy"]), "NoSuchEntity"),
    Resource("group", lambda: iam.create_group(GroupName="tf", Path="/"),
             lambda: [lambda: iam.get_group(GroupName="tf")], lambda: iam.delete_group(GroupName="tf"), "NoSuchEntity"),
    Resource("membership", lambda: iam.add_user_to_group(GroupName="tf", UserName="tf"),
             lambda: [find_member], lambda: iam.remove_user_from_group(GroupName="tf", UserName="tf"), "NoSuchEntity"),
    Resource("OpenID Connect provider", make_oidc,
             lambda: [lambda: iam.get_open_id_connect_provider(OpenIDConnectProviderArn=state["oidc"])],
             lambda: iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=state["oidc"]), "NoSuchEntity"),
    Resource("access key", make_access_key, lambda: [find_access_key],
             lambda: iam.delete_access_key(UserName="tf", AccessKeyId=state["access"]), "NoSuchEntity"),
    Resource("key", make_key,
             lambda: [lambda: kms.describe_key(KeyId=state["key"]),
                      lambda: kms.get_key_policy(KeyId=state["key"], PolicyName="default"),
                      lambda: kms.get_key_rotation_status(KeyId=state["key"]),
                      lambda: kms.list_resource_tags(KeyId=state["key"])],
             lambda: kms.schedule_key_deletion(KeyId=state["key"], PendingWindowInDays=7), None),
    Resource("alias", lambda: kms.create_alias(AliasName="alias/tf", TargetKeyId=state["key"]), lambda: [find_alias],
             lambda: kms.delete_alias(AliasName="alias/tf"), "NotFoundException"),
    Resource("grant", make_grant, lambda: [find_grant],
             lambda: kms.revoke_grant(KeyId=state["key"], GrantId=state["grant"]), "NotFoundException"),
]


def main():
    failed = False

    def row(name, step):
        nonlocal failed
        try:
            step()
            print(f"ok {name}")
        except Exception as error:  # the rows after it are to be seen too
            failed = True
            print(f"FAIL {name}: {type(error).__name__} {error}")

    def account():
        state["account"] = sts.get_caller_identity()["Account"]

    def apply(resource):
        resource.make()
        resource.seen()

    def plan(resource):
        resource.again = resource.seen()
        if resource.again != resource.planned:
            raise AssertionError(f"the plan is not empty: {resource.planned} became {resource.again}")

    def destroy(resource):
        resource.seen()
        resource.delete()
        try:
            resource.seen()
        except LookupError:
            return
        except ClientError as error:
            if error.response["Error"]["Code"] == resource.gone:
                return
            raise
        if resource.gone is not None or kms.describe_key(KeyId=state["key"])["KeyMetadata"]["KeyState"] != "PendingDeletion":
            raise AssertionError("still there")

    row("who the caller is, as the provider asks first", account)
    for resource in RESOURCES:
        row(f"apply {resource.name}", lambda r=resource: apply(r))
    for resource in RESOURCES:  # what the first plan reads: members and attachments came later
        row(f"refresh {resource.name}", lambda r=resource: setattr(r, "planned", r.seen()))
    for resource in RESOURCES:
        row(f"plan {resource.name}", lambda r=resource: plan(r))
    for resource in reversed(RESOURCES):
        row(f"destroy {resource.name}", lambda r=resource: destroy(r))
    return 1 if failed else 0


sys.exit(main())
