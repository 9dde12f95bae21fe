#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Two ends of connections for summary.sh and where.sh.

  summary_peer.py serve ADDRESS          a server on port 9000, until it is killed
  summary_peer.py talk ADDRESS N         N questions with their answers, one after the other; then it
                                         prints the kernel's smoothed round-trip time in us, and
                                         keeps the connection until it is killed, which resets it:
                                         the time of a FIN would change the mean
  summary_peer.py chat ADDRESS MS        questions with that time between them, until the standard input
                                         ends; first it prints its port
  summary_peer.py bulk ADDRESS BYTES N   N connections at once, each with that many bytes both ways
"""
import os
import select
import signal
import socket
import struct
import sys
import threading

PORT = 9000
QUESTION = b"question"
# struct tcp_info of linux/tcp.h: 8 bytes, then numbers of 32 bits, of which this is tcpi_rtt.
RTT_AT = 8 + 15 * 4


def srtt_us(sock):
    info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
    return struct.unpack_from("=I", info, RTT_AT)[0]


def receive(sock, count):
    data = b""
    while len(data) < count:
        more = sock.recv(count - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def answer_questions(sock):
    try:
        while True:
            receive(sock, len(QUESTION) - 1)
            sock.sendall(b"answer")
    except (EOFError, ConnectionResetError):
        pass


def answer_bulk(sock):
    count = 0
    while data := sock.recv(65536):
        count += len(data)
    sock.sendall(bytes(count + 1))


def serve_one(sock):
    with sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        answer_questions(sock) if receive(sock, 1) == QUESTION[:1] else answer_bulk(sock)


def serve(address):
    server = socket.create_server((address, PORT))
    print("ready", flush=True)
    while True:
        sock, _ = server.accept()
        threading.Thread(target=serve_one, args=(sock,), daemon=True).start()


def talk(address, count):
    with socket.create_connection((address, PORT)) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("=ii", 1, 0))
        for i in range(count):
            sock.sendall(QUESTION if i == 0 else QUESTION[1:])
            receive(sock, len(b"answer"))
        print("srtt=%d" % srtt_us(sock), flush=True)
        signal.pause()


def chat(address, pause_ms):
    with socket.create_connection((address, PORT)) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        print("port=%d" % sock.getsockname()[1], flush=True)
        question = QUESTION
        while not select.select([sys.stdin], [], [], pause_ms / 1000)[0]:
            sock.sendall(question)
            question = QUESTION[1:]
            receive(sock, len(b"answer"))


def bulk_one(address, count):
    with socket.create_connection((address, PORT)) as sock:
        sock.sendall(bytes(count))
        sock.shutdown(socket.SHUT_WR)
        receive(sock, count)


def bulk(address, count, connections):
    threads = [threading.Thread(target=bulk_one, args=(address, count))
               for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def main():
    # Packets that are sent by several CPUs would really overtake each other between two namespaces.
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    command, address, *numbers = sys.argv[1:]
    {"serve": serve, "talk": talk, "chat": chat, "bulk": bulk}[command](address, *map(int, numbers))


main()
