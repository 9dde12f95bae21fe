# SPDX-License-Identifier: BSD-2-Clause
"""ICMP for IPv4 (RFC 792, 950, 1191, 1256, 4884, 4950, 8335)."""

import struct

from . import files
from .wire import A4, B4, C4, cksum, eth, icmp, ip, ip4, pattern, tcp, udp


def echo():
    out = []
    for seq in range(1, 4):
        body = struct.pack(">HH", 4711, seq) + pattern(56)
        out += [icmp(8, 0, body), icmp(0, 0, body, B4, A4)]
    out.append(icmp(8, 0, struct.pack(">HH", 4711, 4)))
    out.append(icmp(8, 0, struct.pack(">HH", 4711, 5) + pattern(7)))
    return out


def quote(packet, size=28):
    return packet[:size]


def unreachable():
    sent = udp(b"x" * 20, sport=40000, dport=33434)
    out = [icmp(3, code, struct.pack(">I", 0) + quote(sent), B4, A4) for code in range(18)]
    seg = tcp(sport=40000, dport=81, flags=2)
    out.append(icmp(3, 3, struct.pack(">I", 0) + quote(seg), B4, A4))
    out.append(icmp(3, 3, struct.pack(">I", 0) + quote(ip4(pattern(20), 132)), B4, A4))
    out.append(icmp(3, 2, struct.pack(">I", 0) + quote(ip4(pattern(20), 99)), B4, A4))
    out.append(icmp(3, 4, struct.pack(">HH", 0, 1400) + quote(tcp(b"y" * 400), 68), C4, A4))
    opts = bytes([7, 7, 4, 10, 0, 0, 9, 0])
    out.append(icmp(3, 3, struct.pack(">I", 0) + quote(udp(b"z" * 8, options=opts), 44), B4, A4))
    return out


def errors():
    sent = udp(b"x" * 20, dport=33434, ttl=1)
    out = []
    for code in range(3):
        out.append(icmp(11, code, struct.pack(">I", 0) + quote(sent), C4, A4))
    for code in range(5):
        out.append(icmp(5, code, ip(C4) + quote(sent), C4, A4))
    out.append(icmp(4, 0, struct.pack(">I", 0) + quote(sent), C4, A4))
    out.append(icmp(12, 0, struct.pack(">BBH", 20, 0, 0) + quote(sent), B4, A4))
    out.append(icmp(12, 1, struct.pack(">I", 0) + quote(sent), B4, A4))
    return out


def queries():
    ids = struct.pack(">HH", 77, 3)
    out = [
        icmp(13, 0, ids + struct.pack(">III", 43200000, 0, 0)),
        icmp(14, 0, ids + struct.pack(">III", 43200000, 43200017, 86399999), B4, A4),
        icmp(14, 0, ids + struct.pack(">III", 0x80000001, 0x80000002, 0xFFFFFFFF), B4, A4),
        icmp(15, 0, ids),
        icmp(16, 0, ids, B4, A4),
        icmp(17, 0, ids + struct.pack(">I", 0)),
        icmp(18, 0, ids + struct.pack(">I", 0xFFFFFF00), B4, A4),
        icmp(10, 0, struct.pack(">I", 0), dst="224.0.0.2", ttl=1),
    ]
    for life in (0, 59, 60, 1800, 3599, 3600, 65535):
        out.append(
            icmp(
                9,
                0,
                struct.pack(">BBH", 1, 2, life) + ip(B4) + struct.pack(">I", 5),
                B4,
                "224.0.0.1",
                ttl=1,
            )
        )
    out.append(
        icmp(
            9,
            0,
            struct.pack(">BBH", 2, 2, 1800)
            + ip(B4)
            + struct.pack(">I", 5)
            + ip(C4)
            + struct.pack(">I", 0x80000000),
            B4,
            "224.0.0.1",
            ttl=1,
        )
    )
    out.append(
        icmp(
            9,
            0,
            struct.pack(">BBH", 1, 3, 1800) + ip(B4) + struct.pack(">II", 5, 0),
            B4,
            "224.0.0.1",
            ttl=1,
        )
    )
    out.append(icmp(9, 16, struct.pack(">BBH", 0, 2, 1800), B4, "224.0.0.1", ttl=1))
    for type_ in (1, 2, 6, 7, 30, 31, 37, 40, 42, 43, 200, 255):
        out.append(icmp(type_, 0, struct.pack(">HH", 1, 0x0102) + pattern(8)))
    for code in range(1, 4):
        out.append(icmp(8, code, ids))
    return out


