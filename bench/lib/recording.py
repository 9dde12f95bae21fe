# SPDX-License-Identifier: BSD-2-Clause
"""A recording to be read: packets of TCP and UDP, of three sizes, always the same."""

import random
import struct

SIZES = [64] * 7 + [576] * 4 + [1500]
TCP_PORTS, UDP_PORTS = (80, 443, 5432, 22), (53, 123, 9)
# These many packets are made, and written again and again with later times.
DIFFERENT = 40000


def _checksum(header):
    total = sum(struct.unpack(f"!{len(header) // 2}H", header))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def _packet(rng, number):
    size = rng.choice(SIZES)
    if rng.random() < 0.8:
        head = struct.pack("!HHIIBBHHH", rng.randrange(1024, 65536), rng.choice(TCP_PORTS),
                           rng.randrange(1 << 32), rng.randrange(1 << 32), 0x50, 0x10, 500, 0, 0)
        protocol = 6
    else:
        head = struct.pack("!HHHH", rng.randrange(1024, 65536), rng.choice(UDP_PORTS), size - 34, 0)
        protocol = 17
    payload = head + rng.randbytes(size - 34 - len(head))
    source = bytes([10, 77, rng.randrange(4), rng.randrange(250)])
    to = bytes([192, 0, 2, rng.randrange(250)])
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), number & 0xffff, 0, 64, protocol,
                     0, source, to)
    ip = ip[:10] + struct.pack("!H", _checksum(ip)) + ip[12:]
    return bytes(12) + b"\x08\0" + ip + payload


def write(path, size):
    """A pcap file of about this many bytes. Returns the number of its packets."""
    rng = random.Random(1)
    packets = [_packet(rng, n) for n in range(DIFFERENT)]
    time_us, written, count = 1700000000000000, 24, 0
    with open(path, "wb") as f:
        f.write(struct.pack("=IHHIIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1))
        while written < size:
            out = []
            for packet in packets:
                time_us += rng.randrange(20)
                out.append(struct.pack("=IIII", time_us // 1000000, time_us % 1000000, len(packet),
                                       len(packet)))
                out.append(packet)
            block = b"".join(out)
            f.write(block)
            written += len(block)
            count += len(packets)
    return count
