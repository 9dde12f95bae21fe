#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The object files of a build tell which files use each other, and what pure rooms call.

builddir: the build (default: build in the tree). pure-symbols.txt: what pure rooms may call.
"""
import os
import re
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path

import lintlib
import rooms

ALLOWED = Path(__file__).resolve().parent / "pure-symbols.txt"


class Build:
    """The object files of src/ and what each defines and takes."""

    def __init__(self, top):
        self.top = top
        build = Path(os.environ.get("builddir", top / "build")).resolve()
        self.source = rooms.objects(top, build)
        self.symbols = rooms.symbols(self.source) if self.source else {}
        self.owner = {name: path for path, (defined, _) in self.symbols.items()
                      for name in defined}

    def room(self, path):
        return rooms.room_of(self.source[path], self.top)

    def name(self, path):
        return str(self.source[path].relative_to(self.top))

    def is_pure(self, path):
        room = self.room(path)
        return room in rooms.PURE or room == "util" and path.stem in rooms.PURE_UTIL

    def uses(self):
        """User, symbol, the object file that defines it."""
        for path, (_, taken) in self.symbols.items():
            for symbol in sorted(taken):
                if symbol in self.owner:
                    yield path, symbol, self.owner[symbol]


@lru_cache
def look(top):
    return Build(top)


def is_built(top):
    build = look(top)
    if not build.source:
        yield "no object file in the build folder: run make first"
    built = set(build.source.values())
    for room in sorted(rooms.PURE):
        for path in rooms.rooms(top).get(room, ()):
            if path.suffix == ".c" and path not in built:
                yield "%s: not built" % path.relative_to(top)


def file_circles(top):
    build = look(top)
    graph = {path: set() for path in build.source}
    for user, _, used in build.uses():
        graph[user].add(used)
    for group in rooms.circles(graph):
        families = {rooms.family_of(build.room(path)) for path in group}
        if len(families) == 1 and families <= rooms.RECURSIVE_FAMILIES:
            continue
        yield "use each other: %s" % " ".join(build.name(path) for path in group)
        for user, symbol, used in build.uses():
            if user in group and used in group:
                yield "  %s takes %s of %s" % (build.name(user), symbol, build.name(used))


def arrows(top):
    build = look(top)
    for user, symbol, used in build.uses():
        room, target = build.room(user), build.room(used)
        if not rooms.may_use(room, target):
            yield "%s: %s may not use %s of %s" % (build.name(user), room, symbol, target)


def read_allowed():
    """{pattern of a symbol: the rooms that may take it, or None for all}"""
    allowed = {}
    for line in lintlib.lines(ALLOWED):
        if line and not line.startswith("#"):
            users, _, names = line.partition(":")
            for name in names.split():
                allowed.setdefault(name, set()).update(users.split())
    return allowed


def plain(symbol):
    """The name in the source: fortified and renamed variants of the C library are the same."""
    return re.sub(r"^__(?:isoc\d+_)?(\w+?)_chk$|^__isoc\d+_(\w+)$",
                  lambda m: m.group(1) or m.group(2), symbol)


def is_allowed(symbol, room, allowed):
    users = {user for pattern, rooms_of in allowed.items() if fnmatchcase(symbol, pattern)
             for user in rooms_of}
    return "all" in users or room in users or rooms.family_of(room) in users


def purity(top):
    build, allowed = look(top), read_allowed()
    for path, (_, taken) in build.symbols.items():
        if not build.is_pure(path):
            continue
        for symbol in sorted(taken):
            owner = build.owner.get(symbol)
            if owner and build.is_pure(owner):
                continue
            if owner or not is_allowed(plain(symbol), build.room(path), allowed):
                yield "%s: a pure room takes %s, which %s" % (
                    build.name(path), symbol, "is of %s" % build.name(owner) if owner
                    else "pure-symbols.txt doesn't allow")


lintlib.run({
    is_built: "every file of a pure room is built",
    file_circles: "no files use each other in a circle, dissectors aside",
    arrows: "symbols are used along the arrows only",
    purity: "pure rooms take only symbols that are allowed to them",
})
