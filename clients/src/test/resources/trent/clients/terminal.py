"""Runs the launcher with a terminal on standard error, as somebody at a keyboard has it.

terminal.py UNTIL KEYS COMMAND...: waits until the terminal shows UNTIL, runs what it offers to paste, sends the keys
(c: Ctrl-C, t: SIGTERM; h: a call that stays unfinished) with a wait for what the first makes it say, and prints as JSON what it wrote and how it ended.
"""

import json
import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import time

DEADLINE_SECONDS = 300

# Two signals within less are taken for one.
NOT_THE_SAME_SECONDS = 0.4

until, keys, command = sys.argv[1], sys.argv[2], sys.argv[3:]
end = time.monotonic() + DEADLINE_SECONDS

environment = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith("TRENT_") or name == "TRENT_NO_DOWNLOAD"
}
pid, terminal = pty.fork()
if pid == 0:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    out = os.open("terminal-stdout.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(out, 1)  # standard output is for programs; the keyboard and standard error are the terminal
    os.execvpe(command[0], command, environment)

shown = b""


def read_until(what):
    """Reads what the terminal shows until this is in it, or all of it has come; says which."""
    global shown
    while not re.search(what.encode(), shown):
        if time.monotonic() > end:
            raise SystemExit(f"not within {DEADLINE_SECONDS} s: {what} in {shown!r}")
        if not select.select([terminal], [], [], 1)[0]:
            continue
        try:
            some = os.read(terminal, 65536)
        except OSError:  # Linux says so when the last who had it open has closed it
            some = b""
        if not some:
            return False
        shown += some
    return True


def hold():
    """A call that has begun and does not go on: its body does not come."""
    with open("terminal-stdout.log", encoding="utf-8") as listening:
        port = int(re.search(r":(\d+)$", listening.readline().strip()).group(1))
    held = socket.create_connection(("127.0.0.1", port), timeout=60)
    held.sendall(
        f"POST / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n".encode()
    )
    if b" 100 " not in held.recv(100):
        raise SystemExit("the call was not taken")
    return held


answer = {"pasted": None}
if read_until(until):
    text = re.sub(r"\x1b\[\d*m", "", shown.decode()).replace("\r\n", "\n")
    block = re.search(r"Paste this.*?\n\n(.*?)\n\n", text, re.S)
    if block:
        ran = subprocess.run(
            ["bash", "-euc", block.group(1)], env=environment, capture_output=True, text=True, timeout=120
        )
        answer["pasted"] = {"exit": ran.returncode, "stdout": ran.stdout, "stderr": ran.stderr}
    held = None
    for number, key in enumerate(keys):
        if key == "h":
            held = hold()
            continue
        if key == "c":
            os.write(terminal, b"\x03")
        else:
            os.kill(pid, signal.SIGTERM)
        if number + 1 < len(keys):
            read_until("stopping: ")
            time.sleep(NOT_THE_SAME_SECONDS)
    read_until("nothing that is ever shown: the end")
_, status = os.waitpid(pid, 0)
answer["exit"] = os.waitstatus_to_exitcode(status)
answer["terminal"] = shown.decode().replace("\r\n", "\n")
with open("terminal-stdout.log", encoding="utf-8") as written:
    answer["stdout"] = written.read()
print(json.dumps(answer))
