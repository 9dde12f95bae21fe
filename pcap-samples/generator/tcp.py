# SPDX-License-Identifier: BSD-2-Clause
"""TCP (RFC 9293) with every option in use, UDP, SCTP."""

import struct

from . import files
from .wire import (
    A4,
    A6,
    ACK,
    B4,
    B6,
    CWR,
    ECE,
    FIN,
    PSH,
    RST,
    SCTP,
    SYN,
    UDP,
    URG,
    eth,
    ip4,
    over,
    pattern,
    tcp,
    udp,
)

MSS = struct.pack(">BBH", 2, 4, 1460)
WSCALE = bytes([3, 3, 7])
SACK_OK = bytes([4, 2])


def stamps(val, ecr):
    return struct.pack(">BBII", 8, 10, val, ecr)


def sack(*blocks):
    return struct.pack(">BB", 5, 2 + 8 * len(blocks)) + b"".join(
        struct.pack(">II", *b) for b in blocks
    )


class Flow:
    """The two ends of a connection, with their sequence numbers. Each call returns a packet."""

    def __init__(self, client, server, sport=40000, dport=9000, isn=(1000000, 0xFFFFFF00)):
        self.ends = ((client, sport), (server, dport))
        self.seq = list(isn)
        self.clock = 5000

    def send(self, who, flags, data=b"", at=None, options=None, **kw):
        me, you = self.ends[who], self.ends[1 - who]
        self.clock += 3
        if options is None:
            options = b"\1\1" + stamps(self.clock, self.clock - 2)
        pkt = tcp(
            data,
            me[0],
            you[0],
            me[1],
            you[1],
            self.seq[who] if at is None else at,
            self.seq[1 - who] if flags & ACK else 0,
            flags,
            options=options,
            **kw
        )
        if at is None:
            self.seq[who] += len(data) + bool(flags & SYN) + bool(flags & FIN)
        return pkt

    def open(self):
        syn = MSS + SACK_OK + stamps(5000, 0) + b"\1" + WSCALE
        return [
            self.send(0, SYN, options=syn, win=64240),
            self.send(1, SYN | ACK, options=syn, win=65160),
            self.send(0, ACK),
        ]

    def close(self):
        return [self.send(0, FIN | ACK), self.send(1, FIN | ACK), self.send(0, ACK)]


def session(client, server):
    f = Flow(client, server)
    out = f.open()
    out += [f.send(0, PSH | ACK, b"ping\n"), f.send(1, ACK)]
    out += [f.send(1, PSH | ACK, pattern(600)), f.send(0, ACK)]  # its sequence numbers wrap
    return out + f.close()


def reset():
    f = Flow(A4, B4)
    out = [f.send(0, SYN, options=MSS), f.send(1, RST | ACK, options=b"")]
    f = Flow(A4, B4, sport=40001)
    out += f.open() + [f.send(0, PSH | ACK, b"hello"), f.send(1, RST, options=b"")]
    f = Flow(A4, B4, sport=40002)
    out += f.open() + [f.send(1, RST | ACK, b"No such service", options=b"")]  # RFC 1122 4.2.2.12
    # Ports with a protocol of their own; a text of just 30 bytes, and longer texts.
    for port in (80, 53, 443, 9000):
        f = Flow(A4, B4, sport=40003, dport=port)
        out += [
            f.send(1, RST | ACK, data, options=b"")
            for data in (b"server stopped\r\n", b"x" * 30, b"y" * 31, b"\0\n\xff" * 40)
        ]
    return out


def reset_cut():
    """Resets of which the capture has no more than a part of the text."""
    whole = eth(tcp(b"z" * 40, sport=80, dport=40000, flags=RST | ACK))
    return [files.Packet(whole[:n], len(whole)) for n in (54, 55, 83, 84, 85, 93)]


def selective():
    f = Flow(A4, B4, isn=(1000000, 5000))
    out = f.open()
    base = f.seq[0]
    for i in range(6):
        pkt = f.send(0, ACK, pattern(100))
        if i not in (1, 3):
            out.append(pkt)
    n = b"\1\1"
    for blocks in (
        [(200, 300)],
        [(400, 500), (200, 300)],
        [(500, 600), (400, 500), (200, 300)],
        [(0, 100), (1, 2), (3, 4), (5, 6)],
    ):
        out.append(f.send(1, ACK, options=n + sack(*[(base + a, base + b) for a, b in blocks])))
    out.append(f.send(0, ACK, pattern(100), at=base + 100))
    out.append(f.send(1, ACK, options=n + sack((base - 10, base + 0x7FFFFFFF))))
    return out


