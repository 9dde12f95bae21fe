# SPDX-License-Identifier: BSD-2-Clause
"""Link types other than Ethernet: PPP, Cisco's HDLC, tags of switches, headers around packets."""

import struct

from . import files
from .wifi import PING, PING6, DATA, QUERY, WIFI, cut, snapped, wifi
from .wire import A4, B4, MAC_A, MAC_B, eth, ip, pattern, vlan

PPP, PPP_SERIAL, PPP_ETHER, C_HDLC, ENC = 9, 50, 51, 104, 109
PPPD, PPI, IPNET, NFLOG = 166, 192, 226, 239
IPOIB, PKTAP, BRCM, BRCM_PREPEND, DSA, EDSA = 242, 258, 281, 282, 284, 285

LABEL = struct.pack(">I", 16001 << 12 | 1 << 8 | 64)


def lcp(proto, code, rest=b"\5\6\1\2\3\4"):
    return struct.pack(">HBBH", proto, code, 7, 4 + len(rest)) + rest


def ppp():
    """Protocols behind address and control, as they are in most captures."""
    bodies = [
        b"\0\x21" + PING,
        b"\0\x57" + PING6,
        b"\0\x21" + DATA,
        b"\0\x57" + QUERY,
        b"\0\x2f" + PING,
        b"\x02\x81" + LABEL + PING,
        b"\x02\x83" + LABEL + PING6,
        b"\0\xfd" + pattern(10),
        b"\0\x2d" + pattern(10),
        b"\xc0\x25" + pattern(10),
        b"\x40\x01" + pattern(10),
    ]
    control = [lcp(0xC021, c, b"") for c in range(1, 17)]
    control += [lcp(p, 1, b"") for p in (0x8021, 0x8057, 0x80FD, 0x8281, 0x8023, 0xC02B)]
    return bodies, control


def ppp_short():
    """Compressed headers, directions, and frames that end early."""
    return [
        b"\x21" + PING,
        b"\0\x21" + PING,
        b"\x57" + PING6,
        b"\xff\x03\x21" + PING,
        b"\0\x03\0\x21" + PING,
        b"\1\x03\0\x57" + PING6,
        b"\1\x03\x21" + PING,
        b"\xff\x03\x01\x23" + pattern(5),
        b"\xff\x03\xc0\x21\1",
        b"\xff\x03\xc0\x21",
        b"\xff\x03\0",
        b"\xff\x03\0\x21",
    ]


def chdlc(kind, body, cast=0x0F):
    return struct.pack(">BBH", cast, 0, kind) + body


def hdlc():
    keepalive = struct.pack(">IIIH", 2, 5, 4, 0xFFFF)
    return [
        chdlc(0x0800, PING),
        chdlc(0x86DD, PING6, 0x8F),
        chdlc(0x0800, DATA, 0x10),
        chdlc(0x8847, LABEL + PING),
        chdlc(0x8848, LABEL + PING6),
        chdlc(0x8035, keepalive, 0x8F),
        chdlc(0x8035, keepalive + struct.pack(">I", 93784005)),
        chdlc(0x8035, keepalive + struct.pack(">I", 93784005) + b"junk"),
        chdlc(0x8035, struct.pack(">I", 0) + b"\0" * 10),
        chdlc(0x8035, struct.pack(">I", 1) + ip(A4) + b"\xff\xff\xff\0" + b"\0\0"),
        chdlc(0x8035, struct.pack(">I", 9) + pattern(14)),
        chdlc(0x8035, keepalive[:13]),
        chdlc(0x2000, pattern(10)),
        chdlc(0x1234, pattern(10)),
        chdlc(0x0800, b""),
    ]


def serial():
    bodies, control = ppp()
    return [b"\xff\x03" + b for b in bodies] + [b"\xff\x03" + control[0]] + hdlc()[:6]


def pppoe(code, session, body, length=None, version=0x11):
    length = len(body) if length is None else length
    return struct.pack(">BBHH", version, code, session, length) + body


