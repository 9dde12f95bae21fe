# SPDX-License-Identifier: BSD-2-Clause
"""Makes the bytes of headers: link layers, IP, TCP, UDP. Checksums are right by default."""

import ipaddress
import struct

MAC_A = bytes.fromhex("02000a000001")
MAC_B = bytes.fromhex("02000a000002")
BROADCAST = b"\xff" * 6

A4, B4, C4 = "10.0.0.1", "10.0.0.2", "10.0.0.3"
A6, B6, C6 = "2001:db8::1", "2001:db8::2", "2001:db8::3"
LL_A, LL_B = "fe80::a:1", "fe80::a:2"

ICMP, IGMP, IPIP, TCP, UDP, IPV6, GRE, ICMP6, SCTP = 1, 2, 4, 6, 17, 41, 47, 58, 132

FIN, SYN, RST, PSH, ACK, URG, ECE, CWR = 1, 2, 4, 8, 16, 32, 64, 128


def ip(text):
    return ipaddress.ip_address(text).packed


def cksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(">%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def pseudo(src, dst, proto, length):
    if len(ip(src)) == 4:
        return ip(src) + ip(dst) + struct.pack(">BBH", 0, proto, length)
    return ip(src) + ip(dst) + struct.pack(">II", length, proto)


def fill(data, at, head=b""):
    """Computes the checksum over head + data and writes it into data at the given offset."""
    return data[:at] + struct.pack(">H", cksum(head + data)) + data[at + 2 :]


def eth(payload, ethertype=None, src=MAC_A, dst=MAC_B):
    if ethertype is None:
        ethertype = 0x86DD if payload[0] >> 4 == 6 else 0x0800
    return dst + src + struct.pack(">H", ethertype) + payload


def vlan(payload, vid, ethertype=0x0800, pcp=0, dei=0):
    """The bytes after an ethertype of 0x8100 or 0x88a8."""
    return struct.pack(">HH", pcp << 13 | dei << 12 | vid, ethertype) + payload


def ip4(
    payload,
    proto,
    src=A4,
    dst=B4,
    ttl=64,
    tos=0,
    ident=1,
    flags=2,
    offset=0,
    options=b"",
    total=None,
    version=4,
    ihl=None,
):
    ihl = 5 + len(options) // 4 if ihl is None else ihl
    total = 20 + len(options) + len(payload) if total is None else total
    head = (
        struct.pack(
            ">BBHHHBBH",
            version << 4 | ihl,
            tos,
            total,
            ident,
            flags << 13 | offset >> 3,
            ttl,
            proto,
            0,
        )
        + ip(src)
        + ip(dst)
        + options
    )
    return fill(head, 10) + payload


def ip6(payload, proto, src=A6, dst=B6, hlim=64, tclass=0, flow=0, plen=None):
    plen = len(payload) if plen is None else plen
    return (
        struct.pack(">IHBB", 6 << 28 | tclass << 20 | flow, plen, proto, hlim)
        + ip(src)
        + ip(dst)
        + payload
    )


def over(payload, proto, src=A4, dst=B4, **kw):
    """Makes an IPv4 or IPv6 header, as the addresses demand."""
    return (ip6 if ":" in src else ip4)(payload, proto, src, dst, **kw)


def tcp(
    payload=b"",
    src=A4,
    dst=B4,
    sport=40000,
    dport=80,
    seq=1000,
    ack=0,
    flags=ACK,
    win=512,
    options=b"",
    urg=0,
    doff=None,
    bad=False,
    **kw
):
    options += b"\0" * (-len(options) % 4)
    doff = 5 + len(options) // 4 if doff is None else doff
    seg = (
        struct.pack(
            ">HHIIBBHHH",
            sport,
            dport,
            seq & 0xFFFFFFFF,
            ack & 0xFFFFFFFF,
            doff << 4,
            flags,
            win,
            0,
            urg,
        )
        + options
        + payload
    )
    seg = fill(seg, 16, pseudo(src, dst, TCP, len(seg)))
    if bad:
        seg = seg[:16] + bytes([seg[16] ^ 0x55]) + seg[17:]
    return over(seg, TCP, src, dst, **kw)


def udp(payload=b"", src=A4, dst=B4, sport=40000, dport=9999, length=None, sum_=True, **kw):
    length = 8 + len(payload) if length is None else length
    seg = struct.pack(">HHHH", sport, dport, length, 0) + payload
    if sum_ is True:
        seg = fill(seg, 6, pseudo(src, dst, UDP, len(seg)))
    elif sum_:
        seg = seg[:6] + struct.pack(">H", sum_) + seg[8:]
    return over(seg, UDP, src, dst, **kw)


def icmp(type_, code, rest, src=A4, dst=B4, **kw):
    return ip4(fill(struct.pack(">BBH", type_, code, 0) + rest, 2), ICMP, src, dst, **kw)


def icmp6(type_, code, rest, src=A6, dst=B6, hlim=64, **kw):
    msg = struct.pack(">BBH", type_, code, 0) + rest
    msg = fill(msg, 2, pseudo(src, dst, ICMP6, len(msg)))
    return ip6(msg, ICMP6, src, dst, hlim=hlim, **kw)


def pattern(n):
    return bytes(i & 0xFF for i in range(n))
