#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Messages of a recording are those of tshark, with its times; loss and disorder change no more
than they must; and no output has the data of users.

messages.pcap was recorded on the loopback interface: a client of HTTP (port 8080, keep-alive,
chunks, HEAD, POST) and one of DNS (over UDP, where one question has no answer, and over TCP). A URL
and a cookie have the word "planted".
"""
import collections
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SKWATCH = os.environ.get("SKWATCH") or os.path.join(os.environ.get("builddir", "."), "skwatch")
RECORDING = os.path.join(HERE, "messages.pcap")
SAMPLES = os.path.join(HERE, "..", "..", "pcap-samples")
HEADER, RECORD, ETHER = 24, 16, 14

count = 0
failed = 0


def ok(good, name, detail=""):
    global count, failed
    count += 1
    print("%s %d - %s" % ("ok" if good else "not ok", count, name))
    if not good:
        failed += 1
        print("#   " + str(detail).replace("\n", "\n#   "))


def skwatch(path, *options):
    done = subprocess.run([SKWATCH, "messages", "-r", path, *options], capture_output=True,
                          text=True, check=True)
    return done.stdout, done.stderr


def messages(path, *options):
    return [json.loads(line) for line in skwatch(path, "--json", *options)[0].splitlines()]


def tshark(name, fields, sample=RECORDING, decode=("tcp.port==8080,http", "tcp.port==6380,resp")):
    command = ["tshark", "-n", "-r", sample, "-Y", name, "-T", "fields"]
    for rule in decode:
        command += ["-d", rule]
    for field in fields:
        command += ["-e", field]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [line.split("\t") for line in done.stdout.splitlines()]


def nanoseconds(time):
    """Of a time such as 2026-11-28T03:53:57.932751000Z, from an hour on."""
    hour, minute, second = time[11:-1].split(":")
    whole, part = second.split(".")
    return ((int(hour) * 60 + int(minute)) * 60 + int(whole)) * 10**9 + int(part)


def from_last_to_last(m):
    """tshark measures from the last packet of the request to the last of the answer."""
    return nanoseconds(m["answer_end_at"]) - nanoseconds(m["request_end_at"])


def compare():
    ours = messages(RECORDING)
    http = [[m["status"], from_last_to_last(m)] for m in ours if m["protocol"] == "http"]
    theirs = [[status, int(time.replace(".", ""))]
              for status, time in tshark("http.response", ["http.response.code", "http.time"])]
    ok(http and http == theirs, "HTTP: status and time of each answer are tshark's",
       "%s\n%s" % (http, theirs))
    dns = sorted([m["kind"].split()[1], from_last_to_last(m)] for m in ours
                 if m["protocol"] == "dns" and m["outcome"] == "answered")
    theirs = sorted([name, int(time.replace(".", ""))]
                    for name, time in tshark("dns.flags.response == 1 && dns.time",
                                             ["dns.qry.name", "dns.time"]))
    ok(dns and dns == theirs, "DNS: name and time of each answer are tshark's",
       "%s\n%s" % (dns, theirs))


def first_to_last(found):
    """Client port and time from the first packet of the request to the last of the answer."""
    return {(m["client_port"], nanoseconds(m["answer_end_at"]) - nanoseconds(m["ts"]))
            for m in found if m["outcome"] == "answered"}


def pairs(name, port, path):
    """The same by tshark: each packet with a request, and the next packet of the server."""
    waiting, found = {}, set()
    for source, target, time in tshark(name, ["tcp.srcport", "tcp.dstport", "frame.time_epoch"],
                                       path):
        time = int(time.replace(".", ""))
        if target == port:
            waiting[source] = time
        elif target in waiting:
            found.add((int(target), time - waiting.pop(target)))
    return found


def handshakes(path, server):
    """By tshark: client port, name of the server, alert and time of each handshake of TLS. That of
    TLS 1.3 ends with the last packet of the server before encrypted data of the client."""
    found = {}
    for source, target, time, types, sealed, version, message, name, alert in tshark(
            "tls", ["tcp.srcport", "tcp.dstport", "frame.time_epoch", "tls.record.content_type",
                    "tls.record.opaque_type", "tls.handshake.extensions.supported_version",
                    "tls.handshake.type", "tls.handshake.extensions_server_name",
                    "tls.alert_message.desc"], path):
        client = target == server
        h = found.setdefault(int(source if client else target), {"over": False, "alert": ""})
        if message == "1":
            h.setdefault("first", int(time.replace(".", "")))
            h["name"] = name
        elif h["over"] or (client and not alert and "23" not in sealed):
            continue
        elif client and not alert:
            h["over"] = True
        else:
            h["hidden"] = h.get("hidden") or "0x0304" in version
            h["alert"], h["last"] = alert, int(time.replace(".", ""))
            h["over"] = bool(alert) or (not h["hidden"] and "20" in types.split(","))
    return {(port, h["name"], bool(h["alert"]), h["last"] - h["first"])
            for port, h in found.items()}


def compare_handshakes():
    path = os.path.join(SAMPLES, "recorded-tls-handshakes.pcap")
    ours = {(m["client_port"], m["kind"].replace("SNI ", "").replace("handshake", ""), m["error"],
             nanoseconds(m["answer_end_at"]) - nanoseconds(m["ts"])) for m in messages(path)}
    theirs = handshakes(path, "8443")
    ok(len(theirs) == 5 and ours == theirs,
       "TLS: name, failure and time of each handshake are tshark's", "%s\n%s" % (ours, theirs))
    ok([m["status"] for m in messages(path)] ==
       ["TLSv1.2 h2", "TLSv1.3 retry", "TLSv1.3", "handshake_failure", "client unknown_ca"],
       "TLS: versions, protocols, retries and alerts")


def compare_samples():
    for protocol, name, port in ("redis", "resp", "6380"), ("memcached", "memcache", "11211"):
        path = os.path.join(SAMPLES, "recorded-%s.pcap" % protocol)
        ours, theirs = first_to_last(messages(path)), pairs(name, port, path)
        ok(theirs and theirs <= ours,
           "%s: time of each packet with requests is tshark's" % protocol, theirs - ours)
def sample(name):
    return os.path.join(os.environ.get("srcdir", os.path.join(HERE, "../..")), "pcap-samples", name)


def postgres():
    """From the packet with Query, Sync or the end of COPY to that with ReadyForQuery, in each connection."""
    path, begun, theirs = sample("recorded-postgres.pcap"), {}, []
    fields = ["tcp.stream", "tcp.dstport", "frame.time_epoch", "pgsql.type"]
    for stream, port, time, types in tshark("pgsql", fields, path):
        time = int(time.replace(".", ""))
        if port == "5432" and any(word in types for word in ("query", "Sync", "completion")):
            begun[stream] = time
        elif "Ready for query" in types and stream in begun:
            theirs.append(time - begun.pop(stream))
    ours = [m for m in messages(path) if m["kind"] not in ("login", "SSLRequest")]
    # Two requests in a pipeline have one ReadyForQuery, which belongs to the second.
    ours = [from_last_to_last(m) for i, m in enumerate(ours)
            if i + 1 == len(ours) or ours[i + 1]["ts"] != m["ts"]]
    ok(theirs and ours == theirs, "PostgreSQL: the time of each answer is tshark's",
       "%s\n%s" % (ours, theirs))


def mysql():
    """From the last packet of a request to the last of its answer, in each connection."""
    path, last, theirs = sample("recorded-mysql.pcap"), {}, []
    fields = ["tcp.stream", "tcp.dstport", "frame.time_epoch", "mysql.command"]
    for stream, port, time, command in tshark("mysql", fields, path):
        time = int(time.replace(".", ""))
        if port == "3306" and command in ("3", "14", "22", "23"):
            last[stream] = [time, time]
            theirs.append(last[stream])
        elif stream in last and command not in ("1", "25"):
            # More of the request (the file of LOAD DATA LOCAL) or of the answer.
            last[stream][port != "3306"] = time
    theirs = [end - begin for begin, end in theirs]
    ours = [from_last_to_last(m) for m in messages(path)
            if m["outcome"] == "answered" and m["kind"] != "login"]
    ok(theirs and ours == theirs, "MySQL: the time of each answer is tshark's",
       "%s\n%s" % (ours, theirs))


def databases():
    out = skwatch(sample("recorded-postgres.pcap"))[0] + skwatch(sample("recorded-mysql.pcap"))[0]
    ok(out and "planted" not in out.replace("AS planted", ""), "no data of users: SQL", out)
    ok("SELECT name FROM people WHERE name = ? AND id IN (?)" in out, "SQL has its shape", out)


def kafka():
    """kcat with the mock brokers of librdkafka: a Produce with acks, and one with acks = 0."""
    sample = os.path.join(SAMPLES, "recorded-kafka.pcap")
    ours = messages(sample)
    kinds = [m["kind"] for m in ours]
    first = ["ApiVersions v3", "ApiVersions v0", "Metadata v2", "Produce v7"]
    ok(kinds == first + first and [m["outcome"] for m in ours] == ["answered"] * 7 + ["one_way"]
       and [m["status"] for m in ours if m["error"]] == ["UNSUPPORTED_VERSION"] * 2,
       "Kafka: what kcat has asked for, and errors", kinds)
    ok("planted" not in "".join(skwatch(sample)), "Kafka: no topics and no data")
    if not shutil.which("tshark"):
        return
    rows = tshark("kafka", ["frame.number", "frame.time_epoch", "kafka.request_frame", "kafka.len"],
                  sample, ["tcp.port==33887,kafka", "tcp.port==39419,kafka"])
    times = {number: int(time.replace(".", "")) for number, time, _, _ in rows}
    theirs = [(times[number] - times[request], int(length) + 4)
              for number, _, request, length in rows if request]
    found = [(from_last_to_last(m), m["answer_bytes"]) for m in ours if m["outcome"] == "answered"]
    ok(found == theirs, "Kafka: time and length of each answer are tshark's",
       "%s\n%s" % (found, theirs))


def http2_times(sample):
    """tshark's times between the last frames of both sides, of each stream of the client."""
    last, given_up = {}, set()
    for stream, port, time, ids, types in tshark(
            "http2", ["tcp.stream", "tcp.srcport", "frame.time_epoch", "http2.streamid",
                      "http2.type"], sample, ["tcp.port==8081,http2", "tcp.port==50051,http2"]):
        for one, kind in zip(ids.split(","), types.split(",")):
            if kind in "019" and int(one) % 2:
                side = port in ("8080", "8081", "50051")
                last.setdefault((stream, one), {})[side] = int(time.replace(".", ""))
            elif kind == "3":
                given_up.add((stream, one))
    return sorted(times[True] - times[False] for key, times in last.items()
                  if len(times) == 2 and key not in given_up)