def over_ethernet():
    def tag(kind, value):
        return struct.pack(">HH", kind, len(value)) + value

    tags = [
        tag(0x0101, b"") + tag(0x0103, b"\1\2\3\4"),
        tag(0x0102, b"ac-1") + tag(0x0104, pattern(16)) + tag(0x0105, b"\0\0\x0d\xe9\1"),
        tag(0x0110, b"relay") + tag(0x0120, b"\x05\xdc") + tag(0x0201, b"x") + tag(0x0202, b"y"),
        tag(0x0203, b"gone\n") + tag(0, b"") + tag(0x0101, b"behind the end"),
        tag(0x0999, b"x" * 100) + tag(0x0998, b"\x80" * 3),
    ]
    out = [pppoe(c, s, t) for c, s, t in zip((9, 7, 0x19, 0x65, 0xA7), (0, 0, 0, 9, 9), tags)]
    return out + [
        pppoe(0, 0x1234, b"\0\x21" + PING),
        pppoe(0, 0x1234, b"\0\x57" + PING6),
        pppoe(0, 1, b"\x21" + DATA),
        pppoe(0, 1, b"\0\x21" + PING + b"padding"),
        pppoe(0, 1, b"\0\x21" + PING, 900),
        pppoe(0, 1, b"\0\x21" + PING, version=0x21),
        pppoe(0, 1, b"\0\x21" + PING, version=0x12),
        pppoe(9, 0, tags[0], 1479),
        pppoe(0x42, 0, b""),
        pppoe(0, 1, b"\0\x21" + PING, len(PING) - 10),
        pppoe(0, 1, b""),
        b"\x11\0\0\1\0",
    ]


def dsa(mode, dev, port, vlan_, tagged=0, bit18=0, priority=0, code=0, cfi=0):
    return bytes(
        [
            mode << 6 | tagged << 5 | dev,
            port << 3 | bit18 << 2 | (code >> 1 & 3) << 1 | cfi,
            priority << 5 | (code & 1) << 4 | vlan_ >> 8,
            vlan_ & 0xFF,
        ]
    )


def tags():
    return [
        dsa(0, 0, 1, 0),
        dsa(0, 1, 2, 5, code=1),
        dsa(0, 1, 2, 5, code=2),
        dsa(0, 31, 31, 255, bit18=1, code=5, tagged=1),
        dsa(1, 0, 3, 7),
        dsa(1, 2, 3, 7, tagged=1, cfi=1),
        dsa(2, 0, 4, 1),
        dsa(2, 0, 4, 1, bit18=1),
        dsa(3, 0, 5, 100, tagged=1),
        dsa(3, 3, 6, 100, bit18=1),
    ]


def tagged(tag, body, kind=0x0800):
    return MAC_B + MAC_A + tag + struct.pack(">H", kind) + body


def switches(before):
    """`before` is what stands in front of each tag."""
    out = [tagged(before + t, PING) for t in tags()]
    t = before + dsa(0, 0, 1, 0)
    return out + [
        tagged(t, PING6, 0x86DD),
        tagged(t, DATA),
        tagged(t, vlan(PING, 100), 0x8100),
        tagged(t, b"\x42\x42\3\0\0\0\x80", 7),
        tagged(t, pattern(20), 0x88B5),
        tagged(t, b"\0\1\x08\0\6\4\0\1" + MAC_A + ip(A4) + b"\0" * 6 + ip(B4), 0x0806),
    ]


def brcm():
    return [bytes(t) for t in ([0x20, 0x1D, 0x01, 0x05], [0x20, 0x82, 0, 1], [0, 7, 4, 0x65], [0,
        0, 3, 8], [0x40, 1, 32, 0xFF])]


def ppi(dlt, packet, fields=b"", version=0):
    return struct.pack("<BBHI", version, 0, 8 + len(fields), dlt) + fields + packet


