# SPDX-License-Identifier: BSD-2-Clause
"""HTTP/1 and TLS inside TCP."""

import struct

from . import files
from .tcp import Flow
from .wire import A4, A6, ACK, B4, B6, PSH, RST, eth, pattern


def http_flow(src, dst, dport, exchanges):
    f = Flow(src, dst, dport=dport)
    out = f.open()
    for request, answer in exchanges:
        out += [f.send(0, PSH | ACK, request), f.send(1, ACK), f.send(1, PSH | ACK, answer)]
    return out + f.close()


def http():
    page = b"<html><body>It works.</body></html>\n"
    ok = b"HTTP/1.1 200 OK\r\nServer: sample\r\nContent-Length: %d\r\n\r\n" % len(page) + page
    get = b"GET / HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: sample/1\r\n\r\n"
    out = http_flow(A4, B4, 80, [(get, ok)]) + http_flow(A6, B6, 8080, [(get, ok)])
    return out


def http_elsewhere():
    """HTTP on a port that is not HTTP's, and data that only looks like HTTP."""
    get = b"GET /status HTTP/1.1\r\nHost: a\r\n\r\n"
    pairs = [
        (get, b"HTTP/1.1 204 No Content\r\n\r\n"),
        (b"GET started\r\n", b"HTTPS is not it\r\n"),
        (b"patch HTTP/1.1\r\n", b"100 200 HTTP/2\r\n"),
    ]
    out = http_flow(A4, B4, 8000, pairs)
    out += http_flow(
        A4,
        B4,
        3128,
        [
            (
                b"CONNECT www.example.com:443 HTTP/1.1\r\n\r\n",
                b"HTTP/1.1 200 Connection established\r\n\r\n",
            )
        ],
    )
    return out


def http_odd():
    """First lines without an end, with control characters, with unknown methods; binary data."""
    lines = [
        b"GET / HTTP/1.1",
        b"GET / HTTP/1.1\n",
        b"GET\r\n",
        b"GETX / HTTP/1.1\r\n",
        b"get / http/1.1\r\n",
        b"POST /x\x1b[31m\xff HTTP/1.1\r\n\r\n",
        b"HTTP/1.0 404\r\n",
        b"HTTP/1.1 2x0 OK\r\n",
        b"HTTP/1.1 99 OK\r\n",
        b"\r\nGET / HTTP/1.1\r\n",
        b"GET / HTTP/1.1\rX\r\n",
        b"GET / HTTP/1.1\r",
        b"GET\t/ HTTP/1.1\r\n",
        b"GET / HTTP/1.1\r\nA: \x07\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\0\1\2",
        b"G",
        b"A" * 127 + b" 200\r\n",
        b"A" * 128 + b" 200\r\n",
        b"GET /" + b"long" * 200 + b" HTTP/1.1\r\n",
    ]
    f = Flow(A4, B4, dport=80)
    return f.open() + [f.send(i % 2, PSH | ACK, line) for i, line in enumerate(lines)] + f.close()


def record(kind, body, version=0x0303):
    return struct.pack(">BHH", kind, version, len(body)) + body


def handshake(kind, body):
    return struct.pack(">I", kind << 24 | len(body)) + body


def vector(width, body):
    return len(body).to_bytes(width, "big") + body


def extension(kind, body):
    return struct.pack(">H", kind) + vector(2, body)


def server_name(name):
    return extension(0, vector(2, b"\0" + vector(2, name)))


def client_hello(*extensions):
    body = (
        b"\3\3"
        + pattern(32)
        + vector(1, pattern(32))
        + vector(2, b"\x13\1\x13\2\xc0\x2f")
        + vector(1, b"\0")
    )
    if extensions:
        body += vector(2, b"".join(extensions))
    return handshake(1, body)


MORE = [
    extension(43, vector(1, b"\3\4\3\3")),
    extension(16, vector(2, vector(1, b"h2") + vector(1, b"http/1.1"))),
]


