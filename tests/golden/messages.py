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


def tshark(name, fields, path=RECORDING):
    command = ["tshark", "-n", "-r", path, "-d", "tcp.port==8080,http", "-d",
               "tcp.port==6380,resp", "-Y", name, "-T", "fields"]
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


def records():
    with open(RECORDING, "rb") as file:
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


def rewritten(change):
    """The messages of the recording after `change` of its list of records."""
    head, found = records()
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
    mutate()
    secrets()
    databases()
    print("1..%d" % count)
    sys.exit(failed > 0)


main()