def packet_info():
    common = struct.pack("<HHQHHHHBBbb", 2, 20, 1, 0, 108, 2412, 0x480, 0, 0, -50, -95)
    return [
        ppi(1, eth(PING)),
        ppi(12, PING6),
        ppi(0, struct.pack("<I", 2) + PING),
        ppi(WIFI, wifi(2, 0, 1, snapped(PING)), common),
        ppi(113, struct.pack(">HHH", 0, 1, 6) + MAC_A + b"\0\0\x08\0" + DATA),
        ppi(147, pattern(20)),
        ppi(9999, pattern(20)),
    ]


def packet_info_wrong():
    nested = PING
    for _ in range(12):
        nested = ppi(PPI, nested)
    good = ppi(1, eth(PING))
    return [good[:2] + b"\7\0" + good[4:], good[:2] + b"\xfd\xff" + good[4:],
        good[:2] + b"\xff\0" + good[4:], ppi(12, b""), nested]


def nflog(family, values, order, version=0):
    out = struct.pack(">BBH", family, version, 5)
    for kind, value in values:
        out += struct.pack(order + "HH", 4 + len(value), kind) + value + b"\0" * (-len(value) % 4)
    return out


def logged(order):
    head = [
        (1, struct.pack(">HBB", 0x0800, 1, 0)),
        (4, struct.pack(">I", 2)),
        (8, struct.pack(">HH", 6, 0) + MAC_A + b"\0\0"),
        (10, b"dropped: \0"),
        (3, struct.pack(">QQ", 1700000000, 5)),
        (11, struct.pack(">I", 1000)),
    ]
    return [
        nflog(2, head + [(9, PING)], order),
        nflog(10, head + [(9, PING6)], order),
        nflog(2, [(9, DATA)], order),
        nflog(10, [(9, QUERY)], order),
        nflog(7, [(9, eth(PING))], order),
        nflog(2, [(9, PING)], order, 1),
    ]


def logged_wrong():
    good = nflog(2, [(9, PING)], "<")
    return [
        nflog(2, [], "<"),
        nflog(2, [(10, b"x\0")], "<"),
        good[:4] + b"\3\0" + good[6:],
        good[:4] + b"\0\0" + good[6:],
        good[:4] + b"\xff\xff" + good[6:],
    ]


def pktap(packet, dlt=1, kind=1, name=b"en0", flags=1, pid=4711, command=b"curl", more=b""):
    return (
        struct.pack("<III24sIIIII", 108 + len(more), kind, dlt, name, flags, 2, 14, 0, pid)
        + struct.pack("<20sIHHI20s", command, 0, 6, 0, pid, command)
        + more
        + packet
    )


def tapped():
    return [
        pktap(eth(PING)),
        pktap(eth(PING6), flags=2, more=pattern(48)),
        pktap(struct.pack("<I", 2) + DATA, 0, name=b"lo0", flags=0),
        pktap(QUERY, 12, name=b"utun3", pid=0xFFFFFFFF, command=b""),
        pktap(b"", kind=0),
        pktap(pattern(4), kind=9),
        pktap(pattern(10), 147),
        pktap(eth(PING), name=b"\x1b[2J", command=b"x" * 20),
    ]


def tapped_wrong():
    good = pktap(eth(PING))
    return [good[:107], b"\x6b\0\0\0" + good[4:], b"\xff\xff\0\0" + good[4:],
        b"\xff\xff\xff\xff" + good[4:]]


def others():
    zone = lambda family, packet: struct.pack(">BBHIIIII", 1, family, 1, len(packet), 2, 0, 0,
        7) + packet
    yield "link-ipnet", IPNET, [zone(2, PING), zone(26, PING6), zone(2, DATA), zone(9, pattern(8))]
    yield "link-ipnet-cut", IPNET, list(cut([zone(2, DATA)]))
    grh = lambda kind, packet: pattern(40) + struct.pack(">HH", kind, 0) + packet
    arp = b"\0\1\x08\0\6\4\0\1" + MAC_A + ip(A4) + b"\0" * 6 + ip(B4)
    yield "link-ipoib", IPOIB, [grh(0x0800, PING), grh(0x86DD, QUERY), grh(0x0806, arp),
        grh(0x88B5, pattern(8))]
    yield "link-ipoib-cut", IPOIB, list(cut([grh(0x0800, DATA)]))
    for order in "<>":
        enc = lambda family, flags, packet: struct.pack(order + "I",
            family) + b"\0\0\1\2" + struct.pack(order + "I", flags) + packet
        packets = [enc(2, 0, PING), enc(24, 0x800, PING6), enc(28, 0x400, QUERY), enc(30, 0xC00,
            PING6), enc(9, 1, PING), enc(2, 0xC01, DATA)]
        yield "link-enc" + ("-big-endian" if order == ">" else ""), ENC, packets
    yield "link-enc-cut", ENC, list(cut([struct.pack("<I", 2) + b"\0" * 8 + DATA]))


