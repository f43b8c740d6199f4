"""Runs two tables of decisions against a server in development, by boto3: KMS, IAM and STS as their users call them.

python3 decisions.py URL whole-server.txt principals.txt

The tables say how they are to be read. Prints "ok ROW" or "FAIL ROW: WHY" for each row.
"""

import base64
import json

import re
import sys
import uuid

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

URL = sys.argv[1]
REGION = "us-east-1"
CONFIG = Config(retries={"total_max_attempts": 1}, parameter_validation=False)
NUMBER = iter(range(1, 10_000_000))
FIRST = int(uuid.uuid4().int % 800) + 100


def new_account():
    return f"{FIRST}{next(NUMBER):09d}"


def client(service, credentials, region=REGION):
    key, secret, token = credentials
    return boto3.client(
        service, endpoint_url=URL, region_name=region, config=CONFIG,
        aws_access_key_id=key, aws_secret_access_key=secret, aws_session_token=token)


def document(statements, version="2012-10-17"):
    return json.dumps({"Version": version, "Statement": statements})


def snake(operation):
    from botocore import xform_name

    return xform_name(operation)


def outcome(kms, operation, request):
    try:
        return "ok", getattr(kms, snake(operation))(**request)
    except ClientError as error:
        text = error.response["Error"].get("Message") or "none"
        return f"{error.response['Error']['Code']} {text}", None


class World:
    """The accounts, identities and keys of one row."""

    def __init__(self):
        self.accounts = {}
        self.names = {"R": REGION}
        self.credentials = {}
        self.clients = {}
        self.policies = {}
        self.version = "2012-10-17"
        for letter in "AB":
            self.account(letter)
        self.names["root"] = f"arn:aws:iam::{self.names['A']}:root"

    def account(self, letter):
        account = new_account()
        self.names[letter] = account
        prefix = "" if letter == "A" else letter + "/"
        self.credentials[prefix + "root"] = (account, "secret", None)

    def of(self, service, who, region=REGION):
        if (service, who, region) not in self.clients:
            self.clients[(service, who, region)] = client(service, self.credentials[who], region)
        return self.clients[(service, who, region)]

    def filled(self, text):
        return re.sub(r"\{([A-Za-z0-9./]+)\}", lambda m: self.name(m.group(1)), text)

    def name(self, name):
        if name not in self.names and "/" in name:  # a session that is yet to be
            role, session = name.rsplit("/", 1)
            account, path = self.names[role].split(":", 5)[4:]
            return f"arn:aws:sts::{account}:assumed-role/{path.rsplit('/', 1)[-1]}/{session}"
        return str(self.names[name])

    def root(self, name):
        return "B/root" if name.startswith("B/") else "root"

    def user(self, name, called=None):
        iam = self.of("iam", self.root(name))
        called = called or name.rsplit("/", 1)[-1]
        self.names[name] = iam.create_user(UserName=called)["User"]["Arn"]
        key = iam.create_access_key(UserName=called)["AccessKey"]
        self.credentials[name] = (key["AccessKeyId"], key["SecretAccessKey"], None)
        self.clients = {k: v for k, v in self.clients.items() if k[1] != name}

    def role(self, name, path):
        iam = self.of("iam", self.root(name))
        account = self.names["B" if name.startswith("B/") else "A"]
        trust = {"Effect": "Allow", "Principal": {"AWS": account}, "Action": ["sts:AssumeRole", "sts:TagSession"]}
        role = iam.create_role(
            RoleName=name.rsplit("/", 1)[-1], Path=path, AssumeRolePolicyDocument=document([trust]))
        self.names[name] = role["Role"]["Arn"]
        helper = ("B/" if name.startswith("B/") else "") + "helper"
        if helper not in self.credentials:
            self.user(helper)
            iam.put_user_policy(
                UserName="helper", PolicyName="p",
                PolicyDocument=document([{"Effect": "Allow", "Action": "sts:*", "Resource": "*"}]))

    def may(self, name, statement):
        statements = self.policies.setdefault(("may", name), [])
        statements.append(statement)
        iam = self.of("iam", self.root(name))
        plain = self.names[name].rsplit("/", 1)[-1]
        if ":role/" in self.names[name]:
            iam.put_role_policy(RoleName=plain, PolicyName="p", PolicyDocument=document(statements, self.version))
        else:
            iam.put_user_policy(UserName=plain, PolicyName="p", PolicyDocument=document(statements, self.version))

    def boundary(self, name, statements):
        iam = self.of("iam", self.root(name))
        policy = iam.create_policy(
            PolicyName=f"b{next(NUMBER)}", PolicyDocument=document(statements))["Policy"]["Arn"]
        plain = self.names[name].rsplit("/", 1)[-1]
        if ":role/" in self.names[name]:
            iam.put_role_permissions_boundary(RoleName=plain, PermissionsBoundary=policy)
        else:
            iam.put_user_permissions_boundary(UserName=plain, PermissionsBoundary=policy)

    def session(self, name, statements):
        role, session = name.rsplit("/", 1)
        helper = ("B/" if name.startswith("B/") else "") + "helper"
        request = {"RoleArn": self.names[role], "RoleSessionName": session}
        if statements:
            request["Policy"] = document(statements)
        reply = self.of("sts", helper).assume_role(**request)
        made = reply["Credentials"]
        self.names[name] = reply["AssumedRoleUser"]["Arn"]
        self.credentials[name] = (made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])

    def token(self, name):
        made = self.of("sts", name).get_session_token()["Credentials"]
        self.credentials[name + "/token"] = (made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])

    def delete(self, name):
        iam = self.of("iam", self.root(name))
        plain = self.names[name].rsplit("/", 1)[-1]
        for key in iam.list_access_keys(UserName=plain)["AccessKeyMetadata"]:
            iam.delete_access_key(UserName=plain, AccessKeyId=key["AccessKeyId"])
        for policy in iam.list_user_policies(UserName=plain)["PolicyNames"]:
            iam.delete_user_policy(UserName=plain, PolicyName=policy)
        iam.delete_user(UserName=plain)
        self.policies.pop(("may", name), None)

    def key(self, name, region=REGION, **request):
        metadata = self.of("kms", self.root(name), region).create_key(**request)["KeyMetadata"]
        self.names[name] = metadata["Arn"]
        self.names[name + ".id"] = metadata["KeyId"]


