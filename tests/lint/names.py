#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The rule of names: skw_THING_VERB for what leaves a file, THING being the header's file name,
a type of that header, or the room; and each THING belongs to one room."""
import re
from collections import defaultdict
from functools import lru_cache

import cdecl
import lintlib
import rooms

# An int of these names holds what a call returned. That variable is called ret.
RESULT = re.compile(r"^\t+(?:static )?int (?:[^;(]*, \*?)?(err|rc|res|code|result|r|e|rv)(?= =|,|;)")
WORD = re.compile(r"\b\w+\b")


@lru_cache
def declared(top):
    """{file of src/: what it declares}"""
    return {path: list(cdecl.names(path)) for path in lintlib.c_files(top, "src")}


def exported(top):
    """Header and name of each function and object that leaves its file."""
    for path, names in declared(top).items():
        if path.suffix == ".h":
            for name in names:
                if name.kind in ("function", "object"):
                    yield path, name


@lru_cache
def homes_of_tags(top):
    """{tag: the rooms that have its body}"""
    found = defaultdict(set)
    for path, names in declared(top).items():
        for name in names:
            if name.kind == "tag":
                found[name.name].add(rooms.room_of(path, top))
    return found


@lru_cache
def things_of(path, top):
    """The names in this header may begin with one of these."""
    room = rooms.room_of(path, top)
    things = {path.stem, *room.split("/")}
    # pcapng_read.h belongs to the files that begin with pcapng.h.
    words = path.stem.split("_")
    things |= {stem for stem in ("_".join(words[:n]) for n in range(1, len(words)))
               if path.with_name(stem + ".h").is_file()}
    for name in declared(top)[path]:
        # A forward declaration of another room's type makes it no type of this header.
        if name.kind in ("tag", "typedef") or (
                name.kind == "forward" and homes_of_tags(top)[name.name] <= {room}):
            things.add(name.name.removeprefix("skw_"))
    return things


def thing_of(name, things):
    """The longest thing that the name begins with, or None. A table may be a plural."""
    def fits(thing):
        return re.match(r"skw_%s(_|$)" % thing, name.name) or (
            name.kind == "object" and name.name == "skw_%ss" % thing)

    return max(filter(fits, things), key=len, default=None)


def rule(top):
    for path, name in exported(top):
        things = things_of(path, top)
        if not thing_of(name, things):
            yield "%s:%d: %s is not skw_THING_VERB; things here: %s" % (
                path.relative_to(top), name.line, name.name, " ".join(sorted(things)))


def one_room(top):
    users = defaultdict(lambda: defaultdict(list))
    for path, name in exported(top):
        thing = thing_of(name, things_of(path, top))
        if thing:
            family = rooms.family_of(rooms.room_of(path, top))
            users[thing][family].append("%s:%d: %s" % (
                path.relative_to(top), name.line, name.name))
    for thing, families in sorted(users.items()):
        if len(families) > 1:
            fewest = min(families, key=lambda family: len(families[family]))
            for place in families[fewest]:
                yield "%s: skw_%s_ is of %s too" % (
                    place, thing, " and ".join(sorted(set(families) - {fewest})))


def defined_once(top):
    places = defaultdict(list)
    for path, names in declared(top).items():
        for name in set(names):
            is_shared = path.suffix == ".h" or name.name.startswith("SKW_")
            if name.kind == "tag" or name.kind in ("enumerator", "macro") and is_shared:
                kind = "tag" if name.kind == "tag" else "constant"
                places[kind, name.name].append("%s:%d" % (path.relative_to(top), name.line))
    for (kind, name), where in sorted(places.items()):
        files = {place.split(":")[0] for place in where}
        if len(files) > 1:
            yield "%s: %s %s is defined there too" % (where[0], " ".join(where[1:]), name)


def result_variable(top):
    for path in lintlib.c_files(top, "src"):
        for start, body in cdecl.functions(path):
            for number, line in enumerate(body, start):
                found = RESULT.match(line)
                if found:
                    yield "%s:%d: the result of a call is called ret, not %s" % (
                        path.relative_to(top), number, found.group(1))


def uses(top):
    """{word: files that say it}, declarations in headers left out."""
    found = defaultdict(set)
    for path in lintlib.c_files(top, "src", "tests", "bench"):
        words = WORD.findall(rooms.without_comments(path))
        told = defaultdict(int)
        if path.suffix == ".h" and path in declared(top):
            for name in declared(top)[path]:
                told[name.name] += 1
        for word in words:
            told[word] -= 1
        for word, count in told.items():
            if count < 0:
                found[word].add(path)
    return found


def used(top):
    say = uses(top)
    homes = {name.name: path for path, names in declared(top).items() if path.suffix == ".c"
             for name in names if name.kind in ("function", "object") and not name.is_static}
    for path, name in exported(top):
        home = homes.get(name.name)
        others = say[name.name] - {home}
        inner = {other for other in others if other.relative_to(top).parts[0] == "src"}
        place = "%s:%d: %s" % (path.relative_to(top), name.line, name.name)
        if not others:
            is_used = home and len(re.findall(r"\b%s\b" % name.name,
                                              rooms.without_comments(home))) > 1
            yield "%s is used %s" % (place, "by its own file only: make it static" if is_used
                                     else "nowhere")
        elif not inner and not is_told(path, name.line):
            yield "%s is used by tests only: its comment has to say so" % place


def is_told(path, line):
    """Whether the comment above a declaration says that tests are its users."""
    lines = lintlib.lines(path)[:line - 1]
    comment = []
    while lines and re.match(r"/?[ \t]*\*|/\*", lines[-1]):
        comment.append(lines.pop())
        if comment[-1].startswith("/*"):
            break
    return "for tests" in " ".join(comment).lower()


lintlib.run({
    rule: "what leaves a file is named skw_THING_VERB",
    one_room: "each thing belongs to one room",
    defined_once: "tags, constants and macros are defined once",
    result_variable: "the variable for a call's result is called ret",
    used: "what leaves a file has a user elsewhere",
})
