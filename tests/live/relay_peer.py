#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Clients and backends for relay.sh and relay_backends.sh.

	relay_peer.py serve ADDRESS PORT=KIND[,ARGUMENT]...
	relay_peer.py KIND ADDRESS PORT [ARGUMENT...]

A server prints `ready`, and then a line for each connection, with its port in front. The kinds are
the functions below whose names begin with serve_ and ask_.
"""
import hashlib
import os
import select
import signal
import socket
import struct
import sys
import threading

CHUNK = 1 << 18
BURST = 3 << 20
PATIENCE = 50
PRINTING = threading.Lock()


def say(*words):
    with PRINTING:
        print(*words, flush=True)


def make(seed, size):
    """Yields bytes that depend on the seed and on their place."""
    place = 0
    while place < size:
        block = hashlib.shake_128(b"%s %d" % (seed.encode(), place)).digest(1024) * (CHUNK // 1024)
        block = block[:size - place]
        yield block
        place += len(block)


def digest_of(seed, size):
    digest = hashlib.sha256()
    for block in make(seed, size):
        digest.update(block)
    return digest.hexdigest()


def send(sock, seed, size):
    for block in make(seed, size):
        sock.sendall(block)
    sock.shutdown(socket.SHUT_WR)


def receive(sock):
    """Reads up to the end. Returns the number of bytes, their digest, and how it has ended."""
    digest, size = hashlib.sha256(), 0
    try:
        while True:
            data = sock.recv(CHUNK)
            if not data:
                return size, digest.hexdigest(), "end"
            digest.update(data)
            size += len(data)
    except ConnectionResetError:
        return size, digest.hexdigest(), "reset"


def reset(sock):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def judge(got, seed, size):
    return "same" if got == (size, digest_of(seed, size), "end") else "other %d %s" % (got[0],
                                                                                     got[2])


def swap(sock, mine, other, size):
    """Both directions at the same time."""
    sender = threading.Thread(target=send, args=(sock, mine, size))
    sender.start()
    got = receive(sock)
    sender.join()
    return judge(got, other, size)


# ---- backends: they print what they return ----

def serve_swap(sock, size):
    return swap(sock, "backend", "client", int(size))


def serve_echo(sock, _):
    total = 0
    while data := sock.recv(CHUNK):
        sock.sendall(data)
        total += len(data)
    return "echoed %d" % total


def serve_late(sock, size):
    """The answer comes when the question has ended."""
    got = receive(sock)
    send(sock, "late", int(size))
    return "asked %d %s" % (got[0], got[2])


def serve_early(sock, size):
    """The answer ends before the question."""
    send(sock, "early", int(size))
    got = receive(sock)
    return "asked %d %s" % (got[0], got[2])


def serve_deaf(sock, _):
    """Reads nothing before a line comes on standard input."""
    say("deaf")
    sys.stdin.readline()
    got = receive(sock)
    return "read %d %s" % (got[0], got[2])


def serve_name(sock, name):
    """Tells its name, and stays."""
    sock.sendall(name.encode())
    return "%s %s" % (name, receive(sock)[2])


def serve_head(sock, _):
    """Prints the first bytes."""
    data = sock.recv(512)
    sock.sendall(b"x")
    return "head %s" % data.hex()


def serve_asked(sock, _):
    """Answers when the question has come, whatever is in front of it."""
    data = b""
    while not data.endswith(b"question"):
        data += sock.recv(512)
    sock.sendall(b"x")
    return "asked %s" % data.hex()


def serve_bursts(sock, count):
    """Answers a burst when all of it is there. A small buffer makes the sender's queue long."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
    good = 0
    for i in range(int(count)):
        digest, left = hashlib.sha256(), BURST
        while left and (data := sock.recv(min(left, CHUNK))):
            digest.update(data)
            left -= len(data)
        good += digest.hexdigest() == digest_of("burst %d" % i, BURST)
        sock.sendall(b"x")
    return "good %d" % good


def serve_reset(sock, _):
    sock.recv(1)
    reset(sock)
    return "reset"


# ---- clients: they print what they return ----

def connect(address, port):
    sock = socket.create_connection((address, int(port)), timeout=PATIENCE)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def ask_swap(address, port, size):
    return swap(connect(address, port), "client", "backend", int(size))


def ask_first(address, port, size):
    """Reads nothing before all is sent."""
    sock = connect(address, port)
    send(sock, "client", int(size))
    return judge(receive(sock), "backend", int(size))


def ask_short(address, port, count):
    """One connection after the other, with a message and its answer."""
    good = 0
    for i in range(int(count)):
        with connect(address, port) as sock:
            word = b"hello %d" % i
            sock.sendall(word)
            sock.shutdown(socket.SHUT_WR)
            answer = b""
            while data := sock.recv(64):
                answer += data
            good += answer == word
    return str(good)


def ask_late(address, port, size):
    sock = connect(address, port)
    send(sock, "question", 1000)
    return judge(receive(sock), "late", int(size))


def ask_early(address, port, size):
    """Sends only after the answer has ended."""
    sock = connect(address, port)
    got = receive(sock)
    send(sock, "question", 100000)
    return judge(got, "early", int(size))


def ask_urgent(address, port, size, others="100"):
    """A byte of urgent data is behind `size` others and before 100 more. An echo returns all of them
    but that one, or that one as well, which makes 101 `others`."""
    sock, total = connect(address, port), 0

    def speak():
        sock.sendall(bytes(int(size)))
        sock.send(b"!", socket.MSG_OOB)
        sock.sendall(bytes(100))

    threading.Thread(target=speak, daemon=True).start()
    try:
        while total < int(size) + int(others) and (data := sock.recv(CHUNK)):
            total += len(data)
    except TimeoutError:
        pass
    return str(total)


