"""Answers cases with Python's cryptography: reads cases.json, writes answers.json, both in hex."""

import json

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import (
    Encoding, PublicFormat, load_der_private_key, load_der_public_key)

HASHES = {"SHA_1": hashes.SHA1, "SHA_256": hashes.SHA256, "SHA_384": hashes.SHA384, "SHA_512": hashes.SHA512}


def arguments(case, key):
    """What comes after the message when it is signed or verified."""
    if not isinstance(key, (rsa.RSAPrivateKey, rsa.RSAPublicKey, ec.EllipticCurvePrivateKey, ec.EllipticCurvePublicKey)):
        return ()
    hash_ = HASHES[case["algorithm"][-7:]]()
    algorithm = utils.Prehashed(hash_) if case["kind"] == "DIGEST" else hash_
    if "ECDSA" in case["algorithm"]:
        return (ec.ECDSA(algorithm),)
    if "PSS" in case["algorithm"]:
        return (padding.PSS(padding.MGF1(hash_), hash_.digest_size), algorithm)
    return (padding.PKCS1v15(), algorithm)


def oaep(case):
    hash_ = HASHES[case["hash"]]()
    return padding.OAEP(padding.MGF1(hash_), hash_, None)


def verify(case):
    key = load_der_public_key(bytes.fromhex(case["public"]))
    try:
        key.verify(bytes.fromhex(case["signature"]), bytes.fromhex(case["input"]), *arguments(case, key))
        return b"\x01"
    except InvalidSignature:
        return b"\x00"


def sign(case):
    key = load_der_private_key(bytes.fromhex(case["private"]), None)
    return key.sign(bytes.fromhex(case["input"]), *arguments(case, key))


def ml_dsa_sign(case):
    """Signs with a new key; the public key, and the signature after it."""
    from cryptography.hazmat.primitives.asymmetric import mldsa  # not in older versions

    key = getattr(mldsa, case["spec"].replace("_", "") + "PrivateKey").generate()
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return public + key.sign(bytes.fromhex(case["input"]))


def encrypt(case):
    return load_der_public_key(bytes.fromhex(case["public"])).encrypt(bytes.fromhex(case["input"]), oaep(case))


def decrypt(case):
    return load_der_private_key(bytes.fromhex(case["private"]), None).decrypt(bytes.fromhex(case["input"]), oaep(case))


def agree(case):
    key = load_der_private_key(bytes.fromhex(case["private"]), None)
    return key.exchange(ec.ECDH(), load_der_public_key(bytes.fromhex(case["public"])))


def main():
    with open("cases.json", encoding="utf-8") as file:
        cases = json.load(file)
    answers = {name: globals()[case["do"]](case).hex() for name, case in cases.items()}
    with open("answers.json", "w", encoding="utf-8") as file:
        json.dump(answers, file)


main()
