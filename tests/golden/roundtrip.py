#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""pcapng files read and written again: the copy must have the same bytes.

The blocks are taken apart here once more, independently of the program. This file also works out
which parts a copy must not have (custom blocks and options that forbid it, bytes after -s), and
that a section's length becomes unknown. So each output can be compared byte by byte.
"""
import glob
import gzip
import os
import re
import signal
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SRCDIR = os.environ.get("srcdir", os.path.join(HERE, "..", ".."))
SAMPLES = os.path.join(SRCDIR, "pcap-samples")
SKWATCH = os.environ.get("SKWATCH") or os.path.join(os.environ.get("builddir", "."), "skwatch")

SECTION, INTERFACE, OLD, SIMPLE, NAMES, STATISTICS, PACKET, SECRETS = \
    0x0A0D0D0A, 1, 2, 3, 4, 5, 6, 10
NO_COPY = 0x40000BAD
NO_COPY_OPTIONS = (19372, 19373)
PACKETS = (OLD, SIMPLE, PACKET)
FOR_ALL = (SECTION, INTERFACE, NAMES, SECRETS)
UNKNOWN_LENGTH = b"\xff" * 8

count = 0
failed = 0


def ok(good, name, detail=""):
    global count, failed
    count += 1
    print("%s %d - %s" % ("ok" if good else "not ok", count, name))
    if not good:
        failed += 1
        print("#   " + str(detail).replace("\n", "\n#   "))
    return good


# ---- blocks ----

class Block:
    def __init__(self, data, kind, order):
        self.data, self.kind, self.order = data, kind, order

    def number(self, at, form="I"):
        return struct.unpack_from(self.order + form, self.data, at)[0]

    def rebuilt(self, body):
        body += b"\0" * (-len(body) % 4)
        n = struct.pack(self.order + "I", len(body) + 12)
        return Block(self.data[:4] + n + body + n, self.kind, self.order)


def blocks_of(data):
    """The whole blocks of a file, up to its end or to the first that is damaged."""
    out, at, order = [], 0, "<"
    while at + 12 <= len(data):
        if data[at:at + 4] == b"\n\r\r\n":
            marks = {b"\x4d\x3c\x2b\x1a": "<", b"\x1a\x2b\x3c\x4d": ">"}
            order = marks.get(data[at + 8:at + 12])
            if order is None:
                break
        kind, size = struct.unpack_from(order + "II", data, at)
        if size < 12 or size % 4 or at + size > len(data):
            break
        if struct.unpack_from(order + "I", data, at + size - 4)[0] != size:
            break
        out.append(Block(data[at:at + size], kind, order))
        at += size
    return out, at == len(data)


def options_at(b):
    """Where the options of a block begin, or None."""
    fixed = {SECTION: 24, INTERFACE: 16, STATISTICS: 20, PACKET: 28, OLD: 28, SECRETS: 16}
    end = len(b.data) - 4
    at = fixed.get(b.kind)
    if at is not None and at > end:
        return None
    if b.kind in (PACKET, OLD):
        at += (b.number(20) + 3) // 4 * 4
    elif b.kind == SECRETS:
        at += (b.number(12) + 3) // 4 * 4
    elif b.kind == NAMES:
        at = 8
        while at + 4 <= end and b.number(at, "H"):
            at += 4 + (b.number(at + 2, "H") + 3) // 4 * 4
        at += 4
    return at if at is not None and at <= end else None


def split_options(b, at):
    """The options as bytes with their codes, and the bytes behind the last of them."""
    end, out = len(b.data) - 4, []
    while at + 4 <= end:
        code, size = b.number(at, "H"), b.number(at + 2, "H")
        if code == 0 or at + 4 + size > end:
            break
        size = 4 + (size + 3) // 4 * 4
        out.append((code, b.data[at:at + size]))
        at += size
    return out, b.data[at:end]


def without_forbidden(b):
    at = options_at(b)
    if at is None:
        return b, 0
    options, rest = split_options(b, at)
    kept = [data for code, data in options if code not in NO_COPY_OPTIONS]
    if len(kept) == len(options):
        return b, 0
    return b.rebuilt(b.data[8:at] + b"".join(kept) + rest), len(options) - len(kept)


def cut_to(b, limit):
    """The block with no more than `limit` bytes of its packet."""
    if b.kind == INTERFACE:
        if 0 < b.number(12) <= limit:
            return b
        return b.rebuilt(b.data[8:12] + struct.pack(b.order + "I", limit) + b.data[16:-4])
    if b.kind in (PACKET, OLD) and b.number(20) > limit:
        options = b.data[28 + (b.number(20) + 3) // 4 * 4:-4]
        body = b.data[8:20] + struct.pack(b.order + "I", limit) + b.data[24:28 + limit]
        return b.rebuilt(body + b"\0" * (-limit % 4) + options)
    if b.kind == SIMPLE and b.number(8) > limit and len(b.data) - 16 > limit:
        return b.rebuilt(b.data[8:12 + limit])
    return b


class Expected:
    """The blocks that a copy of a file must have."""

    def __init__(self, data, limit=None, min_len=None, first=None):
        self.blocks, self.dropped, self.options = [], 0, 0
        blocks, self.whole = blocks_of(data)
        packets = 0
        for b in blocks:
            if b.kind == NO_COPY:
                self.dropped += 1
                continue
            if b.kind in PACKETS:
                if min_len is not None and b.number(8 if b.kind == SIMPLE else 24) < min_len:
                    continue
                packets += 1
            if b.kind == SECTION and b.data[16:24] != UNKNOWN_LENGTH:
                b = b.rebuilt(b.data[8:16] + UNKNOWN_LENGTH + b.data[24:-4])
            b, n = without_forbidden(b)
            self.options += n
            self.blocks.append(b if limit is None else cut_to(b, limit))
            if first is not None and packets == first:
                break
        self.packets = packets

    def data(self):
        return b"".join(b.data for b in self.blocks)


def pieces_fit(expected, files):
    """Whether the files of a rotation have all blocks in their order, and each file begins with the
    section, the interfaces, the names and the secrets that came before. Returns "" or a reason."""
    at, head = 0, []
    for number, data in enumerate(files):
        begin = b"".join(b.data for b in head) if number else b""
        if not data.startswith(begin):
            return "file %d does not begin with what it needs" % number
        blocks, whole = blocks_of(data[len(begin):])
        if number and head:  # the byte order is that of the section
            blocks, whole = blocks_of(data)
            blocks = blocks[len(head):]
        if not whole:
            return "file %d is damaged" % number
        if not blocks:
            return "file %d has nothing of its own" % number
        for b in blocks:
            if at == len(expected.blocks) or b.data != expected.blocks[at].data:
                return "file %d differs at block %d" % (number, at)
            if b.kind == SECTION:
                head = []
            if b.kind in FOR_ALL:
                head.append(b)
            at += 1
    return "" if at == len(expected.blocks) else "%d blocks are missing" % (
        len(expected.blocks) - at)


# ---- runs ----

def run(*options, **more):
    done = subprocess.run([SKWATCH, "capture", *options], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, env=dict(os.environ, TZ="UTC"), check=False,
                          **more)
    done.said = [line for line in done.stderr.decode("latin-1").splitlines()
                 if not re.match("skwatch: reading from ", line)]
    return done


def content(path):
    with open(path, "rb") as f:
        return f.read()


def same(name, got, expected):
    """Compares a file with the blocks that are expected. Prints the first that differs."""
    if got == expected.data():
        return ok(True, name)
    blocks, whole = blocks_of(got)
    for i, b in enumerate(blocks):
        if i == len(expected.blocks) or b.data != expected.blocks[i].data:
            return ok(False, name, "block %d of kind %d differs:\n%s\n%s" % (
                i, b.kind, b.data.hex(),
                expected.blocks[i].data.hex() if i < len(expected.blocks) else "nothing"))
    return ok(False, name, "%d of %d blocks%s" % (len(blocks), len(expected.blocks),
                                                  "" if whole else ", and then damaged"))


def check_copies(sample, name, out):
    data = content(sample)
    plain = Expected(data)
    done = run("-r", sample, "-w", out)
    same("%s: a copy has the same bytes" % name, content(out), plain)
    forbidden = plain.dropped or plain.options
    ok(done.returncode == 0 and len(done.said) == (1 if forbidden else 0),
       "%s: says in one line what it must leave out, or nothing" % name, done.stderr)

    for limit in (4, 30, 61, 62, 64, 100):
        run("-r", sample, "-w", out, "-s", str(limit))
        same("%s: -s %d cuts packets and nothing else" % (name, limit), content(out),
             Expected(data, limit=limit))
    for least in (62, 100000):
        run("-r", sample, "-w", out, "greater", str(least))
        same("%s: a filter (greater %d) leaves out packets and nothing else" % (name, least),
             content(out), Expected(data, min_len=least))
    for n in range(1, plain.packets + 1):
        run("-r", sample, "-w", out, "-c", str(n))
        same("%s: -c %d has everything up to that packet" % (name, n), content(out),
             Expected(data, first=n))

    with open(sample, "rb") as f:
        done = run("-r", "-", "-w", "-", "--format", "pcapng", stdin=f)
    same("%s: through pipes" % name, done.stdout, plain)
    run("-r", sample, "-w", out + ".gz")
    same("%s: compressed" % name, gzip.decompress(content(out + ".gz")), plain)
    again = run("-r", out + ".gz", "-w", "-", "--format", "pcapng")
    same("%s: a copy of the copy is the copy" % name, again.stdout, plain)


def numbers_last(path):
    return int(re.search(r"(\d*)$", path).group(1) or 0)


def longer(data):
    """The file, and then several times what its last section has beside its interfaces."""
    tail = []
    for b in blocks_of(data)[0]:
        if b.kind == SECTION:
            tail = []
        elif b.kind != INTERFACE:
            tail.append(b.data)
    return data + b"".join(tail) * 9


def check_rotation(sample, name, directory):
    data = longer(content(sample))
    sample = os.path.dirname(directory) + "/longer.pcapng"
    with open(sample, "wb") as f:
        f.write(data)
    expected = Expected(data)
    for size in ("1k", "2k"):
        fresh(directory)
        run("-r", sample, "-w", directory + "/f.pcapng", "-C", size)
        paths = sorted(glob.glob(directory + "/*"), key=numbers_last)
        why = pieces_fit(expected, [content(p) for p in paths])
        ok(not why, "%s: -C %s: %d files" % (name, size, len(paths)), why)

    fresh(directory)
    run("-r", sample, "-w", directory + "/%s", "--format", "pcapng", "-G", "1")
    paths = sorted(glob.glob(directory + "/*"), key=numbers_last)
    why = pieces_fit(expected, [content(p) for p in paths])
    ok(not why, "%s: -G 1: %d files" % (name, len(paths)), why)

    fresh(directory)
    run("-r", sample, "-w", directory + "/r.pcapng", "-C", "1k", "-W", "2")
    bad = [p for p in glob.glob(directory + "/*") if not stands_alone(content(p))]
    ok(not bad, "%s: -C -W 2: each file stands for itself" % name, bad)


def stands_alone(data):
    """Whether each block of the file belongs to a section and to an interface of this file."""
    blocks, whole = blocks_of(data)
    interfaces = None
    for b in blocks:
        if b.kind == SECTION:
            interfaces = 0
        elif interfaces is None:
            return False
        elif b.kind == INTERFACE:
            interfaces += 1
        elif b.kind in (PACKET, STATISTICS, OLD, SIMPLE):
            number = 0 if b.kind == SIMPLE else b.number(8, "H" if b.kind == OLD else "I")
            if number >= interfaces:
                return False
    return whole and interfaces is not None


def check_broken(sample, name, out):
    """All blocks before the damage are copied. No file is made if there was no packet."""
    if os.path.exists(out):
        os.unlink(out)
    done = run("-r", sample, "-w", out)
    expected = Expected(content(sample))
    if not os.path.exists(out):
        ok(done.returncode == 1 and done.said, "%s: an error and no copy" % name, done.stderr)
        return
    got = content(out)
    if done.returncode == 0:
        same("%s: a copy has the same bytes" % name, got, expected)
    else:
        ok(expected.data().startswith(got) and blocks_of(got)[1],
           "%s: what comes before the damage is copied" % name, done.stderr)


# ---- large blocks ----

MIB = 1 << 20


def block(kind, body):
    body += b"\0" * (-len(body) % 4)
    n = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + n + body + n


def option(code, value):
    return struct.pack("<HH", code, len(value)) + value + b"\0" * (-len(value) % 4)


START = block(SECTION, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)) + \
    block(INTERFACE, struct.pack("<HHI", 1, 0, 0))


def secrets(size, fill):
    return block(SECRETS, struct.pack("<II", 0x544C534B, size) + fill * size)


def packet(number, iface=0, size=60):
    return block(PACKET, struct.pack("<IIIII", iface, 0x60A24, number, size, size) + b"p" * size)


def write(path, *parts):
    with open(path, "wb") as f:
        f.write(b"".join(parts))
    return path


def fresh(directory):
    for path in glob.glob(directory + "/*"):
        os.unlink(path)
    return directory


def check_large(directory, files):
    """Blocks of any size, and the bounds of what is kept."""
    sample, out = directory + "/large.pcapng", directory + "/large-copy.pcapng"

    # Packets that are longer than -s can say.
    write(sample, START, packet(1, size=300000), packet(2))
    run("-r", sample, "-w", out)
    same("a packet of 300,000 bytes is copied whole", content(out), Expected(content(sample)))

    write(sample, START, secrets(17 * MIB, b"k"), packet(1))
    done = run("-r", sample, "-w", out)
    ok(content(out) == START + packet(1) and
       done.said == ["skwatch: %s: 1 block of more than 16 MiB was left out" % out],
       "a block of more than 16 MiB is left out, and that is said", done.stderr)

    before = b"".join(secrets(7 * MIB, b"%d" % i) for i in range(4))
    write(sample, START, before, packet(1), secrets(8, b"s"), packet(2))
    done = run("-r", sample, "-w", out)
    same("28 MiB before the first packet are copied", content(out), Expected(content(sample)))
    ok(done.said == [], "and nothing is said", done.stderr)

    done = run("-r", sample, "-w", fresh(files) + "/%s", "--format", "pcapng", "-G", "10")
    got = [content(p) for p in glob.glob(files + "/*")]
    ok(len(got) == 1 and len(got[0]) < 17 * MIB and stands_alone(got[0]) and
       got[0].endswith(packet(1) + secrets(8, b"s") + packet(2)),
       "-G keeps no more than 16 MiB before the first packet", done.stderr)
    ok(len(done.said) == 2 and "16 MiB stand before the first packet" in done.said[0],
       "and says so", done.stderr)

    write(sample, START, before, b"".join(packet(i, size=3000) for i in range(12000)))
    done = run("-r", sample, "-w", fresh(files) + "/f.pcapng", "-C", "1")
    got = [content(p) for p in sorted(glob.glob(files + "/*"), key=numbers_last)]
    ok(len(got) == 3 and all(stands_alone(data) for data in got), "-C with 28 MiB of secrets: "
       "each file stands for itself", len(got))
    ok(sum(len(data) for data in got) < 2 * os.path.getsize(sample),
       "and the files are not twice as large as the one that was read")
    ok(len(done.said) == 2 and "take more than 16 MiB" in done.said[0] and
       "larger than -C" in done.said[1], "and both is said", done.stderr)

    # Interfaces that do not fit keep the options without which times can't be read.
    unit = option(9, b"\x09") + option(14, struct.pack("<q", 5)) + option(0, b"")
    wordy = block(INTERFACE, struct.pack("<HHI", 1, 0, 77) + option(1, b"c" * 65535) + unit)
    brief = block(INTERFACE, struct.pack("<HHI", 1, 0, 77) + unit)
    write(sample, START, wordy * 400, b"".join(packet(i, 400, 3000) for i in range(12000)))
    done = run("-r", sample, "-w", fresh(files) + "/f.pcapng", "-C", "1")
    got = [content(p) for p in sorted(glob.glob(files + "/*"), key=numbers_last)]
    head = b"".join(b.data for b in blocks_of(got[-1])[0][:402])
    ok(len(got) > 1 and all(stands_alone(data) for data in got) and head.endswith(brief) and
       len(head) < 17 * MIB, "26 MiB of interfaces: each file stands for itself", done.stderr)


def check_slow_reader(directory):
    """A record that is larger than all buffers waits for its reader, and can be given up."""
    sample = write(directory + "/slow.pcapng", START, secrets(15 * MIB, b"x"), packet(1),
                   secrets(15 * MIB, b"y"), packet(2), secrets(15 * MIB, b"z"), packet(3))
    command = [SKWATCH, "capture", "-r", sample, "-w", "-", "--format", "pcapng"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as p:
        got = p.stdout.read(20 * MIB) + p.stdout.read()
    same("a slow reader gets records that are larger than the buffers", got,
         Expected(content(sample)))

    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as p:
        p.stdout.read(1)  # it has begun, and then nobody reads
        p.send_signal(signal.SIGINT)
        ok(p.wait() is not None, "a signal ends it while its reader has stopped")

    source, sink = os.pipe()
    first = START + secrets(8, b"s")
    with subprocess.Popen(command[:3] + ["-"] + command[4:], stdin=source, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL) as p:
        os.write(sink, first)
        got = p.stdout.read(len(first))
        ok(got == first, "blocks before the first packet are not held back from a pipe")
        os.write(sink, packet(1))
        ok(p.stdout.read(len(packet(1))) == packet(1), "nor is the packet")
        os.close(sink)
    os.close(source)


EXTRAS = ["comments", "flags and other options of packets", "names and options of interfaces",
          "options of sections", "host names", "decryption secrets", "statistics",
          "journal entries", "custom blocks", "unknown blocks"]


def check_pcap(directory):
    """A pcap file has no place for most of it, and that is said in one line."""
    plain = os.path.join(SAMPLES, "pcapng-interface-only.pcapng")
    blocks = os.path.join(SAMPLES, "pcapng-blocks.pcapng")
    out = directory + "/p.pcap"
    done = run("-r", blocks, "-w", out)
    line = "skwatch: %s: a pcap file has no place for these parts of the file that was read: " \
        "%s; a .pcapng file keeps them" % (out, ", ".join(EXTRAS))
    ok(done.said == [line], "a pcap file: one line says what it has no place for", done.stderr)
    done = run("-r", plain, "-w", out)
    ok(done.said == [], "a pcap file: nothing is said if nothing is lost", done.stderr)
    done = run("-r", blocks)
    ok(done.said == [], "lines: nothing is said", done.stderr)

    ours = directory + "/ours.pcapng"
    done = run("-r", os.path.join(SAMPLES, "format-empty.pcap"), "-w", ours)
    kinds = [b.kind for b in blocks_of(content(ours))[0]]
    ok(kinds == [SECTION, INTERFACE], "a pcap file without packets: the pcapng has its interface",
       kinds)


def main():
    samples = sorted(glob.glob(os.path.join(SAMPLES, "*.pcapng")))
    with tempfile.TemporaryDirectory(prefix="skw-roundtrip-") as directory:
        files = directory + "/files"
        os.mkdir(files)
        for sample in samples:
            name = os.path.basename(sample)
            check_copies(sample, name, directory + "/copy.pcapng")
            check_rotation(sample, name, files)
        for sample in sorted(glob.glob(os.path.join(SAMPLES, "broken", "*.pcapng"))):
            check_broken(sample, "broken/" + os.path.basename(sample), directory + "/broken.pcapng")
        check_large(directory, files)
        check_slow_reader(directory)
        check_pcap(directory)
    ok(len(samples) > 10, "there were samples", samples)
    print("1..%d" % count)
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
