#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Peers of report.sh. Names and paths that they choose would run a script in a careless page.

report_peer.py serve PORT           HTTP on PORT and DNS on PORT 53; says "ready"
report_peer.py talk HOST PORT BYTES requests, one of them hostile, and a large body
"""
import ctypes
import http.client
import http.server
import socket
import struct
import sys
import threading
import time

HOSTILE = "</script><img src=x onerror=window.hit=1>"


def call_me(name):
    ctypes.CDLL(None).prctl(15, name.encode(), 0, 0, 0)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_GET(self):
        size = int(self.path.rpartition("/")[2]) if self.path[-1:].isdigit() else 0
        self.send_response(200 if size else 404)
        self.send_header("Content-Length", str(size))
        self.end_headers()
        self.wfile.write(b"x" * size)


def answer_names(port):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("", port))
    while True:
        question, peer = s.recvfrom(512)
        s.sendto(question[:2] + b"\x84\x03" + question[4:], peer)


def serve(port):
    threading.Thread(target=answer_names, args=(53,), daemon=True).start()
    server = http.server.ThreadingHTTPServer(("", port), Handler)
    print("ready", flush=True)
    server.serve_forever()


def ask_name(host):
    label = b"<img src=x onerror=window.hit=2>"
    query = struct.pack(">HHHHHH", 7, 0x100, 1, 0, 0, 0) + bytes([len(label)]) + label + \
        b"\x07example\x00\x00\x01\x00\x01"
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.settimeout(20)
    s.sendto(query, (host, 53))
    s.recv(512)


def talk(host, port, size):
    call_me('"><img src=x>')
    ask_name(host)
    # Longer than a sweep, so that there are rows.
    end = time.monotonic() + 2.2
    c = http.client.HTTPConnection(host, port, timeout=60)
    while time.monotonic() < end:
        c.request("GET", "/50000")
        assert len(c.getresponse().read()) == 50000
    c.close()
    for path in ("/%d" % size, "/20000"):
        c = http.client.HTTPConnection(host, port, timeout=60)
        c.request("GET", path)
        assert len(c.getresponse().read()) == int(path[1:])
        c.putrequest("GET", "/" + HOSTILE.replace(" ", "/"))
        c.endheaders()
        c.getresponse().read()
        c.close()
    refused = socket.socket()
    assert refused.connect_ex((host, port + 1)) == 111
    abrupt = socket.create_connection((host, port))
    abrupt.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    abrupt.close()


if sys.argv[1] == "serve":
    serve(int(sys.argv[2]))
else:
    talk(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
