#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Both ends of connections for the tests of bypass.

bypass_peers.py CGROUP WHAT [ARGUMENT...]: joins the cgroup, does WHAT, and prints what it saw. A
cgroup "-" joins none.
"""
import fcntl
import hashlib
import os
import random
import select
import signal
import socket
import struct
import sys
import termios

PATIENCE = 60
LOOPBACK = {socket.AF_INET: "127.0.0.1", socket.AF_INET6: "::1"}


def join(cgroup):
    if cgroup != "-":
        with open(os.path.join(cgroup, "cgroup.procs"), "w", encoding="ascii") as procs:
            procs.write("0")


def listen(family=socket.AF_INET, addr=None, port=0, defer=False):
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if defer:
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 5)
    listener.bind((addr or LOOPBACK[family], port))
    listener.listen(16)
    return listener


def connect(listener, port=0):
    client = socket.socket(listener.family, socket.SOCK_STREAM)
    client.settimeout(PATIENCE)
    if port:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        client.bind((listener.getsockname()[0], port))
    client.connect(listener.getsockname()[:2])
    return client


def pair(family=socket.AF_INET):
    listener = listen(family)
    client = connect(listener)
    server = listener.accept()[0]
    server.settimeout(PATIENCE)
    return client, server


def read_all(sock, limit=None):
    """Reads until the end, or until `limit` bytes. With a timeout Python polls first."""
    parts, got = [], 0
    while limit is None or got < limit:
        part = sock.recv(1 << 20)
        if not part:
            break
        parts.append(part)
        got += len(part)
    return b"".join(parts)


def send_stream(sock, seed, total):
    """Sends pieces of many lengths, and returns their digest."""
    rand, digest = random.Random(seed), hashlib.sha256()
    block = rand.randbytes(1 << 20)
    while total:
        size = min(total, rand.choice((1, 64, 1000, 4096, 65536, 300000)))
        at = rand.randrange(len(block) - size)
        piece = memoryview(block)[at:at + size]
        sock.sendall(piece)
        digest.update(piece)
        total -= size
    return digest.hexdigest()


def digest_stream(sock):
    digest, got = hashlib.sha256(), 0
    while True:
        part = sock.recv(random.randrange(1, 500000))
        if not part:
            return digest.hexdigest(), got
        digest.update(part)
        got += len(part)


def child(work):
    """Runs work() in another process, which prints nothing by itself. Returns how to wait."""
    read_fd, write_fd = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.write(write_fd, repr(work()).encode())
            status = 0
        finally:
            os._exit(status)
    os.close(write_fd)

    def wait():
        with os.fdopen(read_fd) as said:
            text = said.read()
        os.waitpid(pid, 0)
        return text
    return wait


def exact(family, mib):
    """Two streams at the same time, one each way, each over a connection of its own."""
    mib, family = int(mib), socket.AF_INET6 if family == "6" else socket.AF_INET
    there, back = pair(family), pair(family)
    size = mib << 20

    def server():
        there[0].close()
        back[0].close()
        sent = child(lambda: (send_stream(back[1], 2, size), back[1].shutdown(socket.SHUT_WR))[0])
        got = digest_stream(there[1])
        return got, sent()

    wait = child(server)
    there[1].close()
    back[1].close()
    sent = child(lambda: (send_stream(there[0], 1, size), there[0].shutdown(socket.SHUT_WR))[0])
    got = digest_stream(back[0])
    (server_got, server_bytes), server_sent = eval(wait())
    print("there", server_bytes == size and repr(server_got) == sent())
    print("back", got[1] == size and repr(got[0]) == server_sent)


def defer():
    """The first data goes by TCP, as the server's end does not exist yet. Nothing may overtake it."""
    listener = listen(defer=True)
    client = connect(listener)
    client.sendall(b"AAAA")
    listener.settimeout(PATIENCE)
    select.select([listener], [], [], PATIENCE)
    client.sendall(b"BBBB")
    server = listener.accept()[0]
    server.settimeout(PATIENCE)
    early = server.recv(4)
    client.sendall(b"CC")
    client.close()
    print((early + read_all(server)).decode())


def begin_by_tcp():
    """A connection whose first bytes went by TCP and are unread."""
    listener = listen(defer=True)
    client = connect(listener)
    client.sendall(b"1234")
    select.select([listener], [], [], PATIENCE)
    server = listener.accept()[0]
    server.settimeout(PATIENCE)
    return client, server


def late(rounds):
    """A direction that began by TCP is taken over later, when all of that is read."""
    client, server = begin_by_tcp()
    got = server.recv(4)
    for number in range(int(rounds)):
        message = b"%06d" % number
        client.sendall(message)
        got += read_all(server, len(message))
    print("exact", got == b"1234" + b"".join(b"%06d" % number for number in range(int(rounds))))


def unread(sock):
    """Returns how many bytes wait in the queue of TCP; the port tells the socket."""
    with open("/proc/net/tcp", encoding="ascii") as table:
        for line in table:
            words = line.split()
            if words[1].endswith(":%04X" % sock.getsockname()[1]) and words[3] == "01":
                return int(words[4].split(":")[1], 16)
    return -1


def unacknowledged(sock):
    return struct.unpack("i", fcntl.ioctl(sock, termios.TIOCOUTQ, b"\0" * 4))[0]


