"""Faults and floods against a packaged server, each with the figure that tells how it was borne.

    faults.py TRENT SCENARIO [--scale FACTOR]

TRENT is the launcher of a built tree: run it with that of an older one for the figure before. It is started on ports of
its own and a new folder, with `dev`, where each account is its own caller. Prints a line of JSON; SCENARIO is a name in
the table at the end. Some mount a small disk and need root.
"""
import base64, http.client, json, os, shutil, signal, sqlite3, statistics, subprocess, sys, tempfile, threading, time

TRENT, NAME = os.path.abspath(sys.argv[1]), sys.argv[2]
SCALE = float(sys.argv[sys.argv.index('--scale') + 1]) if '--scale' in sys.argv else 1
FIRST, SECOND = '111111111111', '222222222222'
sys.argv = ['flood.py', '0', 'none']
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import flood  # how a request is signed


class Server:
    def __init__(self, data, *more):
        self.folder = tempfile.mkdtemp(dir=PLACE)
        self.arguments = [TRENT, 'dev', '--data', data, '--listen', '127.0.0.1:0', '--admin-listen', '127.0.0.1:0', *more]
        self.data = data
        self.start()

    def start(self):
        out = os.path.join(self.folder, 'out')
        with open(out, 'w') as stdout, open(os.path.join(self.folder, 'err'), 'a') as stderr:
            self.process = subprocess.Popen(self.arguments, stdout=stdout, stderr=stderr, stdin=subprocess.DEVNULL)
        self.port, self.admin = None, None
        for _ in range(600):
            with open(out) as lines:
                urls = [line.split('http://127.0.0.1:')[1].strip() for line in lines if 'http://127.0.0.1:' in line]
            if len(urls) >= 2:
                self.port, self.admin = int(urls[0]), int(urls[1])
                return
            if self.process.poll() is not None:
                return
            time.sleep(0.05)

    def alive(self):
        return self.process.poll() is None

    def ready(self):
        try:
            asked = http.client.HTTPConnection('127.0.0.1', self.admin, timeout=5)
            asked.request('GET', '/readyz')
            return asked.getresponse().status
        except OSError:
            return 0

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        start = time.monotonic()
        self.process.wait(60)
        return time.monotonic() - start

    def database(self):
        return sqlite3.connect(os.path.join(self.data, 'trent.db'))


class Client:
    """One connection of one account."""

    def __init__(self, server, account=FIRST):
        self.server, self.account, self.sock = server, account, None

    def send(self, operation, **members):
        """Status and members of the answer; 0 if the connection broke."""
        try:
            if not self.sock:
                self.sock = flood.connect(self.server.port, 60, False)
            request = flood.signed(operation, json.dumps(members).encode())
            self.sock.sendall(request.replace(flood.KEY.encode(), self.account.encode()))
            status, body = flood.answer(self.sock)
            return status, json.loads(body or b'{}')
        except (OSError, EOFError, StopIteration):
            if self.sock:
                self.sock.close()
            self.sock = None
            return 0, {}

    def ok(self, operation, **members):
        status, answer = self.send(operation, **members)
        if status != 200:
            raise AssertionError('%s: %d %s' % (operation, status, answer))
        return answer

    def key(self, **members):
        return self.ok('CreateKey', **members)['KeyMetadata']['KeyId']


def threads(many, body):
    """Runs body(number) in so many threads until what it returns is called."""
    going = threading.Event()
    going.set()
    made = [threading.Thread(target=body, args=(i, going.is_set), daemon=True) for i in range(many)]
    for each in made:
        each.start()

    def end():
        going.clear()
        for each in made:
            each.join(120)
    return end


def until(condition, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.01)
    return False


def mounted(kib):
    folder = os.path.join(PLACE, 'disk')
    os.mkdir(folder)
    subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=%dk,mode=0700' % kib, 'tmpfs', folder], check=True)
    MOUNTS.append(folder)
    return folder


def timed(client, operation, seconds, **members):
    """How long each call took, in ms, for so many seconds."""
    took, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        start = time.monotonic()
        client.ok(operation, **members)
        took.append(1000 * (time.monotonic() - start))
    return took


