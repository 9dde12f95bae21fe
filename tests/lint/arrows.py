#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Rooms of src/ include each other only along the arrows, which have no cycles."""
import re

import lintlib

# Room -> rooms it may include besides itself. Rooms of one level never meet.
COMMON = {"model", "abi", "util"}
LEVEL = {"kern", "keeper", "out", "conn", "packet", "filter"}
ARROWS = {
    "abi": set(),
    "util": {"abi"},
    "model": {"abi", "util"},
    "packet": COMMON,
    "filter": COMMON,
    "conn": COMMON,
    "out": COMMON,
    "kern": COMMON,
    "keeper": COMMON,
    "session": COMMON | LEVEL,
    "ui": COMMON | {"conn"},
    "cmd": COMMON | {"session", "ui"},
    "main.c": COMMON | {"cmd"},
}

# A library's headers -> the only rooms that may include them. pcap/dlt.h only names numbers.
LIBRARIES = {
    r"bpf/|.*\.skel\.h$": {"kern"},
    r"pcap(/(?!dlt\.h$)|\.h$)": {"kern", "packet", "filter"},
    r"cap-ng\.h$": {"keeper"},
    r"sys/capability\.h$": {"keeper"},
    r"(zstd|zlib)\.h$": {"out"},
    r"(ncurses|curses|term\.h)": {"ui"},
    r"jansson\.h$": {"conn"},
}

# Pure code takes bytes and returns values.
PURE = {"packet", "filter", "conn", "model"}
IMPURE_CALL = re.compile(
    r"(?<![\w>.])((?:v?f?printf|puts|putchar|fputs|fwrite|perror|fopen|fdopen|open|openat|creat|"
    r"clock_gettime|gettimeofday|time|socket)\s*\()")

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def room_of(path, top):
    return path.relative_to(top / "src").parts[0]


def includes(path):
    for number, line in enumerate(lintlib.lines(path), 1):
        found = INCLUDE.match(line)
        if found:
            yield number, found.group(1), found.group(2)


def arrows(top):
    for path in lintlib.c_files(top, "src"):
        room = room_of(path, top)
        if room not in ARROWS:
            yield "%s: no room of this name in %s" % (path.relative_to(top), __file__)
            continue
        for number, quote, name in includes(path):
            target = name.split("/")[0]
            if quote == '"' and name.startswith("../"):
                yield "%s:%d: %s is not relative to src/" % (path.relative_to(top), number, name)
            elif target in ARROWS and target != room and target not in ARROWS[room]:
                yield "%s:%d: %s may not include %s" % (
                    path.relative_to(top), number, room, name)


def own_header_first(top):
    for path in lintlib.c_files(top, "src"):
        own = path.with_suffix(".h")
        if path.suffix != ".c" or not own.is_file():
            continue
        names = [name for _, _, name in includes(path) if name != "config.h"]
        want = str(own.relative_to(top / "src"))
        if names and names[0] != want:
            yield "%s: includes %s before its own header" % (path.relative_to(top), names[0])


def libraries(top):
    for path in lintlib.c_files(top, "src"):
        room = room_of(path, top)
        for number, _, name in includes(path):
            for pattern, rooms in LIBRARIES.items():
                if re.match(pattern, name) and room not in rooms:
                    yield "%s:%d: only %s may include %s" % (
                        path.relative_to(top), number, ", ".join(sorted(rooms)), name)


def purity(top):
    for path in lintlib.c_files(top, "src"):
        if room_of(path, top) not in PURE:
            continue
        for number, line in enumerate(without_comments(path), 1):
            found = IMPURE_CALL.search(line)
            if found:
                yield "%s:%d: a pure room calls %s)" % (
                    path.relative_to(top), number, found.group(1))


def without_comments(path):
    """The lines of a C file, comments and string literals blanked."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match.group(0))

    text = "\n".join(lintlib.lines(path))
    text = re.sub(r'"(?:\\.|[^"\\\n])*"|/\*.*?\*/|//[^\n]*', blank, text, flags=re.S)
    return text.split("\n")


lintlib.run({
    arrows: "rooms include along the arrows only",
    own_header_first: "a file includes its own header first",
    libraries: "a library's headers stay in the rooms that use it",
    purity: "pure rooms never print, read a clock or open a file",
})
