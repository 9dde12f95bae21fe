#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A web server and its client, for tests of messages.

  web_peers.py server ADDRESS    says "ready". A path with "slow" takes 0.3 s, one with "broken" fails
  web_peers.py client ADDRESS    asks, on one connection, for what standard input says: lines with a
                                 number of times, and paths
"""
import http.client
import http.server
import sys
import time

PORT = 8080


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *args):  # pylint: disable=arguments-differ
        pass

    def do_GET(self):  # pylint: disable=invalid-name
        if "slow" in self.path:
            time.sleep(0.3)
        self.send_response(500 if "broken" in self.path else 200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")


def serve(address):
    server = http.server.ThreadingHTTPServer((address, PORT), Handler)
    print("ready", flush=True)
    server.serve_forever()


def ask(address):
    connection = http.client.HTTPConnection(address, PORT)
    for line in sys.stdin:
        times, *paths = line.split()
        for _ in range(int(times)):
            for path in paths:
                connection.request("GET", path)
                connection.getresponse().read()


{"server": serve, "client": ask}[sys.argv[1]](sys.argv[2])
