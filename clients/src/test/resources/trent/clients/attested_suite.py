"""Attested calls and SM2 keys by the AWS SDK for Python, with OpenSSL as hypervisor and as enclave.

Usage: attested_suite.py make FOLDER          makes the authorities of attestation documents: FOLDER/roots.pem
       attested_suite.py run FOLDER URL       prints `ok <case>` or `FAIL <case>: <why>` for each case; exits 1 if one failed
"""

import pathlib
import subprocess
import sys
import time

FOLDER = pathlib.Path(sys.argv[2])
CASES = []


def openssl(*arguments, stdin=None):
    return subprocess.run(["openssl", *map(str, arguments)], input=stdin, capture_output=True, check=True).stdout


def key(name, curve="P-384"):
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", f"ec_paramgen_curve:{curve}", "-out", FOLDER / f"{name}.key")


def certificate(name, issuer, extensions):
    """Signed by the issuer, or by itself where that is None."""
    key(name)
    (FOLDER / f"{name}.ext").write_text("\n".join(extensions) + "\n")
    request = openssl("req", "-new", "-key", FOLDER / f"{name}.key", "-subj", f"/CN={name}")
    signer = (
        ["-key", FOLDER / f"{name}.key"]
        if issuer is None
        else ["-CA", FOLDER / f"{issuer}.pem", "-CAkey", FOLDER / f"{issuer}.key", "-CAcreateserial"]
    )
    openssl(
        "x509", "-req", "-sha384", "-days", "1", *signer,
        "-extfile", FOLDER / f"{name}.ext", "-out", FOLDER / f"{name}.pem", stdin=request,
    )  # fmt: skip


def make():
    authority = ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign"]
    certificate("roots", None, authority)
    certificate("middle", "roots", authority)
    certificate("signer", "middle", ["keyUsage=critical,digitalSignature"])
    certificate("stranger", None, authority)
    openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072", "-out", FOLDER / "enclave.key")


def head(major, number):
    for extra, bytes_ in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if number < 24:
            return bytes([major << 5 | number])
        if number < 1 << 8 * bytes_:
            return bytes([major << 5 | extra]) + number.to_bytes(bytes_, "big")


def cbor(item):
    match item:
        case None:
            return b"\xf6"
        case int():
            return head(0, item)
        case bytes():
            return head(2, len(item)) + item
        case str():
            return head(3, len(item.encode())) + item.encode()
        case list():
            return head(4, len(item)) + b"".join(map(cbor, item))
        case dict():
            return head(5, len(item)) + b"".join(cbor(k) + cbor(v) for k, v in item.items())


def integers(der):
    """The two numbers of an ECDSA signature in DER, 48 bytes each."""
    numbers, at = b"", 2 if der[1] < 0x80 else 3
    for _ in range(2):
        length = der[at + 1]
        numbers += int.from_bytes(der[at + 2 : at + 2 + length], "big").to_bytes(48, "big")
        at += 2 + length
    return numbers


def document(root="roots", age=0, **changes):
    der = {name: openssl("x509", "-in", FOLDER / f"{name}.pem", "-outform", "DER") for name in (root, "middle", "signer")}
    payload = cbor(
        {
            "module_id": "i-1234567890abcdef0-enc9876543210abcde",
            "digest": "SHA384",
            "timestamp": int((time.time() - age) * 1000),
            "pcrs": {0: bytes(48), 1: bytes(48)},
            "certificate": der["signer"],
            "cabundle": [der[root], der["middle"]],
            "public_key": openssl("pkey", "-in", FOLDER / "enclave.key", "-pubout", "-outform", "DER"),
            "user_data": None,
            "nonce": None,
            **changes,
        }
    )
    header = bytes.fromhex("a1013822")
    signature = openssl(
        "dgst", "-sha384", "-sign", FOLDER / "signer.key", stdin=cbor(["Signature1", header, b"", payload])
    )
    return cbor([header, {}, payload, integers(signature)])


def recipient(**changes):
    return {"KeyEncryptionAlgorithm": "RSAES_OAEP_SHA_256", "AttestationDocument": document(**changes)}


def opened(ciphertext):
    return openssl("cms", "-decrypt", "-inform", "DER", "-binary", "-inkey", FOLDER / "enclave.key", stdin=ciphertext)


