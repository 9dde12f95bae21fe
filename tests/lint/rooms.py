# SPDX-License-Identifier: BSD-2-Clause
"""The rooms of src/: what each may use, and helpers to look into their files.

A room is a folder of src/ that holds .c or .h files. Rooms may be nested (dissect/ip inside
dissect). Then they are rooms of one family, but each has arrows of its own.
"""
import re
import subprocess

import lintlib

# Rooms that every other room may use.
COMMON = {"model", "abi", "util"}
# Rooms whose work needs no kernel, clock, file or terminal.
PURE = {"asked", "btf", "metrics", "row", "table", "table/past", "view", "expr", "format", "format/text",
        "journal", "post", "report", "filter", "filter/sets", "pcap", "flow", "quic", "flow/payload", "message", "message/app",
        "message/known",
        "message/quic", "message/rpc", "message/sql",
        "dissect", "dissect/link", "dissect/wifi", "dissect/ip", "dissect/app"}
# The files of util/ that pure rooms may use: they are held to the same rule.
PURE_UTIL = {"buf", "byte_stream", "bytes", "cleanup", "decimal", "error", "hash", "inet_sum", "mapped",
             "quic_version", "report", "units", "utf8"}
# Rooms outside the dissect family see only its front room, and only few read messages.
PURE_FRONT = PURE - {"table/past", "dissect/link", "dissect/wifi", "dissect/ip",
                     "dissect/app", "flow/payload", "quic", "message", "message/app", "message/known", "message/quic", "message/rpc",
                     "message/sql"}

