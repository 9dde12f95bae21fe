# SPDX-License-Identifier: BSD-2-Clause
"""ICMPv6 (RFC 4443), neighbour discovery (RFC 4861, 4191, 8106), MLD (RFC 2710, 3810)."""

import struct

from . import files
from .ip import frag6, hop
from .wire import (
    A6,
    B6,
    C6,
    ICMP6,
    LL_A,
    LL_B,
    MAC_A,
    MAC_B,
    UDP,
    eth,
    icmp6,
    ip,
    ip6,
    pattern,
    tcp,
    udp,
)

ALL_NODES, ALL_ROUTERS, MLD2_ROUTERS = "ff02::1", "ff02::2", "ff02::16"


def echo():
    out = []
    for seq in range(1, 4):
        body = struct.pack(">HH", 4711, seq) + pattern(56)
        out += [icmp6(128, 0, body), icmp6(129, 0, body, B6, A6)]
    out.append(icmp6(128, 0, struct.pack(">HH", 65535, 0)))
    return out


def errors():
    sent = udp(b"x" * 20, A6, B6, dport=33434)
    seg = tcp(b"", A6, B6, dport=81, flags=2)
    sctp = ip6(struct.pack(">HHII", 40000, 5000, 0, 0), 132)
    zero = struct.pack(">I", 0)
    out = [icmp6(1, code, zero + sent, C6, A6) for code in range(9)]
    out += [
        icmp6(1, 4, zero + p, C6, A6)
        for p in (
            seg,
            sctp,
            ip6(hop(UDP) + sent[40:], 0),
            ip6(hop(60) + hop(UDP) + sent[40:], 0),
            ip6(frag6(sent[40:], UDP, 0, 1), 44),
            ip6(frag6(pattern(8), UDP, 64, 1), 44),
            ip6(pattern(8), 99),
        )
    ]
    out += [
        icmp6(2, 0, struct.pack(">I", 1280) + sent, C6, A6),
        icmp6(2, 1, struct.pack(">I", 0xFFFFFFFF) + sent, C6, A6),
    ]
    out += [icmp6(3, code, zero + sent, C6, A6) for code in range(3)]
    out += [icmp6(4, code, struct.pack(">I", 40) + sent, C6, A6) for code in range(5)]
    out += [
        icmp6(type_, 0, zero + pattern(16))
        for type_ in (0, 5, 100, 127, 148, 151, 160, 200, 201, 255)
    ]
    return out


