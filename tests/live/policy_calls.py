#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Calls of applications that a policy judges, for policy.sh and others.

forms FAMILY PORT   makes every form of call to this host, a line "NAME RESULT" for each;
                    ends after a minute, should one of them wait for ever
hammer SECONDS      connects until standard input ends; judges each result, see below
serve               a TCP server on the ports 7001 and 7002 of IPv4 and IPv6
proxy PORT6 PORT4   an HTTP proxy that answers with the original destination
hold HOST PORT      connects, says so, and holds the connection until standard input ends
hold_many HOST PORT likewise for 20 connections, a raw socket and a packet socket
calls COUNT         connects COUNT times
"""
import ctypes
import errno
import mmap
import os
import select
import signal
import socket
import struct
import sys

MPTCP = 262
UDPLITE = 136
TCP_FASTOPEN_CONNECT = 30
UDP_SEGMENT = 103
SO_ORIGINAL_DST = 80
LOCAL = {"v4": "127.0.0.1", "v6": "::1", "mapped": "::ffff:127.0.0.1"}
ANY = {"v4": "0.0.0.0", "v6": "::", "mapped": "::ffff:0.0.0.0"}


def family_of(name):
    return socket.AF_INET if name == "v4" else socket.AF_INET6


def make(name, kind, proto=0):
    sock = socket.socket(family_of(name), kind, proto)
    if name == "mapped":
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    return sock


def tcp(name, proto=0):
    return make(name, socket.SOCK_STREAM, proto)


def udp(name, proto=0):
    return make(name, socket.SOCK_DGRAM, proto)


LIBC = ctypes.CDLL(None, use_errno=True)


def must(result):
    """The result of a function of LIBC."""
    if result < 0:
        raise OSError(ctypes.get_errno(), "")
    return result


def sockaddr(sock, to):
    host = socket.inet_pton(sock.family, to[0])
    port = struct.pack("!H", to[1])
    if sock.family == socket.AF_INET:
        return struct.pack("=H", sock.family) + port + host + bytes(8)
    return struct.pack("=H", sock.family) + port + bytes(4) + host + bytes(4)


def sendmmsg(name, to):
    """One message by the call that sends several: struct mmsghdr, struct iovec."""
    sock = udp(name)
    addr = ctypes.create_string_buffer(sockaddr(sock, to))
    data = ctypes.create_string_buffer(b"x")
    iov = ctypes.create_string_buffer(struct.pack("QQ", ctypes.addressof(data), 1))
    message = struct.pack("QI4xQQQQi4xI4x", ctypes.addressof(addr), len(addr) - 1,
                          ctypes.addressof(iov), 1, 0, 0, 0, 0)
    must(LIBC.sendmmsg(sock.fileno(), ctypes.create_string_buffer(message), 1, 0))


def uring(name, to):
    """connect() by io_uring: one entry in each ring, see include/uapi/linux/io_uring.h."""
    sock = tcp(name)
    addr = ctypes.create_string_buffer(sockaddr(sock, to))
    params = ctypes.create_string_buffer(120)
    fd = LIBC.syscall(425, 1, params)
    if fd < 0:
        raise OSError(errno.EPROTONOSUPPORT, "no io_uring")
    entries, completions = struct.unpack_from("II", params)
    sent = struct.unpack_from("8I", params, 40)
    done = struct.unpack_from("8I", params, 80)
    ring = mmap.mmap(fd, sent[6] + 4 * entries)
    answers = mmap.mmap(fd, done[5] + 16 * completions, offset=0x8000000)
    calls = mmap.mmap(fd, 64 * entries, offset=0x10000000)
    struct.pack_into("BBHiQQ", calls, 0, 16, 0, 0, sock.fileno(), len(addr) - 1,
                     ctypes.addressof(addr))
    struct.pack_into("I", ring, sent[6], 0)
    struct.pack_into("I", ring, sent[1], 1)
    must(LIBC.syscall(426, fd, 1, 1, 1, None, 0))
    result = struct.unpack_from("Qi", answers, done[5])[1]
    os.close(fd)
    if result < 0:
        raise OSError(-result, "")


def passed(name, to):
    """A socket that another process has sent connects."""
    ours, theirs = socket.socketpair(socket.AF_UNIX)
    child = os.fork()
    if child == 0:
        try:
            sent = tcp(name)
            socket.send_fds(theirs, [b"x"], [sent.fileno()])
        finally:
            os._exit(0)
    theirs.close()
    os.waitpid(child, 0)
    fds = socket.recv_fds(ours, 1, 1)[1]
    if not fds:
        raise OSError(errno.EBADF, "")
    socket.socket(fileno=fds[0]).connect(to)


def bound_sendto(name, to):
    sock = udp(name)
    sock.bind((LOCAL[name], 0))
    sock.sendto(b"x", to)


def segments(name, to):
    """Two packets by one call."""
    sock = udp(name)
    sock.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, 1)
    sock.sendto(b"xy", to)


def nonblocking(name, to, proto=0):
    sock = tcp(name, proto)
    sock.setblocking(False)
    result = sock.connect_ex(to)
    if result not in (0, errno.EINPROGRESS):
        raise OSError(result, "")


def bound(name, to):
    sock = tcp(name)
    sock.bind((LOCAL[name], 0))
    sock.connect(to)


def fastopen_connect(name, to):
    sock = tcp(name)
    sock.setsockopt(socket.IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1)
    sock.connect(to)


def again(name, to):
    """A socket whose first attempt fails."""
    sock = tcp(name)
    try:
        sock.connect((to[0], 7009))
    except ConnectionRefusedError:
        pass
    sock.connect(to)


def disconnected(name, to):
    """A socket of UDP that had another peer before."""
    sock = udp(name)
    sock.connect((to[0], 7001))
    sock.connect(to)


def connected_sendto(name, to):
    sock = udp(name)
    sock.connect((to[0], 7001))
    sock.sendto(b"x", to)


def forked(name, to):
    """The connection of a child on its parent's socket."""
    sock = tcp(name)
    reader, writer = os.pipe()
    if os.fork() == 0:
        os.write(writer, struct.pack("i", sock.connect_ex(to)))
        os._exit(0)
    os.wait()
    result = struct.unpack("i", os.read(reader, 4))[0]
    if result:
        raise OSError(result, "")


