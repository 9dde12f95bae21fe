# SPDX-License-Identifier: BSD-2-Clause
"""Makes a recording as `capture` writes it: connections over some minutes, with loss, events, rows.

The same arguments give the same file. TCP is simple: a window of segments, each of which may be
lost and is then sent again after three answers or a timeout.
"""
import random
import struct
import time

EPOCH = 1_790_000_000 * 10**9
MSS = 1448


def block(kind, body):
    body += bytes(-len(body) % 4)
    size = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + size + body + size


def option(code, value):
    return struct.pack("<HH", code, len(value)) + value + bytes(-len(value) % 4)


def segment(src, dst, seq, ack, flags, payload=0, window=501, sacks=(), options=b""):
    """The first bytes of a packet and its length; payload is cut, as a capture with -s does."""
    if sacks:
        options = b"\x01\x01\x05" + bytes([2 + 8 * len(sacks)]) + b"".join(
            struct.pack(">II", *s) for s in sacks)
    options += bytes(-len(options) % 4)
    head = 20 + len(options)
    tcp = struct.pack(">HHIIBBHHH", src[1], dst[1], seq & 0xffffffff, ack & 0xffffffff,
                      head // 4 << 4, flags, window, 0, 0) + options
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + head + payload, 0, 0x4000, 64, 6, 0,
                     bytes(src[0]), bytes(dst[0]))
    frame = b"\x02" + bytes(5) + b"\x02" + bytes(4) + b"\x01\x08\x00" + ip + tcp
    return frame, len(frame) + payload


