# SPDX-License-Identifier: BSD-2-Clause
"""DNS: RFC 1035, and the RFCs that add types and options."""

import struct

from . import files
from .wire import A4, A6, B4, B6, eth, ip, pattern, udp

A, NS, CNAME, SOA, PTR, HINFO, MX, TXT, AAAA, SRV, NAPTR, DNAME, OPT = (
    1,
    2,
    5,
    6,
    12,
    13,
    15,
    16,
    28,
    33,
    35,
    39,
    41,
)
SVCB, HTTPS, ANY = 64, 65, 255


def name(text):
    return (
        b"".join(bytes([len(part)]) + part.encode("latin-1") for part in text.split(".") if part)
        + b"\0"
    )


def ptr(at):
    return struct.pack(">H", 0xC000 | at)


QNAME = ptr(12)  # the name in the first question


def question(text="example.com", kind=A, klass=1):
    owner = text if isinstance(text, bytes) else name(text)
    return owner + struct.pack(">HH", kind, klass)


def record(kind, data, owner=QNAME, ttl=300, klass=1, length=None):
    return (
        owner
        + struct.pack(">HHIH", kind, klass, ttl, len(data) if length is None else length)
        + data
    )


def message(ident, flags, questions=(), answers=(), authority=(), extra=(), counts=None):
    parts = (questions, answers, authority, extra)
    counts = [len(p) for p in parts] if counts is None else counts
    return struct.pack(">HH4H", ident, flags, *counts) + b"".join(b"".join(p) for p in parts)


def ask(msg, src=A4, dst=B4, **kw):
    return udp(msg, src, dst, 40053, 53, **kw)


def tell(msg, src=B4, dst=A4, **kw):
    return udp(msg, src, dst, 53, 40053, **kw)


def opt(size=1232, flags=0, rcode=0, version=0, options=b""):
    return record(OPT, options, b"\0", rcode << 24 | version << 16 | flags, size)


def option(code, data):
    return struct.pack(">HH", code, len(data)) + data


def soa(mname=b"\3ns1" + QNAME, rname=b"\5admin" + QNAME):
    return mname + rname + struct.pack(">5I", 2024010101, 7200, 3600, 1209600, 86400)


def svcb(priority, target, *params):
    return (
        struct.pack(">H", priority)
        + target
        + b"".join(struct.pack(">HH", k, len(v)) + v for k, v in params)
    )


