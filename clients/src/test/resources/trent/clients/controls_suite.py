"""The controls of trent dev, as a test with the AWS SDK for Python meets them.

Usage: controls_suite.py URL ADMIN. Prints one line for each case, `ok <case>` or `FAIL <case>: <why>`, and exits 1 if one failed.
"""

import datetime
import json
import sys
import urllib.request

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

URL, ADMIN = sys.argv[1], sys.argv[2]
CASES = []


def case(function):
    CASES.append(function)
    return function


def control(path, body=None, method="POST"):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(ADMIN + path, data, {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def client(service, key="test", secret="test", token=None, attempts=1, **config):
    return boto3.client(
        service,
        endpoint_url=URL,
        region_name="us-east-2",
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        aws_session_token=token,
        config=Config(retries={"total_max_attempts": attempts, "mode": "standard"}, **config),
    )


def of(credentials):
    return credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials.get("SessionToken")


def code(call, *arguments, **members):
    try:
        call(*arguments, **members)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "ok"


def same(got, expected):
    assert got == expected, f"{got!r}, not {expected!r}"


kms, iam, sts = client("kms"), client("iam"), client("sts")


@case
def a_session_ends_by_the_clock():
    session = client("kms", *of(sts.get_session_token(DurationSeconds=900)["Credentials"]))
    same(code(session.list_keys), "ok")
    control("/clock", {"advance": "PT14M"})
    same(code(session.list_keys), "ok")
    control("/clock", {"advance": "PT1M"})
    same(code(session.list_keys), "ExpiredTokenException")
    control("/clock", {"reset": True})
    same(code(session.list_keys), "ok")


@case
def a_new_session_begins_then():
    control("/clock", {"set": "2031-05-06T07:08:09Z"})
    credentials = sts.get_session_token(DurationSeconds=900)["Credentials"]
    same(credentials["Expiration"].strftime("%Y-%m-%dT%H:%M"), "2031-05-06T07:23")
    same(code(client("kms", *of(credentials)).list_keys), "ok")


@case
def signatures_go_by_the_real_time():
    iam.create_user(UserName="alice")
    credentials = iam.create_access_key(UserName="alice")["AccessKey"]
    iam.put_user_policy(
        UserName="alice",
        PolicyName="list",
        PolicyDocument=json.dumps(
            {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "kms:ListKeys", "Resource": "*"}}
        ),
    )
    alice = client("kms", *of(credentials))
    same(code(alice.list_keys), "ok")
    control("/clock", {"set": "2040-01-01T00:00:00Z"})
    same(code(alice.list_keys), "ok")
    same(code(client("kms", credentials["AccessKeyId"], "wrong").list_keys), "InvalidSignatureException")
    used = iam.get_access_key_last_used(AccessKeyId=credentials["AccessKeyId"])["AccessKeyLastUsed"]["LastUsedDate"]
    same(used.year, 2040)


@case
def sessions_and_identities_of_before_a_reset_are_gone():
    iam.create_user(UserName="alice")
    session = sts.get_session_token(DurationSeconds=900)["Credentials"]
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    grant = kms.create_grant(
        KeyId=key, GranteePrincipal="arn:aws:iam::000000000000:root", Operations=["Encrypt"], Name="mine"
    )
    same(code(kms.encrypt, KeyId=key, Plaintext=b"a", GrantTokens=[grant["GrantToken"]]), "ok")
    control("/reset")
    same(iam.list_users()["Users"], [])
    same(code(client("kms", *of(session)).list_keys), "UnrecognizedClientException")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    same(code(kms.encrypt, KeyId=key, Plaintext=b"a", GrantTokens=[grant["GrantToken"]]), "InvalidGrantTokenException")
    same(code(iam.create_user, UserName="alice"), "ok")


@case
def import_tokens_end_by_the_clock():
    control("/clock", {"set": "2030-01-01T00:00:00Z"})
    key = kms.create_key(Origin="EXTERNAL")["KeyMetadata"]["KeyId"]
    given = kms.get_parameters_for_import(
        KeyId=key, WrappingAlgorithm="RSAES_OAEP_SHA_256", WrappingKeySpec="RSA_2048"
    )
    same(given["ParametersValidTo"].date(), datetime.date(2030, 1, 2))
    control("/clock", {"advance": "P1DT1M"})
    same(
        code(
            kms.import_key_material,
            KeyId=key,
            ImportToken=given["ImportToken"],
            EncryptedKeyMaterial=bytes(256),
            ExpirationModel="KEY_MATERIAL_DOES_NOT_EXPIRE",
        ),
        "ExpiredImportTokenException",
    )


@case
def rotations_come_one_for_each_period():
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=100)
    sealed = kms.encrypt(KeyId=key, Plaintext=b"old")["CiphertextBlob"]
    for rotations in (1, 2, 3):
        control("/clock", {"advance": "P100D"})
        same(len(kms.list_key_rotations(KeyId=key)["Rotations"]), rotations)
    same(kms.decrypt(CiphertextBlob=sealed)["Plaintext"], b"old")


