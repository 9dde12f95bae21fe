# SPDX-License-Identifier: BSD-2-Clause
"""The same few packets in every kind of file, and pcapng files with mixed contents."""

import struct

from . import files
from .link import arp_body, sll2
from .wire import A4, B4, BROADCAST, MAC_A, eth, icmp, icmp6, ip, pattern, tcp, udp

HARDWARE, OS, APPLICATION, COMMENT = 2, 3, 4, 1
IF_NAME, IF_DESCRIPTION, IF_TSRESOL, IF_FILTER, IF_OS, IF_TSOFFSET = 2, 3, 9, 11, 12, 14
EPB_FLAGS, EPB_HASH, EPB_DROPCOUNT, EPB_PACKETID = 2, 3, 4, 5


def few():
    return [
        eth(icmp(8, 0, struct.pack(">HH", 1, 1) + pattern(24))),
        eth(icmp6(128, 0, struct.pack(">HH", 1, 1) + pattern(24))),
        eth(udp(b"a datagram")),
        eth(tcp(b"", flags=2)),
        eth(tcp(b"segment", ack=1)),
    ]


def classic():
    yield "format-nanosecond", files.pcap(few(), nano=True)
    yield "format-big-endian", files.pcap(few(), order=">")
    yield "format-big-endian-nanosecond", files.pcap(few(), order=">", nano=True)
    yield "format-snaplen", files.pcap(
        [files.Packet(p[:64], len(p)) for p in few()]
        + [files.Packet(eth(tcp(pattern(1400), ack=1))[:64], 1454)],
        snaplen=64,
    )
    yield "format-empty", files.pcap([])
    gso = eth(tcp(pattern(200), ack=1, total=65000))
    yield "format-gso", files.pcap(
        [files.Packet(gso, 65014), files.Packet(eth(tcp(pattern(200), ack=1, total=0)), 200014)]
    )
    times = [0, 0, 999999999, 10**9, 500, 86400 * 10**9, 3600 * 10**9, -1]
    yield "format-times", files.pcap([files.Packet(few()[0], at=t) for t in times], nano=True)


def block_tour():
    """One of each block that a reader may meet, including private and unknown blocks."""
    f = files.Pcapng()
    f.section(
        [
            (HARDWARE, "sample machine"),
            (OS, "Linux"),
            (APPLICATION, "generate.py"),
            (COMMENT, "first comment"),
            (COMMENT, "second, with \u00fcml\u00e4ut"),
        ]
    )
    f.interface(
        opts=[
            (IF_NAME, "eth0"),
            (IF_DESCRIPTION, "the first"),
            (IF_TSRESOL, b"\x09"),
            (IF_FILTER, b"\0icmp or udp"),
            (IF_OS, "Linux"),
            (7, b"\0" * 8),
            (1000, b"unknown option"),
        ]
    )
    p = few()
    f.packet(p[0], at=0, unit=1, opts=[(EPB_FLAGS, struct.pack("<I", 2))])
    f.packet(
        p[1],
        at=1000,
        unit=1,
        opts=[
            (COMMENT, "curl[4711] /user.slice"),
            (EPB_FLAGS, struct.pack("<I", 1)),
            (EPB_DROPCOUNT, struct.pack("<Q", 17)),
            (EPB_HASH, b"\2abcd"),
        ],
    )
    f.names([(bytes([10, 0, 0, 1]), "client.example"), (bytes([10, 0, 0, 2]), "server.example")])
    f.raw(0x00000BAD, struct.pack("<I", 32473) + b"custom block")
    f.raw(0x40000BAD, struct.pack("<I", 32473) + b"custom, not to be copied")
    f.raw(0x00000077, b"nobody knows this one")
    f.raw(0x80001234, b"local use")
    f.raw(10, struct.pack("<II", 0x544C534B, 8) + b"TLS keys")
    f.journal(
        [
            ("__REALTIME_TIMESTAMP", "1700000000000002"),
            ("MESSAGE", "retransmission timeout 10.0.0.1:40000 > 10.0.0.2:80"),
            ("PRIORITY", "5"),
            ("SYSLOG_IDENTIFIER", "sample"),
        ]
    )
    f.packet(p[2], at=3000, unit=1)
    f.statistics(at=4000, received=3, dropped=17, unit=1)
    yield "pcapng-blocks", f.out