def types():
    q, r = 0x0100, 0x8180
    answers = [
        (A, [record(A, ip("192.0.2.1"))]),
        (A, [record(A, ip("192.0.2.1")), record(A, ip("192.0.2.2"), ttl=86400)]),
        (AAAA, [record(AAAA, ip("2001:db8::1"))]),
        (A, [record(CNAME, b"\3www" + QNAME), record(A, ip("192.0.2.3"), ptr(41))]),
        (
            MX,
            [
                record(MX, struct.pack(">H", 10) + b"\4mail" + QNAME),
                record(MX, struct.pack(">H", 0) + b"\0"),
            ],
        ),
        (NS, [record(NS, b"\3ns1" + QNAME), record(NS, name("ns2.example.net"))]),
        (PTR, [record(PTR, name("host.example.com"))]),
        (SOA, [record(SOA, soa())]),
        (
            TXT,
            [
                record(TXT, b"\x0bv=spf1 -all"),
                record(TXT, b"\5first\6second"),
                record(TXT, b"\0"),
                record(TXT, b""),
            ],
        ),
        (TXT, [record(TXT, b'\x0ca\x1b[31mb\x07\xff"\\')]),
        (SRV, [record(SRV, struct.pack(">HHH", 10, 60, 5060) + name("sip.example.com"))]),
        (
            HTTPS,
            [
                record(
                    HTTPS,
                    svcb(1, b"\0", (1, b"\2h3\2h2"), (4, ip("192.0.2.1")), (6, ip("2001:db8::1"))),
                ),
                record(HTTPS, svcb(0, name("svc.example.net"))),
            ],
        ),
        (
            SVCB,
            [
                record(
                    SVCB,
                    svcb(16, name("a.example"), (0, b"\0\1"), (3, b"\x1f\x90"), (5, pattern(20))),
                )
            ],
        ),
        (DNAME, [record(DNAME, name("example.net"))]),
        (HINFO, [record(HINFO, b"\3PDP\4ITS1")]),
        (
            NAPTR,
            [
                record(
                    NAPTR,
                    struct.pack(">HH", 1, 2) + b"\1S\7SIP+D2U\0" + name("_sip._udp.example.com"),
                )
            ],
        ),
        (48, [record(48, struct.pack(">HBB", 257, 3, 13) + pattern(64))]),
        (43, [record(43, struct.pack(">HBB", 1, 13, 2) + pattern(32))]),
        (
            46,
            [
                record(
                    46,
                    struct.pack(">HBBIIIH", 1, 13, 2, 300, 2, 1, 77)
                    + name("example.com")
                    + pattern(64),
                )
            ],
        ),
        (47, [record(47, name("a.example.com") + b"\0\1\x40")]),
        (257, [record(257, b"\0\5issueca.example")]),
        (52, [record(52, b"\3\1\1" + pattern(32))]),
        (44, [record(44, b"\1\1" + pattern(20))]),
        (256, [record(256, b"\0\1\0\1https://a/")]),
        (ANY, [record(A, ip("192.0.2.1")), record(1234, pattern(5)), record(10, b"null")]),
        (251, []),
        (252, [record(SOA, soa())]),
        (99, [record(99, b"\3spf")]),
        (
            38,
            [
                record(38, b"\x40" + pattern(8) + name("p.example")),
                record(38, b"\0" + pattern(16)),
                record(38, b"\x80" + QNAME),
            ],
        ),
        (
            250,
            [
                record(
                    250,
                    name("hmac-sha256")
                    + struct.pack(">HIHH", 0, 1700000000, 300, 4)
                    + b"\1\2\3\4"
                    + struct.pack(">HHH", 9, 0, 0),
                    name("key"),
                    0,
                    ANY,
                )
            ],
        ),
        (249, [record(249, name("gss-tsig") + pattern(20))]),
        (103, [record(103, b"\3abc")]),
        (100, [record(100, b"abc")]),
        (65280, []),
        (0, []),
        (32769, []),
    ]
    out = []
    for i, (kind, rrs) in enumerate(answers):
        out += [
            ask(message(1000 + i, q, [question(kind=kind)])),
            tell(message(1000 + i, r, [question(kind=kind)], rrs)),
        ]
    return out


def headers():
    quest = [question()]
    out = [
        ask(message(7, f, quest))
        for f in (
            0,
            0x0100,
            0x0110,
            0x0120,
            0x0130,
            0x0010,
            0x0020,
            0x0200,
            0x0400,
            0x0080,
            0x0040,
            0x000F,
        )
    ]
    out += [ask(message(8, op << 11 | 0x0100, quest)) for op in range(16)]
    out += [tell(message(9, 0x8180 | rc, quest)) for rc in range(16)]
    out += [
        tell(message(10, 0x8000 | f, quest))
        for f in (0, 0x0400, 0x0200, 0x0100, 0x0080, 0x0020, 0x0010, 0x0780, 0x0040, 0x07FF)
    ]
    out += [tell(message(10, 0x8000 | op << 11, quest)) for op in range(16)]
    out += [
        ask(message(11, 0x0100, [question("example.com", A, k)]))
        for k in (0, 2, 3, 4, 254, 255, 0x8001)
    ]
    out += [
        tell(
            message(
                12,
                0x8180,
                [question(kind=A, klass=3)],
                [
                    record(TXT, b"\3yes", klass=3),
                    record(A, ip(A4), klass=0x8001),
                    record(A, ip(A4), klass=77),
                ],
            )
        )
    ]
    out += [
        ask(message(13, 0x0100)),
        ask(message(13, 0x0100, quest * 2)),
        ask(message(13, 0x0100, quest * 3)),
        ask(message(13, 0x0100, quest, counts=(1, 2, 3, 4))),
        ask(message(13, 0x0900, [], counts=(0, 1, 0, 0))),
        ask(message(13, 0x0900, quest, counts=(2, 0, 0, 0))),
        tell(message(13, 0x8180, [], [record(A, ip(A4), name("a"))])),
        tell(message(13, 0x8180, quest * 2, [record(A, ip(A4))])),
        ask(message(14, 0x2800, [question("example.com", SOA)], [], [record(A, ip(B4))])),
    ]
    ttls = (0, 59, 60, 3599, 3600, 3661, 86400, 90061, 604800, 694861, 0x7FFFFFFF, 0xFFFFFFFF)
    out.append(tell(message(15, 0x8180, quest, [record(A, ip(A4), ttl=t) for t in ttls])))
    out.append(tell(message(16, 0x8183, quest, [], [record(SOA, soa())], [opt()])))
    out.append(
        tell(
            message(
                16,
                0x8180,
                quest,
                [record(A, ip(A4))] * 2,
                [record(NS, b"\3ns1" + QNAME)] * 2,
                [record(A, ip(B4), b"\3ns1" + QNAME), opt()],
            )
        )
    )
    out.append(ask(message(17, 0x0100, [question("")])))
    out.append(ask(message(17, 0x0100, [question('a b."c".d\\e.\x1b]0;x\x07.\xe4\xff')])))
    return out


