"""The AWS SDK for Python against a running Trent.

Usage: boto3_suite.py URL. Prints one line for each case, `ok <case>` or `FAIL <case>: <why>`, and exits 1 if one failed.
"""

import base64
import datetime
import hashlib
import hmac
import json
import os
import sys
import urllib.error
import urllib.request
import uuid

import boto3
from botocore.awsrequest import AWSRequest
from botocore.auth import SigV4QueryAuth
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

URL = sys.argv[1]
REGION = "us-east-2"
ACCOUNT = "000000000000"
CASES = []


def client(region=REGION, access_key="test", validate=True):
    return boto3.client(
        "kms",
        endpoint_url=URL,
        region_name=region,
        aws_access_key_id=access_key,
        aws_secret_access_key="test",
        config=Config(parameter_validation=validate, retries={"max_attempts": 1}),
    )


kms = client()
loose = client(validate=False)


def case(function):
    CASES.append(function)
    return function


def case_of_each(*values):
    """One case for each of the values, which go into the parameters and the name."""

    def cases(function):
        for each in values:
            each = each if isinstance(each, tuple) else (each,)

            def run(each=each):
                function(*each)

            run.__name__ = function.__name__ + " " + " ".join(str(part) for part in each if isinstance(part, str))
            CASES.append(run)
        return function

    return cases


def equal(actual, expected):
    if actual != expected:
        raise AssertionError(f"expected {expected!r}, got {actual!r}")


def refused(code, text, call, **parameters):
    """The call must fail with exactly this code and text; text None means that only the code is sent."""
    try:
        call(**parameters)
    except ClientError as error:
        equal(error.response["Error"]["Code"], code)
        own = getattr(kms.exceptions, code, ClientError)  # unmodelled errors have no class of their own
        assert isinstance(error, own), f"{error!r} is no {own.__name__}"
        equal(error.response["Error"].get("Message") or None, text)
        equal(error.response["ResponseMetadata"]["HTTPStatusCode"], 400)
        return
    raise AssertionError(f"expected {code}, but it succeeded")


def new_key(**parameters):
    return kms.create_key(**parameters)["KeyMetadata"]["KeyId"]


def new_name():
    return f"alias/{uuid.uuid4()}"


def new_alias(key=None, name=None):
    name = name or new_name()
    kms.create_alias(AliasName=name, TargetKeyId=key or new_key())
    return name


def key_arn(key, region=REGION, account=ACCOUNT):
    return f"arn:aws:kms:{region}:{account}:key/{key}"


def alias_arn(name, region=REGION, account=ACCOUNT):
    return f"arn:aws:kms:{region}:{account}:{name}"


def aliases_of(key, who=None):
    pages = (who or kms).get_paginator("list_aliases").paginate(KeyId=key)
    return [alias for page in pages for alias in page["Aliases"]]


# ---- the life of an alias


@case
def create_alias_replies_with_nothing_but_a_request_id():
    reply = kms.create_alias(AliasName=new_name(), TargetKeyId=new_key())
    equal(list(reply), ["ResponseMetadata"])
    equal(uuid.UUID(reply["ResponseMetadata"]["RequestId"]).version, 4)
    equal(reply["ResponseMetadata"]["HTTPHeaders"]["content-length"], "0")


@case
def a_new_alias_is_listed_with_all_its_members():
    key = new_key()
    name = new_alias(key)
    [alias] = aliases_of(key)
    equal(sorted(alias), ["AliasArn", "AliasName", "CreationDate", "LastUpdatedDate", "TargetKeyId"])
    equal(alias["AliasName"], name)
    equal(alias["AliasArn"], alias_arn(name))
    equal(alias["TargetKeyId"], key)
    equal(alias["CreationDate"], alias["LastUpdatedDate"])
    age = datetime.datetime.now(datetime.timezone.utc) - alias["CreationDate"]
    assert abs(age.total_seconds()) < 60, age


@case
def an_alias_accepts_a_key_arn_as_target():
    key = new_key()
    name = new_name()
    kms.create_alias(AliasName=name, TargetKeyId=key_arn(key))
    equal([a["TargetKeyId"] for a in aliases_of(key_arn(key))], [key])


@case
def list_aliases_pages_through_everything_once():
    key = new_key()
    names = sorted(new_alias(key) for _ in range(7))
    pages = list(kms.get_paginator("list_aliases").paginate(KeyId=key, PaginationConfig={"PageSize": 3}))
    equal(sorted(a["AliasName"] for page in pages for a in page["Aliases"]), names)
    assert len(pages) >= 3, len(pages)
    assert all(page["Truncated"] for page in pages[:-1])
    assert not pages[-1]["Truncated"]


@case
def a_marker_is_given_only_while_there_is_more():
    key = new_key()
    for _ in range(3):
        new_alias(key)
    first = kms.list_aliases(KeyId=key, Limit=2)
    equal((len(first["Aliases"]), first["Truncated"], "NextMarker" in first), (2, True, True))
    last = kms.list_aliases(KeyId=key, Limit=2, Marker=first["NextMarker"])
    equal((len(last["Aliases"]), last["Truncated"], "NextMarker" in last), (1, False, False))


@case
def list_aliases_of_the_account_holds_those_of_every_key():
    names = {new_alias() for _ in range(3)}
    listed = {a["AliasName"] for page in kms.get_paginator("list_aliases").paginate() for a in page["Aliases"]}
    assert names <= listed


@case
def a_key_without_aliases_has_an_empty_list():
    reply = kms.list_aliases(KeyId=new_key())
    equal((reply["Aliases"], reply["Truncated"]), ([], False))


@case
def update_alias_moves_it_and_keeps_its_creation_date():
    old, new = new_key(), new_key()
    name = new_alias(old)
    [before] = aliases_of(old)
    kms.update_alias(AliasName=name, TargetKeyId=new)
    equal(aliases_of(old), [])
    [after] = aliases_of(new)
    equal(after["CreationDate"], before["CreationDate"])
    assert after["LastUpdatedDate"] >= before["LastUpdatedDate"]
    equal(kms.describe_key(KeyId=name)["KeyMetadata"]["KeyId"], new)


@case
def update_alias_to_its_current_target_succeeds():
    key = new_key()
    kms.update_alias(AliasName=new_alias(key), TargetKeyId=key)


