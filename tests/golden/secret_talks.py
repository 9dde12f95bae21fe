# SPDX-License-Identifier: BSD-2-Clause
"""Conversations, byte by byte, with a secret in all places where users have their data, and a file
of them. A talk is (protocol, port, whether --content shows the secret, turns); a turn is (whether
the client speaks, bytes). It begins with the first byte of its connection.
"""
import struct

SECRET = b"planted"


def lines(*parts):
    return b"\r\n".join(parts) + b"\r\n"


def http():
    body = b"user=planted&password=planted"
    return [
        (True, lines(b"GET /page?token=planted&a=planted HTTP/1.1", b"Host: planted.example",
                     b"Authorization: Basic planted", b"Cookie: session=planted",
                     b"X-Api-Key: planted", b"")),
        (False, lines(b"HTTP/1.1 200 OK", b"Set-Cookie: session=planted", b"Content-Length: 7",
                      b"", b"planted")[:-2]),
        (True, lines(b"POST /login HTTP/1.1", b"Content-Length: %d" % len(body), b"") + body),
        (False, lines(b"HTTP/1.1 401 planted", b"WWW-Authenticate: Basic realm=planted",
                      b"Transfer-Encoding: chunked", b"", b"7", b"planted", b"0", b"")),
        (True, lines(b"GET http://user:planted@example/x?planted HTTP/1.1", b"")),
        (False, lines(b"HTTP/1.1 302 Found", b"Location: /?planted", b"Content-Length: 0", b"")),
    ]


def http2_frame(kind, flags, stream, data):
    return struct.pack(">I", len(data))[1:] + struct.pack(">BBI", kind, flags, stream) + data


def literal(name, value):
    """A field that is not kept; the name is a place in the static table, or a text."""
    head = struct.pack("B", name) if isinstance(name, int) and name < 15 else \
        b"\x0f" + struct.pack("B", name - 15) if isinstance(name, int) else \
        b"\0" + struct.pack("B", len(name)) + name
    return head + struct.pack("B", len(value)) + value


def http2():
    ask = b"\x82\x86" + literal(4, b"/page?token=planted") + literal(1, b"planted.example") + \
        literal(23, b"Basic planted") + literal(32, b"session=planted") + \
        literal(b"x-api-key", b"planted")
    answer = b"\x88" + literal(55, b"session=planted") + literal(b"grpc-message", b"planted")
    return [
        (True, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + http2_frame(4, 0, 0, b"") +
         http2_frame(1, 4, 1, ask) + http2_frame(0, 1, 1, b"planted")),
        (False, http2_frame(4, 0, 0, b"") + http2_frame(4, 1, 0, b"") +
         http2_frame(1, 4, 1, answer) + http2_frame(0, 1, 1, b"planted")),
    ]


def resp(*words):
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w) for w in words)


def redis():
    return [
        (True, resp(b"AUTH", b"planted")), (False, b"-WRONGPASS planted\r\n"),
        (True, resp(b"AUTH", b"user", b"planted")), (False, b"+OK\r\n"),
        (True, resp(b"HELLO", b"3", b"AUTH", b"user", b"planted")),
        (False, b"%1\r\n+server\r\n$7\r\nplanted\r\n"),
        (True, resp(b"SET", b"planted", b"planted", b"EX", b"10")), (False, b"+OK\r\n"),
        (True, resp(b"GET", b"planted")), (False, b"$7\r\nplanted\r\n"),
        (True, resp(b"CONFIG", b"SET", b"requirepass", b"planted")), (False, b"+OK\r\n"),
        (True, resp(b"EVAL", b"return 'planted'", b"1", b"planted")),
        (False, b"-ERR planted in script\r\n"),
        (True, resp(b"HSET", b"planted", b"f", b"planted")), (False, b":1\r\n"),
        (True, b"SET planted planted\r\n"), (False, b"+OK\r\n"),
        (True, resp(b"nosuch", b"planted")), (False, b"-ERR unknown 'planted'\r\n"),
        (True, resp(b"SUBSCRIBE", b"planted")),
        (False, b"*3\r\n$9\r\nsubscribe\r\n$7\r\nplanted\r\n:1\r\n"
                b"*3\r\n$7\r\nmessage\r\n$7\r\nplanted\r\n$7\r\nplanted\r\n"),
    ]


