#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Connections for the tests of skwatch kill, and what happens to them.

kill_peers.py NAME ADDRESS PORT KIND: a listener and connections on a host, which each have a port of
their own, PORT + 1 and so on. KIND is tcp, tcp6 (ADDRESS is one of IPv6), mapped (a socket of IPv6
with an address of IPv4) or udp. Both ends of each wait, and a line tells what came:

    NAME client 7001 ECONNABORTED
    NAME server 7001 ECONNRESET

Lines on standard input are commands: `close PORT` closes that client; each connection that is open
answers `ping` by a line "NAME alive PORT".
"""
import errno
import selectors
import signal
import socket
import sys

COUNT = 3


def family_of(kind):
    return socket.AF_INET6 if kind in ("tcp6", "mapped") else socket.AF_INET


def connect(kind, address, port, listener):
    sock = socket.socket(family_of(kind), socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((address, port))
    sock.connect(listener.getsockname()[:2])
    return sock


def end_of(sock):
    try:
        return "data" if sock.recv(100) else "FIN"
    except OSError as error:
        return errno.errorcode[error.errno]


def main():
    name, address, first, kind = sys.argv[1:5]
    first = int(first)
    signal.signal(signal.SIGUSR1, lambda *_: print(name, "signal", "SIGUSR1", flush=True))
    if kind == "mapped":
        address = "::ffff:" + address
    udp = kind == "udp"
    listener = socket.socket(family_of(kind), socket.SOCK_DGRAM if udp else socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address, first))
    if not udp:
        listener.listen()
    poll, clients = selectors.DefaultSelector(), {}
    for port in range(first + 1, first + 1 + COUNT):
        clients[port] = connect(kind, address, port, listener)
        poll.register(clients[port], selectors.EVENT_READ, ("client", port))
        if not udp:
            poll.register(listener.accept()[0], selectors.EVENT_READ, ("server", port))
    poll.register(sys.stdin, selectors.EVENT_READ, None)
    print(name, "ready", flush=True)
    while True:
        for key, _ in poll.select():
            if key.data:
                poll.unregister(key.fileobj)
                print(name, *key.data, end_of(key.fileobj), flush=True)
                clients.pop(key.data[1], None)
                key.fileobj.close()
                continue
            words = sys.stdin.readline().split()
            if not words:
                return
            if words[0] == "close":
                poll.unregister(clients[int(words[1])])
                clients.pop(int(words[1])).close()
            for port in sorted(clients) if words[0] == "ping" else ():
                print(name, "alive", port, flush=True)
            print(name, "done", flush=True)


main()
