# SPDX-License-Identifier: BSD-2-Clause
"""Hostile and cut DNS messages, DNS over TCP, and multicast DNS (RFC 6762)."""

import struct

from . import files
from .dns import (
    A,
    AAAA,
    ANY,
    CNAME,
    HTTPS,
    MX,
    NS,
    OPT,
    PTR,
    QNAME,
    SOA,
    SRV,
    TXT,
    ask,
    message,
    name,
    ptr,
    question,
    record,
    tell,
)
from .tcp import Flow
from .wire import A4, A6, ACK, B4, PSH, B6, eth, ip, pattern, udp


def hostile():
    """Pointers in loops, forward, out of the message, to themselves; invalid labels."""
    head = struct.pack(">HH4H", 40, 0x0100, 1, 0, 0, 0)
    tail = struct.pack(">HH", A, 1)
    long_name = b"".join(b"\x3f" + b"a" * 63 for _ in range(8))
    names = [
        ptr(12),
        ptr(14) + ptr(12),
        b"\1a" + ptr(12),
        b"\1a" + ptr(14),
        ptr(0x3FFF),
        ptr(500),
        ptr(0),
        ptr(2),
        b"\xc0",
        b"\xff\xff",
        b"\x3fabc",
        b"\x40",
        b"\x80",
        b"\x41\x08\xaa" + b"\0",
        b"\x41\x00" + pattern(32) + b"\0",
        b"\x41",
        b"\x41\x20\xaa",
        b"\x42\1\2\0",
        b"\xbf\1",
        b"\1",
        b"\1a",
        b"",
        long_name + b"\0",
        long_name + ptr(12),
        b"\1a" * 200 + b"\0",
        b"\1a" * 127 + b"\0",
        b"\1a" * 128 + b"\0",
        b"\x3f"
        + b"b" * 63
        + b"\x3f"
        + b"c" * 63
        + b"\x3f"
        + b"d" * 63
        + b"\x3d"
        + b"e" * 61
        + b"\0",
    ]
    out = [ask(head + n + tail) for n in names]
    chain = b"\1z\0" + b"".join(ptr(12 + (0 if i == 0 else 3 + 2 * (i - 1))) for i in range(100))
    out.append(
        tell(
            struct.pack(">HH4H", 41, 0x8180, 1, 1, 0, 0)
            + chain[:3]
            + tail
            + chain[3:]
            + record(A, ip(A4), ptr(12 + 3 + 4 + 190))
        )
    )
    quest = [question()]
    bad = [
        record(A, b"\1\2\3"),
        record(A, b""),
        record(A, pattern(9)),
        record(AAAA, pattern(15)),
        record(A, b"", length=4),
        record(A, pattern(4), length=400),
        record(MX, b"\0"),
        record(MX, b"\0\1"),
        record(MX, b"\0\1" + ptr(41)),
        record(SRV, pattern(5)),
        record(SRV, pattern(6)),
        record(TXT, b"\x20abc"),
        record(TXT, b"\3ab"),
        record(SOA, QNAME),
        record(SOA, QNAME * 2 + pattern(10)),
        record(NS, b""),
        record(NS, ptr(41)),
        record(PTR, b"\x3fx"),
        record(CNAME, ptr(0x1000)),
        record(HTTPS, b"\0"),
        record(HTTPS, b"\0\1"),
        record(OPT, b"\0"),
        record(250, b"\0"),
        record(38, b"\xff"),
        record(38, b""),
    ]
    out += [tell(message(42, 0x8180, quest, [r])) for r in bad]
    out += [
        tell(message(43, 0x8180, quest, [record(A, ip(A4))], counts=(1, 9, 0, 0))),
        tell(message(43, 0x8180, quest, [record(A, ip(A4))], counts=(1, 65535, 65535, 65535))),
        tell(message(43, 0x8180, [], counts=(1, 1, 0, 0))),
        ask(message(43, 0x0100, [], counts=(65535, 0, 0, 0))),
        ask(message(43, 0x0100, quest, counts=(5, 0, 0, 0))),
    ]
    whole = message(44, 0x8180, quest, [record(A, ip(A4))])
    out += [
        tell(whole[:n]) for n in (0, 1, 2, 4, 11, 12, 13, 20, 25, 26, 28, 29, 30, 31, 39, 41, 43)
    ]
    return out


