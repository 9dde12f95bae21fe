#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Connections whose messages a policy judges, for policy_message.sh.

serve HOST PORT...     greets each connection with "hello", says how that went, and sends back what
                       comes
talk HOST PORT [mptcp] connects, and obeys a word on each line of standard input; a line with the
                       result for each: see WORDS
"""
import errno
import fcntl
import os
import socket
import struct
import sys
import tempfile
import termios
import threading

MPTCP = 262


def family_of(host):
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def name_of(error):
    return errno.errorcode.get(error.errno, str(error))


def answer(conn):
    try:
        conn.sendall(b"hello")
        print("greeted", flush=True)
    except OSError as error:
        print("no greeting", name_of(error), flush=True)
    try:
        while True:
            got = conn.recv(65536)
            if not got:
                break
            conn.sendall(got)
    except OSError:
        pass
    conn.close()


def serve(host, *ports):
    listeners = []
    for port in ports:
        listener = socket.socket(family_of(host), socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family_of(host) == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        listener.bind((host, int(port)))
        listener.listen(1000)
        listeners.append(listener)

    def accept(listener):
        while True:
            threading.Thread(target=answer, args=(listener.accept()[0],), daemon=True).start()

    threads = [threading.Thread(target=accept, args=(listener,)) for listener in listeners]
    for thread in threads:
        thread.start()
    print("ready", flush=True)
    for thread in threads:
        thread.join()


def sendfile(sock):
    with tempfile.TemporaryFile() as file:
        file.write(b"12345")
        file.seek(0)
        os.sendfile(sock.fileno(), file.fileno(), 0, 5)


def splice(sock):
    """From a pipe, without a copy."""
    reader, writer = os.pipe()
    os.write(writer, b"12345")
    try:
        os.splice(reader, sock.fileno(), 5)
    finally:
        os.close(reader)
        os.close(writer)


def waiting(sock):
    """The bytes that FIONREAD tells, when the greeting is there."""
    sock.recv(1, socket.MSG_PEEK)
    return struct.unpack("i", fcntl.ioctl(sock, termios.FIONREAD, b"\0" * 4))[0]


def take(sock):
    """The bytes that have come: five."""
    got = b""
    while len(got) < 5:
        more = sock.recv(5 - len(got))
        if not more:
            return "end"
        got += more
    return got.decode()


WORDS = {
    "send": lambda s: s.sendall(b"12345"),
    "write": lambda s: os.write(s.fileno(), b"12345"),
    "sendmsg": lambda s: s.sendmsg([b"123", b"45"]),
    "dontwait": lambda s: s.send(b"12345", socket.MSG_DONTWAIT),
    "sendfile": sendfile,
    "splice": splice,
    "take": take,
    "waiting": waiting,
}


def talk(host, port, kind=""):
    sock = socket.socket(family_of(host), socket.SOCK_STREAM, MPTCP if kind == "mptcp" else 0)
    sock.connect((host, int(port)))
    print("ready", flush=True)
    for line in sys.stdin:
        try:
            result = WORDS[line.strip()](sock)
            if result is None or line.strip() not in ("take", "waiting"):
                result = "ok"
        except OSError as error:
            result = name_of(error)
        print(line.strip(), result, flush=True)


if __name__ == "__main__":
    {"serve": serve, "talk": talk}[sys.argv[1]](*sys.argv[2:])