def rfc3339(ns):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(ns // 10**9)) + ".%09dZ" % (ns % 10**9)


class Recording:
    def __init__(self):
        self.records = []

    def packet(self, ns, frame):
        data, length = frame
        body = struct.pack("<IIIII", 0, (EPOCH + ns) >> 32, (EPOCH + ns) & 0xffffffff, len(data),
                           length) + data
        self.records.append((ns, block(6, body)))

    def entry(self, ns, kind, **fields):
        text = ["__REALTIME_TIMESTAMP=%d" % ((EPOCH + ns) // 1000), "MESSAGE=" + kind, "PRIORITY=6",
                "SYSLOG_IDENTIFIER=skwatch", "SKWATCH_TYPE=" + kind,
                "SKWATCH_TS=" + rfc3339(EPOCH + ns)]
        text += ["SKWATCH_%s=%s" % (name.upper(), value) for name, value in fields.items()]
        self.records.append((ns, block(9, ("\n".join(text) + "\n\n").encode())))

    def write(self, name, head):
        self.records.sort(key=lambda record: record[0])
        with open(name, "wb") as out:
            out.write(head)
            for _, data in self.records:
                out.write(data)


class Connection:
    def __init__(self, recording, number, rand):
        self.r, self.rand = recording, rand
        self.client = ((10, 1, number >> 8 & 255, number & 255), 32768 + number % 28000)
        self.server = ((10, 2, 0, rand.choice((3, 4, 9))), rand.choice((80, 443, 5432, 6379)))
        self.rtt = int(rand.lognormvariate(2.3, 0.9) * 1e6)
        self.loss = rand.choice((0, 0, 0, 0.002, 0.01, 0.04))
        self.known = dict(
            cookie=number + 1, netns=4026531840, proto="tcp", family="inet",
            local_addr=".".join(map(str, self.client[0])), local_port=self.client[1],
            remote_addr=".".join(map(str, self.server[0])), remote_port=self.server[1],
            direction="out", pid=1000 + number % 40, comm=rand.choice(
                ("nginx", "postgres", "python3", "envoy", "java", "redis-server")),
            owner_source="holder", cgroup="/system.slice/app%d.service" % (number % 12))
        self.known["owners"] = "%d %s" % (self.known["pid"], self.known["comm"])
        self.seq, self.ack = rand.randrange(2**32), rand.randrange(2**32)
        self.again = self.rtos = 0

    def row(self, ns, state="ESTABLISHED"):
        return dict(self.known, state=state, srtt_us=int(self.rtt / 1000 * self.rand.uniform(.9, 1.6)),
                    cwnd=self.rand.randrange(10, 60), rto_count=self.rtos, retrans_segs=self.again,
                    bytes_acked=1000, bytes_received=1000, segs_out=10, segs_in=10)

    def open(self, ns):
        scale = b"\x02\x04\x05\xb4\x01\x03\x03\x07"
        self.r.entry(ns - 1000, "connect", state="SYN_SENT", **self.known)
        self.r.packet(ns, segment(self.client, self.server, self.seq, 0, 2, window=64240, options=scale))
        self.r.packet(ns + self.rtt, segment(self.server, self.client, self.ack, self.seq + 1, 0x12,
                                             window=65160, options=scale))
        self.seq, self.ack = self.seq + 1, self.ack + 1
        self.r.packet(ns + self.rtt + 9000, segment(self.client, self.server, self.seq, self.ack, 0x10))
        self.r.entry(ns + self.rtt + 9000, "established", state="ESTABLISHED",
                     handshake_us=self.rtt // 1000, **self.known)
        return ns + self.rtt + 10000

    def burst(self, ns, segments):
        """The client sends this number of segments; the server acknowledges them."""
        lost, first = [], self.seq
        for i in range(segments):
            at = ns + i * 120000
            self.r.packet(at, segment(self.client, self.server, first + i * MSS, self.ack, 0x18, MSS))
            if self.rand.random() < self.loss:
                lost.append(i)
                continue
            back = at + int(self.rtt * self.rand.uniform(1, 1.25))
            hole = lost[0] if lost else i + 1
            sacks = [(first + (lost[-1] + 1) * MSS, first + (i + 1) * MSS)] if lost else ()
            self.r.packet(back, segment(self.server, self.client, self.ack, first + hole * MSS, 0x10,
                                        sacks=sacks))
        self.seq += segments * MSS
        end = ns + segments * 120000 + self.rtt
        for i in lost:
            if i > segments - 3:
                rto = max(200_000_000, 2 * self.rtt)
                end += rto
                self.rtos += 1
                self.r.entry(end, "rto", rto_us=rto // 1000, backoff=0, old_cwnd=20, **self.row(end))
            end += 100000
            self.again += 1
            self.r.packet(end, segment(self.client, self.server, first + i * MSS, self.ack, 0x18, MSS))
            self.r.entry(end, "retrans", seq=(first + i * MSS) & 0xffffffff, segs=1, error=0,
                         **self.row(end))
        if lost:
            end += self.rtt
            self.r.packet(end, segment(self.server, self.client, self.ack, self.seq, 0x10))
        return end + 1000

    def close(self, ns, reason):
        if reason == "fin":
            self.r.packet(ns, segment(self.client, self.server, self.seq, self.ack, 0x11))
            self.r.packet(ns + self.rtt, segment(self.server, self.client, self.ack, self.seq + 1, 0x11))
            self.r.packet(ns + self.rtt + 1000, segment(self.client, self.server, self.seq + 1,
                                                        self.ack + 1, 0x10))
        else:
            self.r.packet(ns, segment(self.server, self.client, self.ack, self.seq, 0x14))
        self.r.entry(ns, "state", old_state="ESTABLISHED", new_state="FIN_WAIT1",
                     **self.row(ns, "FIN_WAIT1"))
        self.r.entry(ns + self.rtt + 2000, "close", old_state="FIN_WAIT2", close_reason=reason,
                     **self.row(ns, "CLOSED"))


def make(name, connections, seconds):
    rand, r = random.Random(1), Recording()
    for number in range(connections):
        c = Connection(r, number, rand)
        ns = c.open(int(rand.uniform(0, seconds * 0.3) * 1e9) + 2000)
        end, sweep = int(rand.uniform(0.5, 1) * seconds * 1e9), ns
        while ns < end:
            ns = c.burst(ns, rand.choice((1, 2, 3, 8, 30)))
            if ns - sweep > 10**9:
                r.entry(ns, "row", **c.row(ns))
                sweep = ns
            ns += int(rand.expovariate(1 / 12) * 1e9)
        if rand.random() < 0.9:
            c.close(min(ns, int(seconds * 1e9)), rand.choice(("fin",) * 12 + ("reset_by_peer",)))
    r.entry(int(seconds * 1e9), "sweep", interval_us=1000000, rows=connections, changed=0, left=0,
            events=0, events_lost=0, namespaces=1)
    section = block(0x0a0d0d0a, struct.pack("<IHHq", 0x1a2b3c4d, 1, 0, -1))
    interface = block(1, struct.pack("<HHI", 1, 0, 262144) + option(9, b"\x09") + bytes(4))
    r.write(name, section + interface)

