#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Both ends of connections for mark.sh.

	mark_peer.py serve PORT [fastopen|mptcp]
	mark_peer.py talk ADDRESS PORT [fastopen|mptcp]

`serve` says `ready`, and `cookie N` for each connection that it accepts. It sends back what it gets.
`talk` says `cookie N`, then `got TEXT`, and holds the connection until its standard input ends.
"""
import socket
import sys
import threading

IPPROTO_MPTCP = 262
MSG_FASTOPEN = 0x20000000
SO_COOKIE = 57
TEXT = b"hello"


def tell_cookie(sock):
    cookie = int.from_bytes(sock.getsockopt(socket.SOL_SOCKET, SO_COOKIE, 8), sys.byteorder)
    print("cookie", cookie, flush=True)


def answer(sock):
    with sock:
        while data := sock.recv(4096):
            sock.sendall(data)


def serve(port, how):
    sock = socket.socket(socket.AF_INET6, socket.SOCK_STREAM,
                         IPPROTO_MPTCP if how == "mptcp" else 0)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    sock.bind(("", port))
    if how == "fastopen":
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 5)
    sock.listen(64)
    print("ready", flush=True)
    while True:
        peer, _ = sock.accept()
        tell_cookie(peer)
        threading.Thread(target=answer, args=(peer,), daemon=True).start()


def talk(address, port, how):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM, IPPROTO_MPTCP if how == "mptcp" else 0)
    if how == "fastopen":
        sock.sendto(TEXT, MSG_FASTOPEN, (address, port))
    else:
        sock.connect((address, port))
        sock.sendall(TEXT)
    tell_cookie(sock)
    got = b""
    while len(got) < len(TEXT) and (data := sock.recv(4096)):
        got += data
    print("got", got.decode(), flush=True)
    sys.stdin.read()


def main():
    how = sys.argv[-1]
    if sys.argv[1] == "serve":
        serve(int(sys.argv[2]), how)
    else:
        talk(sys.argv[2], int(sys.argv[3]), how)


main()
