# SPDX-License-Identifier: BSD-2-Clause
"""IEEE 802.11, and the headers of monitor mode: radiotap, AVS, Prism."""

import struct

from . import files
from .wire import A6, B6, BROADCAST, MAC_A, MAC_B, icmp, icmp6, pattern, tcp, udp

WIFI, PRISM, RADIOTAP, AVS = 105, 119, 127, 163

PING = icmp(8, 0, struct.pack(">HH", 1, 1) + pattern(20))
PING6 = icmp6(128, 0, struct.pack(">HH", 1, 1) + pattern(20))
DATA = tcp(b"x", ack=1)
QUERY = udp(b"q", A6, B6)
NAP = bytes.fromhex("02000a0000fe")


def cut(frames, step=3):
    for f in frames:
        for n in range(0, len(f), step):
            yield files.Packet(f[:n], len(f))


def wifi(kind, subtype, flags=0, body=b"", addrs=(MAC_B, MAC_A, NAP), more=b"", duration=44):
    control = kind << 2 | subtype << 4
    head = struct.pack("<BBH", control, flags, duration) + b"".join(addrs)
    return head + (b"\x10\0" if kind != 1 else b"") + more + body


def element(kind, value, length=None):
    return bytes([kind, len(value) if length is None else length]) + value


def snapped(packet):
    return b"\xaa\xaa\3\0\0\0" + (b"\x86\xdd" if packet[0] >> 4 == 6 else b"\x08\0") + packet


def management():
    ssid = element(0, b"network")
    rates = element(1, bytes([0x82, 0x84, 0x8B, 0x96, 12, 24]))
    fixed = b"\0" * 8 + struct.pack("<HH", 100, 0x0411)
    open_ = b"\0" * 8 + struct.pack("<HH", 100, 0x0002)
    beacon = fixed + ssid + rates + element(3, b"\6") + element(5, b"\0\1\0\0") + element(48,
        pattern(20))
    bodies = [
        (8, beacon),
        (8, open_ + element(0, b"") + element(1, b"") + element(1, b"\x0c") + ssid),
        (8, fixed + element(0, b"hidden\x1b[2J\xff") + element(3, b"\1\2") + element(3, b"\x0b")),
        (8, fixed + element(0, b"a\0b")),
        (8, fixed + element(0, b"x" * 32)),
        (8, fixed + element(0, b"x" * 33)),
        (8, fixed + ssid + element(1, b"\2" * 17)),
        (8, fixed + ssid + element(4, pattern(6)) + element(7, b"DE ")),
        (8, fixed + ssid + element(221, b"x", 9)),
        (8, fixed[:11]),
        (4, ssid + rates),
        (4, b""),
        (5, beacon),
        (0, struct.pack("<HH", 0x11, 10) + ssid + rates),
        (2, struct.pack("<HH", 0x11, 10) + NAP + ssid + rates),
        (1, struct.pack("<HHH", 0x11, 0, 0xC001) + rates),
        (3, struct.pack("<HHH", 0x01, 0, 0xC002) + rates),
        (9, b""),
        (11, struct.pack("<HHH", 0, 1, 0)),
        (11, struct.pack("<HHH", 0, 2, 0)),
        (11, struct.pack("<HHH", 1, 2, 0) + element(16, pattern(128))),
        (11, struct.pack("<HHH", 1, 3, 0)),
        (11, struct.pack("<HHH", 9, 1, 0)),
        (13, b"\0\4"),
        (13, b"\3\0"),
        (13, b"\3\2"),
        (13, b"\x7f\5"),
        (13, b"\x63\5"),
        (6, pattern(4)),
        (15, pattern(4)),
    ]
    out = [wifi(0, s, body=b) for s, b in bodies]
    out.append(wifi(0, 11, 0x40, struct.pack("<I", 0x80ABCDEF) + pattern(20)))
    return out


def management_numbers():
    """Reasons and states, of which tcpdump knows the text."""
    return [
        wifi(0, 10, body=b"\x08\0"),
        wifi(0, 12, body=b"\7\0"),
        wifi(0, 12, body=b"\0\x10"),
        wifi(0, 1, body=struct.pack("<HHH", 0x01, 17, 0)),
        wifi(0, 11, body=struct.pack("<HHH", 0, 1, 13)),
    ]


