#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Makes traffic for scripts/quickstart: HTTP and UDP over IPv4 and IPv6.

quickstart-traffic.py server            prints "ready" and then serves until it is killed
quickstart-traffic.py client ADDR...    talks HTTP and UDP once with each address
"""
import select
import socket
import sys

HTTP_PORT = 80
UDP_PORT = 7
BODY = b"Hello from the other end of the cable.\n"


def server():
    tcp = socket.create_server(("::", HTTP_PORT), family=socket.AF_INET6, dualstack_ipv6=True)
    udp = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    udp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    udp.bind(("::", UDP_PORT))
    print("ready", flush=True)
    while True:
        readable, _, _ = select.select([tcp, udp], [], [])
        if udp in readable:
            data, peer = udp.recvfrom(2048)
            udp.sendto(data.upper(), peer)
        if tcp in readable:
            answer(tcp.accept()[0])


def answer(conn):
    with conn:
        request = b""
        while b"\r\n\r\n" not in request:
            more = conn.recv(4096)
            if not more:
                return
            request += more
        head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n" % len(BODY)
        conn.sendall(head.encode() + b"Connection: close\r\n\r\n" + BODY)


def client(address):
    with socket.create_connection((address, HTTP_PORT), timeout=10) as conn:
        host = "[%s]" % address if ":" in address else address
        conn.sendall(("GET /hello HTTP/1.1\r\nHost: %s\r\n\r\n" % host).encode())
        reply = b""
        while more := conn.recv(4096):
            reply += more
    if not reply.endswith(BODY):
        sys.exit("HTTP: no answer from " + address)
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as udp:
        udp.settimeout(10)
        udp.connect((address, UDP_PORT))
        udp.send(b"hello\n")
        if udp.recv(2048) != b"HELLO\n":
            sys.exit("UDP: wrong answer from " + address)
    print("HTTP and UDP with %s: fine" % address)


if sys.argv[1:] == ["server"]:
    server()
elif sys.argv[1:2] == ["client"] and sys.argv[2:]:
    for addr in sys.argv[2:]:
        client(addr)
else:
    sys.exit(__doc__)