def blobs(request):
    return {
        name: base64.b64decode(value) if name in ("CiphertextBlob", "Plaintext", "Message") else value
        for name, value in request.items()
    }


def run_row(lines):
    world = World()
    group = None  # successive lines of one policy
    statements = []
    pending = None
    for line in lines:
        words = line.split(None, 2)
        if words[0] == "=":
            expected = world.filled(line.split("=", 1)[1].strip())
            got = outcome(*pending)[0]
            if got.split(":")[0] == "ok":
                got = "ok"
            if " " not in expected:  # the error alone
                got = got.split()[0]
            if got != expected:
                return f"{pending[1]}: {got}, not {expected}"
            continue
        this = (words[0], words[1]) if words[0] in ("policy", "boundary") else ("may", words[0]) if words[1] == "may" else None
        if this != group:
            statements = []
            group = this
            if this and this[0] == "may":
                world.policies.pop(this, None)
        rest = world.filled(words[2]) if len(words) > 2 else ""
        match words[0]:
            case "user":
                world.user(words[1], rest.split(None, 1)[1] if rest else None)
            case "role":
                world.role(words[1], rest or "/")
            case "version":
                world.version = words[1]
            case "key":
                world.key(words[1])
            case "ciphertext":
                of, context = line.split(None, 4)[3:]
                reply = world.of("kms", "root").encrypt(
                    KeyId=world.names[of], Plaintext=b"x", EncryptionContext=json.loads(world.filled(context)))
                world.names[words[1]] = base64.b64encode(reply["CiphertextBlob"]).decode()
            case "alias":
                world.of("kms", "root").create_alias(AliasName=words[1], TargetKeyId=world.names[words[2].strip()])
            case "grant":
                # grant T on K to P REST
                _, name, _, key, _, principal, *more = line.split(None, 6)
                request = json.loads(world.filled(more[0])) if more else {}
                reply = world.of("kms", "root").create_grant(
                    KeyId=world.names[key], GranteePrincipal=world.names.get(principal, world.filled(principal)), **request)
                world.names[name] = reply["GrantToken"]
                world.names[name + ".id"] = reply["GrantId"]
            case "policy":
                statements.append(json.loads(rest))
                world.of("kms", "root").put_key_policy(
                    KeyId=world.names[words[1]], Policy=document(statements, world.version),
                    BypassPolicyLockoutSafetyCheck=True)
            case "boundary":
                statements.append(json.loads(rest))
                world.boundary(words[1], statements)
            case "session":
                world.session(words[1], [json.loads(rest)] if rest else [])
            case "token":
                world.token(words[1])
            case "delete":
                world.delete(words[1])
            case _ if words[1] == "may":
                world.may(words[0], json.loads(rest))
            case who:
                pending = (world.of("kms", who), words[1], blobs(json.loads(rest or "{}")))
    return None