def control_frames():
    two, one = (MAC_B, MAC_A), (MAC_B,)
    return [
        wifi(1, 7, addrs=one, more=b"\0" * 6),
        wifi(1, 8, addrs=two, more=struct.pack("<HH", 5, 320)),
        wifi(1, 9, addrs=one, more=pattern(20)),
        wifi(1, 10, addrs=two, duration=0xC007),
        wifi(1, 11, addrs=two),
        wifi(1, 12, addrs=one),
        wifi(1, 13, addrs=one),
        wifi(1, 14, addrs=two),
        wifi(1, 15, addrs=two),
        wifi(1, 3, addrs=two),
        wifi(3, 0),
    ]


def data_frames():
    four = {"addrs": (MAC_B, MAC_A, NAP), "more": BROADCAST}
    return [
        wifi(2, 0, 0, snapped(PING)),
        wifi(2, 0, 1, snapped(PING6)),
        wifi(2, 0, 2, snapped(DATA)),
        wifi(2, 0, 3, snapped(QUERY), **four),
        wifi(2, 8, 1, snapped(PING), more=b"\6\0"),
        wifi(2, 8, 3, snapped(PING), addrs=(MAC_B, MAC_A, NAP), more=BROADCAST + b"\6\0"),
        wifi(2, 1, 1, snapped(PING)),
        wifi(2, 2, 1, snapped(PING)),
        wifi(2, 11, 1, snapped(PING), more=b"\0\0"),
        wifi(2, 4, 0x11),
        wifi(2, 12, 0x29, more=b"\0\0"),
        wifi(2, 0, 0x41, struct.pack("<I", 0x00000123) + pattern(30)),
        wifi(2, 8, 0xCC, struct.pack("<I", 0xE0ABCDEF) + pattern(30), more=b"\0\0"),
        wifi(2, 0, 0x06, b"\x42\x42\3\0\0\0\x80"),
        wifi(2, 0, 0x01, b"\xaa\xaa\3\0\0\0\x88\xb5" + pattern(10)),
        wifi(2, 0, 0x01, b"\4\4\xf3" + pattern(3)),
    ]


def radiotap(fields, frame, extra=b"", words=None, version=0):
    """`fields`: (number, alignment, bytes), in order."""
    present = 0
    for number, _, _ in fields:
        present |= 1 << number
    words = [present] if words is None else words
    out = b"".join(struct.pack("<I", w) for w in words)
    at = 4 + len(out)
    for _, align, value in fields:
        pad = -at % align
        out += b"\0" * pad + value
        at += pad + len(value)
    out += extra
    return struct.pack("<BBH", version, 0, 4 + len(out)) + out + frame