@case
def delete_alias_leaves_the_key_and_frees_the_name():
    key = new_key()
    name = new_alias(key)
    kms.delete_alias(AliasName=name)
    equal(aliases_of(key), [])
    equal(kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"], "Enabled")
    new_alias(new_key(), name)


@case
def a_name_taken_is_refused_even_for_the_same_target():
    key = new_key()
    name = new_alias(key)
    refused(
        "AlreadyExistsException",
        f"An alias with the name {alias_arn(name)} already exists",
        kms.create_alias,
        AliasName=name,
        TargetKeyId=key,
    )


@case
def names_differ_by_case():
    name = new_name()
    new_alias(name=name + "a")
    new_alias(name=name + "A")


@case
def odd_names_are_allowed():
    for name in (f"alias/alias/{uuid.uuid4()}", f"alias/{uuid.uuid4()}-_/", f"alias/awsome{uuid.uuid4()}", f"alias/a//{uuid.uuid4()}"):
        new_alias(name=name)


@case
def a_name_without_the_prefix_is_refused():
    refused(
        "ValidationException",
        'Alias must start with the prefix "alias/". Please see '
        "https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html",
        kms.create_alias,
        AliasName="ExampleAlias",
        TargetKeyId=new_key(),
    )


@case
def a_reserved_name_is_refused_without_text():
    refused("NotAuthorizedException", None, kms.create_alias, AliasName="alias/aws/mine", TargetKeyId=new_key())


@case
def a_colon_in_the_name_is_refused():
    refused(
        "ValidationException",
        "alias/a:b contains invalid characters for an alias",
        kms.create_alias,
        AliasName="alias/a:b",
        TargetKeyId=new_key(),
    )


@case
def a_character_outside_the_pattern_is_refused():
    refused(
        "ValidationException",
        "1 validation error detected: Value 'alias/a b' at 'aliasName' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$",
        kms.create_alias,
        AliasName="alias/a b",
        TargetKeyId=new_key(),
    )


@case
def an_alias_cannot_point_to_an_alias():
    for target in (new_alias(), alias_arn(new_alias())):
        refused(
            "ValidationException",
            "Aliases must refer to keys. Not aliases",
            kms.create_alias,
            AliasName=new_name(),
            TargetKeyId=target,
        )


@case
def an_unknown_target_is_refused():
    missing = str(uuid.uuid4())
    refused(
        "NotFoundException",
        f"Key '{key_arn(missing)}' does not exist",
        kms.create_alias,
        AliasName=new_name(),
        TargetKeyId=missing,
    )


@case
def update_and_delete_of_an_unknown_alias_are_refused():
    name = new_name()
    text = f"Alias {alias_arn(name)} is not found."
    refused("NotFoundException", text, kms.update_alias, AliasName=name, TargetKeyId=new_key())
    refused("NotFoundException", text, kms.delete_alias, AliasName=name)


@case
def the_fifty_first_alias_of_a_key_is_refused():
    key = new_key()
    for _ in range(50):
        new_alias(key)
    text = "Aliases per key quota for this account in this region is 50, current usage is 50."
    refused("LimitExceededException", text, kms.create_alias, AliasName=new_name(), TargetKeyId=key)
    refused("LimitExceededException", text, kms.update_alias, AliasName=new_alias(), TargetKeyId=key)
    equal(len(aliases_of(key)), 50)


@case
def aliases_of_a_key_pending_deletion_stay_but_none_is_added():
    key = new_key()
    name = new_alias(key)
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    text = f"{key_arn(key)} is pending deletion."
    equal([a["AliasName"] for a in aliases_of(key)], [name])
    refused("KMSInvalidStateException", text, kms.create_alias, AliasName=new_name(), TargetKeyId=key)
    refused("KMSInvalidStateException", text, kms.update_alias, AliasName=new_alias(), TargetKeyId=key)
    kms.update_alias(AliasName=name, TargetKeyId=new_key())
    kms.delete_alias(AliasName=name)


# ---- keys


@case
def create_key_describes_a_symmetric_key():
    metadata = kms.create_key()["KeyMetadata"]
    key = metadata["KeyId"]
    uuid.UUID(key)
    equal(metadata.pop("CreationDate").tzinfo is not None, True)
    material = metadata.pop("CurrentKeyMaterialId")
    equal((len(material), material.lower()), (64, material))
    equal(
        metadata,
        {
            "AWSAccountId": ACCOUNT,
            "KeyId": key,
            "Arn": key_arn(key),
            "Enabled": True,
            "Description": "",
            "KeyUsage": "ENCRYPT_DECRYPT",
            "KeyState": "Enabled",
            "Origin": "AWS_KMS",
            "KeyManager": "CUSTOMER",
            "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT",
            "KeySpec": "SYMMETRIC_DEFAULT",
            "EncryptionAlgorithms": ["SYMMETRIC_DEFAULT"],
            "MultiRegion": False,
        },
    )


@case
def describe_key_says_what_create_key_said():
    created = kms.create_key(Description="described")["KeyMetadata"]
    for identifier in (created["KeyId"], created["Arn"]):
        equal(kms.describe_key(KeyId=identifier)["KeyMetadata"], created)


@case
def describe_key_by_alias_name_and_alias_arn():
    key = new_key()
    name = new_alias(key)
    for identifier in (name, alias_arn(name)):
        equal(kms.describe_key(KeyId=identifier)["KeyMetadata"]["KeyId"], key)


@case
def unknown_identifiers_are_named_in_the_refusal():
    missing = str(uuid.uuid4())
    for identifier, text in (
        (missing, f"Key '{key_arn(missing)}' does not exist"),
        (key_arn(missing), f"Key '{key_arn(missing)}' does not exist"),
        ("mrk-" + "0" * 32, f"Key '{key_arn('mrk-' + '0' * 32)}' does not exist"),
        ("nonsense", "Invalid keyId 'nonsense'"),
        (key_arn("nonsense"), "Invalid keyId nonsense"),
        (key_arn(missing, region="eu-west-1"), "Invalid arn eu-west-1"),
        ("alias/none", f"Alias {alias_arn('alias/none')} is not found."),
        (alias_arn("alias/none", region="eu-west-1"), "Invalid arn eu-west-1"),
    ):
        refused("NotFoundException", text, kms.describe_key, KeyId=identifier)


@case
def list_keys_holds_every_key_with_its_arn():
    keys = {new_key() for _ in range(3)}
    listed = [k for page in kms.get_paginator("list_keys").paginate(PaginationConfig={"PageSize": 2}) for k in page["Keys"]]
    assert keys <= {k["KeyId"] for k in listed}
    equal(len(listed), len({k["KeyId"] for k in listed}))
    assert all(k["KeyArn"] == key_arn(k["KeyId"]) for k in listed)


@case
def a_disabled_key_is_not_used_until_it_is_enabled():
    key = new_key()
    kms.disable_key(KeyId=key)
    kms.disable_key(KeyId=key)
    metadata = kms.describe_key(KeyId=key)["KeyMetadata"]
    equal((metadata["KeyState"], metadata["Enabled"]), ("Disabled", False))
    refused("DisabledException", f"{key_arn(key)} is disabled.", kms.encrypt, KeyId=key, Plaintext=b"x")
    kms.enable_key(KeyId=key)
    kms.enable_key(KeyId=key)
    kms.encrypt(KeyId=key, Plaintext=b"x")


@case
def deletion_is_scheduled_refused_twice_and_cancelled():
    key = new_key()
    reply = kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    equal((reply["KeyId"], reply["KeyState"], reply["PendingWindowInDays"]), (key_arn(key), "PendingDeletion", 7))
    days = (reply["DeletionDate"] - datetime.datetime.now(datetime.timezone.utc)).total_seconds() / 86400
    assert 6.9 < days < 7.1, days
    metadata = kms.describe_key(KeyId=key)["KeyMetadata"]
    equal((metadata["KeyState"], metadata["Enabled"], metadata["DeletionDate"]), ("PendingDeletion", False, reply["DeletionDate"]))
    text = f"{key_arn(key)} is pending deletion."
    refused("KMSInvalidStateException", text, kms.schedule_key_deletion, KeyId=key)
    refused("KMSInvalidStateException", text, kms.encrypt, KeyId=key, Plaintext=b"x")
    refused("KMSInvalidStateException", text, kms.enable_key, KeyId=key)
    equal(kms.cancel_key_deletion(KeyId=key)["KeyId"], key_arn(key))
    metadata = kms.describe_key(KeyId=key)["KeyMetadata"]
    equal((metadata["KeyState"], "DeletionDate" in metadata), ("Disabled", False))
    refused("KMSInvalidStateException", f"{key_arn(key)} is not pending deletion.", kms.cancel_key_deletion, KeyId=key)


@case
def deletion_waits_thirty_days_unless_told():
    equal(kms.schedule_key_deletion(KeyId=new_key())["PendingWindowInDays"], 30)


@case
def the_waiting_period_has_bounds():
    key = new_key()
    for days in (6, 31):
        refused(
            "ValidationException",
            "PendingWindowInDays must be between 7 and 30",
            kms.schedule_key_deletion,
            KeyId=key,
            PendingWindowInDays=days,
        )
    refused(
        "ValidationException",
        "1 validation error detected: Value '366' at 'pendingWindowInDays' failed to satisfy constraint: "
        "Member must have value less than or equal to 365",
        kms.schedule_key_deletion,
        KeyId=key,
        PendingWindowInDays=366,
    )


@case
def a_description_is_changed_and_emptied():
    key = new_key(Description="first")
    for text in ("second", "", "ünïcode ☂"):
        kms.update_key_description(KeyId=key, Description=text)
        equal(kms.describe_key(KeyId=key)["KeyMetadata"]["Description"], text)


def by_pages(operation, size, **members):
    """By boto3's paginator; one that is too old to have it follows the markers itself."""
    if kms.can_paginate(operation):
        return list(kms.get_paginator(operation).paginate(PaginationConfig={"PageSize": size}, **members))
    pages = [getattr(kms, operation)(Limit=size, **members)]
    while pages[-1]["Truncated"]:
        pages.append(getattr(kms, operation)(Limit=size, Marker=pages[-1]["NextMarker"], **members))
    return pages


def tags_of(key):
    pages = kms.get_paginator("list_resource_tags").paginate(KeyId=key)
    return {tag["TagKey"]: tag["TagValue"] for page in pages for tag in page["Tags"]}


@case
def tags_are_added_replaced_and_removed():
    key = new_key(Tags=[{"TagKey": "a", "TagValue": "1"}])
    kms.tag_resource(KeyId=key, Tags=[{"TagKey": "a", "TagValue": "2"}, {"TagKey": "A", "TagValue": ""}])
    equal(tags_of(key), {"a": "2", "A": ""})
    kms.untag_resource(KeyId=key, TagKeys=["a", "never"])
    equal(tags_of(key), {"A": ""})


@case
def fifty_tags_are_paged_and_one_more_is_refused():
    tags = [{"TagKey": f"k{i}", "TagValue": str(i)} for i in range(50)]
    key = new_key(Tags=tags)
    equal(len(tags_of(key)), 50)
    page = kms.list_resource_tags(KeyId=key, Limit=20)
    equal((len(page["Tags"]), page["Truncated"]), (20, True))
    refused("TagException", "Too many tags", kms.tag_resource, KeyId=key, Tags=[{"TagKey": "more", "TagValue": ""}])
    refused("TagException", "Too many tags", kms.create_key, Tags=tags + [{"TagKey": "more", "TagValue": ""}])


@case
def bad_tags_are_refused():
    key = new_key()
    refused(
        "TagException",
        "Tags beginning with aws: are reserved",
        kms.tag_resource,
        KeyId=key,
        Tags=[{"TagKey": "AWS:mine", "TagValue": "x"}],
    )
    refused(
        "TagException",
        "Duplicate tag keys",
        kms.tag_resource,
        KeyId=key,
        Tags=[{"TagKey": "a", "TagValue": "1"}, {"TagKey": "a", "TagValue": "2"}],
    )
    refused(
        "ValidationException",
        "1 validation error detected: Value '' at 'tags.2.member.tagKey' failed to satisfy constraint: "
        "Member must have length greater than or equal to 1",
        loose.tag_resource,
        KeyId=key,
        Tags=[{"TagKey": "a", "TagValue": "1"}, {"TagKey": "", "TagValue": "2"}],
    )


@case
def the_default_policy_gives_the_account_everything():
    key = new_key()
    reply = kms.get_key_policy(KeyId=key, PolicyName="default")
    equal(
        reply["Policy"],
        "{\n"
        '  "Version" : "2012-10-17",\n'
        '  "Id" : "key-default-1",\n'
        '  "Statement" : [ {\n'
        '    "Sid" : "Enable IAM User Permissions",\n'
        '    "Effect" : "Allow",\n'
        '    "Principal" : {\n'
        f'      "AWS" : "arn:aws:iam::{ACCOUNT}:root"\n'
        "    },\n"
        '    "Action" : "kms:*",\n'
        '    "Resource" : "*"\n'
        "  } ]\n"
        "}",
    )
    equal(kms.list_key_policies(KeyId=key)["PolicyNames"], ["default"])


@case
def a_policy_is_stored_as_given():
    key = new_key()
    policy = json.dumps(
        {
            "Version": "2012-10-17",
            "Id": "mine",
            "Statement": [
                {
                    "Sid": "all",
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
                    "Action": "kms:*",
                    "Resource": "*",
                }
            ],
        }
    )
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=policy)
    equal(kms.get_key_policy(KeyId=key)["Policy"], policy)