def http2():
    """nghttp, h2load and curl with nghttpd: several streams, a push, trailers; an upgrade with
    nghttpx; and gRPC for Python: results, errors, and a call that took too long."""
    sample = os.path.join(SAMPLES, "recorded-http2.pcap")
    if "http2" not in subprocess.run([SKWATCH, "messages", "-t", "?"], capture_output=True,
                                     text=True, check=False).stderr:
        ok(True, "HTTP/2 # SKIP skwatch was built without libnghttp2")
        return
    ours = [m for m in messages(sample) if m["kind"]]
    calls = [(m["kind"], m["status"]) for m in ours if m["kind"].startswith("/")]
    ok(calls == [("/calc.Calc/Add", "OK")] * 2 +
       [("/calc.Calc/Watch", "OK"), ("/calc.Calc/Fail", "NOT_FOUND"),
        ("/calc.Calc/None", "UNIMPLEMENTED"), ("/calc.Calc/Slow", "client reset CANCEL"),
        ("/calc.Calc/Add", "OK")], "gRPC: methods and statuses", calls)
    kinds = collections.Counter(m["kind"] for m in ours if m["protocol"] == "http2")
    ok(kinds["GET /index.html"] == 15 and kinds["push GET /style.css"] == 1 and
       kinds["POST /style.css"] == 1 and
       [m["kind"] for m in ours if m["status"] == "404"] == ["GET /missing"],
       "HTTP/2: streams, a push, and a path that is missing", kinds)
    ok("planted" not in "".join(skwatch(sample)), "HTTP/2: no queries and no data")
    http2_unknown()
    if not shutil.which("tshark"):
        return
    found = sorted(from_last_to_last(m) for m in ours
                   if m["protocol"] == "http2" and
                   not m["kind"].startswith("push") and "reset" not in m["status"])
    theirs = http2_times(sample)
    ok(found == theirs, "HTTP/2: the time of each answer is tshark's",
       "%s\n%s" % (found, theirs))


