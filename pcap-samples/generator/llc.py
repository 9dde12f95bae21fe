# SPDX-License-Identifier: BSD-2-Clause
"""IEEE 802.2 and SNAP: spanning trees, the protocols of Cisco, rare frames."""

import struct

from . import files
from .wire import A4, A6, B4, MAC_A, MAC_B, icmp, icmp6, ip, pattern, udp

CISCO = b"\0\0\x0c"
ALL_CISCO = bytes.fromhex("01000ccccccc")
BRIDGES = bytes.fromhex("0180c2000000")


def frame(body, dst=ALL_CISCO):
    return dst + MAC_A + struct.pack(">H", len(body)) + body


def snap(oui, pid, body):
    return b"\xaa\xaa\3" + oui + struct.pack(">H", pid) + body


def bpdu(version, kind, flags=0, cost=4, extra=b""):
    bridge = b"\x80\x01" + MAC_B
    return (
        struct.pack(">HBBB", 0, version, kind, flags)
        + b"\x60\x01"
        + MAC_A
        + struct.pack(">I", cost)
        + bridge
        + struct.pack(">HHHHH", 0x8003, 0x0080, 20 << 8, 2 << 8, 15 << 8)
        + extra
    )


def trees():
    stp = b"\x42\x42\3"
    units = [
        bpdu(0, 0),
        bpdu(0, 0, 0x81),
        bpdu(0, 0)[:34],
        bpdu(2, 2, 0x3C, extra=b"\0"),
        bpdu(2, 2, 0x78, extra=b"\0"),
        bpdu(2, 2, 0x04),
        bpdu(2, 0, 0x7E, extra=b"\0"),
        b"\0\0\0\x80",
        b"\0\0\0\x81",
        b"\0\0\7\0",
        b"\0\1\0\0",
        b"\0\0\0",
        b"",
        bpdu(3, 2, 0x7C, extra=b"\0"),
    ]
    out = [frame(stp + u, BRIDGES) for u in units]
    # Cisco's trees per VLAN: the VLAN stands in a TLV behind the unit.
    for vid in (1, 4094):
        body = bpdu(0, 0, extra=b"\0") + struct.pack(">HHH", 0, 2, vid)
        out.append(frame(snap(CISCO, 0x010B, body), bytes.fromhex("01000ccccccd")))
    out.append(frame(snap(CISCO, 0x010C, bpdu(0, 0))))
    out.append(frame(snap(b"\0\x80\xc2", 0x000E, bpdu(0, 0))))
    return out


def trees_several():
    """802.1s, of which skwatch prints only the first line; wrong lengths, and cut units."""
    region = b"\0" + b"region".ljust(32, b"\0") + struct.pack(">H", 7) + pattern(16)
    mst = region + struct.pack(">I", 10) + b"\x80\0" + MAC_B + b"\x14"
    one = b"\x7c\x80\1" + MAC_A + struct.pack(">I", 20) + b"\x80\x80\x14"

    def unit(body, version=3, first=b"\0", length=None):
        length = len(body) if length is None else length
        rest = first + struct.pack(">H", length) + body
        return frame(b"\x42\x42\3" + bpdu(version, 2, 0x7C, 4, rest), BRIDGES)

    out = [unit(mst), unit(mst + one), unit(mst, first=b"\1"), unit(mst, length=65), unit(one)]
    return out + [files.Packet(out[0][:n], len(out[0])) for n in (20, 21, 22, 50, 52, 53, 54, 55)]


def tlv(kind, value, length=None):
    return struct.pack(">HH", kind, len(value) + 4 if length is None else length) + value


def addresses(*entries):
    out = struct.pack(">I", len(entries))
    for kind, proto, address in entries:
        out += struct.pack(">BB", kind, len(proto)) + proto
        out += struct.pack(">H", len(address)) + address
    return out


