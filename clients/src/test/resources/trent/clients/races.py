"""Access that is taken away while sixteen callers use it: python3 races.py PORT ACCESS_KEY SECRET, root's of a server.

After the acknowledgement of the change not one call that began later may be let in. Prints a row for each kind of change.
"""

import sys
import threading
import time

from raw import Caller, Refused, allow, document

CALLERS = 16
CHANGES = 12
ROOT = Caller(int(sys.argv[1]), sys.argv[2], sys.argv[3])
ACCOUNT = ROOT.call("sts", "GetCallerIdentity")["Account"]
GRACE = 0.1
REGION = ROOT.region


def key(**request):
    return ROOT.kms("CreateKey", **request)["KeyMetadata"]["KeyId"]


def key_policy(*statements):
    root = allow("kms:*", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})
    return document(root, *statements)


def race(name, caller, call, take, give):
    """Calls all the time; takes and gives CHANGES times; counts the calls that were let in although they began too late."""
    spans, calls, ended, strange = [], [], threading.Event(), []

    def use():
        mine = caller.again()
        while not ended.is_set():
            begin = time.perf_counter_ns()
            try:
                call(mine)
                calls.append((begin, time.perf_counter_ns(), True))
            except Refused as refused:
                calls.append((begin, time.perf_counter_ns(), False))
                if refused.code.split("#")[-1] not in (
                    "AccessDeniedException", "UnrecognizedClientException", "InvalidClientTokenId", "NotFoundException",
                ):
                    strange.append(str(refused))

    threads = [threading.Thread(target=use) for _ in range(CALLERS)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(CHANGES):
            time.sleep(GRACE / 2)
            take()
            since = time.perf_counter_ns()  # acknowledged
            time.sleep(GRACE)
            spans.append((since, time.perf_counter_ns()))
            if not give:
                break
            give()
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    # Began after the acknowledgement, and ended before access was given again.
    late = [ok for begin, end, ok in calls if any(a <= begin and end <= b for a, b in spans)]
    let_in = sum(late)
    passed = sum(1 for _, _, passed in calls if passed)
    figures = f"{let_in} let in of {len(late)} after {len(spans)} changes, {passed} of {len(calls)} calls passed"
    good = not let_in and late and passed > 0 and not strange
    print(("ok " if good else "FAIL ") + name + ": " + figures + (" " + strange[0] if strange else ""), flush=True)
    return good


def encrypt(name):
    return lambda caller: caller.kms("Encrypt", KeyId=name, Plaintext="AAAA")


def main():
    stamp = str(time.time_ns())[-8:]
    good = []

    user = ROOT.user("policy" + stamp)
    use = allow("kms:Encrypt")
    put = lambda *s: ROOT.iam("PutUserPolicy", UserName="policy" + stamp, PolicyName="p", PolicyDocument=document(*s))
    put(use)
    first = key()
    good.append(race("an identity policy replaced", user, encrypt(first), lambda: put(allow("kms:Decrypt")), lambda: put(use)))

    other = ROOT.user("keypolicy" + stamp)
    given = key_policy(allow("kms:Encrypt", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:user/keypolicy{stamp}"}))
    second = key(Policy=given)
    replace = lambda policy: ROOT.kms("PutKeyPolicy", KeyId=second, PolicyName="default", Policy=policy)
    good.append(race("a key policy replaced", other, encrypt(second), lambda: replace(key_policy()), lambda: replace(given)))

    name = "alias/race" + stamp
    third, fourth = key(), key()
    ROOT.kms("CreateAlias", AliasName=name, TargetKeyId=third)
    condition = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": name}}
    by_alias = ROOT.user("alias" + stamp, allow("kms:Encrypt", Condition=condition))
    good.append(race("an alias moved", by_alias, encrypt(third),
                     lambda: ROOT.kms("UpdateAlias", AliasName=name, TargetKeyId=fourth),
                     lambda: ROOT.kms("UpdateAlias", AliasName=name, TargetKeyId=third)))
    good.append(race("an alias deleted", by_alias, encrypt(third),
                     lambda: ROOT.kms("DeleteAlias", AliasName=name),
                     lambda: ROOT.kms("CreateAlias", AliasName=name, TargetKeyId=third)))

    tags = [{"TagKey": "open", "TagValue": "yes"}]
    tagged = key(Tags=tags)
    by_tag = ROOT.user("tag" + stamp, allow("kms:Encrypt", Condition={"StringEquals": {"aws:ResourceTag/open": "yes"}}))
    good.append(race("a tag removed", by_tag, encrypt(tagged),
                     lambda: ROOT.kms("UntagResource", KeyId=tagged, TagKeys=["open"]),
                     lambda: ROOT.kms("TagResource", KeyId=tagged, Tags=tags)))

    holder = ROOT.user("grant" + stamp)
    grants = []
    grant = lambda: grants.append(ROOT.kms(
        "CreateGrant", KeyId=first, Operations=["Encrypt"],
        GranteePrincipal=f"arn:aws:iam::{ACCOUNT}:user/grant{stamp}")["GrantId"])
    grant()
    good.append(race("a grant revoked", holder, encrypt(first),
                     lambda: ROOT.kms("RevokeGrant", KeyId=first, GrantId=grants.pop()), grant))

    member = ROOT.user("member" + stamp)
    ROOT.iam("CreateGroup", GroupName="g" + stamp)
    ROOT.iam("PutGroupPolicy", GroupName="g" + stamp, PolicyName="p", PolicyDocument=document(use))
    ROOT.iam("AddUserToGroup", GroupName="g" + stamp, UserName="member" + stamp)
    good.append(race("a user taken out of a group", member, encrypt(first),
                     lambda: ROOT.iam("RemoveUserFromGroup", GroupName="g" + stamp, UserName="member" + stamp),
                     lambda: ROOT.iam("AddUserToGroup", GroupName="g" + stamp, UserName="member" + stamp)))

    signer = ROOT.user("signer" + stamp, use)
    status = lambda text: lambda: ROOT.iam(
        "UpdateAccessKey", UserName="signer" + stamp, AccessKeyId=signer.access_key, Status=text)
    good.append(race("an access key deactivated", signer, encrypt(first), status("Inactive"), status("Active")))

    gone = ROOT.user("gone" + stamp, use)
    made = gone.call("sts", "GetSessionToken")
    session = Caller(gone.port, made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"], REGION)

    def delete():
        ROOT.iam("DeleteAccessKey", UserName="gone" + stamp, AccessKeyId=gone.access_key)
        ROOT.iam("DeleteUserPolicy", UserName="gone" + stamp, PolicyName="p")
        ROOT.iam("DeleteUser", UserName="gone" + stamp)

    good.append(race("a user deleted who has a session", session, encrypt(first), delete, None))
    good.append(create_alias_against_policy(stamp))
    return 0 if all(good) else 1


def create_alias_against_policy(stamp):
    """An alias may be made on a key only by whom the key's policy lets at the moment of the write."""
    name = "aliaser" + stamp
    caller = ROOT.user(name, allow("kms:CreateAlias", f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/*"))
    open_ = key_policy(allow("kms:CreateAlias", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:user/{name}"}))
    target = key(Policy=open_)
    made = iter(range(1_000_000))
    lock = threading.Lock()

    def create(mine):
        with lock:
            alias = f"alias/{name}/{next(made)}"
        mine.kms("CreateAlias", AliasName=alias, TargetKeyId=target)
        ROOT_OF.setdefault(threading.get_ident(), ROOT.again()).kms("DeleteAlias", AliasName=alias)

    replace = lambda policy: ROOT.kms("PutKeyPolicy", KeyId=target, PolicyName="default", Policy=policy)
    return race("CreateAlias beside PutKeyPolicy", caller, create, lambda: replace(key_policy()), lambda: replace(open_))


ROOT_OF = {}
sys.exit(main())
