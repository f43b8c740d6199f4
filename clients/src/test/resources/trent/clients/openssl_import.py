"""Brings keys into a running Trent as AWS's guide does it: the openssl command line makes and wraps them, boto3 sends them.

Usage: openssl_import.py URL. Prints one line for each case, `ok <case>` or `FAIL <case>: <why>`, and exits 1 if one failed.
Source: AWS KMS Developer Guide, "Importing key material step 3: Encrypt the key material".
"""

import datetime
import hashlib
import hmac
import os
import subprocess
import sys
import tempfile
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding

URL = sys.argv[1]
CASES = []

kms = boto3.client(
    "kms",
    endpoint_url=URL,
    region_name="us-east-2",
    aws_access_key_id="test",
    aws_secret_access_key="test",
    config=Config(retries={"max_attempts": 1}),
)


def case(function):
    CASES.append(function)
    return function


def equal(actual, expected):
    if actual != expected:
        raise AssertionError(f"expected {expected!r}, got {actual!r}")


def openssl(*arguments, given=None):
    result = subprocess.run(["openssl", *arguments], input=given, capture_output=True)
    if result.returncode != 0:
        raise AssertionError(f"openssl {arguments[0]}: {result.stderr.decode()}")
    return result.stdout


def new_key(spec, usage):
    return kms.create_key(Origin="EXTERNAL", KeySpec=spec, KeyUsage=usage)["KeyMetadata"]["KeyId"]


def oaep(folder, wrapping_key, digest, data):
    """RSAES_OAEP: one hash for message and mask."""
    public = os.path.join(folder, "WrappingPublicKey.bin")
    with open(public, "wb") as file:
        file.write(wrapping_key)
    return openssl(
        "pkeyutl", "-encrypt", "-inkey", public, "-keyform", "DER", "-pubin",
        "-pkeyopt", "rsa_padding_mode:oaep", "-pkeyopt", f"rsa_oaep_md:{digest}", "-pkeyopt", f"rsa_mgf1_md:{digest}",
        given=data,
    )


def wrapped(folder, parameters, algorithm, material):
    digest = "sha1" if algorithm.endswith("SHA_1") else "sha256"
    if algorithm.startswith("RSAES_OAEP"):
        return oaep(folder, parameters["PublicKey"], digest, material)
    aes = openssl("rand", "32")
    under_aes = openssl("enc", "-id-aes256-wrap-pad", "-K", aes.hex(), "-iv", "A65959A6", given=material)
    return oaep(folder, parameters["PublicKey"], digest, aes) + under_aes


def bring(key, wrapping, algorithm, material, **more):
    with tempfile.TemporaryDirectory() as folder:
        parameters = kms.get_parameters_for_import(
            KeyId=key, WrappingAlgorithm=algorithm, WrappingKeySpec=wrapping
        )
        more = more or {"ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE"}
        reply = kms.import_key_material(
            KeyId=key,
            ImportToken=parameters["ImportToken"],
            EncryptedKeyMaterial=wrapped(folder, parameters, algorithm, material),
            **more,
        )
    equal(kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"], "Enabled")
    return reply


def private_key(*arguments):
    """A private key as AWS's guide has it made, in PKCS #8 DER."""
    return openssl("pkcs8", "-topk8", "-outform", "DER", "-nocrypt", given=openssl("genpkey", *arguments))


def check_signature(key, spec, material):
    public = serialization.load_der_private_key(material, None).public_key()
    shown = kms.get_public_key(KeyId=key)["PublicKey"]
    equal(
        shown,
        public.public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        ),
    )
    algorithm = {
        "ECC_NIST_P256": "ECDSA_SHA_256",
        "ECC_NIST_P384": "ECDSA_SHA_384",
        "ECC_NIST_P521": "ECDSA_SHA_512",
        "ECC_SECG_P256K1": "ECDSA_SHA_256",
        "ECC_NIST_EDWARDS25519": "ED25519_SHA_512",
    }.get(spec, "RSASSA_PSS_SHA_256")
    signature = kms.sign(KeyId=key, Message=b"message", SigningAlgorithm=algorithm)["Signature"]
    if isinstance(public, ed25519.Ed25519PublicKey):
        public.verify(signature, b"message")
    elif isinstance(public, ec.EllipticCurvePublicKey):
        digest = {"256": hashes.SHA256, "384": hashes.SHA384, "512": hashes.SHA512}[algorithm[-3:]]
        public.verify(signature, b"message", ec.ECDSA(digest()))
    else:
        public.verify(
            signature,
            b"message",
            padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32),
            hashes.SHA256(),
        )


@case
def symmetric_keys():
    for wrapping in ("RSA_2048", "RSA_3072", "RSA_4096"):
        for algorithm in ("RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"):
            key = new_key("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT")
            bring(key, wrapping, algorithm, openssl("rand", "32"))
            blob = kms.encrypt(KeyId=key, Plaintext=b"secret")["CiphertextBlob"]
            equal(kms.decrypt(CiphertextBlob=blob)["Plaintext"], b"secret")


