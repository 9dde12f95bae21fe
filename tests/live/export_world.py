#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Parts of the test of the exporter with Prometheus, for its network namespaces.

    export_world.py serve                       a server at port 7100, and none at 7101
    export_world.py kernel                      the kernel's counters, as JSON
    export_world.py world DIR DASHBOARD         traffic, and the comparison with Prometheus

The last one speaks with a Prometheus at 127.0.0.1:9090 over one connection, so asking opens no
others. It prints lines "ok NAME" and "not ok NAME: DETAILS". DIR has the events of the same time as
JSON, and the kernel's counters of the begin.
"""
import http.client
import json
import pathlib
import socket
import struct
import subprocess
import sys
import threading
import time
import urllib.parse

SERVER = "10.77.0.2"
PATIENCE = 60
COUNT, RATE = 3000, 1000
REFUSED, LOSSY = 200, 30
TOS_DROPPED = 0x20  # CONNS_DROPPED_TOS: cs1


def rename(comm):
    pathlib.Path("/proc/self/comm").write_text(comm)


def answer(conn):
    with conn:
        while conn.recv(4096):
            conn.sendall(b"x" * 1000)


def serve():
    rename("answerer")
    server = socket.create_server((SERVER, 7100), backlog=1024)
    print("ready", flush=True)
    while True:
        conn = server.accept()[0]
        threading.Thread(target=answer, args=(conn,), daemon=True).start()


def talk():
    with socket.create_connection((SERVER, 7100)) as s:
        s.sendall(b"y" * 100)
        got = 0
        while got < 1000:
            got += len(s.recv(4096))


def churn():
    """Short connections at a rate, and refused ones."""
    rename("churner")
    begin = time.monotonic()
    for i in range(COUNT):
        talk()
        ahead = begin + (i + 1) / RATE - time.monotonic()
        if ahead > 0:
            time.sleep(ahead)
    print(time.monotonic() - begin, flush=True)
    for _ in range(REFUSED):
        try:
            socket.create_connection((SERVER, 7101))
        except ConnectionRefusedError:
            pass


def lossy():
    """Segments that do not arrive are sent again, until standard input ends."""
    rename("lossy")
    conns = [socket.create_connection((SERVER, 7100)) for _ in range(LOSSY)]
    for conn in conns:
        conn.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, TOS_DROPPED)
        conn.sendall(b"z" * 100)
    print("sent", flush=True)
    sys.stdin.read()
    for conn in conns:
        conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        conn.close()


class Prometheus:
    def __init__(self):
        self.http = http.client.HTTPConnection("127.0.0.1", 9090, timeout=PATIENCE)

    def is_ready(self):
        """It takes connections before it can answer."""
        try:
            self.http.request("GET", "/-/ready")
            with self.http.getresponse() as response:
                response.read()
                return response.status == 200
        except ConnectionRefusedError:
            return False

    def get(self, path, **words):
        self.http.request("GET", path + "?" + urllib.parse.urlencode(words))
        with self.http.getresponse() as response:
            text = response.read()
            return response.status, json.loads(text)

    def query(self, expr):
        status, answer = self.get("/api/v1/query", query=expr)
        if status != 200:
            raise ValueError("%s: %s" % (expr, answer))
        return {json.dumps(s["metric"], sort_keys=True): float(s["value"][1])
                for s in answer["data"]["result"]}

    def value(self, expr):
        return sum(self.query("sum({})".format(expr)).values())


def become(question, wanted):
    """Asks until the answer is the wanted one, and returns the last answer."""
    end = time.monotonic() + PATIENCE
    while True:
        got = question()
        if wanted(got) or time.monotonic() > end:
            return got
        time.sleep(0.1)


def judge(name, got, expected):
    if got == expected:
        print("ok %s" % name)
    else:
        print("not ok %s: got %s, expected %s" % (name, got, expected))
    sys.stdout.flush()


def kernel(name):
    """A counter of this namespace, as nstat reads it."""
    for path in ("/proc/net/snmp", "/proc/net/netstat"):
        lines = pathlib.Path(path).read_text().splitlines()
        for head, values in zip(lines[::2], lines[1::2]):
            prefix, fields = head.split(":")
            for field, value in zip(fields.split(), values.split(":")[1].split()):
                if prefix + field == name:
                    return int(value)
    raise ValueError(name)


KERNEL = ("TcpActiveOpens", "TcpRetransSegs", "TcpExtTCPTimeouts")
OURS = {
    "TcpActiveOpens": 'skwatch_tcp_connections_opened_total{direction="out"} or '
                      'skwatch_tcp_connections_failed_total',
    "TcpRetransSegs": "skwatch_tcp_retransmitted_segments_total",
    "TcpExtTCPTimeouts": "skwatch_tcp_retransmission_timeouts_total",
}


def counters():
    return {name: kernel(name) for name in KERNEL}


def events(directory, comm):
    for line in (directory / "events").read_text().splitlines():
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if event.get("comm") == comm:
            yield event


def sums(directory, comm):
    """The figures of one process by its events."""
    found = dict.fromkeys(("opened", "fin", "refused", "sent", "received", "segs", "again"), 0)
    for event in events(directory, comm):
        if event["type"] == "established":
            found["opened"] += 1
        if event["type"] != "close":
            continue
        if event["close_reason"] in found:
            found[event["close_reason"]] += 1
        found["sent"] += event["bytes_acked"]
        found["received"] += event["bytes_received"]
        found["segs"] += event["segs_out"]
        found["again"] += event["retrans_segs"]
    return found


METRICS = {
    "opened": 'skwatch_tcp_connections_opened_total{comm="%s",direction="out"}',
    "fin": 'skwatch_tcp_connections_closed_total{comm="%s",reason="fin"}',
    "refused": 'skwatch_tcp_connections_failed_total{comm="%s",reason="refused"}',
    "sent": 'skwatch_tcp_sent_bytes_total{comm="%s"}',
    "received": 'skwatch_tcp_received_bytes_total{comm="%s"}',
    "segs": 'skwatch_tcp_sent_segments_total{comm="%s"}',
    "again": 'skwatch_tcp_retransmitted_segments_total{comm="%s"}',
}


def read(prometheus, comm):
    return {key: int(prometheus.value(metric % comm)) for key, metric in METRICS.items()}


def compare_churn(prometheus, directory):
    took = float(subprocess.run([sys.executable, __file__, "churn"], check=True,
                                stdout=subprocess.PIPE).stdout)
    print("# %d connections in %.1f s" % (COUNT, took))
    told = become(lambda: sums(directory, "churner"),
                  lambda s: s["fin"] >= COUNT and s["refused"] >= REFUSED)
    judge("the events have all of the churn", (told["opened"], told["refused"]), (COUNT, REFUSED))
    judge("under churn the counters are the sums of the events",
          become(lambda: read(prometheus, "churner"), lambda got: got == told), told)


def compare_kernel(prometheus, before):
    def both():
        now = counters()
        return ({name: int(prometheus.value(expr)) for name, expr in OURS.items()},
                {name: now[name] - before[name] for name in KERNEL})

    ours, theirs = become(both, lambda got: got[0] == got[1])
    judge("the counters are those of the kernel (nstat)", ours, theirs)


def alerts(prometheus):
    def fired():
        series = prometheus.query('count_over_time(ALERTS{alertstate="firing"}[10m])')
        return {tuple(json.loads(s).get(label) for label in ("alertname", "comm", "reason"))
                for s in series}

    wanted = {("SkwatchRetransmissions", "lossy", None), ("SkwatchTimeouts", "lossy", None),
              ("SkwatchConnectsFail", "churner", "refused")}
    got = become(fired, lambda got: wanted <= got)
    judge("alerts fire on a loss and on a refused port", sorted(map(str, wanted - got)), [])
    judge("no alert fires about lost events or too many series",
          [a for a in got if a[0] in ("SkwatchEventsLost", "SkwatchSeriesLimited")], [])


def exemplars(prometheus):
    _, answer = prometheus.get("/api/v1/query_exemplars", start=time.time() - 300,
                               end=time.time() + 1,
                               query='skwatch_tcp_handshake_seconds_bucket{comm="churner"}')
    cookies = [e["labels"].get("cookie") for s in answer["data"] for e in s["exemplars"]]
    judge("Prometheus has exemplars with cookies of connections",
          bool(cookies) and all(c and c.isdigit() for c in cookies), True)


def dashboard(prometheus, path):
    board = json.loads(path.read_text())
    wrong, count, empty = [], 0, []
    for panel in board["panels"]:
        for target in panel.get("targets", ()):
            expr = target["expr"]
            for name, value in (("$__rate_interval", "10s"), ("$__range", "1m"),
                                ("$instance", ".*"), ("$comm", ".*")):
                expr = expr.replace(name, value)
            count += 1
            try:
                if not prometheus.query(expr):
                    empty.append(panel["title"])
            except ValueError as error:
                wrong.append(str(error))
    judge("each of the dashboard's %d queries runs" % count, wrong, [])
    # No UDP and no messages are counted here, and no listener dropped anything or has failed.
    left = {"Datagrams", "Requests", "Errors", "Latency, 99 %"}
    judge("and all have an answer that can have one", sorted(set(empty) - left), [])


def world(directory, dashboard_path):
    rename("asker")
    prometheus = Prometheus()
    become(prometheus.is_ready, bool)
    become(lambda: prometheus.value('up{job="skwatch"}'), bool)
    compare_churn(prometheus, directory)
    with subprocess.Popen([sys.executable, __file__, "lossy"], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as peer:
        peer.stdout.readline()
        alerts(prometheus)
        dashboard(prometheus, dashboard_path)
        exemplars(prometheus)
    compare_kernel(prometheus, json.loads((directory / "before").read_text()))


if __name__ == "__main__":
    if sys.argv[1] == "world":
        world(pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]))
    elif sys.argv[1] == "kernel":
        print(json.dumps(counters()))
    else:
        {"serve": serve, "churn": churn, "lossy": lossy}[sys.argv[1]]()
