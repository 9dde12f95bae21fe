# SPDX-License-Identifier: BSD-2-Clause
"""pcapng files with everything that a copy of the file must keep, and what it must not keep."""

import struct

from . import files
from .formats import (APPLICATION, COMMENT, EPB_DROPCOUNT, EPB_FLAGS, EPB_HASH, EPB_PACKETID,
                      HARDWARE, IF_DESCRIPTION, IF_FILTER, IF_NAME, IF_OS, IF_TSOFFSET, IF_TSRESOL,
                      OS, few)

SECRETS, CUSTOM, CUSTOM_NO_COPY = 10, 0xBAD, 0x40000BAD
CUSTOM_TEXT, CUSTOM_BYTES, CUSTOM_TEXT_NO_COPY, CUSTOM_BYTES_NO_COPY = 2988, 2989, 19372, 19373
PEN = 32473  # the number that is reserved for examples
SECRET = b"CLIENT_RANDOM " + b"a1" * 32 + b" " + b"b2" * 48 + b"\n"


class Blocks(files.Pcapng):
    """Makes whole blocks of each kind in either byte order."""

    def numbers(self, form, *values):
        return struct.pack(self.order + form, *values)

    def custom(self, code, value):
        return (code, self.numbers("I", PEN) + value)

    def secrets(self, kind, value, opts=()):
        value += b"\0" * (-len(value) % 4) if opts else b""
        self.raw(SECRETS, self.numbers("II", kind, len(value)) + value + self.options(opts))

    def names_with(self, records, opts):
        start = len(self.out)
        self.names(records)
        body = self.out[start + 8:-4] + self.options(opts)
        self.out = self.out[:start]
        self.raw(4, body)

    def old_with(self, data, drops, opts, iface=0, at=0):
        ticks = (files.START * 10**9 + at) // 1000
        head = self.numbers("HHIIII", iface, drops, ticks >> 32, ticks & 0xFFFFFFFF, len(data),
                            len(data))
        self.raw(2, head + data + b"\0" * (-len(data) % 4) + self.options(opts))

    def statistics_with(self, iface, at, opts):
        ticks = (files.START * 10**9 + at) // 1000
        self.raw(5, self.numbers("III", iface, ticks >> 32, ticks & 0xFFFFFFFF)
                 + self.options(opts))


def everything(order):
    f = Blocks(order)
    f.section([(HARDWARE, "another machine"), (OS, "Plan 9"), (APPLICATION, "generate.py"),
               (COMMENT, "one"), (COMMENT, "two"), f.custom(CUSTOM_TEXT, b"text"),
               (4321, b"an unknown option")])
    f.interface(snaplen=65535, opts=[
        (IF_NAME, "eth0"), (IF_DESCRIPTION, "the first"), (4, bytes([10, 0, 0, 1, 255, 255, 255, 0])),
        (6, bytes([2, 0, 0, 0, 0, 1])), (8, f.numbers("Q", 10**9)), (IF_TSRESOL, b"\x06"),
        (IF_FILTER, b"\0ip or ip6"), (IF_OS, "Plan 9"), (15, "a network card"),
        (COMMENT, "of an interface"), f.custom(CUSTOM_BYTES, b"\1\2\3")])
    f.interface(files.RAW, 0, [(IF_NAME, "tun0"), (IF_DESCRIPTION, "without packets")])
    f.secrets(0x544C534B, SECRET, [(COMMENT, "of secrets")])
    f.names_with([(bytes([10, 0, 0, 1]), "client.example"),
                  (bytes.fromhex("20010db8" + "00" * 11 + "02"), "server.example")],
                 [(2, "ns.example"), (3, bytes([10, 0, 0, 53]))])
    p = few()
    f.packet(p[0], at=0, opts=[(COMMENT, "first comment"), (COMMENT, "second comment"),
                               (EPB_FLAGS, f.numbers("I", 0x01000029)), (COMMENT, "third")])
    f.raw(CUSTOM, f.numbers("I", PEN) + b"a custom block that may be copied")
    f.packet(p[2], at=1000000, length=1500, opts=[
        (EPB_DROPCOUNT, f.numbers("Q", 1 << 40)), (EPB_HASH, b"\2abcd"),
        (EPB_PACKETID, f.numbers("Q", 77)), (6, f.numbers("I", 3)), (7, b"\1" + f.numbers("Q", 5)),
        (8, f.numbers("II", 12, 34)), f.custom(CUSTOM_TEXT, b"of a packet"), (999, b"unknown")])
    f.interface(files.RAW, 96, [(IF_NAME, "tun1"), (IF_TSRESOL, b"\x09"),
                                (IF_TSOFFSET, f.numbers("q", 100))])
    f.packet(p[3][14:], 2, 2000000 - 100 * 10**9, unit=1)
    f.raw(0x77, b"nobody knows this one")
    f.raw(0x80001234, b"for local use")
    f.raw(11, b"")
    f.journal([("__REALTIME_TIMESTAMP", "1700000000002000"), ("MESSAGE", "between two packets")])
    f.secrets(0x57474B4C, b"LOCAL_STATIC_PRIVATE_KEY = example\n")
    f.simple(p[4], len(p[4]))
    f.old_with(p[1], 3, [(COMMENT, "of an old packet"), (2, f.numbers("I", 1))], at=4000000)
    f.packet(p[1], at=5000000)
    f.statistics_with(0, 6000000, [(2, f.numbers("II", 0, 1)), (4, f.numbers("Q", 1 << 33)),
                                   (5, f.numbers("Q", 9)), (COMMENT, "of statistics")])
    f.statistics_with(1, 6000000, [])
    return f.out


