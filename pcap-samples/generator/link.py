# SPDX-License-Identifier: BSD-2-Clause
"""Link layers: ARP, VLAN, MPLS, PPPoE, LLC, and the link types other than Ethernet."""

import struct

from . import files
from .wire import (
    A4,
    A6,
    B4,
    B6,
    BROADCAST,
    MAC_A,
    MAC_B,
    ICMP,
    eth,
    icmp,
    icmp6,
    ip,
    ip4,
    pattern,
    tcp,
    udp,
    vlan,
)


def arp_body(op, sha, spa, tha, tpa, hrd=1, pro=0x0800, hln=6, pln=4):
    return struct.pack(">HHBBH", hrd, pro, hln, pln, op) + sha + spa + tha + tpa


def arp():
    none, a, b = b"\0" * 6, ip(A4), ip(B4)
    pad = b"\0" * 18
    bodies = [
        (BROADCAST, arp_body(1, MAC_A, a, none, b)),
        (MAC_A, arp_body(2, MAC_B, b, MAC_A, a)),
        (BROADCAST, arp_body(1, MAC_A, a, none, a)),
        (BROADCAST, arp_body(2, MAC_A, a, BROADCAST, a)),
        (BROADCAST, arp_body(1, MAC_A, b"\0" * 4, none, a)),  # probe
        (MAC_B, arp_body(1, MAC_A, a, MAC_B, b)),  # unicast poll
        (BROADCAST, arp_body(8, MAC_A, a, MAC_B, b)),
        (BROADCAST, arp_body(9, MAC_A, a, MAC_B, b)),
        (BROADCAST, arp_body(10, MAC_A, a, MAC_B, b)),
        (BROADCAST, arp_body(77, MAC_A, a, none, b)),
        (BROADCAST, arp_body(1, MAC_A, a, none, b, hrd=6)),
        (BROADCAST, arp_body(1, MAC_A, a, none, b, hrd=32)),
        (BROADCAST, arp_body(1, MAC_A[:2], a, none[:2], b, hln=2)),
        (BROADCAST, arp_body(1, MAC_A, ip(A6), none, ip(B6), pro=0x86DD, pln=16)),
        (BROADCAST, arp_body(1, b"", a, b"", b, hln=0)),
        (BROADCAST, arp_body(1, MAC_A, b"", none, b"", pln=0)),
    ]
    out = [eth(body + pad, 0x0806, dst=dst) for dst, body in bodies]
    out.append(eth(arp_body(3, MAC_A, b"\0" * 4, MAC_A, b"\0" * 4) + pad, 0x8035, dst=BROADCAST))
    out.append(eth(arp_body(4, MAC_B, b, MAC_A, a) + pad, 0x8035, dst=MAC_A))
    for n in (0, 4, 8, 16, 27):
        out.append(eth(arp_body(1, MAC_A, a, none, b)[:n], 0x0806, dst=BROADCAST))
    return out


def vlans():
    ping = icmp(8, 0, struct.pack(">HH", 1, 1) + pattern(20))
    ping6 = icmp6(128, 0, struct.pack(">HH", 1, 1) + pattern(20))
    out = [
        eth(vlan(ping, 100), 0x8100),
        eth(vlan(ping6, 4094, 0x86DD, pcp=5), 0x8100),
        eth(vlan(ping, 0, pcp=7, dei=1), 0x8100),
        eth(vlan(arp_body(1, MAC_A, ip(A4), b"\0" * 6, ip(B4)), 7, 0x0806), 0x8100, dst=BROADCAST),
        eth(vlan(tcp(b"x", ack=1), 100), 0x8100),
        eth(vlan(b"", 5, 0x1234), 0x8100),
        eth(b"\0", 0x8100),
        eth(b"", 0x8100),
    ]
    return out