def rows(text):
    name, lines = None, []
    for line in text.splitlines():
        if line.startswith("row "):
            if name:
                yield name, lines
            name, lines = line.strip(), []
        elif line.strip() and not line.startswith("#"):
            lines.append(line.strip())
    if name:
        yield name, lines


REASONS = {
    "I": "identity-based policy", "B": "permissions boundary", "S": "session policy",
    "R": "resource-based policy",
}
FOREIGN = ("because the resource does not exist in this Region, no resource-based policies allow access, or a"
           " resource-based policy explicitly denies access")


class Principals:
    """The ten principals of three accounts, and fresh copies of their keys."""

    def __init__(self):
        self.world = World()
        w = self.world
        w.account("C")
        everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
        kms = {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}
        three = {"Effect": "Allow", "Action": ["kms:Encrypt", "kms:Decrypt", "kms:DescribeKey"], "Resource": "*"}
        looks = {"Effect": "Allow", "Action": ["kms:Describe*", "kms:List*", "kms:Get*"], "Resource": "*"}
        for name in ("admin", "plain", "named", "issuer", "B/both", "B/one"):
            w.user(name)
        w.may("admin", everything)
        w.may("B/both", kms)
        w.may("issuer", kms)
        w.may("issuer", {"Effect": "Allow", "Action": "sts:GetFederationToken", "Resource": "*"})
        for name in ("app", "bounded", "B/app", "C/app"):
            if name.startswith("C/"):
                iam = w.of("iam", "C/root")
                trust = {"Effect": "Allow", "Principal": {"AWS": w.names["C"]}, "Action": "sts:AssumeRole"}
                w.names[name] = iam.create_role(
                    RoleName="app", AssumeRolePolicyDocument=document([trust]))["Role"]["Arn"]
            else:
                w.role(name, "/")
        w.may("app", kms)
        w.may("bounded", kms)
        w.boundary("bounded", [looks])
        w.session("app/s1", [])
        w.session("bounded/s1", [])
        w.session("app/s2", [three])
        fred = w.of("sts", "issuer").get_federation_token(Name="fred", Policy=document([three]))
        made = fred["Credentials"]
        w.names["fred"] = fred["FederatedUser"]["Arn"]
        w.credentials["fred"] = (made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])
        self.who = {
            "root": "root", "admin": "admin", "plain": "plain", "named": "named", "role": "app/s1",
            "bounded": "bounded/s1", "session": "app/s2", "fred": "fred", "both": "B/both", "one": "B/one",
        }

    def arn(self, name):
        return self.world.names["root"] if name == "root" else self.world.names[self.who[name]]

    def policy(self, owner):
        w = self.world

        def allow(principal, action="kms:*"):
            return {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": action, "Resource": "*"}

        if owner == "A":
            return document([
                allow(w.names["A"]), allow(w.names["B"]), allow(w.names["named"]), allow(w.names["app"]),
                allow(w.names["fred"], "kms:GenerateDataKey")])
        if owner == "B":
            return document([allow(w.names["B"]), allow(w.names["A"])])
        return document([allow(w.names["C"])])

    def copy(self, owner):
        root = self.world.of("kms", "root" if owner == "A" else owner + "/root")
        policy = self.policy(owner)
        arn = root.create_key(
            MultiRegion=True, Policy=policy, BypassPolicyLockoutSafetyCheck=True)["KeyMetadata"]["Arn"]
        return root, arn, policy

    def call(self, name, operation, section):
        w = self.world
        own = "B" if name in ("both", "one") else "A"
        owner = {"own": own, "shared": "A" if own == "B" else "B", "hidden": "C", "none": own}[section]
        prefix = "" if own == "A" else "B/"
        kms = w.of("kms", self.who[name])
        if section == "none":
            return kms, operation, self.request_without_key(operation, prefix), None, None
        root, arn, policy = self.copy(owner)
        request, alias = {"KeyId": arn}, None
        account = w.names[own]
        match operation:
            case "Encrypt":
                request["Plaintext"] = b"x"
            case "Decrypt":
                request["CiphertextBlob"] = root.encrypt(KeyId=arn, Plaintext=b"x")["CiphertextBlob"]
            case "ReEncrypt":
                blob = root.encrypt(KeyId=arn, Plaintext=b"x")["CiphertextBlob"]
                request = {"CiphertextBlob": blob, "SourceKeyId": arn, "DestinationKeyId": arn}
            case "GenerateDataKey" | "GenerateDataKeyWithoutPlaintext":
                request["KeySpec"] = "AES_256"
            case "GenerateDataKeyPair" | "GenerateDataKeyPairWithoutPlaintext":
                request["KeyPairSpec"] = "ECC_NIST_P256"
            case "Sign":
                request |= {"Message": b"x", "SigningAlgorithm": "ECDSA_SHA_256"}
            case "Verify":
                request |= {"Message": b"x", "SigningAlgorithm": "ECDSA_SHA_256", "Signature": b"x"}
            case "GenerateMac":
                request |= {"Message": b"x", "MacAlgorithm": "HMAC_SHA_256"}
            case "VerifyMac":
                request |= {"Message": b"x", "MacAlgorithm": "HMAC_SHA_256", "Mac": b"x"}
            case "DeriveSharedSecret":
                request |= {"KeyAgreementAlgorithm": "ECDH", "PublicKey": b"x"}
            case "CreateGrant":
                request |= {"GranteePrincipal": w.names["app"], "Operations": ["Decrypt"]}
            case "RevokeGrant" | "RetireGrant":
                grantee = w.names["app" if owner == "A" else owner + "/app"]
                grant = root.create_grant(KeyId=arn, GranteePrincipal=grantee, Operations=["Decrypt"])
                request["GrantId"] = grant["GrantId"]
            case "UpdateKeyDescription":
                request["Description"] = "x"
            case "GetParametersForImport":
                request |= {"WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"}
            case "ImportKeyMaterial":
                request |= {"ImportToken": b"x", "EncryptedKeyMaterial": b"x",
                            "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE"}
            case "PutKeyPolicy":
                request |= {"Policy": policy, "BypassPolicyLockoutSafetyCheck": True}
            case "TagResource":
                request["Tags"] = [{"TagKey": "a", "TagValue": "b"}]
            case "UntagResource":
                request["TagKeys"] = ["a"]
            case "ReplicateKey":
                request["ReplicaRegion"] = "eu-west-1"
            case "UpdatePrimaryRegion":
                root.replicate_key(KeyId=arn, ReplicaRegion="eu-west-1", Policy=policy,
                                   BypassPolicyLockoutSafetyCheck=True)
                request["PrimaryRegion"] = "eu-west-1"
            case "CreateAlias":
                alias = f"alias/new{next(NUMBER)}"
                request = {"AliasName": alias, "TargetKeyId": arn}
            case "UpdateAlias":
                alias = f"alias/moved{next(NUMBER)}"
                mine = w.of("kms", prefix + "root")
                other = mine.create_key()["KeyMetadata"]["KeyId"]
                mine.create_alias(AliasName=alias, TargetKeyId=other)
                request = {"AliasName": alias, "TargetKeyId": arn}
            case "DeleteAlias":
                alias = f"alias/gone{next(NUMBER)}"
                root.create_alias(AliasName=alias, TargetKeyId=arn)
                request = {"AliasName": alias}
        alias_arn = alias and f"arn:aws:kms:{REGION}:{account}:{alias}"
        return kms, operation, request, arn, alias_arn

    def request_without_key(self, operation, prefix):
        match operation:
            case "ListRetirableGrants":
                return {"RetiringPrincipal": self.world.names["app" if not prefix else "B/both"]}
            case "GenerateRandom":
                return {"NumberOfBytes": 4}
            case "CreateCustomKeyStore":
                return {"CustomKeyStoreName": "x"}
            case "ConnectCustomKeyStore" | "DisconnectCustomKeyStore" | "UpdateCustomKeyStore" | "DeleteCustomKeyStore":
                return {"CustomKeyStoreId": "cks-1234567890abcdef0"}
        return {}

    def check(self, name, operation, section, cell):
        kms, operation, request, arn, alias = self.call(name, operation, section)
        got = outcome(kms, operation, request)[0]
        if got.startswith("UnsupportedOperationException"):
            return None  # not built yet
        if cell == "+":
            return f"{name}: {got}" if got.startswith("AccessDenied") else None
        action = "kms:ReEncryptFrom" if operation == "ReEncrypt" else "kms:" + operation
        on = f"resource: {arn}"
        if cell == "f":
            words, on = FOREIGN, "this resource"
        else:
            if cell.endswith("*"):
                action, on = "kms:CreateKey", "resource: *"
            elif cell.endswith("a"):
                on = f"resource: {alias}"
            elif cell.islower():
                on = "this resource"
            elif section == "none":
                on = "resource: *"
            words = f"because no {REASONS[cell[0].upper()]} allows the {action} action"
        expected = f"AccessDeniedException User: {self.arn(name)} is not authorized to perform: {action} on {on} {words}"
        if section == "none" and operation == "ListRetirableGrants":
            expected = re.sub(r"on resource: \S+ ", "on resource: … ", expected)
            got = re.sub(r"on resource: \S+ ", "on resource: … ", got)
        return None if got == expected else f"{name}: {got}, not {expected}"


def main():
    failed = 0

    def say(name, why):
        nonlocal failed
        if why:
            failed += 1
            print(f"FAIL {name}: {why}", flush=True)
        else:
            print(f"ok {name}", flush=True)

    with open(sys.argv[2], encoding="utf-8") as file:
        for name, lines in rows(file.read()):
            try:
                say(name.replace(":", " "), run_row(lines))
            except Exception as error:  # a row that fails must not hide those after it
                say(name.replace(":", " "), f"{type(error).__name__} {error}")
    principals = Principals()
    section, columns = None, []
    with open(sys.argv[3], encoding="utf-8") as file:
        for line in file:
            words = line.split()
            if not words or line.startswith("#"):
                continue
            if words[0].startswith("["):
                section = words[0].strip("[]")
            elif line.startswith(" "):
                columns = words
            else:
                problems = []
                for name, cell in zip(columns, words[1:]):
                    if cell == "-":
                        continue
                    try:
                        why = principals.check(name, words[0], section, cell)
                    except Exception as error:
                        why = f"{name}: {type(error).__name__} {error}"
                    if why:
                        problems.append(why)
                say(f"{section} {words[0]}", "; ".join(problems))
    return 1 if failed else 0


sys.exit(main())