def client(region):
    import boto3
    from botocore.config import Config

    return boto3.client(
        "kms",
        endpoint_url=sys.argv[3],
        region_name=region,
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


def refused(code, text, call, **parameters):
    from botocore.exceptions import ClientError

    try:
        call(**parameters)
    except ClientError as error:
        equal((error.response["Error"]["Code"], error.response["Error"].get("Message")), (code, text))
        return
    raise AssertionError(f"expected {code}, but it succeeded")


def new_key(kms, **parameters):
    return kms.create_key(**parameters)["KeyMetadata"]["KeyId"]


@case
def decrypt_answers_the_enclave(kms):
    blob = kms.encrypt(KeyId=new_key(kms), Plaintext=b"secret")["CiphertextBlob"]
    reply = kms.decrypt(CiphertextBlob=blob, Recipient=recipient())
    equal((reply.get("Plaintext"), reply.get("KeyMaterialId")), (None, None))
    equal(opened(reply["CiphertextForRecipient"]), b"secret")


@case
def generate_data_key_answers_the_enclave(kms):
    reply = kms.generate_data_key(KeyId=new_key(kms), KeySpec="AES_256", Recipient=recipient())
    equal((reply.get("Plaintext"), reply.get("KeyMaterialId")), (None, None))
    equal(opened(reply["CiphertextForRecipient"]), kms.decrypt(CiphertextBlob=reply["CiphertextBlob"])["Plaintext"])


@case
def generate_data_key_pair_answers_the_enclave(kms):
    reply = kms.generate_data_key_pair(KeyId=new_key(kms), KeyPairSpec="ECC_NIST_P384", Recipient=recipient())
    equal((reply.get("PrivateKeyPlaintext"), reply.get("KeyMaterialId")), (None, None))
    private = opened(reply["CiphertextForRecipient"])
    equal(private, kms.decrypt(CiphertextBlob=reply["PrivateKeyCiphertextBlob"])["Plaintext"])
    equal(openssl("pkey", "-inform", "DER", "-pubout", "-outform", "DER", stdin=private), reply["PublicKey"])


@case
def generate_random_answers_the_enclave(kms):
    reply = kms.generate_random(NumberOfBytes=1024, Recipient=recipient())
    equal(reply.get("Plaintext"), None)
    equal(len(opened(reply["CiphertextForRecipient"])), 1024)


@case
def derive_shared_secret_answers_the_enclave(kms):
    mine = new_key(kms, KeySpec="ECC_NIST_P384", KeyUsage="KEY_AGREEMENT")
    peer = openssl("pkey", "-in", FOLDER / "signer.key", "-pubout", "-outform", "DER")
    parameters = {"KeyId": mine, "KeyAgreementAlgorithm": "ECDH", "PublicKey": peer}
    reply = kms.derive_shared_secret(**parameters, Recipient=recipient())
    equal(reply.get("SharedSecret"), None)
    equal(opened(reply["CiphertextForRecipient"]), kms.derive_shared_secret(**parameters)["SharedSecret"])


@case
def a_document_of_a_strangers_is_refused(kms):
    refused(
        "ValidationException",
        "Invalid attestation document: its certificates do not link it to a configured root, or are not valid now.",
        kms.generate_random,
        NumberOfBytes=1,
        Recipient=recipient(root="stranger"),
    )


@case
def an_old_document_is_refused(kms):
    refused(
        "ValidationException",
        "Invalid attestation document: it was not made within the last 5 minutes.",
        kms.generate_random,
        NumberOfBytes=1,
        Recipient=recipient(age=400),
    )


@case
def sm2_encrypts_where_it_is_offered(kms):
    key = new_key(kms, KeySpec="SM2", KeyUsage="ENCRYPT_DECRYPT")
    blob = kms.encrypt(KeyId=key, Plaintext=b"secret", EncryptionAlgorithm="SM2PKE")["CiphertextBlob"]
    equal(kms.decrypt(KeyId=key, CiphertextBlob=blob, EncryptionAlgorithm="SM2PKE")["Plaintext"], b"secret")


@case
def sm2_signs_where_it_is_offered(kms):
    china = client("cn-north-1")
    for there in (kms, china):
        key = new_key(there, KeySpec="SM2", KeyUsage="SIGN_VERIFY")
        signed = {"KeyId": key, "Message": b"message", "SigningAlgorithm": "SM2DSA"}
        signature = there.sign(**signed)["Signature"]
        equal(there.verify(**signed, Signature=signature)["SignatureValid"], True)


@case
def sm2_is_refused_elsewhere(kms):
    refused(
        "UnsupportedOperationException",
        "KeySpec SM2 is not supported in this Region",
        client("us-west-2").create_key,
        KeySpec="SM2",
        KeyUsage="SIGN_VERIFY",
    )


def run():
    kms, failed = client("us-east-2"), 0
    for function in CASES:
        name = function.__name__.replace("_", " ")
        try:
            function(kms)
            print(f"ok {name}", flush=True)
        except Exception as error:  # a case that fails must not hide those after it
            failed += 1
            print(f"FAIL {name}: {type(error).__name__}: {' '.join(str(error).split())}", flush=True)
    return 1 if failed else 0


sys.exit(make() if sys.argv[1] == "make" else run())
