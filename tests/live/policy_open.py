#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Connections that are open when a policy begins, and what happens to them.

policy_open.py serve: listens on 7001, 7002 and 7003 of 127.0.0.1 and ::1 (and has a full queue on
    7004), reads all that comes, and prints "reset" for each connection that is reset. The line
    `call PORT` on standard input makes it connect to that port.
policy_open.py hold NAME=KIND:PORT...: opens one connection for each and holds it. KIND is tcp,
    tcp6, mapped, udp, busy (sends without an end), half (has shut down its writing), waiting (nobody
    answers), bound (with the local port 7201), accepted, or accepted-alone (its listener is closed). It prints "listening" and then
    "ready", "NAME ERROR" for one that ends, and after a line on standard input those that are open.
policy_open.py hammer PORT: opens connections to PORT and holds the last 100 until one is denied.
    It prints "ready" after the first 100, the error, and after a line on standard input how many
    are open.
"""
import errno
import os
import select
import socket
import sys
import threading


def listen(family, host, port, backlog=1000):
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(backlog)
    return listener


def drain(sock):
    """Returns None while it is open."""
    try:
        data = sock.recv(1 << 20)
    except BlockingIOError:
        return None
    except OSError as error:
        return errno.errorcode[error.errno]
    return None if data else "FIN"


def serve():
    hosts = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))
    listeners = [listen(family, host, port) for port in (7001, 7002, 7003)
                 for family, host in hosts]
    full = listen(socket.AF_INET, "127.0.0.1", 7004, 0)
    filler = socket.create_connection(full.getsockname())
    conns, kept = [], [filler]
    print("ready", flush=True)
    while True:
        for sock in select.select(listeners + conns + [0], [], [])[0]:
            if sock == 0:
                line = os.read(0, 1000).decode().split()
                if not line:
                    return
                kept += [socket.create_connection(("127.0.0.1", int(p))) for p in line[1::2]]
            elif sock in listeners:
                conns.append(sock.accept()[0])
            else:
                end = drain(sock)
                if end:
                    conns.remove(sock)
                    # The hammer's are too many to be kept.
                    if sock.getsockname()[1] != 7003:
                        kept.append(sock)
                if end == "ECONNRESET":
                    print("reset", flush=True)


def send_on(sock):
    try:
        while True:
            sock.sendall(b"x" * 10000)
    except OSError:
        pass


def connect(kind, port):
    family = socket.AF_INET6 if kind in ("tcp6", "mapped") else socket.AF_INET
    host = {"tcp6": "::1", "mapped": "::ffff:127.0.0.1"}.get(kind, "127.0.0.1")
    sock = socket.socket(family, socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM)
    if kind == "waiting":
        sock.setblocking(False)
        sock.connect_ex((host, port))
        return sock
    if kind == "bound":
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("127.0.0.2", 7201))
    sock.connect((host, port))
    if kind == "busy":
        threading.Thread(target=send_on, args=(sock,), daemon=True).start()
    if kind == "half":
        sock.shutdown(socket.SHUT_WR)
    return sock


def is_open(sock):
    return sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0 and \
        select.select([sock], [], [], 0)[0] == []


def hold(*specs):
    wanted = [spec.replace("=", ":").split(":") for spec in specs]
    listeners = {int(port): listen(socket.AF_INET, "127.0.0.1", int(port))
                 for _, kind, port in wanted if kind.startswith("accepted")}
    print("listening", flush=True)
    socks = {}
    for name, kind, port in wanted:
        if kind.startswith("accepted"):
            socks[name] = listeners[int(port)].accept()[0]
            if kind == "accepted-alone":
                listeners[int(port)].close()
        else:
            socks[name] = connect(kind, int(port))
    print("ready", flush=True)
    names = {sock: name for name, sock in socks.items()}
    while True:
        for sock in select.select(list(names) + [0], [], [])[0]:
            if sock == 0:
                if not os.read(0, 1000):
                    return
                print("open", *sorted(names.values()), flush=True)
                continue
            print(names.pop(sock), drain(sock), flush=True)


def hammer(port):
    socks, done = [], 0
    while True:
        sock = socket.socket()
        error = sock.connect_ex(("127.0.0.1", int(port)))
        if error:
            break
        socks = socks[-99:] + [sock]
        done += 1
        if done == 100:
            print("ready", flush=True)
    print(errno.errorcode[error], flush=True)
    sys.stdin.readline()
    print("open", sum(map(is_open, socks)), "of", len(socks), flush=True)


if __name__ == "__main__":
    {"serve": serve, "hold": hold, "hammer": hammer}[sys.argv[1]](*sys.argv[2:])