def truncated():
    """The TC bit, an answer cut by the snapshot length, and the same question over TCP."""
    quest = [question("big.example.com", TXT)]
    big = [record(TXT, b"\xff" + b"x" * 255)] * 4
    whole = message(50, 0x8180, quest, big)
    out = [
        eth(ask(message(50, 0x0100, quest))),
        eth(tell(message(50, 0x8380, quest, big[:1], counts=(1, 1, 0, 0)))),
    ]
    out += [
        files.Packet(eth(tell(whole))[:n], len(eth(tell(whole))))
        for n in (42, 50, 54, 60, 75, 90, 120, 400, 900)
    ]
    return out


def over_tcp():
    quest = [question("big.example.com", TXT)]
    query, answer = message(50, 0x0100, quest), message(
        50, 0x8180, quest, [record(TXT, b"\xc8" + b"x" * 200)] * 6
    )

    def framed(msg):
        return struct.pack(">H", len(msg)) + msg

    out = []
    for src, dst in ((A4, B4), (A6, B6)):
        f = Flow(src, dst, 40053, 53)
        out += f.open()
        out += [
            f.send(0, PSH | ACK, framed(query)),
            f.send(1, PSH | ACK, framed(answer)[:1000]),
            f.send(1, PSH | ACK, framed(answer)[1000:]),
        ]
        out += [
            f.send(0, PSH | ACK, data)
            for data in (
                framed(query) * 2,
                framed(query)[:2],
                framed(query)[:1],
                framed(query)[:10],
                framed(query[:12]),
                framed(query[:11]),
            )
        ]
        out += [
            f.send(1, PSH | ACK, framed(message(51, 0x8180, quest, [record(A, ip(A4))])))
        ] + f.close()
    return [eth(p) for p in out]


def multicast():
    group4, group6 = "224.0.0.251", "ff02::fb"
    service = name("_http._tcp.local")
    query = message(
        0,
        0,
        [question(service, PTR), question("host.local", A, 0x8001), question("host.local", AAAA)],
    )
    answer = message(
        0,
        0x8400,
        [],
        [
            record(PTR, b"\4Demo" + ptr(12), service, 4500),
            record(SRV, struct.pack(">HHH", 0, 0, 80) + name("host.local"), ptr(40), 120, 0x8001),
            record(TXT, b"\6path=/", ptr(40), 4500, 0x8001),
            record(A, ip(A4), name("host.local"), 120, 0x8001),
        ],
    )
    probe = message(
        0, 0, [question("host.local", ANY, 0x8001)], [], [record(A, ip(A4), QNAME, 120)]
    )
    # Other classes than IN beside the bits; the size of OPT has the same high bit.
    classes = message(
        0,
        0,
        [question("host.local", A, 0x8003), question("host.local", A, 0x7FFF)],
        [record(A, ip(A4), QNAME, 120, k) for k in (0x8003, 3, 0x80FF, 0x8111)],
        [],
        [b"\0" + struct.pack(">HHIH", 41, k, 0x8000, 0) for k in (0x85A0, 1440)],
    )
    out = []
    for src, dst in ((A4, group4), (A6, group6)):
        kw = {"ttl": 255} if src == A4 else {"hlim": 255}
        out += [eth(udp(m, src, dst, 5353, 5353, **kw)) for m in (query, answer, probe, classes)]
    out.append(
        eth(
            udp(message(0, 0, [question("_services._dns-sd._udp.local", PTR)]), A4, B4, 40000, 5353)
        )
    )
    return out


def samples():
    yield "dns-hostile.pcap", files.pcap([eth(p) for p in hostile()])
    for title, packets in (
        ("dns-truncated", truncated()),
        ("dns-over-tcp", over_tcp()),
        ("mdns", multicast()),
    ):
        yield title + ".pcap", files.pcap(packets)