def kinds():
    bodies, control = ppp()
    yield "link-ppp", PPP, [b"\xff\x03" + b for b in bodies[:-1]]
    yield "link-ppp-short", PPP, ppp_short() + list(cut([b"\xff\x03" + bodies[2],
        b"\xff\x03" + control[0]]))
    yield "link-ppp-control", PPP, [b"\xff\x03" + c for c in control]
    yield "link-ppp-named", PPP, [b"\xff\x03" + p + pattern(12) for p in (b"\0\x23", b"\0\x2b",
        b"\0\x3d", b"\xc0\x23", b"\xc2\x23", b"\xc0\x2d")]
    yield "link-ppp-pppd", PPPD, [b"\0\x03" + bodies[0], b"\1\x03" + bodies[1]]
    yield "link-ppp-serial", PPP_SERIAL, serial()
    yield "link-ppp-serial-cut", PPP_SERIAL, list(cut([serial()[2],
        serial()[-1]])) + [b"\x42\x43\0\x21" + PING]
    yield "link-ppp-ether", PPP_ETHER, over_ethernet()
    yield "link-ppp-ether-cut", PPP_ETHER, list(cut([over_ethernet()[1], over_ethernet()[7]]))
    yield "link-c-hdlc", C_HDLC, hdlc()
    yield "link-c-hdlc-cut", C_HDLC, list(cut([hdlc()[2], hdlc()[6]]))
    yield "link-dsa", DSA, switches(b"")
    yield "link-dsa-vlan", DSA, [tagged(dsa(0, 0, 1, v, priority=p), PING) for v, p in ((1000, 0),
        (4095, 7), (5, 3))]
    yield "link-dsa-cut", DSA, list(cut([switches(b"")[11], switches(b"")[12]]))
    yield "link-edsa", EDSA, switches(b"\xda\xda\0\0")
    yield "link-edsa-cut", EDSA, list(cut([switches(b"\xda\xda\0\0")[11]]))
    yield "link-brcm", BRCM, [tagged(t, PING) for t in brcm()] + [tagged(brcm()[0], QUERY, 0x86DD)]
    prepended = [t + eth(PING) for t in brcm()] + [brcm()[0] + eth(QUERY)]
    yield "link-brcm-prepended", BRCM_PREPEND, prepended
    yield "link-brcm-prepended-cut", BRCM_PREPEND, list(cut([brcm()[0] + eth(DATA)]))
    yield "link-ppi", PPI, packet_info()
    yield "link-ppi-wrong", PPI, packet_info_wrong() + list(cut([packet_info()[i] for i in (0, 1)]))
    yield "link-nflog-wrong", NFLOG, logged_wrong() + list(cut([logged("<")[0]]))
    yield "link-pktap", PKTAP, tapped()
    yield "link-pktap-wrong", PKTAP, tapped_wrong() + list(cut([tapped()[0]], 5))


def samples():
    for group in (kinds(), others()):
        for name, dlt, packets in group:
            order = ">" if name.endswith("big-endian") else "<"
            yield name + ".pcap", files.pcap(packets, dlt=dlt, order=order)
    for name, order in (("link-nflog", "<"), ("link-nflog-big-endian", ">")):
        yield name + ".pcap", files.pcap(logged(order), dlt=NFLOG, order=order)