@case
def key_only_operations_refuse_aliases_before_any_lookup():
    for operation, more in (
        (kms.enable_key, {}),
        (kms.disable_key, {}),
        (kms.schedule_key_deletion, {}),
        (kms.cancel_key_deletion, {}),
        (kms.update_key_description, {"Description": "x"}),
        (kms.tag_resource, {"Tags": []}),
        (kms.untag_resource, {"TagKeys": []}),
        (kms.list_resource_tags, {}),
        (kms.get_key_policy, {}),
        (kms.put_key_policy, {"Policy": "{}"}),
        (kms.list_key_policies, {}),
    ):
        for identifier in ("alias/none", alias_arn("alias/none")):
            refused(
                "InvalidArnException",
                "Key Aliases are not supported for this operation.",
                operation,
                KeyId=identifier,
                **more,
            )


@case
def key_kinds_are_checked_against_their_usage():
    refused(
        "ValidationException",
        "KeyUsage SIGN_VERIFY is not compatible with KeySpec SYMMETRIC_DEFAULT",
        kms.create_key,
        KeyUsage="SIGN_VERIFY",
    )
    refused(
        "ValidationException",
        "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.",
        kms.create_key,
        KeySpec="HMAC_256",
    )


# ---- cryptography


@case
def a_round_trip_through_every_identifier():
    key = new_key()
    name = new_alias(key)
    for identifier in (key, key_arn(key), name, alias_arn(name)):
        reply = kms.encrypt(KeyId=identifier, Plaintext=b"attack at dawn")
        equal((reply["KeyId"], reply["EncryptionAlgorithm"]), (key_arn(key), "SYMMETRIC_DEFAULT"))
        for more in ({}, {"KeyId": identifier}):
            opened = kms.decrypt(CiphertextBlob=reply["CiphertextBlob"], **more)
            equal(opened["Plaintext"], b"attack at dawn")
            equal((opened["KeyId"], opened["EncryptionAlgorithm"]), (key_arn(key), "SYMMETRIC_DEFAULT"))
            equal(opened["KeyMaterialId"], kms.describe_key(KeyId=key)["KeyMetadata"]["CurrentKeyMaterialId"])


