#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Clients of skwatch export, and processes that it counts.

    export_peers.py socket ADDR:PORT COMMAND...   starts it with a listening socket, as systemd does
    export_peers.py slow ADDR PORT NUMBER         clients that send a part of a request and wait
    export_peers.py many ADDR PORT NUMBER         scrapes at the same time; prints how many were whole
    export_peers.py garbage ADDR PORT             requests that are none; prints the answers
    export_peers.py names ADDR PORT NAME...       a connection by a process of each name
"""
import os
import pathlib
import socket
import sys
import threading

# Requests that the server must answer or refuse, and those that it may wait for the rest of.
GARBAGE = [
    b"\r\n\r\n\r\n" * 100,
    b"GET\r\n\r\n",
    b"G" * 100000,
    b"GET /metrics HTTP/9.9\r\nHost: x\r\n\r\n",
    b"GET " + b"/" * 60000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /metrics HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 20000 + b"\r\n",
    b"POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
    b"GET /metrics HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    bytes(range(256)) * 50,
]
PARTS = [
    b"GET /metrics HTT",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
    b"POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nx",
]


def give_socket(address, *command):
    host, port = address.rsplit(":", 1)
    server = socket.create_server((host, int(port)))
    os.dup2(server.fileno(), 3, inheritable=True)
    os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1")
    os.execv(command[0], command)


def slow(host, port, number):
    clients = [socket.create_connection((host, int(port))) for _ in range(int(number))]
    for client in clients:
        client.sendall(b"GET /metrics HTTP/1.1\r\nHost: ")
    print("slow", flush=True)
    sys.stdin.read()


def read_all(client):
    text = b""
    while part := client.recv(65536):
        text += part
    return text


def scrape(host, port):
    with socket.create_connection((host, int(port)), timeout=60) as client:
        client.sendall(b"GET /metrics HTTP/1.0\r\nAccept: application/openmetrics-text\r\n\r\n")
        return read_all(client)


def many(host, port, number):
    whole = []

    def run():
        text = scrape(host, port)
        if text.startswith(b"HTTP/1.1 200") and text.endswith(b"# EOF\n"):
            whole.append(1)

    threads = [threading.Thread(target=run) for _ in range(int(number))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(len(whole))


def garbage(host, port):
    for part in PARTS:
        with socket.create_connection((host, int(port))) as client:
            client.sendall(part)
    for request in GARBAGE:
        with socket.create_connection((host, int(port)), timeout=60) as client:
            try:
                client.sendall(request)
                print(client.recv(12).decode(errors="replace") or "closed")
            except ConnectionError:
                print("closed")


def names(host, port, *all_names):
    server = socket.create_server((host, int(port)), backlog=64)
    for name in all_names:
        if os.fork():
            os.wait()
            continue
        pathlib.Path("/proc/self/comm").write_bytes(os.fsencode(name))
        with socket.create_connection((host, int(port))) as client:
            client.sendall(b"x" * 10)
        os._exit(0)
    server.close()


if __name__ == "__main__":
    {"socket": give_socket, "slow": slow, "many": many, "garbage": garbage,
     "names": names}[sys.argv[1]](*sys.argv[2:])