def interfaces():
    ping, ping6 = icmp(8, 0, struct.pack(">HH", 1, 1) + pattern(24)), icmp6(
        128, 0, struct.pack(">HH", 1, 1) + pattern(24)
    )
    f = files.Pcapng()
    f.section()
    f.interface(opts=[(IF_NAME, "eth0")])
    f.interface(files.RAW, 96, [(IF_NAME, "tun0"), (IF_TSRESOL, b"\x09")])
    f.packet(eth(ping), 0, 1000000)
    f.packet(ping6, 1, 2000000, unit=1)
    f.interface(files.SLL2, opts=[(IF_NAME, "any"), (IF_TSRESOL, b"\x8a")])  # units of 2^-10 s
    ticks = files.START * 1024 + 4
    body = struct.pack("<IIIII", 2, ticks >> 32, ticks & 0xFFFFFFFF, len(ping) + 20, len(ping) + 20)
    f.raw(6, body + sll2(4, 1, MAC_A, 0x0800, ping))
    f.interface(
        files.NULL,
        opts=[(IF_NAME, "lo0"), (IF_TSRESOL, b"\x03"), (IF_TSOFFSET, struct.pack("<q", 3600))],
    )
    f.packet(struct.pack("<I", 2) + ping, 3, 5000000 - 3600 * 10**9, unit=1000000)
    f.interface(147, opts=[(IF_NAME, "user0")])
    f.packet(b"of a link type that is private", 4, 6000000)
    f.packet(eth(ping), 0, 7000000)
    yield "pcapng-interfaces", f.out


def simple():
    f = files.Pcapng()
    f.section()
    f.interface(snaplen=60)
    for p in few():
        f.simple(p[:60], len(p))
    f.old_packet(few()[0], at=9000000, drops=3)
    yield "pcapng-simple-packets", f.out


def sections():
    p = few()
    f = files.Pcapng()
    f.section([(APPLICATION, "one")], length=0)
    f.interface(opts=[(IF_NAME, "eth0")])
    f.packet(p[0])
    big = files.Pcapng(">")
    big.section([(APPLICATION, "two")])
    big.interface(files.RAW, opts=[(IF_NAME, "tun0"), (IF_TSRESOL, b"\x09")])
    big.packet(udp(b"big-endian"), at=1000, unit=1, opts=[(COMMENT, "from the other end")])
    last = files.Pcapng()
    last.section()
    last.interface(opts=[(IF_NAME, "eth1")])
    last.packet(p[4], at=5000000)
    yield "pcapng-sections", f.out + big.out + last.out
    whole = files.Pcapng(">")
    whole.section()
    whole.interface(opts=[(IF_NAME, "eth0")])
    for i, pkt in enumerate(p):
        whole.packet(pkt, at=i * 1000000)
    whole.statistics(at=9000000, received=5)
    yield "pcapng-big-endian", whole.out


def directed(f, way):
    """The options of a packet that goes in (1) or out (2)."""
    return [(EPB_FLAGS, struct.pack(f.order + "I", way))] if way else []


