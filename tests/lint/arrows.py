#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Rooms of src/ include each other only along the arrows, which have no cycles."""
import re

import lintlib
import rooms

# A library's headers -> the only rooms that may include them. pcap/dlt.h only names numbers.
LIBRARIES = {
    r"bpf/(?!.*\.skel\.h$)": {"kern", "kern/ring", "kern/sets", "kern/act"},
    r".*\.skel\.h$": {"kern", "kern/act"},
    r"pcap(/(?!dlt\.h$)|\.h$)": {"kern", "kern/host", "filter", "pcap", "dissect/link"},
    r"cap-ng\.h$": {"keeper"},
    r"sys/capability\.h$": {"keeper"},
    r"(seccomp|linux/landlock)\.h$": {"keeper"},
    r"(zstd|zlib)\.h$": {"out"},
    r"nettle/": {"quic", "report"},
    r"nghttp2/": {"message/rpc"},
    r"microhttpd\.h$": {"serve"},
    r"(ncurses|curses|term\.h)": {"ui", "ui/draw", "ui/groups"},
    r"jansson\.h$": {"format"},
}


def arrows(top):
    for path in lintlib.c_files(top, "src"):
        name, room = path.relative_to(top), rooms.room_of(path, top)
        if room not in rooms.ARROWS:
            yield "%s: no room %s in tests/lint/rooms.py" % (name, room)
            continue
        for number, quote, target in rooms.includes(path):
            if quote != '"':
                continue
            used = target.rpartition("/")[0]
            if target.startswith("../"):
                yield "%s:%d: %s is not relative to src/" % (name, number, target)
            elif (top / "src" / target).is_file() and not rooms.may_use(room, used):
                yield "%s:%d: %s may not include %s" % (name, number, room, target)


def include_circles(top):
    graph = {path: [target for _, target in rooms.own_includes(path, top)]
             for path in lintlib.c_files(top, "src")}
    for group in rooms.circles(graph):
        yield "include each other: %s" % " ".join(str(p.relative_to(top)) for p in group)


def own_header_first(top):
    for path in lintlib.c_files(top, "src"):
        own = path.with_suffix(".h")
        if path.suffix != ".c" or not own.is_file():
            continue
        names = [name for _, _, name in rooms.includes(path) if name != "config.h"]
        want = str(own.relative_to(top / "src"))
        if names and names[0] != want:
            yield "%s: includes %s before its own header" % (path.relative_to(top), names[0])


def libraries(top):
    for path in lintlib.c_files(top, "src"):
        room = rooms.room_of(path, top)
        for number, quote, name in rooms.includes(path):
            if quote == '"' and (top / "src" / name).is_file():
                continue
            for pattern, users in LIBRARIES.items():
                if re.match(pattern, name) and room not in users:
                    yield "%s:%d: only %s may include %s" % (
                        path.relative_to(top), number, ", ".join(sorted(users)), name)


lintlib.run({
    arrows: "rooms include along the arrows only",
    include_circles: "no headers include each other in a circle",
    own_header_first: "a file includes its own header first",
    libraries: "a library's headers stay in the rooms that use it",
})
