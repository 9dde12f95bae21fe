#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Receivers of --to, which can fail in all ways, and a judge of what they got.

    to_peer.py http ADDRESS PORT FILE [ACTION...]
        takes POSTs, and appends the lines that it has answered with 2xx to FILE. An action is for
        one request; after the last, all are taken:
            ok        takes it                    close     closes after half of the request
            STATUS    answers with that           hang      never answers, until the client leaves
            STATUS:N  and Retry-After: N          half      closes within the answer
            chunked   takes it, says so in chunks, behind an interim answer
            done      takes it, and closes before the next request without a word
            drip      answers a byte each 0.1 s, until the client leaves
            early     answers 503 before it reads, and closes
            noise     answers with what is no HTTP
    to_peer.py stream unix:PATH|ADDRESS PORT FILE [CUT]
        appends what comes to FILE. The first connection is reset after CUT bytes.
    to_peer.py judge FILE...
        prints name=number pairs about all lines: lines, doubles (of a run's number), runs, gaps
        (numbers that are missing between 1 and the last one of a run), broken (no JSON)

It prints "ready" when it listens, and then a line for each request or connection.
"""
import json
import os
import select
import socket
import struct
import sys
import threading

lock = threading.Lock()


def say(text):
    with lock:
        print(text, flush=True)


def append(name, data):
    with lock, open(name, "ab") as out:
        out.write(data)


def listen(where, port):
    if where.startswith("unix:"):
        s = socket.socket(socket.AF_UNIX)
        s.bind(where[5:])
    else:
        s = socket.socket(socket.AF_INET6 if ":" in where else socket.AF_INET)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind((where, int(port)))
    s.listen(64)
    say("ready")
    return s


def reset(conn):
    conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    conn.close()


class Gone(Exception):
    pass


class Http:
    def __init__(self, file, actions):
        self.file, self.actions, self.count = file, list(actions), 0

    def next(self):
        with lock:
            self.count += 1
            return self.count, self.actions.pop(0) if self.actions else "ok"

    @staticmethod
    def head(conn, left):
        while b"\r\n\r\n" not in left:
            got = conn.recv(65536)
            if not got:
                raise Gone
            left += got
        head, _, left = left.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        return lines[0], {k.strip().lower(): v.strip() for k, _, v in
                          (line.partition(":") for line in lines[1:])}, left

    def serve(self, conn):
        left = b""
        try:
            while True:
                start, fields, left = self.head(conn, left)
                number, action = self.next()
                length = int(fields["content-length"])
                if action == "early":
                    conn.sendall(b"HTTP/1.1 503 Busy\r\nContent-Length: 5\r\n\r\nbusy\n")
                    say("request %d %s" % (number, action))
                    reset(conn)
                    return
                want = length // 2 if action == "close" else length
                while len(left) < want:
                    got = conn.recv(1 << 16)
                    if not got:
                        raise Gone
                    left += got
                body, left = left[:length], left[length:]
                say("request %d %s lines=%d bytes=%d %s auth=%s type=%s x=%s" % (
                    number, action, body.count(b"\n"), length, start,
                    fields.get("authorization"), fields.get("content-type"), fields.get("x-test")))
                if not self.answer(conn, action, body):
                    return
        except (Gone, ConnectionError):
            pass
        finally:
            conn.close()

    def answer(self, conn, action, body):
        """Returns whether the connection stays."""
        if action == "close":
            reset(conn)
            return False
        if action == "hang":
            while conn.recv(1):
                pass
            return False
        if action == "drip":
            conn.sendall(b"HTTP/1.1 200 OK\r\nX-Drip: ")
            while not select.select([conn], [], [], 0.1)[0]:
                conn.sendall(b".")
            return False
        if action == "noise":
            conn.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")
            return True
        if action == "half":
            conn.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
            return False
        if action == "chunked":
            append(self.file, body)
            conn.sendall(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
                         b"\r\n4\r\ngood\r\n0\r\n\r\n")
            return True
        if action in ("ok", "done"):
            append(self.file, body)
            conn.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            return action == "ok"
        status, _, retry = action.partition(":")
        text = b"line one of %s\nline two\n" % status.encode()
        conn.sendall(b"HTTP/1.1 %s No\r\n%sContent-Length: %d\r\n\r\n%s" % (
            status.encode(), b"Retry-After: %s\r\n" % retry.encode() if retry else b"", len(text),
            text))
        return True


def run_http(address, port, file, *actions):
    http = Http(file, actions)
    server = listen(address, port)
    while True:
        conn, _ = server.accept()
        threading.Thread(target=http.serve, args=(conn,), daemon=True).start()


def take_stream(conn, number, file, cut):
    total = 0
    while True:
        got = conn.recv(4096 if cut else 1 << 20)
        if not got:
            break
        if cut and total + len(got) >= cut:
            append(file, got[:cut - total])
            reset(conn)
            say("connection %d cut" % number)
            return
        append(file, got)
        total += len(got)
    say("connection %d bytes=%d" % (number, total))


def run_stream(where, *rest):
    port = None if where.startswith("unix:") else rest[0]
    file, *cut = rest[port is not None:]
    server = listen(where, port)
    number = 0
    while True:
        conn, _ = server.accept()
        number += 1
        # Each connection has a file, as its first line must be whole.
        threading.Thread(target=take_stream, args=(conn, number, "%s.%d" % (file, number),
                                                   int(cut[0]) if cut and number == 1 else 0),
                         daemon=True).start()


def judge(*files):
    runs, broken, lines, doubles = {}, 0, 0, 0
    for name in files:
        with open(name, "rb") as file:
            for line in file:
                try:
                    row = json.loads(line)
                    key, seq = (row["host"], row["boot_id"], row["run"]), row["seq"]
                except (ValueError, KeyError):
                    broken += 1
                    continue
                lines += 1
                seen = runs.setdefault(key, set())
                doubles += seq in seen
                seen.add(seq)
    gaps = sum(max(seen) - len(seen) for seen in runs.values())
    print("lines=%d doubles=%d runs=%d gaps=%d broken=%d" % (
        lines, doubles, len(runs), gaps, broken))


if __name__ == "__main__":
    {"http": run_http, "stream": run_stream, "judge": judge}[sys.argv[1]](*sys.argv[2:])
