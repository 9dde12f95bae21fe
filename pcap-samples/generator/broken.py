# SPDX-License-Identifier: BSD-2-Clause
"""Broken files: a reader must refuse them, or read the packets before the damage."""

import struct

from . import files
from .formats import few


def classic():
    whole = files.pcap(few())
    yield "header-truncated", whole[:17]
    yield "header-only-magic", whole[:4]
    yield "empty", b""
    yield "magic-wrong", b"\x12\x34\x56\x78" + whole[4:]
    yield "magic-text", b"This is no capture file, but it is long enough to be one.\n"
    yield "version-wrong", files.pcap(few(), version=(9, 9))
    yield "packet-header-truncated", whole[: 24 + 16 + 74 - 8 + 5]
    yield "packet-truncated", whole[:-20]
    yield "packet-last-byte-missing", whole[:-1]
    yield "caplen-absurd", files.pcap(few()[:2] + [files.Packet(few()[2], caplen=0xFFFFFFFF)])
    yield "caplen-over-snaplen", files.pcap(
        few()[:1] + [files.Packet(few()[4] * 3, caplen=len(few()[4]) * 3)], snaplen=64
    )
    yield "caplen-over-len", files.pcap([files.Packet(few()[0], 20), files.Packet(few()[1], 0)])
    yield "caplen-zero", files.pcap([files.Packet(b"", 60), few()[0], files.Packet(b"", 0)])
    yield "caplen-negative", files.pcap([files.Packet(few()[0], caplen=0x80000000)])
    yield "time-absurd", files.pcap([few()[0]])[:28] + struct.pack("<I", 0xFFFFFFFF) + files.pcap(
        [few()[0]]
    )[32:]
    yield "snaplen-zero", files.pcap(few(), snaplen=0)
    yield "snaplen-absurd", files.pcap(few(), snaplen=0x7FFFFFFF)
    yield "linktype-unknown", files.pcap(few(), dlt=9999)
    yield "garbage-behind", whole + bytes(range(256))


def start():
    f = files.Pcapng()
    f.section()
    f.interface()
    return f


def modern():
    p = few()
    f = start()
    f.packet(p[0])
    f.packet(p[1], at=1000000)
    yield "block-truncated", f.out[:-30]
    yield "block-header-truncated", f.out + b"\6\0\0\0\x40"
    yield "section-truncated", f.out[:20]
    yield "byte-order-wrong", f.out[:8] + b"\x11\x22\x33\x44" + f.out[12:]
    for name, total in (
        ("zero", 0),
        ("small", 11),
        ("odd", 45),
        ("absurd", 0xFFFFFFF0),
        ("long", 4096),
    ):
        f = start()
        f.packet(p[0])
        f.raw(6, b"\0" * 32, total)
        f.packet(p[1])
        yield "block-length-" + name, f.out
    f = start()
    f.packet(p[0])
    f.out = f.out[:-4] + struct.pack("<I", 12)
    f.packet(p[1])
    yield "block-trailer-wrong", f.out
    f = start()
    f.packet(p[0], iface=7)
    yield "interface-missing", f.out
    f = files.Pcapng()
    f.section()
    f.packet(p[0])
    f.simple(p[0])
    yield "interface-none", f.out
    f = files.Pcapng()
    f.interface()
    f.packet(p[0])
    yield "section-missing", f.out
    f = files.Pcapng()
    f.section(version=(2, 0))
    f.interface()
    yield "section-version", f.out
    f = start()
    f.packet(p[0], caplen=0xFFFFFFF0)
    yield "epb-caplen-absurd", f.out
    f = start()
    f.packet(p[0], caplen=len(p[0]) + 40)
    yield "epb-caplen-over-block", f.out
    f = start()
    f.raw(6, b"\0" * 8)
    yield "epb-short", f.out
    f = start()
    f.raw(1, b"\1\0")
    yield "interface-short", f.out
    for name, opts in (
        ("long", b"\1\0\xff\xffab"),
        ("header-cut", b"\1\0"),
        ("no-end", struct.pack("<HH", 1, 4) + b"text"),
        ("value-cut", struct.pack("<HH", 1, 9) + b"text"),
    ):
        f = start()
        body = (
            struct.pack("<IIIII", 0, 0x60A00, 0, len(p[0]), len(p[0]))
            + p[0]
            + b"\0" * (-len(p[0]) % 4)
        )
        f.raw(6, body + opts)
        f.packet(p[1], at=1000000)
        yield "option-" + name, f.out
    for name, value in (
        ("absurd", b"\xff"),
        ("decimal-20", b"\x14"),
        ("binary-64", b"\xc0"),
        ("empty", b""),
    ):
        f = files.Pcapng()
        f.section()
        f.interface(opts=[(9, value)])
        f.packet(p[0])
        yield "tsresol-" + name, f.out
    f = start()
    f.packet(p[0], opts=[(1, b"a comment\x1b[31m with\0 control\xff characters\n")])
    yield "comment-hostile", f.out
    f = files.Pcapng()
    f.section()
    f.interface(opts=[(2, b"eth\x1b]0;x\x07\xfe")])
    f.packet(p[0])
    yield "interface-name-hostile", f.out
    f = files.Pcapng()
    f.section(length=-2)
    f.interface()
    f.packet(p[0])
    yield "section-length-absurd", f.out
    f = start()
    for _ in range(300):
        f.interface(files.RAW, 0)
    f.packet(p[0][14:], iface=300)
    yield "interfaces-many", f.out


def samples():
    for name, data in classic():
        yield "broken/" + name + ".pcap", data
    for name, data in modern():
        yield "broken/" + name + ".pcapng", data
