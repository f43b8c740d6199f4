"""A secret by way of a running Trent: package.py URL [CA]. Prints `ok`."""

import sys

import boto3

kms = boto3.client(
    "kms",
    endpoint_url=sys.argv[1],
    region_name="us-east-2",
    aws_access_key_id="test",
    aws_secret_access_key="a-secret-of-package.py",
    verify=sys.argv[2] if len(sys.argv) > 2 else None,
)
key = kms.create_key()["KeyMetadata"]["KeyId"]
secret = b"the treasure is under the old oak"
ciphertext = kms.encrypt(KeyId=key, Plaintext=secret)["CiphertextBlob"]
assert kms.decrypt(CiphertextBlob=ciphertext)["Plaintext"] == secret
signing = kms.create_key(KeyUsage="SIGN_VERIFY", KeySpec="ECC_NIST_P256")["KeyMetadata"]["KeyId"]
signed = kms.sign(KeyId=signing, Message=secret, SigningAlgorithm="ECDSA_SHA_256")["Signature"]
assert kms.verify(KeyId=signing, Message=secret, Signature=signed, SigningAlgorithm="ECDSA_SHA_256")["SignatureValid"]
print("ok")