def edns():
    quest = [question()]
    opts = [
        option(10, pattern(8)),
        option(10, pattern(24)),
        option(8, struct.pack(">HBB", 1, 24, 0) + b"\xc0\0\2"),
        option(8, struct.pack(">HBB", 2, 56, 0) + ip("2001:db8::")[:7]),
        option(3, b""),
        option(3, b"ns1.lon"),
        option(12, b"\0" * 16),
        option(11, b"\0\x64"),
        option(15, b"\0\x12blocked"),
        option(5, bytes([8, 13])),
        option(6, b"\1\2"),
        option(7, b"\1"),
        option(9, b"\0\0\1\0"),
        option(13, name("com")),
        option(14, b"\1\2\3\4"),
        option(16, b"\0\1"),
        option(17, b"\0\2"),
        option(26946, b"abc"),
        option(65001, b"\1"),
        option(4, b""),
        option(10, b"\1"),
        option(11, b""),
        option(8, b"\0"),
        struct.pack(">HH", 3, 99),
        b"\0\3\0",
    ]
    out = [
        ask(message(20, 0x0120, quest, [], [], [opt()])),
        ask(message(20, 0x0100, quest, [], [], [opt(4096, 0x8000)])),
        tell(message(20, 0x8180, quest, [record(A, ip(A4))], [], [opt(512, 0, 1)])),
        ask(message(20, 0x0100, quest, [], [], [opt(512, 0x7FFF, 255, 1)])),
    ]
    out += [ask(message(21, 0x0100, quest, [], [], [opt(options=o)])) for o in opts]
    out.append(ask(message(21, 0x0100, quest, [], [], [opt(options=opts[0] + opts[2] + opts[6])])))
    return out


def compression():
    """Names that share their tails, compressed like servers do it."""
    msg = message(
        30,
        0x8180,
        [question("www.example.com")],
        [
            record(CNAME, b"\3cdn" + ptr(16)),
            record(CNAME, b"\1a\1b\1c" + ptr(45)),
            record(A, ip(A4), ptr(63)),
        ],
        [record(NS, b"\3ns1" + ptr(16), ptr(16)), record(NS, b"\3ns2" + ptr(20), ptr(20))],
        [record(AAAA, ip(A6), b"\3ns1" + ptr(16))],
    )
    other = message(
        31,
        0x8180,
        [question("a.b")],
        [
            record(MX, b"\0\1" + ptr(14)),
            record(SRV, b"\0\1\0\2\0\3" + ptr(12)),
            record(SOA, ptr(12) + ptr(14) + struct.pack(">5I", 1, 2, 3, 4, 5)),
        ],
    )
    return [tell(msg), tell(other)]


def ipv6():
    quest = [question(kind=AAAA)]
    return [
        ask(message(60, 0x0100, quest), A6, B6),
        tell(message(60, 0x8180, quest, [record(AAAA, ip(B6))]), B6, A6),
    ]


def samples():
    for title, packets in (
        ("dns-types", types()),
        ("dns-headers", headers()),
        ("dns-edns", edns()),
        ("dns-compression", compression()),
        ("dns-ipv6", ipv6()),
    ):
        yield title + ".pcap", files.pcap([eth(p) for p in packets])
