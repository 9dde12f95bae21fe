#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Two hosts for tests of names: one answers questions of DNS with its own address, and one asks.

    name_peers.py server ADDRESS      DNS at port 53, connections at 8080 and 443; prints "ready"
    name_peers.py client ADDRESS      reads commands from standard input, and answers "done":
        ask NAME         a question of DNS, A or AAAA as the address is
        connect LABEL    a connection to 8080, which stays
        hello NAME       a connection to 443 with a ClientHello of TLS for this name, which stays
        lie NAME         an answer to no question, from the server
        forget           closes all connections
"""
import os
import socket
import ssl
import sys
import threading

ADDRESS = sys.argv[2]
FAMILY = socket.AF_INET6 if ":" in ADDRESS else socket.AF_INET
TYPE = b"\0\x1c" if FAMILY == socket.AF_INET6 else b"\0\1"
DATA = socket.inet_pton(FAMILY, ADDRESS)


def name_of(text):
    return b"".join(bytes([len(l)]) + l.encode() for l in text.split(".")) + b"\0"


def answer(number, name):
    return number + b"\x81\x80\0\1\0\1\0\0\0\0" + name + TYPE + b"\0\1" + name + TYPE + b"\0\1" \
        + b"\0\0\0\1" + len(DATA).to_bytes(2, "big") + DATA


def serve_dns(s):
    while True:
        q, client = s.recvfrom(512)
        if q.startswith(b"lie "):
            s.sendto(answer(b"zz", name_of(q[4:].decode())), client)
        else:
            s.sendto(answer(q[:2], q[12:-4]), client)


def serve(port):
    kept = []
    listener = socket.create_server((ADDRESS, port), family=FAMILY)
    while True:
        kept.append(listener.accept()[0])


def server():
    s = socket.socket(FAMILY, socket.SOCK_DGRAM)
    s.bind((ADDRESS, 53))
    for target, value in (serve_dns, s), (serve, 8080), (serve, 443):
        threading.Thread(target=target, args=(value,)).start()
    print("ready", flush=True)


def exchange(data):
    s = socket.socket(FAMILY, socket.SOCK_DGRAM)
    s.sendto(data, (ADDRESS, 53))
    s.recv(512)


def hello_of(name):
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    try:
        ssl.create_default_context().wrap_bio(incoming, outgoing, server_hostname=name).do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()


def client():
    kept = []
    for line in sys.stdin:
        command, _, value = line.strip().partition(" ")
        if command == "ask":
            exchange(os.urandom(2) + b"\1\0\0\1\0\0\0\0\0\0" + name_of(value) + TYPE + b"\0\1")
        elif command == "lie":
            exchange(b"lie " + value.encode())
        elif command in ("connect", "hello"):
            s = socket.create_connection((ADDRESS, 8080 if command == "connect" else 443))
            if command == "hello":
                s.sendall(hello_of(value))
            kept.append(s)
        else:
            for s in kept:
                s.close()
            kept = []
        print("done", flush=True)


server() if sys.argv[1] == "server" else client()
