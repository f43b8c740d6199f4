"""Encrypt by users of ten accounts, on a store that ManyRows has made: how long a call takes, and what the server holds.

    scale.py PORT PID KEYS USERS GRANTS [--calls N]

Prints a line of JSON for each way of choosing who calls and with which key: few of both, any of both, any of both by the
key's alias, and any grantee with the one key that has all the grants.
"""
import hashlib, hmac, json, random, socket, sys, time, uuid

HOST, REGION, ACCOUNTS = '127.0.0.1', 'us-east-2', 10
TYPE = 'application/x-amz-json-1.1'
PORT, PID, KEYS, USERS, GRANTS = (int(each) for each in sys.argv[1:6])
CALLS = int(sys.argv[sys.argv.index('--calls') + 1]) if '--calls' in sys.argv else 5000
FEW = 100


def account(number):
    return '1000000000%02d' % (number % ACCOUNTS)


def arn(number, of):
    identity = uuid.UUID(bytes=hashlib.md5(b'key %d' % number).digest(), version=3)
    return 'arn:aws:kms:%s:%s:%s%s' % (REGION, account(number), of, identity)


def letters(number, length):
    return ''.join(chr(ord('A') + int(digit)) for digit in str(number).zfill(length))


def mac(secret, text):
    return hmac.new(secret, text.encode(), hashlib.sha256).digest()


def signed(user, body):
    now = time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())
    scope = '%s/%s/kms/aws4_request' % (now[:8], REGION)
    target = 'TrentService.Encrypt'
    names = 'content-type;host;x-amz-date;x-amz-target'
    canonical = 'POST\n/\n\ncontent-type:%s\nhost:%s\nx-amz-date:%s\nx-amz-target:%s\n\n%s\n%s' % (
        TYPE, HOST, now, target, names, hashlib.sha256(body).hexdigest())
    text = 'AWS4-HMAC-SHA256\n%s\n%s\n%s' % (now, scope, hashlib.sha256(canonical.encode()).hexdigest())
    secret = ('AWS4%040d' % user).encode()
    for part in scope.split('/'):
        secret = mac(secret, part)
    return ('POST / HTTP/1.1\r\nHost: %s\r\nContent-Type: %s\r\nX-Amz-Target: %s\r\nX-Amz-Date: %s\r\n'
            'Authorization: AWS4-HMAC-SHA256 Credential=AKIA%s/%s, SignedHeaders=%s, Signature=%s\r\n'
            'Content-Length: %d\r\n\r\n' % (HOST, TYPE, target, now, letters(user, 16), scope, names,
                                            mac(secret, text).hex(), len(body))).encode() + body


def answer(sock):
    got = b''
    while b'\r\n\r\n' not in got:
        more = sock.recv(65536)
        if not more:
            raise EOFError('closed')
        got += more
    head, _, body = got.partition(b'\r\n\r\n')
    length = next(int(line.split(b':')[1]) for line in head.split(b'\r\n') if line.lower().startswith(b'content-length'))
    while len(body) < length:
        body += sock.recv(65536)
    return int(head.split()[1]), body


def few(i):
    number = i % min(FEW, KEYS)
    return number % ACCOUNTS, arn(number, 'key/')


def any_of_all(_, of='key/'):
    number = random.randrange(KEYS)
    return random.randrange(USERS // ACCOUNTS) * ACCOUNTS + number % ACCOUNTS, arn(number, of)


def any_alias(i):
    return any_of_all(i, 'alias/of-')


def granted(_):
    grant = random.randrange(GRANTS)
    return (grant // (ACCOUNTS - 1) * ACCOUNTS + grant % (ACCOUNTS - 1) + 1) % USERS, arn(0, 'key/')


def memory():
    with open('/proc/%d/status' % PID) as status:
        return next(int(line.split()[1]) // 1024 for line in status if line.startswith('VmRSS'))


def measure(choose, calls):
    times, failures = [], []
    with socket.create_connection((HOST, PORT), 60) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for i in range(calls):
            user, key = choose(i)
            request = signed(user, json.dumps({'KeyId': key, 'Plaintext': 'aGVsbG8='}).encode())
            start = time.perf_counter()
            sock.sendall(request)
            status, body = answer(sock)
            times.append(time.perf_counter() - start)
            if status != 200:
                failures.append('%d %s' % (status, body[:200].decode()))
    times.sort()
    return {'chosen': choose.__name__, 'keys': KEYS, 'calls': calls, 'failed': len(failures), 'failures': failures[:2],
            'p50_us': round(times[calls // 2] * 1e6), 'p99_us': round(times[calls * 99 // 100] * 1e6),
            'resident_mib': memory()}


def main():
    measure(few, 3000)  # warms up
    for choose in (few, any_of_all, any_alias, granted, few):
        print(json.dumps(measure(choose, CALLS)), flush=True)


if __name__ == '__main__':
    main()