def option(kind, body):
    body += b"\0" * (-(len(body) + 2) % 8)
    return struct.pack(">BB", kind, (len(body) + 2) // 8) + body


def prefix(text, length, flags, valid, preferred):
    return option(3, struct.pack(">BBIII", length, flags, valid, preferred, 0) + ip(text))


def dns_name(text):
    return b"".join(bytes([len(l)]) + l.encode() for l in text.split(".") if l) + b"\0"


def neighbours():
    sll, tll = option(1, MAC_A), option(2, MAC_B)
    target = ip(LL_B)
    out = [
        icmp6(135, 0, b"\0" * 4 + target + sll, LL_A, "ff02::1:ff0a:1", 255),
        icmp6(136, 0, struct.pack(">I", 0x60000000) + target + tll, LL_B, LL_A, 255),
        icmp6(135, 0, b"\0" * 4 + target, "::", "ff02::1:ff0a:1", 255),
        icmp6(136, 0, struct.pack(">I", 0xA0000000) + target + tll, LL_B, ALL_NODES, 255),
        icmp6(136, 0, struct.pack(">I", 0x00000000) + target, LL_B, LL_A, 255),
        icmp6(136, 0, struct.pack(">I", 0xE0000000) + target, LL_B, LL_A, 255),
        icmp6(135, 0, b"\0" * 4 + target + option(14, pattern(6)), LL_A, LL_B, 255),
        icmp6(135, 0, b"\0" * 4 + target + b"\1\0" + pattern(6), LL_A, LL_B, 255),
        icmp6(135, 0, b"\0" * 4 + target + b"\1\4" + pattern(6), LL_A, LL_B, 255),
        icmp6(135, 0, b"\0" * 4 + target + b"\1", LL_A, LL_B, 255),
        icmp6(
            135, 0, b"\0" * 4 + target + option(1, pattern(20)) + option(2, b""), LL_A, LL_B, 255
        ),
        icmp6(133, 0, b"\0" * 4 + sll, LL_A, ALL_ROUTERS, 255),
        icmp6(133, 0, b"\0" * 4, "::", ALL_ROUTERS, 255),
    ]
    sent = udp(b"x" * 20, A6, B6)
    out.append(
        icmp6(
            137, 0, b"\0" * 4 + ip(LL_B) + ip(B6) + option(4, b"\0" * 6 + sent) + tll, LL_A, A6, 255
        )
    )
    out.append(icmp6(137, 0, b"\0" * 4 + ip(B6) + ip(B6), LL_A, A6, 255))
    out += [
        icmp6(141, 0, b"\0" * 4 + sll + tll, LL_A, ALL_NODES, 255),
        icmp6(142, 0, b"\0" * 4 + sll + tll + option(10, pattern(22)), LL_A, LL_B, 255),
    ]
    return out


def redirect():
    """The options are in the order that Linux uses: the target's address comes first."""
    sent = udp(b"x" * 20, A6, B6)
    return [
        icmp6(
            137,
            0,
            b"\0" * 4 + ip(LL_B) + ip(B6) + option(2, MAC_B) + option(4, b"\0" * 6 + sent),
            LL_A,
            A6,
            255,
        )
    ]


def routers():
    def advert(opts, hops=64, flags=0, life=1800, reach=0, retrans=0):
        return icmp6(
            134,
            0,
            struct.pack(">BBHII", hops, flags, life, reach, retrans) + opts,
            LL_A,
            ALL_NODES,
            255,
        )

    full = (
        option(1, MAC_A)
        + option(5, struct.pack(">HI", 0, 1492))
        + prefix("2001:db8:1::", 64, 0xC0, 86400, 14400)
        + prefix("fd00::", 48, 0xE0, 0xFFFFFFFF, 0xFFFFFFFF)
        + option(25, struct.pack(">HI", 0, 600) + ip(B6) + ip(C6))
        + option(31, struct.pack(">HI", 0, 600) + dns_name("example.com") + dns_name("lan"))
    )
    out = [advert(full)]
    for flags in (0x80, 0x40, 0xC0, 0x20, 0x08, 0x18, 0x10, 0x04, 0x02, 0x01, 0xFF):
        out.append(advert(b"", flags=flags))
    for body in (
        option(24, struct.pack(">BBI", 0, 0x08, 1800)),
        option(24, struct.pack(">BBI", 48, 0x18, 0xFFFFFFFF) + ip("2001:db8:2::")[:8]),
        option(24, struct.pack(">BBI", 64, 0, 0) + ip("2001:db8:2::")),
        option(24, struct.pack(">BBI", 96, 0x10, 60) + ip("2001:db8:2::")[:8]),
        option(7, struct.pack(">HI", 0, 30000)),
        option(8, struct.pack(">HhH", 0, -5, 900)),
        option(38, pattern(14)),
        option(3, struct.pack(">BBIII", 64, 0x10, 1, 2, 3) + b"\0" * 16),
        prefix("2001:db8::1", 128, 0, 0, 0),
        option(3, b"\0" * 6),
        option(5, b"\0" * 14),
        option(5, struct.pack(">HI", 7, 9000)),
        option(25, b"\0" * 6),
        option(25, struct.pack(">HI", 0, 0xFFFFFFFF) + ip(B6)),
        option(25, b"\0" * 14),
        option(31, b"\0" * 6),
        option(31, struct.pack(">HI", 0, 1) + b"\x0fexample" + b"\0" * 6),
        option(31, struct.pack(">HI", 0, 1) + b"\xc0\x08" + b"\0" * 6),
        option(31, struct.pack(">HI", 0, 1) + b"\5a\tb\xffc\0" + b"\0" * 9),
        option(4, b"\0" * 6 + pattern(24)),
        option(200, pattern(6)),
        b"\0\1" + pattern(6),
    ):
        out.append(advert(body))
    out += [
        advert(b"", reach=30000, retrans=1000, life=0, hops=0),
        advert(b"", reach=0xFFFFFFFF, retrans=0xFFFFFFFF, life=65535, hops=255),
    ]
    return out


def mld():
    group = ip("ff05::1:3")
    alert = bytes([5, 2, 0, 0])

    def send(type_, body, dst, src=LL_A):
        whole = icmp6(type_, 0, body, src, dst, 1)
        return (
            whole[:4]
            + struct.pack(">HBB", len(whole) - 32, 0, 1)
            + whole[8:40]
            + hop(ICMP6, alert)
            + whole[40:]
        )

    def record(kind, addr, sources=(), aux=0):
        return (
            struct.pack(">BBH", kind, aux, len(sources))
            + ip(addr)
            + b"".join(ip(s) for s in sources)
            + b"\0" * (4 * aux)
        )

    any6 = b"\0" * 16
    out = [
        send(130, struct.pack(">HH", 10000, 0) + any6, ALL_NODES),
        send(130, struct.pack(">HH", 1000, 0) + group, "ff05::1:3"),
        send(131, struct.pack(">HH", 0, 0) + group, "ff05::1:3"),
        send(132, struct.pack(">HH", 0, 0) + group, ALL_ROUTERS),
        send(130, struct.pack(">HH", 10000, 0) + any6 + struct.pack(">BBH", 2, 125, 0), ALL_NODES),
        send(
            130,
            struct.pack(">HH", 0x8F01, 0)
            + group
            + struct.pack(">BBH", 10, 0x9A, 2)
            + ip(A6)
            + ip(B6),
            "ff05::1:3",
        ),
        send(
            130,
            struct.pack(">HH", 0xFFFF, 0) + group + struct.pack(">BBH", 0, 0, 9) + ip(A6),
            "ff05::1:3",
        ),
        send(
            130,
            struct.pack(">HH", 0, 0) + group + struct.pack(">BBH", 0, 0, 1) + ip(A6),
            "ff05::1:3",
        ),
        send(130, struct.pack(">HH", 1, 0) + group + b"\0\0", "ff05::1:3"),
        send(130, struct.pack(">HH", 1, 0) + group[:8], "ff05::1:3"),
        send(143, struct.pack(">HH", 0, 1) + record(4, "ff05::1:3"), MLD2_ROUTERS),
        send(
            143,
            struct.pack(">HH", 0, 3)
            + record(1, "ff05::1:3", [A6, B6])
            + record(2, "ff02::fb")
            + record(3, "ff3e::8000:1", [C6]),
            MLD2_ROUTERS,
        ),
        send(
            143,
            struct.pack(">HH", 0, 3)
            + record(5, "ff05::1:3", [A6])
            + record(6, "ff02::fb", [B6])
            + record(9, "ff02::fc"),
            MLD2_ROUTERS,
        ),
        send(143, struct.pack(">HH", 0, 0), MLD2_ROUTERS),
        send(143, struct.pack(">HH", 0, 1) + record(4, "ff05::1:3", aux=2), MLD2_ROUTERS),
        send(143, struct.pack(">HH", 0, 400) + record(4, "ff05::1:3"), MLD2_ROUTERS),
        send(143, struct.pack(">HH", 0, 2) + record(4, "ff05::1:3"), MLD2_ROUTERS),
        send(143, struct.pack(">HH", 0, 1) + struct.pack(">BBH", 1, 0, 99) + group, MLD2_ROUTERS),
        send(143, b"", MLD2_ROUTERS),
    ]
    return out


def rarer():
    """Router renumbering, node information, home agents, multicast traceroute, RPL."""
    nonce = pattern(8)
    out = [
        icmp6(139, 0, struct.pack(">HH", 3, 0) + nonce + ip(B6)),
        icmp6(139, 1, struct.pack(">HH", 2, 0) + nonce + dns_name("host")),
        icmp6(139, 2, struct.pack(">HH", 4, 0) + nonce + bytes([10, 0, 0, 1])),
        icmp6(140, 0, struct.pack(">HH", 2, 0) + nonce + struct.pack(">I", 0) + dns_name("host")),
        icmp6(140, 1, struct.pack(">HH", 0, 0) + nonce),
        icmp6(138, 0, struct.pack(">IBBHI", 7, 1, 0x80, 0, 0)),
        icmp6(138, 255, struct.pack(">IBBHI", 7, 1, 0xF8, 3000, 0)),
        icmp6(144, 0, struct.pack(">HH", 5, 0)),
        icmp6(145, 0, struct.pack(">HH", 5, 0) + ip(C6)),
        icmp6(146, 0, struct.pack(">HH", 5, 0)),
        icmp6(147, 0, struct.pack(">HH", 5, 0xC000) + prefix("2001:db8::", 64, 0xC0, 60, 30)),
        icmp6(155, 0, struct.pack(">BBH", 0, 0, 0)),
        icmp6(155, 1, struct.pack(">BBHBBBB", 1, 2, 3, 0x88, 4, 0, 0) + ip(C6)),
    ]
    return out


def odd():
    good = icmp6(128, 0, struct.pack(">HH", 1, 1) + pattern(8))
    out = [good[:42] + b"\x12\x34" + good[44:]]
    sent = udp(b"x" * 20, A6, B6, dport=33434)
    for size in (0, 1, 20, 39, 40, 42, 44, 47):
        out.append(icmp6(1, 4, b"\0" * 4 + sent[:size], C6, A6))
        out.append(icmp6(3, 0, b"\0" * 4 + sent[:size], C6, A6))
    for type_ in (1, 2, 3, 4, 128, 130, 131, 133, 134, 135, 136, 137, 143, 250):
        whole = icmp6(type_, 0, b"\0" * 16)[40:]
        out += [ip6(whole[:n], ICMP6) for n in (0, 1, 2, 4, 6, 8, 12)]
    out.append(ip6(frag6(good[40:], ICMP6, 8, 0), 44))
    return out


def nested():
    inner = icmp6(1, 4, b"\0" * 4 + udp(b"x" * 20, A6, B6), C6, A6)
    for _ in range(12):
        inner = icmp6(1, 0, b"\0" * 4 + inner, C6, A6)
    return [inner]


def samples():
    for name, packets in (
        ("icmp6-echo", echo()),
        ("icmp6-errors", errors()),
        ("icmp6-neighbour-discovery", neighbours()),
        ("icmp6-router-discovery", routers()),
        ("icmp6-redirect", redirect()),
        ("icmp6-mld", mld()),
        ("icmp6-rarer", rarer()),
        ("icmp6-odd", odd()),
        ("icmp6-nested-quotes", nested()),
    ):
        yield name + ".pcap", files.pcap([eth(p, 0x86DD) for p in packets])
