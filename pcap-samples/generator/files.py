# SPDX-License-Identifier: BSD-2-Clause
"""Writes packets to files: pcap in all its variants, and pcapng block by block."""

import struct

EN10MB, NULL, RAW, LOOP, ENC, LINUX_SLL, SLL2 = 1, 0, 101, 108, 109, 113, 276
START = 1700000000  # 2023-11-14 22:13:20 UTC


class Packet:
    """Bytes with the facts that a capture adds. Plain bytes can be used instead."""

    def __init__(self, data, length=None, at=None, caplen=None):
        self.data, self.at = data, at
        self.length = len(data) if length is None else length
        self.caplen = len(data) if caplen is None else caplen


def stamped(packets):
    """Yields each packet with its time in ns: its own, or about 1 ms after the last packet."""
    now = START * 10**9
    for p in packets:
        p = p if isinstance(p, Packet) else Packet(p)
        now = now + 1000123 if p.at is None else START * 10**9 + p.at
        yield now, p


def pcap(packets, dlt=EN10MB, nano=False, order="<", snaplen=262144, magic=None, version=(2, 4)):
    if magic is None:
        magic = 0xA1B23C4D if nano else 0xA1B2C3D4
    out = struct.pack(order + "IHHiIII", magic, version[0], version[1], 0, 0, snaplen, dlt)
    for at, p in stamped(packets):
        frac = at % 10**9
        out += (
            struct.pack(
                order + "IIII", at // 10**9, frac if nano else frac // 1000, p.caplen, p.length
            )
            + p.data
        )
    return out


class Pcapng:
    """Appends blocks. Wrong blocks are written as they are given."""

    def __init__(self, order="<"):
        self.order, self.out = order, b""

    def raw(self, kind, body, total=None):
        body += b"\0" * (-len(body) % 4)
        size = 12 + len(body) if total is None else total
        self.out += (
            struct.pack(self.order + "II", kind, size) + body + struct.pack(self.order + "I", size)
        )

    def options(self, opts):
        out = b""
        for code, value in opts:
            value = value.encode() if isinstance(value, str) else value
            out += struct.pack(self.order + "HH", code, len(value)) + value
            out += b"\0" * (-len(value) % 4)
        return out + struct.pack(self.order + "HH", 0, 0) if out else b""

    def section(self, opts=(), length=-1, version=(1, 0)):
        self.raw(
            0x0A0D0D0A,
            struct.pack(self.order + "IHHq", 0x1A2B3C4D, version[0], version[1], length)
            + self.options(opts),
        )

    def interface(self, dlt=EN10MB, snaplen=262144, opts=()):
        self.raw(1, struct.pack(self.order + "HHI", dlt, 0, snaplen) + self.options(opts))

    def packet(self, data, iface=0, at=0, length=None, opts=(), unit=1000, caplen=None):
        """`at` is in nanoseconds after START. `unit` is the length of a tick in nanoseconds."""
        ticks = (START * 10**9 + at) // unit
        caplen = len(data) if caplen is None else caplen
        body = struct.pack(
            self.order + "IIIII",
            iface,
            ticks >> 32,
            ticks & 0xFFFFFFFF,
            caplen,
            len(data) if length is None else length,
        )
        self.raw(6, body + data + b"\0" * (-len(data) % 4) + self.options(opts))

    def simple(self, data, length=None):
        self.raw(3, struct.pack(self.order + "I", len(data) if length is None else length) + data)

    def old_packet(self, data, iface=0, at=0, drops=0xFFFF, unit=1000):
        ticks = (START * 10**9 + at) // unit
        self.raw(
            2,
            struct.pack(
                self.order + "HHIIII",
                iface,
                drops,
                ticks >> 32,
                ticks & 0xFFFFFFFF,
                len(data),
                len(data),
            )
            + data,
        )

    def statistics(self, iface=0, at=0, received=0, dropped=0, unit=1000):
        ticks = (START * 10**9 + at) // unit
        opts = [
            (4, struct.pack(self.order + "Q", received)),
            (5, struct.pack(self.order + "Q", dropped)),
        ]
        self.raw(
            5,
            struct.pack(self.order + "III", iface, ticks >> 32, ticks & 0xFFFFFFFF)
            + self.options(opts),
        )

    def names(self, records):
        body = b""
        for addr, name in records:
            value = addr + name.encode() + b"\0"
            body += struct.pack(self.order + "HH", 1 if len(addr) == 4 else 2, len(value)) + value
            body += b"\0" * (-len(value) % 4)
        self.raw(4, body + struct.pack(self.order + "HH", 0, 0))

    def journal(self, fields):
        self.raw(9, "".join("%s=%s\n" % f for f in fields).encode())
