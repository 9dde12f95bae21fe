#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Events and messages of a made-up fleet, as skwatch sends them, and the answers to the queries of
contrib/clickhouse about them, which are computed from the rows here, without SQL.

    fleet_rows.py make EVENTS MESSAGES TEMPLATES   writes both files; TEMPLATES has a real close of
                                                   skwatch and a real message
    fleet_rows.py columns SCHEMA TABLE FILE...     prints the fields of the files' lines for which that
                                                   table has no column
    fleet_rows.py check QUERIES EVENTS MESSAGES COMMAND...
        gives each query to COMMAND on its standard input, reads lines with tabs, and prints TAP
        without a plan: a line for each query
"""
import json
import random
import re
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import datetime, timedelta, timezone

HOSTS = ["web1", "web2", "db1"]
ADDRESS = {"web1": "10.1.0.1", "web2": "10.1.0.2", "db1": "10.2.0.1"}


def stamp(t):
    return t.strftime("%Y-%m-%dT%H:%M:%S.") + "%09dZ" % (t.microsecond * 1000 + 7)


def when(row):
    return datetime.strptime(row["ts"][:26], "%Y-%m-%dT%H:%M:%S.%f")


class Fleet:
    def __init__(self, close):
        self.close = close
        self.random = random.Random(17)
        self.start = (datetime.now(timezone.utc) - timedelta(minutes=40)).replace(
            second=0, microsecond=0)
        self.rows, self.seq, self.cookie, self.port = [], Counter(), 1000, 30000
        self.run = {host: "a%015x" % (i + 1) for i, host in enumerate(HOSTS)}

    def add(self, kind, host, second, **fields):
        row = dict.fromkeys(self.close)
        row.update(type=kind, host=host, ts=stamp(self.start + timedelta(seconds=second)),
                   boot_id="11111111-2222-3333-4444-%012d" % HOSTS.index(host), run=self.run[host],
                   proto="tcp", family="inet", **fields)
        self.seq[host] += 1
        row["seq"] = self.seq[host]
        self.rows.append(row)
        return row

    def connection(self, client, server, port, comm, second, marked=False, lost=0, age=500000,
                   reason="fin"):
        """Both ends of a connection of the fleet: opened, and closed after `age` us."""
        self.cookie += 2
        self.port += 1
        srtt = self.random.randrange(100, 20000)
        size = self.random.randrange(1000, 500000)
        ends = [
            (client, "out", comm, (ADDRESS[client], self.port), (ADDRESS[server], port), self.cookie,
             self.cookie + 1),
            (server, "in", "server%d" % port, (ADDRESS[server], port), (ADDRESS[client], self.port),
             self.cookie + 1, self.cookie)]
        for host, direction, name, local, remote, cookie, other in ends:
            base = dict(direction=direction, comm=name, pid=100 + port % 100, uid=0,
                        local_addr=local[0], local_port=local[1], remote_addr=remote[0],
                        remote_port=remote[1], cookie=cookie, netns=1,
                        remote_cookie=other if marked else None)
            self.add("established", host, second, state="ESTABLISHED",
                     handshake_us=srtt + (0 if direction == "out" else 50), **base)
            self.add("close", host, second + age / 1e6, state="CLOSED", old_state="LAST_ACK",
                     age_us=age, srtt_us=srtt, segs_out=size // 1000 + 5,
                     retrans_segs=lost if direction == "out" else 0,
                     bytes_acked=size if direction == "out" else size // 7,
                     bytes_received=size // 7 if direction == "out" else size,
                     busy_us=age // 2, rwnd_limited_us=age // 10, sndbuf_limited_us=age // 20,
                     app_limited=True, rtt_hist=[0] * 15 + [3], owners=[
                         {"pid": 100 + port % 100, "comm": name}], close_reason=reason if
                     direction == "out" or reason == "fin" else "reset_by_us", **base)

    def make(self):
        for i in range(200):
            client = HOSTS[i % 2]
            self.connection(client, "db1", 5432, "app", i * 7, lost=i % 5 if client == "web2" else 0,
                            marked=i % 4 == 0, age=300000 if i % 3 else 5000000,
                            reason="reset_by_peer" if i % 50 == 9 else "fin")
            if i % 6 == 0:
                self.connection("web1", "web2", 8080, "curl", i * 7 + 1)
        for i in range(30):
            out = dict(direction="out", comm="cron", pid=5, local_addr=ADDRESS["web1"],
                       local_port=20000 + i, remote_addr="203.0.113.%d" % (i % 2), remote_port=443,
                       cookie=i + 1)
            reason = ["refused", "timeout"][i % 3 == 0]
            self.add("close", "web1", 10 + i, old_state="SYN_SENT", state="CLOSED", segs_out=3,
                     retrans_segs=2, close_reason=reason, **out)
            if i % 10 == 0:
                self.add("connect", "web1", 11 + i, error=101, state="CLOSED", **out)
        for i in range(40):
            self.add("rto", HOSTS[i % 3 and 1], 600 + i * 2, rto_us=200000, backoff=i % 4,
                     old_cwnd=10, comm="app", local_addr="10.1.0.1", local_port=1)
        self.rows = [row for row in self.rows
                     if row["host"] != "web2" or not 50 <= row["seq"] < 60 and row["seq"] != 77]
        self.rows += [dict(row) for row in self.rows if row["host"] == "db1" and row["seq"] <= 25]

    def messages(self, template):
        rows = []
        for i in range(300):
            row = dict.fromkeys(template)
            row.update(ts=stamp(self.start + timedelta(seconds=i)), protocol="http",
                       kind=["GET /a", "GET /b", "POST /c"][i % 3], status="200",
                       outcome="answered", error=i % 30 == 2, latency_us=100 * i + i % 3,
                       transport="tcp", family="inet", client_addr="10.1.0.1", client_port=i + 1,
                       server_addr="10.2.0.1", server_port=80, host="web1",
                       boot_id="11111111-2222-3333-4444-000000000000", run="a%015x" % 9, seq=i + 1)
            if i % 45 == 7:
                row.update(outcome="unanswered", status=None, error=None, latency_us=None)
            rows.append(row)
        return rows


# ---- answers ----

def quantile(values, level):
    """As quantileExact() has it: an element of the sorted values, by rank."""
    values = sorted(v for v in values if v is not None)
    return values[min(int(level * len(values)), len(values) - 1)] if values else None


def group(rows, *keys):
    found = defaultdict(list)
    for row in rows:
        found[tuple(row[k] for k in keys)].append(row)
    return found


def total(rows, key):
    return sum(row[key] or 0 for row in rows)


def minute(row):
    return when(row).strftime("%Y-%m-%d %H:%M:00")


def zone_of(row):
    return ".".join(row["remote_addr"].split(".")[:2]) + ".0.0/16"


class Answers:
    def __init__(self, events, messages):
        self.events, self.all_messages = events, messages
        self.closes = [r for r in events if r["type"] == "close"]
        self.out = [r for r in self.closes if r["direction"] == "out"]

    def who_talks_to_whom(self):
        rows = [k + (len(g), total(g, "bytes_acked"), total(g, "bytes_received")) for k, g in
                group(self.out, "host", "comm", "remote_addr", "remote_port").items()]
        # Unknown sums are null, which come last.
        rows = [r[:5] + ((None, None) if r[1] == "cron" else r[5:]) for r in rows]
        return sorted(rows, key=lambda r: (r[5] is None, -((r[5] or 0) + (r[6] or 0)), r[:4]))

    def slowest_services(self):
        rows = group([r for r in self.events if r["type"] == "established" and
                      r["direction"] == "out"], "remote_addr", "remote_port")
        rows = [k + (len(g), quantile([r["handshake_us"] for r in g], .5),
                     quantile([r["handshake_us"] for r in g], .99)) for k, g in rows.items()]
        return sorted(rows, key=lambda r: (-r[4], r[:2]))

    def slowest_messages(self):
        rows = [k + (len(g), quantile([r["latency_us"] for r in g], .5),
                     quantile([r["latency_us"] for r in g], .99),
                     sum(r["error"] is True for r in g),
                     sum(r["outcome"] == "unanswered" for r in g)) for k, g in
                group(self.all_messages, "protocol", "server_addr", "server_port", "kind").items()]
        return sorted(rows, key=lambda r: (-r[6], r[3]))

    def retransmits_by_zone(self):
        zones = defaultdict(list)
        for row in self.closes:
            zones[zone_of(row)].append(row)
        rows = [(z, total(g, "retrans_segs"), total(g, "segs_out"),
                 round(100 * total(g, "retrans_segs") / total(g, "segs_out"), 3)) for z, g in
                zones.items()]
        return sorted(rows, key=lambda r: (-r[3], r[0]))

    def failed_connects(self):
        found = Counter()
        for row in self.events:
            key = (row["host"], row["comm"], row["remote_addr"], row["remote_port"])
            if row["type"] == "close" and row["old_state"] == "SYN_SENT":
                found[key + (row["close_reason"],)] += 1
            elif row["type"] == "connect" and row["error"]:
                found[key + ("errno %d" % row["error"],)] += 1
        return sorted((k + (n,) for k, n in found.items()), key=lambda r: (-r[5], r[:5]))

    def pairs(self, client_key, server_key):
        servers = defaultdict(list)
        for row in self.closes:
            if row["direction"] == "in":
                servers[server_key(row)].append(row)
        found = [(c, s) for c in self.out if client_key(c) for s in servers[client_key(c)]]
        return sorted(found, key=lambda p: (p[0]["ts"], p[0]["host"], p[0]["local_port"]))[:100]

    def both_ends_by_tuple(self):
        def names(row, ends):
            return tuple(row["%s_%s" % (e, k)] for e in ends for k in ("addr", "port"))

        return [(c["host"], c["comm"], s["host"], s["comm"], c["srtt_us"], s["srtt_us"],
                 c["bytes_acked"], s["bytes_received"], c["retrans_segs"], s["retrans_segs"])
                for c, s in self.pairs(lambda r: names(r, ("local", "remote")),
                                       lambda r: names(r, ("remote", "local")))]

    def both_ends_by_cookie(self):
        return [(c["host"], c["comm"], s["host"], s["comm"], c["srtt_us"], s["srtt_us"])
                for c, s in self.pairs(lambda r: r["remote_cookie"] and
                                       (r["cookie"], r["remote_cookie"]),
                                       lambda r: (r["remote_cookie"], r["cookie"]))]

    def gaps(self):
        rows = [k + (max(r["seq"] for r in g), len({r["seq"] for r in g})) for k, g in
                group(self.events, "host", "run").items()]
        return sorted((r + (r[2] - r[3],) for r in rows if r[2] > r[3]),
                      key=lambda r: (-r[4], r[:2]))

    def where_the_gaps_are(self):
        rows = []
        for key, g in group(self.events, "host", "run").items():
            before, time = 0, "1970-01-01 00:00:00"
            for row in sorted(g, key=lambda r: r["seq"]):
                now = when(row).strftime("%Y-%m-%d %H:%M:%S")
                if row["seq"] > before + 1:
                    rows.append(key + (before + 1, row["seq"] - 1, time, now))
                before, time = row["seq"], now
        return sorted(rows)

    def doubles(self):
        rows = [(k[0], len(g) - len({(r["run"], r["seq"]) for r in g})) for k, g in
                group(self.events, "host").items()]
        return sorted((r for r in rows if r[1]), key=lambda r: (-r[1], r[0]))

    def timeouts_by_minute(self):
        found = defaultdict(list)
        for row in self.events:
            if row["type"] == "rto":
                found[minute(row)].append(row)
        return sorted(((m, len(g), len({r["host"] for r in g}), max(r["backoff"] for r in g) + 1)
                       for m, g in found.items()), key=lambda r: (-r[1], r[0]))

    def why_slow(self):
        rows = [k + (total(g, "busy_us"), round(100 * total(g, "rwnd_limited_us") / total(g, "busy_us"), 1),
                     round(100 * total(g, "sndbuf_limited_us") / total(g, "busy_us"), 1)) for k, g in
                group([r for r in self.closes if r["busy_us"]], "host", "comm").items()]
        return sorted(rows, key=lambda r: (-r[2], r[:2]))

    def resets_by_service(self):
        rows = []
        for key, g in group([r for r in self.closes if r["direction"] == "in"], "host", "local_port",
                            "comm").items():
            n = Counter(r["close_reason"] for r in g)
            rows.append(key + (len(g), n["reset_by_peer"], n["reset_by_us"], n["timeout"]))
        return sorted((r for r in rows if sum(r[4:])), key=lambda r: (-sum(r[4:]), r[:2]))

    def rtt_over_time(self):
        found = defaultdict(list)
        for row in self.closes:
            if row["srtt_us"] is not None:
                t = when(row)
                found[t.strftime("%Y-%m-%d %H:") + "%02d:00" % (t.minute // 5 * 5)].append(
                    row["srtt_us"])
        return sorted((t, len(v), quantile(v, .5), quantile(v, .99)) for t, v in found.items())

    def short_connections(self):
        rows = []
        for key, g in group([r for r in self.out if r["close_reason"] == "fin"], "host", "comm",
                            "remote_addr", "remote_port").items():
            short = sum(r["age_us"] < 1000000 for r in g)
            if len(g) >= 10:
                rows.append(key + (len(g), short, round(100 * short / len(g), 1)))
        return sorted(rows, key=lambda r: (-r[5], r[:4]))

    def accepts_by_minute(self):
        rows = []
        for key, g in group([r for r in self.events if r["type"] == "established" and
                             r["direction"] == "in"], "host", "comm", "local_port").items():
            per = Counter(minute(r) for r in g)
            rows.append(key + (max(per.values()), len(g)))
        return sorted(rows, key=lambda r: (-r[3], r[0], r[2]))


def value_of(text):
    if text == "\\N":
        return None
    try:
        return float(text)
    except ValueError:
        return text


def read(name):
    with open(name) as file:
        return [json.loads(line) for line in file]


def write(name, rows):
    with open(name, "w") as file:
        for row in rows:
            file.write(json.dumps(row, separators=(",", ":")) + "\n")


def make(events, messages, templates):
    found = {row.get("type", "message"): row for row in read(templates)}
    fleet = Fleet(found["close"])
    fleet.make()
    write(events, fleet.rows)
    write(messages, fleet.messages(found["message"]))


def columns(schema, table, *files):
    with open(schema) as file:
        text = file.read().split("CREATE TABLE %s (" % table)[1].split("\n)\n")[0]
    there = {line.split()[0].strip("`") for line in text.splitlines() if line.strip()}
    print(" ".join(sorted({key for name in files for row in read(name) for key in row} - there)))


def check(queries, events, messages, *command):
    with open(queries) as file:
        parts = re.split(r"^-- name: (\w+)\n", file.read(), flags=re.M)
    answers = Answers(read(events), read(messages))
    for name, text in zip(parts[1::2], parts[2::2]):
        sql = "\n".join(line for line in text.split("\n") if not line.startswith("--"))
        done = subprocess.run(command, input=sql.strip().rstrip(";"), capture_output=True, text=True)
        got = [tuple(map(value_of, line.split("\t"))) for line in done.stdout.splitlines()]
        want = [tuple(float(v) if isinstance(v, int) else v for v in row)
                for row in getattr(answers, name)()][:100]
        if got == want and want:
            print("ok - %s: %d rows" % (name, len(want)))
            continue
        print("not ok - %s" % name)
        for label, rows in ("got", got), ("want", want):
            for row in rows[:5]:
                print("#   %s: %s" % (label, row))
        print("#   %d rows, wanted %d; %s" % (len(got), len(want), done.stderr.strip()[:300]))


if __name__ == "__main__":
    {"make": make, "columns": columns, "check": check}[sys.argv[1]](*sys.argv[2:])