def options():
    many = [
        b"",
        b"\1\1\1\1",
        b"\0\0\0\0",
        MSS,
        WSCALE,
        SACK_OK,
        stamps(1, 2),
        stamps(0xFFFFFFFF, 0),
        bytes([6, 6, 1, 2, 3, 4]),
        bytes([7, 6, 1, 2, 3, 4]),  # echo, reply
        bytes([9, 2]),
        bytes([10, 3, 0xC0]),
        bytes([11, 6, 0, 0, 0, 1]),
        bytes([12, 6, 0, 0, 0, 2]),
        bytes([13, 6, 0, 0, 0, 3]),
        bytes([14, 3, 1]),
        bytes([15, 4, 0xAA, 0xBB]),
        bytes([18, 3, 1]),
        bytes([19, 18]) + pattern(16),
        bytes([20, 4, 1, 2]),
        bytes([26, 6, 1, 2, 3, 4]),
        bytes([27, 8, 1, 2, 3, 4, 5, 6]),
        bytes([28, 4, 0x80, 0x05]),
        bytes([28, 4, 0x00, 0x3C]),  # user timeout
        bytes([29, 16, 1, 2]) + pattern(12),
        bytes([29, 4, 1, 2]),  # TCP-AO
        bytes([34, 2]),
        bytes([34, 10]) + pattern(8),
        bytes([34, 3, 0]),  # fast open
        bytes([253, 6, 0xF9, 0x89, 1, 2]),
        bytes([254, 4, 0xF9, 0x89]),
        bytes([254, 12, 0xF9, 0x89]) + pattern(8),
        bytes([254, 4, 1, 2]),
        bytes([253, 2]),
        bytes([77, 5, 1, 2, 3]),
        bytes([255, 2]),
        bytes([173, 8]) + pattern(6),
        bytes([174, 4, 0, 0]),
        bytes([69, 2]),
    ]
    wrong = [
        bytes([2, 3, 5]),
        bytes([2, 0]),
        bytes([2, 1]),
        bytes([2, 5, 1, 2, 3]),
        bytes([3, 4, 7, 0]),
        bytes([4, 3, 0]),
        bytes([5, 9]) + pattern(7),
        bytes([5, 2]),
        bytes([8, 9]) + pattern(7),
        bytes([8, 40]) + pattern(10),
        bytes([1, 1, 1, 2]),
        bytes([8]),
        bytes([0, 1, 2, 3]),
        bytes([19, 4, 0, 0]),
        bytes([28, 3, 0]),
        bytes([77, 44]),
        bytes([1, 77]),
        bytes([0, 0, 0, 1]),
    ]
    out = []
    for i, opt in enumerate(many + wrong):
        out.append(tcp(sport=41000 + i, flags=SYN, options=opt))
    full = b"\1" * 40
    out.append(tcp(flags=ACK, ack=7, options=full))
    return out


def mptcp():
    """RFC 8684, by subtype, which is the first nibble after the length."""
    subs = [
        (SYN, bytes([30, 4, 0x01, 0x81])),
        (SYN, bytes([30, 12, 0x01, 0x01]) + pattern(8)),
        (SYN | ACK, bytes([30, 12, 0x00, 0x01]) + pattern(8)),
        (ACK, bytes([30, 20, 0x01, 0x01]) + pattern(16)),
        (ACK, bytes([30, 22, 0x01, 0x01]) + pattern(18)),
        (ACK, bytes([30, 24, 0x01, 0x01]) + pattern(20)),
        (SYN, bytes([30, 12, 0x10, 0x02]) + pattern(8)),
        (SYN | ACK, bytes([30, 16, 0x11, 0x02]) + pattern(12)),
        (ACK, bytes([30, 24, 0x10, 0x00]) + pattern(20)),
        (ACK, bytes([30, 8, 0x20, 0x01]) + pattern(4)),
        (ACK, bytes([30, 12, 0x20, 0x03]) + pattern(8)),
        (ACK, bytes([30, 18, 0x20, 0x05]) + pattern(14)),
        (ACK, bytes([30, 20, 0x20, 0x05]) + pattern(16)),
        (ACK, bytes([30, 28, 0x20, 0x1F]) + pattern(24)),
        (ACK, bytes([30, 8, 0x34, 0x01, 10, 0, 0, 9])),
        (ACK, bytes([30, 10, 0x34, 0x01, 10, 0, 0, 9, 0x1F, 0x90])),
        (ACK, bytes([30, 16, 0x30, 0x02, 10, 0, 0, 9]) + pattern(8)),
        (ACK, bytes([30, 18, 0x30, 0x02, 10, 0, 0, 9, 0x1F, 0x90]) + pattern(8)),
        (ACK, bytes([30, 20, 0x36, 0x01]) + pattern(16)),
        (ACK, bytes([30, 5, 0x40, 1, 2])),
        (ACK, bytes([30, 4, 0x40, 1])),
        (ACK, bytes([30, 3, 0x50])),
        (ACK, bytes([30, 4, 0x51, 3])),
        (ACK, bytes([30, 12, 0x60, 0]) + pattern(8)),
        (ACK, bytes([30, 12, 0x70, 0]) + pattern(8)),
        (ACK, bytes([30, 4, 0x80, 1])),
        (ACK, bytes([30, 4, 0xF0, 1])),
        (ACK, bytes([30, 3, 0])),
        (ACK, bytes([30, 2])),
    ]
    return [tcp(flags=f, sport=42000 + i, options=o) for i, (f, o) in enumerate(subs)]