def extension(*objects):
    body = struct.pack(">BBH", 0x20, 0, 0)
    for class_, type_, data in objects:
        body += struct.pack(">HBB", 4 + len(data), class_, type_) + data
    return body[:2] + struct.pack(">H", cksum(body)) + body[4:]


def multipart():
    """RFC 4884: a quote padded to 128 bytes, then objects, such as MPLS labels from routers."""
    sent = quote(udp(pattern(120), dport=33434, ttl=1), 128)
    sent += b"\0" * (128 - len(sent))
    stack = struct.pack(">II", 24001 << 12 | 3 << 9 | 1, 16 << 12 | 1 << 8 | 255)
    name = b"\x05eth0\0\0\0"
    out = []
    for ext in (
        extension((1, 1, stack)),
        extension((1, 1, stack), (2, 0x0A, name)),
        extension((3, 1, pattern(8))),
        extension((1, 1, stack))[:7],
        extension((1, 1, stack[4:])),  # the bottom of the stack
    ):
        out.append(icmp(11, 0, struct.pack(">BBH", 0, 32, 0) + sent + ext, C4, A4))
    wrong = extension((1, 1, stack))
    out.append(
        icmp(11, 0, struct.pack(">BBH", 0, 32, 0) + sent + wrong[:2] + b"\1\2" + wrong[4:], C4, A4)
    )
    out.append(icmp(3, 1, struct.pack(">BBH", 0, 32, 0) + sent + b"\x10" + wrong[1:], C4, A4))
    for class_, type_, data in ((1, 2, stack), (0, 1, stack), (1, 1, b"\0\0"), (1, 1, b"")):
        out.append(
            icmp(
                11,
                0,
                struct.pack(">BBH", 0, 32, 0) + sent + extension((class_, type_, data)) + b"\0\0",
                C4,
                A4,
            )
        )
    short = extension((1, 1, stack))
    for n in (2, 3, 200):
        out.append(
            icmp(
                11,
                0,
                struct.pack(">BBH", 0, 32, 0) + sent + short[:4] + struct.pack(">H", n) + short[6:],
                C4,
                A4,
            )
        )
    out.append(icmp(11, 0, struct.pack(">BBH", 0, 0, 0) + sent + pattern(40), C4, A4))
    out.append(icmp(12, 1, struct.pack(">BBH", 0, 32, 0) + sent + short, C4, A4))
    # Old routers set the length field to 0.
    out.append(icmp(11, 0, struct.pack(">I", 0) + sent + extension((1, 1, stack)), C4, A4))
    return out


def odd():
    """Wrong checksums, quotes cut inside the IP or UDP header, messages shorter than 8 bytes."""
    good = icmp(8, 0, struct.pack(">HH", 1, 1) + pattern(8))
    out = [good[:22] + b"\x12\x34" + good[24:]]
    sent = udp(b"x" * 20, dport=33434)
    for size in (0, 1, 12, 19, 20, 22, 24, 27):
        out.append(icmp(3, 3, struct.pack(">I", 0) + sent[:size], B4, A4))
        out.append(icmp(11, 0, struct.pack(">I", 0) + sent[:size], B4, A4))
    for size in range(8):
        out.append(ip4(good[20 : 20 + size], 1))
    out.append(icmp(3, 3, struct.pack(">I", 0) + b"\x4f" + sent[1:28], B4, A4))
    out.append(icmp(3, 3, struct.pack(">I", 0) + b"\x41" + sent[1:28], B4, A4))
    return out


def nested():
    """Quotes of quotes, nested more deeply than a dissector should follow."""
    inner = icmp(3, 3, struct.pack(">I", 0) + udp(b"x" * 20)[:28], B4, A4)
    for _ in range(12):
        inner = icmp(3, 1, struct.pack(">I", 0) + inner, B4, A4)
    return [inner]


def samples():
    for name, packets in (
        ("icmp-echo", echo()),
        ("icmp-unreachable", unreachable()),
        ("icmp-errors", errors()),
        ("icmp-queries", queries()),
        ("icmp-multipart", multipart()),
        ("icmp-odd", odd()),
        ("icmp-nested-quotes", nested()),
    ):
        yield name + ".pcap", files.pcap([eth(p) for p in packets])
