#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Connections for top_capture.sh, all of one process: to the ports 7001 and 7002 of a server.

	talkers.py serve
	talkers.py talk HOST

Each line on standard input of `talk` is answered by `done`: `one N` and `other N` exchange N messages
on one of the connections, `new` opens one more to port 7002 and closes it, `close` closes the first.
"""
import socket
import sys
import threading

PORTS = (7001, 7002)
MESSAGE = b"x" * 100


def receive(sock):
    got = 0
    while got < len(MESSAGE):
        data = sock.recv(len(MESSAGE) - got)
        if not data:
            return False
        got += len(data)
    return True


def answer(sock):
    with sock:
        while receive(sock):
            sock.sendall(MESSAGE)


def accept(listener):
    while True:
        sock, _ = listener.accept()
        threading.Thread(target=answer, args=(sock,), daemon=True).start()


def serve():
    for port in PORTS:
        listener = socket.create_server(("", port))
        threading.Thread(target=accept, args=(listener,), daemon=True).start()
    print("ready", flush=True)
    sys.stdin.read()


def exchange(sock, count):
    for _ in range(count):
        sock.sendall(MESSAGE)
        # No acknowledgement is still to come when this returns.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        receive(sock)


def talk(host):
    one, other = (socket.create_connection((host, port)) for port in PORTS)
    print("ready", flush=True)
    for line in sys.stdin:
        word, count = (line.split() + ["1"])[:2]
        if word == "new":
            with socket.create_connection((host, PORTS[1])) as sock:
                exchange(sock, 1)
        elif word == "close":
            one.shutdown(socket.SHUT_WR)
            one.recv(1)
            one.close()
        else:
            exchange(one if word == "one" else other, int(count))
        print("done", flush=True)


if sys.argv[1] == "serve":
    serve()
else:
    talk(sys.argv[2])