def flags():
    out = [
        tcp(flags=f, ack=1)
        for f in (
            0,
            FIN,
            SYN,
            RST,
            PSH,
            ACK,
            URG,
            ECE,
            CWR,
            255,
            FIN | SYN | RST,
            SYN | ECE | CWR,
            SYN | ACK | ECE,
        )
    ]
    out.append(tcp(b"urgent!", flags=URG | PSH | ACK, urg=6, seq=2000, ack=1))
    out.append(tcp(b"not urgent", flags=ACK, urg=77, seq=3000, ack=1))
    out.append(tcp(b"x", flags=PSH | ACK, seq=0xFFFFFFFF, ack=0xFFFFFFFF, win=0))
    # A reserved bit is the accurate ECN flag (RFC 9768).
    pkt = bytearray(tcp(flags=SYN | ECE | CWR, sport=40009))
    pkt[32] |= 1
    out.append(bytes(pkt))
    return out


def wrong():
    out = [
        tcp(b"data", bad=True, ack=1),
        tcp(b"data", doff=4, ack=1),
        tcp(b"data", doff=15, ack=1),
        tcp(b"data", doff=0, ack=1),
        tcp(b"data", ack=1, total=30),
        tcp(b"data", ack=1, total=2000),
        tcp(b"data", src=A6, dst=B6, bad=True, ack=1),
    ]
    whole = tcp(b"data", ack=1, options=stamps(1, 2))
    out += [ip4(whole[20 : 20 + n], 6) for n in range(0, 36, 2)]
    return out


def datagrams():
    out = []
    for src, dst in ((A4, B4), (A6, B6)):
        out += [
            udp(b"", src, dst),
            udp(b"one", src, dst),
            udp(pattern(512), src, dst),
            udp(b"no sum", src, dst, sum_=False),
            udp(b"wrong sum", src, dst, sum_=0x1234),
            udp(b"short", src, dst, length=4),
            udp(b"long", src, dst, length=99),
            udp(b"zero", src, dst, length=0),
            udp(b"inner", src, dst, length=10),
        ]
        whole = udp(b"abcd", src, dst)
        head = 20 if src == A4 else 40
        out += [over(whole[head : head + n], UDP, src, dst) for n in range(8)]
    return out


def ports():
    """Well-known UDP ports with data of another protocol."""
    return [
        udp(pattern(48), dport=p)
        for p in (
            53,
            67,
            68,
            69,
            88,
            111,
            123,
            137,
            138,
            161,
            162,
            389,
            443,
            500,
            514,
            520,
            546,
            547,
            1194,
            1812,
            1900,
            2055,
            3478,
            4500,
            4789,
            5060,
            5353,
            5355,
            6343,
            51820,
        )
    ]


def sctp():
    chunks = [
        struct.pack(">BBHIIHHI", 1, 0, 20, 0x11223344, 106496, 10, 65535, 7),
        struct.pack(">BBHIIHHI", 2, 0, 20, 0x55667788, 106496, 10, 10, 9),
        struct.pack(">BBH", 10, 0, 8) + b"cook",
        struct.pack(">BBH", 11, 0, 4),
        struct.pack(">BBHIHHI", 0, 3, 21, 7, 0, 0, 0) + b"hello\0\0\0",
        struct.pack(">BBHIIHH", 3, 0, 16, 7, 106496, 0, 0),
        struct.pack(">BBHHH", 4, 0, 12, 1, 8) + b"beat",
        struct.pack(">BBHHH", 5, 0, 12, 1, 8) + b"beat",
        struct.pack(">BBHI", 7, 0, 8, 7),
        struct.pack(">BBH", 8, 0, 4),
        struct.pack(">BBH", 14, 0, 4),
        struct.pack(">BBH", 6, 0, 4),
        struct.pack(">BBHHH", 9, 0, 8, 3, 4),
    ]
    out = [ip4(struct.pack(">HHII", 40000, 5000, 0x55667788, 0) + c, SCTP) for c in chunks]
    out.append(ip4(struct.pack(">HHII", 40000, 5000, 1, 0) + chunks[3] + chunks[4], SCTP))
    out.append(over(struct.pack(">HHII", 40000, 5000, 1, 0) + chunks[0], SCTP, A6, B6))
    return out


def samples():
    for name, packets in (
        ("tcp-ipv4-session", session(A4, B4)),
        ("tcp-ipv6-session", session(A6, B6)),
        ("tcp-reset", reset()),
        ("tcp-sack", selective()),
        ("tcp-options", options()),
        ("tcp-mptcp", mptcp()),
        ("tcp-flags", flags()),
        ("tcp-malformed", wrong()),
        ("udp", datagrams()),
        ("udp-known-ports", ports()),
        ("sctp", sctp()),
    ):
        yield name + ".pcap", files.pcap([eth(p) for p in packets])
    yield "tcp-reset-cut.pcap", files.pcap(reset_cut())