@case
def the_same_plaintext_never_gives_the_same_ciphertext():
    key = new_key()
    equal(len({kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"] for _ in range(20)}), 20)


@case
def plaintext_has_one_to_4096_bytes():
    key = new_key()
    for size in (1, 4096):
        plaintext = bytes(i % 256 for i in range(size))
        blob = kms.encrypt(KeyId=key, Plaintext=plaintext)["CiphertextBlob"]
        assert len(blob) <= 6144, len(blob)
        equal(kms.decrypt(CiphertextBlob=blob)["Plaintext"], plaintext)
    text = "1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must have length "
    refused("ValidationException", text + "less than or equal to 4096", kms.encrypt, KeyId=key, Plaintext=bytes(4097))
    refused("ValidationException", text + "greater than or equal to 1", loose.encrypt, KeyId=key, Plaintext=b"")


@case
def the_encryption_context_must_match_exactly():
    key = new_key()
    context = {"purpose": "test", "ключ": "値", "empty": ""}
    blob = kms.encrypt(KeyId=key, Plaintext=b"x", EncryptionContext=context)["CiphertextBlob"]
    backwards = dict(reversed(context.items()))
    equal(kms.decrypt(CiphertextBlob=blob, EncryptionContext=backwards)["Plaintext"], b"x")
    for wrong in ({}, {"purpose": "test"}, {**context, "more": "x"}, {**context, "purpose": "Test"}, {**context, "empty": " "}):
        refused("InvalidCiphertextException", None, kms.decrypt, CiphertextBlob=blob, EncryptionContext=wrong)
    refused("InvalidCiphertextException", None, kms.decrypt, CiphertextBlob=blob)


@case
def an_empty_encryption_context_is_none():
    key = new_key()
    blob = kms.encrypt(KeyId=key, Plaintext=b"x", EncryptionContext={})["CiphertextBlob"]
    equal(kms.decrypt(CiphertextBlob=blob)["Plaintext"], b"x")


@case
def another_key_than_the_ciphertexts_is_incorrect():
    blob = kms.encrypt(KeyId=new_key(), Plaintext=b"x")["CiphertextBlob"]
    for other in (new_key(), new_alias()):
        refused(
            "IncorrectKeyException",
            "The key ID in the request does not identify a CMK that can perform this operation.",
            kms.decrypt,
            CiphertextBlob=blob,
            KeyId=other,
        )


@case
def a_moved_alias_no_longer_opens_what_it_closed():
    name = new_alias()
    blob = kms.encrypt(KeyId=name, Plaintext=b"x")["CiphertextBlob"]
    kms.update_alias(AliasName=name, TargetKeyId=new_key())
    refused(
        "IncorrectKeyException",
        "The key ID in the request does not identify a CMK that can perform this operation.",
        kms.decrypt,
        CiphertextBlob=blob,
        KeyId=name,
    )
    equal(kms.decrypt(CiphertextBlob=blob)["Plaintext"], b"x")


@case
def garbage_is_an_invalid_ciphertext():
    for garbage in (b"x", b"garbage" * 20, bytes(6144)):
        refused("InvalidCiphertextException", None, kms.decrypt, CiphertextBlob=garbage)


@case
def re_encrypt_moves_between_keys_and_contexts():
    old, new = new_key(), new_key()
    name = new_alias(new)
    blob = kms.encrypt(KeyId=old, Plaintext=b"x", EncryptionContext={"a": "1"})["CiphertextBlob"]
    reply = kms.re_encrypt(
        CiphertextBlob=blob,
        SourceEncryptionContext={"a": "1"},
        DestinationKeyId=name,
        DestinationEncryptionContext={"b": "2"},
    )
    equal((reply["SourceKeyId"], reply["KeyId"]), (key_arn(old), key_arn(new)))
    equal((reply["SourceEncryptionAlgorithm"], reply["DestinationEncryptionAlgorithm"]), ("SYMMETRIC_DEFAULT",) * 2)
    equal((len(reply["SourceKeyMaterialId"]), len(reply["DestinationKeyMaterialId"])), (64, 64))
    opened = kms.decrypt(CiphertextBlob=reply["CiphertextBlob"], EncryptionContext={"b": "2"})
    equal((opened["Plaintext"], opened["KeyId"]), (b"x", key_arn(new)))


@case
def re_encrypt_checks_the_source_first():
    blob = kms.encrypt(KeyId=new_key(), Plaintext=b"x")["CiphertextBlob"]
    disabled = new_key()
    kms.disable_key(KeyId=disabled)
    refused(
        "IncorrectKeyException",
        "The key ID in the request does not identify a CMK that can perform this operation.",
        kms.re_encrypt,
        CiphertextBlob=blob,
        SourceKeyId=new_key(),
        DestinationKeyId=disabled,
    )
    refused("DisabledException", f"{key_arn(disabled)} is disabled.", kms.re_encrypt, CiphertextBlob=blob, DestinationKeyId=disabled)


@case
def data_keys_have_the_size_that_was_asked():
    key = new_key()
    for more, size in (({"KeySpec": "AES_256"}, 32), ({"KeySpec": "AES_128"}, 16), ({"NumberOfBytes": 1}, 1), ({"NumberOfBytes": 1024}, 1024)):
        reply = kms.generate_data_key(KeyId=key, EncryptionContext={"a": "b"}, **more)
        equal((len(reply["Plaintext"]), reply["KeyId"], len(reply["KeyMaterialId"])), (size, key_arn(key), 64))
        opened = kms.decrypt(CiphertextBlob=reply["CiphertextBlob"], EncryptionContext={"a": "b"})
        equal(opened["Plaintext"], reply["Plaintext"])


@case
def a_data_key_without_plaintext_has_none():
    reply = kms.generate_data_key_without_plaintext(KeyId=new_alias(), KeySpec="AES_256")
    equal("Plaintext" in reply, False)
    equal(len(kms.decrypt(CiphertextBlob=reply["CiphertextBlob"])["Plaintext"]), 32)


@case
def a_data_key_needs_one_size():
    key = new_key()
    for more in ({}, {"KeySpec": "AES_256", "NumberOfBytes": 32}):
        refused(
            "ValidationException",
            "Please specify either number of bytes or key spec.",
            kms.generate_data_key,
            KeyId=key,
            **more,
        )


@case
def random_bytes_have_the_size_that_was_asked():
    for size in (1, 32, 1024):
        equal(len(kms.generate_random(NumberOfBytes=size)["Plaintext"]), size)
    assert kms.generate_random(NumberOfBytes=32)["Plaintext"] != kms.generate_random(NumberOfBytes=32)["Plaintext"]
    refused("ValidationException", "NumberOfBytes is required.", kms.generate_random)
    refused(
        "ValidationException",
        "1 validation error detected: Value '1025' at 'numberOfBytes' failed to satisfy constraint: "
        "Member must have value less than or equal to 1024",
        kms.generate_random,
        NumberOfBytes=1025,
    )


@case
def a_dry_run_says_that_it_would_have_succeeded():
    key = new_key()
    blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    for operation, parameters in (
        (kms.encrypt, {"KeyId": key, "Plaintext": b"x"}),
        (kms.decrypt, {"CiphertextBlob": blob}),
        (kms.re_encrypt, {"CiphertextBlob": blob, "DestinationKeyId": key}),
        (kms.generate_data_key, {"KeyId": key, "KeySpec": "AES_256"}),
        (kms.generate_data_key_without_plaintext, {"KeyId": key, "KeySpec": "AES_256"}),
    ):
        refused(
            "DryRunOperationException",
            "The request would have succeeded, but the DryRun option is set.",
            operation,
            DryRun=True,
            **parameters,
        )
        operation(DryRun=False, **parameters)


@case
def a_dry_run_fails_as_the_call_would():
    key = new_key()
    kms.disable_key(KeyId=key)
    refused("DisabledException", f"{key_arn(key)} is disabled.", kms.encrypt, KeyId=key, Plaintext=b"x", DryRun=True)
    refused("InvalidCiphertextException", None, kms.decrypt, CiphertextBlob=b"x" * 100, DryRun=True)


# ---- keys of every kind

RSA = ("RSA_2048", "RSA_3072", "RSA_4096")
ECDSA = {"ECC_NIST_P256": 256, "ECC_NIST_P384": 384, "ECC_NIST_P521": 512, "ECC_SECG_P256K1": 256}
OAEP = ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"]
RSASSA = [f"RSASSA_{padding}_SHA_{n}" for padding in ("PKCS1_V1_5", "PSS") for n in (256, 384, 512)]
ML_DSA = (("ML_DSA_44", 1334, 1312, 2420), ("ML_DSA_65", 1974, 1952, 3309), ("ML_DSA_87", 2614, 2592, 4627))
KINDS = (
    [("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", "EncryptionAlgorithms", ["SYMMETRIC_DEFAULT"])]
    + [(spec, "ENCRYPT_DECRYPT", "EncryptionAlgorithms", OAEP) for spec in RSA]
    + [(spec, "SIGN_VERIFY", "SigningAlgorithms", RSASSA) for spec in RSA]
    + [(spec, "SIGN_VERIFY", "SigningAlgorithms", [f"ECDSA_SHA_{n}"]) for spec, n in ECDSA.items()]
    + [("ECC_NIST_EDWARDS25519", "SIGN_VERIFY", "SigningAlgorithms", ["ED25519_SHA_512", "ED25519_PH_SHA_512"])]
    + [(spec, "KEY_AGREEMENT", "KeyAgreementAlgorithms", ["ECDH"]) for spec in ECDSA if spec != "ECC_SECG_P256K1"]
    + [(spec, "SIGN_VERIFY", "SigningAlgorithms", ["ML_DSA_SHAKE_256"]) for spec, *_ in ML_DSA]
    + [(f"HMAC_{n}", "GENERATE_VERIFY_MAC", "MacAlgorithms", [f"HMAC_SHA_{n}"]) for n in (224, 256, 384, 512)]
)


@case_of_each(*KINDS)
def a_key_shows_its_kind(spec, usage, algorithms, values):
    metadata = kms.create_key(KeySpec=spec, KeyUsage=usage)["KeyMetadata"]
    key = metadata["KeyId"]
    equal(kms.describe_key(KeyId=key)["KeyMetadata"], metadata)
    equal((metadata["KeySpec"], metadata["CustomerMasterKeySpec"], metadata["KeyUsage"]), (spec, spec, usage))
    equal((metadata["KeyState"], metadata["Enabled"], metadata["MultiRegion"], metadata["Origin"]), ("Enabled", True, False, "AWS_KMS"))
    equal([(name, metadata[name]) for name in metadata if name.endswith("Algorithms")], [(algorithms, values)])
    equal("CurrentKeyMaterialId" in metadata, spec == "SYMMETRIC_DEFAULT")
    if spec == "SYMMETRIC_DEFAULT" or usage == "GENERATE_VERIFY_MAC":
        refused("UnsupportedOperationException", None, kms.get_public_key, KeyId=key)
        return
    shown = kms.get_public_key(KeyId=key)
    equal(
        sorted(shown),
        sorted(["CustomerMasterKeySpec", "KeyId", "KeySpec", "KeyUsage", "PublicKey", "ResponseMetadata", algorithms]),
    )
    equal((shown["KeyId"], shown["KeySpec"], shown[algorithms]), (key_arn(key), spec, values))


@case_of_each("ENCRYPT_DECRYPT", "SIGN_VERIFY", "KEY_AGREEMENT", "GENERATE_VERIFY_MAC")
def only_the_kinds_of_the_table_can_be_made_for(usage):
    allowed = {spec for spec, use, *_ in KINDS if use == usage}
    for spec in {spec for spec, *_ in KINDS} - allowed:
        text = f"KeyUsage {usage} is not compatible with KeySpec {spec}"
        refused("ValidationException", text, kms.create_key, KeySpec=spec, KeyUsage=usage)


@case_of_each(("RSA_2048", 214, 190), ("RSA_3072", 342, 318), ("RSA_4096", 470, 446))
def rsa_encrypts_up_to_its_limit(spec, *limits):
    key = new_key(KeySpec=spec, KeyUsage="ENCRYPT_DECRYPT")
    for algorithm, most in zip(OAEP, limits):
        for size in (1, most):
            sealed = kms.encrypt(KeyId=key, Plaintext=bytes(size), EncryptionAlgorithm=algorithm)
            equal((sealed["KeyId"], sealed["EncryptionAlgorithm"]), (key_arn(key), algorithm))
            opened = kms.decrypt(KeyId=key, CiphertextBlob=sealed["CiphertextBlob"], EncryptionAlgorithm=algorithm)
            equal((opened["Plaintext"], opened["KeyId"], opened["EncryptionAlgorithm"]), (bytes(size), key_arn(key), algorithm))
            equal("KeyMaterialId" in opened, False)
        refused(
            "ValidationException",
            f"Algorithm {algorithm} and key spec {spec} cannot encrypt data larger than {most} bytes.",
            kms.encrypt,
            KeyId=key,
            Plaintext=bytes(most + 1),
            EncryptionAlgorithm=algorithm,
        )
    blob = sealed["CiphertextBlob"]
    refused("InvalidCiphertextException", None, kms.decrypt, CiphertextBlob=blob)
    refused("InvalidCiphertextException", None, kms.decrypt, CiphertextBlob=blob, KeyId=key)
    refused("InvalidCiphertextException", None, kms.decrypt, CiphertextBlob=blob, KeyId=key, EncryptionAlgorithm=OAEP[0])
    for wrong in (bytes(len(blob)), b"\xff" * len(blob), blob[:-1], blob + b"x", b"x"):
        refused("InvalidCiphertextException", None, kms.decrypt, CiphertextBlob=wrong, KeyId=key, EncryptionAlgorithm=OAEP[1])
    text = f"Algorithm SYMMETRIC_DEFAULT is incompatible with key spec {spec}."
    refused("InvalidKeyUsageException", text, kms.encrypt, KeyId=key, Plaintext=b"x")
    text = "You cannot generate a data key with an asymmetric CMK"
    refused("InvalidKeyUsageException", text, kms.generate_data_key, KeyId=key, KeySpec="AES_256")
    text = f"{key_arn(key)} key usage is ENCRYPT_DECRYPT which is not valid for Sign."
    refused("InvalidKeyUsageException", text, kms.sign, KeyId=key, Message=b"x", SigningAlgorithm=RSASSA[0])


@case_of_each(*((spec, algorithm) for spec in RSA for algorithm in RSASSA), *((spec, f"ECDSA_SHA_{n}") for spec, n in ECDSA.items()))
def messages_and_their_digests_are_signed_alike(spec, algorithm):
    key = new_key(KeySpec=spec, KeyUsage="SIGN_VERIFY")
    digest = hashlib.new("sha" + algorithm[-3:], b"attack at dawn").digest()
    ways = ({"Message": b"attack at dawn"}, {"Message": digest, "MessageType": "DIGEST"})
    for way in ways:
        made = kms.sign(KeyId=key, SigningAlgorithm=algorithm, **way)
        equal((made["KeyId"], made["SigningAlgorithm"]), (key_arn(key), algorithm))
        for other in ways:
            seen = kms.verify(KeyId=key, SigningAlgorithm=algorithm, Signature=made["Signature"], **other)
            equal((seen["KeyId"], seen["SignatureValid"], seen["SigningAlgorithm"]), (key_arn(key), True, algorithm))
        for wrong in (made["Signature"][:-1], b"x", made["Signature"][:-1] + bytes([made["Signature"][-1] ^ 1]), bytes(6144)):
            refused("KMSInvalidSignatureException", None, kms.verify, KeyId=key, SigningAlgorithm=algorithm, Signature=wrong, **way)
    text = f"Digest is invalid length for algorithm {algorithm}."
    refused("ValidationException", text, kms.sign, KeyId=key, SigningAlgorithm=algorithm, Message=digest + b"x", MessageType="DIGEST")
    text = f"Algorithm ED25519_SHA_512 is incompatible with key spec {spec}."
    refused("InvalidKeyUsageException", text, kms.sign, KeyId=key, SigningAlgorithm="ED25519_SHA_512", Message=b"x")


@case
def ed25519_signs_messages_and_ed25519ph_digests():
    key = new_key(KeySpec="ECC_NIST_EDWARDS25519", KeyUsage="SIGN_VERIFY")
    equal(len(kms.get_public_key(KeyId=key)["PublicKey"]), 44)
    digest = hashlib.sha512(b"attack at dawn").digest()
    plain = {"KeyId": key, "SigningAlgorithm": "ED25519_SHA_512", "Message": b"attack at dawn", "MessageType": "RAW"}
    prehashed = {"KeyId": key, "SigningAlgorithm": "ED25519_PH_SHA_512", "Message": digest, "MessageType": "DIGEST"}
    for asked in (plain, prehashed):
        first, second = (kms.sign(**asked)["Signature"] for _ in range(2))
        equal((first, len(first)), (second, 64))
        equal(kms.verify(Signature=first, **asked)["SignatureValid"], True)
    refused("KMSInvalidSignatureException", None, kms.verify, Signature=first, **{**plain, "Message": digest})
    for asked, wrong in ((plain, "DIGEST"), (prehashed, "RAW"), (plain, "EXTERNAL_MU"), (prehashed, "EXTERNAL_MU")):
        text = f"Message type {wrong} is incompatible with algorithm {asked['SigningAlgorithm']}."
        refused("ValidationException", text, kms.sign, **{**asked, "MessageType": wrong})
    text = "Digest is invalid length for algorithm ED25519_PH_SHA_512."
    refused("ValidationException", text, kms.sign, **{**prehashed, "Message": digest[1:]})


def mu(public_key, message):
    """What an ML-DSA signature is of. Source: FIPS 204, algorithm 7, with the empty context."""
    return hashlib.shake_256(hashlib.shake_256(public_key).digest(64) + bytes(2) + message).digest(64)


@case_of_each(*ML_DSA)
def ml_dsa_signs_messages_and_external_mu(spec, spki, raw_key, signature):
    key = new_key(KeySpec=spec, KeyUsage="SIGN_VERIFY")
    public_key = kms.get_public_key(KeyId=key)["PublicKey"]
    equal(len(public_key), spki)
    asked = {"KeyId": key, "SigningAlgorithm": "ML_DSA_SHAKE_256"}
    external = mu(public_key[-raw_key:], b"attack at dawn")
    ways = ({"Message": b"attack at dawn"}, {"Message": external, "MessageType": "EXTERNAL_MU"})
    for way in ways:
        first, second = (kms.sign(**asked, **way)["Signature"] for _ in range(2))
        equal((len(first), first == second), (signature, False))
        for other in ways:
            equal(kms.verify(Signature=first, **asked, **other)["SignatureValid"], True)
        refused("KMSInvalidSignatureException", None, kms.verify, Signature=first[:-1] + b"x", **asked, **way)
    text = f"Message type DIGEST is incompatible with key spec {spec}."
    refused("ValidationException", text, kms.sign, Message=bytes(64), MessageType="DIGEST", **asked)
    text = "Digest is invalid length for algorithm ML_DSA_SHAKE_256."
    refused("ValidationException", text, kms.sign, Message=external[1:], MessageType="EXTERNAL_MU", **asked)


@case
def another_keys_signature_is_invalid_and_another_specs_algorithm_incompatible():
    one, other = (new_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY") for _ in range(2))
    signature = kms.sign(KeyId=one, Message=b"x", SigningAlgorithm="ECDSA_SHA_256")["Signature"]
    refused("KMSInvalidSignatureException", None, kms.verify, KeyId=other, Message=b"x", SigningAlgorithm="ECDSA_SHA_256", Signature=signature)
    third = new_key(KeySpec="ECC_NIST_P384", KeyUsage="SIGN_VERIFY")
    text = "Algorithm ECDSA_SHA_256 is incompatible with key spec ECC_NIST_P384."
    refused("InvalidKeyUsageException", text, kms.verify, KeyId=third, Message=b"x", SigningAlgorithm="ECDSA_SHA_256", Signature=signature)


@case_of_each(("HMAC_224", 28), ("HMAC_256", 32), ("HMAC_384", 48), ("HMAC_512", 64))
def macs_are_made_and_verified(spec, length):
    key = new_key(KeySpec=spec, KeyUsage="GENERATE_VERIFY_MAC")
    algorithm = spec.replace("_", "_SHA_")
    asked = {"KeyId": key, "Message": b"attack at dawn", "MacAlgorithm": algorithm}
    made = kms.generate_mac(**asked)
    equal((made["KeyId"], made["MacAlgorithm"], len(made["Mac"])), (key_arn(key), algorithm, length))
    seen = kms.verify_mac(Mac=made["Mac"], **asked)
    equal((seen["KeyId"], seen["MacAlgorithm"], seen["MacValid"]), (key_arn(key), algorithm, True))
    for wrong in (made["Mac"][:-1], made["Mac"] + b"x", bytes(length), b"x"):
        refused("KMSInvalidMacException", None, kms.verify_mac, Mac=wrong, **asked)
    other = "HMAC_SHA_512" if spec != "HMAC_512" else "HMAC_SHA_256"
    text = f"Algorithm {other} is incompatible with key spec {spec}."
    refused("InvalidKeyUsageException", text, kms.generate_mac, **{**asked, "MacAlgorithm": other})


@case_of_each(("ECC_NIST_P256", 32), ("ECC_NIST_P384", 48), ("ECC_NIST_P521", 66))
def two_keys_agree_on_a_shared_secret(spec, length):
    one, other = (new_key(KeySpec=spec, KeyUsage="KEY_AGREEMENT") for _ in range(2))
    keys = {key: kms.get_public_key(KeyId=key)["PublicKey"] for key in (one, other)}
    made = kms.derive_shared_secret(KeyId=one, KeyAgreementAlgorithm="ECDH", PublicKey=keys[other])
    equal((made["KeyId"], made["KeyAgreementAlgorithm"], made["KeyOrigin"]), (key_arn(one), "ECDH", "AWS_KMS"))
    equal(len(made["SharedSecret"]), length)
    again = kms.derive_shared_secret(KeyId=other, KeyAgreementAlgorithm="ECDH", PublicKey=keys[one])
    equal(made["SharedSecret"], again["SharedSecret"])
    for wrong in (b"x", keys[other][:-1], keys[other][:-1] + bytes([keys[other][-1] ^ 1])):
        refused("ValidationException", None, kms.derive_shared_secret, KeyId=one, KeyAgreementAlgorithm="ECDH", PublicKey=wrong)


@case_of_each("RSA_2048", "RSA_3072", "RSA_4096", *ECDSA, "ECC_NIST_EDWARDS25519")
def a_data_key_pair_opens_again(spec):
    key = new_key()
    pair = kms.generate_data_key_pair(KeyId=key, KeyPairSpec=spec, EncryptionContext={"a": "b"})
    equal(
        sorted(set(pair) - {"ResponseMetadata"}),
        ["KeyId", "KeyMaterialId", "KeyPairSpec", "PrivateKeyCiphertextBlob", "PrivateKeyPlaintext", "PublicKey"],
    )
    equal((pair["KeyId"], pair["KeyPairSpec"]), (key_arn(key), spec))
    opened = kms.decrypt(CiphertextBlob=pair["PrivateKeyCiphertextBlob"], EncryptionContext={"a": "b"})
    equal(opened["Plaintext"], pair["PrivateKeyPlaintext"])
    hidden = kms.generate_data_key_pair_without_plaintext(KeyId=key, KeyPairSpec=spec)
    equal(
        sorted(set(hidden) - {"ResponseMetadata"}),
        ["KeyId", "KeyMaterialId", "KeyPairSpec", "PrivateKeyCiphertextBlob", "PublicKey"],
    )


@case
def re_encrypt_goes_from_symmetric_to_rsa_and_back():
    symmetric, rsa = new_key(), new_key(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")
    blob = kms.encrypt(KeyId=symmetric, Plaintext=b"x")["CiphertextBlob"]
    out = kms.re_encrypt(CiphertextBlob=blob, DestinationKeyId=rsa, DestinationEncryptionAlgorithm=OAEP[1])
    equal("DestinationKeyMaterialId" in out, False)
    back = kms.re_encrypt(
        CiphertextBlob=out["CiphertextBlob"], SourceKeyId=rsa, SourceEncryptionAlgorithm=OAEP[1], DestinationKeyId=symmetric
    )
    equal((back["SourceKeyId"], back["KeyId"], "SourceKeyMaterialId" in back), (key_arn(rsa), key_arn(symmetric), False))
    equal(kms.decrypt(CiphertextBlob=back["CiphertextBlob"])["Plaintext"], b"x")


# ---- rotation and import


@case
def a_key_rotates_and_opens_what_it_closed_before():
    key = new_key()
    blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    off = kms.get_key_rotation_status(KeyId=key)
    equal((off["KeyId"], off["KeyRotationEnabled"], "NextRotationDate" in off), (key_arn(key), False, False))
    kms.enable_key_rotation(KeyId=key)
    on = kms.get_key_rotation_status(KeyId=key)
    equal((on["KeyRotationEnabled"], on["RotationPeriodInDays"]), (True, 365))
    before = kms.describe_key(KeyId=key)["KeyMetadata"]["CurrentKeyMaterialId"]
    for _ in range(2):
        equal(kms.rotate_key_on_demand(KeyId=key)["KeyId"], key_arn(key))
    equal(kms.get_key_rotation_status(KeyId=key)["NextRotationDate"], on["NextRotationDate"])
    pages = by_pages("list_key_rotations", 1, KeyId=key)
    rotations = [rotation for page in pages for rotation in page["Rotations"]]
    equal([(r["KeyId"], r["RotationType"], r["KeyMaterialState"]) for r in rotations], [(key_arn(key), "ON_DEMAND", "NON_CURRENT"), (key_arn(key), "ON_DEMAND", "CURRENT")])
    everything = kms.list_key_rotations(KeyId=key, IncludeKeyMaterial="ALL_KEY_MATERIAL")["Rotations"]
    equal([r["KeyMaterialId"] for r in everything if "RotationDate" not in r], [before])
    equal(kms.decrypt(CiphertextBlob=blob)["KeyMaterialId"], before)
    kms.disable_key_rotation(KeyId=key)
    equal(kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"], False)


@case
def rotation_is_refused_where_there_is_none():
    key = new_key()
    text = "1 validation error detected: Value '89' at 'rotationPeriodInDays' failed to satisfy constraint: Member must have value greater than or equal to 90"
    refused("ValidationException", text, loose.enable_key_rotation, KeyId=key, RotationPeriodInDays=89)
    for _ in range(25):
        kms.rotate_key_on_demand(KeyId=key)
    refused(
        "LimitExceededException",
        "The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed "
        f"for this key: {key_arn(key)}",
        kms.rotate_key_on_demand,
        KeyId=key,
    )
    for kind in ({"KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC"}, {"KeySpec": "RSA_2048", "KeyUsage": "SIGN_VERIFY"}):
        other = new_key(**kind)
        refused("UnsupportedOperationException", None, kms.enable_key_rotation, KeyId=other)
        refused("UnsupportedOperationException", None, kms.rotate_key_on_demand, KeyId=other)
        kms.disable_key_rotation(KeyId=other)
        equal(kms.get_key_rotation_status(KeyId=other)["KeyRotationEnabled"], False)
    kms.disable_key(KeyId=key)
    refused("DisabledException", f"{key_arn(key)} is disabled.", kms.enable_key_rotation, KeyId=key)


def der(data):
    """The contents of the outermost DER element, and what follows it."""
    length, start = data[1], 2
    if length & 0x80:
        start = 2 + (length & 0x7F)
        length = int.from_bytes(data[2:start], "big")
    return data[start : start + length], data[start + length :]


def oaep(public_key, message):
    """RSAES-OAEP with SHA-256 and an empty label. Source: RFC 8017, section 7.1.1."""
    _, key = der(der(public_key)[0])
    modulus, rest = der(der(der(key)[0][1:])[0])
    n, e = int.from_bytes(modulus, "big"), int.from_bytes(der(rest)[0], "big")
    size = (n.bit_length() + 7) // 8

    def masked(data, seed):
        mask = b"".join(hashlib.sha256(seed + counter.to_bytes(4, "big")).digest() for counter in range(len(data) // 32 + 1))
        return bytes(a ^ b for a, b in zip(data, mask))

    block = hashlib.sha256(b"").digest() + bytes(size - len(message) - 66) + b"\x01" + message
    seed = os.urandom(32)
    block = masked(block, seed)
    padded = b"\x00" + masked(seed, block) + block
    return pow(int.from_bytes(padded, "big"), e, n).to_bytes(size, "big")


def imported(key, material, **more):
    asked = kms.get_parameters_for_import(KeyId=key, WrappingAlgorithm="RSAES_OAEP_SHA_256", WrappingKeySpec="RSA_3072")
    equal(asked["KeyId"], key_arn(key))
    return kms.import_key_material(
        KeyId=key,
        ImportToken=asked["ImportToken"],
        EncryptedKeyMaterial=oaep(asked["PublicKey"], material),
        **(more or {"ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE"}),
    )


@case
def material_is_imported_expires_later_and_is_deleted():
    key = new_key(Origin="EXTERNAL")
    pending = f"{key_arn(key)} is pending import."
    equal(kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"], "PendingImport")
    refused("KMSInvalidStateException", pending, kms.encrypt, KeyId=key, Plaintext=b"x")
    material = os.urandom(32)
    valid_to = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)
    made = imported(key, material, ExpirationModel="KEY_MATERIAL_EXPIRES", ValidTo=valid_to)
    equal((made["KeyId"], len(made["KeyMaterialId"])), (key_arn(key), 64))
    metadata = kms.describe_key(KeyId=key)["KeyMetadata"]
    equal((metadata["KeyState"], metadata["ExpirationModel"]), ("Enabled", "KEY_MATERIAL_EXPIRES"))
    assert abs((metadata["ValidTo"] - valid_to).total_seconds()) < 1
    blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    gone = kms.delete_imported_key_material(KeyId=key)
    equal((gone["KeyId"], gone["KeyMaterialId"]), (key_arn(key), made["KeyMaterialId"]))
    refused("KMSInvalidStateException", pending, kms.decrypt, CiphertextBlob=blob)
    refused("IncorrectKeyMaterialException", None, lambda: imported(key, os.urandom(32)))
    equal(imported(key, material)["KeyMaterialId"], made["KeyMaterialId"])
    equal(kms.decrypt(CiphertextBlob=blob)["Plaintext"], b"x")
    text = f"{key_arn(key)} origin is EXTERNAL which is not valid for this operation."
    refused("UnsupportedOperationException", text, kms.enable_key_rotation, KeyId=key)


@case
def imported_material_rotates_on_demand():
    key = new_key(Origin="EXTERNAL")
    first = imported(key, os.urandom(32))["KeyMaterialId"]
    blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    text = f"No available key material pending rotation for the key: {key_arn(key)}."
    refused("KMSInvalidStateException", text, kms.rotate_key_on_demand, KeyId=key)
    more = {"ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE", "ImportType": "NEW_KEY_MATERIAL"}
    second = imported(key, os.urandom(32), **more)["KeyMaterialId"]
    equal(kms.describe_key(KeyId=key)["KeyMetadata"]["CurrentKeyMaterialId"], first)
    kms.rotate_key_on_demand(KeyId=key)
    equal(kms.describe_key(KeyId=key)["KeyMetadata"]["CurrentKeyMaterialId"], second)
    equal(kms.decrypt(CiphertextBlob=blob)["KeyMaterialId"], first)


@case_of_each(("HMAC_224", "sha224"), ("HMAC_256", "sha256"), ("HMAC_384", "sha384"), ("HMAC_512", "sha512"))
def an_imported_hmac_key_makes_the_macs_of_the_standard_library(spec, digest):
    key = new_key(KeySpec=spec, KeyUsage="GENERATE_VERIFY_MAC", Origin="EXTERNAL")
    material = os.urandom(int(spec[-3:]) // 8)
    imported(key, material)
    mac = kms.generate_mac(KeyId=key, Message=b"attack at dawn", MacAlgorithm=spec.replace("_", "_SHA_"))["Mac"]
    equal(mac, hmac.new(material, b"attack at dawn", digest).digest())


@case
def imports_that_are_wrong_are_refused():
    native, key, other = new_key(), new_key(Origin="EXTERNAL"), new_key(Origin="EXTERNAL")
    asked = {"WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"}
    text = f"{key_arn(native)} origin is AWS_KMS which is not valid for this operation."
    refused("UnsupportedOperationException", text, kms.get_parameters_for_import, KeyId=native, **asked)
    refused("UnsupportedOperationException", text, kms.delete_imported_key_material, KeyId=native)
    token = kms.get_parameters_for_import(KeyId=other, **asked)["ImportToken"]
    material = {"ImportToken": token, "EncryptedKeyMaterial": bytes(256)}
    refused("InvalidImportTokenException", None, kms.import_key_material, KeyId=key, ExpirationModel="KEY_MATERIAL_DOES_NOT_EXPIRE", **material)
    refused("InvalidCiphertextException", None, kms.import_key_material, KeyId=other, ExpirationModel="KEY_MATERIAL_DOES_NOT_EXPIRE", **material)
    text = "A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES"
    refused("ValidationException", text, kms.import_key_material, KeyId=other, **material)


# ---- grants, last use, several Regions

ALICE = f"arn:aws:sts::{ACCOUNT}:federated-user/Alice"


@case
def a_grant_is_made_listed_retired_and_revoked():
    key = new_key()
    asked = {
        "KeyId": key,
        "GranteePrincipal": ALICE,
        "Operations": ["Encrypt", "Decrypt"],
        "Constraints": {"EncryptionContextEquals": {"a": "b"}},
        "Name": "mine",
    }
    made = kms.create_grant(**asked)
    equal(kms.create_grant(**asked)["GrantId"], made["GrantId"])
    [grant] = kms.list_grants(KeyId=key)["Grants"]
    equal(grant.pop("CreationDate").tzinfo is not None, True)
    equal(
        grant,
        {
            "KeyId": key_arn(key),
            "GrantId": made["GrantId"],
            "Name": "mine",
            "GranteePrincipal": ALICE,
            "IssuingAccount": f"arn:aws:iam::{ACCOUNT}:root",
            "Operations": ["Encrypt", "Decrypt"],
            "Constraints": {"EncryptionContextEquals": {"a": "b"}},
        },
    )
    kms.describe_key(KeyId=key, GrantTokens=[made["GrantToken"]])
    refused("InvalidGrantTokenException", None, kms.describe_key, KeyId=key, GrantTokens=["made-up"])
    refused("InvalidGrantIdException", None, kms.revoke_grant, KeyId=key, GrantId="x")
    kms.retire_grant(GrantToken=made["GrantToken"])
    equal(kms.list_grants(KeyId=key)["Grants"], [])
    again = kms.create_grant(**asked)["GrantId"]
    kms.revoke_grant(KeyId=key, GrantId=again)
    refused("NotFoundException", f"Grant ID {again} not found", kms.revoke_grant, KeyId=key, GrantId=again)
    bad = {**asked, "Operations": ["Sign"]}
    refused(
        "ValidationException",
        "Operation Sign is not supported by a key with key spec SYMMETRIC_DEFAULT and key usage ENCRYPT_DECRYPT.",
        kms.create_grant,
        **bad,
    )


@case
def grants_are_paged_and_found_by_who_may_retire_them():
    key = new_key()
    role = f"arn:aws:sts::{ACCOUNT}:federated-user/{str(uuid.uuid4())[:30]}"
    made = {
        kms.create_grant(KeyId=key, GranteePrincipal=ALICE, RetiringPrincipal=role, Operations=["Decrypt"])["GrantId"] for _ in range(7)
    }
    for paginator, parameters in (("list_grants", {"KeyId": key}), ("list_retirable_grants", {"RetiringPrincipal": role})):
        pages = list(kms.get_paginator(paginator).paginate(PaginationConfig={"PageSize": 3}, **parameters))
        found = [grant["GrantId"] for page in pages for grant in page["Grants"]]
        equal((set(found), len(found)), (made, 7))
    for listing, parameters in (
        (kms.list_grants, {"KeyId": key}),
        (kms.list_retirable_grants, {"RetiringPrincipal": role}),
        (kms.list_aliases, {}),
        (kms.list_keys, {}),
        (kms.list_resource_tags, {"KeyId": key}),
        (kms.list_key_policies, {"KeyId": key}),
    ):
        refused("InvalidMarkerException", None, listing, Marker="no marker of ours", **parameters)


@case
def the_last_use_of_a_key_is_told():
    key = new_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")
    before = kms.get_key_last_usage(KeyId=key)
    equal((before["KeyId"], before["KeyLastUsage"]), (key_arn(key), {}))
    used = kms.generate_mac(KeyId=key, Message=b"x", MacAlgorithm="HMAC_SHA_256")
    after = kms.get_key_last_usage(KeyId=key)["KeyLastUsage"]
    equal((after["Operation"], after["KmsRequestId"]), ("GenerateMac", used["ResponseMetadata"]["RequestId"]))
    equal(after["Timestamp"].microsecond, 0)


@case_of_each(
    ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"),
    ("HMAC_512", "GENERATE_VERIFY_MAC"),
    ("RSA_2048", "SIGN_VERIFY"),
    ("ML_DSA_44", "SIGN_VERIFY"),
    ("ECC_NIST_P384", "KEY_AGREEMENT"),
)
def a_multi_region_key_has_a_replica(spec, usage):
    ireland = client(region="eu-west-1")
    primary = kms.create_key(KeySpec=spec, KeyUsage=usage, MultiRegion=True)["KeyMetadata"]
    key = primary["KeyId"]
    equal((key[:4], len(key), primary["MultiRegion"]), ("mrk-", 36, True))
    own = {"MultiRegionKeyType": "PRIMARY", "PrimaryKey": {"Arn": key_arn(key), "Region": REGION}, "ReplicaKeys": []}
    equal(primary["MultiRegionConfiguration"], own)
    made = kms.replicate_key(KeyId=key, ReplicaRegion="eu-west-1", Description="a replica", Tags=[{"TagKey": "a", "TagValue": "b"}])
    there = made["ReplicaKeyMetadata"]
    equal((there["KeyState"], there["Enabled"], there["Description"]), ("Creating", False, "a replica"))
    equal(("CurrentKeyMaterialId" in there, made["ReplicaTags"]), (False, [{"TagKey": "a", "TagValue": "b"}]))
    equal(json.loads(made["ReplicaPolicy"])["Id"], "key-default-1")
    replica = ireland.describe_key(KeyId=key)["KeyMetadata"]
    equal((replica["KeyState"], replica["Arn"]), ("Enabled", key_arn(key, region="eu-west-1")))
    equal(replica["MultiRegionConfiguration"]["ReplicaKeys"], [{"Arn": replica["Arn"], "Region": "eu-west-1"}])
    text = "You can create only one replica of each primary key in each AWS Region."
    refused("AlreadyExistsException", text, kms.replicate_key, KeyId=key, ReplicaRegion="eu-west-1")
    text = f"{replica['Arn']} is not a multi-region primary key."
    refused("UnsupportedOperationException", text, ireland.replicate_key, KeyId=key, ReplicaRegion="eu-west-2")
    if spec == "SYMMETRIC_DEFAULT":
        blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
        equal(ireland.decrypt(CiphertextBlob=blob)["KeyId"], replica["Arn"])
    elif usage == "KEY_AGREEMENT":
        equal(ireland.get_public_key(KeyId=key)["PublicKey"], kms.get_public_key(KeyId=key)["PublicKey"])
    elif usage == "GENERATE_VERIFY_MAC":
        mac = kms.generate_mac(KeyId=key, Message=b"x", MacAlgorithm="HMAC_SHA_512")["Mac"]
        equal(ireland.verify_mac(KeyId=key, Message=b"x", MacAlgorithm="HMAC_SHA_512", Mac=mac)["MacValid"], True)
    else:
        asked = {"KeyId": key, "Message": b"x", "SigningAlgorithm": replica["SigningAlgorithms"][0]}
        equal(ireland.verify(Signature=kms.sign(**asked)["Signature"], **asked)["SignatureValid"], True)
    kms.update_primary_region(KeyId=key, PrimaryRegion="eu-west-1")
    equal(kms.describe_key(KeyId=key)["KeyMetadata"]["MultiRegionConfiguration"]["MultiRegionKeyType"], "REPLICA")
    waiting = ireland.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    equal((waiting["KeyState"], "DeletionDate" in waiting, waiting["PendingWindowInDays"]), ("PendingReplicaDeletion", False, 7))
    equal(ireland.describe_key(KeyId=key)["KeyMetadata"]["PendingDeletionWindowInDays"], 7)
    ireland.cancel_key_deletion(KeyId=key)


@case
def a_dry_run_of_each_of_the_fifteen_operations_changes_nothing():
    key = new_key()
    signing = new_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
    agreeing = new_key(KeySpec="ECC_NIST_P256", KeyUsage="KEY_AGREEMENT")
    mac_key = new_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")
    blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    to_sign = {"KeyId": signing, "Message": b"x", "SigningAlgorithm": "ECDSA_SHA_256"}
    to_mac = {"KeyId": mac_key, "Message": b"x", "MacAlgorithm": "HMAC_SHA_256"}
    signature = kms.sign(**to_sign)["Signature"]
    mac = kms.generate_mac(**to_mac)["Mac"]
    public_key = kms.get_public_key(KeyId=agreeing)["PublicKey"]
    grant = {"KeyId": key, "GranteePrincipal": ALICE, "Operations": ["Decrypt"]}
    made = kms.create_grant(**grant)
    used = {each: kms.get_key_last_usage(KeyId=each)["KeyLastUsage"] for each in (key, signing, agreeing, mac_key)}
    calls = (
        (kms.create_grant, grant),
        (kms.decrypt, {"CiphertextBlob": blob}),
        (kms.derive_shared_secret, {"KeyId": agreeing, "KeyAgreementAlgorithm": "ECDH", "PublicKey": public_key}),
        (kms.encrypt, {"KeyId": key, "Plaintext": b"x"}),
        (kms.generate_data_key, {"KeyId": key, "KeySpec": "AES_256"}),
        (kms.generate_data_key_pair, {"KeyId": key, "KeyPairSpec": "ECC_NIST_P256"}),
        (kms.generate_data_key_pair_without_plaintext, {"KeyId": key, "KeyPairSpec": "ECC_NIST_P256"}),
        (kms.generate_data_key_without_plaintext, {"KeyId": key, "KeySpec": "AES_256"}),
        (kms.generate_mac, to_mac),
        (kms.re_encrypt, {"CiphertextBlob": blob, "DestinationKeyId": key}),
        (kms.retire_grant, {"GrantToken": made["GrantToken"]}),
        (kms.revoke_grant, {"KeyId": key, "GrantId": made["GrantId"]}),
        (kms.sign, to_sign),
        (kms.verify, {**to_sign, "Signature": signature}),
        (kms.verify_mac, {**to_mac, "Mac": mac}),
    )
    equal(len(calls), 15)
    for operation, parameters in calls:
        text = "The request would have succeeded, but the DryRun option is set."
        refused("DryRunOperationException", text, operation, DryRun=True, **parameters)
    equal([g["GrantId"] for g in kms.list_grants(KeyId=key)["Grants"]], [made["GrantId"]])
    equal({each: kms.get_key_last_usage(KeyId=each)["KeyLastUsage"] for each in used}, used)


@case
def a_dry_run_may_leave_the_ciphertext_out():
    key = new_key()
    text = "The request would have succeeded, but the DryRun option is set."
    more = {"DryRun": True, "DryRunModifiers": ["IGNORE_CIPHERTEXT"]}
    refused("DryRunOperationException", text, kms.decrypt, KeyId=key, **more)
    refused("DryRunOperationException", text, kms.re_encrypt, SourceKeyId=key, DestinationKeyId=key, **more)
    refused("DryRunOperationException", text, kms.decrypt, KeyId=key, CiphertextBlob=b"garbage", **more)
    other = kms.encrypt(KeyId=new_key(), Plaintext=b"x")["CiphertextBlob"]
    refused("DryRunOperationException", text, kms.re_encrypt, SourceKeyId=key, DestinationKeyId=key, CiphertextBlob=other, **more)
    text = "1 validation error detected: Value null at 'ciphertextBlob' failed to satisfy constraint: Member must not be null"
    refused("ValidationException", text, kms.decrypt, KeyId=key)
    refused("ValidationException", text, kms.decrypt, KeyId=key, DryRun=True)


# ---- Regions and accounts


@case
def each_region_has_its_own_keys_and_aliases():
    ireland = client(region="eu-west-1")
    name = new_alias()
    refused("NotFoundException", f"Alias {alias_arn(name, region='eu-west-1')} is not found.", ireland.describe_key, KeyId=name)
    key = ireland.create_key()["KeyMetadata"]
    equal(key["Arn"], key_arn(key["KeyId"], region="eu-west-1"))
    ireland.create_alias(AliasName=name, TargetKeyId=key["KeyId"])
    equal(ireland.describe_key(KeyId=name)["KeyMetadata"]["KeyId"], key["KeyId"])
    assert kms.describe_key(KeyId=name)["KeyMetadata"]["KeyId"] != key["KeyId"]
    refused("NotFoundException", "Invalid arn eu-west-1", kms.describe_key, KeyId=key["Arn"])
    refused("NotFoundException", f"Key '{key_arn(key['KeyId'])}' does not exist", kms.describe_key, KeyId=key["KeyId"])


@case
def each_account_has_its_own_keys_and_aliases():
    stranger = client(access_key="111122223333")
    name = new_alias()
    refused("NotFoundException", f"Alias {alias_arn(name, account='111122223333')} is not found.", stranger.describe_key, KeyId=name)
    key = stranger.create_key()["KeyMetadata"]
    equal((key["AWSAccountId"], key["Arn"]), ("111122223333", key_arn(key["KeyId"], account="111122223333")))
    stranger.create_alias(AliasName=name, TargetKeyId=key["KeyId"])
    equal([a["AliasArn"] for a in aliases_of(key["KeyId"], stranger)], [alias_arn(name, account="111122223333")])


@case
def a_foreign_key_is_refused_whether_it_exists_or_not():
    stranger = client(access_key="111122223333")
    theirs = stranger.create_key()["KeyMetadata"]["Arn"]
    nobodys = key_arn(str(uuid.uuid4()), account="111122223333")
    for operation, action, parameters in (
        (kms.describe_key, "DescribeKey", {}),
        (kms.encrypt, "Encrypt", {"Plaintext": b"x"}),
        (kms.generate_data_key, "GenerateDataKey", {"KeySpec": "AES_256"}),
    ):
        for arn in (theirs, nobodys):
            refused(
                "AccessDeniedException",
                f"User: arn:aws:iam::{ACCOUNT}:root is not authorized to perform: kms:{action} on this resource because the "
                "resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy "
                "explicitly denies access",
                operation,
                KeyId=arn,
                **parameters,
            )


@case
def a_foreign_ciphertext_is_not_opened():
    stranger = client(access_key="111122223333")
    key = stranger.create_key()["KeyMetadata"]["KeyId"]
    blob = stranger.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    try:
        kms.decrypt(CiphertextBlob=blob)
    except ClientError as error:
        equal(error.response["Error"]["Code"], "AccessDeniedException")
    else:
        raise AssertionError("opened")


# ---- the wire, as botocore sees it


@case
def a_presigned_post_is_answered():
    body = json.dumps({"NumberOfBytes": 16}).encode()
    request = AWSRequest(
        method="POST",
        url=URL + "/",
        data=body,
        headers={"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "TrentService.GenerateRandom"},
    )
    SigV4QueryAuth(Credentials("test", "test"), "kms", REGION, expires=60).add_auth(request)
    post = urllib.request.Request(request.url, data=body, headers=dict(request.headers), method="POST")
    with urllib.request.urlopen(post) as reply:
        equal(reply.status, 200)
        equal(len(base64.b64decode(json.load(reply)["Plaintext"])), 16)


@case
def several_faults_come_in_one_text():
    refused(
        "ValidationException",
        "2 validation errors detected: Value null at 'aliasName' failed to satisfy constraint: Member must not be null; "
        "Value null at 'targetKeyId' failed to satisfy constraint: Member must not be null",
        loose.create_alias,
    )
    refused(
        "ValidationException",
        "2 validation errors detected: Value '' at 'keyId' failed to satisfy constraint: Member must have length greater than "
        "or equal to 1; Value '' at 'keyId' failed to satisfy constraint: Member must satisfy regular expression pattern: "
        r"^\p{ASCII}+$",
        loose.describe_key,
        KeyId="",
    )


def raw(operation, members):
    """A body that botocore's serializer would not write; signed and sent as given."""
    body = json.dumps(members).encode()
    request = AWSRequest(
        method="POST",
        url=URL + "/",
        data=body,
        headers={"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"TrentService.{operation}"},
    )
    SigV4QueryAuth(Credentials("test", "test"), "kms", REGION, expires=60).add_auth(request)
    post = urllib.request.Request(request.url, data=body, headers=dict(request.headers), method="POST")
    try:
        with urllib.request.urlopen(post) as reply:
            return reply.status, json.load(reply)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


@case
def wrong_types_are_named():
    for operation, members, text in (
        ("DescribeKey", {"KeyId": 1}, "NUMBER_VALUE can not be converted to a String"),
        ("DescribeKey", {"KeyId": True}, "TRUE_VALUE can not be converted to a String"),
        ("DescribeKey", {"KeyId": []}, "Start of list found where not expected"),
        ("DescribeKey", {"KeyId": {}}, "Start of structure or map found where not expected."),
        ("GenerateRandom", {"NumberOfBytes": "x"}, "STRING_VALUE can not be converted to an Integer"),
        ("GenerateRandom", {"NumberOfBytes": False}, "FALSE_VALUE can not be converted to an Integer"),
        ("TagResource", {"KeyId": "x", "Tags": "x"}, "Expected list or null"),
        ("Encrypt", {"KeyId": "x", "Plaintext": "eA==", "EncryptionContext": "x"}, "Expected null"),
        ("Encrypt", {"KeyId": "x", "Plaintext": "eA==", "EncryptionContext": {"a": 1}}, "NUMBER_VALUE can not be converted to a String"),
    ):
        equal(raw(operation, members), (400, {"__type": "SerializationException", "Message": text}))
    equal(raw("Encrypt", {"KeyId": "x", "Plaintext": "not base64!"}), (400, {"__type": "SerializationException"}))


@case
def botocore_sends_wrong_types_and_learns_so():
    refused("SerializationException", "NUMBER_VALUE can not be converted to a String", loose.describe_key, KeyId=1)


@case
def unknown_members_are_ignored_and_null_is_absent():
    status, reply = raw("GenerateRandom", {"NumberOfBytes": 4, "Unknown": {"a": [1, None]}, "CustomKeyStoreId": None})
    equal((status, len(base64.b64decode(reply["Plaintext"]))), (200, 4))


@case
def request_ids_are_new_each_time():
    ids = {kms.list_keys(Limit=1)["ResponseMetadata"]["RequestId"] for _ in range(5)}
    equal(len(ids), 5)
    try:
        kms.describe_key(KeyId="nonsense")
    except ClientError as error:
        equal(uuid.UUID(error.response["ResponseMetadata"]["RequestId"]).version, 4)


def main():
    failed = 0
    for function in CASES:
        name = function.__name__.replace("_", " ")
        try:
            function()
            print(f"ok {name}", flush=True)
        except Exception as error:  # a case that fails must not hide those after it
            failed += 1
            print(f"FAIL {name}: {type(error).__name__}: {' '.join(str(error).split())}", flush=True)
    print(f"{len(CASES) - failed} of {len(CASES)} cases passed", file=sys.stderr)
    return 1 if failed else 0


sys.exit(main())