def waitall():
    """A reader that waits inside of TCP's receive function for more is not forgotten there."""
    client, server = begin_by_tcp()
    server.settimeout(None)
    wait = child(lambda: server.recv(10, socket.MSG_WAITALL))
    while unread(server) or unacknowledged(client):
        select.select([], [], [], 0.01)
    client.sendall(b"567890")
    print("got", wait())


def early(count):
    """Clients that send at once and close, before the server has accepted them."""
    listener, wrong = listen(), 0
    for _ in range(int(count)):
        client = connect(listener)
        for letter in b"abcdefgh":
            client.send(bytes([letter]))
        client.close()
        server = listener.accept()[0]
        server.settimeout(PATIENCE)
        wrong += read_all(server) != b"abcdefgh"
        server.close()
    print("wrong", wrong)


def half_close():
    """The client ends its direction. The other one goes on."""
    client, server = pair()
    client.sendall(b"x" * 300000)
    client.shutdown(socket.SHUT_WR)
    print("read", len(read_all(server)))
    server.sendall(b"y" * 200000)
    server.close()
    print("answer", len(read_all(client)))


def talk(rounds, size):
    """A ping-pong within one process."""
    client, server = pair()
    message = b"m" * int(size)
    for _ in range(int(rounds)):
        client.sendall(message)
        read_all(server, len(message))
        server.sendall(message)
        read_all(client, len(message))
    print("talked", client.getsockname()[1], server.getsockname()[1])


def http(family, size):
    """A request and an answer with bodies, the last one from a file. Prints what each end sent."""
    client, server = pair(socket.AF_INET6 if family == "6" else socket.AF_INET)
    size, rand = int(size), random.Random(4)
    body, answer = rand.randbytes(size), rand.randbytes(2 * size)
    request = b"POST /upload HTTP/1.1\r\nHost: test\r\nContent-Length: %d\r\n\r\n" % size
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(answer)
    wait = child(lambda: (client.sendall(request), client.sendall(body)) and 0)
    got = read_all(server, len(request) + size) == request + body
    wait()
    with open("answer", "w+b") as file:
        file.write(answer)
        file.flush()
        wait = child(lambda: (server.sendall(head), server.sendfile(file, 0)) and 0)
        got = got and read_all(client, len(head) + len(answer)) == head + answer
        wait()
    print("http", got, client.getsockname()[1], hashlib.sha256(request + body).hexdigest(),
          hashlib.sha256(head + answer).hexdigest())
    client.close()
    server.close()


def hold():
    """A ping-pong for each line of standard input, on one connection."""
    client, server = pair()
    print("ready", client.getsockname()[1], server.getsockname()[1], flush=True)
    for number, _ in enumerate(sys.stdin):
        message = b"%d." % number * 1000
        client.sendall(message)
        answer = read_all(server, len(message))
        server.sendall(answer)
        print("done", read_all(client, len(message)) == message, flush=True)


def twins(port, name):
    """One of two connections with the same addresses and ports, in different namespaces."""
    port = int(port)
    listener = listen(port=port)
    client = connect(listener, port + 1)
    server = listener.accept()[0]
    server.settimeout(PATIENCE)
    print("ready", flush=True)
    for line in sys.stdin:
        message = (name + line).encode()
        client.sendall(message)
        got = read_all(server, len(message))
        server.sendall(message)
        print("done", got == message and read_all(client, len(message)) == message, flush=True)


def deaf(mib):
    """A reader that does not read at first: how much a sender that never waits gets rid of."""
    client, server = pair()
    client.setblocking(False)
    rand = random.Random(3)
    block, sent, digest = rand.randbytes(65536), 0, hashlib.sha256()
    while sent < int(mib) << 20:
        try:
            done = client.send(block)
        except BlockingIOError:
            break
        digest.update(block[:done])
        sent += done
    writable = bool(select.select([], [client], [], 0)[1])
    print("accepted", sent)
    print("writable", writable)
    wait = child(lambda: digest_stream(server))
    client.setblocking(True)
    server.close()
    client.sendall(b"end")
    digest.update(b"end")
    client.shutdown(socket.SHUT_WR)
    got, size = eval(wait())
    print("exact", got == digest.hexdigest() and size == sent + 3)


def lowat():
    """A reader with SO_RCVLOWAT stays with TCP."""
    client, server = pair()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 10)
    client.sendall(b"12345")
    first = bool(select.select([server], [], [], 0.05)[0])
    client.sendall(b"67890")
    print("lowat", first, len(read_all(server, 10)))


def fionread():
    """Bytes that wait, as the application may ask for them."""
    client, server = pair()
    client.sendall(b"x" * 100)
    select.select([server], [], [], PATIENCE)
    waiting = struct.unpack("i", fcntl.ioctl(server, termios.FIONREAD, b"\0" * 4))[0]
    print("waiting", waiting)


WHAT = {work.__name__: work for work in (exact, defer, late, waitall, early, half_close, talk, http, hold, twins, deaf,
                                         lowat, fionread)}

if __name__ == "__main__":
    signal.alarm(PATIENCE)
    join(sys.argv[1])
    WHAT[sys.argv[2]](*sys.argv[3:])