def memcached():
    return [
        (True, b"set planted 0 0 7\r\nplanted\r\n"), (False, b"STORED\r\n"),
        (True, b"get planted planted2\r\n"), (False, b"VALUE planted 0 7\r\nplanted\r\nEND\r\n"),
        (True, b"set auth 0 0 12\r\nuser planted\r\n"), (False, b"CLIENT_ERROR planted\r\n"),
        (True, b"ms planted 7 T0\r\nplanted\r\n"), (False, b"HD\r\n"),
        (True, b"mg planted v k\r\n"), (False, b"VA 7 kplanted\r\nplanted\r\n"),
        (True, b"delete planted\r\n"), (False, b"NOT_FOUND\r\n"),
        (True, b"incr planted 1\r\n"), (False, b"SERVER_ERROR planted\r\n"),
    ]


def pg(kind, data):
    return kind + struct.pack(">I", len(data) + 4) + data


def postgres():
    start = b"\0\3\0\0user\0app\0database\0app\0options\0-c a=planted\0\0"
    ready = pg(b"Z", b"I")
    error = pg(b"E", b"SERROR\0C42601\0Mnear \"planted\"\0DKey (a)=(planted)\0\0") + ready
    rows = pg(b"T", b"\0\1a\0\0\0\0\0\0\0\0\0\0\x19\xff\xff\xff\xff\xff\xff\0\0") + \
        pg(b"D", b"\0\1\0\0\0\7planted") + pg(b"C", b"SELECT 1\0")
    simple = b"SELECT a FROM t WHERE b = 'planted' AND c = E'\\'planted' AND d = $x$planted$x$ " \
             b"AND e = U&'planted' AND f IN ('planted', 'planted') /* planted */ -- planted\0"
    prepared = pg(b"P", b"planted_name\0SELECT a FROM t WHERE b = $1 AND c = 'planted'\0\0\0") + \
        pg(b"B", b"\0planted_name\0\0\0\0\1\0\0\0\7planted\0\0") + pg(b"D", b"P\0") + \
        pg(b"E", b"\0\0\0\0\0") + pg(b"S", b"")
    return [
        (True, struct.pack(">I", len(start) + 4) + start), (False, pg(b"R", b"\0\0\0\3")),
        (True, pg(b"p", b"planted\0")),
        (False, pg(b"R", b"\0\0\0\0") + pg(b"S", b"app\0planted\0") + ready),
        (True, pg(b"Q", simple)), (False, rows + ready),
        (True, prepared), (False, pg(b"1", b"") + pg(b"2", b"") + rows + ready),
        (True, pg(b"Q", b"ALTER USER app PASSWORD 'planted'\0")), (False, error),
        (True, pg(b"Q", b"COPY t FROM STDIN\0")), (False, pg(b"G", b"\0\0\0")),
        (True, pg(b"d", b"planted\n") + pg(b"c", b"")), (False, pg(b"C", b"COPY 1\0") + ready),
        (True, pg(b"Q", b"SELECT 'planted\0")), (False, error),
    ]


def my(number, data):
    return struct.pack("<I", len(data))[:3] + struct.pack("B", number) + data