def shared_port(name, to):
    sock = tcp(name)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    sock.bind((LOCAL[name], to[1]))


def any_address(name, to):
    return (ANY[name], to[1])


FORMS = {
    "connect": lambda n, to: tcp(n).connect(to),
    "connect-nonblocking": nonblocking,
    "connect-bound": bound,
    "connect-again": again,
    "connect-forked": forked,
    "connect-passed": passed,
    "connect-uring": uring,
    "connect-any": lambda n, to: tcp(n).connect(any_address(n, to)),
    "fastopen-sendto": lambda n, to: tcp(n).sendto(b"x", socket.MSG_FASTOPEN, to),
    "fastopen-sendmsg": lambda n, to: tcp(n).sendmsg([b"x"], [], socket.MSG_FASTOPEN, to),
    "fastopen-connect": fastopen_connect,
    "mptcp-connect": lambda n, to: tcp(n, MPTCP).connect(to),
    "mptcp-nonblocking": lambda n, to: nonblocking(n, to, MPTCP),
    "udp-connect": lambda n, to: udp(n).connect(to),
    "udp-connect-any": lambda n, to: udp(n).connect(any_address(n, to)),
    "udp-reconnect": disconnected,
    "udp-sendto": lambda n, to: udp(n).sendto(b"x", to),
    "udp-sendto-any": lambda n, to: udp(n).sendto(b"x", any_address(n, to)),
    "udp-sendmsg": lambda n, to: udp(n).sendmsg([b"x"], [], 0, to),
    "udp-sendmmsg": sendmmsg,
    "udp-bound-sendto": bound_sendto,
    "udp-segments": segments,
    "udp-connected-sendto": connected_sendto,
    "udplite-connect": lambda n, to: udp(n, UDPLITE).connect(to),
    "udplite-sendto": lambda n, to: udp(n, UDPLITE).sendto(b"x", to),
    "listen-unbound": lambda n, to: tcp(n).listen(1),
    "bind": lambda n, to: tcp(n).bind((LOCAL[n], to[1] + 10)),
    "bind-any": lambda n, to: tcp(n).bind((ANY[n], to[1] + 10)),
    "bind-reuseport": lambda n, to: shared_port(n, (to[0], to[1] + 10)),
    "bind-mptcp": lambda n, to: tcp(n, MPTCP).bind((LOCAL[n], to[1] + 10)),
    "bind-udp": lambda n, to: udp(n).bind((LOCAL[n], to[1] + 10)),
    "bind-udplite": lambda n, to: udp(n, UDPLITE).bind((LOCAL[n], to[1] + 10)),
}
NOT_HERE = (errno.EPROTONOSUPPORT, errno.ESOCKTNOSUPPORT, errno.ENOPROTOOPT)