def link_types():
    """Expressions that are possible for one interface only, and packets with directions."""
    ask = eth(arp_body(1, MAC_A, ip(A4), b"\0" * 6, ip(B4)), 0x0806, dst=BROADCAST)
    datagram = udp(b"a datagram")
    f = files.Pcapng()
    f.section()
    f.interface(opts=[(IF_NAME, "eth0")])
    f.interface(files.RAW, opts=[(IF_NAME, "tun0")])
    f.packet(ask)
    f.packet(datagram, 1, 1000000)
    f.packet(ask, 0, 2000000)
    yield "pcapng-link-types", f.out
    f = files.Pcapng()
    f.section()
    f.interface(files.RAW, opts=[(IF_NAME, "tun0")])
    yield "pcapng-no-packets", f.out
    f = files.Pcapng()
    f.section()
    f.interface(opts=[(IF_NAME, "eth0")])
    f.interface(files.RAW, opts=[(IF_NAME, "tun0")])
    f.interface(files.SLL2, opts=[(IF_NAME, "any")])
    for at, way in enumerate((0, 1, 2, 1, 3, 2, 0, 1)):
        f.packet(few()[at % 5], 0, at * 1000000, opts=directed(f, way))
    f.packet(datagram, 1, 8000000)
    f.packet(datagram, 1, 9000000)
    f.packet(sll2(4, 1, MAC_A, 0x0800, datagram), 2, 10000000)
    f.packet(sll2(0, 1, MAC_A, 0x0800, datagram), 2, 11000000)
    yield "pcapng-directions", f.out


def families(order):
    """IPv4, IPv6 with the numbers of Linux, NetBSD, FreeBSD and Darwin, and nothing known."""
    ping = icmp(8, 0, struct.pack(">HH", 1, 1) + pattern(24))
    ping6 = icmp6(128, 0, struct.pack(">HH", 1, 1) + pattern(24))
    for family in (2, 10, 24, 28, 30, 99):
        yield struct.pack(order + "I", family), ping if family == 2 else ping6


def host_order():
    """Link types with fields in the order of the host, in both orders, in and out."""
    for name, order in (("", "<"), ("-big-endian", ">")):
        f = files.Pcapng(order)
        f.section()
        f.interface(files.NULL, opts=[(IF_NAME, "lo0")])
        for at, (head, packet) in enumerate(families(order)):
            f.packet(head + packet, 0, at * 1000000, opts=directed(f, 1 + at % 2))
        yield "pcapng-null" + name, f.out
        f = files.Pcapng(order)
        f.section()
        f.interface(files.ENC, opts=[(IF_NAME, "enc0")])
        for at, (head, packet) in enumerate(families(order)):
            f.packet(head + struct.pack(order + "II", 0x1000, 0x2000) + packet, 0, at * 1000000)
        yield "pcapng-enc" + name, f.out


def times():
    """The ends of what fits: 1970, the 32 bits of a pcap file, and 64 bits of nanoseconds."""
    second = 10**9
    f = files.Pcapng()
    f.section()
    f.interface(opts=[(IF_NAME, "seconds"), (IF_TSRESOL, b"\0")])
    f.interface(opts=[(IF_NAME, "nanoseconds"), (IF_TSRESOL, b"\x09")])
    f.interface(
        opts=[
            (IF_NAME, "earlier"),
            (IF_TSRESOL, b"\x09"),
            (IF_TSOFFSET, struct.pack("<q", -(files.START + 10))),
        ]
    )
    f.interface(
        opts=[
            (IF_NAME, "binary"),
            (IF_TSRESOL, b"\x81"),
            (IF_TSOFFSET, struct.pack("<q", 2**33)),
        ]
    )
    start, p = files.START * second, few()[2]
    f.packet(p, 1, 0 - start, unit=1)  # 1970
    f.packet(p, 2, 9 * second, unit=1)  # a second before 1970
    f.packet(p, 2, 10 * second, unit=1)  # 1970 again
    f.packet(p, 1, 2**32 * second - 1 - start, unit=1)  # the last that fits a pcap file
    f.packet(p, 1, 2**32 * second - start, unit=1)
    f.packet(p, 3, 2**33 * second // 2 - start, unit=second // 2)  # 2**32 + 2**33 seconds
    f.packet(p, 1, 2**64 - 2 - start, unit=1)  # the last that fits 64 bits
    f.packet(p, 0, (2**64 // second + 1) * second - start, unit=second)
    f.packet(p, 0, (2**62) * second - start, unit=second)
    f.packet(p, 1, 1000, unit=1)  # and back
    yield "pcapng-times", f.out


def samples():
    for name, data in classic():
        yield name + ".pcap", data
    for make in (block_tour, interfaces, simple, sections, link_types, host_order, times):
        for name, data in make():
            yield name + ".pcapng", data
