"""IAM's changes over a SIGKILL. python3 killed.py write PORT ACCESS_KEY SECRET FILE PID: many write, until the server is
killed after a random number of answers; python3 killed.py check PORT ACCESS_KEY SECRET FILE looks after its restart.
"""

import json
import os
import random
import signal
import sys
import threading
import time

from raw import Caller, Refused, allow, document

WRITERS = 12
ROOT = Caller(int(sys.argv[2]), sys.argv[3], sys.argv[4])
TAGS = {f"Tags.member.{i}.{part}": f"{part}{i}" for i in (1, 2, 3) for part in ("Key", "Value")}


def text(n):
    return document(allow("kms:Encrypt", Condition={"StringEquals": {"kms:RequestAlias": f"alias/{n}"}}))


def changed(caller, operation, **request):
    """What many change at once is refused with an error that asks to try again, as SDKs do."""
    while True:
        try:
            return caller.iam(operation, **request)
        except Refused as refused:
            if refused.code != "ServiceUnavailable":
                raise


def write(file, pid):
    """What each writer was told is done, in `users`, and the one change that it was told nothing of."""
    done, lock, stamp = [], threading.Lock(), str(time.time_ns())[-9:]
    acknowledged = [0]
    limit = random.randint(200, 900)

    def work(w):
        mine, n = ROOT.again(), 0
        try:
            while True:
                user = {"name": f"u{stamp}-{w}-{n}", "policy": None, "asked": None, "key": None, "deleted": None}
                n += 1
                with lock:
                    done.append(user)
                acts = [
                    ("made", lambda: changed(mine, "CreateUser", UserName=user["name"], **TAGS)),
                    ("key", lambda: changed(mine, "CreateAccessKey", UserName=user["name"])),
                ]
                for name, act in acts:
                    answer = act()
                    user[name] = [answer["AccessKeyId"], answer["SecretAccessKey"]] if name == "key" else True
                    acknowledged[0] += 1
                for version in range(random.randint(1, 3)):
                    user["asked"] = version
                    changed(mine, "PutUserPolicy", UserName=user["name"], PolicyName="p", PolicyDocument=text(version))
                    user["policy"] = version
                    acknowledged[0] += 1
                if random.random() < 0.3:
                    user["deleted"] = False
                    changed(mine, "DeleteAccessKey", UserName=user["name"], AccessKeyId=user["key"][0])
                    user["deleted"] = True
                    acknowledged[0] += 1
        except OSError:
            pass  # the kill: what was asked last stays doubtful

    threads = [threading.Thread(target=work, args=(w,)) for w in range(WRITERS)]
    for thread in threads:
        thread.start()
    while acknowledged[0] < limit and all(t.is_alive() for t in threads):
        time.sleep(0.001)
    os.kill(pid, signal.SIGKILL)
    for thread in threads:
        thread.join()
    with open(file, "w", encoding="utf-8") as out:
        json.dump({"users": done, "acknowledged": acknowledged[0]}, out)


def fault(user):
    """What is wrong with a user; None if nothing is."""
    name = user["name"]
    try:
        ROOT.iam("GetUser", UserName=name)
    except Refused as refused:
        return f"lost: {refused}" if user.get("made") else None
    status, _, body = ROOT.connection.exchange(ROOT.signed("iam", "ListUserTags", {"UserName": name}))
    if status != 200 or any(f"<Value>Value{i}</Value>".encode() not in body for i in (1, 2, 3)):
        return f"half: {body}"
    if user["key"]:
        key = Caller(ROOT.port, *user["key"])
        try:
            key.call("sts", "GetCallerIdentity")
            if user["deleted"]:
                return "its deleted key works"
        except Refused as refused:
            if user["deleted"] is None:
                return f"its key is lost: {refused}"
    try:
        found = ROOT.iam("GetUserPolicy", UserName=name, PolicyName="p")["PolicyDocument"]
    except Refused as refused:
        return None if user["policy"] is None else f"its policy is lost: {refused}"
    if not any(n is not None and f"alias%2F{n}" in found for n in (user["policy"], user["asked"])):
        return f"its policy is {found}, not {user['policy']} or {user['asked']}"
    return None


def check(file):
    with open(file, encoding="utf-8") as source:
        written = json.load(source)
    faults = [f"{user['name']}: {why}" for user in written["users"] if (why := fault(user))]
    print(f"{len(faults)} faults among {len(written['users'])} users, {written['acknowledged']} acknowledged changes")
    print("\n".join(faults[:10]))
    return 1 if faults else 0


if sys.argv[1] == "write":
    write(sys.argv[5], int(sys.argv[6]))
else:
    sys.exit(check(sys.argv[5]))