def idle(server):
    """Whether the server has hardly computed for half a second."""
    def used():
        with open('/proc/%d/stat' % server.process.pid) as stat:
            return sum(map(int, stat.read().rsplit(')', 1)[1].split()[11:13]))
    before = used()
    time.sleep(0.5)
    return used() - before <= 5


def p99(values):
    return sorted(values)[min(len(values) - 1, len(values) * 99 // 100)]


# ---- B: an error of the driver

def full_disk():
    """Writes that fail when there is room again, and things that are there though they were refused."""
    server = Server(mounted(8192))
    keys = [Client(server).key() for _ in range(8)]
    refused, lock = set(), threading.Lock()

    def write(number, going):
        client = Client(server)
        for i in range(20_000):
            if not going():
                return
            alias = 'alias/%d-%d' % (number, i)
            status, _ = client.send('CreateAlias', AliasName=alias, TargetKeyId=keys[number])
            if status == 503:
                with lock:
                    refused.add(alias)
            client.send('DeleteAlias', AliasName=alias)

    end = threads(8, write)
    time.sleep(0.5)
    ballast = os.path.join(server.data, 'ballast')
    with open(ballast, 'wb', 0) as out:
        try:
            while True:
                out.write(b'x' * 4096)
        except OSError:
            pass
    noticed = until(lambda: server.ready() == 503)
    end()
    os.remove(ballast)
    back = until(lambda: server.ready() == 200)
    client, failed = Client(server), 0
    for i in range(200):
        failed += client.send('CreateAlias', AliasName='alias/after-%d' % i, TargetKeyId=keys[i % 8])[0] != 200
        client.send('DeleteAlias', AliasName='alias/after-%d' % i)
    there = 0
    for key in keys:
        found = client.ok('ListAliases', KeyId=key, Limit=100)['Aliases']
        there += sum(each['AliasName'] in refused for each in found)
    return {'readyz told of it': noticed, 'ready again': back, 'failed of 200 writes afterwards': failed,
            'refused, but there': there}


def damaged_page():
    """Keys that cannot be read when one page of the database is damaged, of 600."""
    server = Server(os.path.join(PLACE, 'data'))
    client = Client(server)
    keys = [client.key() for _ in range(600)]
    server.stop()
    path = os.path.join(server.data, 'trent.db')
    with open(path, 'rb') as file:
        content = file.read()
    page = content.find(keys[300].encode()) // 4096
    with open(path, 'r+b') as file:
        file.seek(4096 * page)
        file.write(b'\xff' * 4096)
    server.start()
    if not server.alive() or not server.port:
        return {'starts': False}
    client = Client(server)
    unread = sum(client.send('DescribeKey', KeyId=key)[0] != 200 for key in keys)
    return {'starts': True, 'unreadable of 600 keys': unread}


def small_volume():
    """Writes until the store is locked by its own log, on a volume of 8 MiB; 5,000 at most."""
    server = Server(mounted(8192))
    client = Client(server)
    key = client.key()
    for i in range(5000):
        status, _ = client.send('UpdateKeyDescription', KeyId=key, Description=str(i % 10) * 8192)
        if status != 200:
            return {'writes before it is locked': i, 'ready 5 s later': until(lambda: server.ready() == 200, 5)}
    return {'writes, and it is not locked': 5000}


# ---- C: time

def leap():
    """Keys destroyed within 25 s of a start at which the clock is 20 days ahead, of 20 that wait for 7."""
    server = Server(os.path.join(PLACE, 'data'))
    client = Client(server)
    keys = [client.key() for _ in range(20)]
    for key in keys:
        client.ok('ScheduleKeyDeletion', KeyId=key, PendingWindowInDays=7)
    time.sleep(12)  # the timer has noted the clock
    server.stop()
    back = 20 * 24 * 3600 * 1000
    with server.database() as database:  # all that was, was 20 days ago
        database.execute('update kms_key set deletion_ms = deletion_ms - ?, created_ms = created_ms - ?', (back, back))
        for table, name, value in (('setting', 'name', 'value'),):
            row = database.execute('select %s from %s where %s = ?' % (value, table, name), ('clock',)).fetchone()
            if row:
                words = row[0].split(' ', 1)
                words[0] = str(int(words[0]) - back)
                database.execute('update %s set %s = ? where %s = ?' % (table, value, name), (' '.join(words), 'clock'))
    database.close()
    server.start()
    time.sleep(25)
    client = Client(server)
    return {'destroyed of 20 keys': sum(client.send('DescribeKey', KeyId=key)[0] != 200 for key in keys)}


# ---- D: long work

WINDOWS, WINDOW_SECONDS = 6, 4.0


def key_floods():
    """p99 of Encrypt and of a write beside 60 callers who want RSA_4096, by p99 without; the median of interleaved pairs."""
    server = Server(os.path.join(PLACE, 'data'))
    own = Client(server, SECOND)
    key = own.key()
    own.ok('CreateAlias', AliasName='alias/others', TargetKeyId=key)
    pair = Client(server).key()
    plaintext = base64.b64encode(b'x' * 32).decode()

    def window():
        encrypt = timed(own, 'Encrypt', WINDOW_SECONDS / 2, KeyId=key, Plaintext=plaintext)
        write = timed(own, 'UpdateAlias', WINDOW_SECONDS / 2, AliasName='alias/others', TargetKeyId=key)
        return p99(encrypt), p99(write), statistics.median(encrypt), statistics.median(write)

    def flooded(_, going):
        client = Client(server)
        while going():
            status, _ = client.send('GenerateDataKeyPair', KeyId=pair, KeyPairSpec='RSA_4096')
            if status != 200:
                time.sleep(1)  # longer than SDKs do when they are throttled at first

    def flood_process():
        """In a process of its own: its threads must not be what slows the one that measures."""
        child = os.fork()
        if child == 0:
            threads(60, flooded)
            while True:
                signal.pause()
        return child

    for _ in range(2):
        window()  # until it is compiled
    pairs = []
    for _ in range(max(1, int(WINDOWS * SCALE))):
        quiet = window()
        child = flood_process()
        time.sleep(1)
        flood_window = window()
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        until(lambda: idle(server), 60)
        pairs.append((quiet, flood_window))
    names = ('Encrypt p99', 'write p99', 'Encrypt median', 'write median')
    figures = {}
    for i, name in enumerate(names):
        ratios = sorted(f[i] / q[i] for q, f in pairs)
        figures[name] = {'ratio': round(statistics.median(ratios), 2), 'ratios': [round(r, 2) for r in ratios],
                         'quiet ms': round(statistics.median(q[i] for q, _ in pairs), 2),
                         'flood ms': round(statistics.median(f[i] for _, f in pairs), 2)}
    return {**figures, 'load': os.getloadavg()[0]}


def six_keys():
    """The slowest Sign while six CreateKey of RSA_4096 run, and the slowest write beside 60 key pairs."""
    server = Server(os.path.join(PLACE, 'data'))
    own, message = Client(server, SECOND), base64.b64encode(b'x' * 32).decode()
    signing = own.key(KeySpec='RSA_2048', KeyUsage='SIGN_VERIFY')
    sign = {'KeyId': signing, 'Message': message, 'SigningAlgorithm': 'RSASSA_PSS_SHA_256'}
    timed(own, 'Sign', 1, **sign)
    done = []

    def make(_, going):
        done.append(Client(server).send('CreateKey', KeySpec='RSA_4096', KeyUsage='SIGN_VERIFY')[0])

    end, took = threads(6, make), []
    while len(done) < 6:
        took += timed(own, 'Sign', 0.2, **sign)
    end()
    own.ok('CreateAlias', AliasName='alias/others', TargetKeyId=signing)
    greedy, answered = Client(server).key(), []

    def pair(_, going):
        answered.append(Client(server).send('GenerateDataKeyPair', KeyId=greedy, KeyPairSpec='RSA_4096')[0])

    threads(60, pair)
    time.sleep(0.5)
    writes = timed(own, 'UpdateAlias', 5, AliasName='alias/others', TargetKeyId=signing)
    return {'slowest Sign ms': round(max(took)), 'slowest write ms': round(max(writes)), 'keys made': done.count(200)}


# ---- E: one writer for all

def refused_tags():
    """Writes of 8 callers beside four whose TagResource is refused each time, by those beside four who are let through."""
    server = Server(os.path.join(PLACE, 'data'))
    keys = [Client(server).key() for _ in range(8)]
    full = Client(server).key()
    tags = [{'TagKey': 'k%d' % i, 'TagValue': 'v'} for i in range(50)]
    Client(server).ok('TagResource', KeyId=full, Tags=tags)
    written = [0] * 8

    def write(number, going):
        client, i = Client(server), 0
        while going():
            client.ok('UpdateKeyDescription', KeyId=keys[number], Description=str(i))
            i += 1
            written[number] += 1

    def tag(expected, name):
        def one(_, going):
            client = Client(server)
            while going():
                status, _ = client.send('TagResource', KeyId=full, Tags=[{'TagKey': name, 'TagValue': 'v'}])
                if status != expected:
                    raise AssertionError('answered %d' % status)
        return one

    def rate(beside):
        end_beside = threads(4, beside)
        before, start = sum(written), time.monotonic()
        time.sleep(2)
        made = (sum(written) - before) / (time.monotonic() - start)
        end_beside()
        return made

    end = threads(8, write)
    time.sleep(2)
    accepted, refused = tag(200, 'k0'), tag(400, 'more')
    ratios = [rate(refused) / rate(accepted) for _ in range(5)]
    end()
    return {'writes beside refused, by those beside accepted': round(statistics.median(ratios), 2),
            'ratios': [round(each, 2) for each in sorted(ratios)]}


def named_grants():
    """One more grant of a name that 50,000 grants have already; in ms, the slowest of ten."""
    many = int(50_000 * SCALE)
    server = Server(os.path.join(PLACE, 'data'), '--quota', 'grants-per-key=100000')
    key = Client(server).key()
    # The same name, and another operation each time: every combination is a grant of its own.
    operations = ['Encrypt', 'Decrypt', 'GenerateDataKey', 'DescribeKey', 'CreateGrant', 'RetireGrant',
                  'GenerateDataKeyWithoutPlaintext', 'ReEncryptFrom', 'ReEncryptTo']

    def grant(client, i):
        return client.send('CreateGrant', KeyId=key, Name='one', Operations=operations[:1 + i % 9],
                           GranteePrincipal='arn:aws:iam::%s:user/u%d' % (FIRST, i))[0]

    made = [0] * 16

    def fill(number, going):
        client = Client(server)
        for i in range(number, many, 16):
            if not going() or not server.alive():
                return
            made[number] += grant(client, i) == 200

    end = threads(16, fill)
    until(lambda: sum(made) >= many or not server.alive(), 600)
    end()
    took, client = [], Client(server)
    for i in range(10):
        start = time.monotonic()
        grant(client, many + i)
        took.append(1000 * (time.monotonic() - start))
    return {'grants': sum(made), 'slowest ms': round(max(took), 1), 'alive': server.alive()}


# ---- F: the store is not the store

def moved_files():
    """Writes that are acknowledged and lost when the files are moved away under load, and a second server beside it."""
    lost = {}
    for name in ('trent.db', 'trent.lock', ''):
        data = os.path.join(PLACE, 'data-' + (name or 'folder'))
        seal = ('--seal', 'file:' + data + '.key')
        server = Server(data, *seal)
        key = Client(server).key()
        acknowledged, moved = [], threading.Event()

        def write(number, going):
            client, i = Client(server), 0
            while going():
                alias, i = 'alias/%d-%d' % (number, i), i + 1
                after = moved.is_set()
                if client.send('CreateAlias', AliasName=alias, TargetKeyId=key)[0] == 200 and after:
                    acknowledged.append(alias)
                client.send('DeleteAlias', AliasName='alias/%d-%d' % (number, i - 2))
        end = threads(4, write)
        time.sleep(0.5)
        os.rename(os.path.join(data, name).rstrip('/'), data + '.away')
        moved.set()
        time.sleep(2)
        end()
        second = Server(data, *seal)
        lost[name or 'the folder'] = {'acknowledged and lost': len(acknowledged), 'a second server starts': second.alive()}
        for each in (server, second):
            if each.alive():
                each.stop(signal.SIGKILL)
    return lost


def erased():
    """Sealed materials found in the files 10 s after their deletion, of 20."""
    server = Server(os.path.join(PLACE, 'data'))
    client = Client(server)
    for _ in range(20):
        client.key()
    doomed = [client.key() for _ in range(20)]
    with server.database() as database:
        sql = 'select sealed from key_material where key_id = ?'
        sealed = [database.execute(sql, (key,)).fetchone()[0] for key in doomed]
        # A few bytes are the number of what is sealed, behind a byte that tells so.
        sealed = [each if len(each) > 9 else database.execute(
            'select value from seal where id = ?', (int.from_bytes(each[1:], 'big'),)).fetchone()[0] for each in sealed]
    database.close()
    for key in doomed:
        client.ok('ScheduleKeyDeletion', KeyId=key, PendingWindowInDays=7)
    server.stop()
    with server.database() as database:  # they are due, and the clock has not leapt
        database.execute('update kms_key set deletion_ms = ? where deletion_ms is not null', (int(time.time() * 1000),))
    database.close()
    server.start()
    client = Client(server)
    until(lambda: all(client.send('DescribeKey', KeyId=key)[0] != 200 for key in doomed), 30)
    time.sleep(10)
    found = 0
    for folder, _, files in os.walk(server.data):
        for name in files:
            with open(os.path.join(folder, name), 'rb') as file:
                content = file.read()
            found += sum(each in content for each in sealed)
    gone = sum(client.send('DescribeKey', KeyId=key)[0] != 200 for key in doomed)
    return {'deleted': gone, 'sealed copies found': found}


# ---- G: what is read, and who waits

def pairs():
    """Pairs of ListAliases and DescribeKey of which the second shows an older target than the first, in per cent."""
    server = Server(os.path.join(PLACE, 'data'))
    client = Client(server)
    keys = [client.key() for _ in range(2)]
    client.ok('CreateAlias', AliasName='alias/moved', TargetKeyId=keys[0])
    seen, back, begun, done = [0], [0], [0], [0]

    def move(_, going):
        mover = Client(server)
        while going():
            begun[0] += 1
            mover.ok('UpdateAlias', AliasName='alias/moved', TargetKeyId=keys[begun[0] % 2])
            done[0] = begun[0]
            time.sleep(0.002)

    def look(_, going):
        reader = Client(server)
        while going():
            before = done[0]
            listed = [each for each in reader.ok('ListAliases')['Aliases'] if each['AliasName'] == 'alias/moved']
            described = reader.ok('DescribeKey', KeyId='alias/moved')['KeyMetadata']['KeyId']
            if begun[0] <= before + 1:  # one move at most was under way: to the other key, never back
                seen[0] += 1
                back[0] += (listed[0]['TargetKeyId'], described) == (keys[(before + 1) % 2], keys[before % 2])

    end = threads(1, move)
    end_look = threads(3, look)
    time.sleep(10 * SCALE)
    end_look()
    end()
    return {'pairs': seen[0], 'went back, %': round(100 * back[0] / max(1, seen[0]), 3)}


def unread_log():
    """Calls that are answered while nobody reads the log, of 8,000, and how long the end takes, in s."""
    process = subprocess.Popen([TRENT, 'dev', '--listen', '127.0.0.1:0', '--admin-listen', '127.0.0.1:0', '--log', 'requests'],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
    try:
        line = process.stdout.readline().decode()

        class Started:
            port = int(line.split('127.0.0.1:')[1])
        client, answered = Client(Started), 0
        client.ok('ListKeys')
        client.sock.settimeout(10)
        for _ in range(8000):
            if client.send('ListKeys')[0] != 200:
                break
            answered += 1
        start = time.monotonic()
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            pass
        return {'answered of 8000': answered, 'end s': round(time.monotonic() - start, 1),
                'ended': process.poll() is not None}
    finally:
        process.kill()


SCENARIOS = {each.__name__: each for each in (
    full_disk, damaged_page, small_volume, leap, key_floods, six_keys, refused_tags, named_grants, moved_files, erased,
    pairs, unread_log)}
PLACE, MOUNTS, STARTED = tempfile.mkdtemp(prefix='faults'), [], []
_start = Server.start


def _started(self):
    _start(self)
    STARTED.append(self.process)


Server.start = _started


def main():
    try:
        print(json.dumps({'scenario': NAME, **SCENARIOS[NAME]()}))
    finally:
        for each in STARTED:
            if each.poll() is None:
                each.kill()
                each.wait()
        for each in MOUNTS:
            subprocess.run(['umount', '-l', each])
        shutil.rmtree(PLACE, ignore_errors=True)


if __name__ == '__main__':
    main()