def quic_handshakes(sample):
    """tshark's names, and times from the first datagram of the client to the last of the server
    before the client's first packet with a short header, or to the end."""
    found = {}
    for port, server, time, forms, version, name in tshark(
            "udp", ["udp.srcport", "udp.dstport", "frame.time_epoch", "quic.header_form",
                    "quic.version", "tls.handshake.extensions_server_name"], sample,
            ["udp.port==4433-4434,quic"]):
        by_client = server in ("4433", "4434")
        h = found.setdefault(port if by_client else server, {"over": False, "name": ""})
        time = int(time.replace(".", ""))
        if version == "0x00000001":  # it reads a version that it does not know as this one
            h["name"] = h["name"] or name
        h.setdefault("first", time)
        if by_client:
            h["over"] = h["over"] or "0" in forms.split(",")
        elif not h["over"]:
            h["last"] = time
    return {(int(port), h["name"], h["last"] - h["first"]) for port, h in found.items()}


def quic():
    """ngtcp2: a handshake, one with a Retry over IPv6, two versions that the server does not have,
    the same client once more with another one, and an alert."""
    sample = os.path.join(SAMPLES, "recorded-quic.pcap")
    ours = messages(sample)
    named = any(m["kind"].startswith("SNI") for m in ours)
    statuses = ["v1 h3", "v1 h3 retry", "v1 h3", "v1 handshake_failure"]
    refused = ["v2 version_negotiation", "0x1a2a3a4a version_negotiation"]
    if named:
        ok([m["status"] for m in ours] == statuses + refused and
           [m["kind"] for m in ours if m["kind"] != "handshake"] ==
           ["SNI %s.example.org" % name for name in ("www", "six", "nego", "alert")],
           "QUIC: names, versions, a Retry and an alert", [(m["kind"], m["status"]) for m in ours])
    else:
        ok(True, "QUIC: names # SKIP skwatch was built without nettle")
    if not shutil.which("tshark"):
        return
    theirs = quic_handshakes(sample)
    found = {(m["client_port"], m["kind"].replace("SNI ", "").replace("handshake", ""),
              nanoseconds(m["answer_end_at"]) - nanoseconds(m["ts"])) for m in ours}
    if not named:
        theirs = {(port, "", time) for port, _, time in theirs}
    ok(found == theirs, "QUIC: name and time of each handshake are tshark's",
       "%s\n%s" % (found, theirs))


