#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""How large a room and a function of src/ may become."""
import re

import cdecl
import lintlib
import rooms

MOST_SOURCES = 25
MOST_LINES = 4000
# Runs with privileges, so it has to be read whole.
MOST_LINES_OF = {"verbs": 1200}

LONGEST_FUNCTION = 60
DEEPEST = 3

CONDITION = re.compile(r"(} )?(else )?(if|for|while|switch) \(")
VALUES = re.compile(r"(=|return \(.*\)) ?\{")


def room_sizes(top):
    for room, paths in rooms.rooms(top).items():
        sources = [path for path in paths if path.suffix == ".c"]
        if len(sources) > MOST_SOURCES:
            yield "src/%s: %d .c files, more than %d" % (room, len(sources), MOST_SOURCES)
        count = sum(len(lintlib.lines(path)) for path in paths)
        most = MOST_LINES_OF.get(room, MOST_LINES)
        if count > most:
            yield "src/%s: %d lines, more than %d" % (room, count, most)


def function_lengths(top):
    for path in lintlib.c_files(top, "src"):
        for number, body in cdecl.functions(path):
            if len(body) > LONGEST_FUNCTION:
                yield "%s:%d: a function of %d lines, more than %d" % (
                    path.relative_to(top), number, len(body), LONGEST_FUNCTION)


def statements(number, body):
    """Number of line, level and text of each line that starts a statement.

    Other lines, which clang-format indents too, go on with a statement: a parenthesis or a
    brace of values is open, or the line before ended neither a statement nor a condition.
    """
    parens, values, is_start, is_condition = 0, 0, True, False
    for number, line in enumerate(body, number):
        code = line.strip()
        if not code or code.startswith("#"):
            continue
        if is_start:
            yield number, len(line) - len(line.lstrip("\t")) - 1, code
            is_condition = CONDITION.match(code)
        parens += code.count("(") - code.count(")")
        if values or VALUES.search(code):
            values += code.count("{") - code.count("}")
        is_start = not parens and not values and (
            code[-1] in ";{}:" or is_condition or code.endswith(("else", "do")))


def nesting(top):
    for path in lintlib.c_files(top, "src"):
        for start, body in cdecl.functions(path):
            for number, level, code in statements(start, body):
                if level > DEEPEST:
                    yield "%s:%d: %d levels deep, more than %d: %s" % (
                        path.relative_to(top), number, level, DEEPEST, code)


lintlib.run({
    room_sizes: "rooms hold at most %d .c files and %d lines" % (MOST_SOURCES, MOST_LINES),
    function_lengths: "functions stay under %d lines" % LONGEST_FUNCTION,
    nesting: "statements stand at most %d levels deep" % DEEPEST,
})