# Room -> rooms that it may use besides itself. A room that doesn't exist yet may be named here.
ARROWS = {
    "abi": set(),
    "util": {"abi"},
    "model": {"abi", "util"},
    "row": COMMON,
    "expr": COMMON | {"row"},
    "table": COMMON | {"row", "table/past"},
    # table/past: what has happened to connections.
    "table/past": COMMON | {"row"},
    "view": COMMON | {"row", "expr", "table"},
    "format": COMMON | {"row", "table", "view", "expr", "flow", "format/text"},
    # format/text: single values for people, which need no row.
    "format/text": COMMON,
    # metrics: rows and events added up, as text for Prometheus.
    "metrics": COMMON | {"row"},
    "journal": COMMON | {"row", "format", "format/text"},
    # post: forms of what is sent: targets, answers of HTTP, the spool.
    "post": COMMON | {"format"},
    # report: the page of `skwatch report`.
    "report": COMMON | {"flow", "row", "format/text"},
    "btf": COMMON,
    "filter": COMMON | {"filter/sets"},
    # filter/sets: long lists of addresses and ports.
    "filter/sets": COMMON,
    "pcap": COMMON,
    "flow": COMMON,
    "flow/payload": COMMON | {"flow"},
    "dissect": COMMON | {"flow", "dissect/link", "dissect/ip", "dissect/app"},
    "dissect/link": COMMON | {"flow", "dissect", "dissect/wifi", "dissect/ip"},
    "dissect/wifi": COMMON | {"flow", "dissect", "dissect/link"},
    "dissect/ip": COMMON | {"flow", "dissect", "dissect/link", "dissect/app"},
    "dissect/app": COMMON | {"flow", "dissect", "dissect/ip"},
    "ui": COMMON | PURE_FRONT | {"ui/draw", "ui/settings"},
    "ui/draw": COMMON | PURE_FRONT,
    # ui/groups: the screen of `messages --summary`.
    "ui/groups": COMMON | PURE_FRONT | {"ui/draw"},
    "ui/settings": COMMON | PURE_FRONT | {"ui/draw"},
    "out": COMMON,
    # send: a sink that gets lines from another one, and the verb that connects.
    "send": COMMON | {"post", "loop", "keeper"},
    # kern: filters are translated before they are loaded.
    "kern": COMMON | {"btf", "filter", "filter/sets", "kern/ring", "kern/sets", "kern/host"},
    "kern/ring": COMMON | {"kern/host"},
    "kern/sets": COMMON,
    # kern/act: the programs of the verbs that act, and what is pinned of them.
    "kern/act": COMMON | {"kern", "kern/ring", "kern/host"},
    "kern/host": COMMON,
    "keeper": COMMON,
    # verbs: out gives the name of the next file of a rotation.
    "verbs": COMMON | {"keeper", "kern", "kern/host", "filter", "out"},
    "loop": COMMON | {"keeper"},
    # Sources, sinks and stages never use each other: session hands one to the next.
    "capture": COMMON | PURE_FRONT | {"loop", "kern", "kern/host", "kern/ring", "verbs", "keeper"},
    "watch": {"kern/act"} | COMMON | PURE_FRONT | {"loop", "kern", "kern/host", "kern/ring", "verbs", "keeper"},
    "replay": COMMON | PURE_FRONT | {"loop", "verbs", "keeper", "out"},
    "keylog": COMMON | PURE_FRONT | {"loop", "verbs", "keeper"},
    "sink": COMMON | PURE_FRONT | {"loop", "out", "verbs", "sink/record", "message", "flow/payload"},
    "sink/record": COMMON | PURE_FRONT | {"loop", "out", "verbs"},
    # resolve: a sink that hears of the loop and prints nothing; dissect says what names it asks for.
    "resolve": COMMON | PURE_FRONT | {"loop", "keeper"},
    # run: a source without records; the cgroup of its command is the kernel's.
    "run": COMMON | {"loop", "kern/host"},
    "join": COMMON | {"flow", "table", "expr", "pcap", "row"},
    # asked: the host name of a TLS hello is read as it is printed.
    "asked": COMMON | {"flow", "quic", "dissect/app"},
    "message": COMMON | {"flow", "flow/payload", "table", "expr", "row", "pcap"},
    # message/app: names of DNS are read as they are printed.
    "message/app": COMMON | {"message", "flow/payload", "dissect", "dissect/app"},
    # quic: its handshake has a ClientHello of TLS, and its alerts.
    "quic": COMMON | {"dissect/app"},
    # message/quic: it has a ClientHello of TLS, and its alerts.
    "message/quic": COMMON | {"message", "flow/payload", "quic", "dissect/app"},
    "message/rpc": COMMON | {"message", "flow/payload"},
    "message/sql": COMMON | {"message", "flow/payload"},
    # message/known: the table of all recognisers.
    "message/known": COMMON | {"message", "message/app", "message/quic", "message/rpc",
                               "message/sql"},
    # act: the verbs are sources of the loop without records; their sink prints lines. No capture
    # sees the data that bypass moves, so it has packets of its own, for the recorder.
    "act": COMMON | PURE_FRONT | {"loop", "sink", "sink/record", "kern", "kern/host",
                                  "kern/ring", "kern/act", "verbs", "keeper"},
    # Verbs with rooms of their own. The relay uses one program of the kernel, if told.
    "act/policy": COMMON | PURE_FRONT | {"act", "loop", "keeper", "kern", "kern/host", "kern/ring",
                                         "kern/act"},
    # act/steer: steer and adopt, which both take the listening socket of a running server.
    "act/steer": COMMON | PURE_FRONT | {"act", "loop", "keeper", "kern", "kern/host", "kern/ring",
                                        "kern/act"},
    "act/relay": COMMON | {"act", "loop", "sink", "row", "keeper", "kern/act"},
    # serve: HTTP on the loop.
    "serve": COMMON | {"loop"},
    "session": COMMON | PURE_FRONT | {"capture", "watch", "replay", "keylog", "loop", "sink",
                                      "sink/record", "resolve",
                                      "run", "join", "message", "message/known", "flow/payload",
                                      "verbs", "keeper",
                                      "session/act", "session/flight", "session/plan",
                                      "session/send", "session/tap"},
    # session/send: lines of a session that go to a receiver.
    "session/send": COMMON | PURE_FRONT | {"loop", "keeper", "send", "sink"},
    # session/tap: packets that the session of top reads itself, and what it makes of them.
    "session/tap": COMMON | PURE_FRONT | {"capture", "watch", "loop", "verbs", "keeper", "message",
                                          "message/known", "flow/payload"},
    # session/flight: messages as triggers of the recorder.
    "session/flight": COMMON | PURE_FRONT | {"join", "message", "message/known", "flow/payload"},
    # session/fleet: the sessions of what many hosts need.
    "session/fleet": COMMON | PURE_FRONT | {"replay", "session/tap", "watch", "loop", "sink", "out",
                                            "verbs", "keeper", "serve", "message", "message/known",
                                            "flow/payload"},
    # session/act: rows of the watch for verbs that act on them.
    "session/act": COMMON | PURE_FRONT | {"watch", "loop", "keeper", "act"},
    # session/messages: the session of messages; on this host it captures as that of capture does.
    "session/messages": COMMON | PURE_FRONT | {"session", "session/plan", "session/send", "send", "capture", "replay", "loop",
                                               "sink", "sink/record", "message", "message/known",
                                               "flow/payload", "join", "run", "verbs", "keeper"},
    # session/plan: rules of what goes together; the recorder and the join tell what they can do.
    "session/plan": COMMON | PURE_FRONT | {"join", "sink/record"},
    # cmd: these know the words that options take, and their help.
    "cmd": COMMON | {"post", "session", "session/messages", "session/plan", "ui", "cmd/live", "cmd/words", "ui/settings", "act", "row", "expr", "view"},
    # cmd/words: words, lists and files that options name.
    "cmd/words": COMMON | {"expr"},
    # cmd/live: brings the session of messages and its screen together.
    "cmd/live": COMMON | {"session/messages", "ui/draw", "ui/groups"},
    # cmd/fleet: the commands for many hosts.
    "cmd/fleet": COMMON | {"cmd", "cmd/words", "session/fleet", "serve", "metrics"},
    "cmd/act": COMMON | {"cmd", "cmd/words", "act", "act/policy", "act/steer", "act/relay", "session",
                         "session/act", "session/plan", "row", "expr", "view"},
    "main.c": COMMON | {"cmd", "cmd/act", "cmd/fleet"},
}