def mysql():
    greeting = b"\x0a8.0.1\0" + struct.pack("<I", 1) + b"abcdefgh\0\xff\xf7!\2\0\xff\x81\x15" + \
        bytes(10) + b"abcdefghijkl\0mysql_native\0"
    login = struct.pack("<IIB", 0x1a285, 1 << 24, 33) + bytes(23) + b"app\0\7planted" + \
        b"mysql_clear\0"
    good = b"\0\0\0\2\0\0\0"
    column = b"\3def\1d\1t\1t\1a\1a\x0c!\0\0\0\0\0\xfd\0\0\0\0\0"
    end = b"\xfe\0\0\2\0"
    error = b"\xff\x7a\x04#42S02near 'planted'"
    query = b"\3SELECT a FROM t WHERE b = 'planted' AND c = \"planted\" AND d IN ('planted') " \
            b"/* planted */ # planted"
    rows = my(1, b"\1") + my(2, column) + my(3, end) + my(4, b"\7planted") + my(5, end)
    return [
        (False, my(0, greeting)), (True, my(1, login)), (False, my(2, good)),
        (True, my(0, query)), (False, rows),
        (True, my(0, b"\x16SELECT a FROM t WHERE b = ? AND c = 'planted'")),
        (False, my(1, b"\0\1\0\0\0\1\0\1\0\0\0\0") + my(2, column) + my(3, end) +
         my(4, column) + my(5, end)),
        (True, my(0, b"\x17\1\0\0\0\0\1\0\0\0\0\1\xfd\0\7planted")), (False, rows),
        (True, my(0, b"\3SET PASSWORD FOR app = 'planted'")), (False, my(1, error)),
        (True, my(0, b"\2planted")), (False, my(1, good)),
        (True, my(0, b"\3SELECT 'planted")), (False, my(1, error)),
    ]


def frame(data):
    return struct.pack(">I", len(data)) + data


def thrift():
    text = struct.pack(">I", 7) + b"planted"

    def message(kind, number, fields):
        return frame(b"\x80\1\0" + struct.pack(">BI", kind, 5) + b"login" +
                     struct.pack(">I", number) + fields + b"\0")
    return [
        (True, message(1, 1, b"\x0b\0\1" + text + b"\x0c\0\2\x0b\0\1" + text + b"\0")),
        (False, message(2, 1, b"\x0b\0\0" + text)),
        (True, message(1, 2, b"\x0f\0\1\x0b\0\0\0\1" + text)),
        (False, message(3, 2, b"\x0b\0\1" + text + b"\x08\0\2\0\0\0\6")),
        (True, message(1, 3, b"\x0d\0\1\x0b\x0b\0\0\0\1" + text + text)),
        (False, message(2, 3, b"\x0c\0\1\x0b\0\1" + text + b"\0")),
    ]


def kafka():
    def ask(api, version, number, data):
        return frame(struct.pack(">HHIh", api, version, number, 7) + SECRET + data)
    topic = struct.pack(">h", 7) + SECRET
    record = struct.pack(">i", 27) + bytes(20) + SECRET
    produce = struct.pack(">hII", 1, 1000, 1) + topic + struct.pack(">II", 1, 0) + record
    return [
        (True, ask(18, 0, 1, b"")), (False, frame(struct.pack(">IHI", 1, 0, 0))),
        (True, ask(3, 1, 2, struct.pack(">I", 1) + topic)),
        (False, frame(struct.pack(">III", 2, 0, 0) + topic)),
        (True, ask(36, 0, 3, struct.pack(">I", 12) + b"user\0planted")),
        (False, frame(struct.pack(">IHh", 3, 58, 7) + SECRET + struct.pack(">I", 0))),
        (True, ask(0, 2, 4, produce)),
        (False, frame(struct.pack(">II", 4, 1) + topic + struct.pack(">IIHQ", 1, 0, 0, 0) +
                      bytes(12))),
    ]


def dns(over_tcp):
    name = b"\3www\7example\0"
    ask = struct.pack(">HHHHHH", 77, 0x0100, 1, 0, 0, 0) + name + struct.pack(">HH", 16, 1)
    answer = struct.pack(">HHHHHH", 77, 0x8180, 1, 1, 0, 0) + ask[12:] + b"\xc0\x0c" + \
        struct.pack(">HHIH", 16, 1, 60, 8) + b"\7planted"
    return [(True, struct.pack(">H", len(ask)) + ask), (False, struct.pack(">H", len(answer)) +
                                                         answer)] if over_tcp else \
        [(True, ask), (False, answer)]