def tls_session():
    server_hello = handshake(
        2, b"\3\3" + pattern(32) + vector(1, b"") + b"\x13\1\0" + vector(2, b"")
    )
    f = Flow(A4, B4, dport=443)
    out = f.open() + [
        f.send(
            0,
            PSH | ACK,
            record(22, client_hello(MORE[0], server_name(b"www.example.com"), MORE[1]), 0x0301),
        )
    ]
    out.append(
        f.send(
            1,
            PSH | ACK,
            record(22, server_hello)
            + record(20, b"\1")
            + record(23, pattern(300))
            + record(23, pattern(60)),
        )
    )
    out.append(f.send(0, PSH | ACK, record(20, b"\1") + record(23, pattern(53))))
    out += [
        f.send(0, PSH | ACK, record(23, pattern(500))),
        f.send(1, PSH | ACK, record(23, pattern(1000))[:600]),
    ]
    out += [
        f.send(1, PSH | ACK, record(23, pattern(1000))[600:]),
        f.send(1, PSH | ACK, record(21, pattern(19))),
    ]
    out += f.close()
    f = Flow(A6, B6, dport=8443)  # 1.2, with a certificate and an alert in clear
    out += f.open() + [
        f.send(0, PSH | ACK, record(22, client_hello(server_name(b"old.example.net")), 0x0301))
    ]
    flight = (
        handshake(11, vector(3, vector(3, pattern(400))))
        + handshake(12, pattern(100))
        + handshake(14, b"")
    )
    out += [
        f.send(1, PSH | ACK, record(22, server_hello) + record(22, flight)),
        f.send(0, PSH | ACK, record(21, b"\2\x30")),
        f.send(0, RST, options=b""),
    ]
    return out


def tls_odd():
    """Server names that are missing, hostile, cut or have a wrong length; invalid records."""
    whole = client_hello(MORE[0], server_name(b"cut.example.com"))
    bodies = [
        record(22, client_hello()),
        record(22, client_hello(MORE[0])),
        record(22, client_hello(server_name(b""))),
        record(22, client_hello(server_name(b"a\x1b[2Jb\n\xff.example"))),
        record(22, client_hello(server_name(b"x" * 300))),
        record(22, client_hello(extension(0, b"\0"))),
        record(22, client_hello(extension(0, b"\0\x09\0\0\x06abc"))),
        record(22, client_hello(extension(0, vector(2, b"\1" + vector(2, b"no host name"))))),
        record(22, whole)[:60],
        record(22, whole)[: len(whole) - 5],
        record(22, whole[:80]) + record(22, whole[80:]),
        record(22, b"\1"),
        record(22, b"\1\0\0"),
        record(22, b"\x63\0\0\1x"),
        record(22, b"\2\xff\xff\xff"),
        record(21, b"\1\0"),
        record(21, b"\2\xff"),
        record(21, b"\3\0"),
        record(21, b"\2"),
        record(24, b"x"),
        record(19, b"x"),
        record(22, b""),
        record(23, b"x", 0x0305),
        record(23, b"x", 0x0200),
        struct.pack(">BHH", 23, 0x0303, 18433) + b"x",
        struct.pack(">BHH", 23, 0x0303, 18432) + b"x",
        record(23, b"x")[:4],
        record(23, b"x") * 40,
        (record(23, b"x") + record(21, b"xyz")) * 20,
        record(22, handshake(0, b"") * 30),
        record(20, b"\1") + record(22, b"\1\2\3\4\5"),
    ]
    f = Flow(A4, B4, dport=443)
    return f.open() + [f.send(0, PSH | ACK, b) for b in bodies] + f.close()


def samples():
    for name, packets in (
        ("http", http()),
        ("http-other-port", http_elsewhere()),
        ("http-odd", http_odd()),
        ("tls", tls_session()),
        ("tls-odd", tls_odd()),
    ):
        yield name + ".pcap", files.pcap([eth(p) for p in packets])