def qinq():
    ping = icmp(8, 0, struct.pack(">HH", 1, 1) + pattern(20))
    out = [
        eth(vlan(vlan(ping, 200), 100, 0x8100), 0x88A8),
        eth(vlan(vlan(ping, 200), 100, 0x8100), 0x8100),
        eth(vlan(vlan(ping, 200), 100, 0x8100), 0x9100),
        eth(vlan(vlan(vlan(ping, 3), 2, 0x8100), 1, 0x8100), 0x88A8),
    ]
    deep = ping
    for _ in range(40):
        deep = vlan(deep, 9, 0x8100 if deep is not ping else 0x0800)
    return out, [eth(deep, 0x8100)]


def label(value, tc=0, bottom=1, ttl=64):
    return struct.pack(">I", value << 12 | tc << 9 | bottom << 8 | ttl)


def mpls():
    ping = icmp(8, 0, struct.pack(">HH", 1, 1) + pattern(20))
    ping6 = icmp6(128, 0, struct.pack(">HH", 1, 1) + pattern(20))
    return [
        eth(label(16001, ttl=63) + ping, 0x8847),
        eth(label(16001, 3, 0) + label(24007, 3, 1, 63) + ping, 0x8847),
        eth(label(0) + ping, 0x8847),
        eth(label(2) + ping6, 0x8847),
        eth(label(3) + ping, 0x8848),
        eth(label(1, 0, 0) + label(17) + ping6, 0x8847),
        eth(label(18) + pattern(20), 0x8847),
        eth(label(16, 0, 0), 0x8847),
        eth(b"\0\1", 0x8847),
    ]


def pppoe():
    def tag(kind, value):
        return struct.pack(">HH", kind, len(value)) + value

    def discovery(code, session, *tags):
        body = b"".join(tags)
        return eth(struct.pack(">BBHH", 0x11, code, session, len(body)) + body, 0x8863)

    def session(proto, body):
        return eth(struct.pack(">BBHHH", 0x11, 0, 0x1234, len(body) + 2, proto) + body, 0x8864)

    ping = icmp(8, 0, struct.pack(">HH", 1, 1) + pattern(20))
    ping6 = icmp6(128, 0, struct.pack(">HH", 1, 1) + pattern(20))
    return [
        discovery(0x09, 0, tag(0x0101, b""), tag(0x0103, b"\1\2\3\4")),
        discovery(
            0x07, 0, tag(0x0102, b"ac-1"), tag(0x0101, b"internet"), tag(0x0104, pattern(16))
        ),
        discovery(0x19, 0, tag(0x0101, b"internet")),
        discovery(0x65, 0x1234, tag(0x0101, b"")),
        session(0xC021, bytes([1, 1, 0, 10, 5, 6, 1, 2, 3, 4])),
        session(0x0021, ping),
        session(0x0057, ping6),
        discovery(0xA7, 0x1234, tag(0x0203, b"gone\n")),
    ]


def llc():
    bpdu = bytes.fromhex(
        "424203000000000080000200000000010000000080000200000000018001000014000200" "0f00"
    )
    rstp = bytes.fromhex(
        "4242030000020e3c80000200000000010000000a800002000000000280020100140002000f0000"
    )
    tcn = bytes.fromhex("42420300000080")

    def frame(body, dst=bytes.fromhex("0180c2000000")):
        return dst + MAC_A + struct.pack(">H", len(body)) + body + b"\0" * max(0, 46 - len(body))

    snap = bytes.fromhex("aaaa03000000")
    ping = icmp(8, 0, struct.pack(">HH", 1, 1) + pattern(20))
    return [
        frame(bpdu),
        frame(rstp),
        frame(tcn),
        frame(snap + b"\x08\x00" + ping, MAC_B),
        frame(
            bytes.fromhex("aaaa0300000c2000") + bytes.fromhex("02b40000") + b"\0\1\0\5r1", BROADCAST
        ),
        frame(bytes.fromhex("f0f003") + pattern(10)),
        frame(bytes.fromhex("e0e003ffff") + pattern(30)),
        frame(bytes.fromhex("fefe0383") + pattern(20)),
        frame(bytes.fromhex("0000f3")),
        frame(b"\xaa"),
        eth(pattern(60), 0x88CC),
        eth(pattern(46), 0x88B5),
        eth(pattern(46), 0x1234),
        eth(b"\0" * 46, 0x9000),
        eth(pattern(46), 0x888E),
        eth(pattern(20), 0x0842),
        eth(pattern(46), 0x05DD),
    ]


