# SPDX-License-Identifier: BSD-2-Clause
"""A recording with owners, events and rows of connections, as skwatch writes it."""

import datetime
import struct

from . import files
from .formats import APPLICATION, COMMENT, EPB_FLAGS, IF_NAME, IF_TSRESOL
from .tcp import Flow
from .wire import A4, ACK, B4, FIN, PSH, eth, pattern

PROCESS, EPB_PROCESS_THREAD, EPB_PROCESS = 0x80000001, 8, 0x8001
MS = 10**6
IN, OUT = 1, 2

CURL = (4711, "curl", "/user.slice/user-1000.slice", 1000)
NGINX = (913, "nginx", "/system.slice/nginx.service", 33)


def rfc3339(at):
    """A time in nanoseconds after START."""
    ns = files.START * 10**9 + at
    when = datetime.datetime.fromtimestamp(ns // 10**9, datetime.timezone.utc)
    return when.strftime("%Y-%m-%dT%H:%M:%S") + ".%09dZ" % (ns % 10**9)


class Recording(files.Pcapng):
    def __init__(self):
        super().__init__()
        self.section([(APPLICATION, "skwatch 0.1.0")])
        self.interface(opts=[(IF_NAME, "eth0"), (IF_TSRESOL, b"\x09")])
        self.processes = []

    def owned(self, data, at, way, *owners):
        """A packet with its owners, the sender's first."""
        for pid, comm, _, _ in owners:
            if pid not in self.processes:
                self.processes.append(pid)
                self.raw(PROCESS, struct.pack("<I", pid) + self.options([(2, comm)]))
        opts = [(COMMENT, "%s[%d] %s" % (o[1], o[0], o[2])) for o in owners]
        opts.append((EPB_FLAGS, struct.pack("<I", way)))
        if owners:
            pid = owners[0][0]
            opts.append((EPB_PROCESS_THREAD, struct.pack("<II", pid, pid)))
            opts.append((EPB_PROCESS, struct.pack("<I", self.processes.index(pid))))
        self.packet(eth(data), at=at, opts=opts, unit=1)

    def entry(self, at, kind, message, fields, priority=6):
        known = [(name, value) for name, value in fields if value is not None]
        self.journal([("__REALTIME_TIMESTAMP", (files.START * 10**9 + at) // 1000),
                      ("PRIORITY", priority), ("SYSLOG_IDENTIFIER", "skwatch"),
                      ("MESSAGE", message), ("SKWATCH_TYPE", kind)]
                     + [(name if name.startswith("_") else "SKWATCH_" + name, value)
                        for name, value in known])


class Socket:
    """A connection of a process, and what is known of it."""

    def __init__(self, cookie, owner, local, remote, way):
        self.owner, self.local, self.remote, self.way = owner, local, remote, way
        self.fields = {"COOKIE": cookie, "NETNS": 4026531840, "PROTO": "tcp", "FAMILY": "inet",
                       "LOCAL_ADDR": local[0], "LOCAL_PORT": local[1], "REMOTE_ADDR": remote[0],
                       "REMOTE_PORT": remote[1], "STATE": "ESTABLISHED",
                       "DIRECTION": "out" if way == ">" else "in", "PID": owner[0],
                       "COMM": owner[1], "UID": owner[3], "OWNERS": "%d %s" % owner[:2],
                       "OWNER_SOURCE": "holder", "CGROUP": owner[2], "CGROUP_ID": 4321}

    def name(self):
        return "%s[%d] %s:%d %s %s:%d" % (self.owner[1], self.owner[0], *self.local, self.way,
                                          *self.remote)

    def common(self):
        return [("_PID", self.owner[0]), ("_COMM", self.owner[1])]

    def event(self, out, at, kind, what, own=(), priority=6, **figures):
        self.fields.update(figures)
        out.entry(at, kind, "%s: %s" % (what, self.name()),
                  [("TS", rfc3339(at))] + list(own) + self.common() + list(self.fields.items()),
                  priority)

    def row(self, out, at, read_at, **figures):
        self.fields.update(figures)
        out.entry(at, "row", "%s: %s, srtt %.1fms, cwnd %d"
                  % (self.name(), self.fields["STATE"], self.fields["SRTT_US"] / 1000,
                     self.fields["CWND"]),
                  self.common() + [("TS", rfc3339(read_at))] + list(self.fields.items()), 7)


def sweep(out, at, read_at, rows, changed, events):
    out.entry(at, "sweep", "sweep: %d sockets, %d changed" % (rows, changed),
              [("TS", rfc3339(read_at)), ("INTERVAL_US", 1000000), ("ROWS", rows),
               ("CHANGED", changed), ("LEFT", 0), ("EVENTS", events), ("EVENTS_LOST", 0),
               ("NAMESPACES", 1)], 7)


def figures(srtt, cwnd, acked, received, **more):
    return dict({"SRTT_US": srtt, "CWND": cwnd, "BYTES_ACKED": acked, "BYTES_RECEIVED": received,
                 "RTO_US": 204000, "RTO_COUNT": 0, "RETRANS_SEGS": 0, "MSS": 1448,
                 "CONGESTION": "cubic", "APP_LIMITED": "false"}, **more)


def recording():
    """A request of curl, whose second segment is lost, and an idle connection of nginx."""
    out = Recording()
    flow = Flow(A4, B4, sport=40000, dport=443)
    curl = Socket(71, CURL, (A4, 40000), (B4, 443), ">")
    idle = Socket(72, NGINX, (A4, 80), (B4, 51000), "<")
    sweep_rows = figures(900, 10, 700, 90, TX_BPS=0, RX_BPS=0)
    idle.row(out, 1 * MS, 500000, **sweep_rows)
    sweep(out, 1 * MS, 600000, 1, 1, 0)
    curl.event(out, 10 * MS, "connect", "connect", [("ERROR", 0)], STATE="SYN_SENT",
               OWNER_SOURCE="creator", OPENED_AT=rfc3339(10 * MS))
    syn, synack, ack = flow.open()
    out.owned(syn, 10 * MS + 20000, OUT, CURL)
    out.owned(synack, 12 * MS, IN, CURL)
    curl.event(out, 12 * MS + 10000, "established", "established, handshake 2.0ms",
               [("HANDSHAKE_US", 1990)], STATE="ESTABLISHED")
    out.owned(ack, 12 * MS + 15000, OUT, CURL)
    out.owned(flow.send(0, PSH | ACK, pattern(100)), 13 * MS, OUT, CURL)
    out.owned(flow.send(1, ACK), 15 * MS, IN, CURL)
    lost = flow.seq[0]
    out.owned(flow.send(0, PSH | ACK, pattern(200)), 16 * MS, OUT, CURL)
    curl.event(out, 220 * MS, "rto", "RTO #1 after 204ms, cwnd 10 -> 1",
               [("RTO_US", 204000), ("BACKOFF", 0), ("OLD_CWND", 10)], 4, OWNER_SOURCE="holder")
    curl.event(out, 220 * MS + 5000, "retrans", "retransmit 1 segment seq %d" % lost,
               [("SEQ", lost), ("SEGS", 1), ("ERROR", 0)], 4)
    out.owned(flow.send(0, PSH | ACK, pattern(200), at=lost), 220 * MS + 9000, OUT, CURL)
    out.owned(flow.send(1, ACK), 222 * MS, IN, CURL)
    out.owned(flow.send(1, PSH | ACK, pattern(600)), 230 * MS, IN, CURL)
    out.owned(flow.send(0, ACK), 230 * MS + 30000, OUT, CURL)
    curl.row(out, 1001 * MS, 1000 * MS + 400000, **figures(
        2100, 2, 301, 600, RTO_COUNT=1, RETRANS_SEGS=1, TX_BPS=2408, RX_BPS=4800))
    sweep(out, 1001 * MS, 1000 * MS + 600000, 2, 1, 4)
    out.owned(flow.send(0, FIN | ACK), 1500 * MS, OUT, CURL)
    out.owned(flow.send(1, FIN | ACK), 1502 * MS, IN, CURL)
    curl.event(out, 1502 * MS + 4000, "close",
               "closed in FIN_WAIT2 after 1.5s, sent 302B, received 600B, srtt 2.1ms, 1 retransmit",
               [("OLD_STATE", "FIN_WAIT2"), ("FIGURES_TS", rfc3339(1502 * MS + 4000))],
               STATE="CLOSED", CLOSED_AT=rfc3339(1502 * MS + 4000), CLOSE_REASON="fin",
               BYTES_ACKED=302, TX_BPS=None, RX_BPS=None)
    out.owned(flow.send(0, ACK), 1502 * MS + 9000, OUT, CURL)
    sweep(out, 2001 * MS, 2000 * MS + 600000, 2, 0, 5)
    return out.out


def samples():
    yield "pcapng-joined.pcapng", recording()