def no_copy(order):
    """Custom blocks and options that must not be copied, in each kind of block."""
    f = Blocks(order)
    no = [f.custom(CUSTOM_TEXT_NO_COPY, b"private"), f.custom(CUSTOM_BYTES_NO_COPY, b"\0\1\2\3\4")]
    yes = [f.custom(CUSTOM_TEXT, b"public")]
    f.section(no + [(HARDWARE, "a machine")] + yes)
    f.interface(opts=[(IF_NAME, "eth0")] + no + yes)
    f.raw(CUSTOM_NO_COPY, f.numbers("I", PEN) + b"private")
    f.secrets(0x544C534B, SECRET, no + [(COMMENT, "of secrets")])
    f.names_with([(bytes([10, 0, 0, 1]), "client.example")], no)
    p = few()
    f.packet(p[0], opts=no)
    f.packet(p[1], at=1000000, opts=[(COMMENT, "one")] + no + [(COMMENT, "two")] + yes)
    f.old_with(p[2], 0xFFFF, no + yes, at=2000000)
    f.raw(CUSTOM_NO_COPY, f.numbers("I", PEN))
    f.raw(CUSTOM, f.numbers("I", PEN) + f.options(no))  # not options: nobody knows its form
    f.statistics_with(0, 3000000, no + [(4, f.numbers("Q", 3))])
    return f.out


def lengths():
    """Sections that tell their lengths, in both byte orders."""
    out = b""
    for order in "<>":
        f = Blocks(order)
        f.interface(opts=[(IF_NAME, "eth0")])
        for i, p in enumerate(few()):
            f.packet(p, at=i * 1000000)
        head = Blocks(order)
        head.section([(COMMENT, "of known length")], length=len(f.out))
        out += head.out + f.out
    return out


def odd():
    """Bytes that no reader needs: padding that is not 0, and what stands behind the options."""
    f = Blocks()
    f.section()
    p = few()[0][:61]
    f.raw(1, f.numbers("HHI", 1, 0x1234, 61) + f.numbers("HH", 2, 3) + b"eth\xff"
          + f.numbers("HH", 0, 0) + b"behind the end: ")
    f.raw(6, f.numbers("IIIII", 0, 0x60A24, 0x12345678, 61, 99) + p + b"\xaa\xbb\xcc"
          + f.numbers("HH", 1, 1) + b"c\xdd\xee\xff" + f.numbers("HH", 0, 0) + b"more")
    f.raw(6, f.numbers("IIIII", 0, 0x60A24, 0x12345679, 61, 61) + p + b"\1\2\3")  # no end
    f.raw(6, f.numbers("IIIII", 0, 0x60A24, 0x12345680, 61, 61) + p + b"\1\2\3"
          + f.numbers("HH", 1, 500) + b"an option that is longer than its block ")
    f.raw(3, f.numbers("I", 70) + p + b"\1\2\3")
    f.raw(10, f.numbers("II", 1, 4000) + b"secrets that are longer than their block")
    f.raw(4, f.numbers("HH", 1, 9) + bytes([10, 0, 0, 1]) + b"name\0\1\1\1")  # records have no end
    return f.out


def unused():
    f = Blocks()
    f.section([(OS, "Linux")])
    for i in range(5):
        f.interface(files.RAW if i == 3 else files.EN10MB, i * 1000, [(IF_NAME, "eth%d" % i)])
    f.packet(few()[0], 2)
    f.packet(few()[2], 4, at=3000000000)
    f.statistics(1, 4000000000)
    return f.out


def alone():
    f = Blocks()
    f.section()
    f.interface(files.RAW)
    return f.out


def samples():
    yield "pcapng-everything.pcapng", everything("<")
    yield "pcapng-everything-big-endian.pcapng", everything(">")
    yield "pcapng-no-copy.pcapng", no_copy("<")
    yield "pcapng-no-copy-big-endian.pcapng", no_copy(">")
    yield "pcapng-section-lengths.pcapng", lengths()
    yield "pcapng-odd-bytes.pcapng", odd()
    yield "pcapng-unused-interfaces.pcapng", unused()
    yield "pcapng-interface-only.pcapng", alone()
