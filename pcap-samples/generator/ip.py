# SPDX-License-Identifier: BSD-2-Clause
"""IPv4 options and fragments, IPv6 extension headers, tunnels, and malformed IP."""

import struct

from . import files
from .wire import (
    A4,
    A6,
    B4,
    B6,
    C4,
    C6,
    GRE,
    ICMP,
    ICMP6,
    IGMP,
    IPIP,
    IPV6,
    TCP,
    UDP,
    eth,
    fill,
    icmp,
    icmp6,
    ip,
    ip4,
    ip6,
    pattern,
    pseudo,
    tcp,
    udp,
)


def echo4(**kw):
    return icmp(8, 0, struct.pack(">HH", 1, 1) + pattern(20), **kw)


def echo6(**kw):
    return icmp6(128, 0, struct.pack(">HH", 1, 1) + pattern(20), **kw)


def options():
    opts = [
        b"\1\1\1\0",
        b"\0\0\0\0",
        bytes([7, 11, 4]) + b"\0" * 8 + b"\0",
        bytes([7, 11, 8]) + ip(C4) + b"\0" * 4 + b"\0",
        bytes([7, 11, 12]) + ip(C4) + ip(B4) + b"\0",
        bytes([131, 7, 4]) + ip(C4) + b"\0",
        bytes([131, 11, 8]) + ip(C4) + ip(B4) + b"\0",
        bytes([137, 7, 4]) + ip(C4) + b"\0",
        bytes([137, 7, 8]) + ip(C4) + b"\0",
        bytes([68, 12, 5, 0]) + struct.pack(">II", 43200000, 0),
        bytes([68, 12, 5, 0x11]) + ip(C4) + struct.pack(">I", 1),
        bytes([68, 12, 5, 3]) + ip(C4) + struct.pack(">I", 0),
        bytes([68, 12, 5, 2]) + struct.pack(">II", 1, 2),
        bytes([68, 4, 5, 0xF0]),
        bytes([148, 4, 0, 0]),
        bytes([148, 4, 0, 1]),
        bytes([130, 11]) + pattern(9) + b"\0",
        bytes([136, 4, 0, 7]),
        bytes([85, 4, 1, 2]),
        bytes([7, 3, 4, 0]),
        bytes([7, 2, 0, 0]),
        bytes([7, 0, 0, 0]),
        bytes([7, 1, 0, 0]),
        bytes([7, 40, 4, 0]),
        bytes([1, 1, 1, 7]),
        bytes([0, 7, 7, 4]),
        bytes([7, 6, 4, 0, 0, 0, 0, 0]),
        b"\1" * 40,
        bytes([25, 8]) + pattern(6),
        bytes([148, 3, 0, 0]),
    ]
    return [echo4(options=o) for o in opts]


def fragments():
    whole = udp(pattern(3000), flags=0)[20:]
    out = []
    for at in range(0, len(whole), 1480):
        part = whole[at : at + 1480]
        out.append(ip4(part, UDP, ident=99, flags=1 if at + 1480 < len(whole) else 0, offset=at))
    ping = icmp(8, 0, struct.pack(">HH", 1, 1) + pattern(100))[20:]
    out += [
        ip4(ping[:16], ICMP, ident=100, flags=1),
        ip4(ping[16:], ICMP, ident=100, flags=0, offset=16),
    ]
    seg = tcp(b"x" * 100, ack=1)[20:]
    out += [
        ip4(seg[:8], TCP, ident=101, flags=1),
        ip4(seg[8:], TCP, ident=101, flags=0, offset=8),
        ip4(seg[:40], TCP, ident=102, flags=1),
        ip4(pattern(8), 132, ident=103, flags=1, offset=8),
        ip4(pattern(8), UDP, ident=104, flags=4),
        ip4(pattern(8), UDP, ident=104, flags=7, offset=65528),
        ip4(b"", UDP, ident=105, flags=1),
        ip4(pattern(5), UDP, ident=106, flags=0, offset=64),
    ]
    return out


def frag6(payload, proto, offset, more, ident=0x1234):
    return struct.pack(">BBHI", proto, 0, offset | more, ident) + payload


def fragments6():
    whole = udp(pattern(3000), A6, B6)[40:]
    out = []
    for at in range(0, len(whole), 1448):
        out.append(ip6(frag6(whole[at : at + 1448], UDP, at, at + 1448 < len(whole)), 44))
    out += [
        ip6(frag6(echo6()[40:], ICMP6, 0, 0), 44),
        ip6(frag6(tcp(b"y", A6, B6, ack=1)[40:], TCP, 0, 1), 44),
        ip6(frag6(b"", UDP, 0, 0), 44),
        ip6(frag6(whole[:8], UDP, 0, 1)[:7], 44),
        ip6(frag6(pattern(8), 99, 8, 1), 44),
    ]
    return out


