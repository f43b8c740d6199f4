"""Whether a caller can tell a key or alias of another account that exists from one that does not.

python3 oracle.py make PORT FILE PAIRS       as root of account 111111111111 of a server in development: makes what is asked for
python3 oracle.py ask PORT FILE [GENEROUS]   after a restart, so that nothing is in memory: asks, and prints one row for each question

A row fails if two answers differ in more than request id and date, or if the best threshold on the time tells
the two apart in more than 55 % (of the interleaved pairs; GENEROUS: another share, in percent, for few pairs).
"""

import base64
import gc
import itertools
import json
import random
import re
import sys
import threading
import time
import uuid

from raw import REGION, Caller, Connection

OWNER = "111111111111"
STRANGER = "222222222222"
WARM = 1500


def make(port, file, pairs):
    """Two keys for each pair, one with an alias: a key that was found through its alias is known already."""
    count = 3 * (pairs + WARM)
    keys = [None] * count

    def work(part):
        owner = Caller(port, OWNER)
        for i in part:
            keys[i] = owner.kms("CreateKey")["KeyMetadata"]["KeyId"]
            if i % 3 == 1:
                owner.kms("CreateAlias", AliasName=f"alias/{alias_of(keys[i])}", TargetKeyId=keys[i])

    threads = [threading.Thread(target=work, args=(range(i, count, 16),)) for i in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    blob = Caller(port, OWNER).kms("Encrypt", KeyId=keys[0], Plaintext="AAAA")["CiphertextBlob"]
    with open(file, "w", encoding="utf-8") as out:
        json.dump({"keys": keys, "blob": blob}, out)


def alias_of(key):
    return key[::-1]


def arn(resource):
    return f"arn:aws:kms:{REGION}:{OWNER}:{resource}"


def plain(answer):
    status, head, body = answer
    head = re.sub(r"(?im)^(x-amzn-requestid|date): [^\r\n]*", r"\1", head)
    return status, head, body


def accuracy(there, gone):
    """Of the best threshold, in either direction."""
    times = sorted([(t, 1) for t in there] + [(t, -1) for t in gone])
    best = at = 0
    for _, group in itertools.groupby(times, key=lambda x: x[0]):
        at += sum(x[1] for x in group)
        best = max(best, abs(at))
    return 0.5 + best / len(times)


def named(body, name):
    return body.decode().replace(name, "NAME").encode()


class Asked:
    def __init__(self, port, question):
        self.caller = Caller(port, STRANGER)
        self.connection = Connection(port)
        self.question = question

    def pairs(self, names):
        """(there, gone) times and the first difference of the bytes."""
        times, different = ([], []), None
        for start in range(0, len(names), 500):  # signatures are valid for minutes
            part = [
                [self.caller.signed("kms", *self.question(name, there)) for there, name in ((True, t), (False, g))]
                for t, g in names[start : start + 500]
            ]
            gc.disable()
            for (there, gone), requests in zip(names[start : start + 500], part):
                answers = [None, None]
                for which in (0, 1) if random.random() < 0.5 else (1, 0):
                    begin = time.perf_counter_ns()
                    answers[which] = self.connection.exchange(requests[which])
                    times[which].append(time.perf_counter_ns() - begin)
                a, b = plain(answers[0]), plain(answers[1])
                if a[0] == 200 or (a[0], a[1], named(a[2], there)) != (b[0], b[1], named(b[2], gone)):
                    different = different or (a, b)
            gc.enable()
        return times, different


def of_ciphertext(blob, name):
    """The same blob, as if another key had made it. Its layout is in docs/ciphertext.md."""
    raw = base64.b64decode(blob)
    header = raw[:2] + uuid.UUID(name).bytes + raw[18:82]
    return base64.b64encode(header + crc32c(header).to_bytes(4, "big") + raw[86:]).decode()


def crc32c(data):
    register = 0xFFFFFFFF
    for byte in data:
        register = CRC[(register ^ byte) & 0xFF] ^ (register >> 8)
    return register ^ 0xFFFFFFFF


def crc_of(byte):
    for _ in range(8):
        byte = (byte >> 1) ^ (0x82F63B78 if byte & 1 else 0)
    return byte


CRC = [crc_of(byte) for byte in range(256)]


def ask(port, file, limit):
    with open(file, encoding="utf-8") as source:
        made = json.load(source)
    keys, blob = made["keys"], made["blob"]
    by_key, by_alias, by_blob = keys[0::3], keys[1::3], keys[2::3]
    questions = {
        "a key": (by_key, lambda name, there: ("DescribeKey", {"KeyId": arn("key/" + name)})),
        "an alias": (
            by_alias,
            lambda name, there: (
                "Encrypt",
                {"KeyId": arn("alias/" + (alias_of(name) if there else name)), "Plaintext": "AAAA"},
            ),
        ),
        "a ciphertext": (
            by_blob,
            lambda name, there: ("Decrypt", {"CiphertextBlob": of_ciphertext(blob, name)}),
        ),
    }
    failed = False
    for title, (there, question) in questions.items():
        asked = Asked(port, question)
        names = [(key, str(uuid.uuid4())) for key in there]
        asked.pairs(names[:WARM])
        for touch in ("first", "again"):
            (a, b), different = asked.pairs(names[WARM:])
            told = accuracy(a, b)
            text = f"{title} touched {touch}"
            figures = f"{100 * told:.1f} % of {len(a)} pairs, medians {sorted(a)[len(a) // 2] / 1000:.0f} and {sorted(b)[len(b) // 2] / 1000:.0f} us"
            if different or told > limit:
                failed = True
                print(f"FAIL {text}: {figures} {different or ''}")
            else:
                print(f"ok {text}: {figures}")
    return 1 if failed else 0


if sys.argv[1] == "make":
    make(int(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
else:
    sys.exit(ask(int(sys.argv[2]), sys.argv[3], float((sys.argv[4:] or ["55"])[0]) / 100))