def http2_unknown():
    """Without some packets, names may be unknown, but are never other ones."""
    sample = os.path.join(SAMPLES, "recorded-http2.pcap")
    told = {(m["protocol"], m["kind"], m["status"]) for m in messages(sample)}
    count_of, wrong, unknown = len(records(sample)[1]), [], 0
    for at in range(1, count_of, 4):
        for change in lambda found: found[at:], lambda found: found[:at] + found[at + 1:]:
            for m in rewritten(change, sample):
                # Whether it is gRPC may be unknown, too.
                kind = (m["kind"] or "").replace("POST /calc", "/calc")
                guess = (m["protocol"], kind, m["status"])
                unknown += "?" in kind + (m["status"] or "")
                if m["outcome"] == "answered" and guess not in told and "?" not in guess[1] and \
                        guess[2] != "?":
                    wrong.append((at, guess))
    ok(unknown and not wrong, "HTTP/2: in the middle, and behind a loss, no name is wrong", wrong)


def thrift():
    """Thrift's own client and server: frames, no frames, and frames of the compact protocol. The
    methods are add, store (also with an exception), zip (one way) and one that is missing."""
    sample = os.path.join(SAMPLES, "recorded-thrift.pcap")
    ours = messages(sample)
    statuses = ["OK", "OK", "throws 1", "", "exception UNKNOWN_METHOD", "OK"]
    compact = [status.split(" UNKNOWN")[0] for status in statuses]
    ok([m["status"] or "" for m in ours] == statuses * 2 + compact and
       [m["outcome"] for m in ours if not m["status"]] == ["one_way"] * 3,
       "Thrift: results, exceptions, and one way", [m["status"] for m in ours])
    ok("planted" not in "".join(skwatch(sample)), "Thrift: no data")
    if not shutil.which("tshark"):
        return
    rows = tshark("thrift", ["frame.time_epoch", "thrift.method", "thrift.mtype"], sample,
                  ["tcp.port==9090-9092,thrift"])
    times = [int(time.replace(".", "")) for time, _, _ in rows]
    theirs = [(rows[i][1], times[i] - times[i - 1]) for i in range(len(rows))
              if rows[i][2] in ("0x02", "0x03")]
    found = [(m["kind"], from_last_to_last(m)) for m in ours if m["outcome"] == "answered"]
    ok(found == theirs, "Thrift: method and time of each answer are tshark's",
       "%s\n%s" % (found, theirs))