def cdp():
    head = b"\2\xb4\x12\x34"
    ipv6 = bytes.fromhex("aaaa0300000086dd")
    two = addresses((1, b"\xcc", ip(A4)), (2, ipv6, ip(A6)))
    whole = (
        tlv(1, b"switch-1.example.com")
        + tlv(2, two)
        + tlv(3, b"GigabitEthernet1/0/7")
        + tlv(4, struct.pack(">I", 0x29))
        + tlv(5, b"Sample IOS, Version 15.2\nSecond line\x1b[2J")
        + tlv(6, b"cisco WS-C2960X")
        + tlv(7, ip(A4) + b"\x18" + ip(B4) + b"\x20")
        + tlv(8, pattern(32))
        + tlv(9, b"domain")
        + tlv(0x0A, b"\0\x64")
        + tlv(0x0B, b"\1")
        + tlv(0x0E, b"\1\0\x65")
        + tlv(0x0F, b"\x20\0")
        + tlv(0x0F, b"\1\0\x65")
        + tlv(0x10, b"\x3c\x28")
        + tlv(0x10, b"\x01\x3c\x28")
        + tlv(0x11, struct.pack(">I", 1500))
        + tlv(0x12, b"\0")
        + tlv(0x13, b"\7")
        + tlv(0x14, b"switch-1")
        + tlv(0x15, pattern(9))
        + tlv(0x16, addresses((1, b"\xcc", ip(B4))))
        + tlv(0x17, b"\1rack 4")
        + tlv(0x1A, pattern(20))
    )
    odd = [
        tlv(1, b"router\xff\0x"),
        tlv(4, b"\0\0"),
        tlv(4, b"\0\0\0\0"),
        tlv(0x0B, b"\0"),
        tlv(0x0C, b"ab"),
        tlv(0x10, b""),
        tlv(0x17, b"\2"),
        tlv(7, b"\1\2\3"),
        tlv(2, b"\0\0"),
        tlv(2, struct.pack(">I", 1)),
        tlv(2, struct.pack(">IBB", 1, 1, 1) + b"\xcc"),
        tlv(2, struct.pack(">IBB", 1, 1, 1) + b"\xcc\0\4\1"),
        tlv(2, struct.pack(">IBB", 1, 1, 1) + b"\xcc\0\4" + ip(A4) + b"stray"),
        tlv(2, addresses((1, b"\x81", b"\x49\0\1"), (1, b"\xcc", ip(A4)))),
        tlv(2, addresses((9, b"", b""))),
        tlv(1, b"x", 3),
        tlv(3, b"x", 0),
        tlv(0x99, b"x", 1),
        tlv(1, b"x", 90),
        b"\0\1\0",
    ]
    bodies = [head + whole, head, b"\1\x0a\0\0" + tlv(1, b""), b"\2\xb4\0"]
    bodies += [head + o for o in odd] + [head + tlv(1, b"r1") + o for o in odd[-4:]]
    return [frame(snap(CISCO, 0x2000, b)) for b in bodies]


def trunks():
    dtp = b"\1" + tlv(1, b"domain\0\0") + tlv(2, b"\x81") + tlv(3, b"\xa5") + tlv(4, MAC_B)
    dtps = [dtp, dtp + tlv(9, b"x"), dtp + tlv(0, b"\0"), b"\1", b""]
    dtps += [b"\1" + t for t in (tlv(2, b""), tlv(4, b"\1"), tlv(1, b"x", 2), tlv(1, b"x", 9),
        b"\0\1")]
    out = [frame(snap(CISCO, 0x2004, b)) for b in dtps]
    udld = (
        tlv(1, b"FOC1234X0AB")
        + tlv(2, b"Gi1/0/1")
        + tlv(3, struct.pack(">I", 1) + b"\0\4peer")
        + tlv(4, b"\x07")
        + tlv(5, b"\5")
        + tlv(6, b"switch-1\0\0")
        + tlv(7, struct.pack(">I", 42))
    )
    udlds = [b"\x21\0\x9a\xbc" + udld, b"\x22\3\0\0" + udld, b"\x23\xfc\0\0", b"\x3f\0\0\0",
        b"\x21\0"]
    udlds += [
        b"\x21\0\0\0" + t
        for t in (tlv(4, b"\1\2"), tlv(7, b"\1"), tlv(1, b""), tlv(1, b"x", 9), b"\0\1", tlv(99,
            b"x"))
    ]
    return out + [frame(snap(CISCO, 0x0111, b)) for b in udlds]