@case
def hmac_keys():
    for bits, digest in ((224, "sha224"), (256, "sha256"), (384, "sha384"), (512, "sha512")):
        key = new_key(f"HMAC_{bits}", "GENERATE_VERIFY_MAC")
        material = openssl("rand", str(bits // 8))
        bring(key, "RSA_2048", "RSAES_OAEP_SHA_256", material)
        mac = kms.generate_mac(KeyId=key, Message=b"message", MacAlgorithm=f"HMAC_SHA_{bits}")["Mac"]
        equal(mac, hmac.new(material, b"message", getattr(hashlib, digest)).digest())


@case
def rsa_keys():
    for bits, algorithm in (
        (2048, "RSA_AES_KEY_WRAP_SHA_1"),
        (3072, "RSA_AES_KEY_WRAP_SHA_256"),
        (4096, "RSA_AES_KEY_WRAP_SHA_256"),
    ):
        key = new_key(f"RSA_{bits}", "SIGN_VERIFY")
        material = private_key("-algorithm", "RSA", "-pkeyopt", f"rsa_keygen_bits:{bits}")
        bring(key, "RSA_4096", algorithm, material)
        check_signature(key, f"RSA_{bits}", material)


@case
def elliptic_keys():
    for spec, curve in (
        ("ECC_NIST_P256", "P-256"),
        ("ECC_NIST_P384", "P-384"),
        ("ECC_NIST_P521", "P-521"),
        ("ECC_SECG_P256K1", "secp256k1"),
    ):
        for algorithm in ("RSAES_OAEP_SHA_256", "RSA_AES_KEY_WRAP_SHA_256"):
            key = new_key(spec, "SIGN_VERIFY")
            material = private_key("-algorithm", "EC", "-pkeyopt", f"ec_paramgen_curve:{curve}")
            bring(key, "RSA_3072", algorithm, material)
            check_signature(key, spec, material)


@case
def edwards_keys():
    for algorithm in ("RSAES_OAEP_SHA_1", "RSA_AES_KEY_WRAP_SHA_1"):
        key = new_key("ECC_NIST_EDWARDS25519", "SIGN_VERIFY")
        material = private_key("-algorithm", "ED25519")
        bring(key, "RSA_2048", algorithm, material)
        check_signature(key, "ECC_NIST_EDWARDS25519", material)


def refused(spec, material):
    key = new_key(spec, "SIGN_VERIFY")
    try:
        bring(key, "RSA_2048", "RSA_AES_KEY_WRAP_SHA_256", material)
    except ClientError as error:
        equal(error.response["Error"]["Code"], "IncorrectKeyMaterialException")
        return
    raise AssertionError("it was imported")


@case
def three_primes_are_refused():
    refused(
        "RSA_2048",
        private_key(
            "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-pkeyopt", "rsa_keygen_primes:3"
        ),
    )


@case
def an_explicit_curve_is_refused():
    refused(
        "ECC_NIST_P256",
        private_key(
            "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-pkeyopt", "ec_param_enc:explicit"
        ),
    )


@case
def deep_nesting_is_refused():
    """Sequences of no definite length, one in the other: as many as openssl wraps in one piece."""
    for spec in ("RSA_2048", "ECC_NIST_P256", "ECC_NIST_EDWARDS25519"):
        refused(spec, b"\x30\x80" * 2000)


@case
def material_expires():
    """The timer does it: a key of a short-lived material soon waits for it again."""
    key = new_key("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT")
    material = openssl("rand", "32")
    # boto3 sends whole seconds.
    valid_to = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) + datetime.timedelta(seconds=15)
    bring(key, "RSA_2048", "RSAES_OAEP_SHA_256", material, ValidTo=valid_to)
    equal(kms.describe_key(KeyId=key)["KeyMetadata"]["ExpirationModel"], "KEY_MATERIAL_EXPIRES")
    blob = kms.encrypt(KeyId=key, Plaintext=b"secret")["CiphertextBlob"]
    deadline = valid_to + datetime.timedelta(seconds=60)
    while kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] != "PendingImport":
        if datetime.datetime.now(datetime.timezone.utc) > deadline:
            raise AssertionError("still usable a minute after its end")
        time.sleep(0.1)
    equal(datetime.datetime.now(datetime.timezone.utc) >= valid_to, True)
    bring(key, "RSA_2048", "RSAES_OAEP_SHA_256", material)
    equal(kms.decrypt(CiphertextBlob=blob)["Plaintext"], b"secret")


failed = False
for function in CASES:
    try:
        function()
        print(f"ok {function.__name__}", flush=True)
    except Exception as problem:
        failed = True
        text = f"{type(problem).__name__}: {problem}".replace("\n", " ")
        print(f"FAIL {function.__name__}: {text}", flush=True)
sys.exit(1 if failed else 0)
