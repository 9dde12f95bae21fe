#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Sockets of UDP that look like QUIC, or nearly. The first line of standard input lets them talk, and
at its end they are closed. Each prints NAME LOCAL-PORT when it has sent to a socket of this process,
and got an answer.

  quic_peer.py ADDRESS4 ADDRESS6
"""
import socket
import sys

LONG = b"\xc3%s\x08client-id\x00rest"
NAMES = {
    "v1": b"\x00\x00\x00\x01",
    "v2": b"\x6b\x33\x43\xcf",
    "draft-29": b"\xff\x00\x00\x1d",
    "greased": b"\x1a\x2a\x3a\x4a",
}


def talk(name, family, address, payloads):
    server, client = (socket.socket(family, socket.SOCK_DGRAM) for _ in range(2))
    server.bind((address, 0))
    client.connect(server.getsockname())
    for payload in payloads:
        client.send(payload)
        got, peer = server.recvfrom(2048)
        server.sendto(got, peer)
        client.recv(2048)
    print(name, client.getsockname()[1], flush=True)
    return server, client


def main():
    four, six = sys.argv[1:]
    waiting = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    waiting.bind((four, 0))
    kept = [waiting]
    sys.stdin.readline()
    for name, version in NAMES.items():
        # Later datagrams have a short header, and change nothing.
        payloads = [LONG % version, b"\x40short"]
        kept.append(talk(name + "-4", socket.AF_INET, four, payloads))
        kept.append(talk(name + "-6", socket.AF_INET6, six, payloads))
    v1 = NAMES["v1"]
    kept.append(talk("short", socket.AF_INET, four, [b"\x40" + v1 + b"\x08client-id"]))
    kept.append(talk("long-id", socket.AF_INET, four, [b"\xc3" + v1 + b"\x15" + b"x" * 30]))
    kept.append(talk("tiny", socket.AF_INET, four, [b"\xc3" + v1, b""]))
    print("done", flush=True)
    sys.stdin.read()


main()