def vtp():
    head = b"\6domain".ljust(33, b"\0")
    for kind, rest in (
        (1, struct.pack(">I", 5) + ip(A4) + b"230101120000" + pattern(16)),
        (2, struct.pack(">I", 5) + b"\x14\0\1\7\0\1\x05\xdc\0\1\x86\xa1default\0"),
        (3, struct.pack(">I", 1)),
        (4, pattern(8)),
        (9, b""),
    ):
        yield frame(snap(CISCO, 0x2003, struct.pack(">BBB", 2, kind, 0) + head + rest))
    yield frame(snap(CISCO, 0x2003, b"\2\1\0\6"))


def odd():
    ping = icmp(8, 0, struct.pack(">HH", 1, 1) + pattern(20))
    ping6 = icmp6(128, 0, struct.pack(">HH", 1, 1) + pattern(20))
    inner = MAC_B + MAC_A + b"\x08\0" + ping
    bodies = [
        snap(b"\0\0\0", 0x86DD, ping6),
        snap(b"\0\0\0", 0x88B5, pattern(10)),
        snap(b"\0\0\xf8", 0x0800, ping),
        snap(b"\0\0\xf8", 0x1234, pattern(10)),
        snap(CISCO, 0x1234, pattern(10)),
        snap(b"\0\x80\xc2", 7, b"\0\0" + inner),
        snap(b"\0\x80\xc2", 1, b"\0\0" + inner + b"\1\2\3\4"),
        snap(b"\0\x80\xc2", 7, b"\0"),
        snap(b"\0\x80\xc2", 2, pattern(10)),
        snap(b"\0\x90\x69", 1, pattern(10)),
        snap(b"\1\2\3", 0x0800, ping),
        b"\xaa\xaa\3\0\0",
        b"\xaa\xaa\x13" + b"\0\0\0\x08\0" + ping,
        b"\xaa\xaa\3\0\0\0\x08\0" + udp(b"x"),
        b"\6\6\3" + ping,
        b"\6\6\x13" + ping,
        b"\4\4\xbf",
        b"\4\5\xaf\x81\1\2",
        b"\4\4\xaf\x81\1",
        b"\4\4\xaf\x82\1\2",
        b"\4\5\x63",
        b"\4\4\x7f",
        b"\4\5\x1f",
        b"\4\4\x53",
        b"\4\5\x97\1\2\3",
        b"\4\4\x0b" + pattern(4),
        b"\4\4\1\6",
        b"\4\5\5\7",
        b"\4\4\x09\0",
        b"\4\4\x0d\0",
        b"\4\4\2\4" + pattern(8),
        b"\4\5\2\5" + pattern(8),
        b"\4\x08\3" + pattern(4),
        b"\x12\x12\3" + pattern(4),
        b"\x13\x15\3" + pattern(4),
        b"\3\3\3",
        b"\xff\3\3",
        b"\xaa\xaa",
        b"\xf0\xf0\2",
    ]
    return [frame(b, MAC_B) for b in bodies]


def cut(frames):
    """Each frame in captured lengths that end within its values."""
    for f in frames:
        for n in range(14, len(f), 3):
            yield files.Packet(f[:n], len(f))


def samples():
    for name, packets in (
        ("llc-odd", odd()),
        ("llc-cdp", cdp()),
        ("llc-cisco", trunks()),
        ("llc-vtp", list(vtp())),
        ("llc-trees", trees()),
        ("llc-trees-several", list(trees_several())),
        ("llc-cut", list(cut([cdp()[0], trunks()[0], trunks()[10], trees()[3], odd()[1],
            odd()[17]]))),
    ):
        yield name + ".pcap", files.pcap(packets)
