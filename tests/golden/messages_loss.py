#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Loss, disorder and repetition between an application and the capture: no answer is matched with the
request of another, holes are told, and what follows a hole is recognised again.

The conversations are made here, of several protocols, with and without pipelines. Each request has
a number of its own, which --content shows, and its answer has a length that no other one has. So a
message tells by itself whether both belong together.
"""
import json
import os
import random
import re
import shutil
import struct
import subprocess
import sys
import tempfile

SKWATCH = os.environ.get("SKWATCH") or os.path.join(os.environ.get("builddir", "."), "skwatch")
REQUESTS = 300
MSS = 300
CLIENT, SERVER = 0, 1
START_S, STEP_US = 1_800_000_000, 70

count = 0
failed = 0


def ok(good, name, detail=""):
    global count, failed
    count += 1
    print("%s %d - %s" % ("ok" if good else "not ok", count, name))
    if not good:
        failed += 1
        print("#   " + str(detail).replace("\n", "\n#   "))


# ---- protocols: the port, a request, its answer, and the number in what is shown of it ----

def http(n):
    body = b"x" * (10 + n)
    return (b"GET /page?id=%d HTTP/1.1\r\nHost: test\r\n\r\n" % n,
            b"HTTP/1.1 3%02d OK\r\nContent-Length: %d\r\n\r\n" % (10 + n % 80, len(body)) + body)


def redis(n):
    key = b"key%d" % n
    return (b"*2\r\n$3\r\nGET\r\n$%d\r\n%s\r\n" % (len(key), key),
            b"$%d\r\n%s\r\n" % (10 + n, b"x" * (10 + n)))


def memcached(n):
    key = b"key%d" % n
    return b"get %s\r\n" % key, b"VALUE %s 0 %d\r\n%s\r\nEND\r\n" % (key, 10 + n, b"x" * (10 + n))


def framed(kind, body):
    return kind + struct.pack(">I", len(body) + 4) + body


def postgres(n):
    value = b"x" * (10 + n)
    return (framed(b"Q", b"SELECT v FROM t WHERE id = %d\0" % n),
            framed(b"T", struct.pack(">H", 1) + b"v\0" + struct.pack(">IHIHIH", 0, 0, 25, 65535,
                                                                     0, 0)) +
            framed(b"D", struct.pack(">HI", 1, len(value)) + value) +
            framed(b"C", b"SELECT %d\0" % n) + framed(b"Z", b"I"))


def mysql_packet(number, body):
    return struct.pack("<I", len(body))[:3] + bytes([number]) + body


def mysql(n):
    def text(s):
        return bytes([len(s)]) + s if len(s) < 251 else b"\xfc" + struct.pack("<H", len(s)) + s

    column = (text(b"def") + text(b"") * 4 + text(b"v") + b"\x0c" +
              struct.pack("<HIBHBH", 33, 1000, 253, 0, 0, 0))
    end = b"\xfe\0\0\2\0"
    return (mysql_packet(0, b"\3SELECT v FROM t WHERE id = %d" % n),
            mysql_packet(1, b"\1") + mysql_packet(2, column) + mysql_packet(3, end) +
            mysql_packet(4, text(b"x" * (10 + n))) + mysql_packet(5, end))


def thrift_message(kind, n, body):
    name = b"get%d" % n
    whole = (struct.pack(">II", 0x80010000 | kind, len(name)) + name + struct.pack(">I", n) + body)
    return struct.pack(">I", len(whole)) + whole


def thrift(n):
    value = b"x" * (10 + n)
    return (thrift_message(1, n, struct.pack(">BhiB", 8, 1, n, 0)),
            thrift_message(2, n, struct.pack(">BhI", 11, 0, len(value)) + value + b"\0"))


def dns(n):
    name = b"\x07host%03d\x07example\0" % n
    value = b"x" * (10 + n % 200) + b"y" * (n // 200)
    question = name + struct.pack(">HH", 16, 1)
    data = bytes([len(value)]) + value
    messages = (struct.pack(">HHHHHH", n, 0x0100, 1, 0, 0, 0) + question,
                struct.pack(">HHHHHH", n, 0x8180, 1, 1, 0, 0) + question +
                struct.pack(">HHHIH", 0xc00c, 16, 1, 60, len(data)) + data)
    return tuple(struct.pack(">H", len(m)) + m for m in messages)


PROTOCOLS = {"http": (8080, http), "redis": (6379, redis), "memcached": (11211, memcached),
             "postgres": (5432, postgres), "mysql": (3306, mysql), "thrift": (9090, thrift),
             "dns": (53, dns)}
# One request at a time, as their clients do.
SINGLE = ("mysql",)
# Their connections begin with a login; here they were open before.
LOGS_IN = ("postgres", "mysql")


# ---- packets ----

class Talk:
    """A TCP connection: a list of (direction, frame, the numbers whose bytes it has)."""
    def __init__(self, port, client_port, opened):
        self.ports = client_port, port
        self.next = [1000, 5000]
        self.packets = []
        if not opened:
            return
        self.add(CLIENT, 0x02, b"", ())
        self.add(SERVER, 0x12, b"", ())
        self.add(CLIENT, 0x10, b"", ())

    def add(self, way, flags, data, numbers):
        tcp = struct.pack(">HHIIBBHHH", self.ports[way], self.ports[not way], self.next[way],
                          0 if flags == 2 else self.next[not way], 0x50, flags, 65535, 0, 0) + data
        ends = bytes([10, 0, 0, 1 + way, 10, 0, 0, 2 - way])
        ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp), 0, 0x4000, 64, 6, 0) + ends
        self.packets.append((way if data else None, b"\2" * 12 + b"\x08\0" + ip + tcp,
                             set(numbers)))
        self.next[way] += len(data) + (flags & 3 != 0)

    def send(self, way, parts):
        """(number, bytes) of messages, one behind the other, in segments."""
        data = b"".join(b for _, b in parts)
        owners = [n for n, b in parts for _ in b]
        for at in range(0, len(data), MSS):
            self.add(way, 0x18, data[at:at + MSS], owners[at:at + MSS])
        self.add(1 - way, 0x10, b"", ())


def conversation(rng, protocol, pipeline):
    port, make = PROTOCOLS[protocol]
    talk, n = Talk(port, rng.randrange(20000, 60000),
                   protocol not in LOGS_IN), 0
    while n < REQUESTS:
        group = range(n, min(REQUESTS, n + rng.randrange(1, pipeline + 1)))
        talk.send(CLIENT, [(i, make(i)[0]) for i in group])
        talk.send(SERVER, [(i, make(i)[1]) for i in group])
        n = group[-1] + 1
    talk.add(CLIENT, 0x11, b"", ())
    talk.add(SERVER, 0x11, b"", ())
    talk.add(CLIENT, 0x10, b"", ())
    return talk.packets


def disorder(rng, packets, rate):
    """Packets of one direction, one behind the other, change their places; some come again."""
    out = list(packets)
    for at in range(4, len(out) - 1):
        if rng.random() < rate and out[at][0] is not None and out[at][0] == out[at + 1][0]:
            out[at:at + 2] = [out[at + 1], out[at]]
    for at in range(len(out) - 5, 4, -1):
        if rng.random() < rate and out[at][0] is not None:
            out.insert(at + rng.randrange(1, 6), out[at])
    return out


def lose(rng, packets, rate):
    """The capture lacks these packets. The first ones tell the protocol, and are never lost."""
    out, gone = packets[:5], set()
    for packet in packets[5:]:
        if packet[0] is not None and rng.random() < rate:
            gone |= packet[2]
        else:
            out.append(packet)
    return out, gone


def write(file, packets):
    file.write(struct.pack("<IHHIIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
    for at, (_, frame, _) in enumerate(packets):
        file.write(struct.pack("<IIII", START_S, at * STEP_US, len(frame), len(frame)) + frame)
    file.flush()


# ---- what is told of them ----

def skwatch(path):
    done = subprocess.run([SKWATCH, "messages", "-r", path, "--json", "--content"],
                          capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def number_of(m):
    found = re.search(r"(?:id=|key|id = |get|host)(\d+)", m["kind"] or "")
    return int(found.group(1)) if found else None


def can_be(status, n):
    """HTTP and PostgreSQL have the number in the status, too."""
    found = re.fullmatch(r"(SELECT )?(\d+)", status or "")
    return not found or int(found.group(2)) == (n if found.group(1) else 310 + n % 80)


def judge(protocol, found):
    """The numbers of what was answered, and what is wrong."""
    make, right, wrong = PROTOCOLS[protocol][1], set(), []
    for m in found:
        n = number_of(m)
        if m["protocol"] != protocol or (n is not None and not 0 <= n < REQUESTS):
            wrong.append(m)
        elif m["outcome"] == "answered" and n is not None:
            request, answer = make(n)
            lengths = m["request_bytes"], m["answer_bytes"]
            # Behind a hole, the end of an answer may not be known.
            if n in right or not can_be(m["status"], n) or \
                    (lengths != (len(request), len(answer)) and
                     (not m["holes"] or lengths[1] > len(answer))):
                wrong.append(m)
            right.add(n)
    return right, wrong


def check(protocol, pipeline, seed):
    rng = random.Random(seed)
    whole = conversation(rng, protocol, pipeline)
    name = "%s, %s" % (protocol, "a pipeline" if pipeline > 1 else "one at a time")
    with tempfile.NamedTemporaryFile(suffix=".pcap") as file:
        write(file, disorder(rng, whole, 0.2))
        found, said = skwatch(file.name)
    right, wrong = judge(protocol, found)
    ok(len(right) == len(found) == REQUESTS and not wrong and "holes" not in said,
       name + ": disorder and repetition change nothing", (len(found), len(right), wrong[:3], said))
    for rate in 0.005, 0.03, 0.2:
        packets, gone = lose(rng, whole, rate)
        with tempfile.NamedTemporaryFile(suffix=".pcap") as file:
            write(file, disorder(rng, packets, 0.1))
            found, said = skwatch(file.name)
        right, wrong = judge(protocol, found)
        there, least = set(range(REQUESTS)) - gone, 0.9 if pipeline == 1 else 0.7
        ok(not wrong, "%s: %g %% lost: no answer is that of another request" % (name, rate * 100),
           "%d: %s" % (len(wrong), json.dumps(wrong[:3])))
        ok(bool(gone) == bool(re.search(r"\d+ holes? of", said)) and
           len(right & there) >= least * len(there),
           "%s: %g %% lost: holes are told, and the rest is recognised" % (name, rate * 100),
           "%d of %d; %s" % (len(right & there), len(there), said))


# ---- beside tshark ----

def nanoseconds(time):
    """Of a time such as 2027-01-15T08:00:00.047740000Z, from a minute on."""
    minute, second = time[14:-1].split(":")
    return int(minute) * 60 * 10**9 + int(second.replace(".", ""))


def tshark(path, protocol, in_order):
    """The number of each request that tshark has an answer to, and its time."""
    name, asked, time = {"http": ("http.response && http.time", "http.response_for.uri", "http.time"),
                         "dns": ("dns.time", "dns.qry.name", "dns.time")}[protocol]
    done = subprocess.run(["tshark", "-n", "-r", path, "-o", "tcp.reassemble_out_of_order:" + ("FALSE" if in_order else "TRUE"),
                           "-Y", name, "-T", "fields", "-e", asked, "-e", time, "-e",
                           "http.response.code"], capture_output=True, text=True, check=True)
    found = {}
    for line in done.stdout.splitlines():
        fields = [f.split(",") for f in line.split("\t")]
        for what, took, code in zip(fields[0], fields[1], fields[2] * len(fields[0])):
            n = int(re.search(r"(?:id=|host)(\d+)", what).group(1))
            # With loss, it matches some answers with the request of another.
            if can_be(code, n):
                found[n] = int(took.replace(".", ""))
    return found


def compare(protocol, rate, seed):
    rng = random.Random(seed)
    packets = lose(rng, conversation(rng, protocol, 1), rate)[0]
    with tempfile.NamedTemporaryFile(suffix=".pcap") as file:
        # tshark can do with one of both.
        write(file, packets if rate else disorder(rng, packets, 0.1))
        # From the last packet of the request to the last one of the answer.
        ours = {number_of(m): nanoseconds(m["answer_end_at"]) - nanoseconds(m["request_end_at"])
                for m in skwatch(file.name)[0] if m["outcome"] == "answered"}
        theirs = tshark(file.name, protocol, bool(rate))
    differ = {n: (ours.get(n), theirs[n]) for n in theirs if ours.get(n) != theirs[n]}
    ok(len(theirs) > REQUESTS / 3 and not differ,
       "%s: with %s, the times of tshark's answers are tshark's" %
       (protocol, "loss" if rate else "disorder"), "%d, %d: %s" % (len(ours), len(theirs), differ))


def main():
    for protocol in "http", "dns":
        for rate in 0, 0.03:
            if shutil.which("tshark"):
                compare(protocol, rate, 3)
            else:
                ok(True, "times are those of tshark # SKIP there is no tshark")
    for protocol in PROTOCOLS:
        check(protocol, 1, 1)
        if protocol not in SINGLE:
            check(protocol, 6, 2)
    print("1..%d" % count)
    sys.exit(failed > 0)


main()