def records(recording=RECORDING):
    with open(recording, "rb") as file:
        data = file.read()
    at, found = HEADER, []
    while at < len(data):
        length = struct.unpack_from("<I", data, at + 8)[0]
        found.append(data[at:at + RECORD + length])
        at += RECORD + length
    return data[:HEADER], found


def payload(record):
    """Source port and payload of a TCP packet; None: it is another one."""
    frame = record[RECORD + ETHER:]
    if len(frame) < 40 or frame[9] != 6:
        return None, b""
    at = 20 + (frame[32] >> 4) * 4
    return struct.unpack_from(">H", frame, 20)[0], frame[at:struct.unpack_from(">H", frame, 2)[0]]


def rewritten(change, recording=RECORDING):
    """The messages of the recording after `change` of its list of records."""
    head, found = records(recording)
    with tempfile.NamedTemporaryFile(suffix=".pcap") as file:
        file.write(head + b"".join(change(found)))
        file.flush()
        return messages(file.name)


def without_times(found):
    return collections.Counter((m["kind"], m["status"], m["outcome"], m["request_bytes"],
                                m["answer_bytes"]) for m in found)


def disorder(found):
    """Two packets with data of one direction, one behind the other, change their places."""
    at = 0
    while at + 1 < len(found):
        (port, data), (next_port, next_data) = payload(found[at]), payload(found[at + 1])
        if data and next_data and port == next_port:
            found[at:at + 2] = [found[at + 1], found[at]]
            at += 1
        at += 1
    return found


def mutate():
    whole = without_times(messages(RECORDING))
    ok(without_times(rewritten(disorder)) == whole, "packets in disorder: the same messages")
    ok(without_times(rewritten(lambda found: [r for r in found for _ in range(2)
                                              if payload(r)[0] or _ == 0])) == whole,
       "each packet of TCP twice: the same messages")
    body = max(range(len(records()[1])), key=lambda i: len(payload(records()[1][i])[1]))
    lost = rewritten(lambda found: found[:body] + found[body + 1:])
    ok(without_times(lost) == whole and sum(m["holes"] for m in lost) == 1,
       "a packet of a body is lost: the same messages, and a hole in one", lost)
    first = next(i for i, r in enumerate(records()[1]) if payload(r)[1].startswith(b"GET"))
    lost = rewritten(lambda found: found[:first] + found[first + 1:])
    missing = whole - without_times(lost)
    ok(sum(missing.values()) == 1 and sum(m["outcome"] == "orphan" for m in lost) == 1,
       "a request is lost: its answer is an orphan", lost)
    late = rewritten(lambda found: found[first + 1:])
    ok(sum(m["outcome"] == "answered" for m in late) >= sum(whole.values()) - 3,
       "a recording that begins within a connection has the rest of it", late)


def secrets():
    for options in [], ["--json"]:
        ok("planted" not in "".join(skwatch(RECORDING, *options)),
           "no data of users: %s" % (options or "lines"))
    for protocol in "redis", "memcached":
        path = os.path.join(SAMPLES, "recorded-%s.pcap" % protocol)
        ok("planted" not in skwatch(path)[0].lower() and "planted-key" in
           skwatch(path, "--content")[0], "%s: keys are shown with --content only" % protocol)
    ok("planted-secret" in skwatch(RECORDING, "--content")[0], "--content shows queries")
    out, err = skwatch(RECORDING, "--where", "latency > 40ms or outcome = unanswered")
    ok(out and "/missing" not in out and "silent" in out and "messages" in err,
       "--where chooses messages", out)


def main():
    if shutil.which("tshark"):
        compare()
        compare_samples()
        compare_handshakes()
        postgres()
        mysql()
    else:
        ok(True, "times are those of tshark # SKIP there is no tshark")
    kafka()
    thrift()
    http2()
    quic()
    mutate()
    secrets()
    databases()
    print("1..%d" % count)
    sys.exit(failed > 0)


main()
