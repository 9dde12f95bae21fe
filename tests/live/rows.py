#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Looks at what top and events say (one JSON object a line), for the live tests.

  rows.py get FILE CONDITION FIELD...      the fields of the objects for which the condition holds
  rows.py count FILE CONDITION             how many there are
  rows.py sum FILE CONDITION FIELD         the field's sum over them
  rows.py last FILE FIELD                  of the objects with the same value there, the last
  rows.py same FILE SS NETNS PROTO         the same sockets as `ss -anpeOH` of that protocol lists
  rows.py figures FILE SS SS NETNS PORTS   the same figures as `ss -tineOH` before and after
  rows.py closes FILE LOG REQUEST RESPONSE the closes that the log of `conns short` has, no others
  rows.py fields FILE                      each object has every field, with a value that it may have

A condition is Python over the fields, as in `state == "LISTEN" and pid`. Differences are
printed, and then the exit status is 1.
"""
import builtins
import collections
import datetime
import ipaddress
import json
import re
import sys

SERVER_PORT = 7001
SERVER_LATE_NS = 60 * 10**9

STATES = {
    "ESTAB": "ESTABLISHED", "SYN-SENT": "SYN_SENT", "SYN-RECV": "SYN_RECV",
    "FIN-WAIT-1": "FIN_WAIT1", "FIN-WAIT-2": "FIN_WAIT2", "TIME-WAIT": "TIME_WAIT",
    "CLOSE-WAIT": "CLOSE_WAIT", "LAST-ACK": "LAST_ACK", "LISTEN": "LISTEN",
    "CLOSING": "CLOSING", "UNCONN": "UNCONN",
}


class Different(Exception):
    """Faults that were found. Each argument is a line."""


def load(path):
    with open(path, encoding="utf-8") as f:
        return [json.loads(line) for line in f if line.strip()]


class Fields(dict):
    """A field that an object does not have is None. Names of Python itself keep their meaning."""

    def __missing__(self, name):
        if hasattr(builtins, name):
            raise KeyError(name)
        return None


def chosen(path, condition):
    code = compile(condition, "condition", "eval")
    return [r for r in load(path) if eval(code, {}, Fields(r))]


# ---- what ss says ----

def endpoint(text):
    """(address in the form of rows, port, whether it was `*`: any address of both families)"""
    addr, _, port = text.rpartition(":")
    addr = addr.strip("[]").partition("%")[0]
    both = addr == "*"
    if both:
        addr = "::"
    ip = ipaddress.ip_address(addr)
    if ip.version == 6 and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return str(ip), 0 if port == "*" else int(port), both


Socket = collections.namedtuple("Socket", "cookie family local_addr local_port remote_addr "
                                "remote_port state recv_q send_q uid owners")


def ss_line(line):
    state, recv_q, send_q, local, remote, rest = (line.split(None, 5) + [""])[:6]
    local_addr, local_port, both = endpoint(local)
    remote_addr, remote_port, _ = endpoint(remote)
    six = both or local.startswith("[")
    owners = re.findall(r'\("((?:[^"\\]|\\.)*)",pid=(\d+),fd=\d+\)', rest)
    uid = re.search(r"uid:(\d+)", rest)
    return Socket(int(re.search(r"\bsk:([0-9a-f]+)", rest).group(1), 16),
                  "inet6" if six else "inet", local_addr, local_port,
                  # A socket without a peer has no remote address.
                  remote_addr if remote_port else None, remote_port,
                  STATES[state], int(recv_q), int(send_q), int(uid.group(1)) if uid else 0,
                  frozenset((int(pid), comm) for comm, pid in owners)), rest


def load_ss(path):
    with open(path, encoding="utf-8") as f:
        return [ss_line(line) for line in f if line.strip()]


# ---- one row for each socket ----

def row_socket(row):
    port = row["remote_port"] or 0
    return Socket(row["cookie"], row["family"], row["local_addr"], row["local_port"],
                  row["remote_addr"] if port else None, port, row["state"], row["recv_q"],
                  row["send_q"], row["uid"],
                  frozenset((o["pid"], o["comm"]) for o in row["owners"] or ()))


# In these states the peer's FIN was received, or the own SYN or FIN is not acknowledged. ss counts
# each of them as a byte.
PEER_FIN = ("CLOSE_WAIT", "LAST_ACK", "CLOSING", "TIME_WAIT")
OWN_SYN_OR_FIN = ("SYN_SENT", "FIN_WAIT1", "CLOSING", "LAST_ACK")


def without_fin(sock):
    """The same socket with queues of data only."""
    recv_q, send_q = sock.recv_q, sock.send_q
    if sock.state in PEER_FIN and recv_q:
        recv_q -= 1
    if sock.state in OWN_SYN_OR_FIN and send_q:
        send_q -= 1
    return sock._replace(recv_q=recv_q, send_q=send_q)


def against(want, row):
    """How a row differs from the socket of ss. Queues and owners may be unknown in some states."""
    have, out = row_socket(row), []
    want = without_fin(want)
    for field in ("family", "local_addr", "local_port", "remote_addr", "remote_port", "state",
                  "uid", "recv_q", "send_q"):
        unknown = getattr(have, field) is None and field in ("recv_q", "send_q", "uid")
        if unknown and want.state not in ("TIME_WAIT", "FIN_WAIT2", "SYN_RECV"):
            out.append(f"{field} is unknown")
        if not unknown and getattr(have, field) != getattr(want, field):
            out.append(f"{field} {getattr(have, field)}, not {getattr(want, field)}")
    if want.owners:
        if have.owners != want.owners or row["owner_source"] != "holder":
            out.append(f"owners {sorted(have.owners)} ({row['owner_source']}), "
                       f"not {sorted(want.owners)}")
        elif (row["pid"], row["comm"]) != min(want.owners):
            out.append(f"pid {row['pid']} {row['comm']}, not {min(want.owners)}")
    elif have.owners and row["owner_source"] == "holder":
        out.append(f"owners {sorted(have.owners)}, but nobody holds it")
    return out


def identity(sock):
    """A request that has waited for too long ends, and the next one has another cookie."""
    if sock.state == "SYN_RECV":
        return sock.local_addr, sock.local_port, sock.remote_addr, sock.remote_port
    return sock.cookie


def same(path, ss_path, netns, proto):
    sockets = {identity(s): s for s, _ in load_ss(ss_path)}
    rows = [r for r in load(path) if r["netns"] == int(netns) and r["proto"] == proto]
    said = []
    seen = collections.Counter(identity(row_socket(r)) for r in rows)
    for one, times in seen.items():
        if times != 1:
            said.append(f"{one}: {times} rows")
    for row in rows:
        want = sockets.pop(identity(row_socket(row)), None)
        if want is None:
            said.append(f"a row that ss has not: {row_socket(row)}")
        else:
            said += [f"{want.local_addr}:{want.local_port} {want.remote_addr}:"
                     f"{want.remote_port} {want.state}: {what}" for what in against(want, row)]
    said += [f"no row for {s}" for s in sockets.values()]
    if not rows:
        said.append("no rows at all")
    if said:
        raise Different(*said)


# ---- figures ----

def ms(text):
    return float(text) * 1000


# How to find each figure in a line of ss and convert it to our unit. If ss leaves it out, it is 0
# ("zero") or unknown ("null"). It is "either" where ss's 0 may mean that it is unknown.
FIGURES = (
    ("srtt_us", r"\brtt:([\d.]+)/", ms, "null"),
    ("rttvar_us", r"\brtt:[\d.]+/([\d.]+)", ms, "null"),
    ("min_rtt_us", r"\bminrtt:([\d.]+)", ms, "null"),
    ("rto_us", r"\brto:([\d.]+)", ms, "zero"),
    ("cwnd", r"\bcwnd:(\d+)", int, "zero"),
    ("ssthresh", r"\bssthresh:(\d+)", int, "null"),
    ("mss", r" mss:(\d+)", int, "zero"),
    ("bytes_acked", r"\bbytes_acked:(\d+)", int, "zero"),
    ("bytes_received", r"\bbytes_received:(\d+)", int, "zero"),
    ("bytes_retrans", r"\bbytes_retrans:(\d+)", int, "zero"),
    ("segs_out", r" segs_out:(\d+)", int, "zero"),
    ("segs_in", r" segs_in:(\d+)", int, "zero"),
    ("retrans_segs", r"\bretrans:\d+/(\d+)", int, "zero"),
    ("delivery_rate_bps", r"\bdelivery_rate (\d+)bps", int, "either"),
    ("pacing_rate_bps", r"\bpacing_rate (\d+)bps", int, "either"),
    ("notsent", r"\bnotsent:(\d+)", int, "zero"),
    ("unacked", r"\bunacked:(\d+)", int, "zero"),
    ("sacked", r"\bsacked:(\d+)", int, "zero"),
    ("rcv_rtt_us", r"\brcv_rtt:([\d.]+)", ms, "either"),
    ("snd_wnd", r"\bsnd_wnd:(\d+)", int, "zero"),
    ("app_limited", r"\b(app_limited)\b", lambda _: True, "zero"),
    ("busy_us", r"\bbusy:(\d+)ms", ms, "zero"),
    ("rwnd_limited_us", r"\brwnd_limited:(\d+)ms", ms, "zero"),
    ("sndbuf_limited_us", r"\bsndbuf_limited:(\d+)ms", ms, "zero"),
    ("congestion", r" (bbr|cubic|reno|dctcp)\b", str, "null"),
)
# ss prints whole milliseconds of these.
WHOLE_MS = ("busy_us", "rwnd_limited_us", "sndbuf_limited_us")
# These change by themselves.
AGES = re.compile(r"\b(lastsnd|lastrcv|lastack):\d+|timer:\(\S+\)")


def figure(name, have, text, parse, absent):
    if text is None:
        allowed = {"null": (None,), "zero": (0,), "either": (None, 0)}[absent]
        # ss leaves out times below a millisecond.
        fits = have in allowed or (name in WHOLE_MS and have is not None and have < 1000)
        return None if fits else f"{name} {have}, but ss has none"
    want = parse(text)
    if have is None:
        return f"{name} is unknown, not {want}"
    if name in WHOLE_MS:
        return None if 0 <= have - want < 1000 else f"{name} {have}, not {want}"
    # ss prints times in milliseconds, with six digits.
    fits = abs(have - want) <= 0.5 + want * 5e-6 if isinstance(want, float) else have == want
    return None if fits else f"{name} {have}, not {want}"


def figures(path, before_path, after_path, netns, ports):
    def quiet(file):
        return {s.cookie: (s, " ".join(AGES.sub("", rest).split())) for s, rest in load_ss(file)}

    ports = {int(p) for p in ports.split(",")}
    before, after = quiet(before_path), quiet(after_path)
    said, compared = [], set()
    for row in load(path):
        if row["netns"] != int(netns) or row["proto"] != "tcp":
            continue
        if row["cookie"] not in before or before[row["cookie"]] != after.get(row["cookie"]):
            continue
        sock, text = before[row["cookie"]]
        port = {sock.local_port, sock.remote_port} & ports
        if not port:
            continue
        compared |= port
        for name, pattern, parse, absent in FIGURES:
            found = re.search(pattern, text)
            if name == "bytes_received" and found and sock.state in PEER_FIN:
                received = int(found.group(1)) - 1
                if row[name] != received:
                    said.append(f"port {sock.local_port}: {name} {row[name]}, not {received}")
                continue
            if name == "app_limited" and row[name] is None and " delivery_rate " not in text:
                continue  # ss shows a default before anything was delivered
            what = figure(name, row[name], found and found.group(1), parse, absent)
            if what:
                said.append(f"{sock.local_addr}:{sock.local_port} {sock.remote_addr}:"
                            f"{sock.remote_port}: {what}")
    said += [f"port {p}: no quiet connection to compare" for p in sorted(ports - compared)]
    if said:
        raise Different(*said)


# ---- short connections ----

def nanoseconds(text):
    """A time of RFC 3339 with nanoseconds, as a number."""
    moment = datetime.datetime.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")
    digits = re.fullmatch(r"\.(\d{9})Z", text[19:])
    seconds = (moment - datetime.datetime(1970, 1, 1)) // datetime.timedelta(seconds=1)
    return seconds * 10**9 + int(digits.group(1))


def duration(event):
    if event["opened_at"] is None or event["closed_at"] is None:
        return None
    return nanoseconds(event["closed_at"]) - nanoseconds(event["opened_at"])


def close_faults(event, shortest, longest, **figures_wanted):
    out = []
    lasted = duration(event)
    for name, want in {"close_reason": "fin", **figures_wanted}.items():
        if event[name] != want:
            out.append(f"{name} {event[name]}, not {want}")
    if lasted is None or not shortest <= lasted <= longest:
        out.append(f"lasted {lasted} ns, not {shortest} to {longest}")
    if event["age_us"] is None or lasted is not None and abs(event["age_us"] * 1000 - lasted) > 1000:
        out.append(f"age_us {event['age_us']} for {lasted} ns")
    return out


def closes(path, log_path, request, response):
    request, response = int(request), int(response)
    ends = {"out": {}, "in": {}}
    said = []
    for event in load(path):
        if event["type"] != "close" or event["old_state"] == "LISTEN":
            continue
        client = event["remote_port"] == SERVER_PORT
        side = ends["out" if client else "in"]
        port = event["local_port" if client else "remote_port"]
        if port in side:
            said.append(f"{port}: told twice")
        side[port] = event
    with open(log_path, encoding="utf-8") as f:
        log = [[int(word) for word in line.split()] for line in f]
    end_of_all = log[-1][5]
    for port, opening, opened, answered, closing, closed, acked, received, again in log:
        client, server = ends["out"].pop(port, None), ends["in"].pop(port, None)
        if client is None or server is None:
            said.append(f"{port}: not told: " + ", ".join(
                side for side, event in (("client", client), ("server", server)) if not event))
            continue
        # The client's end counts its SYN and FIN. The server's SYN was acknowledged before its end
        # existed. Nothing tells when the last acknowledgement reached a server.
        said += [f"{port}, client: {what}" for what in close_faults(
            client, closing - opened, closed - opening, bytes_acked=acked,
            bytes_received=received - 1, retrans_segs=again, direction="out")]
        said += [f"{port}, server: {what}" for what in close_faults(
            server, closing - answered, end_of_all - opening + SERVER_LATE_NS,
            bytes_acked=response + 1, bytes_received=request, direction="in")]
    for side, rest in ends.items():
        said += [f"{port}: nobody had this connection ({side})" for port in rest]
    if said:
        raise Different(f"{len(said)} faults in {len(log)} connections", *said[:20])


# ---- fields ----

FIELDS = (
    "ts cookie netns netns_name proto family local_addr local_port remote_addr remote_port state "
    "direction pid comm uid owners owner_source cgroup cgroup_id opened_at age_us srtt_us "
    "rttvar_us min_rtt_us last_rtt_us rtt_samples rtt_hist rto_us rto_count retrans_segs "
    "retrans_events lost_segs cwnd ssthresh mss delivery_rate_bps bytes_acked bytes_received "
    "tx_bps rx_bps segs_out segs_in notsent recv_q send_q unacked sacked reordering "
    "bytes_retrans busy_us rwnd_limited_us sndbuf_limited_us app_limited pacing_rate_bps "
    "rcv_rtt_us snd_wnd timer timer_left_us congestion drops closed_at close_reason "
    "remote_host remote_cookie remote_comm packets_out packets_in tx_pps rx_pps drop_rate quic "
    "app requests req_rate latency_p99_us errors remote_name remote_name_source "
    "update host").split()
TCP_ONLY = ("srtt_us cwnd mss bytes_acked bytes_received segs_out segs_in retrans_segs "
            "delivery_rate_bps tx_bps rx_bps rtt_samples rto_count").split()


def fields(path):
    said = []
    for row in load(path):
        name = f"{row.get('proto')} {row.get('local_addr')}:{row.get('local_port')}"
        if list(row) != FIELDS:
            said.append(f"{name}: fields differ: {sorted(set(row) ^ set(FIELDS))} or their order")
            continue
        nanoseconds(row["ts"])
        if row["proto"] == "udp":
            said += [f"{name}: {f} is {row[f]}, which nobody knows" for f in TCP_ONLY
                     if row[f] is not None]
        if row["state"] == "LISTEN" and row["srtt_us"] is not None:
            said.append(f"{name}: a listener with a round trip")
    if said:
        raise Different(*said)


def words(values):
    return " ".join(json.dumps(v) if isinstance(v, (list, dict)) else str(v) for v in values)


def get(path, condition, *names):
    for row in chosen(path, condition):
        print(words(row.get(name) for name in names))


def count(path, condition):
    print(len(chosen(path, condition)))


def total(path, condition, name):
    print(sum(row[name] for row in chosen(path, condition)))


def last(path, name):
    for row in {row[name]: row for row in load(path)}.values():
        print(json.dumps(row))


COMMANDS = {"get": get, "last": last, "count": count, "sum": total, "same": same, "figures": figures,
            "closes": closes, "fields": fields}


def main():
    if len(sys.argv) < 3 or sys.argv[1] not in COMMANDS:
        sys.exit(__doc__)
    try:
        COMMANDS[sys.argv[1]](*sys.argv[2:])
    except Different as e:
        print("\n".join(e.args))
        sys.exit(1)


if __name__ == "__main__":
    main()