def monitored():
    frame = wifi(2, 0, 1, snapped(PING))
    flags = (1, 1, b"\0")
    usual = [
        (0, 8, struct.pack("<Q", 1234567890123)),
        (1, 1, b"\x10"),
        (2, 1, b"\x6c"),
        (3, 2, struct.pack("<HH", 2412, 0x0480)),
        (5, 1, b"\xce"),
        (6, 1, b"\xa1"),
        (11, 1, b"\1"),
        (14, 2, b"\0\0"),
    ]
    out = [radiotap(usual, frame + b"\1\2\3\4"), radiotap([], frame), radiotap([flags], frame)]
    for channel in (0x0140, 0x4140, 0x8140, 0x00A0, 0x00C0, 0x0880, 0x40C0, 0x8480, 0x0150, 0x0490,
        0):
        out.append(radiotap([(3, 2, struct.pack("<HH", 5180, channel))], frame))
    for rate in (0, 2, 11, 0x80, 0x8F, 0x90):
        out.append(radiotap([(2, 1, bytes([rate]))], frame))
    for bits in (1, 2, 4, 8, 0x40):
        out.append(radiotap([(1, 1, bytes([bits]))], frame))
    out.append(radiotap([(4, 1, b"\3\4"), (7, 2, b"\x64\0"), (8, 2, b"\5\0"), (9, 1, b"\6"), (10,
        1, b"\x14")], frame))
    out.append(radiotap([(10, 1, b"\xec"), (12, 1, b"\x32"), (13, 1, b"\x0a")], frame))
    for width in (0x00010480, 0x00020480, 0x00040140, 0x0140):
        out.append(radiotap([(18, 4, struct.pack("<IHBB", width, 2437, 6, 40))], frame))
    out.append(radiotap([(3, 2, b"\x85\x09\x80\4"), (18, 4, struct.pack("<IHBB", 0x10480, 2437, 6,
        40))], frame))
    for known, bits, index in (
        (0x3F, 0, 7), (0x3F, 0x7D, 15), (7, 5, 31), (7, 4, 0), (2, 0, 3), (0x3F, 2, 8), (1, 3,
            0), (7, 1, 77), (0, 0, 0),
    ):
        out.append(radiotap([(3, 2, b"\x3c\x14\x40\1"), (19, 1, bytes([known, bits, index]))],
            frame))
    out.append(radiotap([flags, (20, 4, pattern(8)), (21, 2, struct.pack("<HBB4sBBH", 0x44, 4, 4,
        b"\x92\0\x13\0", 1, 0, 0))], frame))
    out.append(radiotap([(21, 2, struct.pack("<HBB4sBBH", 0x44, 0, 30, b"\0" * 4, 0, 0, 0))],
        frame))
    out.append(radiotap([flags, (23, 2, pattern(12))], frame))
    out.append(radiotap([(28, 1, b"")], frame))
    # Further words of bits: antennas, and the namespace of a vendor.
    ant = [(1, 1, b"\0"), (5, 1, b"\xc4"), (5, 1, b"\xc0"), (11, 1, b"\0")]
    out.append(radiotap(ant, frame, words=[0xA0000022, 0x00000820]))
    vendor = [(1, 1, b"\0"), (30, 2, b"\0\1\2\3" + struct.pack("<H", 4)), (0, 1, b"\1\2\3\4"), (5,
        1, b"\xc4")]
    out.append(radiotap(vendor, frame, words=[0xC0000002, 0xA0000001, 0x00000020]))
    out.append(radiotap([(1, 1, b"\0")], frame, words=[0x80000002, 0x00000001]))
    # The header of the frame is padded to four bytes.
    padded = wifi(2, 8, 1, more=b"\0\0") + b"\0\0" + snapped(PING)
    out.append(radiotap([(1, 1, b"\x20")], padded))
    out.append(radiotap([(1, 1, b"\x30")], padded + b"\1\2\3\4"))
    out += [radiotap(usual[:-1], f + b"\1\2\3\4") for f in (management()[0], control_frames()[6])]
    return out


def monitored_wrong():
    frame = wifi(2, 0, 1, snapped(PING))
    good = radiotap([(1, 1, b"\0")], frame)
    return [
        good[:2] + b"\7\0" + good[4:],
        good[:2] + b"\xff\xff" + good[4:],
        radiotap([], frame, words=[0x80000000]),
        radiotap([(0, 8, b"\1\2\3\4")], frame),
        radiotap([(5, 1, b"")], frame),
        radiotap([(1, 1, b"\x10")], b"\1\2\3"),
        radiotap([(1, 1, b"\x10")], b"\1\2\3\4\5"),
    ]


def kinds():
    yield "link-wifi", WIFI, management() + control_frames() + data_frames()
    yield "link-wifi-numbers", WIFI, management_numbers()
    yield "link-wifi-cut", WIFI, list(cut([management()[0], management()[13], control_frames()[1],
        data_frames()[3], data_frames()[12]]))
    yield "link-radiotap", RADIOTAP, monitored()
    yield "link-radiotap-wrong", RADIOTAP, monitored_wrong() + list(cut([monitored()[0]]))
    header = struct.pack(">II", 0x80211001, 64) + b"\0" * 56
    frame = data_frames()[0]
    yield "link-avs", AVS, [header + f for f in (frame, data_frames()[3], management()[0])]
    short = header[:4] + b"\0\0\0\7" + header[8:] + frame
    yield "link-avs-wrong", AVS, list(cut([header + frame])) + [short]
    yield "link-prism", PRISM, [struct.pack("<II", 0x44, 144) + b"\0" * 136 + frame,
        header + frame, b"\x80\x21\x10\2" + header[4:] + frame]
    yield "link-prism-cut", PRISM, list(cut([struct.pack("<II", 0x44, 144) + b"\0" * 136 + frame],
        7))


def samples():
    for name, dlt, packets in kinds():
        yield name + ".pcap", files.pcap(packets, dlt=dlt)
