#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Processes with sockets of every kind, which write down what they hold, and the comparison of a file
with that.

    owners.py tcp-server TRUTH NAME plain|fork|reuse ADDR PORT
    owners.py tcp-client TRUTH NAME ADDR PORT COUNT
    owners.py udp-server TRUTH NAME ADDR PORT
    owners.py udp-client TRUTH NAME plain|connected|bound ADDR PORT COUNT [BYTES]
    owners.py check TRUTH FILE [NAME]

A server says `ready` and ends when its standard input does. A client ends by itself. Each line of
TRUTH is a socket: protocol, local and remote address and port, and the processes that may have held
it. `check` prints name=number pairs:

    packets     of TCP, UDP and ICMP
    ends        of these packets that belong to a socket of TRUTH
    named       ends whose process the file names
    missing     ends that should have a name
    wrong       ends with the name of somebody else, and packets with too many names
    mine        packets of the processes called NAME by TRUTH, and by the file ("found")
"""
import ctypes
import ipaddress
import json
import os
import re
import socket
import subprocess
import sys

RESPONSE = b"r" * 3000
PR_SET_NAME = 15


class Truth:
    def __init__(self, path, name):
        self.fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        self.name = name
        ctypes.CDLL(None).prctl(PR_SET_NAME, name.encode(), 0, 0, 0)

    def tell(self, sock, remote=None, pids=None):
        """A line is written at once, so lines of several processes do not mix."""
        proto = "tcp" if sock.type == socket.SOCK_STREAM else "udp"
        local = sock.getsockname()
        line = {"proto": proto, "local": [plain(local[0]), local[1]], "name": self.name,
                "remote": [plain(remote[0]), remote[1]] if remote else None,
                "pids": pids or [os.getpid()]}
        os.write(self.fd, (json.dumps(line) + "\n").encode())


def plain(text):
    """The text form that both sides have. IPv4 in IPv6 is IPv4, and any address is empty."""
    addr = ipaddress.ip_address(text.split("%")[0])
    if addr.version == 6 and addr.ipv4_mapped:
        addr = addr.ipv4_mapped
    return "" if addr.is_unspecified else str(addr)


def make(kind, addr):
    return socket.socket(socket.AF_INET6 if ":" in addr else socket.AF_INET, kind)


def ready():
    print("ready", flush=True)


def answer(conn):
    while conn.recv(65536):
        pass
    conn.sendall(RESPONSE)
    conn.close()


def tcp_server(truth, mode, addr, port):
    listener = make(socket.SOCK_STREAM, addr)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if mode == "reuse":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind((addr, int(port)))
    listener.listen(128)
    if mode != "reuse":
        truth.tell(listener)
    ready()
    while True:
        conn, remote = listener.accept()
        if mode != "fork":
            truth.tell(conn, remote)
            answer(conn)
            continue
        pid = os.fork()
        if not pid:
            listener.close()
            truth.tell(conn, remote, [os.getppid(), os.getpid()])
            answer(conn)
            os._exit(0)
        conn.close()
        os.waitpid(pid, 0)


def tcp_client(truth, addr, port, count):
    for _ in range(int(count)):
        sock = make(socket.SOCK_STREAM, addr)
        sock.connect((addr, int(port)))
        truth.tell(sock, sock.getpeername())
        sock.sendall(b"q" * 100)
        sock.shutdown(socket.SHUT_WR)
        while sock.recv(65536):
            pass
        sock.close()


def udp_server(truth, addr, port):
    sock = make(socket.SOCK_DGRAM, addr)
    sock.bind((addr, int(port)))
    truth.tell(sock)
    ready()
    while True:
        data, remote = sock.recvfrom(65536)
        sock.sendto(data, remote)


def udp_client(truth, mode, addr, port, count, size="40"):
    kept = make(socket.SOCK_DGRAM, addr) if mode == "bound" else None
    remote = (addr, int(port))
    if kept:
        kept.bind(("", 0))
        truth.tell(kept)
    for _ in range(int(count)):
        sock = kept or make(socket.SOCK_DGRAM, addr)
        sock.settimeout(5)
        if mode == "connected":
            sock.connect(remote)
            sock.send(b"u" * int(size))
        else:
            sock.sendto(b"u" * int(size), remote)
        if not kept:
            truth.tell(sock, remote)
        try:
            sock.recv(65536)
        except (ConnectionRefusedError, TimeoutError):
            pass
        if not kept:
            sock.close()


# ---- the comparison ----

FIELDS = ["frame.number", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "tcp.srcport", "tcp.dstport",
          "udp.srcport", "udp.dstport", "ip.id", "ip.frag_offset", "icmp.type", "icmpv6.type",
          "tcp.flags.str", "frame.comment", "ip.proto", "ipv6.nxt", "ipv6.fraghdr.ident",
          "ipv6.fraghdr.offset"]


def read(path):
    args = ["tshark", "-r", path, "-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE",
            "-T", "fields", "-E", "separator=|", "-E", "aggregator=;"]
    for field in FIELDS:
        args += ["-e", field]
    done = subprocess.run(args, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    for line in done.stdout.decode().splitlines():
        parts = line.split("|")
        yield {f: p.split(";") if p else [] for f, p in zip(FIELDS, parts)}


class Sockets:
    def __init__(self, path):
        self.exact, self.bound, self.names = {}, {}, {}
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                s = json.loads(line)
                for pid in s["pids"]:
                    self.names[pid] = s["name"]
                key = (s["proto"], tuple(s["local"]))
                if s["remote"]:
                    # The address of a socket that is not connected is chosen for each packet.
                    self.exact.setdefault((key[0], key[1], tuple(s["remote"])), set()).update(
                        s["pids"])
                else:
                    self.bound.setdefault(key, set()).update(s["pids"])

    def holders(self, proto, local, remote):
        """One after the other, sockets of several processes get the same port now and then."""
        found = set()
        for addr in (local[0], ""):
            found |= self.exact.get((proto, (addr, local[1]), remote), set())
            found |= self.bound.get((proto, (addr, local[1])), set())
        return found


def tuple_of(p, at, fragments):
    """The addresses and ports of a packet, or of the one that it quotes (at=1)."""
    version = "ip" if p["ip.src"] else "ipv6"
    if len(p[version + ".src"]) <= at:
        return None
    ends = [p[version + ".src"][at], p[version + ".dst"][at]]
    key = (tuple(ends), (p["ip.id"] or p["ipv6.fraghdr.ident"] or [""])[at if p["ip.id"] else 0])
    for proto in ("tcp", "udp"):
        if p[proto + ".srcport"]:
            ports = int(p[proto + ".srcport"][0]), int(p[proto + ".dstport"][0])
            found = proto, (ends[0], ports[0]), (ends[1], ports[1])
            fragments[key] = found
            return found
    is_later = any(int(x) for x in p["ip.frag_offset"] + p["ipv6.fraghdr.offset"])
    return fragments.get(key) if is_later else None


def expected(sockets, p, fragments):
    if p["icmp.type"] or p["icmpv6.type"]:
        quoted = tuple_of(p, 1, fragments)
        if not quoted:
            return None
        return [set(), sockets.holders(*quoted)]
    found = tuple_of(p, 0, fragments)
    if not found:
        return None
    proto, src, dst = found
    return [sockets.holders(proto, src, dst), sockets.holders(proto, dst, src)]


def judge(want, named):
    """How many of the ends are named, missing and wrong."""
    known = [w for w in want if w]
    if len(named) > len(known):
        return 0, 0, len(named)
    if len(named) == len(known):
        wrong = sum(pid not in w for pid, w in zip(named, known))
        return len(named) - wrong, 0, wrong
    # One of two ends has a name.
    wrong = sum(not any(pid in w for w in known) for pid in named)
    return len(named) - wrong, len(known) - len(named), wrong


def check(truth, path, name=None):
    sockets = Sockets(truth)
    count = dict.fromkeys(("packets", "ends", "named", "missing", "wrong", "mine", "found"), 0)
    fragments, told = {}, 0
    for p in read(path):
        want = expected(sockets, p, fragments)
        if want is None:
            continue
        named = [int(x) for x in re.findall(r"\[(\d+)\]", ";".join(p["frame.comment"]))]
        good, missing, wrong = judge(want, named)
        count["packets"] += 1
        count["ends"] += sum(bool(w) for w in want)
        count["named"] += good
        count["missing"] += missing
        count["wrong"] += wrong
        mine = any(sockets.names.get(pid) == name for w in want for pid in w)
        count["mine"] += mine
        count["found"] += any(sockets.names.get(pid) == name for pid in named)
        if (missing or wrong) and told < 40:
            told += 1
            print("#", {k: v for k, v in p.items() if v}, "want", want, "got", named)
    print(" ".join(f"{k}={v}" for k, v in count.items()))


def main():
    role, args = sys.argv[1], sys.argv[2:]
    if role == "check":
        return check(*args)
    roles = {"tcp-server": tcp_server, "tcp-client": tcp_client,
             "udp-server": udp_server, "udp-client": udp_client}
    return roles[role](Truth(args[0], args[1]), *args[2:])


if __name__ == "__main__":
    main()
