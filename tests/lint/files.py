#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Every file has a licence line and a limited length, and names no folder of one machine."""
import re

import lintlib

LONGEST = 500
LONGEST_COMMAND = 300
LENGTH_EXEMPT = {"bpf/vmlinux.h"}

DUAL = "GPL-2.0-only OR BSD-2-Clause"
PERMISSIVE = "BSD-2-Clause"
SPDX = re.compile(r"SPDX-License-Identifier: (.*?)\s*(?:\*/)?$")
SPDX_ALSO = (".8", ".7", ".5", ".1")

# Folders of one person or one machine. PATH or HOME of an emulated machine is not such a folder.
HOST_PATH = re.compile(r"(?<![\w$}.:])/(?:home/\w+|Users/\w+|root/\w|work/\w|workspace/\w)")


def relative(path, top):
    return str(path.relative_to(top))


def length(top):
    for path in lintlib.files(top):
        name = relative(path, top)
        if not lintlib.is_code(path) or name in LENGTH_EXEMPT:
            continue
        most = LONGEST_COMMAND if re.match(r"src/cmd/.*\.c$", name) else LONGEST
        count = len(lintlib.lines(path))
        if count > most:
            yield "%s: %d lines, more than %d" % (name, count, most)


def licence(top):
    for path in lintlib.files(top):
        name = relative(path, top)
        if not lintlib.is_code(path) and not path.name.endswith(SPDX_ALSO):
            continue
        found = None
        for line in lintlib.lines(path)[:5]:
            found = found or SPDX.search(line)
        want = DUAL if re.match(r"(bpf|src/abi)/.*\.[ch]$", name) else PERMISSIVE
        if not found:
            yield "%s: no SPDX-License-Identifier at its top" % name
        elif found.group(1) != want:
            yield "%s: licence is %s, not %s" % (name, found.group(1), want)


def host_paths(top):
    for path in lintlib.files(top):
        for number, line in enumerate(lintlib.lines(path), 1):
            found = HOST_PATH.search(line)
            if found:
                yield "%s:%d: names a folder of one machine: %s" % (
                    relative(path, top), number, found.group(0))


def white_space(top):
    for path in lintlib.files(top):
        if not lintlib.is_code(path):
            continue
        text = path.read_bytes()
        if text and not text.endswith(b"\n"):
            yield "%s: no newline at its end" % relative(path, top)
        for number, line in enumerate(text.split(b"\n"), 1):
            if line.endswith((b" ", b"\t", b"\r")):
                yield "%s:%d: white space at the end of the line" % (relative(path, top), number)


def headers(top):
    """A header that no makefile names is missing in the tarball, but the clone builds without."""
    named = set()
    for path in lintlib.files(top):
        if path.suffix == ".am":
            named.update(path.read_text(encoding="utf-8").split())
    for path in lintlib.files(top):
        if path.suffix == ".h" and relative(path, top) not in named:
            yield "%s: no Makemodule.am names it" % relative(path, top)


lintlib.run({
    length: "no file is too long",
    licence: "every file names its licence",
    host_paths: "no file names a folder of one machine",
    white_space: "lines end where their text ends",
    headers: "every header is in the tarball",
})