def forms(name, port):
    signal.alarm(60)
    for form, call in FORMS.items():
        try:
            call(name, (LOCAL[name], int(port)))
            result = "ok"
        except OSError as error:
            result = "absent" if error.errno in NOT_HERE else errno.errorcode[error.errno]
        print(form, result, flush=True)
    print("all ok")


def hammer(least):
    """Port 7001 must always pass. Port 7002 must always fail, with one error or the other."""
    seen = {}
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    done = wrong = 0
    while done < int(least) or not select.select([0], [], [], 0)[0]:
        for _ in range(500):
            good = sock.connect_ex(("127.0.0.1", 7001))
            bad = sock.connect_ex(("127.0.0.1", 7002))
            seen[bad] = seen.get(bad, 0) + 1
            wrong += good != 0
            wrong += bad not in (errno.EHOSTDOWN, errno.ENETDOWN)
        done += 1000
    print("calls", done, "wrong", wrong, "errors", len(seen))


def serve():
    listeners = []
    for port in (7001, 7002):
        for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
            listener = socket.socket(family, socket.SOCK_STREAM)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, port))
            listener.listen(1000)
            listeners.append(listener)
    print("ready", flush=True)
    while True:
        for listener in select.select(listeners, [], [])[0]:
            listener.accept()[0].close()


def original(conn):
    """The destination before the redirection, or the error."""
    for level, size, family in ((socket.IPPROTO_IP, 16, socket.AF_INET),
                                (socket.IPPROTO_IPV6, 28, socket.AF_INET6)):
        try:
            got = conn.getsockopt(level, SO_ORIGINAL_DST, size)
        except OSError:
            continue
        port = struct.unpack("!H", got[2:4])[0]
        addr = got[4:8] if family == socket.AF_INET else got[8:24]
        return "%s %d" % (socket.inet_ntop(family, addr), port)
    return "unknown"


def proxy(port6, port4):
    listeners = []
    for family, host, port in ((socket.AF_INET, "127.0.0.1", port4),
                               (socket.AF_INET6, "::1", port6)):
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, int(port)))
        listener.listen(100)
        listeners.append(listener)
    print("ready", flush=True)
    while True:
        for listener in select.select(listeners, [], [])[0]:
            conn = listener.accept()[0]
            body = ("proxy for " + original(conn) + "\n").encode()
            conn.recv(65536)
            conn.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
            conn.close()


def hold(host, port):
    sock = socket.create_connection((host, int(port)))
    print("ready", sock.getpeername()[:2], os.getpid(), flush=True)
    sys.stdin.read()


def hold_many(host, port):
    held = [socket.create_connection((host, int(port))) for _ in range(20)]
    held.append(socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP))
    held.append(socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0))
    print("ready", flush=True)
    sys.stdin.read()


def calls(count):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for _ in range(int(count)):
        sock.connect(("127.0.0.1", 7001))


if __name__ == "__main__":
    {"forms": forms, "hammer": hammer, "serve": serve, "proxy": proxy,
     "hold": hold, "hold_many": hold_many, "calls": calls}[sys.argv[1]](*sys.argv[2:])