def wait_until_stopped(pid):
    while True:
        with open("/proc/%d/stat" % pid, encoding="ascii") as stat:
            if stat.read().rpartition(")")[2].split()[0] == "T":
                return
        os.sched_yield()


def ask_burst(address, port, pid, backend_port):
    """Is the backend, too. Both ends reset their connection while the relay is stopped, and it gets
    SIGUSR2 in between: so it learns of all three at once."""
    pid, listener = int(pid), socket.create_server((address, int(backend_port)))
    for _ in range(3):
        sock = connect(address, port)
        backend, _ = listener.accept()
        sock.sendall(b"x")
        backend.recv(1)
        os.kill(pid, signal.SIGSTOP)
        wait_until_stopped(pid)
        reset(sock)
        os.kill(pid, signal.SIGUSR2)
        reset(backend)
        os.kill(pid, signal.SIGCONT)
    return "done"


def ask_bursts(address, port, count):
    sock, answers = connect(address, port), 0
    for i in range(int(count)):
        for block in make("burst %d" % i, BURST):
            sock.sendall(block)
        answers += len(sock.recv(1))
    return str(answers)


def ask_deaf(address, port):
    """Sends until no byte is taken for a second; then waits for standard input to go on."""
    sock, total = connect(address, port), 0
    sock.setblocking(False)
    while select.select([], [sock], [], 1)[1]:
        total += sock.send(bytes(CHUNK))
    say("sent %d" % total)
    sys.stdin.readline()
    sock.setblocking(True)
    sock.shutdown(socket.SHUT_WR)
    return receive(sock)[2]


def ask_name(address, port, count="1"):
    """The names of the backends that `count` connections reach, one after the other."""
    names = []
    for _ in range(int(count)):
        with connect(address, port) as sock:
            try:
                names.append(sock.recv(64).decode() or "nobody")
            except ConnectionResetError:
                names.append("reset")
    return " ".join(names)


def ask_hold(address, port):
    """Tells the backend's name, and holds the connection until it ends."""
    sock = connect(address, port)
    say("holds " + sock.recv(64).decode())
    threading.Thread(target=lambda: (sys.stdin.readline(), sock.shutdown(socket.SHUT_WR)),
                     daemon=True).start()
    return receive(sock)[2]


def visit(address, port, stop, counts):
    """Connections, one after the other, with a word and its answer, and what became of them."""
    while not stop.is_set():
        what = "refused"
        try:
            with connect(address, port) as sock:
                what = "broken"
                sock.sendall(b"x")
                sock.shutdown(socket.SHUT_WR)
                what = "answered" if receive(sock)[::2] == (1, "end") else what
        except OSError as error:
            what = what if what == "broken" or isinstance(error, ConnectionRefusedError) else "other"
        with PRINTING:
            counts[what] += 1
        if what == "refused" and (stop.once_refused or stop.wait(0.02)):
            return


def ask_crowd(address, port, clients, until):
    """Visitors side by side, until they are refused, or until a line on standard input. It is
    `busy` after a hundred answers."""
    stop, counts = threading.Event(), dict.fromkeys(("answered", "broken", "refused", "other"), 0)
    stop.once_refused = until == "refused"
    threads = [threading.Thread(target=visit, args=(address, port, stop, counts))
               for _ in range(int(clients))]
    for thread in threads:
        thread.start()
    while counts["answered"] < 100 and any(t.is_alive() for t in threads):
        threads[0].join(0.01)
    say("busy")
    if not stop.once_refused:
        sys.stdin.readline()
        stop.set()
    for thread in threads:
        thread.join()
    return "%(answered)d answered, %(broken)d broken, %(refused)d refused, %(other)d other" % counts


def ask_head(address, port):
    sock = connect(address, port)
    say("port %d" % sock.getsockname()[1])
    sock.sendall(b"question")
    return sock.recv(1).decode()


def ask_end(address, port):
    """Sends a byte, and tells how the connection ends."""
    sock = connect(address, port)
    sock.sendall(b"x")
    return receive(sock)[2]


def ask_flood(address, port):
    """Sends until the connection ends, and reads nothing."""
    sock = connect(address, port)
    try:
        while True:
            sock.sendall(bytes(CHUNK))
    except (ConnectionResetError, BrokenPipeError):
        return "reset"


def ask_reset(address, port):
    sock = connect(address, port)
    sock.recv(64)
    reset(sock)
    return "done"


def handle(port, kind, argument, sock):
    with sock:
        try:
            said = globals()["serve_" + kind](sock, argument)
        except OSError as error:
            said = type(error).__name__
    say(port, said)


def accept(listener, port, kind, argument):
    while True:
        sock, _ = listener.accept()
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=handle, args=(port, kind, argument, sock), daemon=True).start()


def serve(address, *backends):
    threads = []
    for backend in backends:
        port, _, rest = backend.partition("=")
        kind, _, argument = rest.partition(",")
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        listener = socket.create_server((address, int(port)), family=family, backlog=1000)
        threads.append(threading.Thread(target=accept, args=(listener, port, kind, argument)))
    for thread in threads:
        thread.start()
    say("ready")


def main():
    if sys.argv[1] == "serve":
        serve(*sys.argv[2:])
    else:
        try:
            say(globals()["ask_" + sys.argv[1]](*sys.argv[2:]))
        except ConnectionRefusedError:
            say("refused")
        except ConnectionResetError:
            say("reset")


if __name__ == "__main__":
    main()