def tls():
    def record(kind, data):
        return struct.pack(">BHH", kind, 0x0303, len(data)) + data

    def hand(kind, data):
        return struct.pack(">I", kind << 24 | len(data)) + data
    random = (SECRET * 5)[:32]
    sni = b"\0\x0b\0\0\x08www.test"
    hello = b"\3\3" + random + b"\7" + SECRET + b"\0\2\x13\1\1\0" + \
        struct.pack(">HHH", 4 + len(sni) + 2 + 4 + 7, 0, len(sni) + 2) + \
        struct.pack(">H", len(sni)) + sni + struct.pack(">HH", 35, 7) + SECRET
    answer = b"\3\3" + random + b"\7" + SECRET + b"\x13\1\0\0\0"
    return [
        (True, record(22, hand(1, hello))),
        (False, record(22, hand(2, answer)) + record(20, b"\1") + record(22, random)),
        (True, record(20, b"\1") + record(22, random) + record(23, SECRET * 4)),
        (False, record(23, SECRET * 4)),
    ]


def quic():
    """Its frames are sealed; IDs and tokens are not."""
    ids = struct.pack("B", 8) + SECRET + b"x" + struct.pack("B", 8) + SECRET + b"y"
    version, sealed = b"\0\0\0\1", SECRET * 5
    length = struct.pack(">H", 0x4000 | len(sealed))
    handshake = b"\xe0" + version + ids + length + sealed
    return [
        (True, b"\xc0" + version + ids + struct.pack("B", 7) + SECRET + length + sealed),
        (False, b"\xf0" + version + ids + SECRET * 3),
        (False, handshake), (True, handshake + b"\x40" + SECRET),
    ]


# Over UDP: (protocol, port, turns).
DATAGRAMS = [("dns", 53, dns(False)), ("quic", 443, quic())]
TALKS = [
    ("http", 8080, True, http()), ("http2", 8081, True, http2()), ("redis", 6379, True, redis()),
    ("memcached", 11211, True, memcached()), ("postgres", 5432, True, postgres()),
    ("mysql", 3306, True, mysql()), ("thrift", 9090, False, thrift()),
    ("kafka", 9092, False, kafka()), ("dns", 53, False, dns(True)), ("tls", 4433, False, tls()),
]


def packet(tcp, port, client, seq, ack, flags, data):
    ends = struct.pack(">HH", *((49152, port) if client else (port, 49152)))
    data = ends + struct.pack(">IIBBHHH", seq, ack, 0x50, flags, 65535, 0, 0) + data if tcp else \
        ends + struct.pack(">HH", 8 + len(data), 0) + data
    addresses = bytes([10, 0, 0, 1, 10, 0, 0, 2])
    addresses = addresses if client else addresses[4:] + addresses[:4]
    return bytes(12) + b"\x08\0" + struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(data), 0, 0x4000, 64,
                                               6 if tcp else 17, 0) + addresses + data


def packets_of(port, turns, most):
    """The packets of a connection, of at most `most` bytes each."""
    seq = {True: 1000, False: 5000}
    yield packet(True, port, True, 999, 0, 2, b"")
    yield packet(True, port, False, 4999, 1000, 0x12, b"")
    yield packet(True, port, True, 1000, 5000, 0x10, b"")
    for client, data in turns:
        for at in range(0, len(data), most):
            part = data[at:at + most]
            yield packet(True, port, client, seq[client], seq[not client], 0x18, part)
            seq[client] += len(part)
    yield packet(True, port, True, seq[True], seq[False], 0x11, b"")
    yield packet(True, port, False, seq[False], seq[True] + 1, 0x11, b"")


def write(path, most=1400):
    """A pcap file of all talks, with a millisecond between two packets."""
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHIIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        found = [p for _, port, _, turns in TALKS for p in packets_of(port, turns, most)]
        found += [packet(False, port, client, 0, 0, 0, data) for _, port, turns in DATAGRAMS
                  for client, data in turns]
        for i, frame_ in enumerate(found):
            file.write(struct.pack("<IIII", 1700000000 + i // 1000, i % 1000 * 1000, len(frame_),
                                   len(frame_)) + frame_)
