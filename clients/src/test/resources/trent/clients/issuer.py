"""An issuer of identity tokens. python3 issuer.py ISSUER KEYS: writes its keys (a JWK set), prints a token."""

import base64
import json
import sys
import time

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(n):
    return b64(n.to_bytes((n.bit_length() + 7) // 8, "big"))


key = rsa.generate_private_key(65537, 2048)
public = key.public_key().public_numbers()
jwk = {"kty": "RSA", "kid": "one", "use": "sig", "alg": "RS256", "n": number(public.n), "e": number(public.e)}
with open(sys.argv[2], "w", encoding="utf-8") as out:
    json.dump({"keys": [jwk]}, out)
now = int(time.time())
claims = {"iss": sys.argv[1], "sub": "job-7", "aud": "trent", "iat": now, "exp": now + 3600}
head = b64(json.dumps({"alg": "RS256", "kid": "one", "typ": "JWT"}).encode())
text = head + "." + b64(json.dumps(claims).encode())
print(text + "." + b64(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())))