@case
def the_sdk_tries_again_after_throttling():
    control("/faults", {"operation": "ListKeys", "error": "ThrottlingException", "count": 2})
    same(client("kms", attempts=3).list_keys()["ResponseMetadata"]["RetryAttempts"], 2)
    control("/faults", {"operation": "ListKeys", "error": "ThrottlingException", "count": 3})
    same(code(client("kms", attempts=3).list_keys), "ThrottlingException")


@case
def every_kind_of_error_is_read_by_the_sdk():
    for service, operation, call, error, status in (
        ("kms", "ListKeys", kms.list_keys, "KMSInternalException", 500),
        ("kms", "ListKeys", kms.list_keys, "DependencyTimeoutException", None),
        ("kms", "ListKeys", kms.list_keys, "AccessDeniedException", 400),
        ("iam", "ListUsers", iam.list_users, "ServiceFailure", 500),
        ("iam", "ListUsers", iam.list_users, "Throttling", 400),
        ("sts", "GetCallerIdentity", sts.get_caller_identity, "ServiceUnavailable", 503),
    ):
        control("/faults", {"service": service, "operation": operation, "error": error, "count": 1, "message": "as asked"})
        try:
            call()
            raise AssertionError(f"{operation} was answered")
        except ClientError as met:
            same(met.response["Error"]["Code"], error)
            same(met.response["Error"].get("Message"), "as asked")
            if status:
                same(met.response["ResponseMetadata"]["HTTPStatusCode"], status)
    same(code(kms.list_keys), "ok")


@case
def a_key_that_is_not_to_be_had():
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    control("/faults", {"operation": ["Encrypt", "Decrypt"], "error": "KeyUnavailableException"})
    same(code(kms.encrypt, KeyId=key, Plaintext=b"a"), "KeyUnavailableException")
    control("/faults", method="DELETE")
    same(code(kms.encrypt, KeyId=key, Plaintext=b"a"), "ok")


@case
def a_client_that_waits_in_vain():
    control("/faults", {"operation": "ListKeys", "timeout": True})
    try:
        client("kms", read_timeout=0.2).list_keys()
        raise AssertionError("it was answered")
    except ReadTimeoutError:
        pass


@case
def a_connection_that_breaks_off():
    control("/faults", {"operation": "ListKeys", "timeout": True, "latency": 1})
    try:
        client("kms").list_keys()
        raise AssertionError("it was answered")
    except ConnectionClosedError:
        pass
    same(control("/faults", method="GET")["faults"][0]["struck"], 1)


failed = 0
for each in CASES:
    try:
        control("/reset")
        each()
        print("ok", each.__name__)
    except Exception as error:  # whatever it is, the next case runs
        failed += 1
        print("FAIL", each.__name__ + ":", type(error).__name__, str(error).replace("\n", " "))
sys.exit(1 if failed else 0)