# Protocols carry each other (IP in GRE in IP), so dissectors may call in circles.
RECURSIVE_FAMILIES = {"dissect"}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def room_of(path, top):
    """The room of a file: "row", "dissect/ip". A file right in src/ is a room by its own name."""
    inner = path.relative_to(top / "src")
    return inner.name if len(inner.parts) == 1 else str(inner.parent)


def family_of(room):
    return room.split("/")[0]


def rooms(top):
    """{room: its files}; files right in src/ are left out."""
    found = {}
    for path in lintlib.c_files(top, "src"):
        if len(path.relative_to(top / "src").parts) > 1:
            found.setdefault(room_of(path, top), []).append(path)
    return found


def includes(path):
    """Number of line, kind of quote, name."""
    for number, line in enumerate(lintlib.lines(path), 1):
        found = INCLUDE.match(line)
        if found:
            yield number, found.group(1), found.group(2)


def own_includes(path, top):
    """Number of line and path of what a file includes from src/."""
    for number, quote, name in includes(path):
        target = top / "src" / name
        if quote == '"' and target.is_file():
            yield number, target


def may_use(user, used):
    return user == used or used in ARROWS.get(user, ())


def circles(graph):
    """Groups of two and more nodes that reach each other, and nodes that reach themselves.

    graph: {node: nodes that it uses}. By Tarjan's way, without recursion.
    """
    index, low, on_stack, stack, found = {}, {}, set(), [], []
    for root in sorted(graph):
        work = [] if root in index else [(root, None)]
        while work:
            node, rest = work.pop()
            if rest is None:
                index[node] = low[node] = len(index)
                stack.append(node)
                on_stack.add(node)
                rest = iter(sorted(graph.get(node, ())))
            for target in rest:
                if target not in index:
                    work += [(node, rest), (target, None)]
                    break
                if target in on_stack:
                    low[node] = min(low[node], index[target])
            else:
                group = []
                while low[node] == index[node] and node in on_stack:
                    group.append(stack.pop())
                    on_stack.discard(group[-1])
                if len(group) > 1 or node in group and node in graph.get(node, ()):
                    found.append(sorted(group))
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
    return found


def without_comments(path, keep_strings=False):
    """A C file's text with comments, and string literals too, blanked; lines stay lines."""
    def blank(match):
        if keep_strings and match.group(0)[0] in "\"'":
            return match.group(0)
        return re.sub(r"[^\n]", " ", match.group(0))

    text = "\n".join(lintlib.lines(path))
    return re.sub(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|/\*.*?\*/|//[^\n]*', blank, text,
                  flags=re.S)


def objects(top, build):
    """{object file: its source} for what the build made of src/ as it is now."""
    found = {}
    for path in sorted((build / "src").rglob("*.o")):
        source = top / path.relative_to(build).with_suffix(".c")
        if source.is_file():
            found[path] = source
    return found


def symbols(paths):
    """{object file: (names it defines for others, names it takes from others)} by nm."""
    found = {path: (set(), set()) for path in paths}
    done = subprocess.run(["nm", "-A", "-P", "-g", *map(str, paths)], check=True,
                          capture_output=True, text=True)
    by_name = {str(path): path for path in paths}
    for line in done.stdout.splitlines():
        place, name, kind = line.split()[:3]
        defined, taken = found[by_name[place.rstrip(":")]]
        (taken if kind in "Uwv" else defined).add(name)
    return found