def hop(proto, *opts):
    body = b"".join(opts)
    pad = -(len(body) + 2) % 8
    body += b"" if pad == 0 else b"\0" if pad == 1 else bytes([1, pad - 2]) + b"\0" * (pad - 2)
    return struct.pack(">BB", proto, (len(body) + 2) // 8 - 1) + body


def routing(proto, kind, left, addrs, extra=b"\0" * 4):
    body = extra + b"".join(ip(a) for a in addrs)
    return struct.pack(">BBBB", proto, len(body) // 8, kind, left) + body


def extensions():
    ping = echo6()[40:]
    alert = bytes([5, 2, 0, 0])
    jumbo = struct.pack(">BBI", 0xC2, 4, 80000)
    home = bytes([0xC9, 16]) + ip(C6)
    out = [
        ip6(hop(ICMP6, alert) + ping, 0),
        ip6(hop(ICMP6) + ping, 0),
        ip6(hop(ICMP6, b"\0\0\0\0\0\0") + ping, 0),
        ip6(hop(ICMP6, bytes([0x3E, 4]) + pattern(4)) + ping, 0),
        ip6(hop(ICMP6, bytes([5, 3, 0, 0, 0])) + ping, 0),
        ip6(hop(ICMP6, home) + ping, 60),
        ip6(hop(60, alert) + hop(ICMP6, bytes([1, 4]) + b"\0" * 4) + ping, 0),
        ip6(routing(ICMP6, 0, 1, [C6]) + ping, 43),
        ip6(routing(ICMP6, 2, 1, [C6]) + ping, 43),
        ip6(routing(ICMP6, 4, 1, [C6, B6], struct.pack(">BBH", 1, 0x10, 7)) + ping, 43),
        ip6(routing(ICMP6, 9, 0, []) + ping, 43),
        ip6(hop(43, alert) + routing(44, 0, 0, [C6]) + frag6(ping, ICMP6, 0, 0), 0),
        ip6(struct.pack(">BBHII", ICMP6, 4, 0, 0x100, 5) + pattern(12) + ping, 51),
        ip6(
            struct.pack(">BBHII", TCP, 4, 0, 0x100, 6)
            + pattern(12)
            + tcp(b"x", A6, B6, ack=1)[40:],
            51,
        ),
        ip6(struct.pack(">II", 0x200, 7) + pattern(32), 50),
        ip6(b"", 59),
        ip6(pattern(10), 59),
        ip6(pattern(10), 99),
        ip6(struct.pack(">BBH", ICMP6, 1, 0) + pattern(12) + ping, 135),
        ip6(b"", 0),
        ip6(b"\x3a", 0),
        ip6(struct.pack(">BB", ICMP6, 9) + pattern(6), 0),
        ip6(hop(ICMP6, bytes([5, 200])) + ping, 0),
        ip6(hop(ICMP6, jumbo) + ping, 0),
        ip6(echo6()[40:], ICMP6, tclass=0xB8, flow=0xABCDE, hlim=1),
        ip6(struct.pack(">BBHII", UDP, 4, 0, 0, 5) + pattern(12), 108),
    ]
    chain = ping
    proto = ICMP6
    for _ in range(30):
        chain, proto = hop(proto) + chain, 60
    out.append(ip6(chain, 60))
    ah = struct.pack(">BBHII", 60, 4, 0, 0x100, 7) + pattern(12)
    out.append(ip6(ah + hop(UDP) + udp(b"x", A6, B6)[40:], 51))
    return out


def jumbogram():
    """RFC 2675: the payload length is 0, and a hop-by-hop option has the true length."""
    seg = struct.pack(">HHHH", 40000, 9999, 0, 0) + pattern(66000)
    head = hop(UDP, struct.pack(">BBI", 0xC2, 4, len(seg) + 8))
    whole = eth(ip6(head + fill(seg, 6, pseudo(A6, B6, UDP, len(seg))), 0, plen=0))
    return [files.Packet(whole[:256], len(whole))]


def tunnels():
    inner4, inner6 = echo4(src="192.0.2.1", dst="192.0.2.2"), echo6(
        src="2001:db8:1::1", dst="2001:db8:1::2"
    )
    gre = [
        struct.pack(">HH", 0, 0x0800) + inner4,
        struct.pack(">HH", 0, 0x86DD) + inner6,
        struct.pack(">HHI", 0x2000, 0x0800, 0xABCD) + inner4,
        struct.pack(">HHHHI", 0xA000, 0x0800, 0x1234, 0, 1) + inner4,
        struct.pack(">HHI", 0x1000, 0x0800, 77) + inner4,
        struct.pack(">HHIII", 0xB000, 0x86DD, 0, 5, 9) + inner6,
        struct.pack(">HH", 0, 0x6558) + eth(inner4),
        struct.pack(">HHHHI", 0x3081, 0x880B, 4, 9, 1) + pattern(4),
        struct.pack(">HH", 0, 0x1234) + pattern(8),
        struct.pack(">HH", 7, 0x0800) + inner4,
        b"\0\0",
    ]
    out = [ip4(inner4, IPIP), ip4(inner6, IPV6), ip6(inner4, IPIP), ip6(inner6, IPV6)]
    out += [ip4(g, GRE) for g in gre] + [ip6(gre[0], GRE)]
    out += [
        ip4(inner4[:10], IPIP),
        ip4(inner6[:10], IPV6),
        ip4(tcp(b"x", ack=1), IPIP),
        udp(bytes([8, 0, 0, 0, 0, 1, 0x23, 0]) + eth(inner4), dport=4789),
    ]
    return out


def nest():
    pkt = echo4()
    for _ in range(20):
        pkt = ip4(pkt, IPIP)
    mixed = echo4()
    for i in range(6):
        mixed = ip6(mixed, IPIP if i == 0 else IPV6) if i % 2 == 0 else ip6(mixed, IPV6)
    return [pkt, mixed]


def malformed():
    ping, ping6 = echo4(), echo6()
    out = [
        b"\x40" + ping[1:],
        b"\x44" + ping[1:],
        b"\x4f" + ping[1:],
        b"\x55" + ping[1:],
        b"\x05" + ping[1:],
        echo4(total=10),
        echo4(total=19),
        echo4(total=21),
        echo4(total=0),
        echo4(total=1500),
        echo4(ttl=0),
        echo4(tos=3),
        echo4(tos=0xB9),
        echo4(tos=2),
        ping[:10] + b"\x12\x34" + ping[12:],
        ip4(b"", 255),
        ip4(b"x", 0),
        ip4(pattern(30), 200),
        ip4(pattern(16), 2, dst="224.0.0.1", ttl=1),
        ip4(pattern(20), 89),
        ip4(pattern(30), 50),
        ip4(pattern(30), 51),
        ip4(pattern(30), 112),
        ip4(pattern(30), 103),
        ip4(pattern(30), 88),
        ip4(pattern(30), 115),
    ]
    out += [b"\x50" + ping6[1:], echo6(plen=0), echo6(plen=10), echo6(plen=2000), echo6(hlim=0)]
    frames = [eth(p, 0x0800) for p in out[:26]] + [eth(p, 0x86DD) for p in out[26:]]
    frames += [eth(ping[:n], 0x0800) for n in range(0, 30)] + [
        eth(ping6[:n], 0x86DD) for n in range(0, 56, 3)
    ]
    return frames + [eth(ping6, 0x0800), eth(ping, 0x86DD), eth(ping + b"trailer of the frame")]


def header_cut():
    """Headers with options of which the capture has a part: protocols with and without ports."""
    nops = b"\1" * 11 + b"\0"
    out = []
    for proto, more in ((ICMP, {}), (17, {}), (6, {}), (200, {}), (ICMP, {"offset": 64})):
        whole = eth(ip4(pattern(40), proto, options=nops, **more))
        out += [files.Packet(whole[:n], len(whole)) for n in (34, 40, 45, 46, 50)]
    return out


def igmp():
    def message(kind, code, rest, dst):
        return ip4(
            fill(struct.pack(">BBH", kind, code, 0) + rest, 2),
            IGMP,
            dst=dst,
            ttl=1,
            options=bytes([148, 4, 0, 0]),
        )

    group = "239.1.2.3"
    return [
        message(0x11, 100, ip("0.0.0.0"), "224.0.0.1"),
        message(0x11, 10, ip(group), group),
        message(0x11, 0, ip("0.0.0.0"), "224.0.0.1"),
        message(0x11, 100, ip("0.0.0.0") + struct.pack(">BBH", 2, 125, 0), "224.0.0.1"),
        message(0x11, 0x8F, ip(group) + struct.pack(">BBH", 10, 0x9A, 1) + ip(C4), group),
        message(0x12, 0, ip(group), group),
        message(0x16, 0, ip(group), group),
        message(0x17, 0, ip(group), "224.0.0.2"),
        message(0x22, 0, struct.pack(">HHBBH", 0, 1, 4, 0, 0) + ip(group), "224.0.0.22"),
        message(
            0x22,
            0,
            struct.pack(">HHBBH", 0, 2, 3, 0, 0)
            + ip(group)
            + struct.pack(">BBH", 1, 0, 2)
            + ip(group)
            + ip(A4)
            + ip(B4),
            "224.0.0.22",
        ),
        message(0x99, 0, ip(group), group),
        message(0x12, 0, b"", group),
    ]


def samples():
    for name, packets in (
        ("ipv4-options", options()),
        ("ipv4-fragments", fragments()),
        ("ipv6-fragments", fragments6()),
        ("ipv6-extension-headers", extensions()),
        ("tunnels", tunnels()),
        ("tunnels-nested", nest()),
        ("igmp", igmp()),
    ):
        yield name + ".pcap", files.pcap([eth(p) for p in packets])
    yield "ipv6-jumbogram.pcap", files.pcap(jumbogram())
    yield "ip-malformed.pcap", files.pcap(malformed())
    yield "ipv4-options-cut.pcap", files.pcap(header_cut())