def sll(kind, arphrd, addr, protocol, payload):
    return (
        struct.pack(">HHH", kind, arphrd, len(addr))
        + addr.ljust(8, b"\0")[:8]
        + struct.pack(">H", protocol)
        + payload
    )


def sll2(kind, arphrd, addr, protocol, payload, index=2):
    return (
        struct.pack(">HHIHBB", protocol, 0, index, arphrd, kind, len(addr))
        + addr.ljust(8, b"\0")[:8]
        + payload
    )


def cooked(make):
    ping = icmp(8, 0, struct.pack(">HH", 1, 1) + pattern(20))
    reply = icmp(0, 0, struct.pack(">HH", 1, 1) + pattern(20), B4, A4)
    ping6 = icmp6(128, 0, struct.pack(">HH", 1, 1) + pattern(20))
    out = [
        make(4, 1, MAC_A, 0x0800, ping),
        make(0, 1, MAC_B, 0x0800, reply),
        make(4, 772, b"\0" * 6, 0x86DD, ping6),
        make(1, 1, MAC_B, 0x0806, arp_body(1, MAC_B, ip(B4), b"\0" * 6, ip(A4))),
        make(2, 1, MAC_B, 0x0800, udp(b"m", dst="224.0.0.9")),
        make(3, 1, MAC_B, 0x0800, ping),
        make(0, 1, MAC_B, 0x8100, vlan(ping, 100)),
        make(4, 65534, b"", 0x0800, tcp(b"x", ack=1)),
        make(0, 776, ip(B4), 0x0800, ping),
        make(0, 1, MAC_B, 0x1234, pattern(20)),
        make(0, 1, MAC_B, 4, bytes.fromhex("4242030000008000")),
        make(0, 1, MAC_B, 1, pattern(20)),
        make(9, 1, MAC_B, 0x0800, ping),
        make(0, 1, MAC_B + MAC_A[:3], 0x0800, ping),
    ]
    return out + [out[0][:n] for n in (0, 5, 14, 15, 16, 19, 20, 30)]


def other_types():
    ping = icmp(8, 0, struct.pack(">HH", 1, 1) + pattern(20))
    ping6 = icmp6(128, 0, struct.pack(">HH", 1, 1) + pattern(20))
    families = (
        (2, ping),
        (10, ping6),
        (24, ping6),
        (28, ping6),
        (30, ping6),
        (7, pattern(10)),
        (99, pattern(10)),
    )
    yield "link-raw", files.RAW, "<", [
        ping,
        ping6,
        b"\x55" + pattern(20),
        b"",
        ping[:1],
        ip4(b"", ICMP),
    ]
    yield "link-null", files.NULL, "<", [struct.pack("<I", f) + p for f, p in families] + [
        b"",
        b"\2\0",
    ]
    yield "link-null-big-endian", files.NULL, ">", [struct.pack(">I", f) + p for f, p in families]
    yield "link-loop", files.LOOP, "<", [struct.pack(">I", f) + p for f, p in families] + [
        b"",
        b"\0\0",
    ]


def samples():
    nested, deep = qinq()
    for name, packets in (
        ("arp", arp()),
        ("vlan", vlans()),
        ("vlan-qinq", nested),
        ("vlan-deep", deep),
        ("mpls", mpls()),
        ("mpls-cut", [files.Packet(mpls()[6][:n], len(mpls()[6])) for n in (16, 18, 19, 25)]),
        ("pppoe", pppoe()),
        ("llc-stp", llc()),
        ("ethernet-short", [eth(b"x" * 4)[:n] for n in range(16)]),
    ):
        yield name + ".pcap", files.pcap(packets)
    yield "link-linux-sll.pcap", files.pcap(cooked(sll), dlt=files.LINUX_SLL)
    yield "link-linux-sll2.pcap", files.pcap(cooked(sll2), dlt=files.SLL2)
    for name, dlt, order, packets in other_types():
        yield name + ".pcap", files.pcap(packets, dlt=dlt, order=order)
