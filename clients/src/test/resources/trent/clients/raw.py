"""Calls of KMS, IAM and STS over plain sockets: signed beforehand, so that between two calls nothing is computed."""

import datetime
import hashlib
import hmac
import json
import socket
import urllib.parse
import xml.etree.ElementTree

REGION = "us-east-1"
VERSIONS = {"iam": "2010-05-08", "sts": "2011-06-15"}


class Refused(Exception):
    def __init__(self, status, code, message):
        super().__init__(f"{status} {code}: {message}")
        self.code = code


class Caller:
    """Who signs, and where."""

    def __init__(self, port, access_key, secret="secret", token=None, region=REGION):
        self.port, self.access_key, self.secret, self.token, self.region = port, access_key, secret, token, region
        self.connection = None

    def signed(self, service, operation, request):
        """The bytes of one call."""
        if service == "kms":
            body = json.dumps(request).encode()
            headers = {"content-type": "application/x-amz-json-1.1", "x-amz-target": "TrentService." + operation}
        else:
            form = {"Action": operation, "Version": VERSIONS[service], **request}
            body = urllib.parse.urlencode(form).encode()
            headers = {"content-type": "application/x-www-form-urlencoded"}
        stamp = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        headers |= {"host": f"127.0.0.1:{self.port}", "x-amz-date": stamp}
        if self.token:
            headers["x-amz-security-token"] = self.token
        names = ";".join(sorted(headers))
        canonical = "POST\n/\n\n" + "".join(f"{n}:{headers[n]}\n" for n in sorted(headers))
        canonical += f"\n{names}\n{hashlib.sha256(body).hexdigest()}"
        scope = f"{stamp[:8]}/{self.region}/{service}/aws4_request"
        text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        key = ("AWS4" + self.secret).encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        headers["authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={self.access_key}/{scope}, SignedHeaders={names}, "
            f"Signature={hmac.digest(key, text.encode(), 'sha256').hex()}"
        )
        headers["content-length"] = str(len(body))
        return ("POST / HTTP/1.1\r\n" + "".join(f"{n}: {v}\r\n" for n, v in headers.items()) + "\r\n").encode() + body

    def call(self, service, operation, **request):
        """The answer, read; refusals are thrown."""
        if self.connection is None:
            self.connection = Connection(self.port)
        status, _, body = self.connection.exchange(self.signed(service, operation, request))
        if service == "kms":
            answer = json.loads(body or b"{}")
            if status != 200:
                raise Refused(status, answer.get("__type", ""), answer.get("message", answer.get("Message")))
            return answer
        answer = {e.tag.rsplit("}", 1)[-1]: e.text for e in xml.etree.ElementTree.fromstring(body).iter()}
        if status != 200:
            raise Refused(status, answer.get("Code", ""), answer.get("Message"))
        return answer

    def kms(self, operation, **request):
        return self.call("kms", operation, **request)

    def iam(self, operation, **request):
        return self.call("iam", operation, **request)

    def again(self):
        """The same caller on a connection of its own."""
        return Caller(self.port, self.access_key, self.secret, self.token, self.region)

    def user(self, name, *statements):
        """A new user of this account with a key and, where statements are given, a policy."""
        self.iam("CreateUser", UserName=name)
        if statements:
            self.iam("PutUserPolicy", UserName=name, PolicyName="p", PolicyDocument=document(*statements))
        key = self.iam("CreateAccessKey", UserName=name)
        return Caller(self.port, key["AccessKeyId"], key["SecretAccessKey"], None, self.region)


class Connection:
    """Kept alive; one answer after the other."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def exchange(self, request):
        self.socket.sendall(request)
        return self.answer()

    def answer(self):
        got = b""
        while (end := got.find(b"\r\n\r\n")) < 0:
            got += self.more()
        head = got[:end].decode()
        length = next(
            (int(line.split(":")[1]) for line in head.split("\r\n") if line.lower().startswith("content-length:")), 0
        )
        while len(got) < end + 4 + length:
            got += self.more()
        return int(head[9:12]), head, got[end + 4 :]

    def more(self):
        part = self.socket.recv(65536)
        if not part:
            raise ConnectionError("closed by the server")
        return part


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action, resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}
