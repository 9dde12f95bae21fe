#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Both ends of the conversations of tests/golden/secret_talks.py, over TCP:

    secret_peer.py serve ADDRESS     listens, says "ready", and plays the servers
    secret_peer.py ask ADDRESS       plays the clients, one after the other

And the comments and entries of journals that a pcapng file has:

    secret_peer.py texts FILE
"""
import os
import re
import socket
import struct
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden"))
import secret_talks  # noqa: E402  pylint: disable=wrong-import-position


def play(end, turns, is_client):
    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for client, data in turns:
        if client == is_client:
            end.sendall(data)
            continue
        while data:
            some = end.recv(len(data))
            if not some:
                return
            data = data[len(some):]
    if is_client:
        end.shutdown(socket.SHUT_WR)
    end.recv(1)


def serve(address):
    def accept(listener, turns):
        while True:
            end = listener.accept()[0]
            with end:
                play(end, turns, False)
    threads = []
    for _, port, _, turns in secret_talks.TALKS:
        listener = socket.create_server((address, port))
        threads.append(threading.Thread(target=accept, args=(listener, turns)))
    for thread in threads:
        thread.start()
    print("ready", flush=True)


def ask(address):
    for _, port, _, turns in secret_talks.TALKS:
        with socket.create_connection((address, port)) as end:
            play(end, turns, True)


def options(data):
    while len(data) >= 4:
        code, length = struct.unpack_from("<HH", data)
        if code == 1:
            yield data[4:4 + length]
        data = data[4 + (length + 3) // 4 * 4:]


def texts(name):
    with open(name, "rb") as file:
        data = file.read()
    at = 0
    while at < len(data):
        kind, size = struct.unpack_from("<II", data, at)
        body = data[at + 8:at + size - 4]
        if kind == 6:
            caplen = struct.unpack_from("<I", body, 12)[0]
            for text in options(body[20 + (caplen + 3) // 4 * 4:]):
                print("comment", text.decode(errors="replace"))
        elif kind == 9:
            print("entry", re.sub("\n", " ", body.decode(errors="replace")))
        at += size


if __name__ == "__main__":
    {"serve": serve, "ask": ask, "texts": texts}[sys.argv[1]](sys.argv[2])
